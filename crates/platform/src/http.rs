//! The outbound HTTP client: connect, first-byte and stall deadlines, redirects by our rules, and no
//! address that is not named.

mod address;
mod body;
mod failure;
mod proxy;
mod roots;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, StatusCode, header};
use url::{Origin, Url};

use crate::{EnvSnapshot, Limits};
use address::{Resolver, is_public, literal};
pub use body::HttpBody;
use failure::name;
pub use proxy::ProxyRules;
pub use roots::trusted_authorities;

/// How a client is made.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// Deadlines and numbers.
    pub limits: Limits,
    /// Further certificate authorities, in PEM.
    pub extra_ca: Option<PathBuf>,
    /// Where `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`, `SSL_CERT_FILE` and `SSL_CERT_DIR` are read from.
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
    /// Where to. Userinfo in it is not sent.
    pub url: Url,
    /// Further headers. `Accept-Encoding: identity` is always sent.
    pub headers: HeaderMap,
    /// Sent to the first origin only, never after a redirect to another.
    pub login: Option<Login>,
    /// Deadline for the head of the last answer, redirects included, instead of the limits' own.
    pub first_byte: Option<Duration>,
    /// Configuration names the URL: its origin may be anywhere, like those of [`HttpOptions::listed`].
    pub configured: bool,
}

/// The outbound client. Cheap to clone.
///
/// There are two below it, each with its connections. One reaches whatever its names resolve to and is
/// used for origins that configuration names; the other reaches only public addresses. So a port of
/// a named host that is not named itself has no more rights than a stranger's.
#[derive(Clone)]
pub struct HttpClient {
    named: reqwest::Client,
    public: reqwest::Client,
    listed: Arc<[Origin]>,
    proxies: Arc<ProxyRules>,
    limits: Arc<Limits>,
}

/// The head of an answer, and its body to come.
pub struct HttpResponse {
    /// Status; a redirect only if it does not say where to.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Where it came from after redirects.
    pub url: Url,
    /// The body.
    pub body: HttpBody,
}

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
        let proxies = Arc::new(ProxyRules::read(&options.env)?);
        let tls = roots::tls(&options.env, options.extra_ca.as_deref())?;
        let build = |unguarded| {
            let resolver = Resolver {
                unguarded,
                proxies: proxies.hosts().into(),
            };
            build(&options.limits, tls.clone(), resolver, Arc::clone(&proxies))
        };
        Ok(Self {
            named: build(true)?,
            public: build(false)?,
            listed: options.listed.iter().map(Url::origin).collect(),
            proxies: Arc::clone(&proxies),
            limits: Arc::new(options.limits),
        })
    }

    /// Asks, and follows redirects. All of them have one deadline for the head of the answer.
    pub async fn get(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let deadline = request.first_byte.unwrap_or(self.limits.first_byte);
        let host = name(&request.url);
        match tokio::time::timeout(deadline, self.follow(request)).await {
            Ok(answer) => answer,
            Err(_) => Err(HttpError::Timeout {
                phase: Phase::FirstByte,
                text: format!("{host} did not answer within {deadline:?}"),
            }),
        }
    }

    /// Asks until an answer is no redirect.
    async fn follow(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let origin = request.url.origin();
        let mut url = request.url.clone();
        for _ in 0..=self.limits.redirects {
            let login = request.login.as_ref().filter(|_| url.origin() == origin);
            let configured = request.configured && url.origin() == origin;
            let response = self.send(&request, &mut url, login, configured).await?;
            let Some(location) = location(&response) else {
                let status = response.status();
                let headers = response.headers().clone();
                let body = HttpBody::new(response, name(&url), self.limits.stall)?;
                return Ok(HttpResponse {
                    status,
                    headers,
                    url,
                    body,
                });
            };
            url = redirect(&url, location)?;
        }
        Err(HttpError::Forbidden(format!(
            "{} stopped after {} redirects",
            name(&request.url),
            self.limits.redirects
        )))
    }

    /// One exchange, up to the head of the answer.
    async fn send(
        &self,
        request: &HttpRequest,
        url: &mut Url,
        login: Option<&Login>,
        configured: bool,
    ) -> Result<reqwest::Response, HttpError> {
        let host = name(url);
        let unusable = |()| HttpError::Setup(format!("{host} cannot be asked: not a web address"));
        url.set_username("").map_err(unusable)?;
        url.set_password(None).map_err(unusable)?;
        url.set_fragment(None);
        let client = self.client_for(url, configured)?;
        let mut get = client
            .get(url.clone())
            .headers(request.headers.clone())
            .header(
                header::ACCEPT_ENCODING,
                HeaderValue::from_static("identity"),
            );
        match login {
            Some(Login::Basic { user, password }) => get = get.basic_auth(user, Some(password)),
            Some(Login::Bearer { token }) => get = get.bearer_auth(token),
            None => {}
        }
        let answer = get.send().await;
        answer.map_err(|error| failure::before_answer(&host, &error))
    }

    /// The client for a URL, by whether configuration names its origin.
    fn client_for(&self, url: &Url, configured: bool) -> Result<&reqwest::Client, HttpError> {
        if configured || self.listed.contains(&url.origin()) {
            return Ok(&self.named);
        }
        let inside = literal(url).is_some_and(|address| !is_public(address));
        let proxy = url
            .host_str()
            .is_some_and(|host| self.proxies.hosts().iter().any(|proxy| proxy == host));
        if inside || proxy {
            return Err(HttpError::Forbidden(format!(
                "{} is inside this network, and no configuration names it",
                name(url)
            )));
        }
        Ok(&self.public)
    }
}

/// The address of a redirect; none if the answer is no redirect or does not say where to.
fn location(response: &reqwest::Response) -> Option<&HeaderValue> {
    match response.status().as_u16() {
        301 | 302 | 303 | 307 | 308 => response.headers().get(header::LOCATION),
        _ => None,
    }
}

/// Where a redirect leads.
fn redirect(from: &Url, location: &HeaderValue) -> Result<Url, HttpError> {
    let refused =
        |why: &str| HttpError::Forbidden(format!("{} redirects {why}; not followed", name(from)));
    let to = std::str::from_utf8(location.as_bytes())
        .ok()
        .and_then(|location| from.join(location).ok())
        .ok_or_else(|| refused("to something that is no address"))?;
    match (from.scheme(), to.scheme()) {
        (_, "https") | ("http", "http") => Ok(to),
        ("https", "http") => Err(refused(&format!("from https to http at {}", name(&to)))),
        _ => Err(refused("to something that is no web address")),
    }
}

/// One of the two clients. Every default that matters is set.
fn build(
    limits: &Limits,
    tls: rustls::ClientConfig,
    resolver: Resolver,
    proxies: Arc<ProxyRules>,
) -> Result<reqwest::Client, HttpError> {
    reqwest::Client::builder()
        .user_agent(concat!("modkeep/", env!("CARGO_PKG_VERSION")))
        .tls_backend_preconfigured(tls)
        .dns_resolver(resolver)
        .no_proxy()
        .proxy(reqwest::Proxy::custom(move |url| {
            proxies.proxy_for(url).cloned()
        }))
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(limits.connect)
        .pool_max_idle_per_host(limits.fetches_per_upstream)
        // A connection that died in silence is noticed by pings, not by every request on it.
        .http2_keep_alive_interval(limits.stall)
        .http2_keep_alive_timeout(limits.connect)
        .build()
        .map_err(|error| HttpError::Setup(format!("the HTTP client cannot be set up: {error}")))
}

#[cfg(test)]
mod tests;
