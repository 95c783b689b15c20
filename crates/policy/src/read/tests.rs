//! Whole policies, and what is wrong with others.

use super::*;
use crate::{Audit, Install, Level};
use gomod::ModulePath;
use proptest::prelude::*;

const WHOLE: &str = r#"
name = "corp"
mode = "warn"
[client]
goproxy = "https://goproxy.corp.example"
private = ["git.corp.example", "*.internal.corp.example"]
sumdb = "off"
direct = "private-only"
[[route]]
match = ["git.corp.example"]
from = "vcs"
[[route]]
match = ["github.com/a", "*"]
from = "https://mirror-a.example,https://mirror-b.example|direct"
[[rule]]
match = ["github.com/bad/lib"]
versions = ">=1.2.0, <1.2.4"
action = "deny"
reason = "CVE-2026-0001: fixed in v1.2.4"
[audit]
toolchain = "go1.25.13+auto"
min_go = "go1.25"
install = { url = "https://files.corp.example/modkeep", sha256 = "SHA" }
approved = ["Mirror.corp.example:8443"]
retired = ["old.corp.example"]
variables = ["GOPROXY"]
[[override]]
paths = ["legacy/**"]
rules = ["GP201"]
level = "warning"
owner = "team-a"
until = 2027-01-31
reason = "moves in January"
[[override]]
rules = ["gosumdb-off"]
owner = "team-b"
until = "2027-02-28"
reason = "as above"
"#;

#[test]
fn a_pattern_of_slashes_alone_is_refused() {
    for pattern in ["/", "//"] {
        let text = format!(
            "name = \"c\"\n[client]\ngoproxy = \"https://p\"\n[[route]]\nmatch = [\"{pattern}\"]\nfrom = \"direct\"\n"
        );
        let error = Policy::parse("policy.toml", text.as_bytes()).unwrap_err();
        assert!(error.to_string().contains("has no element"), "{error}");
    }
}

#[test]
fn a_whole_policy_is_read() {
    let digest = "0123456789ABCDEF".repeat(4);
    let whole = WHOLE.replace("SHA", &digest);
    let policy = Policy::parse("policy.toml", whole.as_bytes()).unwrap();
    assert_eq!((policy.name.as_str(), policy.mode), ("corp", Mode::Warn));
    assert_eq!(
        (policy.client.sumdb.as_str(), policy.client.direct),
        ("off", Direct::PrivateOnly)
    );
    assert_eq!(policy.digest.len(), "sha256:".len() + 64);
    let not_yet: Vec<_> = policy.not_yet.iter().map(ToString::to_string).collect();
    assert_eq!(
        not_yet,
        ["policy.toml:15: [[rule]] is not enforced by this version yet"]
    );
    let audit = Audit {
        toolchain: Some("go1.25.13+auto".to_owned()),
        min_go: Some("1.25".to_owned()),
        install: Some(Install {
            url: "https://files.corp.example/modkeep".to_owned(),
            sha256: digest.to_lowercase(),
        }),
        approved: vec!["mirror.corp.example:8443".to_owned()],
        retired: vec!["old.corp.example".to_owned()],
        variables: vec!["GOPROXY".to_owned()],
    };
    assert_eq!(policy.audit, audit);
    let overrides: Vec<_> = policy
        .overrides
        .iter()
        .map(|one| (one.line, one.level, one.until.to_string()))
        .collect();
    assert_eq!(
        overrides,
        [
            (27, Level::Warning, "2027-01-31".to_owned()),
            (34, Level::Off, "2027-02-28".to_owned())
        ]
    );
    let decide = |path: &str| {
        let path = ModulePath::parse(path).unwrap();
        let (route, pattern) = policy.route(&path).unwrap();
        (
            route.written.clone(),
            pattern.to_owned(),
            policy.is_private(&path),
        )
    };
    assert_eq!(
        decide("git.corp.example/x"),
        ("vcs".to_owned(), "git.corp.example".to_owned(), true)
    );
    let mirror = "https://mirror-a.example,https://mirror-b.example|direct".to_owned();
    assert_eq!(
        decide("github.com/a/b"),
        (mirror.clone(), "github.com/a".to_owned(), false)
    );
    assert_eq!(
        decide("rsc.io/quote"),
        (mirror.clone(), "*".to_owned(), false)
    );
    assert!(decide("a.internal.corp.example/q").2);
}

