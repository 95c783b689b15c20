mod corpus;
mod near;
mod properties;

use super::*;

fn one(log: &str) -> Explanation {
    let mut report = explain(log.as_bytes(), Place::Shell);
    assert_eq!(report.explanations.len(), 1, "{log}: {report:#?}");
    report.explanations.remove(0)
}

/// The ids and lines of a log.
fn ids(log: &str) -> Vec<(&'static str, usize)> {
    let report = explain(log.as_bytes(), Place::Shell);
    let found = report.explanations.iter();
    found.map(|one| (one.id, one.line)).collect()
}

const ABSENT: &str = "go: rsc.io/quote@v1.5.9: reading http://127.0.0.1:9/rsc.io/quote/@v/v1.5.9.info: 404 Not Found\n\tserver response: not found: rsc.io/quote@v1.5.9: invalid version\n";

#[test]
fn a_missing_version_is_explained() {
    let found = one(&format!("go: downloading rsc.io/quote v1.5.9\n{ABSENT}"));
    assert_eq!((found.id, found.line), ("GE16", 2));
    assert_eq!(found.class, Some(Class::Configuration));
    assert!(found.known);
    assert!(
        found.cause.contains("rsc.io/quote v1.5.9"),
        "{}",
        found.cause
    );
    assert!(
        found.remedy.contains("export GOPRIVATE='rsc.io'"),
        "{}",
        found.remedy
    );
    let fields: Vec<_> = found.fields.iter().map(|(name, _)| *name).collect();
    for name in [
        "module", "version", "url", "host", "port", "proxy", "reason",
    ] {
        assert!(fields.contains(&name), "{name}: {fields:?}");
    }
}

#[test]
fn remedies_are_written_for_their_place() {
    let table = [
        (Place::GitHub, "env:\n  GOPRIVATE: 'rsc.io'"),
        (Place::GitLab, "variables:\n  GOPRIVATE: 'rsc.io'"),
        (Place::Jenkins, "environment {\n  GOPRIVATE = 'rsc.io'\n}"),
        (Place::Dockerfile, "ENV GOPRIVATE=\"rsc.io\""),
        (Place::Shell, "export GOPRIVATE='rsc.io'"),
    ];
    for (place, wanted) in table {
        let report = explain(ABSENT.as_bytes(), place);
        let remedy = &report.explanations[0].remedy;
        assert!(remedy.contains(wanted), "{place:?}: {remedy}");
    }
}

#[test]
fn places_are_detected() {
    let table = [
        ("GITHUB_ACTIONS", false, Place::GitHub),
        ("GITLAB_CI", true, Place::GitLab),
        ("JENKINS_URL", false, Place::Jenkins),
        ("container", false, Place::Dockerfile),
        ("HOME", true, Place::Dockerfile),
        ("HOME", false, Place::Shell),
    ];
    for (name, in_container, wanted) in table {
        let env = [(name, "x")].into_iter().collect();
        assert_eq!(Place::detect(&env, in_container), wanted, "{name}");
    }
}

#[test]
fn what_is_said_twice_is_told_once() {
    let found = one(&format!("{ABSENT}{ABSENT}{ABSENT}"));
    assert_eq!(found.times, 3);
}

#[test]
fn integrity_comes_first() {
    let log = format!("{ABSENT}verifying git.example.com/internal@v1.2.3: checksum mismatch\n");
    assert_eq!(ids(&log), [("GE37", 3), ("GE16", 1)]);
}

#[test]
fn what_go_says_of_its_work_is_no_error() {
    let quiet = "go: downloading a.b/c v1.0.0\ngo: added a.b/c v1.0.0\ngo: finding module for package a.b/c\n\
        go: found a.b/c in a.b/c v1\ngo: warning: ignoring go.mod in $GOPATH\ngo: creating new go.mod: module x\n\
        ok  \tmain.example/m\t0.1s\nchecking cargo: done\nall modules verified\n";
    assert_eq!(ids(quiet), []);
    let warning =
        "warning: go env -w GOPROXY=... does not override conflicting OS environment variable";
    assert_eq!(ids(warning), [("GE73", 1)]);
}

#[test]
fn an_unknown_error_is_told_with_the_nearest() {
    let found = one("go: malformed go.sum at the end of the world");
    assert_eq!(found.id, UNKNOWN);
    assert_eq!(found.class, None);
    assert!(!found.known);
    assert_eq!(found.nearest.len(), 3);
    assert_eq!(found.nearest[0], "GE46");
}

#[test]
fn made_up_texts_are_called_so() {
    let found = one("module lookup failed: no proxy URL configured");
    assert_eq!(found.id, "GE29");
    assert!(!found.known);
    let note = found.note.unwrap_or_default();
    assert!(
        note.starts_with("this text is not printed by any Go version"),
        "{note}"
    );
    let found = one("X-Go-Mod: v1.21+");
    assert_eq!(found.id, UNKNOWN);
    assert!(found.note.is_some());
}

#[test]
fn what_wraps_another_error_stands_behind_it() {
    let found = one(
        "go: git.example/a/b: unrecognized import path \"git.example/a/b\": https fetch: Get \"https://git.example/a/b?go-get=1\": dial tcp: lookup git.example: no such host",
    );
    assert_eq!(found.id, "GE01");
    assert_eq!(found.related, ["GE58"]);
    let alone = one(
        "go: git.example/a/b: unrecognized import path \"git.example/a/b\": https fetch: Get \"https://git.example/a/b?go-get=1\": oh",
    );
    assert_eq!(alone.id, "GE58");
}

