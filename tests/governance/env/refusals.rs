//! `env set` and `unset` refuse what `go env -w` and `-u` refuse, with Go's reason.

use super::ground::{Ground, Said};

const SETTINGS: [&[&str]; 57] = [
    &["GOPROXY=https://a.example"],
    &["GOPROXY=anything at all"],
    &["GOSUMDB=nonsense"],
    &["GOPROXY"],
    &["=x"],
    &["GOPROXY=a", "GOPROXY=b"],
    &["GOENV=/x"],
    &["GODEBUG=x"],
    &["GOEXE=x"],
    &["GOGCCFLAGS=x"],
    &["GOHOSTARCH=x"],
    &["GOHOSTOS=x"],
    &["GOMOD=x"],
    &["GOWORK=off"],
    &["GOTOOLDIR=x"],
    &["GOVERSION=x"],
    &["GOTELEMETRY=off"],
    &["GOTELEMETRYDIR=/x"],
    &["HTTPS_PROXY=http://a.example"],
    &["NETRC=/x"],
    &["GONOSUMCHECK=1"],
    &["GOPROXI=x"],
    &["goproxy=x"],
    &["KNOWN_FROM_FILE=x"],
    &["GOAUTH=off"],
    &["GOFIPS140=off"],
    &["GORISCV64=rva22u64"],
    &["GOARM64=v8.0"],
    &["GOCACHEPROG=x"],
    &["GO386=softfloat"],
    &["GO111MODULE=on"],
    &["GO111MODULE="],
    &["GO111MODULE=maybe"],
    &["GO111MODULE=o\"n\t"],
    &["GOPATH=~/go"],
    &["GOPATH=relative"],
    &["GOPATH="],
    &["GOMODCACHE=relative"],
    &["GOTMPDIR=relative"],
    &["GOTMPDIR=/absolute"],
    &["GOOS=windows"],
    &["GOOS=nonsense"],
    &["GOARCH=arm"],
    &["GOOS=windows", "GOARCH=arm"],
    &["GOOS=openbsd", "GOARCH=riscv64"],
    &["GOOS=wasip1", "GOARCH=wasm"],
    &["GOOS="],
    &["GOEXPERIMENT=arenas,noregabi"],
    &["GOEXPERIMENT=nonsense"],
    &["CC=gcc -m32"],
    &["CC=./gcc"],
    &["CC='my gcc' x"],
    &["CC='my gcc"],
    &["CXX=  "],
    &["GOFLAGS=a\nb"],
    &["GOFLAGS=a\rb"],
    &["GOFLAGS=a\u{b}b"],
];

const NAMES: [&[&str]; 8] = [
    &["GOPROXY"],
    &["GOFLAGS", "GOPRIVATE"],
    &["GOENV"],
    &["GOVERSION"],
    &["GONOSUMCHECK"],
    &["KNOWN_FROM_FILE"],
    &["GOOS"],
    &["GODEBUG"],
];

const FILE: &str = "KNOWN_FROM_FILE=1\nGOFLAGS=-v\n";

#[test]
fn what_go_refuses_is_refused_with_its_reason() {
    for go in testkit::find_toolchains() {
        for settings in SETTINGS {
            check(&go, ("-w", "set"), settings);
        }
        for names in NAMES {
            check(&go, ("-u", "unset"), names);
        }
    }
}

fn check(go: &std::path::Path, (flag, verb): (&str, &str), arguments: &[&str]) {
    let (theirs, ours) = (Ground::with_go(go), Ground::with_go(go));
    for ground in [&theirs, &ours] {
        ground.write(".config/go/env", FILE);
    }
    let local = [("GOTOOLCHAIN", "local")];
    let by_go = theirs.go_with(&local, &[&["env", flag], arguments].concat());
    let by_us = ours.modkeep_with(&local, &[&[verb], arguments].concat());
    let told = format!("{} {flag} {arguments:?}: {by_go:?} {by_us:?}", go.display());
    assert_eq!(by_us.code, if by_go.code == 0 { 0 } else { 2 }, "{told}");
    if by_go.code != 0 {
        assert_eq!(
            reason(&by_us, "modkeep: invalid: "),
            reason(&by_go, "go: "),
            "{told}"
        );
        assert_eq!(ours.user_text().as_deref(), Some(FILE), "{told}");
        return;
    }
    // What was taken has the same meaning for go, whoever wrote it.
    let values = [
        "env", "GOPROXY", "GOFLAGS", "GOOS", "GOARCH", "GOPATH", "CC",
    ];
    let own =
        |said: Said, ground: &Ground| said.out.replace(&ground.at("").display().to_string(), "~");
    let of_theirs = own(theirs.go_with(&local, &values), &theirs);
    let of_ours = own(ours.go_with(&local, &values), &ours);
    assert_eq!(of_ours, of_theirs, "{told}");
}

fn reason(said: &Said, before: &str) -> String {
    let line = said.err.lines().find_map(|line| line.strip_prefix(before));
    // Go puts no prefix before what it says of GOTMPDIR's kind.
    let line = line.or_else(|| said.err.lines().next());
    line.unwrap_or_default()
        .trim_start_matches("go: ")
        .to_owned()
}

/// Up to Go 1.26 `go env -w` takes it, and then nothing works.
#[test]
fn goroot_is_refused_and_can_be_removed() {
    let ground = Ground::new();
    let refused = ground.modkeep(&["set", "GOROOT=/nowhere"]);
    assert!(
        refused.code == 2 && refused.err.contains("GOROOT cannot be modified"),
        "{refused:?}"
    );
    ground.write(".config/go/env", "GOROOT=/nowhere\nGOFLAGS=-v\n");
    assert_ne!(ground.go(&["env", "-u", "GOROOT"]).code, 0);
    assert_eq!(ground.modkeep(&["unset", "GOROOT"]).code, 0);
    assert_eq!(ground.go(&["env", "GOFLAGS"]).out, "-v\n");
}

/// What is no error is a warning.
#[test]
fn odd_values_are_warned_of() {
    let ground = Ground::new();
    let said = ground.modkeep(&[
        "set",
        "GOPROXY=https://a.example,fallback",
        "GOPRIVATE=a, b",
    ]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.err.contains("missing scheme: fallback"), "{said:?}");
    assert!(said.err.contains("has a blank"), "{said:?}");
    let near = ground.modkeep(&["set", "GOPROXI=x"]);
    assert!(near.err.contains("did you mean GOPROXY?"), "{near:?}");
}
