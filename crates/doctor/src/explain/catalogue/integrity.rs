//! Bytes that are not what they should be.

use crate::explain::entry::Class::{Configuration, Integrity};
use crate::explain::entry::{BLANK, Entry, Status};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "GE38",
        classes: &[Integrity],
        status: Status::Source,
        pattern: r"verifying (?:go\.mod|\S+/go\.mod): checksum mismatch",
        needles: &[
            "/go.mod: checksum mismatch",
            "verifying go.mod: checksum mismatch",
        ],
        cause: "The go.mod of {module|this module} {version|} has other bytes than go.sum or the checksum database recorded for it.",
        fix: "Stop and keep both hashes. Fetch it again into an empty cache; if it still differs, somebody moved the tag or changed the bytes on the way: tell whoever runs the proxy. Leave go.sum and the verification as they are.",
        local: "GOMODCACHE=$(mktemp -d) GOFLAGS=-modcacherw go mod download {module|MODULE}@{version|VERSION}",
        ..BLANK
    },
    Entry {
        id: "GE37",
        classes: &[Integrity],
        pattern: r"checksum mismatch\n\s+downloaded:\s+(?P<got>h1:\S+)\n\s+go(?:\.work)?\.sum:\s+(?P<want>h1:\S+)|verifying [^\n]*checksum mismatch[^\n]*(?:\n\s+downloaded:[^\n]*)?(?:\s*\z|\s*\n\s*SECURITY ERROR)",
        needles: &["checksum mismatch"],
        cause: "The bytes that came for {module|this module} {version|} are not those of the go.sum of this repository (or, where the lines with the hashes are cut off, of the checksum database): a tag that was moved, line ends that were changed, a damaged cache, or a proxy with other bytes. GONOPROXY and GOPRIVATE have nothing to do with it.",
        fix: "Stop. Empty the module cache and fetch again; if it still differs, compare both hashes with the checksum database and ask the author whether the tag was moved. Leave go.sum and the verification as they are.",
        local: "go clean -modcache && go mod download",
        ..BLANK
    },
    Entry {
        id: "GE36",
        classes: &[Integrity],
        pattern: r"checksum mismatch\n\s+downloaded:\s+(?P<got>h1:\S+)\n\s+(?P<sumdb>[^\s:]+):\s+(?P<want>h1:\S+)",
        needles: &["checksum mismatch"],
        cause: "The bytes that came for {module|this module} {version|} are not those that {sumdb|the checksum database} recorded for the world: changed on the way, a tag moved after a proxy had cached it, or damage.",
        fix: "Stop and keep both hashes. Ask the proxies of GOPROXY one by one to see which of them has the odd bytes; purge that copy only after it was looked into. Leave the verification on.",
        local: "GOPROXY=https://goproxy.corp.example GOMODCACHE=$(mktemp -d) GOFLAGS=-modcacherw go mod download -json {module|MODULE}@{version|VERSION}",
        ..BLANK
    },
    Entry {
        id: "GE39",
        classes: &[Integrity],
        status: Status::Source,
        pattern: r"checksum missing from sumdb response",
        needles: &["checksum missing from sumdb response"],
        cause: "The checksum database, or what answers in its place, gave a record that does not hold the hash that was asked for.",
        fix: "Look at what answers below /sumdb/ of the first proxy; it has to pass answers of the database on unchanged.",
        local: "curl -si https://goproxy.corp.example/sumdb/sum.golang.org/lookup/{module|MODULE}@{version|VERSION}",
        ..BLANK
    },
    Entry {
        id: "GE40",
        classes: &[Configuration, Integrity],
        pattern: r"note has no verifiable signatures",
        needles: &["note has no verifiable signatures"],
        cause: "The checksum database's answer is not signed by the key that GOSUMDB names: the key belongs to another database, or a mirror changed the answer.",
        fix: "Compare the name, key and address in GOSUMDB with those that the database's owner gives out; without a reason for another one, leave GOSUMDB unset. Keep the verification on.",
        local: "go env GOSUMDB GOPROXY",
        ..BLANK
    },
];