#[test]
fn the_defaults_are_those_of_the_design() {
    let text = "name = \"x\"\n[client]\ngoproxy = \"https://p.example,direct\"\n";
    let policy = Policy::parse("policy.toml", text.as_bytes()).unwrap();
    assert_eq!(
        (policy.mode, policy.client.direct),
        (Mode::Enforce, Direct::Allowed)
    );
    assert_eq!(policy.client.sumdb, gomod::defaults::GOSUMDB);
    assert!(policy.client.private.is_empty() && policy.routes.is_empty());
    assert!(
        policy
            .route(&ModulePath::parse("rsc.io/quote").unwrap())
            .is_none()
    );
}

#[test]
fn the_digest_is_that_of_the_bytes() {
    // printf 'name = "x"\n[client]\ngoproxy = "off"\n' | sha256sum
    let policy = Policy::parse("p", b"name = \"x\"\n[client]\ngoproxy = \"off\"\n").unwrap();
    assert_eq!(
        policy.digest,
        "sha256:ea1ac997d70fe11325ff6c15f94ae19f0178cdacfdfb64002203c48ea975b02c"
    );
}

/// Files, what is said of each, and the nearest right word. Those that begin
/// with a route follow a head that is right.
const FAULTS: [(&str, &str, Option<&str>); 15] = [
    (
        "nam = \"x\"\n",
        "p.toml:1: unknown key \"nam\"",
        Some("name"),
    ),
    (
        "name = \"x\"\n",
        "p.toml:1: client.goproxy is missing",
        None,
    ),
    (
        "name = \"\"\n[client]\ngoproxy = \"off\"\n",
        "p.toml:1: name = \"\": must not be empty",
        None,
    ),
    (
        "name = \"x\"\nmode = \"enforced\"\n",
        "p.toml:2: mode = \"enforced\": must be one of observe, warn, enforce",
        Some("enforce"),
    ),
    (
        "name = \"x\"\n[client]\ngoproxy = \"\"\n",
        "p.toml:3: client.goproxy = \"\": must not be empty",
        None,
    ),
    (
        "name = \"x\"\n[client]\ngoproxy = \",\"\n",
        "p.toml:3: client.goproxy = \",\": GOPROXY list is not the empty string, but contains no entries",
        None,
    ),
    (
        "name = \"x\"\n[client]\ngoproxy = \"fallback\"\n",
        "p.toml:3: client.goproxy = \"fallback\": invalid proxy URL missing scheme: fallback",
        None,
    ),
    (
        "name = \"x\"\n[client]\ngoproxy = \"https://me:hunter2@p.example\"\n",
        "p.toml:3: client.goproxy = (hidden): a policy holds no user or password: name them in modkeep.toml or netrc",
        None,
    ),
    (
        "[[route]]\nmatch = [\"*\"]\nform = \"vcs\"\n",
        "p.toml:6: unknown key \"form\" in [[route]]",
        Some("from"),
    ),
    (
        "[[route]]\nmatch = []\nfrom = \"vcs\"\n",
        "p.toml:5: route.match = []: names no module; \"*\" names all",
        None,
    ),
    (
        "[[route]]\nfrom = \"vcs\"\n",
        "p.toml:4: route.match is missing",
        None,
    ),
    (
        "[[route]]\nmatch = [\"*\"]\n",
        "p.toml:4: route.from is missing",
        None,
    ),
    (
        "[[route]]\nmatch = [\"a\",\n  \"b, c\"]\nfrom = \"vcs\"\n",
        "p.toml:6: route.match = \"b, c\": write one pattern a string",
        None,
    ),
    (
        "[[route]]\nmatch = [\"[a\"]\nfrom = \"vcs\"\n",
        "p.toml:5: route.match = \"[a\": is malformed: Go would ignore it",
        None,
    ),
    (
        "[[route]]\nmatch = [\"*\"]\nfrom = \"user@mirror.example\"\n",
        "p.toml:6: route.from = (hidden): a policy holds no user or password: name them in modkeep.toml or netrc",
        None,
    ),
];

