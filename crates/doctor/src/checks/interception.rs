//! Certificates made by somebody on the way: a company's web gateway.
//!
//! The hosts of Go's own defaults have certificates of public authorities. When
//! such a host shows one by another authority, someone in between opens the
//! connections, and whoever does not trust that authority cannot build.

use std::sync::Arc;
use std::time::Instant;

use url::Url;

use super::situation::{Situation, host_of};
use super::{Check, Done, side_by_side, tls};

/// Organisations whose certificates public hosts have. Others may be public too, so this makes a warning only.
const PUBLIC: [&str; 14] = [
    "Google Trust Services",
    "Let's Encrypt",
    "Internet Security Research Group",
    "DigiCert",
    "GlobalSign",
    "Sectigo",
    "Amazon",
    "Microsoft",
    "Entrust",
    "GoDaddy",
    "SSL Corp",
    "Cloudflare",
    "Baltimore",
    "IdenTrust",
];

/// `interception.issuer`, for each host of Go's defaults that is asked here.
pub(super) async fn check(situation: &Arc<Situation>, done: &Done) -> Vec<Check> {
    let start = Instant::now();
    let hosts = public_hosts(situation, done);
    if hosts.is_empty() {
        let why = "no host of Go's defaults is asked here, and of others it is not known who makes their certificates";
        return vec![Check::skip("interception.issuer", why)];
    }
    let looks = hosts.into_iter().map(|url| {
        let situation = Arc::clone(situation);
        async move {
            let (host, _) = host_of(&url);
            let check = match tls::handshake(&situation, &url).await {
                Ok(presented) => judge(&host, &presented),
                Err(why) => Check::skip("interception.issuer", format!("not reached: {why}")),
            };
            check.about(&host).since(start)
        }
    });
    side_by_side(looks.collect()).await
}

/// The hosts of Go's defaults that this environment asks.
fn public_hosts(situation: &Situation, done: &Done) -> Vec<Url> {
    let default = gomod::defaults::GOPROXY
        .split(',')
        .next()
        .unwrap_or_default();
    let default = Url::parse(default).ok();
    situation
        .entries()
        .iter()
        .filter(|entry| {
            let is_default = default
                .as_ref()
                .is_some_and(|url| url.host() == entry.base.host());
            let broken = done.broken(
                &["dns.name", "tcp.connect", "tls.handshake"],
                Some(&entry.written),
            );
            is_default && broken.is_none()
        })
        .map(|entry| entry.base.clone())
        .collect()
}

fn judge(host: &str, presented: &tls::Presented) -> Check {
    let Some(top) = presented.chain.last() else {
        return Check::skip(
            "interception.issuer",
            format!("{host} showed no certificate"),
        );
    };
    let issuer = &top.issuer;
    if PUBLIC.iter().any(|name| issuer.contains(name)) {
        return Check::ok(
            "interception.issuer",
            format!("{host} shows a certificate of {issuer}"),
        );
    }
    let organisation = if top.issuer_organisation.is_empty() {
        issuer
    } else {
        &top.issuer_organisation
    };
    let believed = if presented.is_believed() {
        "Go trusts it here"
    } else {
        "Go does not trust it here"
    };
    Check::warn(
        "interception.issuer",
        format!(
            "{host} shows a certificate of {issuer}, which is no public authority: an intercepting proxy of {organisation} opens the connections; {believed}"
        ),
        "every place that builds needs that authority: the system's store or SSL_CERT_FILE for Go, http.sslCAInfo for git, a COPY and update-ca-certificates in Dockerfiles; or have the host exempted",
    )
}
