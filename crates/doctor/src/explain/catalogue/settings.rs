//! GOPROXY and the other variables of Go.

use crate::explain::Place;
use crate::explain::entry::Class::{Authentication, Configuration};
use crate::explain::entry::{BLANK, Entry, Status};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "GE29",
        classes: &[Configuration],
        since: 13,
        pattern: r"GOPROXY list is not the empty string, but contains no entries",
        needles: &["GOPROXY list is not the empty string, but contains no entries"],
        cause: "GOPROXY names nobody: its value is blanks or separators only, or the user's go env file holds an empty line GOPROXY= (as `RUN go env -w GOPROXY=\"$GOPROXY\"` writes it where the ARG is not set), or this Go installation has lost its $GOROOT/go.env.",
        fix: "Set GOPROXY, and take the empty line away. If nothing sets it and go env GOPROXY is empty, install or copy the whole GOROOT anew.",
        set: &[("GOPROXY", "https://goproxy.corp.example")],
        local: "go env -u GOPROXY; go env GOPROXY GOENV GOROOT",
        at: &[(
            Place::Dockerfile,
            "ARG GOPROXY=https://goproxy.corp.example\n# and no `RUN go env -w GOPROXY=\"$GOPROXY\"`: the ARG alone is enough",
        )],
        ..BLANK
    },
    Entry {
        id: "GE30",
        classes: &[Configuration],
        pattern: r"invalid proxy URL missing scheme: (?P<word>\S*)",
        needles: &["invalid proxy URL missing scheme: "],
        cause: "\"{word|An entry}\" in GOPROXY is no address and no keyword. The keywords are direct and off, in small letters; there is no fallback. false is an off that YAML read as a truth value.",
        fix: "Write an address with https://, or direct, or \"off\" in quotes.",
        set: &[("GOPROXY", "https://goproxy.corp.example")],
        local: "go env GOPROXY",
        ..BLANK
    },
    Entry {
        id: "GE31",
        classes: &[Configuration],
        pattern: r"invalid proxy URL scheme \(must be https, http, file\): (?P<url>\S+)",
        needles: &["invalid proxy URL scheme (must be https, http, file): "],
        cause: "GOPROXY names {url|an address} with a scheme that go does not speak: it is https, http or file.",
        fix: "Write the address with https://.",
        set: &[("GOPROXY", "https://goproxy.corp.example")],
        ..BLANK
    },
    Entry {
        id: "GE32",
        classes: &[Configuration],
        pattern: r#"parse "\\"(?P<url>[^"\\]+)[^:]*: first path segment in URL cannot contain colon"#,
        needles: &["first path segment in URL cannot contain colon"],
        cause: "The quotation marks are part of the value: a Makefile, an .env file or a go env file takes them literally.",
        fix: "Write the value without quotation marks in that file.",
        local: "go env GOPROXY; go env -w GOPROXY=https://goproxy.corp.example",
        ..BLANK
    },
    Entry {
        id: "GE33",
        classes: &[Configuration],
        pattern: r"module lookup disabled by GOPROXY=off",
        needles: &["module lookup disabled by GOPROXY=off"],
        cause: "GOPROXY=off forbids every download, and {module|what is needed} is not in the module cache.",
        fix: "Set a proxy, fill the module cache before (go mod download), or commit vendor.",
        set: &[("GOPROXY", "https://goproxy.corp.example")],
        ..BLANK
    },
    Entry {
        id: "GE34",
        classes: &[Configuration],
        pattern: r"(?:module|import) lookup disabled by -mod=(?P<mod>\S+)|cannot query module due to -mod=(?P<mod2>\S+)",
        needles: &[
            "lookup disabled by -mod=",
            "cannot query module due to -mod=",
        ],
        cause: "This command looks a module up, and -mod={mod|readonly} (by go.mod, by vendor or by GOFLAGS) forbids that.",
        fix: "Do it outside of CI with -mod=mod, and commit what it changes.",
        local: "go mod tidy && go mod vendor",
        ..BLANK
    },
    Entry {
        id: "GE35",
        classes: &[Configuration],
        status: Status::Source,
        pattern: r"(?:disabled by GOPRIVATE/GONOPROXY|path does not match GOPRIVATE/GONOPROXY)",
        needles: &["GOPRIVATE/GONOPROXY"],
        cause: "GOPROXY has an entry that this module may not use: GOPRIVATE or GONOPROXY covers it and the list has no direct, or the other way round.",
        fix: "Send everything through the proxy with GONOPROXY=none, or let the list end in direct.",
        set: &[("GONOPROXY", "none")],
        ..BLANK
    },
    Entry {
        id: "GE23",
        classes: &[Configuration],
        pattern: r"refusing to pass credentials to insecure URL: (?P<url>\S+)",
        needles: &["refusing to pass credentials to insecure URL: "],
        cause: "The address {url|in GOPROXY} holds a user or password and is plain http; go never sends one unencrypted, whatever GOINSECURE says.",
        fix: "Use https, and put the login into the file that NETRC names instead of the address.",
        set: &[("GOPROXY", "https://{host|goproxy.corp.example}")],
        ..BLANK
    },
    Entry {
        id: "GE14",
        classes: &[Configuration],
        pattern: r"redirected from secure URL (?P<url>\S+) to insecure URL (?P<to>\S+)",
        needles: &["redirected from secure URL "],
        cause: "{host|The server} answers on https and sends the client on to {to|plain http}, which go refuses: an ingress that ends TLS and does not tell the server so.",
        fix: "Have the ingress send X-Forwarded-Proto: https, or set the external address of the server to https.",
        local: "curl -sI {url|https://goproxy.corp.example/}",
        ..BLANK
    },
    Entry {
        id: "GE78",
        classes: &[Configuration],
        status: Status::Source,
        pattern: r"insecure URL: (?P<url>http://\S+)",
        needles: &["insecure URL: http://"],
        cause: "go would have to ask {url|an address} over plain http to find the repository, and does not.",
        fix: "Serve that page over https, or have the company's proxy serve the module.",
        local: "curl -sI {url|https://git.corp.example/}",
        ..BLANK
    },
    Entry {
        id: "GE71",
        classes: &[Configuration],
        pattern: r#"parsing \$GOFLAGS: (?:non-flag "(?P<arg>[^"]*)"|unknown flag (?P<flag>\S+))|-mod=(?P<bad>\S+) not supported"#,
        needles: &["parsing $GOFLAGS: ", " not supported"],
        cause: "GOFLAGS or the command line holds {flag|something} that is no flag, or a value that its flag does not take ({arg|go does not know it}): each entry is -flag or -flag=value, with blanks between the entries and none within.",
        fix: "Write -mod=mod, not -mod mod.",
        set: &[("GOFLAGS", "-mod=readonly")],
        local: "go env GOFLAGS; go env -u GOFLAGS",
        ..BLANK
    },
    Entry {
        id: "GE72",
        classes: &[Configuration],
        pattern: r"-insecure flag is no longer supported; use GOINSECURE instead",
        needles: &["-insecure flag is no longer supported"],
        cause: "go get -insecure is gone since Go 1.17. Go's hint to GOINSECURE helps neither with a proxy nor with an authority that is not trusted.",
        fix: "Leave the flag out and have the machine trust the company's authority.",
        set: &[("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt")],
        ..BLANK
    },
    Entry {
        id: "GE73",
        classes: &[Configuration],
        pattern: r"(?:unknown go command variable (?P<var>\S+)|warning: go env -w (?P<var2>[A-Z0-9_]+)=\.\.\. does not override conflicting OS environment variable)",
        needles: &[
            "unknown go command variable ",
            "does not override conflicting OS environment variable",
        ],
        cause: "go env -w met {var|a variable} that it does not know, or one that the process environment sets too: then the environment wins, though the command succeeds.",
        fix: "Correct the name (proxy variables such as HTTPS_PROXY stand in the environment only), or unset the variable in the environment.",
        local: "env | grep '^GO'; go env -changed",
        ..BLANK
    },
    Entry {
        id: "GE74",
        classes: &[Configuration, Authentication],
        since: 24,
        pattern: r"(?:GOAUTH encountered an empty command|GOAUTH=git dir method requires an absolute path|GOAUTH=(?P<cmd>[^\n:]+): could not run command)",
        needles: &["GOAUTH"],
        cause: "GOAUTH cannot be used: it is a list of off, netrc, git with an absolute folder, or a command, with semicolons between them.",
        fix: "Use netrc, or git with an absolute path.",
        set: &[("GOAUTH", "netrc")],
        local: "go env GOAUTH",
        ..BLANK
    },
    Entry {
        id: "GE75",
        classes: &[Configuration],
        pattern: r"(?:could not create module cache: |GOMODCACHE entry is relative; must be absolute path|module cache not found: neither GOMODCACHE nor GOPATH is set)",
        needles: &[
            "could not create module cache: ",
            "GOMODCACHE entry is relative",
            "module cache not found: ",
        ],
        cause: "go has nowhere to put modules: no HOME, a folder that this user may not write, or a GOMODCACHE that is no absolute path.",
        fix: "Name a folder that the job may write.",
        set: &[("GOMODCACHE", "/tmp/gomodcache")],
        local: "go env GOMODCACHE GOPATH; id; ls -ld \"$HOME\"",
        ..BLANK
    },
    Entry {
        id: "GE79",
        classes: &[Configuration],
        pattern: r"modules disabled by GO111MODULE=off|can only use path@version syntax with 'go get'",
        needles: &[
            "modules disabled by GO111MODULE=off",
            "can only use path@version syntax with 'go get'",
        ],
        cause: "GO111MODULE=off puts go back before modules: no proxy, no versions, no checksums.",
        fix: "Unset GO111MODULE everywhere: environment, go env file, image.",
        local: "unset GO111MODULE; go env -u GO111MODULE",
        ..BLANK
    },
    Entry {
        id: "GE80",
        classes: &[Configuration],
        pattern: r"(?P<var>[A-Z0-9]+) can only be set using the OS environment",
        needles: &["can only be set using the OS environment"],
        cause: "{var|This variable} cannot stand in the file that go env -w writes.",
        fix: "Set it in the environment of the job.",
        set: &[("{var|GOENV}", "VALUE")],
        ..BLANK
    },
    Entry {
        id: "GE81",
        classes: &[Configuration],
        pattern: r"cannot find go env config: neither \$XDG_CONFIG_HOME nor \$HOME are defined",
        needles: &["cannot find go env config: "],
        cause: "go looks for the user's go env file and knows no home: a service or container without HOME.",
        fix: "Set HOME, or GOENV to a file or to off.",
        set: &[("GOENV", "off")],
        ..BLANK
    },
    Entry {
        id: "GE84",
        classes: &[Configuration],
        since: 18,
        pattern: r"-mod may only be set to readonly (?:or vendor )?when in workspace mode",
        needles: &["-mod may only be set to readonly"],
        cause: "There is a go.work, and GOFLAGS or the command says -mod with another value; a workspace allows readonly, and vendor from Go 1.22 on.",
        fix: "Leave the workspace out for that command, or the flag.",
        set: &[("GOWORK", "off")],
        local: "go env GOWORK GOFLAGS",
        ..BLANK
    },
];
