//! `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` as `go` reads them (golang.org/x/net/http/httpproxy).
//!
//! Clients differ in what an entry of `NO_PROXY` means. A machine's settings were most likely made for
//! `go`, so its reading is taken: a leading dot leaves the domain itself out, ports count, and this machine
//! is never asked through a proxy.

use std::net::IpAddr;

use ipnet::IpNet;
use url::Url;

use super::{HttpError, address};
use crate::EnvSnapshot;

/// Through which proxy a URL is asked.
#[derive(Clone, Debug, Default)]
pub struct ProxyRules {
    http: Option<Url>,
    https: Option<Url>,
    exceptions: Vec<Exception>,
}

/// One entry of `NO_PROXY`, with the port it is for, if it names one.
#[derive(Clone, Debug)]
struct Exception {
    target: Target,
    port: Option<u16>,
}

/// What an exception is about.
#[derive(Clone, Debug)]
enum Target {
    Everything,
    Network(IpNet),
    Address(IpAddr),
    /// A suffix with its leading dot, and whether the name without the dot is meant too.
    Domain(String, bool),
}

impl ProxyRules {
    /// Reads the variables; the upper-case name goes first.
    ///
    /// # Errors
    /// [`HttpError::Setup`] when a proxy is no address that can be used.
    pub fn read(env: &EnvSnapshot) -> Result<Self, HttpError> {
        let either = |upper: &str, lower: &str| env.get(upper).or_else(|| env.get(lower));
        let proxy = |upper, lower| either(upper, lower).map(|text| parse_proxy(upper, text));
        Ok(Self {
            http: proxy("HTTP_PROXY", "http_proxy").transpose()?,
            https: proxy("HTTPS_PROXY", "https_proxy").transpose()?,
            exceptions: either("NO_PROXY", "no_proxy")
                .unwrap_or_default()
                .split(',')
                .filter_map(parse_exception)
                .collect(),
        })
    }

    /// The proxy for `url`; none for this machine itself, whatever the variables say.
    pub fn proxy_for(&self, url: &Url) -> Option<&Url> {
        let proxy = match url.scheme() {
            "https" => self.https.as_ref(),
            _ => self.http.as_ref(),
        }?;
        let host = url.host_str()?.trim_end_matches('.').to_ascii_lowercase();
        let literal = address::literal(url);
        if host == "localhost" || literal.is_some_and(|address| address.is_loopback()) {
            return None;
        }
        let port = url.port_or_known_default();
        let excepted = |exception: &Exception| {
            exception.target.matches(&host, literal)
                && exception.port.is_none_or(|wanted| Some(wanted) == port)
        };
        (!self.exceptions.iter().any(excepted)).then_some(proxy)
    }

    /// The host names of the proxies.
    pub(super) fn hosts(&self) -> Vec<String> {
        [&self.http, &self.https]
            .into_iter()
            .flatten()
            .filter_map(|proxy| proxy.host_str().map(str::to_owned))
            .collect()
    }
}

impl Target {
    /// Whether a host, lower case and without a final dot, is meant.
    fn matches(&self, host: &str, literal: Option<IpAddr>) -> bool {
        match self {
            Self::Everything => true,
            Self::Network(network) => literal.is_some_and(|address| network.contains(&address)),
            Self::Address(wanted) => literal == Some(*wanted),
            Self::Domain(suffix, itself) => {
                literal.is_none() && (host.ends_with(suffix) || (*itself && host == &suffix[1..]))
            }
        }
    }
}

/// A proxy's URL; without a scheme it is `http`.
fn parse_proxy(variable: &str, text: &str) -> Result<Url, HttpError> {
    let unusable =
        |why: &str| HttpError::Setup(format!("{variable} is no proxy modkeep can use: {why}"));
    if ["socks4:", "socks5:", "socks5h:"]
        .iter()
        .any(|scheme| text.starts_with(scheme))
    {
        return Err(unusable("only http and https proxies are supported"));
    }
    let url = if text.starts_with("http://") || text.starts_with("https://") {
        Url::parse(text)
    } else {
        Url::parse(&format!("http://{text}"))
    };
    let url = url.map_err(|error| unusable(&format!("{error}; write http://host:port")))?;
    match url.host_str() {
        Some(host) if !host.is_empty() => Ok(url),
        _ => Err(unusable("it has no host; write http://host:port")),
    }
}

