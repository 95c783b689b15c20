//! Under which keys the shared state keeps what origins said.
//!
//! `list:PATH`, `latest:PATH` and `query:PATH@QUERY` hold an answer as it came;
//! `absent:WIRE-PATH` holds the text with which an answer or an artifact was
//! said to be absent. Paths are plain, so that a key tells what it is of.

use gomod::ProxyRequest;

/// The key of a known answer; `None` for artifacts, which the store keeps.
pub(crate) fn known_key(what: &ProxyRequest) -> Option<String> {
    match what {
        ProxyRequest::List(path) => Some(format!("list:{path}")),
        ProxyRequest::Latest(path) => Some(format!("latest:{path}")),
        ProxyRequest::Query { path, query } => Some(format!("query:{path}@{query}")),
        ProxyRequest::Artifact { .. } => None,
    }
}

/// The key of a known absence.
pub(crate) fn absent_key(what: &ProxyRequest) -> String {
    format!("absent:{}", what.wire_path())
}
