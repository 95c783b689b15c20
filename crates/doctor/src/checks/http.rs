//! The module protocol at each proxy of the chain: a module that cannot exist
//! and one that must.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ::http::{HeaderMap, HeaderValue, header};
use gomod::ModuleVersion;
use platform::{HttpError, HttpRequest, Phase};
use url::Url;

use super::reach::no_entries;
use super::situation::{Entry, Situation};
use super::{Check, Done, Status, side_by_side, tls};

/// A module that cannot exist: the top-level domain is reserved for that (RFC 2606).
pub(super) const ABSENT: &str = "modkeep-probe.invalid/absent/@v/list";

/// How much of a body is read: an `.info`, or the reason in an error.
const BODY_BYTES: usize = 64 << 10;

/// How much of a go.mod is read: Go's own limit is 16 MiB, and no real one has a tenth of it.
const MOD_BYTES: usize = 2 << 20;

/// An answer, as far as it was read.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// Where it came from, after redirects.
    pub(super) url: Url,
    /// Time to the head.
    pub(super) took: Duration,
}

impl Answer {
    /// Whether it is a web page.
    pub(super) fn is_page(&self) -> bool {
        let kind = self.headers.get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let start: String = String::from_utf8_lossy(&self.body)
            .trim_start()
            .chars()
            .take(15)
            .collect();
        let start = start.to_ascii_lowercase();
        kind.contains("html") || start.starts_with("<!doctype") || start.starts_with("<html")
    }

    /// What the server says, in one line: Go shows it only as plain text.
    pub(super) fn reason(&self) -> String {
        if self.is_page() {
            return "a web page".to_owned();
        }
        let text = String::from_utf8_lossy(&self.body);
        let line = text.lines().map(str::trim).find(|line| !line.is_empty());
        let line: String = line
            .unwrap_or_default()
            .chars()
            .filter(|letter| !letter.is_control())
            .take(200)
            .collect();
        if line.is_empty() {
            "no reason given".to_owned()
        } else {
            format!("{line:?}")
        }
    }
}

/// Asks for a URL; `login` is what belongs to its host.
pub(super) async fn ask(
    situation: &Situation,
    url: Url,
    entry: Option<&Entry>,
    range: Option<&'static str>,
    limit: usize,
) -> Result<Answer, HttpError> {
    let client = situation
        .http
        .as_ref()
        .map_err(|why| HttpError::Setup(why.clone()))?;
    let mut headers = HeaderMap::new();
    if let Some(range) = range {
        headers.insert(header::RANGE, HeaderValue::from_static(range));
    }
    let start = Instant::now();
    let request = HttpRequest {
        url,
        headers,
        login: entry.and_then(|entry| entry.login.clone()),
        first_byte: Some(situation.probe),
        configured: true,
    };
    let mut response = client.get(request).await?;
    let took = start.elapsed();
    let mut body = Vec::new();
    while body.len() < limit {
        match response.body.chunk().await? {
            Some(chunk) => body.extend_from_slice(&chunk),
            None => break,
        }
    }
    body.truncate(limit);
    Ok(Answer {
        status: response.status.as_u16(),
        headers: response.headers,
        body,
        url: response.url,
        took,
    })
}

/// The checks of the group.
pub(super) async fn check(situation: &Arc<Situation>, done: &Done) -> Vec<Check> {
    if let Some(skip) = no_entries(situation, "http.answer") {
        return vec![skip];
    }
    let probes = situation.entries().iter().map(|entry| {
        let (situation, entry) = (Arc::clone(situation), entry.clone());
        let broken = done.broken(&BEFORE_HTTP, Some(&entry.written));
        async move { probe(&situation, &entry, broken).await }
    });
    side_by_side(probes.collect())
        .await
        .into_iter()
        .flatten()
        .collect()
}

/// What must hold before HTTP can be spoken.
pub(super) const BEFORE_HTTP: [&str; 7] = [
    "dns.name",
    "tcp.connect",
    "proxy.variables",
    "proxy.connect",
    "tls.authorities",
    "tls.handshake",
    "tls.certificate",
];

