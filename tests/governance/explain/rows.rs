//! Ways to make a real `go` fail, and the entry that has to explain each.

use testkit::{Module, Reply, Step, Times, Upstream};

use super::stage::{PLAIN, Row};

const INFO: &str = "rsc.example/quote/@v/v1.0.0.info";
const MOD: &str = "rsc.example/quote/@v/v1.0.0.mod";
const ZIP: &str = "rsc.example/quote/@v/v1.0.0.zip";
const GET: &[&str] = &["get rsc.example/quote@v1.0.0"];
const REQUIRES: (&str, &str) = (
    "go.mod",
    "module main.example/m\n\ngo 1.20\n\nrequire rsc.example/quote v1.0.0\n",
);
const IMPORTS: (&str, &str) = (
    "main.go",
    "package main\n\nimport _ \"rsc.example/quote\"\n\nfunc main() {}\n",
);
const NEWER: (&str, &str) = ("go.mod", "module main.example/m\n\ngo 1.99.0\n");

/// Version control alone, without asking a network: names of git.example lead to the repository.
const TO_REPO: &[(&str, &str)] = &[
    ("GOPROXY", "direct"),
    ("GIT_CONFIG_COUNT", "1"),
    ("GIT_CONFIG_KEY_0", "url.file://{repo}.insteadOf"),
    ("GIT_CONFIG_VALUE_0", "https://git.example/team/lib"),
];
/// The same, led to the upstream.
const TO_UPSTREAM: &[(&str, &str)] = &[
    ("GOPROXY", "direct"),
    ("GIT_CONFIG_COUNT", "1"),
    ("GIT_CONFIG_KEY_0", "url.{proxy}/.insteadOf"),
    ("GIT_CONFIG_VALUE_0", "https://git.example/"),
];
/// Discovery over plain http through the upstream as an HTTP proxy; https reaches nobody.
const DISCOVERY: &[(&str, &str)] = &[
    ("GOPROXY", "direct"),
    ("GOINSECURE", "git.example"),
    ("HTTP_PROXY", "{proxy}"),
    ("HTTPS_PROXY", "http://127.0.0.1:1"),
];
const DISCOVER: &[&str] = &["get git.example/team/lib@v1.0.0"];
const PAGE: &str = "http://git.example/team/lib?go-get=1";

fn status(upstream: &Upstream, code: u16, text: &str) {
    upstream.script(
        "rsc.example/*",
        Times::Always,
        Reply::Status(code, text.to_owned()),
    );
}

fn body(upstream: &Upstream, path: &str, bytes: &str) {
    upstream.script(path, Times::Always, Reply::Body(bytes.into()));
}

fn page(upstream: &Upstream, status: u16, text: &str) {
    let headers = vec![("Content-Type".to_owned(), "text/html".to_owned())];
    let body = text.into();
    let reply = Reply::Full {
        status,
        headers,
        body,
    };
    upstream.script(&format!("{PAGE}*"), Times::Always, reply);
}

fn challenge(upstream: &Upstream) {
    let headers = vec![(
        "WWW-Authenticate".to_owned(),
        "Basic realm=\"git\"".to_owned(),
    )];
    let reply = Reply::Full {
        status: 401,
        headers,
        body: Vec::new(),
    };
    upstream.script("team/*", Times::Always, reply);
}

/// A toolchain of a version that does not exist yet.
fn toolchain(upstream: &Upstream) {
    let version = "v0.0.1-go1.99.0.linux-amd64";
    upstream.add(&Module::new("golang.org/toolchain", version));
}

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
        script: |u| status(u, 401, "who are you"),
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
            )
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
        env: &[
            ("GOPROXY", "https://localhost:{tlsport}"),
            ("SSL_CERT_FILE", "{cert}"),
        ],
        commands: GET,
        ..PLAIN
    },
    Row {
        id: "GE13",
        name: "https-to-http",
        env: &[("GOPROXY", "https://{authority}")],
        commands: GET,
        ..PLAIN
    },
];

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
        commands: &["env -w GOPROXY=off"],
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
        ..PLAIN
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
        ..PLAIN
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

