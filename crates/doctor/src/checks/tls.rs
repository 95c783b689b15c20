//! TLS to each https host of the chain: the handshake, and whether `go` would
//! believe the certificate.
//!
//! The handshake is finished whatever the certificate is, so that it can be
//! shown; nothing is sent over such a connection.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::Url;

use super::certificate::Facts;
use super::dial::{self, NoTunnel};
use super::reach::per_entry;
use super::situation::{Entry, Situation, host_of};
use super::{Check, Done};

/// Certificates that end sooner are worth a warning: a renewal by hand takes a week or two.
const SOON_DAYS: i64 = 14;

const SECONDS_A_DAY: i64 = 24 * 60 * 60;

/// What a server showed.
#[derive(Clone, Debug)]
pub(super) struct Presented {
    pub(super) chain: Vec<Facts>,
    /// Whether the first certificate is itself one that is trusted.
    is_trusted_itself: bool,
    verdict: Result<(), rustls::Error>,
    protocol: String,
}

/// The checks of the group.
pub(super) async fn check(situation: &Arc<Situation>, done: &Done) -> Vec<Check> {
    let mut checks = vec![authorities(situation)];
    let done = done.clone();
    let presented = per_entry(situation, "tls.handshake", |situation, entry| {
        let broken = done.broken(
            &[
                "dns.name",
                "tcp.connect",
                "proxy.variables",
                "proxy.connect",
            ],
            Some(&entry.written),
        );
        async move { handshake_check(&situation, &entry, broken).await }
    });
    for check in presented.await {
        // The certificate travels in the check of the handshake: see `handshake_check`.
        checks.push(check);
    }
    let mut judged = Vec::new();
    for entry in situation.entries() {
        let shaken = checks.iter().any(|check| {
            check.id == "tls.handshake"
                && check.status == super::Status::Ok
                && check.subject.as_deref() == Some(&entry.written)
        });
        if shaken && entry.base.scheme() == "https" {
            judged.extend(certificate_checks(situation, entry).await);
        }
    }
    checks.extend(judged);
    checks
}

fn authorities(situation: &Situation) -> Check {
    let named: Vec<&str> = ["SSL_CERT_FILE", "SSL_CERT_DIR"]
        .into_iter()
        .filter(|name| situation.env.get(name).is_some())
        .collect();
    let whence = if named.is_empty() {
        "the system's bundle".to_owned()
    } else {
        named.join(" and ")
    };
    match &situation.authorities {
        Ok(found) if found.is_empty() => Check::fail(
            "tls.authorities",
            format!("no certificate authority in {whence}: Go believes no https server"),
            "install the package ca-certificates, or name a bundle in SSL_CERT_FILE",
        ),
        Ok(found) => Check::ok(
            "tls.authorities",
            format!("{} certificate authorities from {whence}", found.len()),
        ),
        Err(why) => Check::fail(
            "tls.authorities",
            why.clone(),
            "correct SSL_CERT_FILE: Go then believes nobody whom that file should have named",
        ),
    }
}

async fn handshake_check(
    situation: &Situation,
    entry: &Entry,
    broken: Option<&'static str>,
) -> Check {
    if entry.base.scheme() != "https" {
        return Check::skip(
            "tls.handshake",
            "http: nothing is encrypted, and Go sends no login",
        );
    }
    if let Some(id) = broken {
        return Check::skip("tls.handshake", format!("see {id}"));
    }
    match handshake(situation, &entry.base).await {
        Ok(presented) => Check::ok("tls.handshake", presented.protocol),
        Err(why) => {
            let (host, port) = entry.host();
            let place = dial::written(&host, port);
            if speaks_http(situation, &entry.base).await {
                return Check::fail(
                    "tls.handshake",
                    format!("{place} speaks no TLS on this port but plain HTTP ({why})"),
                    "write http:// in GOPROXY, or give the server a certificate",
                );
            }
            let remedy = format!(
                "look at the TLS settings of {place} and of what stands before it (TLS 1.2 or newer is needed)"
            );
            Check::fail("tls.handshake", why, remedy)
        }
    }
}

/// Whether plain HTTP is answered where TLS is not.
async fn speaks_http(situation: &Situation, url: &Url) -> bool {
    let Ok(proxies) = &situation.proxies else {
        return false;
    };
    dial::speaks_http(proxies, url, situation.probe / 3).await
}