/// The checks of one entry.
async fn probe(situation: &Situation, entry: &Entry, broken: Option<&'static str>) -> Vec<Check> {
    let start = Instant::now();
    if let Some(id) = broken {
        return vec![Check::skip("http.answer", format!("see {id}")).about(&entry.written)];
    }
    let Some(url) = entry.at(ABSENT) else {
        return vec![
            Check::skip("http.answer", "no address can be made of it").about(&entry.written),
        ];
    };
    let asked = ask(situation, url.clone(), Some(entry), None, BODY_BYTES).await;
    let mut checks = match asked {
        Ok(answer) => judge_absent(entry, &url, &answer),
        Err(error) => vec![no_answer(situation, entry, &error).await],
    };
    for check in &mut checks {
        check.duration = start.elapsed();
    }
    let answered = checks
        .first()
        .is_some_and(|check| check.status == Status::Ok);
    let spoilt = |check: &Check| check.status == Status::Fail && check.id != "http.absent";
    if answered && !checks.iter().any(spoilt) {
        checks.extend(present(situation, entry).await);
    }
    checks
        .into_iter()
        .map(|check| check.about(&entry.written))
        .collect()
}

/// Why there was no answer.
async fn no_answer(situation: &Situation, entry: &Entry, error: &HttpError) -> Check {
    match error {
        HttpError::Timeout {
            phase: Phase::FirstByte | Phase::Stall,
            text,
        } => Check::fail(
            "http.answer",
            format!(
                "it takes the connection and says nothing: {text}; Go has no deadline here, a build hangs for ever"
            ),
            "restart the proxy or what stands before it, and put another proxy before or after it with `|` between them until it answers",
        ),
        HttpError::Forbidden(text) => Check::fail(
            "http.portal",
            format!("it redirects to another place: {text}"),
            "log in to the network, or write the proxy's own address in GOPROXY; a host of your own that is meant must be named there",
        ),
        HttpError::Tls(text) if is_believed(situation, entry).await => Check::skip(
            "http.answer",
            format!(
                "Go believes the certificate, which is an authority's own, and modkeep's client does not: {text}"
            ),
        ),
        error => {
            let mut secure = entry.base.clone();
            let speaks_tls = entry.base.scheme() == "http"
                && secure.set_scheme("https").is_ok()
                && secure.set_port(entry.base.port_or_known_default()).is_ok()
                && tls::handshake(situation, &secure).await.is_ok();
            if speaks_tls {
                Check::fail(
                    "http.answer",
                    format!("plain HTTP is not answered, the port speaks TLS ({error})"),
                    format!(
                        "write https:// in GOPROXY (set by {})",
                        situation.origin("GOPROXY")
                    ),
                )
            } else {
                Check::fail(
                    "http.answer",
                    error.to_string(),
                    "see the log of the proxy for this request",
                )
            }
        }
    }
}

/// Whether Go believes the certificate of the host.
async fn is_believed(situation: &Situation, entry: &Entry) -> bool {
    let presented = tls::handshake(situation, &entry.base).await;
    presented.is_ok_and(|presented| presented.is_believed())
}

/// The answer for a module that cannot exist.
fn judge_absent(entry: &Entry, asked: &Url, answer: &Answer) -> Vec<Check> {
    let took = answer.took.as_millis();
    let told = Check::ok("http.answer", format!("it answers in {took} ms"));
    let moved = answer.url.host() != asked.host();
    let from = if moved {
        format!(" from {}", answer.url.host_str().unwrap_or_default())
    } else {
        String::new()
    };
    let status = answer.status;
    if status == 401 {
        return vec![told, login(entry, answer)];
    }
    if answer.is_page() && (status < 400 || status == 403 || status == 511) {
        return vec![
            told,
            Check::fail(
                "http.portal",
                format!(
                    "a web page{from} with status {status} in place of a proxy's answer: a captive portal, a login page or a web filter"
                ),
                "log in to the network, have the host exempted from the filter, or correct the address in GOPROXY",
            ),
        ];
    }
    let absent = match status {
        404 | 410 => plain(answer, status),
        403 => Check::warn(
            "http.absent",
            format!(
                "403 for a module that does not exist, with {}: Go stops there instead of asking the next entry after `,`",
                answer.reason()
            ),
            "right for a proxy with an allow-list; otherwise answer 404",
        ),
        200 => Check::fail(
            "http.absent",
            format!("200 for a module that cannot exist{from}: Go takes every path for a module"),
            "answer 404 for modules that are not there; correct the path in GOPROXY if this is no Go proxy",
        ),
        _ => Check::fail(
            "http.absent",
            format!(
                "{status} for a module that does not exist, with {}: Go stops there, and the prefixes that `go get` probes fail with it",
                answer.reason()
            ),
            "answer 404 or 410 for what does not exist; see the log of the proxy for this request",
        ),
    };
    vec![told, Check::ok("http.portal", "no web page"), absent]
}

