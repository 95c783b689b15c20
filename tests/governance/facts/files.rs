//! Files of settings: the user's, and the installation's.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::ground::{Ground, each_go, said};

/// The user's file with this text.
fn user_file(ground: &mut Ground, text: &str) {
    let text = ground.fill(text);
    ground.go.write("goenv", &text);
    let path = ground.go.folder().join("goenv").display().to_string();
    ground.set(&[("GOENV", &path)]);
}

/// An installation like the toolchain's own, but with this go.env.
fn installation(ground: &mut Ground, go_env: Option<&str>) -> PathBuf {
    let own = ground.go.run("env GOROOT").expect_ok();
    let folder = ground.go.folder().join("goroot");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir(&folder).unwrap();
    for entry in std::fs::read_dir(own.trim()).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name() != "go.env" {
            symlink(entry.path(), folder.join(entry.file_name())).unwrap();
        }
    }
    if let Some(text) = go_env {
        std::fs::write(folder.join("go.env"), ground.fill(text)).unwrap();
    }
    ground.set(&[("GOROOT", &folder.display().to_string())]);
    folder
}

/// F2: an empty variable falls through, an empty line of the user's file does not. GP002, GP029.
#[test]
fn f2_empty_variable_and_empty_line() {
    each_go(|ground| {
        ground.set(&[("GOPROXY", ""), ("GOSUMDB", "")]);
        user_file(ground, "GOPROXY={proxy}\nGOSUMDB=off\n");
        assert!(ground.download(&[]).ok && ground.was_asked());
        user_file(ground, "GOPROXY=\nGOSUMDB=off\n");
        let text = said(&ground.download(&[]));
        assert!(
            text.contains("GOPROXY list is not the empty string, but contains no entries"),
            "{text}"
        );
        user_file(ground, "GOPROXY={proxy}\nGOSUMDB=\n");
        let text = said(&ground.download(&[]));
        assert!(text.contains("missing GOSUMDB"), "{text}");
    });
}

/// F7: without go.env nothing has a default. GP029, GP613.
#[test]
fn f7_without_go_env() {
    each_go(|ground| {
        ground.set(&[("GOPROXY", ""), ("GOSUMDB", "")]);
        installation(ground, None);
        assert_eq!(ground.go.run("env GOPROXY GOSUMDB").expect_ok(), "\n\n");
        let text = said(&ground.download(&[]));
        assert!(text.contains("contains no entries"), "{text}");
        let text = said(&ground.download(&[("GOPROXY", "{proxy}")]));
        assert!(text.contains("missing GOSUMDB"), "{text}");
    });
}

/// F14: names that Go does not know do nothing in the environment, and cannot be written. GP027, GP028.
#[test]
fn f14_unknown_names() {
    each_go(|ground| {
        for name in ["GO_PROXY", "GOPROXIES", "GONOSUMCHECK", "GOPRIVATES"] {
            assert!(ground.download(&[(name, "1")]).ok, "{name}");
            let refused = ground.go.run(&format!("env -w {name}=1")).expect_failure();
            assert!(refused.contains("unknown go command variable"), "{refused}");
        }
        let refused = ground
            .go
            .run("get -insecure rsc.example/quote")
            .expect_failure();
        assert!(
            refused.contains("-insecure flag is no longer supported"),
            "{refused}"
        );
    });
}

/// F30: `go env -w` succeeds where a variable of the process wins, and says so. GP605, GP708.
#[test]
fn f30_the_variable_wins_over_what_is_written() {
    each_go(|ground| {
        user_file(ground, "");
        ground.set(&[("GOPROXY", "{proxy}")]);
        let outcome = ground.go.run("env -w GOPROXY=https://other.example");
        assert!(
            outcome.ok
                && outcome
                    .stderr
                    .contains("does not override conflicting OS environment variable")
        );
        assert_eq!(
            ground.go.run("env GOPROXY").expect_ok().trim(),
            ground.fill("{proxy}")
        );
        assert_eq!(
            ground.go.read("goenv").unwrap(),
            "GOPROXY=https://other.example\n"
        );
    });
}

