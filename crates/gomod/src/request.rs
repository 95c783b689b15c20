//! Request paths of the GOPROXY protocol (Go Modules Reference, "GOPROXY protocol").
//!
//! A path is percent-decoded exactly once, split at its first `/@`, and both halves are unescaped.
//! `+` is no space, and `!` may come as `%21`: that is how `go` sends it. Nothing is cleaned or
//! guessed: a path that is not in its one form names nothing.

use std::borrow::Cow;

use crate::modfile::{quote, shorten};
use crate::{ArtifactKind, ModulePath, ModuleVersion, Version, VersionQuery};
use crate::{path, percent};

/// Longest path in bytes, once decoded. Far above any module's, and with a store's folder in front
/// still below the 4096 bytes that Linux takes as the name of a file.
pub const MAX_PATH_BYTES: usize = 2048;

/// Longest element of a path in bytes: no file system of ours takes a longer name.
pub const MAX_ELEMENT_BYTES: usize = 255;

/// Longest escaped version or query in bytes: with the longest suffix of a file kept beside it
/// (`.ziphash`, `.receipt`) it still is one element.
pub const MAX_VERSION_BYTES: usize = MAX_ELEMENT_BYTES - ".ziphash".len();

/// Longest text of an error in bytes: `go` shows no more than 648 of an answer.
const MAX_TEXT_BYTES: usize = 600;

/// One request of the protocol.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ProxyRequest {
    /// `M/@v/list`.
    List(ModulePath),
    /// `M/@latest`.
    Latest(ModulePath),
    /// `M/@v/Q.info` where `Q` is no canonical version: a branch, a tag or a commit.
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
        // Each byte takes at most three on the wire.
        if wire_path.len() > 3 * MAX_PATH_BYTES {
            return Err(too_long(wire_path));
        }
        let decoded = percent_decode(wire_path)?;
        if decoded.len() > MAX_PATH_BYTES {
            return Err(too_long(&decoded));
        }
        let Some((escaped_path, endpoint)) = decoded.split_once("/@") else {
            return Err(RequestError::NotFound(format!(
                "path {} is no module request: it has no /@v/ and no /@latest",
                shown(&decoded)
            )));
        };
        let path = parse_module(escaped_path)?;
        match endpoint {
            "latest" => Ok(Self::Latest(path)),
            "v/list" => Ok(Self::List(path)),
            _ => {
                let file = endpoint.strip_prefix("v/").and_then(split_file);
                let Some((escaped_version, kind)) = file else {
                    return Err(RequestError::NotFound(format!(
                        "{}: unknown endpoint {}: there is @latest, and @v/ with list, VERSION.info, VERSION.mod, VERSION.zip",
                        shorten(path.as_str()),
                        shown(&decoded[escaped_path.len() + 1..])
                    )));
                };
                Self::parse_version(path, escaped_version, kind)
            }
        }
    }

    fn parse_version(
        path: ModulePath,
        escaped: &str,
        kind: ArtifactKind,
    ) -> Result<Self, RequestError> {
        if escaped.len() > MAX_VERSION_BYTES {
            return Err(malformed(&format!(
                "{path}: version {} is longer than {MAX_VERSION_BYTES} bytes",
                shown(escaped)
            )));
        }
        let version = path::unescape_version_cow(escaped)
            .map_err(|error| malformed(&format!("{path}: {error}")))?;
        if let Ok(version) = Version::parse(&version) {
            let module =
                ModuleVersion::new(path, version).map_err(|error| malformed(&error.to_string()))?;
            return Ok(Self::Artifact { module, kind });
        }
        if kind != ArtifactKind::Info {
            return Err(malformed(&format!(
                "{path}@{version}: unrecognized version"
            )));
        }
        if is_answered_by_list(&version) {
            return Err(malformed(&format!(
                "{path}@{version}: not a revision: go finds this version in the list"
            )));
        }
        Ok(Self::Query {
            path,
            query: version.into_owned(),
        })
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
        let module = self.path().escaped();
        match self {
            Self::List(_) => module + "/@v/list",
            Self::Latest(_) => module + "/@latest",
            Self::Query { query, .. } => {
                let query = percent_encode(&path::escape(query));
                format!("{module}/@v/{query}.info")
            }
            // A canonical version has no character that is encoded.
            Self::Artifact { module: at, kind } => {
                format!("{module}/@v/{}.{kind}", at.version.escaped())
            }
        }
    }
}

