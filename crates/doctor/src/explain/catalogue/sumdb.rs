//! The checksum database cannot be asked, or was asked for what it cannot know.

use crate::explain::entry::Class::{Configuration, Network, Policy};
use crate::explain::entry::{BLANK, Entry};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "GE44",
        classes: &[Configuration],
        since: 21,
        pattern: r"checksum database disabled by GOSUMDB=off",
        needles: &["checksum database disabled by GOSUMDB=off"],
        cause: "go wants to download a toolchain, and toolchains are always checked against the checksum database; GOSUMDB=off forbids that, and GONOSUMDB cannot exempt them.",
        fix: "Take GOSUMDB=off away. Where the database cannot be reached, have a new enough Go installed and keep it.",
        set: &[("GOTOOLCHAIN", "local")],
        local: "go env -u GOSUMDB",
        ..BLANK
    },
    Entry {
        id: "GE41",
        classes: &[Configuration],
        pattern: r"(?:invalid GOSUMDB: (?:malformed verifier id|invalid verifier hash|too many fields)|missing GOSUMDB)",
        needles: &["invalid GOSUMDB: ", "missing GOSUMDB"],
        cause: "GOSUMDB is not a value that go can use. It is off, a known name, or name+hash+key with an address behind a blank if need be. An unquoted off in YAML arrives as false; \"missing GOSUMDB\" means a blank value, or a Go installation without its go.env.",
        fix: "Correct the value, or leave it unset. If go env GOSUMDB is empty though nothing sets it, install Go anew: $GOROOT/go.env is not there.",
        set: &[("GOSUMDB", "sum.golang.org")],
        local: "go env GOSUMDB GOROOT; go env -u GOSUMDB",
        ..BLANK
    },
    Entry {
        id: "GE42",
        classes: &[Policy, Network],
        pattern: r"reading (?P<url>\S*/sumdb/\S+/supported): (?P<code>\d{3}) ",
        needles: &["/supported: "],
        cause: "{host|The proxy} answered {code|an error} when it was asked whether it relays the checksum database. Only 200, 404 and 410 are answers that go works with; any other fails every verification.",
        fix: "Have the proxy answer 200 there and relay the database, or 404 so that go asks the database itself. A reverse proxy or a login in front of /sumdb/ has to let these paths pass.",
        local: "curl -si {url|https://goproxy.corp.example/sumdb/sum.golang.org/supported}",
        ..BLANK
    },
    Entry {
        id: "GE18",
        classes: &[Configuration],
        pattern: r"reading (?P<url>\S+/lookup/(?P<module>\S+)@(?P<version>[^\s:]+)): (?:404 Not Found|410 Gone)",
        needles: &["/lookup/"],
        cause: "{module|The module} was looked up in a public checksum database, which cannot see it: a private module that GOPRIVATE and GONOSUMDB leave out, or a version that nobody else has seen. Its name was told to that database.",
        fix: "Name the module's prefix in GOPRIVATE if it comes from version control, or in GONOSUMDB alone if the company's proxy serves it.",
        set: &[("GOPRIVATE", "{pattern|git.corp.example}")],
        ..BLANK
    },
    Entry {
        id: "GE43",
        classes: &[Network],
        pattern: r#"verifying (?:module|go\.mod|\S+): .*Get "https?://(?P<host>[^/"]+)/(?:lookup|tile|latest)"#,
        needles: &["/lookup", "/tile", "/latest"],
        cause: "go asked the checksum database at {host|its own address} itself and could not reach it: no proxy of GOPROXY relays the database, and this network does not let the job out.",
        fix: "Use a proxy that relays the checksum database (modkeep does); go asks it by itself. Or let the job reach {host|the database}. Keep the verification on.",
        set: &[("GOPROXY", "https://goproxy.corp.example")],
        local: "modkeep doctor --group sumdb",
        ..BLANK
    },
];
