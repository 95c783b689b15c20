//! Ways to make a real `go` fail, and the entry that has to explain each.

use testkit::{Module, Reply, Times, Upstream};

#[path = "rows/proxy.rs"]
mod proxy;
#[path = "rows/repository.rs"]
mod repository;
#[path = "rows/settings.rs"]
mod settings;

use super::stage::PLAIN;
pub(crate) use super::stage::Row;
pub(crate) use proxy::PROXY;
pub(crate) use repository::REPOSITORY;
pub(crate) use settings::SETTINGS;

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
/// Discovery over plain http through the upstream as an HTTP proxy; https reaches nobody.
const DISCOVERY: &[(&str, &str)] = &[
    ("GOPROXY", "direct"),
    ("GOINSECURE", "git.example"),
    ("HTTP_PROXY", "{proxy}"),
    ("HTTPS_PROXY", "http://127.0.0.1:1"),
];
/// The same, and what is discovered is fetched where this leads to.
macro_rules! discovery {
    ($to:literal $(, $more:expr)*) => {
        &[
            ("GOPROXY", "direct"),
            ("GOINSECURE", "git.example"),
            ("HTTP_PROXY", "{proxy}"),
            ("HTTPS_PROXY", "http://127.0.0.1:1"),
            ("NO_PROXY", "127.0.0.1"),
            ("GIT_CONFIG_COUNT", "1"),
            ("GIT_CONFIG_KEY_0", concat!("url.", $to, "/.insteadOf")),
            ("GIT_CONFIG_VALUE_0", "https://git.example/"),
            $($more,)*
        ]
    };
}
pub(crate) use discovery;

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

/// The page that leads to the repository.
fn found(upstream: &Upstream) {
    let tag = "<html><head><meta name=\"go-import\" content=\"git.example/team/lib git https://git.example/team/lib\"></head></html>";
    page(upstream, 200, tag);
}

fn challenge(upstream: &Upstream) {
    found(upstream);
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
