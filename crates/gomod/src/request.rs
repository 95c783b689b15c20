//! Request paths of the GOPROXY protocol (Go Modules Reference, "GOPROXY protocol").

use crate::{ArtifactKind, ModulePath, ModuleVersion};

/// One request of the protocol.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ProxyRequest {
    /// `M/@v/list`.
    List(ModulePath),
    /// `M/@latest`.
    Latest(ModulePath),
    /// `M/@v/Q.info` where `Q` is no canonical version: a branch, tag, commit or short version.
    Query {
        /// The module.
        path: ModulePath,
        /// The query, unescaped.
        query: String,
    },
    /// `M/@v/V.info`, `.mod` or `.zip` of a canonical version.
    Artifact {
        /// The module version.
        module: ModuleVersion,
        /// Which artifact.
        kind: ArtifactKind,
    },
}

/// Why a path is no request of the protocol. Each text is one line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The path has no `/@`, or what stands behind it is no endpoint.
    #[error("{0}")]
    NotFound(String),
    /// The path or version is malformed; answered like absence (404), locally.
    #[error("{0}")]
    Malformed(String),
    /// A percent escape is broken: a bad request.
    #[error("{0}")]
    BadEscape(String),
}

impl ProxyRequest {
    /// Reads a path as it came over the wire: percent-encoded, without base path and leading slash.
    pub fn parse(wire_path: &str) -> Result<Self, RequestError> {
        let _ = wire_path;
        todo!()
    }

    /// The module.
    pub fn path(&self) -> &ModulePath {
        match self {
            Self::List(path) | Self::Latest(path) | Self::Query { path, .. } => path,
            Self::Artifact { module, .. } => &module.path,
        }
    }

    /// The path of the request below a proxy's base, without leading slash, as `go` sends it but with
    /// `!` raw. The one spelling of each request: also the key of caches.
    pub fn wire_path(&self) -> String {
        todo!()
    }
}
