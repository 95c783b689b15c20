//! Each target as a whole, kept in files beside this one, and values that are hard to write.

use std::path::PathBuf;

use policy::Policy;

use crate::{Block, EmitError, Target};

const STRICT: &str = r#"name = "corp"
[client]
goproxy = "https://goproxy.corp.example"
private = ["git.corp.example", "*.internal.corp.example"]
sumdb = "sum.golang.org"
direct = "forbidden"
[audit]
toolchain = "local"
min_go = "1.25.13"
install = { url = "https://files.corp.example/modkeep", sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" }
variables = ["GOPROXY"]
"#;
const ROUTED: &str = r#"name = "Corp routed"
[client]
goproxy = "https://a.example|https://b.example,direct"
private = ["git.corp.example"]
"#;
/// Values that each syntax has to quote.
const ODD: &str = r#"name = "odd"
[client]
goproxy = "https://p.example/it's/100%25/a\"b\\c|off"
private = ["*.corp.example", "[a-c].example", "a\\*b.example/$x"]
"#;
const AIR_GAP: &str = r#"name = "island"
[client]
goproxy = "file:///srv/modules"
direct = "forbidden"
"#;

fn policy(text: &str) -> Policy {
    Policy::parse("p.toml", text.as_bytes()).unwrap()
}

/// Compares with the file kept, or writes it anew when `MODKEEP_BLESS` is set.
fn check(name: &str, text: &str) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/targets/snapshots");
    let path = folder.join(format!("{name}.txt"));
    if option_env!("MODKEEP_BLESS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, kept, "{name}");
}

#[test]
fn each_target_is_what_is_kept() {
    for (name, text) in [("strict", STRICT), ("routed", ROUTED), ("air-gap", AIR_GAP)] {
        let policy = policy(text);
        for target in Target::ALL {
            let block = Block::new(target, &policy).unwrap();
            assert_eq!(Block::new(target, &policy).unwrap(), block);
            check(&format!("{target}-{name}"), &block.text);
        }
    }
}

#[test]
fn odd_values_are_quoted_or_refused() {
    let policy = policy(ODD);
    for target in Target::ALL {
        match Block::new(target, &policy) {
            Ok(block) => check(&format!("{target}-odd"), &block.text),
            Err(error) => {
                assert_eq!(target, Target::SystemdUser, "{error}");
                assert!(
                    matches!(
                        error,
                        EmitError::Unwritable {
                            name: "GOPRIVATE",
                            ..
                        }
                    ),
                    "{error}"
                );
            }
        }
    }
}

#[test]
fn what_is_missing_is_said() {
    for target in [Target::Github, Target::Gitlab, Target::Jenkins] {
        assert!(
            Block::new(target, &policy(STRICT))
                .unwrap()
                .missing
                .is_none()
        );
        let block = Block::new(target, &policy(ROUTED)).unwrap();
        assert!(block.missing.unwrap().contains("[audit] install"));
        assert!(block.text.contains("[audit] install"));
    }
}

#[test]
fn values_that_a_syntax_lacks_are_refused() {
    for (target, value) in [
        (Target::Pam, "https://p.example/#x"),
        (Target::Github, "https://p.example/${{x"),
    ] {
        let text = format!("name = \"x\"\n[client]\ngoproxy = \"{value}\"\n");
        let error = Block::new(target, &policy(&text)).unwrap_err();
        assert!(
            matches!(
                error,
                EmitError::Unwritable {
                    name: "GOPROXY",
                    ..
                }
            ),
            "{error}"
        );
    }
}

#[test]
fn images_have_the_go_of_the_policy() {
    let of = |audit: &str| {
        let text = format!("name = \"x\"\n[client]\ngoproxy = \"off\"\n[audit]\n{audit}\n");
        let block = Block::new(Target::Dockerfile, &policy(&text)).unwrap();
        let mut lines = block.text.lines();
        let from = lines.find(|line| line.starts_with("FROM "));
        from.unwrap().to_owned()
    };
    let table = [
        ("", "FROM golang:1.26.6 AS build"),
        ("min_go = \"1.25\"", "FROM golang:1.26.6 AS build"),
        ("min_go = \"1.30.1\"", "FROM golang:1.30.1 AS build"),
        (
            "toolchain = \"go1.25.13+auto\"",
            "FROM golang:1.25.13 AS build",
        ),
    ];
    for (audit, wanted) in table {
        assert_eq!(of(audit), wanted);
    }
}