/// One entry of `NO_PROXY`; what cannot be read is ignored, as `go` does.
fn parse_exception(entry: &str) -> Option<Exception> {
    let entry = entry.trim().to_ascii_lowercase();
    if entry.is_empty() {
        return None;
    }
    if entry == "*" {
        return Some(Exception {
            target: Target::Everything,
            port: None,
        });
    }
    if let Ok(network) = entry.parse() {
        return Some(Exception {
            target: Target::Network(network),
            port: None,
        });
    }
    let (host, port) = split_port(&entry)?;
    let target = match host.parse() {
        Ok(address) => Target::Address(address),
        Err(_) => domain(host)?,
    };
    Some(Exception { target, port })
}

/// `host`, `host:port`, `[v6]:port` or a bare v6 address.
fn split_port(entry: &str) -> Option<(&str, Option<u16>)> {
    if let Some(rest) = entry.strip_prefix('[') {
        let (host, port) = rest.split_once(']')?;
        return match port.strip_prefix(':') {
            Some(port) => Some((host, Some(port.parse().ok()?))),
            None => Some((host, None)),
        };
    }
    match entry.split_once(':') {
        Some((host, port)) if !port.contains(':') => Some((host, Some(port.parse().ok()?))),
        _ => Some((entry, None)),
    }
}

/// `a.example` is meant with what lies below it, `.a.example` and `*.a.example` only what lies below.
fn domain(host: &str) -> Option<Target> {
    let below = host.strip_prefix('*').unwrap_or(host);
    match below.strip_prefix('.') {
        Some("") => None,
        Some(_) => Some(Target::Domain(below.to_owned(), false)),
        None if below.is_empty() || below != host => None,
        None => Some(Target::Domain(format!(".{below}"), true)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(variables: &[(&str, &str)]) -> ProxyRules {
        ProxyRules::read(&variables.iter().copied().collect()).unwrap()
    }

    #[test]
    fn the_scheme_decides_and_upper_case_goes_first() {
        let rules = rules(&[
            ("HTTP_PROXY", "plain.example:3128"),
            ("http_proxy", "lower.example"),
            ("https_proxy", "https://user:pw@secure.example"),
        ]);
        let proxy = |url: &str| {
            rules
                .proxy_for(&Url::parse(url).unwrap())
                .map(|proxy| proxy.host_str().unwrap().to_owned())
        };
        assert_eq!(proxy("http://a.example/").as_deref(), Some("plain.example"));
        assert_eq!(
            proxy("https://a.example/").as_deref(),
            Some("secure.example")
        );
        for own in [
            "http://localhost:80/",
            "http://127.0.0.1/",
            "http://[::1]:8080/",
        ] {
            assert_eq!(proxy(own), None, "{own}");
        }
        assert_eq!(rules.hosts(), ["plain.example", "secure.example"]);
    }

    #[test]
    fn exceptions_are_read_as_go_reads_them() {
        for (no_proxy, url, direct) in [
            ("*", "http://a.example/", true),
            ("", "http://a.example/", false),
            ("a.example", "http://a.example/", true),
            ("A.Example", "http://b.a.example/", true),
            ("a.example", "http://ba.example/", false),
            (".a.example", "http://a.example/", false),
            (".a.example", "http://b.a.example/", true),
            ("*.a.example", "http://b.a.example/", true),
            ("*.a.example", "http://a.example/", false),
            ("x, a.example ,y", "http://a.example/", true),
            ("a.example:8080", "http://a.example/", false),
            ("a.example:8080", "http://a.example:8080/", true),
            ("a.example:80", "http://a.example/", true),
            ("10.0.0.0/8", "http://10.2.3.4/", true),
            ("10.0.0.0/8", "http://11.2.3.4/", false),
            ("1.2.3.4", "http://1.2.3.4/", true),
            ("1.2.3.4:81", "http://1.2.3.4/", false),
            ("2001:4860::8888", "http://[2001:4860::8888]/", true),
            ("[2001:4860::8888]:80", "http://[2001:4860::8888]/", true),
            ("2001:4860::/32", "http://[2001:4860::8888]/", true),
            ("a.example:port", "http://a.example/", false),
            ("*a.example", "http://a.example/", false),
        ] {
            let rules = rules(&[("HTTP_PROXY", "proxy.example"), ("NO_PROXY", no_proxy)]);
            let proxy = rules.proxy_for(&Url::parse(url).unwrap());
            assert_eq!(proxy.is_none(), direct, "{no_proxy:?} for {url}");
        }
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_named() {
        for bad in ["socks5://a.example", "http://", "http://a b"] {
            let env = [("HTTPS_PROXY", bad)].into_iter().collect();
            let error = ProxyRules::read(&env).unwrap_err().to_string();
            assert!(error.starts_with("HTTPS_PROXY is no proxy"), "{error}");
        }
    }
}
