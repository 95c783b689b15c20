//! The outbound HTTP client: connect, first-byte and stall deadlines, redirects by our rules, and no
//! address that is not named.

use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use url::Url;

use crate::{EnvSnapshot, Limits};

/// How a client is made.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// Deadlines and numbers.
    pub limits: Limits,
    /// Further certificate authorities, in PEM.
    pub extra_ca: Option<PathBuf>,
    /// Where HTTP_PROXY, HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR are read from.
    pub env: EnvSnapshot,
    /// Origins (scheme, host, port) that configuration names: they may be on loopback and private addresses.
    pub listed: Vec<Url>,
}

/// How one logs in.
#[derive(Clone)]
pub enum Login {
    /// HTTP Basic.
    Basic {
        /// User.
        user: String,
        /// Password.
        password: String,
    },
    /// A bearer token.
    Bearer {
        /// The token.
        token: String,
    },
}

/// A GET.
#[derive(Clone)]
pub struct HttpRequest {
    /// Where to.
    pub url: Url,
    /// Further headers. `Accept-Encoding: identity` is always sent.
    pub headers: HeaderMap,
    /// Sent to the first origin only, never after a redirect to another.
    pub login: Option<Login>,
    /// Deadline for the head of the answer, instead of the limits' own.
    pub first_byte: Option<Duration>,
}

/// The outbound client. Cheap to clone.
#[derive(Clone)]
pub struct HttpClient {}

/// The head of an answer, and its body to come.
pub struct HttpResponse {
    /// Status; never a redirect.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Where it came from after redirects.
    pub url: Url,
    /// The body.
    pub body: HttpBody,
}

/// A body that arrives, decoded, with a deadline for silence.
pub struct HttpBody {}

/// In which part of an exchange a deadline passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Connecting.
    Connect,
    /// Waiting for the head.
    FirstByte,
    /// Silence within the body.
    Stall,
}

/// Why an exchange failed. Texts name host and port, never userinfo, query or address of ours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The name cannot be resolved, the connection refused or broken before an answer began.
    #[error("{0}")]
    Connect(String),
    /// TLS failed: an unknown authority, a wrong name.
    #[error("{0}")]
    Tls(String),
    /// A deadline passed.
    #[error("{text}")]
    Timeout {
        /// Which.
        phase: Phase,
        /// Who was silent and how long.
        text: String,
    },
    /// A redirect that is not followed, or an address that is not named.
    #[error("{0}")]
    Forbidden(String),
    /// The body ended before its length, or the connection broke within it.
    #[error("{0}")]
    Truncated(String),
    /// The body is larger than allowed.
    #[error("{0}")]
    TooLarge(String),
    /// The answer cannot be decoded: an unknown encoding, broken gzip.
    #[error("{0}")]
    Encoding(String),
    /// It cannot be asked for at all: a bad certificate file, a URL without a host.
    #[error("{0}")]
    Setup(String),
}

impl HttpClient {
    /// A client. Blocking: reads certificate files.
    pub fn new(options: HttpOptions) -> Result<Self, HttpError> {
        let _ = options;
        todo!()
    }

    /// Asks, and follows redirects.
    pub async fn get(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let _ = request;
        todo!()
    }
}

impl HttpBody {
    /// The next bytes; `None` at the end. Decodes gzip if the server sent it in spite of us.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, HttpError> {
        todo!()
    }

    /// All of it, at most `limit` bytes decoded.
    pub async fn collect(self, limit: u64) -> Result<Bytes, HttpError> {
        let _ = limit;
        todo!()
    }

    /// The length that was promised, if the body is not encoded.
    pub fn length(&self) -> Option<u64> {
        todo!()
    }
}
