//! Names, connections and TLS.

use crate::explain::Place;
use crate::explain::entry::Class::{Configuration, Network, Transient};
use crate::explain::entry::{BLANK, Entry, Status};

/// How an image is told of the company's authority.
const CA_IN_IMAGE: &str =
    "COPY corp-ca.crt /usr/local/share/ca-certificates/\nRUN update-ca-certificates";

/// What these say, a program under test says of its own connections too.
const GENERAL: Entry = Entry {
    is_general: true,
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "GE05",
        classes: &[Network],
        pattern: r"proxyconnect tcp: |reading (?P<url>\S+): 407 |: Proxy Authentication Required",
        needles: &[
            "proxyconnect tcp: ",
            ": 407 ",
            ": Proxy Authentication Required",
        ],
        cause: "The HTTP proxy that HTTPS_PROXY or HTTP_PROXY names is wrong or down, or wants a login (407); GOPROXY was not asked at all.",
        fix: "Correct HTTPS_PROXY, or name the hosts that need no HTTP proxy in NO_PROXY: corp.example covers that name and all below it; with a dot or *. in front only what is below it, and git does not read the star. A login goes into the proxy's address.",
        set: &[("NO_PROXY", "corp.example")],
        local: "env | grep -i _proxy",
        ..GENERAL
    },
    Entry {
        id: "GE10",
        classes: &[Network],
        pattern: r"x509: certificate signed by unknown authority",
        needles: &["x509: certificate signed by unknown authority"],
        cause: "The certificate of {host|the server} is signed by an authority that this machine does not know: the company's own, or a box that looks into TLS. GOINSECURE changes nothing about a proxy or the checksum database.",
        fix: "Install the authority's certificate, or point SSL_CERT_FILE to a file with the system's and the company's authorities together.",
        set: &[("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt")],
        local: "cp corp-ca.crt /usr/local/share/ca-certificates/ && update-ca-certificates",
        at: &[(Place::Dockerfile, CA_IN_IMAGE)],
        ..GENERAL
    },
    Entry {
        id: "GE11",
        classes: &[Configuration],
        pattern: r"x509: (?:certificate is (?:valid for (?P<names>.+), not (?P<host>\S+)|not valid for any names, but wanted to match (?P<host2>\S+))|cannot validate certificate for (?P<ip>\S+) because it doesn't contain any IP SANs)",
        needles: &[
            "x509: certificate is valid for ",
            "x509: certificate is not valid for any names",
            "x509: cannot validate certificate for ",
        ],
        cause: "The certificate is not made for {host|the name or address} that was asked; it is for {names|other names}.",
        fix: "Use a name that stands in the certificate, or have it made anew with this one.",
        set: &[("GOPROXY", "https://goproxy.corp.example")],
        local: "openssl s_client -connect {host|goproxy.corp.example}:443 </dev/null | openssl x509 -noout -ext subjectAltName",
        ..GENERAL
    },
    Entry {
        id: "GE12",
        classes: &[Network],
        pattern: r"x509: certificate has expired or is not yet valid: current time (?P<now>\S+) is (?P<rel>after|before) (?P<limit>\S+)",
        needles: &["x509: certificate has expired or is not yet valid"],
        cause: "The certificate of {host|the server} is not valid now: {now|the clock here} is {rel|outside of} {limit|its time}. Either it expired, or the clock here is wrong.",
        fix: "Renew the certificate, or set this machine's clock.",
        local: "date -u; openssl s_client -connect {host|goproxy.corp.example}:443 </dev/null | openssl x509 -noout -dates",
        ..GENERAL
    },
    Entry {
        id: "GE13",
        classes: &[Configuration],
        pattern: r"(?:tls: first record does not look like a TLS handshake|server gave HTTP response to HTTPS client)",
        needles: &[
            "tls: first record does not look like a TLS handshake",
            "server gave HTTP response to HTTPS client",
        ],
        cause: "{host|The server} speaks plain http on that port, and go came with https: by the address, or because an address without a scheme means https.",
        fix: "Give the server TLS; or write http:// in front of the address, without a login in it.",
        set: &[("GOPROXY", "http://{host|goproxy.corp.example:8080}")],
        local: "curl -sI http://{host|goproxy.corp.example:8080}/healthz",
        ..GENERAL
    },
    Entry {
        id: "GE09",
        classes: &[Transient, Network],
        status: Status::Source,
        pattern: r"net/http: TLS handshake timeout",
        needles: &["net/http: TLS handshake timeout"],
        cause: "{host|The server} took the connection and did not end the TLS handshake within 10 s: it is overloaded, or a box in between swallows it.",
        fix: "Try again; if it stays, look at what is in between.",
        local: "modkeep doctor --group tls",
        ..GENERAL
    },
    Entry {
        id: "GE01",
        classes: &[Network, Transient],
        pattern: r"lookup (?P<host>\S+?)(?: on (?P<resolver>\S+))?: no such host",
        needles: &[": no such host"],
        cause: "The name {host|of the server} is not known here. Behind a firewall it is mostly Go's default proxy, because GOPROXY is not set for this job.",
        fix: "Set the company's proxy, and check how the name is spelt and who resolves names here.",
        set: &[("GOPROXY", "https://goproxy.corp.example")],
        local: "getent hosts {host|goproxy.corp.example}; go env GOPROXY",
        ..GENERAL
    },
    Entry {
        id: "GE02",
        classes: &[Transient, Network],
        status: Status::Source,
        pattern: r"lookup (?P<host>\S+?)(?: on (?P<resolver>\S+))?: (?:.*i/o timeout|server misbehaving)",
        needles: &["i/o timeout", "server misbehaving"],
        cause: "The resolver {resolver|of this machine} did not answer, or answered with an error, when {host|a name} was asked for.",
        fix: "Try again; if it stays, look at the resolver.",
        local: "cat /etc/resolv.conf; modkeep doctor --group dns",
        ..GENERAL
    },
    Entry {
        id: "GE03",
        classes: &[Network],
        pattern: r"dial tcp (?P<addr>\S+): connect: connection refused",
        needles: &["connect: connection refused"],
        cause: "Nobody listens at {addr|that address}: the server is down, or the port is wrong. A comma in GOPROXY does not go on to the next entry then.",
        fix: "Start the server or correct the address. Between mirrors of the same content | goes on after this error; before direct it would open a way around the proxy.",
        set: &[("GOPROXY", "https://goproxy.corp.example")],
        local: "curl -sI {url|https://goproxy.corp.example/}",
        ..GENERAL
    },
    Entry {
        id: "GE04",
        classes: &[Network, Transient],
        status: Status::Reported,
        pattern: r"dial tcp (?P<addr>\S+): (?:i/o timeout|connect: (?:network is unreachable|no route to host|connection timed out))",
        needles: &[
            "i/o timeout",
            "network is unreachable",
            "no route to host",
            "connection timed out",
        ],
        cause: "No connection to {addr|that address} comes about: this network lets the job out to the company's proxy only, or an HTTP proxy is needed.",
        fix: "Set the company's proxy; if it is set, check HTTPS_PROXY and NO_PROXY.",
        set: &[("GOPROXY", "https://goproxy.corp.example")],
        local: "go env GOPROXY; env | grep -i _proxy",
        ..GENERAL
    },
    Entry {
        id: "GE06",
        classes: &[Transient, Network],
        pattern: r"read: connection reset by peer",
        needles: &["read: connection reset by peer"],
        cause: "{host|The other side} broke the connection off: a restart, a box in between, or plain http spoken to a TLS port.",
        fix: "Check that the address has the right scheme, and try again.",
        local: "modkeep run -- go mod download",
        ..GENERAL
    },
    Entry {
        id: "GE08",
        classes: &[Transient],
        status: Status::Reported,
        pattern: r"stream error: stream ID \d+; (?P<code>\w+)",
        needles: &["stream error: stream ID "],
        cause: "The HTTP/2 stream to {host|the server} was ended with {code|an error} in the middle of an answer.",
        fix: "Try again; if it stays, look at the reverse proxy's limits of time and size.",
        local: "modkeep run -- go mod download",
        ..GENERAL
    },
    Entry {
        id: "GE07",
        classes: &[Transient],
        pattern: r#"(?:Get "(?P<url>[^"]+)": EOF|read "(?P<url2>[^"]+)": unexpected EOF)"#,
        needles: &["\": EOF", "unexpected EOF"],
        cause: "{host|The server} ended the connection before its answer was whole.",
        fix: "Try again; if it stays, the server or what stands in front of it gives up on large or slow answers.",
        local: "modkeep run -- go mod download",
        ..GENERAL
    },
];