/// F31: in go.env the first line of a name wins, in the user's file the last. GP614.
#[test]
fn f31_which_line_wins() {
    let lines = "GOPROXY=https://first.example\nGOPROXY=https://last.example\n";
    each_go(|ground| {
        ground.set(&[("GOPROXY", "")]);
        installation(ground, Some(lines));
        assert_eq!(
            ground.go.run("env GOPROXY").expect_ok(),
            "https://first.example\n"
        );
        user_file(ground, lines);
        assert_eq!(
            ground.go.run("env GOPROXY").expect_ok(),
            "https://last.example\n"
        );
    });
}

/// F32: another toolchain brings a go.env of its own. GP615.
#[test]
fn f32_a_switch_leaves_an_edited_go_env_behind() {
    let toolchains = testkit::find_toolchains();
    let other: &Path = toolchains.last().unwrap();
    each_go(|ground| {
        let version = testkit::Go::new("", "")
            .program(other)
            .run("env GOVERSION")
            .expect_ok();
        if ground.go.run("env GOVERSION").expect_ok() == version {
            return;
        }
        ground.set(&[("GOPROXY", "")]);
        installation(
            ground,
            Some("GOPROXY=https://edited.example\nGOSUMDB=off\n"),
        );
        assert_eq!(
            ground.go.run("env GOPROXY").expect_ok(),
            "https://edited.example\n"
        );
        let folder = ground.go.folder().join("path");
        std::fs::create_dir_all(&folder).unwrap();
        symlink(other, folder.join(version.trim())).unwrap();
        let path = std::env::var("PATH").unwrap();
        ground.set(&[
            ("PATH", &format!("{}:{path}", folder.display())),
            ("GOTOOLCHAIN", &format!("{}+path", version.trim())),
        ]);
        let after = ground.go.run("env GOVERSION GOPROXY").expect_ok();
        assert_eq!(after, format!("{version}{}\n", gomod::defaults::GOPROXY));
    });
}

/// F34: with GOENV=off, `go env -w` writes the file that is then not read. GP605.
#[test]
fn f34_goenv_off_is_written_all_the_same() {
    each_go(|ground| {
        ground.set(&[("GOENV", "off"), ("GOPROXY", "")]);
        let config = ground.go.folder().join("config");
        ground.set(&[("XDG_CONFIG_HOME", &config.display().to_string())]);
        ground
            .go
            .run("env -w GOPROXY=https://p.example")
            .expect_ok();
        assert_eq!(
            ground.go.read("config/go/env").unwrap(),
            "GOPROXY=https://p.example\n"
        );
        assert_eq!(
            ground.go.run("env GOPROXY").expect_ok().trim(),
            gomod::defaults::GOPROXY
        );
    });
}

/// A carriage return stays in the value: harmless in GOPROXY, the end of the last private pattern. GP710.
#[test]
fn carriage_returns_stay() {
    each_go(|ground| {
        ground.set(&[("GOPROXY", "")]);
        user_file(ground, "GOPROXY={proxy}\r\nGONOPROXY=rsc.example\r\n");
        assert!(ground.download(&[]).ok && ground.was_asked());
    });
}

/// Lines that Go does not read: indented, lower case, `export`; quotes belong to the value. GP710.
#[test]
fn lines_of_the_users_file() {
    each_go(|ground| {
        ground.set(&[("GOPROXY", "")]);
        for line in [" GOPROXY=x", "goproxy=x", "export GOPROXY=x", "# GOPROXY=x"] {
            user_file(ground, &format!("{line}\n"));
            assert_eq!(
                ground.go.run("env GOPROXY").expect_ok().trim(),
                gomod::defaults::GOPROXY,
                "{line}"
            );
        }
        user_file(ground, "GOPROXY=\"{proxy}\"\n");
        assert!(!ground.download(&[]).ok && !ground.was_asked());
    });
}
