//! Which files an exception covers, and which hosts a policy approves.

use proptest::prelude::*;

use super::*;

#[test]
fn paths_are_covered_as_written() {
    let table = [
        ("ci.yml", "ci.yml", true),
        ("ci.yml", "a/b/ci.yml", true),
        ("*.yml", "a/b/ci.yml", true),
        ("legacy", "legacy/a/ci.yml", true),
        ("legacy/", "a/legacy/ci.yml", true),
        ("legacy/*.sh", "legacy/a.sh", true),
        ("legacy/*.sh", "legacy/a/b.sh", false),
        ("/legacy/*.sh", "legacy/a.sh", true),
        ("./legacy/a.sh", "legacy/a.sh", true),
        (".github/workflows", ".github/workflows/ci.yml", true),
        ("workflows/ci.yml", ".github/workflows/ci.yml", false),
        ("**/ci.yml", "ci.yml", true),
        ("**/ci.yml", "a/b/ci.yml", true),
        ("a/**/z.sh", "a/z.sh", true),
        ("a/**/z.sh", "a/b/c/z.sh", true),
        ("a/**/z.sh", "a/b/c/y.sh", false),
        ("a/**", "a/b/c", true),
        ("a/**", "b/a/c", false),
    ];
    for (pattern, path, wanted) in table {
        assert_eq!(covers(pattern, path), wanted, "{pattern} {path}");
    }
}

fn policy(goproxy: &str, audit: &str) -> Policy {
    let text = format!("name = \"x\"\n[client]\ngoproxy = \"{goproxy}\"\n[audit]\n{audit}\n");
    Policy::parse("p.toml", text.as_bytes()).unwrap()
}

#[test]
fn hosts_are_approved_whatever_their_case() {
    let policy = policy(
        "https://P.example/go,http://plain.example:8081|files.example,direct,https://behind.example",
        "approved = [\"Mirror.example\", \"x.example:8443\", \"*.in.example\"]\nretired = [\"old.example\"]",
    );
    let table = [
        ("p.example", true),
        ("P.EXAMPLE:443", true),
        ("p.example:8443", false),
        ("plain.example:8081", true),
        ("plain.example", false),
        ("files.example", true),
        ("behind.example", false),
        ("mirror.example:9999", true),
        ("x.example:8443", true),
        ("x.example", false),
        ("a.in.example", true),
        ("in.example", false),
        ("evil.example", false),
        ("", false),
    ];
    for (host, wanted) in table {
        assert_eq!(policy.approves(host), wanted, "{host}");
    }
    assert!(policy.retires("OLD.example:443") && !policy.retires("p.example"));
}

#[test]
fn an_exception_ends_after_its_last_day() {
    let text = "name = \"x\"\n[client]\ngoproxy = \"off\"\n[[override]]\nrules = [\"gp6*\", \"gosumdb-off\"]\npaths = [\"old\"]\nowner = \"a\"\nuntil = 2027-01-31\nreason = \"b\"\n";
    let policy = Policy::parse("p.toml", text.as_bytes()).unwrap();
    let exception = &policy.overrides[0];
    assert_eq!((exception.line, exception.level), (4, Level::Off));
    assert!(!exception.has_expired(jiff::civil::date(2027, 1, 31)));
    assert!(exception.has_expired(jiff::civil::date(2027, 2, 1)));
    assert!(exception.covers("old/Dockerfile", "GP605", "goenvw-in-image"));
    assert!(exception.covers("old/ci.yml", "GP201", "gosumdb-off"));
    assert!(!exception.covers("old/ci.yml", "GP101", "private-module-exposed"));
    assert!(!exception.covers("new/ci.yml", "GP201", "gosumdb-off"));
}

proptest! {
    #[test]
    fn a_path_covers_itself(path in "[a-z.]{1,4}(/[a-z.]{1,4}){0,4}") {
        prop_assume!(!path.starts_with("./"));
        prop_assert!(covers(&path, &path));
        prop_assert!(covers("**/*", &path));
    }
}
