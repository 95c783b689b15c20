//! The GOPROXY list: Go's grammar for where modules come from, in order.

mod url;

use std::fmt;

use crate::error::Error;
use url::Url;

/// A checked list (Go Modules Reference, "GOPROXY"; cmd/go `modfetch.proxyList`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyList {
    entries: Vec<ProxyEntry>,
}

/// One entry that can be reached: nothing stands behind `direct` or `off`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyEntry {
    /// What to ask.
    pub source: Source,
    /// Whether the next entry is asked after any error (`|`), not only after 404 and 410 (`,`).
    pub fall_back_on_error: bool,
    /// The entry as written, without spaces around it, a password replaced as Go's `url.Redacted` does.
    /// A user without password is hidden too: many hosts take a token there.
    pub written: String,
}

/// What an entry names.
#[derive(Clone, PartialEq, Eq)]
pub enum Source {
    /// The base URL of a proxy, with its scheme, userinfo kept, trailing slashes trimmed.
    Url(String),
    /// `direct`: version control.
    Direct,
    /// `off`: nothing.
    Off,
}

impl ProxyList {
    /// Reads a list. An error where `go` would refuse it, with Go's text, passwords hidden. A URL of
    /// no host, on which `go` fails only when it asks it, is refused too.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut entries = Vec::new();
        let mut rest = Some(text);
        while let Some(list) = rest {
            let (entry, separator, behind) = match list.find([',', '|']) {
                Some(at) => (&list[..at], &list[at..=at], Some(&list[at + 1..])),
                None => (list, "", None),
            };
            rest = behind;
            let source = match entry.trim() {
                "" => continue,
                "off" => Source::Off,
                "direct" => Source::Direct,
                entry => Source::Url(base_url(entry)?),
            };
            let last = !matches!(source, Source::Url(_));
            entries.push(ProxyEntry {
                source,
                fall_back_on_error: separator == "|" && !last,
                written: url::redact(entry.trim()),
            });
            if last {
                break;
            }
        }
        if entries.is_empty() {
            let text = "GOPROXY list is not the empty string, but contains no entries";
            return Err(Error::ProxyList(text.to_owned()));
        }
        Ok(Self { entries })
    }

    /// The entries that can be reached, in order; at least one.
    pub fn entries(&self) -> &[ProxyEntry] {
        &self.entries
    }
}

impl fmt::Display for ProxyList {
    /// The list with its separators, without secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, entry) in self.entries.iter().enumerate() {
            f.write_str(&entry.written)?;
            if entry.fall_back_on_error {
                f.write_str("|")?;
            } else if index + 1 < self.entries.len() {
                f.write_str(",")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Source {
    /// Without secrets, as everything that ends in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(url) => f.debug_tuple("Url").field(&url::redact(url)).finish(),
            Self::Direct => f.write_str("Direct"),
            Self::Off => f.write_str("Off"),
        }
    }
}

/// The base URL that an entry stands for. Follows cmd/go `modfetch.newProxyRepo`.
fn base_url(entry: &str) -> Result<String, Error> {
    // A single word is kept for keywords that Go may bring; a path with `:/` in it or a slash in
    // front must be a whole URL. All else is a host.
    let is_host =
        entry.contains(['.', ':', '/']) && !entry.contains(":/") && !entry.starts_with('/');
    let whole = if is_host {
        format!("https://{entry}")
    } else {
        entry.to_owned()
    };
    let refuse =
        |text: &str, url: &Url<'_>| Error::ProxyList(format!("{text}: {}", url.redacted()));
    let url = Url::parse(&whole).map_err(Error::ProxyList)?;
    match url.scheme.as_str() {
        "http" | "https" if url.host.is_empty() => {
            Err(refuse("invalid proxy URL missing host", &url))
        }
        "http" | "https" => Ok(url.base()),
        "file" if url.is_path_alone() => Ok(url.base()),
        "file" => Err(refuse(
            "invalid file:// proxy URL with non-path elements",
            &url,
        )),
        "" => Err(refuse("invalid proxy URL missing scheme", &url)),
        _ => Err(refuse(
            "invalid proxy URL scheme (must be https, http, file)",
            &url,
        )),
    }
}

#[cfg(test)]
mod tests;