fn plain(answer: &Answer, status: u16) -> Check {
    let kind = answer.headers.get(header::CONTENT_TYPE);
    let kind = kind
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or("no content type");
    if kind.starts_with("text/plain") {
        Check::ok("http.absent", format!("{status} with {kind}"))
    } else {
        Check::warn(
            "http.absent",
            format!("{status} with {kind}: Go hides the reason from people"),
            "answer errors as text/plain",
        )
    }
}

/// 401: what is wrong with the login depends on what was sent.
pub(super) fn login(entry: &Entry, answer: &Answer) -> Check {
    let host = match entry.base.port() {
        Some(port) => format!("{}:{port}", entry.base.host_str().unwrap_or_default()),
        None => entry.base.host_str().unwrap_or_default().to_owned(),
    };
    let (sent, remedy) = match (entry.base.scheme(), &entry.login) {
        ("http", _) => (
            "Go sends no login over plain http",
            "serve the proxy over https: Go refuses to send a login over http".to_owned(),
        ),
        (_, Some(_)) => (
            "the login that was sent is refused",
            format!("renew user and password of {host} in netrc"),
        ),
        (_, None) => (
            "no login was sent",
            format!(
                "add `machine {host} login USER password TOKEN` to ~/.netrc (mode 0600) or the file in NETRC"
            ),
        ),
    };
    Check::fail(
        "http.login",
        format!(
            "401 Unauthorized, {sent}; the proxy says {}",
            answer.reason()
        ),
        remedy,
    )
}

/// The module that must be there.
async fn present(situation: &Situation, entry: &Entry) -> Vec<Check> {
    let Some(module) = situation.public_requirement() else {
        return vec![Check::skip(
            "http.present",
            "no go.mod with a requirement that comes through the chain",
        )];
    };
    let start = Instant::now();
    let found = metadata(situation, entry, &module).await.since(start);
    let has_it = found.status == Status::Ok && !found.evidence.contains("not here");
    let mut checks = vec![found];
    if has_it {
        let start = Instant::now();
        checks.push(zip(situation, entry, &module).await.since(start));
    }
    checks
}

/// `M/@v/V.` with `suffix`, escaped.
pub(super) fn path_of(module: &ModuleVersion, suffix: &str) -> String {
    format!(
        "{}/@v/{}.{suffix}",
        module.path.escaped(),
        module.version.escaped()
    )
}

async fn metadata(situation: &Situation, entry: &Entry, module: &ModuleVersion) -> Check {
    let name = format!("{}@{}", module.path, module.version);
    for (suffix, limit) in [("info", BODY_BYTES), ("mod", MOD_BYTES)] {
        let Some(url) = entry.at(&path_of(module, suffix)) else {
            return Check::skip("http.present", "no address can be made of it");
        };
        let answer = match ask(situation, url, Some(entry), None, limit).await {
            Ok(answer) => answer,
            Err(error) => {
                return Check::fail(
                    "http.present",
                    format!("{name} .{suffix}: {error}"),
                    "see the log of the proxy for this request",
                );
            }
        };
        if let Some(check) = judge_present(entry, &name, suffix, module, &answer) {
            return check;
        }
    }
    Check::ok("http.present", format!("{name}: .info and .mod are served"))
}