/// `tls.certificate` and `tls.expiry` of one entry.
async fn certificate_checks(situation: &Situation, entry: &Entry) -> Vec<Check> {
    let Ok(presented) = handshake(situation, &entry.base).await else {
        return Vec::new();
    };
    let subject = &entry.written;
    if situation.authorities.is_err() {
        return vec![Check::skip("tls.certificate", "tls.authorities failed").about(subject)];
    }
    let (host, _) = entry.host();
    let now = situation.clock.now();
    match judge(situation, &host, &presented, now) {
        Err((evidence, remedy)) => {
            vec![Check::fail("tls.certificate", evidence, remedy).about(subject)]
        }
        Ok(evidence) => {
            let mut checks = vec![Check::ok("tls.certificate", evidence).about(subject)];
            checks.extend(expiry(&presented, now).map(|check| check.about(subject)));
            checks
        }
    }
}

/// Whether the certificate is believed; the evidence, or why not and what to do.
fn judge(
    situation: &Situation,
    host: &str,
    presented: &Presented,
    now: Timestamp,
) -> Result<String, (String, String)> {
    let Some(leaf) = presented.chain.first() else {
        return Err((
            "the server showed no certificate that can be read".to_owned(),
            "look at the certificate file of the server".to_owned(),
        ));
    };
    let names = names_of(leaf);
    match &presented.verdict {
        Ok(()) => Ok(format!(
            "{}, for {names}, by {}, until {}",
            leaf.subject,
            leaf.issuer,
            day(leaf.not_after)
        )),
        Err(error) => Err(disbelief(situation, host, presented, leaf, (error, now))),
    }
}

/// The names of a certificate.
fn names_of(leaf: &Facts) -> String {
    if leaf.names.is_empty() {
        "no name at all".to_owned()
    } else {
        leaf.names.join(", ")
    }
}

/// Why a certificate is not believed, and what to do.
fn disbelief(
    situation: &Situation,
    host: &str,
    presented: &Presented,
    leaf: &Facts,
    (error, now): (&rustls::Error, Timestamp),
) -> (String, String) {
    let names = names_of(leaf);
    let renew = |what: &str| format!("{what}; if its dates are right, set the clock here");
    match error {
        rustls::Error::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. },
        ) => {
            let ended = presented
                .chain
                .iter()
                .find(|one| one.not_after < now)
                .unwrap_or(leaf);
            (
                format!(
                    "the certificate {} expired on {}",
                    ended.subject,
                    day(ended.not_after)
                ),
                renew("renew the certificate on the server"),
            )
        }
        rustls::Error::InvalidCertificate(
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. },
        ) => {
            let early = presented
                .chain
                .iter()
                .find(|one| one.not_before > now)
                .unwrap_or(leaf);
            (
                format!(
                    "the certificate {} is not valid before {}",
                    early.subject,
                    day(early.not_before)
                ),
                renew("give the server a certificate that holds now"),
            )
        }
        rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => (
            format!("the certificate is for {names}, not for {host}"),
            format!(
                "ask the proxy by a name that its certificate has, or add {host} to it (as an alternative name: Go does not read the common name)"
            ),
        ),
        rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            unknown_issuer(situation, presented, leaf)
        }
        other => (
            format!("{other} (certificate {}, by {})", leaf.subject, leaf.issuer),
            "give the server a certificate that Go accepts".to_owned(),
        ),
    }
}

fn unknown_issuer(situation: &Situation, presented: &Presented, leaf: &Facts) -> (String, String) {
    let top = presented.chain.last().unwrap_or(leaf);
    let trusted = situation.authorities.as_ref().map_or(0, Vec::len);
    let evidence = format!(
        "x509: certificate signed by unknown authority: {} is signed by {}, which is none of the {trusted} authorities trusted here",
        leaf.subject, top.issuer
    );
    let remedy = format!(
        "if {} is your company's authority, install it: for Go, SSL_CERT_FILE=a bundle of the system's authorities and it, or the system's store (update-ca-certificates); for git, http.sslCAInfo; in a Dockerfile, COPY it and run update-ca-certificates before the first go command. GOINSECURE does not help a proxy",
        top.issuer
    );
    (evidence, remedy)
}

fn expiry(presented: &Presented, now: Timestamp) -> Option<Check> {
    let first = presented.chain.iter().min_by_key(|one| one.not_after)?;
    let days = (first.not_after.as_second() - now.as_second()) / SECONDS_A_DAY;
    let evidence = format!(
        "{} ends on {}, in {days} days",
        first.subject,
        day(first.not_after)
    );
    Some(if days < SOON_DAYS {
        Check::warn("tls.expiry", evidence, "renew it before builds fail")
    } else {
        Check::ok("tls.expiry", evidence)
    })
}

