//! What the variables of Go make it say.

use testkit::{Reply, Times};

use super::*;

/// What the variables of Go make fail.
pub(crate) const SETTINGS: &[Row] = &[
    Row {
        id: "GE29",
        name: "separators",
        env: &[("GOPROXY", ",")],
        commands: GET,
        ..PLAIN
    },
    Row {
        id: "GE29",
        name: "blank",
        env: &[("GOPROXY", " ")],
        commands: GET,
        ..PLAIN
    },
    Row {
        id: "GE30",
        name: "false",
        env: &[("GOPROXY", "false")],
        commands: GET,
        ..PLAIN
    },
    Row {
        id: "GE30",
        name: "fallback",
        env: &[("GOPROXY", "{proxy},fallback")],
        commands: GET,
        ..PLAIN
    },
    Row {
        id: "GE31",
        name: "ftp",
        env: &[("GOPROXY", "ftp://goproxy.example")],
        commands: GET,
        ..PLAIN
    },
    Row {
        id: "GE32",
        name: "quotes",
        env: &[("GOPROXY", "\"https://goproxy.example\"")],
        commands: GET,
        ..PLAIN
    },
    Row {
        id: "GE33",
        name: "off",
        env: &[("GOPROXY", "off")],
        commands: GET,
        ..PLAIN
    },
    Row {
        id: "GE34",
        name: "vendor",
        files: &[("vendor/modules.txt", "")],
        commands: &["list -mod=vendor -m rsc.example/quote@latest"],
        ..PLAIN
    },
    Row {
        id: "GE23",
        name: "login-over-http",
        env: &[("GOPROXY", "http://user:secret@{authority}")],
        commands: GET,
        ..PLAIN
    },
    Row {
        id: "GE71",
        name: "no-flag",
        env: &[("GOFLAGS", "-mod mod")],
        commands: &["list ."],
        ..PLAIN
    },
    Row {
        id: "GE71",
        name: "unknown-flag",
        env: &[("GOFLAGS", "-nonsense")],
        commands: &["list ."],
        ..PLAIN
    },
    Row {
        id: "GE72",
        name: "insecure",
        commands: &["get -insecure rsc.example/quote"],
        ..PLAIN
    },
    Row {
        id: "GE73",
        name: "unknown-variable",
        env: &[("GOENV", "{home}/env")],
        commands: &["env -w GOPROXIES=off"],
        ..PLAIN
    },
    Row {
        id: "GE73",
        name: "shadowed",
        env: &[("GOENV", "{home}/env")],
        commands: &["env -w GOPROXY=off"],
        ..PLAIN
    },
    Row {
        id: "GE74",
        name: "relative-folder",
        env: &[
            ("GOAUTH", "git here"),
            ("GOPROXY", "{tls}"),
            ("SSL_CERT_FILE", "{cert}"),
        ],
        commands: GET,
        releases: (24, 0),
        ..PLAIN
    },
    Row {
        id: "GE75",
        name: "relative-cache",
        env: &[("GOMODCACHE", "cache")],
        commands: GET,
        ..PLAIN
    },
    Row {
        id: "GE75",
        name: "no-cache",
        env: &[("GOMODCACHE", "/proc/none/cache")],
        commands: GET,
        ..PLAIN
    },
    Row {
        id: "GE79",
        name: "gopath",
        env: &[("GO111MODULE", "off")],
        commands: GET,
        ..PLAIN
    },
    Row {
        id: "GE80",
        name: "goenv",
        commands: &["env -w GOENV=x"],
        ..PLAIN
    },
    Row {
        id: "GE81",
        name: "no-home",
        env: &[("GOENV", ""), ("HOME", "")],
        commands: &["env -w GONOPROXY=none"],
        ..PLAIN
    },
    Row {
        id: "GE84",
        name: "workspace",
        env: &[("GOFLAGS", "-mod=mod")],
        files: &[("go.work", "go 1.20\n\nuse .\n")],
        commands: &["list ./..."],
        ..PLAIN
    },
    Row {
        id: "GE86",
        name: "no-goroot",
        env: &[("GOROOT", "/nowhere")],
        commands: &["list ."],
        ..PLAIN
    },
    Row {
        id: "GE66",
        name: "too-old",
        files: &[NEWER],
        commands: &["list ."],
        releases: (21, 0),
        ..PLAIN
    },
    Row {
        id: "GE67",
        name: "no-toolchain",
        env: &[("GOTOOLCHAIN", "auto"), ("GOSUMDB", "{sums}")],
        files: &[NEWER],
        commands: &["list ."],
        releases: (21, 0),
        ..PLAIN
    },
    Row {
        id: "GE68",
        name: "toolchain-denied",
        env: &[("GOTOOLCHAIN", "auto"), ("GOSUMDB", "{sums}")],
        files: &[NEWER],
        commands: &["list ."],
        script: |u| {
            u.script(
                "golang.org/*",
                Times::Always,
                Reply::Status(403, "no toolchains".to_owned()),
            );
        },
        releases: (21, 0),
    },
    Row {
        id: "GE69",
        name: "not-in-path",
        env: &[("GOTOOLCHAIN", "path")],
        files: &[NEWER],
        commands: &["list ."],
        releases: (21, 0),
        ..PLAIN
    },
    Row {
        id: "GE69",
        name: "without-go",
        env: &[("GOTOOLCHAIN", "1.22.0")],
        commands: &["list ."],
        releases: (21, 0),
        ..PLAIN
    },
    Row {
        id: "GE70",
        name: "go-line",
        files: &[("go.mod", "module main.example/m\n\ngo one\n")],
        commands: &["list ."],
        ..PLAIN
    },
    Row {
        id: "GE44",
        name: "toolchain-without-database",
        env: &[("GOTOOLCHAIN", "auto")],
        files: &[NEWER],
        commands: &["list ."],
        script: toolchain,
        releases: (21, 0),
    },
    Row {
        id: "GE41",
        name: "false",
        env: &[("GOSUMDB", "false")],
        commands: GET,
        ..PLAIN
    },
    Row {
        id: "GE41",
        name: "many-words",
        env: &[("GOSUMDB", "a b c d")],
        commands: GET,
        ..PLAIN
    },
    Row {
        id: "GE42",
        name: "supported-denied",
        env: &[("GOSUMDB", "{sums}")],
        commands: GET,
        script: |u| {
            u.script(
                "sumdb/*",
                Times::Always,
                Reply::Status(403, "no".to_owned()),
            );
        },
        ..PLAIN
    },
    Row {
        id: "GE18",
        name: "private",
        env: &[("GOSUMDB", "{sums}")],
        commands: &["get rsc.example/unseen@v1.0.0"],
        ..PLAIN
    },
    Row {
        id: "GE43",
        name: "database-down",
        env: &[("GOSUMDB", "{sums} https://127.0.0.1:1")],
        commands: GET,
        ..PLAIN
    },
    Row {
        id: "GE36",
        name: "other-bytes",
        env: &[("GOSUMDB", "{sums}")],
        commands: &["get rsc.example/changed@v1.0.0"],
        ..PLAIN
    },
    Row {
        id: "GE39",
        name: "other-record",
        env: &[("GOSUMDB", "{sums}")],
        commands: &["get rsc.example/other@v1.0.0"],
        releases: (24, 0),
        ..PLAIN
    },
    Row {
        id: "GE40",
        name: "other-key",
        env: &[("GOSUMDB", "{stranger}")],
        commands: GET,
        ..PLAIN
    },
];
