//! A policy at a web address, for every command that takes one.

use std::process::{Command, Output};

use tempfile::TempDir;
use testkit::{Modkeep, ModkeepOptions, Reply, Times, Upstream};

use crate::provoked::stage::{MODKEEP, tls_file};

const POLICY: &str = "name = \"corp\"\n[client]\ngoproxy = \"https://goproxy.corp.example\"\ndirect = \"forbidden\"\n";

struct Ground {
    folder: TempDir,
    upstream: Upstream,
}

impl Ground {
    fn new() -> Self {
        let upstream = Upstream::start();
        upstream.put("policy.toml", POLICY);
        let folder = tempfile::tempdir().unwrap();
        let workflow =
            "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go build ./...\n";
        let path = folder.path().join("repo/.github/workflows");
        std::fs::create_dir_all(&path).unwrap();
        std::fs::write(path.join("ci.yml"), workflow).unwrap();
        Self { folder, upstream }
    }

    fn url(&self) -> String {
        format!("{}/policy.toml", self.upstream.url())
    }

    fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String, String) {
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new(MODKEEP)
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .env("PATH", "/usr/bin:/bin")
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (status.code(), text(stdout), text(stderr))
    }

    /// `emit profile.d` with this policy.
    fn emit(&self, place: &str) -> (Option<i32>, String, String) {
        self.run(&["emit", "profile.d", "--policy", place], &[])
    }

    fn kept(&self) -> Vec<std::path::PathBuf> {
        let folder = self.folder.path().join(".cache/modkeep/policies");
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

#[test]
fn every_command_reads_it() {
    let ground = Ground::new();
    let url = ground.url();
    let rows: [(&[&str], i32, &str); 7] = [
        (
            &["emit", "profile.d"],
            0,
            "export GOPROXY='https://goproxy.corp.example'",
        ),
        (
            &["run", "--", "printenv", "GOPROXY"],
            0,
            "https://goproxy.corp.example",
        ),
        (&["audit", "repo"], 1, "GP001"),
        (&["check", "--format", "json"], 1, "GP001"),
        (
            &["env", "set", "--dry-run"],
            1,
            "GOPROXY=https://goproxy.corp.example",
        ),
        (
            &["env", "show", "--format", "json"],
            0,
            "\"policy_digest\": \"sha256:",
        ),
        (&["doctor", "--group", "env"], 0, ""),
    ];
    for (arguments, code, wanted) in rows {
        let (command, rest) = arguments.split_at(if arguments[0] == "env" { 2 } else { 1 });
        let with_flag = [command, &["--policy", &url], rest].concat();
        let with_variable = ground.run(arguments, &[("MODKEEP_POLICY", &url)]);
        let told = ground.run(&with_flag, &[]);
        assert!(told.1.contains(wanted), "{with_flag:?}: {told:?}");
        assert_eq!(told.0, Some(code), "{with_flag:?}: {told:?}");
        // `env set` takes none from the variable: it changes a file.
        if arguments[1] != "set" {
            assert_eq!(with_variable.0, told.0, "{arguments:?}: {with_variable:?}");
        }
    }
}

#[test]
fn an_address_that_is_not_to_be_trusted_is_wrong_usage() {
    let ground = Ground::new();
    let url = ground.url();
    for (place, wanted) in [
        ("http://policies.corp.example/p.toml", "use https"),
        (
            "https://me:hunter2@policies.corp.example/p.toml",
            "a login does not belong",
        ),
        (
            "ftp://policies.corp.example/p.toml",
            "neither https nor http",
        ),
        ("https://", "no web address"),
        (&format!("{url}#sha256=12"), "64 hexadecimal digits"),
        (&format!("{url}#main"), "#main is no digest"),
        (
            &format!("{url}#sha256={}", "0".repeat(64)),
            "its digest is sha256:",
        ),
    ] {
        let (code, out, err) = ground.emit(place);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{place}");
        assert!(
            err.contains(wanted) && !err.contains("hunter2"),
            "{place}: {err}"
        );
    }
}

#[test]
fn the_digest_can_be_pinned() {
    let ground = Ground::new();
    let (_, block, _) = ground.emit(&ground.url());
    let digest = block.split("digest=sha256:").nth(1).unwrap();
    let pinned = format!(
        "{}#sha256={}",
        ground.url(),
        digest.split(' ').next().unwrap().to_uppercase()
    );
    assert_eq!(ground.emit(&pinned).0, Some(0));
    ground
        .upstream
        .put("policy.toml", POLICY.replace("corp", "other"));
    let (code, _, err) = ground.emit(&pinned);
    assert_eq!(code, Some(2), "{err}");
}

/// What was once read is used while nobody answers, and said so; a refusal is none of that.
#[test]
fn a_copy_is_kept_for_when_nobody_answers() {
    let mut ground = Ground::new();
    let url = ground.url();
    let status = |ground: &Ground, status| {
        let reply = Reply::Status(status, "no".to_owned());
        ground.upstream.script("*", Times::Always, reply);
    };
    status(&ground, 503);
    assert_eq!(ground.emit(&url).0, Some(3));
    ground.upstream.behave();
    let (code, fresh, err) = ground.emit(&url);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert_eq!(ground.kept().len(), 1);
    for answer in [500, 503, 429] {
        status(&ground, answer);
        let (code, block, err) = ground.emit(&url);
        assert_eq!((code, block), (Some(0), fresh.clone()));
        assert!(
            err.contains("answered with") && err.contains("the copy of it in"),
            "{err}"
        );
    }
    for answer in [401, 403, 404] {
        status(&ground, answer);
        let (code, _, err) = ground.emit(&url);
        assert_eq!(code, Some(3), "{err}");
    }
    ground.upstream.stop();
    assert_eq!(ground.emit(&url).0, Some(0));
    // A copy that somebody spoiled is no policy.
    std::fs::write(&ground.kept()[0], "name = 1\n").unwrap();
    assert_eq!(ground.emit(&url).0, Some(2));
}

#[test]
fn what_is_no_policy_is_not_kept() {
    let ground = Ground::new();
    for body in ["<html>log in</html>".to_owned(), "#".repeat(5 << 20)] {
        let script = Reply::Body(body.into_bytes());
        ground.upstream.script("*", Times::Always, script);
        let (code, out, _) = ground.emit(&ground.url());
        assert!(matches!(code, Some(2 | 3)) && out.is_empty(), "{code:?}");
        assert!(ground.kept().is_empty());
    }
}

/// Over https only from somebody whose certificate is good.
#[test]
fn a_stranger_with_a_certificate_is_refused() {
    let ground = Ground::new();
    let tls: Modkeep = ModkeepOptions::new(MODKEEP, &ground.folder.path().join("store"))
        .args(&["--offline", "--sumdb", "off", "--listen", "127.0.0.1:0"])
        .args(&["--tls-cert", &tls_file("cert.pem")])
        .args(&["--tls-key", &tls_file("key.pem")])
        .start();
    let (code, _, err) = ground.emit(&format!("{}/policy.toml", tls.url()));
    assert!(code == Some(3) && err.contains("TLS with"), "{err}");
}

/// JSON is printed where a command could not check.
#[test]
fn json_is_printed_without_a_policy() {
    let ground = Ground::new();
    let url = "http://127.0.0.1:1/policy.toml";
    for (arguments, list) in [
        (&["audit", "repo"][..], "findings"),
        (&["doctor"][..], "checks"),
        (&["check"][..], "findings"),
        (&["env", "show"][..], "variables"),
    ] {
        let all = [arguments, &["--policy", url, "--format", "json"]].concat();
        let (code, out, err) = ground.run(&all, &[]);
        assert_eq!(code, Some(3), "{err}");
        let json: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(
            json,
            serde_json::json!({ "schema": 1, list: [] }),
            "{arguments:?}"
        );
    }
    let (code, out, _) = ground.run(&["env", "set", "--policy", url, "--format", "json"], &[]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &json["outcome"]), (Some(3), &"io-error".into()));
}
