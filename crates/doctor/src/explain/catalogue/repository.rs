//! What stands, or does not stand, in this repository.

use crate::explain::Place;
use crate::explain::entry::Class::{Configuration, Module};
use crate::explain::entry::{BLANK, Entry};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "GE45",
        classes: &[Module, Configuration],
        pattern: r"missing go\.sum entry for (?:module providing package (?P<pkg>\S+)|go\.mod file)",
        needles: &["missing go.sum entry for "],
        cause: "go.sum has no line for {pkg|a module that is needed}: it was not tidied or not committed, or not copied into the image.",
        fix: "Tidy on your own machine and commit go.sum; in an image copy it before the first go command.",
        local: "go mod tidy && git add go.mod go.sum",
        at: &[(
            Place::Dockerfile,
            "COPY go.mod go.sum ./\nRUN go mod download",
        )],
        ..BLANK
    },
    Entry {
        id: "GE85",
        classes: &[Module],
        pattern: r"can't determine available versions using the vendor directory",
        needles: &["can't determine available versions using the vendor directory"],
        cause: "The command asks which versions there are, and go reads from vendor, where only the chosen ones are.",
        fix: "Let this one command look at the sources.",
        local: "go list -mod=mod -m -versions {module|MODULE}",
        ..BLANK
    },
    Entry {
        id: "GE86",
        classes: &[Configuration],
        pattern: r"cannot find GOROOT directory: (?P<dir>\S+)",
        needles: &["cannot find GOROOT directory: "],
        cause: "GOROOT names {dir|a folder} that is not there: set in the environment, or written by go env -w, which Go up to 1.26 allows. Every go command fails then, go env -u too.",
        fix: "Unset GOROOT; if the go env file has the line, take it out by hand.",
        local: "unset GOROOT; sed -i '/^GOROOT=/d' \"${XDG_CONFIG_HOME:-$HOME/.config}/go/env\"",
        ..BLANK
    },
    Entry {
        id: "GE46",
        classes: &[Module],
        pattern: r"malformed go\.sum:\n\s*(?P<file>\S+?):(?P<line>\d+): wrong number of fields",
        needles: &["malformed go.sum:"],
        cause: "Line {line|one} of {file|go.sum} is no line of a go.sum: often the mark of a merge.",
        fix: "Take the marks out, tidy, and look at what changed before you commit it.",
        local: "git checkout --ours go.sum && go mod tidy && git diff go.sum",
        ..BLANK
    },
    Entry {
        id: "GE47",
        classes: &[Module],
        pattern: r"updates to go\.(?:mod|sum|work) needed",
        needles: &["updates to go."],
        cause: "go.mod or go.sum does not fit the code, and in CI go does not change them by itself (-mod=readonly).",
        fix: "Tidy on your own machine and commit both files.",
        local: "go mod tidy && git add go.mod go.sum",
        ..BLANK
    },
    Entry {
        id: "GE48",
        classes: &[Module],
        pattern: r"no required module provides package (?P<pkg>[^\s;]+)",
        needles: &["no required module provides package "],
        cause: "The code imports {pkg|a package}, and no module that go.mod requires has it.",
        fix: "Require its module on your own machine and commit go.mod and go.sum; or correct the import.",
        local: "go get {pkg|PACKAGE} && go mod tidy",
        ..BLANK
    },
    Entry {
        id: "GE50",
        classes: &[Module],
        pattern: r"inconsistent vendoring in (?P<dir>\S+?):",
        needles: &["inconsistent vendoring in "],
        cause: "vendor/modules.txt says something else than go.mod: one was changed without the other.",
        fix: "Write vendor anew and commit it.",
        local: "go mod vendor && git add vendor",
        ..BLANK
    },
    Entry {
        id: "GE51",
        classes: &[Module],
        pattern: r"module declares its path as: (?P<got>\S+)\n\s+but was required as: (?P<want>\S+)",
        needles: &["module declares its path as: "],
        cause: "The module calls itself {got|by another name} and was required as {want|this one}: a fork, or a module that moved.",
        fix: "Require it by the name it has, or put the fork in its place with replace.",
        local: "go mod edit -replace={got|MODULE}={want|FORK}@{version|VERSION}",
        ..BLANK
    },
    Entry {
        id: "GE54",
        classes: &[Module],
        pattern: r"module (?P<module>[^\s@]+)@(?P<version>\S+) found(?: \([^)]*\))?, but does not contain package (?P<pkg>\S+)",
        needles: &["but does not contain package "],
        cause: "{module|The module} {version|} is there, but the package {pkg|asked for} is not in it: another version has it, or the path is wrong.",
        fix: "Correct the import, or require a version that has the package.",
        local: "go list -m -versions {module|MODULE}",
        ..BLANK
    },
    Entry {
        id: "GE77",
        classes: &[Module],
        pattern: r"replacement directory (?P<dir>\S+) does not exist",
        needles: &["replacement directory "],
        cause: "go.mod replaces a module with {dir|a folder} that is not here: not in the build context, or only on one developer's machine.",
        fix: "Take the replace out of go.mod (a go.work that is not committed does the same for one machine), or copy the folder in.",
        local: "go mod edit -json | grep -A8 Replace",
        ..BLANK
    },
    Entry {
        id: "GE82",
        classes: &[Module],
        pattern: r#"malformed module path "(?P<module>[^"]*)": missing dot in first path element|package (?P<pkg>\S+) is not in (?:std|GOROOT)\b"#,
        needles: &[
            "missing dot in first path element",
            " is not in std",
            " is not in GOROOT",
        ],
        cause: "The path {module|} {pkg|} cannot be fetched from anywhere: a module path begins with a host, which has a dot; without one it is looked for in the standard library only. No proxy was asked.",
        fix: "Correct the path. A module of this repository needs no fetching: replace it, or use a workspace.",
        local: "go mod edit -replace={module|MODULE}=./FOLDER",
        ..BLANK
    },
    Entry {
        id: "GE76",
        classes: &[Configuration],
        since: 18,
        pattern: r"error obtaining VCS status: exit status (?P<rc>\d+)",
        needles: &["error obtaining VCS status: "],
        cause: "go build asks git for the commit, and git does not answer: the checkout belongs to another user than the job's, or this is no whole checkout.",
        fix: "Tell git that the folder is safe; where the commit does not matter, build without it.",
        run: "git config --global --add safe.directory \"$PWD\"",
        at: &[(Place::Dockerfile, "RUN go build -buildvcs=false ./...")],
        ..BLANK
    },
    Entry {
        id: "GE49",
        classes: &[Configuration, Module],
        is_context: true,
        pattern: r"cannot find module providing package (?P<pkg>[^\s:]+)",
        needles: &["cannot find module providing package "],
        cause: "No source that was asked has a module with the package {pkg|that is imported}: it is misspelt, or private and asked at the wrong place.",
        fix: "Correct the import; if it is private, have the company's proxy serve it or name its prefix in GOPRIVATE.",
        set: &[("GOPRIVATE", "{pattern|git.corp.example}")],
        local: "modkeep route {pkg|PACKAGE}",
        ..BLANK
    },
];
