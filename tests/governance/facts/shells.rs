//! What shells, make and Go's own flags do with a value on its way.

use std::path::Path;
use std::process::Command;

use super::ground::{MODULE, Wall, each_go, said};
use crate::emit::ground::tool;

/// Runs a program and gives what it prints.
fn prints(program: &str, folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> String {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(folder)
        .env_remove("GOPROXY");
    let output = command
        .envs(variables.iter().copied())
        .output()
        .unwrap_or_else(|error| {
            panic!("this test needs {program} ({error}): apt-get install -y {program}")
        });
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// F13: unquoted, a bar is a pipeline: the variable stays empty, the status is 127. GP023.
#[test]
fn f13_a_bar_in_a_shell() {
    let folder = tempfile::tempdir().unwrap();
    let line = "export GOPROXY=https://a.example|nosuchcommand 2>/dev/null; echo \"$? <$GOPROXY>\"";
    for shell in ["sh", "dash", "bash"] {
        assert_eq!(
            prints(shell, folder.path(), &[], &["-c", line]),
            "127 <>\n",
            "{shell}"
        );
    }
}

/// F12: to a reader of YAML 1.1, `off` is a truth value, `1.20` a number that loses its last digit, and a star
/// begins an alias. GP021, GP022, GP405.
#[test]
fn f12_yaml() {
    let folder = tempfile::tempdir().unwrap();
    let script = "import sys, json
from ruamel.yaml import YAML
reader = YAML(typ='safe', pure=True)
reader.version = (1, 1)
try: print(json.dumps(reader.load(sys.argv[1])['a']))
except Exception as error: print(type(error).__name__)";
    let python = tool("python").display().to_string();
    for (value, wanted) in [
        ("off", "false\n"),
        ("\"off\"", "\"off\"\n"),
        ("1.20", "1.2\n"),
        ("1.24", "1.24\n"),
        ("'1.20'", "\"1.20\"\n"),
        ("*.corp.example", "ComposerError\n"),
        ("\"*.corp.example\"", "\"*.corp.example\"\n"),
    ] {
        let text = format!("a: {value}");
        let printed = prints(&python, folder.path(), &[], &["-c", script, &text]);
        assert_eq!(printed, wanted, "{value}");
    }
}

/// F33: make passes on what it exports, and what was in the environment, with its own value; quotes are
/// literal. GP011, GP706, GP707.
#[test]
fn f33_make() {
    let folder = tempfile::tempdir().unwrap();
    let prints = |assignment: &str, variables: &[(&str, &str)]| {
        let text = format!("{assignment}\nall:\n\t@echo \"<$$GOPROXY>\"\n");
        std::fs::write(folder.path().join("Makefile"), text).unwrap();
        prints("make", folder.path(), variables, &["-s"])
    };
    let ci = [("GOPROXY", "ci")];
    for (assignment, variables, wanted) in [
        ("GOPROXY = own", &[][..], "<>\n"),
        ("GOPROXY = own", &ci[..], "<own>\n"),
        ("GOPROXY := own", &ci[..], "<own>\n"),
        ("GOPROXY ?= own", &ci[..], "<ci>\n"),
        ("GOPROXY ?= own", &[][..], "<>\n"),
        ("export GOPROXY ?= own", &[][..], "<own>\n"),
        ("export GOPROXY = 'own'", &[][..], "<'own'>\n"),
    ] {
        assert_eq!(
            prints(assignment, variables),
            wanted,
            "{assignment} {variables:?}"
        );
    }
}

/// F29: entries of GOFLAGS are `-flag=value`; -mod=mod is refused in a workspace. GP407, GP409.
#[test]
fn f29_goflags() {
    each_go(|ground| {
        let outcome = ground.download(&[("GOFLAGS", "-mod mod")]);
        assert!(
            said(&outcome).contains("parsing $GOFLAGS: non-flag \"mod\""),
            "{}",
            said(&outcome)
        );
        ground.go.write("go.work", "go 1.20\n\nuse .\n");
        ground
            .go
            .write("main.go", "package main\n\nfunc main() {}\n");
        ground.set(&[("GOFLAGS", "-mod=mod")]);
        let refused = ground.go.run("build -o /dev/null .").expect_failure();
        assert!(
            refused.contains("-mod may only be set to readonly"),
            "{refused}"
        );
    });
}

/// F27: what `NO_PROXY` matches for Go: a star in front of a domain too, which git and curl do not know. GP314.
#[test]
fn f27_no_proxy() {
    each_go(|ground| {
        let wall = Wall::start();
        wall.before(&mut ground.go);
        for (exception, host, is_exempt) in [
            ("corp.invalid", "corp.invalid", true),
            ("corp.invalid", "p.corp.invalid", true),
            (".corp.invalid", "p.corp.invalid", true),
            (".corp.invalid", "corp.invalid", false),
            ("*.corp.invalid", "p.corp.invalid", true),
            ("*", "p.corp.invalid", true),
            ("10.0.0.0/8", "p.corp.invalid", false),
        ] {
            let list = format!("http://{host}");
            ground.download_of(MODULE, &[("GOPROXY", &list), ("NO_PROXY", exception)]);
            assert_eq!(
                wall.take().is_empty(),
                is_exempt,
                "{exception} {host} 1.{}",
                ground.release
            );
        }
    });
}