/// What stands in the repository, and what version control says.
pub(crate) const REPOSITORY: &[Row] = &[
    Row {
        id: "GE37",
        name: "go-sum-zip",
        files: &[
            REQUIRES,
            IMPORTS,
            (
                "go.sum",
                "rsc.example/quote v1.0.0 h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
            ),
        ],
        commands: &["mod download"],
        ..PLAIN
    },
    Row {
        id: "GE38",
        name: "go-sum-mod",
        files: &[
            REQUIRES,
            IMPORTS,
            (
                "go.sum",
                "rsc.example/quote v1.0.0/go.mod h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
            ),
        ],
        commands: &["list -m all"],
        ..PLAIN
    },
    Row {
        id: "GE45",
        name: "no-go-sum",
        files: &[REQUIRES, IMPORTS],
        commands: &["build ."],
        ..PLAIN
    },
    Row {
        id: "GE45",
        name: "no-mod-sum",
        files: &[
            (
                "go.mod",
                "module main.example/m\n\ngo 1.16\n\nrequire rsc.example/quote v1.0.0\n",
            ),
            IMPORTS,
        ],
        commands: &["list -m all"],
        ..PLAIN
    },
    Row {
        id: "GE46",
        name: "merge-mark",
        files: &[REQUIRES, IMPORTS, ("go.sum", "<<<<<<< HEAD\n")],
        commands: &["mod download"],
        ..PLAIN
    },
    Row {
        id: "GE47",
        name: "untidy",
        files: &[
            (
                "go.mod",
                "module main.example/m\n\ngo 1.20\n\nrequire (\n\trsc.example/quote v1.0.0\n\trsc.example/quote v1.1.0\n)\n",
            ),
            IMPORTS,
        ],
        commands: &["build ."],
        ..PLAIN
    },
    Row {
        id: "GE48",
        name: "no-requirement",
        files: &[IMPORTS],
        commands: &["build ."],
        ..PLAIN
    },
    Row {
        id: "GE49",
        name: "nobody-has-it",
        files: &[(
            "main.go",
            "package main\n\nimport _ \"rsc.example/quote/none\"\n\nfunc main() {}\n",
        )],
        env: &[("GOPROXY", "file://{home}")],
        commands: &["mod tidy"],
        ..PLAIN
    },
    Row {
        id: "GE50",
        name: "vendor",
        files: &[
            REQUIRES,
            IMPORTS,
            (
                "vendor/modules.txt",
                "# rsc.example/quote v1.1.0\n## explicit\nrsc.example/quote\n",
            ),
        ],
        commands: &["build ."],
        ..PLAIN
    },
    Row {
        id: "GE51",
        name: "renamed",
        commands: &["get fork.example/quote@v1.0.0"],
        script: |u| {
            u.add(
                &Module::new("fork.example/quote", "v1.0.0").go_mod("module rsc.example/quote\n"),
            );
        },
        ..PLAIN
    },
    Row {
        id: "GE54",
        name: "no-such-package",
        commands: &["get rsc.example/quote/none@v1.0.0"],
        ..PLAIN
    },
    Row {
        id: "GE77",
        name: "no-replacement",
        files: &[
            (
                "go.mod",
                "module main.example/m\n\ngo 1.20\n\nrequire rsc.example/quote v1.0.0\n\nreplace rsc.example/quote => ../quote\n",
            ),
            IMPORTS,
        ],
        commands: &["build ."],
        ..PLAIN
    },
    Row {
        id: "GE82",
        name: "no-dot",
        commands: &["get quote@v1.0.0"],
        ..PLAIN
    },
    Row {
        id: "GE85",
        name: "versions-in-vendor",
        files: &[("vendor/modules.txt", "")],
        commands: &["list -mod=vendor -m -versions rsc.example/quote"],
        ..PLAIN
    },
    Row {
        id: "GE76",
        name: "no-checkout",
        files: &[(".git/HEAD", "nonsense\n")],
        env: &[("GOFLAGS", "-buildvcs=true")],
        commands: &["build -o {home}/out ."],
        ..PLAIN
    },
    Row {
        id: "GE53",
        name: "no-tag",
        env: TO_REPO,
        commands: &["get git.example/team/lib.git@v9.9.9"],
        ..PLAIN
    },
    Row {
        id: "GE52",
        name: "no-suffix",
        env: TO_REPO,
        commands: &["get git.example/team/lib.git@v2.0.0"],
        ..PLAIN
    },
    Row {
        id: "GE60",
        name: "no-git-login",
        env: TO_UPSTREAM,
        commands: &["get git.example/team/lib.git@v1.0.0"],
        script: challenge,
        ..PLAIN
    },
    Row {
        id: "GE61",
        name: "no-repository",
        env: TO_UPSTREAM,
        commands: &["get git.example/team/lib.git@v1.0.0"],
        ..PLAIN
    },
    Row {
        id: "GE62",
        name: "git-authority",
        env: &[
            ("GOPROXY", "direct"),
            ("GIT_CONFIG_COUNT", "1"),
            ("GIT_CONFIG_KEY_0", "url.{tls}/.insteadOf"),
            ("GIT_CONFIG_VALUE_0", "https://git.example/"),
        ],
        commands: &["get git.example/team/lib.git@v1.0.0"],
        ..PLAIN
    },
    Row {
        id: "GE63",
        name: "ssh",
        env: &[
            ("GOPROXY", "direct"),
            ("GIT_CONFIG_COUNT", "1"),
            ("GIT_CONFIG_KEY_0", "url.ssh://git@127.0.0.1:1/.insteadOf"),
            ("GIT_CONFIG_VALUE_0", "https://git.example/"),
        ],
        commands: &["get git.example/team/lib.git@v1.0.0"],
        ..PLAIN
    },
    Row {
        id: "GE64",
        name: "no-git",
        env: &[("GOPROXY", "direct"), ("PATH", "{home}")],
        commands: &["get git.example/team/lib.git@v1.0.0"],
        ..PLAIN
    },
    Row {
        id: "GE65",
        name: "govcs",
        env: &[("GOPROXY", "direct"), ("GOVCS", "public:hg")],
        commands: &["get git.example/team/lib.git@v1.0.0"],
        ..PLAIN
    },
    Row {
        id: "GE65",
        name: "govcs-entry",
        env: &[("GOPROXY", "direct"), ("GOVCS", "git")],
        commands: &["get git.example/team/lib.git@v1.0.0"],
        ..PLAIN
    },
    Row {
        id: "GE05",
        name: "discovery",
        env: &[("GOPROXY", "direct"), ("HTTPS_PROXY", "http://127.0.0.1:1")],
        commands: DISCOVER,
        ..PLAIN
    },
    Row {
        id: "GE55",
        name: "discovery-404",
        env: DISCOVERY,
        commands: DISCOVER,
        script: |u| page(u, 404, "none"),
        ..PLAIN
    },
    Row {
        id: "GE56",
        name: "web-page",
        env: DISCOVERY,
        commands: DISCOVER,
        script: |u| page(u, 200, "<html><head></head></html>"),
        ..PLAIN
    },
    Row {
        id: "GE57",
        name: "other-path",
        env: DISCOVERY,
        commands: DISCOVER,
        script: |u| {
            page(
                u,
                200,
                "<html><head><meta name=\"go-import\" content=\"git.example/other git https://git.example/other\"></head></html>",
            )
        },
        ..PLAIN
    },
    Row {
        id: "GE59",
        name: "unknown-vcs",
        env: DISCOVERY,
        commands: DISCOVER,
        script: |u| {
            page(
                u,
                200,
                "<html><head><meta name=\"go-import\" content=\"git.example/team/lib rcs https://git.example/team/lib\"></head></html>",
            )
        },
        ..PLAIN
    },
];
