//! The access log: a JSON line for each request, with the names of the Elastic Common Schema.
//!
//! Requests hand finished lines to one thread over a queue of bounded length. When it is full a line is
//! dropped and counted: a slow disk must not slow down answers.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use gomod::request::ProxyRequest;
use http::header::USER_AGENT;
use http::request::Parts;
use jiff::Timestamp;
use serde::Serialize;
use telemetry::{Metrics, RequestSample, Sli};

use crate::{AccessLog, ServerError};

/// Lines that wait for the writer: 8,192, some megabytes, and a tenth of a second at full speed.
const QUEUE: usize = 8192;

/// Bytes written at a time.
const BATCH_BYTES: usize = 64 << 10;

/// Longest path and user agent in a line: what is longer is an attack.
const PATH_BYTES: usize = 2048;
const AGENT_BYTES: usize = 256;

/// The sending side. Cheap to clone.
#[derive(Clone)]
pub(crate) struct LogQueue {
    lines: SyncSender<Vec<u8>>,
    metrics: Arc<Metrics>,
}

/// What is remembered of a request for its line.
pub(crate) struct Facts {
    pub(crate) user: Option<String>,
    pub(crate) tier: Option<&'static str>,
    pub(crate) upstream: Option<Arc<str>>,
    pub(crate) checksum: Option<Arc<str>>,
    method: String,
    path: String,
    /// Length of the base path, with which `path` begins if anything of ours is asked.
    base_bytes: usize,
    agent: Option<String>,
    peer: IpAddr,
}

/// One line, before it is text.
pub(crate) struct Line<'a> {
    pub(crate) facts: &'a Facts,
    pub(crate) sample: &'a RequestSample,
    pub(crate) now: Timestamp,
    pub(crate) version: &'a str,
    pub(crate) number: u64,
}

impl Facts {
    /// What a request's head tells. The query is left out: it may hold what nobody should read.
    pub(crate) fn new(head: &Parts, base: &str, peer: IpAddr) -> Self {
        let agent = head.headers.get(USER_AGENT);
        Self {
            user: None,
            tier: None,
            upstream: None,
            checksum: None,
            method: head.method.as_str().chars().take(16).collect(),
            path: String::from_utf8_lossy(cut(head.uri.path().as_bytes(), PATH_BYTES)).into_owned(),
            base_bytes: base.len(),
            agent: agent.map(|agent| {
                String::from_utf8_lossy(cut(agent.as_bytes(), AGENT_BYTES)).into_owned()
            }),
            peer,
        }
    }
}

fn cut(text: &[u8], most: usize) -> &[u8] {
    &text[..text.len().min(most)]
}

impl Line<'_> {
    /// The line with its newline.
    fn render(&self) -> Vec<u8> {
        let (facts, sample) = (self.facts, self.sample);
        let below = facts.path.get(facts.base_bytes + 1..);
        let request = below.and_then(|path| ProxyRequest::parse(path).ok());
        let (module, version) = request.as_ref().map_or((None, None), named);
        let route = sample.route.as_str();
        let id = format!("{:x}-{:x}", self.now.as_millisecond(), self.number);
        let fields = Fields {
            timestamp: self.now.to_string(),
            ecs_version: "9.0.0",
            event_id: &id,
            event_kind: "event",
            event_category: ["web"],
            event_action: format!("module.{route}.{}", facts.method.to_ascii_lowercase()),
            event_outcome: outcome(sample),
            event_duration: u64::try_from(sample.duration.as_nanos()).unwrap_or(u64::MAX),
            request_id: &id,
            method: &facts.method,
            status: sample.code,
            bytes: sample.bytes,
            path: &facts.path,
            source_ip: facts.peer,
            agent: facts.agent.as_deref(),
            user: facts.user.as_deref(),
            service_name: "modkeep",
            service_version: self.version,
            package_name: module.as_deref(),
            package_version: version.as_deref(),
            package_type: module.is_some().then_some("go"),
            package_checksum: facts.checksum.as_deref(),
            go_module: module.as_deref(),
            go_version: version.as_deref(),
            go_artifact: route,
            go_route: route,
            cache_tier: facts.tier,
            cache_result: sample.cache.as_str(),
            upstream_name: facts.upstream.as_deref(),
            sli: sample.sli.as_str(),
        };
        let mut line = serde_json::to_vec(&fields).unwrap_or_default();
        line.push(b'\n');
        line
    }
}

/// Module and version or query of a request, unescaped.
fn named(request: &ProxyRequest) -> (Option<String>, Option<String>) {
    let version = match request {
        ProxyRequest::Artifact { module, .. } => Some(module.version.to_string()),
        ProxyRequest::Query { query, .. } => Some(query.clone()),
        ProxyRequest::List(_) | ProxyRequest::Latest(_) => None,
    };
    (Some(request.path().to_string()), version)
}

fn outcome(sample: &RequestSample) -> &'static str {
    match sample.sli {
        _ if sample.aborted => "unknown",
        Sli::Bad => "failure",
        Sli::Excluded if sample.code >= 400 => "failure",
        Sli::Good | Sli::Excluded => "success",
    }
}