/// Each fault with its line, key, value and nearest right word.
#[test]
fn faults_say_it_all() {
    let head = "name = \"x\"\n[client]\ngoproxy = \"https://p.example\"\n";
    for (text, wanted, near) in FAULTS.into_iter().chain(AUDIT_FAULTS) {
        let text = if text.starts_with('[') {
            format!("{head}{text}")
        } else {
            text.to_owned()
        };
        let error = Policy::parse("p.toml", text.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), wanted, "{text}");
        assert_eq!(
            error.hint(),
            near.map(|word| format!("did you mean {word:?}?")),
            "{text}"
        );
    }
}

/// What follows a head that is right, what is said of it, and the nearest right word.
const AUDIT_FAULTS: [(&str, &str, Option<&str>); 21] = [
    (
        "[audit]\ntoolchian = \"local\"\n",
        "p.toml:5: unknown key \"toolchian\" in [audit]",
        Some("toolchain"),
    ),
    (
        "[audit]\ntoolchain = \"go1.x\"\n",
        "p.toml:5: audit.toolchain = \"go1.x\": must be local, auto, path, or a toolchain such as go1.25.13 or go1.25.13+auto",
        None,
    ),
    (
        "[audit]\ntoolchain = \"go1.25+never\"\n",
        "p.toml:5: audit.toolchain = \"go1.25+never\": must be local, auto, path, or a toolchain such as go1.25.13 or go1.25.13+auto",
        None,
    ),
    (
        "[audit]\nmin_go = \"new\"\n",
        "p.toml:5: audit.min_go = \"new\": must be a Go version such as 1.25.13",
        None,
    ),
    (
        "[audit]\nmin_go = 1.25\n",
        "p.toml:5: audit.min_go = 1.25: must be a string, not float",
        None,
    ),
    (
        "[audit]\ninstall = \"https://x\"\n",
        "p.toml:5: audit.install = \"https://x\": must be a table, not string",
        None,
    ),
    (
        "[audit]\n[audit.install]\nurl = \"https://x.example/m\"\n",
        "p.toml:5: audit.install.sha256 is missing",
        None,
    ),
    (
        "[audit]\ninstall = { url = \"https://x.example/m\", sha256 = \"abc\" }\n",
        "p.toml:5: audit.install.sha256 = \"abc\": must be a SHA-256 digest, 64 hex digits",
        None,
    ),
    (
        "[audit]\ninstall = { url = \"https://me:hunter2@x.example/m\", sha256 = \"abc\" }\n",
        "p.toml:5: audit.install.url = (hidden): a policy holds no user or password",
        None,
    ),
    (
        "[audit]\ninstall = { url = \"https://x.example/$(id)\", sha256 = \"abc\" }\n",
        "p.toml:5: audit.install.url = \"https://x.example/$(id)\": must be an http or https URL, with anything but letters, digits and -._~:/?#[]@!&()*+,;=% percent-encoded",
        None,
    ),
    (
        "[audit]\napproved = [\"https://x.example\"]\n",
        "p.toml:5: audit.approved = \"https://x.example\": must be a host, or host:port",
        None,
    ),
    (
        "[audit]\napproved = [\"*\"]\n",
        "p.toml:5: audit.approved = \"*\": is every host there is: name them",
        None,
    ),
    (
        "[audit]\nvariables = [\"GO PROXY\"]\n",
        "p.toml:5: audit.variables = \"GO PROXY\": must be the name of a variable, such as GOPROXY",
        None,
    ),
    (
        "[[override]]\nrules = [\"GP101\"]\nowner = \"a\"\nuntil = 2027-01-31\n",
        "p.toml:4: override.reason is missing",
        None,
    ),
    (
        "[[override]]\nrules = [\"GP101\"]\nuntil = 2027-01-31\nreason = \"x\"\n",
        "p.toml:4: override.owner is missing",
        None,
    ),
    (
        "[[override]]\nrules = [\"GP101\"]\nowner = \"a\"\nreason = \"x\"\n",
        "p.toml:4: override.until is missing",
        None,
    ),
    (
        "[[override]]\nrules = [\"GP101\"]\nowner = \"a\"\nuntil = 2027-01-31T10:00:00\nreason = \"x\"\n",
        "p.toml:7: override.until = 2027-01-31T10:00:00: must be a date such as 2027-01-31",
        None,
    ),
    (
        "[[override]]\nrules = [\"GP101\"]\nowner = \"a\"\nuntil = \"soon\"\nreason = \"x\"\n",
        "p.toml:7: override.until = \"soon\": must be a date such as 2027-01-31",
        None,
    ),
    (
        "[[override]]\nlevel = \"of\"\nrules = [\"GP101\"]\n",
        "p.toml:5: override.level = \"of\": must be one of off, info, warning, error",
        Some("off"),
    ),
    (
        "[[override]]\npaths = [\"../x\"]\n",
        "p.toml:5: override.paths = \"../x\": leads out of the repository",
        None,
    ),
    (
        "[[override]]\nuntil_ = 1\n",
        "p.toml:5: unknown key \"until_\" in [[override]]",
        Some("until"),
    ),
];

