//! No command shows a secret, in whatever form it stands in a variable, a file or a log.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use testkit::deadline;

/// Far over what it needs, and only there so that a test ends.
const WITHIN: Duration = Duration::from_mins(5);

const MODKEEP: &str = env!("CARGO_BIN_EXE_modkeep");

/// What stands in each secret, and must not come out.
const PLANTED: &str = "S3cr3tP1ant3d";

/// Forms of variables: name, value with the secret as `@@`.
const VARIABLES: [(&str, &str); 7] = [
    ("GOPROXY", "http://u:@@@127.0.0.1:1,direct"),
    ("GOPROXY", "http://@@:x-oauth-basic@127.0.0.1:1"),
    ("GOPROXY", "http://127.0.0.1:1/x?token=@@"),
    ("GOPRIVATE", "u:@@@git.corp.example"),
    ("GOAUTH", "/bin/login --with @@"),
    ("GOFLAGS", "-ldflags=-X=main.token=@@"),
    ("GOSUMDB", "sum.example+1+k https://u:@@@sum.example"),
];

/// Lines of a log.
const LINES: [&str; 9] = [
    "go: m@v1.0.0: reading https://u:@@@proxy.example/m/@v/v1.0.0.mod: 403 Forbidden",
    "go: m@v1.0.0: reading https://@@:x-oauth-basic@proxy.example/m/@v/v1.0.0.mod: 403 Forbidden",
    "go: m@v1.0.0: reading https://proxy.example/m/@v/v1.0.0.mod?token=@@: 403 Forbidden",
    "go: something odd with Authorization: Bearer @@",
    "go: something odd with _authToken=@@",
    "go: something odd with password=@@",
    "go: something odd with AWS_SECRET_ACCESS_KEY=@@",
    "go: something odd with X-JFrog-Art-Api: @@",
    "go: something odd with PRIVATE-TOKEN: @@",
];

/// Runs modkeep in `folder`; all that it said.
fn said(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> String {
    let mut command = Command::new(MODKEEP);
    command.env_clear().envs(variables.iter().copied());
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.env("PATH", path).env("HOME", folder);
    command.current_dir(folder).args(arguments);
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&said).into_owned()
}

#[test]
fn no_command_shows_the_secret_of_a_variable() {
    deadline(WITHIN, || {
        let place = tempfile::tempdir().unwrap();
        fs::write(
            place.path().join("go.mod"),
            "module main.example/m\n\ngo 1.21\n",
        )
        .unwrap();
        let commands: [&[&str]; 8] = [
            &["env", "show"],
            &["env", "show", "--format", "json"],
            &["env", "set", "GOFLAGS=-v", "--dry-run"],
            &["check"],
            &["check", "--format", "json"],
            &["route", "rsc.example/quote"],
            &["doctor", "--group", "env", "--group", "chain"],
            &["doctor", "--timeout", "3s", "--format", "json"],
        ];
        for (name, form) in VARIABLES {
            let value = form.replace("@@", PLANTED);
            for arguments in commands {
                let said = said(place.path(), &[(name, &value)], arguments);
                assert!(!said.is_empty(), "{arguments:?}");
                let what = format!("{name}={form}: {arguments:?}");
                assert!(!said.contains(PLANTED), "{what}\n{said}");
            }
        }
    });
}

#[test]
fn explain_shows_no_secret_of_a_log() {
    let place = tempfile::tempdir().unwrap();
    let log: String = LINES
        .map(|line| line.replace("@@", PLANTED) + "\n")
        .concat();
    fs::write(place.path().join("log"), log).unwrap();
    for format in ["text", "json"] {
        let said = said(place.path(), &[], &["explain", "log", "--format", format]);
        assert!(said.contains("xxxxx"), "{said}");
        assert!(!said.contains(PLANTED), "{said}");
    }
}

#[test]
fn audit_shows_no_secret_of_a_file() {
    let place = tempfile::tempdir().unwrap();
    let dockerfile = "FROM golang:1.24\nENV GOPROXY=https://@@:x-oauth-basic@proxy.example,direct\nENV NETRC_PASS=@@ GOFLAGS=-insecure\nRUN curl -H 'Authorization: Bearer @@' https://x.example && GOSUMDB=off go build ./...\n";
    let dockerfile = dockerfile.replace("@@", PLANTED);
    fs::write(place.path().join("Dockerfile"), &dockerfile).unwrap();
    fs::write(
        place.path().join("go.mod"),
        "module m.example/m\n\ngo 1.21\n",
    )
    .unwrap();
    for arguments in [
        &["audit"][..],
        &["audit", "--format", "json"],
        &["audit", "--format", "sarif"],
        &["audit", "--inventory", "--format", "json"],
        &["audit", "--fix=all", "--diff"],
        &["audit", "--trace", "Dockerfile:4"],
    ] {
        let said = said(place.path(), &[], arguments);
        assert!(!said.contains(PLANTED), "{arguments:?}\n{said}");
    }
    let kept = fs::read_to_string(place.path().join("Dockerfile")).unwrap();
    assert_eq!(kept, dockerfile, "nothing was to be written");
}
