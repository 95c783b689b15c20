//! What went wrong, in one honest line: the root cause, without URLs.
//!
//! The client library's own texts name URLs, which may hold secrets, and stop short of the cause. So the
//! chain of sources is walked to its end, and the types that matter are recognised on the way.

use std::error::Error;
use std::io;

use url::Url;

use super::address::{NoAddress, NotPublic};
use super::{HttpError, Phase};

/// How a host is called in texts: with its port, unless that is the scheme's own.
pub(super) fn name(url: &Url) -> String {
    let host = url.host_str().unwrap_or("(no host)");
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// A failure before the head of an answer.
pub(super) fn before_answer(host: &str, error: &reqwest::Error) -> HttpError {
    if let Some(refused) = find::<NotPublic>(error) {
        return HttpError::Forbidden(refused.to_string());
    }
    if let Some(unknown) = find::<NoAddress>(error) {
        return HttpError::Connect(unknown.to_string());
    }
    if let Some(tls) = find::<rustls::Error>(error) {
        return HttpError::Tls(format!("TLS with {host} failed: {}", in_words(tls)));
    }
    if error.is_timeout() {
        return HttpError::Timeout {
            phase: Phase::Connect,
            text: format!("no connection to {host} in time"),
        };
    }
    if error.is_builder() {
        return HttpError::Setup(format!("{host} cannot be asked: {}", root(error)));
    }
    if error.is_connect() {
        return HttpError::Connect(format!("cannot connect to {host}: {}", root(error)));
    }
    HttpError::Connect(format!(
        "{host} broke off before it answered: {}",
        root(error)
    ))
}

/// A failure within a body.
pub(super) fn within_body(host: &str, received: u64, error: &reqwest::Error) -> HttpError {
    HttpError::Truncated(format!(
        "{host} broke off after {received} bytes: {}",
        root(error)
    ))
}

/// The certificate failures that people meet, with what helps.
fn in_words(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer) => {
            "its certificate is signed by an unknown authority; \
             name that authority's file in SSL_CERT_FILE or as extra CA"
                .to_owned()
        }
        other => other.to_string(),
    }
}

/// The first error of a type along the sources. An I/O error hides what it wraps from `source`.
fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        next = inner(error);
    }
    None
}

/// The deepest cause. The number of a system error means nothing to most readers, so its kind is said.
fn root(error: &(dyn Error + 'static)) -> String {
    let mut deepest = error;
    while let Some(next) = inner(deepest) {
        deepest = next;
    }
    match deepest.downcast_ref::<io::Error>() {
        Some(error) => error.kind().to_string(),
        None => deepest.to_string(),
    }
}

/// What an error wraps.
fn inner<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
    {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}
