//! One upstream: where it is, who we are there, and how it has been doing.
//!
//! A login is settled once, when the upstream is made, and its URL is kept without userinfo from then on:
//! what is shown, logged or used as an identity cannot hold a secret.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use platform::{Limits, Login, Netrc};
use tokio::sync::Semaphore;
use url::{Host, Url};

use crate::OriginError;
use crate::circuit::{Circuit, RetryBudget};
use crate::origins::Credential;

/// An upstream and its state.
pub(crate) struct Upstream {
    /// Its URL without userinfo.
    pub(crate) id: Arc<str>,
    pub(crate) base: Base,
    pub(crate) circuit: Circuit,
    pub(crate) budget: RetryBudget,
    /// Requests that may be under way. Each upstream has its own, so that one that hangs starves no other.
    pub(crate) places: Arc<Semaphore>,
    /// Requests that may wait for a place.
    pub(crate) waiting: Semaphore,
}

/// Where an upstream is.
pub(crate) enum Base {
    /// Behind HTTP.
    Web {
        /// Without userinfo.
        url: Url,
        login: Option<Login>,
        /// Why credentials that are configured are not sent.
        withheld: Option<String>,
    },
    /// A folder in the layout of Go's download cache.
    Folder(PathBuf),
}

impl Upstream {
    /// The upstream at `written`, a checked URL that may have userinfo.
    pub(crate) fn new(
        written: &str,
        credentials: &[Credential],
        netrc: &Netrc,
        limits: &Limits,
    ) -> Result<Self, OriginError> {
        let id = identity(written);
        let unusable = |why: &str| OriginError::Unavailable {
            text: format!("{id} cannot be asked: {why}"),
            upstream: id.to_string(),
            retry_after: None,
        };
        let mut url = Url::parse(written).map_err(|error| unusable(&error.to_string()))?;
        let base = if url.scheme() == "file" {
            let path = url.to_file_path();
            Base::Folder(path.map_err(|()| unusable("no path on this machine"))?)
        } else {
            let chosen = choose_login(&url, credentials, netrc);
            // Fails only for URLs without a host, which the grammar of lists refuses.
            url.set_username("").map_err(|()| unusable("no host"))?;
            url.set_password(None).map_err(|()| unusable("no host"))?;
            let (login, withheld) = match chosen {
                Ok(login) => (login, None),
                Err(why) => (None, Some(why)),
            };
            Base::Web {
                url,
                login,
                withheld,
            }
        };
        Ok(Self {
            id,
            base,
            circuit: Circuit::new(),
            budget: RetryBudget::new(limits),
            places: Arc::new(Semaphore::new(limits.fetches_per_upstream)),
            waiting: Semaphore::new(limits.waiting_per_upstream),
        })
    }

    /// The URL of a path below the base, as `go` encodes it; none for a folder.
    pub(crate) fn url(&self, path: &str) -> Option<Url> {
        let Base::Web { url, .. } = &self.base else {
            return None;
        };
        let mut url = url.clone();
        let full = format!("{}/{}", url.path().trim_end_matches('/'), encode(path));
        url.set_path(&full);
        Some(url)
    }

    /// What is being read, as `go` says it.
    pub(crate) fn reading(&self, path: &str) -> String {
        format!("reading {}/{path}", self.id)
    }

    /// Who we are there, if anybody.
    pub(crate) fn login(&self) -> Option<&Login> {
        match &self.base {
            Base::Web { login, .. } => login.as_ref(),
            Base::Folder(_) => None,
        }
    }

    /// What to do about a 401.
    pub(crate) fn wants_login(&self) -> String {
        let Base::Web { url, login, .. } = &self.base else {
            return String::new();
        };
        let host = host_port(url);
        match login {
            Some(_) => format!("{host} does not accept the credentials configured for it"),
            None if is_confidential(url) => {
                format!("configure [[credentials]] for {host} in modkeep.toml, or netrc")
            }
            None => format!("{host} wants credentials, which are sent over https only"),
        }
    }
}

/// The URL without userinfo and trailing slashes: what an upstream is called everywhere.
pub fn identity(written: &str) -> Arc<str> {
    let written = written.trim_end_matches('/');
    let Some((scheme, rest)) = written.split_once("://") else {
        return Arc::from(written);
    };
    let authority = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..authority].rfind('@') {
        Some(at) => Arc::from(format!("{scheme}://{}", &rest[at + 1..])),
        None => Arc::from(written),
    }
}

/// Host and port as written in the URL; a port that is the scheme's own is left out.
fn host_port(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// Whether nobody on the way can read what is sent: https, or this machine itself.
fn is_confidential(url: &Url) -> bool {
    url.scheme() == "https"
        || match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
            Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        }
}

