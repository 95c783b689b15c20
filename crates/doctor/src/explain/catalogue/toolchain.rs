//! Go is too old, or the toolchain that a go.mod asks for does not come.

use crate::explain::Place;
use crate::explain::entry::Class::{Configuration, Network, Policy};
use crate::explain::entry::{BLANK, Entry};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "GE66",
        classes: &[Configuration],
        since: 21,
        pattern: r"(?:go\.mod|go\.work|\S+) requires go >= (?P<want>\S+) \(running go (?P<have>[^;)]+)(?:; GOTOOLCHAIN=(?P<tc>\S+))?\)",
        needles: &["requires go >= "],
        cause: "The module wants Go {want|of a later version}, Go {have|that is installed} runs, and GOTOOLCHAIN={tc|local} forbids to fetch another. The official images and setup-go from version 6 on set GOTOOLCHAIN=local.",
        fix: "Run Go {want|of that version} or newer, or let go fetch it.",
        set: &[("GOTOOLCHAIN", "go{want|1.24.0}+auto")],
        at: &[
            (
                Place::GitHub,
                "- uses: actions/setup-go@v6\n  with:\n    go-version: '{want|1.24}'",
            ),
            (Place::GitLab, "image: golang:{want|1.24}"),
            (Place::Dockerfile, "FROM golang:{want|1.24} AS build"),
        ],
        ..BLANK
    },
    Entry {
        id: "GE68",
        classes: &[Policy],
        since: 21,
        pattern: r"download go\S+(?: for \S+)?: golang\.org/toolchain@\S+: reading (?P<url>\S+): (?P<code>\d{3}) ",
        needles: &["golang.org/toolchain@"],
        cause: "The proxy answered {code|an error} for the module golang.org/toolchain, from which go gets newer versions of itself.",
        fix: "Have the proxy serve golang.org/toolchain, or install the Go that go.mod names and set GOTOOLCHAIN=local.",
        set: &[("GOTOOLCHAIN", "local")],
        local: "curl -sI {url|https://goproxy.corp.example/golang.org/toolchain/@v/list}",
        ..BLANK
    },
    Entry {
        id: "GE67",
        classes: &[Configuration, Network],
        since: 21,
        pattern: r"download (?P<tc>go\S+) for \S+: toolchain not available",
        needles: &["toolchain not available"],
        cause: "No source has {tc|that toolchain}: there is no such version, or GOPROXY is direct or off, or GOPRIVATE covers golang.org; toolchains come from a proxy only.",
        fix: "Name a version that exists, and a proxy that serves golang.org/toolchain; or have that Go installed and set GOTOOLCHAIN=local.",
        set: &[
            ("GOPROXY", "https://goproxy.corp.example"),
            ("GOTOOLCHAIN", "local"),
        ],
        local: "go list -m -versions golang.org/toolchain",
        ..BLANK
    },
    Entry {
        id: "GE69",
        classes: &[Configuration],
        since: 21,
        pattern: r#"(?:cannot find "(?P<tc>go\S+)" in PATH|invalid GOTOOLCHAIN "(?P<bad>[^"]*)")"#,
        needles: &["in PATH", "invalid GOTOOLCHAIN "],
        cause: "GOTOOLCHAIN names {tc|a toolchain} that is not in PATH, or is no value at all ({bad|a version needs go in front}): it is local, auto, path, go1.24.0 or go1.24.0+auto.",
        fix: "Write the version with go in front and all three numbers, or local for the Go that is installed.",
        set: &[("GOTOOLCHAIN", "local")],
        local: "go env GOTOOLCHAIN; go env -u GOTOOLCHAIN",
        ..BLANK
    },
    Entry {
        id: "GE70",
        classes: &[Configuration],
        pattern: r"(?:invalid go version '(?P<v>[^']+)': must match format|unknown directive: toolchain)",
        needles: &["must match format", "unknown directive: toolchain"],
        cause: "This Go cannot read the go.mod: either it is older than 1.21 and the file is newer, or the go line ({v|its version}) is no version.",
        fix: "Use Go 1.21 or newer, or correct the go line: 1.24.0, or 1.20 before 1.21.",
        local: "go version; go mod edit -go=1.24.0",
        at: &[
            (
                Place::GitHub,
                "- uses: actions/setup-go@v6\n  with:\n    go-version-file: go.mod",
            ),
            (Place::GitLab, "image: golang:1.24"),
            (Place::Dockerfile, "FROM golang:1.24 AS build"),
        ],
        ..BLANK
    },
];