fn parse_module(escaped: &str) -> Result<ModulePath, RequestError> {
    if let Some(long) = escaped
        .split('/')
        .find(|part| part.len() > MAX_ELEMENT_BYTES)
    {
        return Err(malformed(&format!(
            "path element {} is longer than {MAX_ELEMENT_BYTES} bytes",
            shown(long)
        )));
    }
    ModulePath::from_escaped(escaped).map_err(|error| malformed(&error.to_string()))
}

/// `V.info` into `V` and what kind of file it is.
fn split_file(file: &str) -> Option<(&str, ArtifactKind)> {
    let (version, suffix) = file.rsplit_once('.')?;
    Some((version, ArtifactKind::parse(suffix)?))
}

/// Whether `go` resolves the query itself and never sends it: to answer it would make two truths of one.
fn is_answered_by_list(query: &str) -> bool {
    VersionQuery::parse(query).is_ok_and(|query| query.is_answered_by_list())
}

fn too_long(text: &str) -> RequestError {
    malformed(&format!(
        "path {} is longer than {MAX_PATH_BYTES} bytes",
        shown(text)
    ))
}

/// A text for a message: quoted, so that it is one line, and without its middle where it is long.
fn shown(text: &str) -> String {
    quote(&shorten(text))
}

/// Each part of a message is bounded by the limits above, but `go` shows little of that.
fn malformed(text: &str) -> RequestError {
    let text = if text.len() <= MAX_TEXT_BYTES {
        text.into()
    } else {
        shorten(text)
    };
    RequestError::Malformed(text.into_owned())
}

fn percent_decode(wire_path: &str) -> Result<Cow<'_, str>, RequestError> {
    if !wire_path.bytes().any(|byte| byte == b'%' || byte == 0) {
        return Ok(Cow::Borrowed(wire_path));
    }
    let bad =
        |reason: &str| RequestError::BadEscape(format!("path {}: {reason}", shown(wire_path)));
    let mut decoded = Vec::with_capacity(wire_path.len());
    let mut rest = wire_path.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let byte = if byte == b'%' {
            let digits = after.split_first_chunk::<2>();
            let Some((byte, after)) = digits.and_then(|(two, after)| Some((hex(*two)?, after)))
            else {
                return Err(bad("a % is not followed by two hexadecimal digits"));
            };
            if byte == b'/' {
                return Err(malformed(&format!(
                    "path {}: a slash must not be encoded",
                    shown(wire_path)
                )));
            }
            rest = after;
            byte
        } else {
            byte
        };
        if byte == 0 {
            return Err(bad("it holds a NUL byte"));
        }
        decoded.push(byte);
    }
    String::from_utf8(decoded)
        .map(Cow::Owned)
        .map_err(|_| bad("it is not UTF-8 once decoded"))
}

fn hex(digits: [u8; 2]) -> Option<u8> {
    let [high, low] = digits.map(|digit| char::from(digit).to_digit(16));
    u8::try_from(high? * 16 + low?).ok()
}

/// Encodes what `go` encodes in a path (`url.PathEscape`, slashes kept), except `!`.
fn percent_encode(text: &str) -> String {
    percent::encode(text, |byte| {
        byte.is_ascii_alphanumeric() || b"-_.~$&+=:@!".contains(&byte)
    })
}

#[cfg(test)]
mod tests;