/// Who we are there: configuration, then userinfo in the URL, then netrc. An error if what was given
/// for this host would be readable on the way; netrc is then passed over in silence, as `go` does.
fn choose_login(
    url: &Url,
    credentials: &[Credential],
    netrc: &Netrc,
) -> Result<Option<Login>, String> {
    let host = host_port(url);
    let with_port = url
        .port_or_known_default()
        .map(|port| format!("{}:{port}", url.host_str().unwrap_or_default()));
    let configured = credentials
        .iter()
        .find(|credential| {
            credential.host.eq_ignore_ascii_case(&host)
                || Some(&credential.host.to_ascii_lowercase()) == with_port.as_ref()
        })
        .map(|credential| credential.login.clone());
    let given = configured.or_else(|| {
        url.password().map(|password| Login::Basic {
            user: decode(url.username()),
            password: decode(password),
        })
    });
    match (given, is_confidential(url)) {
        (Some(_), false) => Err(format!(
            "refusing to send credentials to http://{host} in the clear; use https"
        )),
        (None, false) => Ok(None),
        (given, true) => Ok(given.or_else(|| netrc.login(&host))),
    }
}

/// Percent-encodes a path as `go` does (`url.PathEscape`, slashes kept).
fn encode(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len() + 8);
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~$&+=:@/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let digit = |value: u8| {
                char::from_digit(u32::from(value), 16)
                    .map_or('0', |digit| digit.to_ascii_uppercase())
            };
            encoded.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    encoded
}

/// Undoes percent-encoding, for userinfo.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = (byte == b'%')
            .then(|| std::str::from_utf8(after.get(..2)?).ok())
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let Some(value) = escaped {
            bytes.push(value);
            rest = &after[2..];
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upstream(written: &str, credentials: &[(&str, &str)], netrc: &str) -> Upstream {
        let credentials: Vec<_> = credentials
            .iter()
            .map(|(host, token)| Credential {
                host: (*host).to_owned(),
                login: Login::Bearer {
                    token: (*token).to_owned(),
                },
            })
            .collect();
        let limits = Limits::default();
        Upstream::new(written, &credentials, &Netrc::parse(netrc), &limits).unwrap()
    }

    fn login(upstream: &Upstream) -> String {
        match &upstream.base {
            Base::Web {
                login: Some(Login::Basic { user, password }),
                ..
            } => format!("{user}:{password}"),
            Base::Web {
                login: Some(Login::Bearer { token }),
                ..
            } => token.clone(),
            Base::Web {
                withheld: Some(why),
                ..
            } => why.clone(),
            _ => "none".to_owned(),
        }
    }

    #[test]
    fn an_identity_has_no_secret() {
        for (written, id) in [
            ("https://a.example/x/", "https://a.example/x"),
            ("https://u:p@a.example/x@y", "https://a.example/x@y"),
            ("https://u:p%40q@a.example:8443", "https://a.example:8443"),
            ("file:///srv/modules", "file:///srv/modules"),
        ] {
            assert_eq!(&*identity(written), id);
        }
    }

    #[test]
    fn paths_are_encoded_as_go_does() {
        let upstream = upstream("https://u:p@a.example/base/", &[], "");
        for (path, url) in [
            (
                "github.com/!azure/x/@v/list",
                "github.com/%21azure/x/@v/list",
            ),
            (
                "m.example/@v/v2.0.0+incompatible.zip",
                "m.example/@v/v2.0.0+incompatible.zip",
            ),
            (
                "m.example/@v/a b%#,.info",
                "m.example/@v/a%20b%25%23%2C.info",
            ),
            (
                "sumdb/a.example/db/tile/8/0/x001/067",
                "sumdb/a.example/db/tile/8/0/x001/067",
            ),
        ] {
            let found = upstream.url(path).unwrap();
            assert_eq!(found.as_str(), format!("https://a.example/base/{url}"));
        }
    }

    #[test]
    fn configuration_goes_before_userinfo_before_netrc() {
        let netrc = "machine a.example login n password etrc";
        let configured = [("a.example", "token"), ("b.example:8443", "other")];
        for (written, credentials, found) in [
            ("https://u:p%20w@a.example", &configured[..], "token"),
            ("https://a.example:443", &configured[..], "token"),
            ("https://b.example:8443", &configured[..], "other"),
            ("https://b.example", &configured[..], "none"),
            ("https://a.example:8443", &configured[..], "none"),
            ("https://u:p%20w@a.example", &[], "u:p w"),
            ("https://u@a.example", &[], "n:etrc"),
            ("https://a.example", &[], "n:etrc"),
            ("http://a.example", &[], "none"),
            ("http://u:p@127.0.0.1:1", &[], "u:p"),
            ("http://u:p@[::1]:1", &[], "u:p"),
            (
                "http://u:p@a.example",
                &[],
                "refusing to send credentials to http://a.example in the clear; use https",
            ),
        ] {
            assert_eq!(
                login(&upstream(written, credentials, netrc)),
                found,
                "{written}"
            );
        }
    }
}