#[test]
fn a_host_that_answered_before_fails_for_a_while_only() {
    let lost = "go: m.example/m@v1.0.0: Get \"https://p.example/m.example/m/@v/list\": dial tcp: lookup p.example: no such host";
    assert_eq!(one(lost).class, Some(Class::Network));
    let log = format!("# get https://p.example/x.example/y/@v/list: 200 OK (0.1s)\n{lost}");
    assert_eq!(one(&log).class, Some(Class::Transient));
}

#[test]
fn secrets_are_in_nothing_that_is_printed() {
    let found = one(
        "go: m.example/m@v1.0.0: Get \"http://user:s3cret@p.example/m.example/m/@v/list\": EOF",
    );
    assert!(!format!("{found:?}").contains("s3cret"));
    assert!(found.text.contains("http://user:xxxxx@p.example"));
}

#[test]
fn values_from_a_log_never_become_commands() {
    let found = one("go: updates: reading https://h/$(touch${IFS}x)/@v/v1.0.0.info: 404 Not Found");
    let commands = found.remedy.lines().filter(|line| line.starts_with('$'));
    assert!(
        commands.into_iter().all(|line| !line.contains("touch")),
        "{}",
        found.remedy
    );
}

#[test]
fn bug_what_a_program_under_test_says_is_not_blamed_on_go() {
    for quiet in [
        "--- FAIL: TestStore (0.01s)\n    store_test.go:12: dial tcp 127.0.0.1:5432: connect: connection refused\nFAIL",
        "2026/01/02 03:04:05 Get \"https://api.example/v1\": x509: certificate signed by unknown authority",
        "    http_test.go:9: proxyconnect tcp: dial tcp 10.0.0.1:3128: i/o timeout",
        "panic: lookup db on 10.0.0.2:53: no such host",
        "time=now level=error msg=\"read: connection reset by peer\"",
        "Error: Get \"https://api.example/v1\": EOF",
        "x_test.go:3: Get \"https://h/\": stopped after 10 redirects",
        "go: github.com/a/b@v1.2.0 requires go >= 1.23.0; switching to go1.23.7",
        "go: module github.com/golang/protobuf is deprecated: Use the other module instead.",
    ] {
        assert_eq!(ids(quiet), [], "{quiet}");
    }
    for (said, id) in [
        (
            "go: a.b/c@v1.0.0: Get \"https://p/x\": dial tcp 1.2.3.4:443: connect: connection refused",
            "GE03",
        ),
        (
            "module a.b/c: Get \"https://p/a.b/c/@v/list\": x509: certificate signed by unknown authority",
            "GE10",
        ),
        (
            "m.go:2:8: a.b/c@v1.0.0: Get \"https://p/x\": proxyconnect tcp: EOF",
            "GE05",
        ),
    ] {
        assert_eq!(ids(said), [(id, 1)], "{said}");
    }
}

#[test]
fn bug_errors_without_go_in_front_are_found() {
    let at = "m.go:2:8: a.b/c@v1.0.0: reading https://p/a.b/c/@v/v1.0.0.info: ";
    let member = "\t\"Error\": \"module a.b/c: reading https://p/a.b/c/@v/list: 400 Bad Request\"";
    for (log, id) in [
        (format!("{at}400 Bad Request"), UNKNOWN),
        (format!("{at}401 Unauthorized"), "GE19"),
        (format!("{at}403 Forbidden"), "GE20"),
        (format!("{at}407 Proxy Authentication Required"), "GE05"),
        (format!("{at}451 Unavailable For Legal Reasons"), "GE20"),
        (format!("{at}502 Bad Gateway"), "GE22"),
        (format!("{at}522 Origin Timeout"), "GE22"),
        (member.to_owned(), UNKNOWN),
        (
            "go: creating work dir: mkdir /tmp/x: no space left on device".to_owned(),
            UNKNOWN,
        ),
        (
            "m.go:2:8: package foo/bar is not in std (/usr/local/go/src/foo/bar)".to_owned(),
            "GE82",
        ),
        (
            "m.go:2:8: package foo is not in GOROOT (/usr/local/go/src/foo)".to_owned(),
            "GE82",
        ),
        (
            "go: -mod=foo not supported (can be '', 'mod', 'readonly', or 'vendor')".to_owned(),
            "GE71",
        ),
    ] {
        assert_eq!(ids(&log), [(id, 1)], "{log}");
    }
    assert_eq!(ids("m.go:2:8: undefined: reading"), []);
}

#[test]
fn bug_nothing_near_is_said() {
    let found = one("go: the moon is made of cheese");
    assert_eq!(found.id, UNKNOWN);
    assert!(found.nearest.is_empty(), "{:?}", found.nearest);
    assert!(
        found
            .remedy
            .starts_with("Nothing in the catalogue comes near.")
    );
}

#[test]
fn bug_binary_input_is_said() {
    assert!(explain(&[0, 1, 2, 3].repeat(200), Place::Shell).is_binary);
    let log: Vec<u8> = ABSENT.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let report = explain(&log, Place::Shell);
    assert_eq!(
        (report.explanations[0].id, report.is_binary),
        ("GE16", false)
    );
}