/// What is wrong with the answer for a module that must be there; none when all is well.
fn judge_present(
    entry: &Entry,
    name: &str,
    suffix: &str,
    module: &ModuleVersion,
    answer: &Answer,
) -> Option<Check> {
    let status = answer.status;
    let what = format!("{name} .{suffix}");
    match status {
        200 => {}
        404 | 410 if entry.next_on_absent => {
            return Some(Check::ok(
                "http.present",
                format!("{what} is not here ({status}); the next entry is asked"),
            ));
        }
        404 | 410 => {
            return Some(Check::fail(
                "http.present",
                format!(
                    "{what}: {status}, with {}; nobody is asked after this entry",
                    answer.reason()
                ),
                "if the module is private, it is not this proxy's to know: see GOPRIVATE; otherwise correct the version in go.mod or give the proxy its upstream",
            ));
        }
        401 => return Some(login(entry, answer)),
        403 => {
            return Some(Check::fail(
                "http.present",
                format!("{what}: 403, the proxy says {}", answer.reason()),
                "the proxy's policy refuses it: take a version it allows, or ask whoever keeps the policy",
            ));
        }
        _ => {
            return Some(Check::fail(
                "http.present",
                format!("{what}: {status}, with {}", answer.reason()),
                "the proxy or its upstream is in trouble: see its log for this request",
            ));
        }
    }
    if answer.is_page() {
        return Some(Check::fail(
            "http.portal",
            format!("{what}: a web page with status 200 in place of the file"),
            "log in to the network, or correct the address in GOPROXY",
        ));
    }
    if suffix != "info" {
        return None;
    }
    let version = serde_json::from_slice::<serde_json::Value>(&answer.body).ok();
    let version = version
        .as_ref()
        .and_then(|info| info.get("Version")?.as_str());
    match version {
        Some(version) if version == module.version.to_string() => None,
        Some(version) => Some(Check::fail(
            "http.present",
            format!(
                "{what} is for version {version:?}: Go says \"proxy returned info for version {version} instead of requested version\""
            ),
            "the proxy mixes up versions: clear what it holds of this module",
        )),
        None => Some(Check::fail(
            "http.present",
            format!(
                "{what} is no JSON with a Version: Go stops with \"invalid response from proxy\""
            ),
            "correct the address in GOPROXY, or see what stands before the proxy",
        )),
    }
}

async fn zip(situation: &Situation, entry: &Entry, module: &ModuleVersion) -> Check {
    let Some(url) = entry.at(&path_of(module, "zip")) else {
        return Check::skip("http.zip", "no address can be made of it");
    };
    let host = url.host_str().map(str::to_owned);
    let asked = ask(situation, url, Some(entry), Some("bytes=0-1023"), 1024).await;
    let answer = match asked {
        Ok(answer) => answer,
        Err(HttpError::Forbidden(text)) => {
            return Check::warn(
                "http.zip",
                format!("zips come from another place, which was not followed: {text}"),
                "let every machine that builds reach that host too",
            );
        }
        Err(error) => {
            return Check::fail(
                "http.zip",
                format!("the zip of {}: {error}", module.path),
                "see the log of the proxy for this request",
            );
        }
    };
    let moved = match answer.url.host_str() {
        to if to == host.as_deref() => String::new(),
        to => format!(
            ", from {}: let every machine that builds reach it",
            to.unwrap_or_default()
        ),
    };
    match answer.status {
        200 | 206 if answer.body.starts_with(b"PK") => Check::ok(
            "http.zip",
            format!("begins after {} ms{moved}", answer.took.as_millis()),
        ),
        200 | 206 => Check::fail(
            "http.zip",
            format!("what is served as zip of {} is none{moved}", module.path),
            "see what stands between here and the proxy",
        ),
        status => Check::fail(
            "http.zip",
            format!(
                "the zip of {}: {status}, with {}",
                module.path,
                answer.reason()
            ),
            "the proxy serves the metadata of the module but not its files: see its log for this request",
        ),
    }
}