fn day(time: Timestamp) -> String {
    time.to_string().chars().take(10).collect()
}

/// Shakes hands with the host of `url` and gives what it shows. An error is one line.
pub(super) async fn handshake(situation: &Situation, url: &Url) -> Result<Presented, String> {
    let proxies = situation.proxies.as_ref().map_err(Clone::clone)?;
    let within = situation.probe;
    let stream = match dial::reach(proxies, url, within).await {
        Ok(stream) => stream,
        Err(NoTunnel::Status(_, line)) => return Err(format!("the HTTP proxy answers {line}")),
        Err(NoTunnel::Broken(why)) => return Err(why),
    };
    let (host, _) = host_of(url);
    let name = ServerName::try_from(host.clone())
        .map_err(|_| format!("{host} is no name that a certificate can have"))?;
    let trusted = situation.authorities.as_deref().unwrap_or_default();
    let recorder = Arc::new(Recorder::new(trusted));
    let config = config(&recorder)?;
    let connecting = TlsConnector::from(Arc::new(config)).connect(name, stream);
    let stream = match timeout(within, connecting).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return Err(no_handshake(&host, &error)),
        Err(_) => {
            return Err(format!(
                "{host} did not finish the handshake within {within:?}"
            ));
        }
    };
    let (_, session) = stream.get_ref();
    let version = session
        .protocol_version()
        .and_then(|version| version.as_str())
        .unwrap_or("TLS");
    let alpn = session.alpn_protocol().map_or_else(
        || "no ALPN".to_owned(),
        |alpn| String::from_utf8_lossy(alpn).into_owned(),
    );
    let seen = recorder
        .seen
        .lock()
        .map(|mut seen| seen.take())
        .ok()
        .flatten();
    let (chain, verdict) = seen.unwrap_or((Vec::new(), Ok(())));
    let mut presented = Presented {
        is_trusted_itself: chain.first().is_some_and(|leaf| trusted.contains(leaf)),
        chain: chain.iter().filter_map(|der| Facts::read(der)).collect(),
        verdict,
        protocol: format!("{version}, {alpn}"),
    };
    presented.believe_what_is_trusted_itself(&host, situation.clock.now());
    Ok(presented)
}

impl Presented {
    /// Go believes a server whose certificate is itself among the authorities, whatever else it is for.
    fn believe_what_is_trusted_itself(&mut self, host: &str, now: Timestamp) {
        let holds = self.chain.first().is_some_and(|leaf| {
            leaf.names.iter().any(|name| name == host)
                && (leaf.not_before..=leaf.not_after).contains(&now)
        });
        if self.is_trusted_itself && holds {
            self.verdict = Ok(());
        }
    }

    /// Whether Go believes it.
    pub(super) fn is_believed(&self) -> bool {
        self.verdict.is_ok()
    }
}

fn no_handshake(host: &str, error: &std::io::Error) -> String {
    let text = match error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>())
    {
        Some(rustls::Error::InvalidMessage(_)) => {
            return format!(
                "{host} speaks no TLS on this port: its first bytes are something else"
            );
        }
        Some(error) => error.to_string(),
        None => error.kind().to_string(),
    };
    format!("the handshake with {host} failed: {text}")
}

fn config(recorder: &Arc<Recorder>) -> Result<ClientConfig, String> {
    let verifier: Arc<dyn ServerCertVerifier> = recorder.clone();
    let mut config = ClientConfig::builder_with_provider(Arc::clone(&recorder.provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS cannot be set up: {error}"))?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// A chain of certificates, and what the TLS library thinks of it.
type Seen = (Vec<CertificateDer<'static>>, Result<(), rustls::Error>);

/// Records the chain and the verdict on it, and lets the handshake go on.
#[derive(Debug)]
struct Recorder {
    provider: Arc<CryptoProvider>,
    /// None when nobody is trusted.
    judge: Option<Arc<WebPkiServerVerifier>>,
    seen: Mutex<Option<Seen>>,
}

impl Recorder {
    fn new(trusted: &[CertificateDer<'static>]) -> Self {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(trusted.iter().cloned());
        let judge =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
        Self {
            judge: judge.build().ok(),
            provider,
            seen: Mutex::default(),
        }
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verdict = match &self.judge {
            Some(judge) => judge
                .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
                .map(drop),
            None => Err(CertificateError::UnknownIssuer.into()),
        };
        let chain = std::iter::once(end_entity).chain(intermediates);
        let chain = chain.map(|one| one.clone().into_owned()).collect();
        if let Ok(mut seen) = self.seen.lock() {
            *seen = Some((chain, verdict));
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