#[derive(Serialize)]
struct Fields<'a> {
    #[serde(rename = "@timestamp")]
    timestamp: String,
    #[serde(rename = "ecs.version")]
    ecs_version: &'a str,
    #[serde(rename = "event.id")]
    event_id: &'a str,
    #[serde(rename = "event.kind")]
    event_kind: &'a str,
    #[serde(rename = "event.category")]
    event_category: [&'a str; 1],
    #[serde(rename = "event.action")]
    event_action: String,
    #[serde(rename = "event.outcome")]
    event_outcome: &'a str,
    #[serde(rename = "event.duration")]
    event_duration: u64,
    #[serde(rename = "http.request.id")]
    request_id: &'a str,
    #[serde(rename = "http.request.method")]
    method: &'a str,
    #[serde(rename = "http.response.status_code")]
    status: u16,
    #[serde(rename = "http.response.body.bytes")]
    bytes: u64,
    #[serde(rename = "url.path")]
    path: &'a str,
    #[serde(rename = "source.ip")]
    source_ip: IpAddr,
    #[serde(
        rename = "user_agent.original",
        skip_serializing_if = "Option::is_none"
    )]
    agent: Option<&'a str>,
    #[serde(rename = "client.user.name", skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    #[serde(rename = "service.name")]
    service_name: &'a str,
    #[serde(rename = "service.version")]
    service_version: &'a str,
    #[serde(rename = "package.name", skip_serializing_if = "Option::is_none")]
    package_name: Option<&'a str>,
    #[serde(rename = "package.version", skip_serializing_if = "Option::is_none")]
    package_version: Option<&'a str>,
    #[serde(rename = "package.type", skip_serializing_if = "Option::is_none")]
    package_type: Option<&'a str>,
    #[serde(rename = "package.checksum", skip_serializing_if = "Option::is_none")]
    package_checksum: Option<&'a str>,
    #[serde(rename = "go.module", skip_serializing_if = "Option::is_none")]
    go_module: Option<&'a str>,
    #[serde(rename = "go.version", skip_serializing_if = "Option::is_none")]
    go_version: Option<&'a str>,
    #[serde(rename = "go.artifact")]
    go_artifact: &'a str,
    #[serde(rename = "go.route")]
    go_route: &'a str,
    #[serde(rename = "cache.tier", skip_serializing_if = "Option::is_none")]
    cache_tier: Option<&'a str>,
    #[serde(rename = "cache.result")]
    cache_result: &'a str,
    #[serde(rename = "upstream.name", skip_serializing_if = "Option::is_none")]
    upstream_name: Option<&'a str>,
    sli: &'a str,
}

impl LogQueue {
    /// Hands a line to the writer, or counts that it was dropped.
    pub(crate) fn write(&self, line: &Line<'_>) {
        match self.lines.try_send(line.render()) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                self.metrics.log_line_dropped();
            }
        }
    }
}

/// Starts the writer; `None` for no log. It ends when the last queue is dropped. Blocking: opens the file.
pub(crate) fn start(
    target: &AccessLog,
    metrics: &Arc<Metrics>,
) -> Result<Option<(LogQueue, JoinHandle<()>)>, ServerError> {
    let sink = match target {
        AccessLog::Off => return Ok(None),
        AccessLog::Stdout => Sink::Stdout,
        AccessLog::File(path) => {
            Sink::File(LogFile::open(path).map_err(|source| failed("open", path, source))?)
        }
    };
    let (lines, queue) = sync_channel(QUEUE);
    let writer = std::thread::Builder::new()
        .name("access-log".to_owned())
        .spawn(move || write_all(&queue, sink))
        .map_err(|source| ServerError::Io {
            what: "start the access log's thread".to_owned(),
            source,
        })?;
    let metrics = Arc::clone(metrics);
    Ok(Some((LogQueue { lines, metrics }, writer)))
}

fn failed(what: &str, path: &Path, source: io::Error) -> ServerError {
    ServerError::Io {
        what: format!("{what} the access log {}", path.display()),
        source,
    }
}

enum Sink {
    Stdout,
    File(LogFile),
}

/// A file that somebody may move away under us.
struct LogFile {
    path: PathBuf,
    file: File,
}

/// Writes lines until nobody sends any, as many at a time as are there.
fn write_all(queue: &Receiver<Vec<u8>>, mut sink: Sink) {
    let mut failing = false;
    while let Ok(mut batch) = queue.recv() {
        while batch.len() < BATCH_BYTES {
            match queue.try_recv() {
                Ok(line) => batch.extend_from_slice(&line),
                Err(_) => break,
            }
        }
        let outcome = sink.write(&batch);
        // Said once, not with every batch of a full disk.
        if let (Err(error), false) = (&outcome, failing) {
            tracing::error!(%error, "the access log cannot be written: lines are lost");
        }
        failing = outcome.is_err();
    }
}

impl Sink {
    fn write(&mut self, batch: &[u8]) -> io::Result<()> {
        match self {
            Self::Stdout => {
                let mut out = io::stdout().lock();
                out.write_all(batch)?;
                out.flush()
            }
            Self::File(log) => log.write(batch),
        }
    }
}

impl LogFile {
    fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let path = path.to_owned();
        Ok(Self { path, file })
    }

    fn write(&mut self, batch: &[u8]) -> io::Result<()> {
        if self.was_moved()
            && let Ok(reopened) = Self::open(&self.path)
        {
            *self = reopened;
        }
        self.file.write_all(batch)
    }

    /// Whether another file, or none, has the name now.
    fn was_moved(&self) -> bool {
        use std::os::unix::fs::MetadataExt;
        let identity =
            |meta: io::Result<std::fs::Metadata>| meta.ok().map(|meta| (meta.dev(), meta.ino()));
        identity(std::fs::metadata(&self.path)) != identity(self.file.metadata())
    }
}

#[cfg(test)]
mod tests;