/// What Go would take for one URL is no list.
#[test]
fn a_wrong_separator_is_a_fault() {
    for list in [
        "https://p.example;direct",
        "https://p.example https://q.example",
    ] {
        let text = format!("name = \"x\"\n[client]\ngoproxy = \"{list}\"\n");
        let error = Policy::parse("p.toml", text.as_bytes()).unwrap_err();
        assert!(error.to_string().contains("write a comma"), "{error}");
    }
}

/// A policy that rules `direct` out does not hand it out, wherever it stands.
#[test]
fn direct_in_the_list_and_ruled_out_is_a_fault() {
    for (list, direct) in [
        ("https://p.example,direct", "forbidden"),
        ("https://p.example| direct", "private-only"),
        ("off,direct", "forbidden"),
    ] {
        let text = format!("name = \"x\"\n[client]\ndirect = \"{direct}\"\ngoproxy = \"{list}\"\n");
        let error = Policy::parse("p.toml", text.as_bytes()).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "p.toml:4: client.goproxy = \"{list}\": ends in direct, which client.direct = \"{direct}\" rules out: take it out of the list, or set client.direct = \"allowed\""
            )
        );
    }
}

/// What is written into many kinds of file must stay on its line.
#[test]
fn line_breaks_are_refused() {
    for (name, client) in [
        ("a\\nb", "goproxy = \"off\""),
        ("a\\u2028b", "goproxy = \"off\""),
        ("a", "goproxy = \"https://p.example,\\n off\""),
        (
            "a",
            "goproxy = \"off\"\nsumdb = \"sum.golang.org\\thttps://s.example\"",
        ),
    ] {
        let text = format!("name = \"{name}\"\n[client]\n{client}\n");
        let error = Policy::parse("p.toml", text.as_bytes()).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("line break or another control character"),
            "{error}"
        );
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(from in "[ -~]{0,40}", pattern in "[ -~]{0,20}") {
        let text = format!(
            "name = \"x\"\n[client]\ngoproxy = {from:?}\n[[route]]\nmatch = [{pattern:?}]\nfrom = {from:?}\n"
        );
        if let Ok(policy) = Policy::parse("p.toml", text.as_bytes()) {
            prop_assert!(!policy.client.goproxy.entries().is_empty());
            prop_assert!(!policy.routes[0].patterns.is_empty());
        }
    }
}
