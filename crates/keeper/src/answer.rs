//! What the keeper hands to the server: bytes, how long they hold, and where
//! they came from. No HTTP here; the server turns it into headers.

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::SpoolReader;

/// One answer, cheap to clone unless its body is a [`Body::Stream`].
#[derive(Clone, Debug)]
pub struct Answer {
    /// The bytes, or where to read them.
    pub body: Body,
    /// What the bytes are.
    pub content: Content,
    /// Strong entity tag with its quotes, ready for a header value: the
    /// SHA-256 of the body in hex. `None` for mutable and streamed answers.
    pub etag: Option<Bytes>,
    /// How long the answer holds.
    pub validity: Validity,
    /// How the answer was come by.
    pub cache: CacheResult,
    /// The tier that held it, if one did.
    pub tier: Option<Tier>,
    /// The upstream that was asked for it in this request, by its identity.
    pub upstream: Option<Arc<str>>,
    /// `h1:` checksum of a `.mod` or `.zip`, where known.
    pub checksum: Option<Arc<str>>,
}

/// The bytes of an answer.
#[derive(Clone, Debug)]
pub enum Body {
    /// All of them, ready.
    Bytes(Bytes),
    /// A published file of `len` bytes, open for reading at offset 0.
    File {
        /// The open file; read it with positioned reads.
        file: Arc<File>,
        /// Its length in bytes.
        len: u64,
    },
    /// A file still being fetched; its last part comes once it is proven.
    Stream {
        /// Where the bytes come from.
        reader: SpoolReader,
        /// The whole length in bytes.
        len: u64,
    },
}

/// What an answer's bytes are, for the content type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// A version list.
    List,
    /// An `.info` or `@latest` object.
    Json,
    /// A go.mod file.
    Mod,
    /// A module archive.
    Zip,
    /// A text of the checksum database: lookup or signed tree head.
    SumdbText,
    /// A tile of the checksum database.
    SumdbTile,
}

/// How long an answer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// It never changes.
    Immutable,
    /// It may change; good for this long.
    Fresh {
        /// Time to live.
        max_age: Duration,
    },
    /// Past its time, served because no origin could be asked.
    Stale,
}

/// How an answer was come by, as the metrics name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheResult {
    /// Held already.
    Hit,
    /// Fetched for this request.
    Miss,
    /// Held past its time and served because no origin answered.
    Stale,
    /// Never held.
    Bypass,
}

/// Where a held answer was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// In the byte cache.
    Memory,
    /// In the artifact store.
    Disk,
}
