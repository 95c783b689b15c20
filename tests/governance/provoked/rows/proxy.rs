//! What a proxy makes `go` say.

use testkit::{Reply, Step, Times};

use super::*;

/// Everything that the proxy answers.
pub(crate) const PROXY: &[Row] = &[
    Row {
        id: "GE16",
        name: "absent",
        commands: &["get rsc.example/quote@v1.9.0"],
        ..PLAIN
    },
    Row {
        id: "GE16",
        name: "absent-with-reason",
        commands: GET,
        script: |u| status(u, 404, "not found: no such version\nask the team"),
        ..PLAIN
    },
    Row {
        id: "GE17",
        name: "gone",
        commands: GET,
        script: |u| status(u, 410, "not found: gone"),
        ..PLAIN
    },
    Row {
        id: "GE19",
        name: "no-login",
        commands: GET,
        script: |u| {
            u.script(
                "rsc.example/*",
                Times::Always,
                Reply::Raw(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n".to_vec()),
            );
        },
        ..PLAIN
    },
    Row {
        id: "GE20",
        name: "denied",
        commands: GET,
        script: |u| {
            status(
                u,
                403,
                "denied by policy corp: CVE-2026-0001: fixed in v1.0.1",
            );
        },
        ..PLAIN
    },
    Row {
        id: "GE21",
        name: "too-many",
        commands: GET,
        script: |u| status(u, 429, "slow down"),
        ..PLAIN
    },
    Row {
        id: "GE22",
        name: "internal-error",
        commands: GET,
        script: |u| status(u, 500, "oh"),
        ..PLAIN
    },
    Row {
        id: "GE22",
        name: "bad-gateway",
        commands: GET,
        script: |u| status(u, 502, "oh"),
        ..PLAIN
    },
    Row {
        id: "GE22",
        name: "unavailable",
        commands: GET,
        script: |u| status(u, 503, "later"),
        ..PLAIN
    },
    Row {
        id: "GE22",
        name: "gateway-timeout",
        commands: &["mod download -json rsc.example/quote@v1.0.0"],
        script: |u| status(u, 504, "late"),
        ..PLAIN
    },
    Row {
        id: "GE24",
        name: "html",
        commands: GET,
        script: |u| body(u, INFO, "<html>please log in</html>"),
        ..PLAIN
    },
    Row {
        id: "GE25",
        name: "empty",
        commands: GET,
        script: |u| body(u, INFO, ""),
        ..PLAIN
    },
    Row {
        id: "GE26",
        name: "other-version",
        commands: &["mod download rsc.example/quote@v1.0.0"],
        script: |u| body(u, INFO, "{\"Version\":\"v1.1.0\"}"),
        ..PLAIN
    },
    Row {
        id: "GE27",
        name: "html-zip",
        commands: &["mod download rsc.example/quote@v1.0.0"],
        script: |u| body(u, ZIP, "<html>please log in</html>"),
        ..PLAIN
    },
    Row {
        id: "GE28",
        name: "empty-mod",
        commands: GET,
        script: |u| body(u, MOD, "go 1.20\n"),
        ..PLAIN
    },
    Row {
        id: "GE15",
        name: "round-and-round",
        commands: GET,
        script: |u| {
            u.script(
                "rsc.example/*",
                Times::Always,
                Reply::Redirect(302, format!("{}/rsc.example/again", u.url())),
            );
        },
        ..PLAIN
    },
    Row {
        id: "GE07",
        name: "ends",
        commands: GET,
        script: |u| {
            u.script("rsc.example/*", Times::Always, Reply::Raw(Vec::new()));
        },
        ..PLAIN
    },
    Row {
        id: "GE07",
        name: "ends-within",
        commands: &["mod download rsc.example/quote@v1.0.0"],
        script: |u| {
            u.script(INFO, Times::Always, Reply::CloseAfter(3));
        },
        ..PLAIN
    },
    Row {
        id: "GE06",
        name: "reset",
        commands: GET,
        script: |u| {
            u.script(
                "rsc.example/*",
                Times::Always,
                Reply::Steps(vec![Step::Reset]),
            );
        },
        ..PLAIN
    },
    Row {
        id: "GE03",
        name: "nobody-listens",
        env: &[("GOPROXY", "http://127.0.0.1:1")],
        commands: GET,
        ..PLAIN
    },
    Row {
        id: "GE05",
        name: "http-proxy-down",
        env: &[
            ("GOPROXY", "https://goproxy.example"),
            ("HTTPS_PROXY", "http://127.0.0.1:1"),
        ],
        commands: GET,
        ..PLAIN
    },
    Row {
        id: "GE10",
        name: "unknown-authority",
        env: &[("GOPROXY", "{tls}")],
        commands: GET,
        ..PLAIN
    },
    Row {
        id: "GE11",
        name: "other-name",
        env: &[("GOPROXY", "{misnamed}"), ("SSL_CERT_FILE", "{cert}")],
        commands: GET,
        ..PLAIN
    },
    Row {
        id: "GE13",
        name: "https-to-http",
        env: &[("GOPROXY", "https://{plain}")],
        commands: GET,
        ..PLAIN
    },
    Row {
        id: "GE09",
        name: "no-handshake",
        env: &[("GOPROXY", "https://{authority}")],
        commands: GET,
        ..PLAIN
    },
];
