//! What a proxy answered.

use crate::explain::entry::Class::{
    Authentication, Configuration, Module, Network, Policy, Transient,
};
use crate::explain::entry::{BLANK, Entry};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "GE24",
        classes: &[Network, Configuration],
        pattern: r#"invalid response from proxy "(?P<proxy>[^"]+)": (?:json: )?invalid character '(?P<ch>[^']+)'"#,
        needles: &["invalid response from proxy \""],
        cause: "{proxy|The proxy} answered 200 with something that is not JSON, mostly a web page: a captive portal, a login in front of it, or a path that is not the Go repository.",
        fix: "Have whatever stands in front let the module paths pass, or correct the path in GOPROXY (an artifact manager wants the whole path of its Go repository).",
        local: "curl -si {proxy|https://goproxy.corp.example}/golang.org/x/text/@v/v0.14.0.info; modkeep doctor --group http",
        ..BLANK
    },
    Entry {
        id: "GE25",
        classes: &[Transient, Configuration],
        pattern: r#"invalid response from proxy "(?P<proxy>[^"]+)": unexpected end of JSON input"#,
        needles: &["unexpected end of JSON input"],
        cause: "{proxy|The proxy} answered 200 with an empty or cut-off body.",
        fix: "Try again once; if it stays, the proxy keeps a broken answer: purge it there.",
        local: "curl -si {proxy|https://goproxy.corp.example}/golang.org/x/text/@latest",
        ..BLANK
    },
    Entry {
        id: "GE26",
        classes: &[Configuration],
        pattern: r"proxy returned info for version (?P<got>\S+) instead of requested version",
        needles: &["proxy returned info for version "],
        cause: "The proxy answered for version {got|of its own choice} when it was asked for another: its kept copy is mixed up.",
        fix: "Purge that entry at the proxy.",
        local: "curl -s {proxy|https://goproxy.corp.example}/{module|MODULE}/@v/{version|VERSION}.info",
        ..BLANK
    },
    Entry {
        id: "GE27",
        classes: &[Network, Transient],
        is_general: true,
        pattern: r"zip: not a valid zip file",
        needles: &["zip: not a valid zip file"],
        cause: "What came for {module|the module} {version|} is no zip: a web page in its place, or a transfer that broke off.",
        fix: "Empty the module cache and try again; if it stays, look at what the proxy sends.",
        local: "go clean -modcache; curl -sI {proxy|https://goproxy.corp.example}/{module|MODULE}/@v/{version|VERSION}.zip",
        ..BLANK
    },
    Entry {
        id: "GE28",
        classes: &[Network, Module],
        pattern: r"parsing go\.mod: (?:[^\n]*: )?missing module (?:line|declaration)",
        needles: &["missing module line", "missing module declaration"],
        cause: "What came as the go.mod of {module|the module} {version|} has no module line: a web page in its place, or an author's mistake.",
        fix: "Look at what the proxy sends, and at whatever stands in front of it.",
        local: "curl -s {proxy|https://goproxy.corp.example}/{module|MODULE}/@v/{version|VERSION}.mod",
        ..BLANK
    },
    Entry {
        id: "GE15",
        classes: &[Configuration],
        is_general: true,
        pattern: r"stopped after 10 redirects",
        needles: &["stopped after 10 redirects"],
        cause: "{host|The server} sends the client round in a circle, as a login in front of a proxy does.",
        fix: "Exempt the module paths from the login; go cannot follow one.",
        local: "curl -sIL --max-redirs 3 {url|https://goproxy.corp.example/}",
        ..BLANK
    },
    Entry {
        id: "GE19",
        classes: &[Authentication],
        pattern: r"reading (?P<url>\S+): 401 Unauthorized",
        needles: &["401 Unauthorized"],
        cause: "{host|The server} wants a login and got none, or a wrong one. In netrc the machine is host:port when the address has a port, a default line does not count, and nothing is sent over plain http.",
        fix: "Write a machine line for {host|the host} into the file that NETRC names, mode 0600.",
        set: &[("NETRC", "/run/secrets/netrc")],
        local: "curl -sI --netrc {url|https://goproxy.corp.example/}",
        ..BLANK
    },
    Entry {
        id: "GE20",
        classes: &[Policy, Authentication],
        pattern: r"reading (?P<url>\S+): (?P<code>403 Forbidden|451 Unavailable For Legal Reasons)(?:\n\s+server response: (?P<reason>[^\n]+))?",
        needles: &["403 Forbidden", "451 Unavailable For Legal Reasons"],
        cause: "{host|The server} refuses {module|this module} {version|}: {reason|a rule, a quota or an egress filter, and it gives no reason}.",
        fix: "Read the reason, if there is one, and take a version that the rule lets through, or ask whoever keeps it (modkeep route MODULE shows who would be asked). Do not go around it with | in GOPROXY or with direct.",
        local: "curl -s {url|https://goproxy.corp.example/}",
        ..BLANK
    },
    Entry {
        id: "GE21",
        classes: &[Transient],
        pattern: r"reading (?P<url>\S+): 429 Too Many Requests",
        needles: &["429 Too Many Requests"],
        cause: "{host|The server} has had too many requests from here. go neither waits nor reads Retry-After.",
        fix: "Wait and try again; put a caching proxy near the builds.",
        set: &[("GOPROXY", "https://goproxy.corp.example")],
        local: "modkeep run -- go mod download",
        ..BLANK
    },
    Entry {
        id: "GE22",
        classes: &[Transient],
        pattern: r"reading (?P<url>\S+): (?P<code>50[0234]|52\d|530) ",
        needles: &[": 500 ", ": 502 ", ": 503 ", ": 504 ", ": 52", ": 530 "],
        cause: "{host|The server} answered {code|an error of its own}: the proxy, or what it asks itself, is in trouble. go never tries twice, and a comma in GOPROXY does not pass it over.",
        fix: "Try again; if it stays, tell whoever runs {host|that server}.",
        local: "modkeep run -- go mod download; curl -sI {url|https://goproxy.corp.example/}",
        ..BLANK
    },
    Entry {
        id: "GE17",
        classes: &[Configuration, Module],
        pattern: r"reading (?P<url>\S+): 410 Gone",
        needles: &["410 Gone"],
        cause: "{host|The proxy} says that {module|the module} {version|} is gone: removed, or a private module that a public proxy cannot see.",
        fix: "Ask for a version that exists. If the module is private, have the company's proxy serve it, or name its prefix in GOPRIVATE.",
        set: &[("GOPRIVATE", "{pattern|git.corp.example}")],
        local: "go list -m -versions {module|MODULE}",
        ..BLANK
    },
    Entry {
        id: "GE16",
        classes: &[Configuration, Module],
        pattern: r"reading (?P<url>\S+): 404 Not Found(?:\n\s+server response: (?P<reason>[^\n]+))?",
        needles: &["404 Not Found"],
        cause: "{host|The proxy} has no {module|such module} {version|}: there is no such version, or it is a private module and a public proxy was asked. {reason|}",
        fix: "Ask for a version that exists. If the module is private, have the company's proxy serve it, or name its prefix in GOPRIVATE.",
        set: &[("GOPRIVATE", "{pattern|git.corp.example}")],
        local: "go list -m -versions {module|MODULE}",
        ..BLANK
    },
];
