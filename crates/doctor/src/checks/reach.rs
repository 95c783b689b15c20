//! Names and connections: each host of the chain, or the HTTP proxy before it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use super::situation::{Entry, Situation};
use super::{Check, Done, dial, side_by_side};

/// How many addresses of one host are tried: a pool of a large service has more, and tells no more.
const ADDRESSES: usize = 8;

/// `dns.name`.
pub(super) async fn names(situation: &Arc<Situation>, _: &Done) -> Vec<Check> {
    per_entry(situation, "dns.name", |situation, entry| async move {
        name(&situation, &entry).await
    })
    .await
}

/// `tcp.connect`.
pub(super) async fn connections(situation: &Arc<Situation>, done: &Done) -> Vec<Check> {
    let done = done.clone();
    per_entry(situation, "tcp.connect", move |situation, entry| {
        let broken = done.broken(&["dns.name"], Some(&entry.written));
        async move {
            match broken {
                Some(id) => Check::skip("tcp.connect", format!("{id} failed: there is no address")),
                None => connection(&situation, &entry).await,
            }
        }
    })
    .await
}

/// One check for each entry, side by side; one skip when there is none.
pub(super) async fn per_entry<F>(
    situation: &Arc<Situation>,
    id: &'static str,
    probe: impl Fn(Arc<Situation>, Entry) -> F,
) -> Vec<Check>
where
    F: Future<Output = Check> + Send + 'static,
{
    if let Some(skip) = no_entries(situation, id) {
        return vec![skip];
    }
    let running = situation.entries().iter().map(|entry| {
        let subject = entry.written.clone();
        let made = probe(Arc::clone(situation), entry.clone());
        async move {
            let start = Instant::now();
            made.await.about(&subject).since(start)
        }
    });
    side_by_side(running.collect()).await
}

/// Why there is nothing to ask, if there is nothing.
pub(super) fn no_entries(situation: &Situation, id: &'static str) -> Option<Check> {
    if situation.chain.is_err() {
        return Some(Check::skip(id, "chain.goproxy failed: Go asks nobody"));
    }
    if situation.go.value("GO111MODULE") == "off" {
        return Some(Check::skip(
            id,
            "env.modules failed: without modules no proxy is asked",
        ));
    }
    if situation.entries().is_empty() {
        let list = situation.go.value("GOPROXY");
        return Some(Check::skip(id, format!("GOPROXY={list} names no proxy")));
    }
    None
}

async fn name(situation: &Situation, entry: &Entry) -> Check {
    let Ok(proxies) = &situation.proxies else {
        return Check::skip(
            "dns.name",
            "the variables of the HTTP proxy cannot be read: see proxy.variables",
        );
    };
    let (host, port) = dial::first_hop(proxies, &entry.base);
    let by = by_proxy(situation, entry);
    if host.parse::<IpAddr>().is_ok() {
        return Check::ok("dns.name", format!("{host} is an address{by}"));
    }
    match dial::resolve(&host, port, situation.probe).await {
        Ok(addresses) => {
            let mut shown: Vec<String> = addresses
                .iter()
                .map(|address| address.ip().to_string())
                .collect();
            shown.dedup();
            shown.truncate(ADDRESSES);
            Check::ok("dns.name", format!("{host} is {}{by}", shown.join(", ")))
        }
        Err(why) => Check::fail(
            "dns.name",
            format!("{why}{by}"),
            format!(
                "correct the host in {}, or ask whoever runs the name servers of this machine (/etc/resolv.conf) for {host}",
                source(situation, entry)
            ),
        ),
    }
}

async fn connection(situation: &Situation, entry: &Entry) -> Check {
    let Ok(proxies) = &situation.proxies else {
        return Check::skip(
            "tcp.connect",
            "the variables of the HTTP proxy cannot be read: see proxy.variables",
        );
    };
    let (host, port) = dial::first_hop(proxies, &entry.base);
    let by = by_proxy(situation, entry);
    let addresses = match dial::resolve(&host, port, situation.probe).await {
        Ok(addresses) => addresses,
        Err(why) => return Check::skip("tcp.connect", format!("there is no address: {why}")),
    };
    let within = situation.probe;
    let tries = addresses
        .into_iter()
        .take(ADDRESSES)
        .map(|address| async move {
            let start = Instant::now();
            let stream = dial::connect_to(address, within).await;
            let took = start.elapsed();
            stream.map(|_| format!("{address} in {} ms", took.as_millis()))
        });
    let results = side_by_side(tries.collect()).await;
    let reached = results.iter().any(Result::is_ok);
    let told = results.iter().map(|result| match result {
        Ok(text) | Err(text) => text.as_str(),
    });
    let evidence = format!("{}{by}", told.collect::<Vec<_>>().join("; "));
    if reached {
        return Check::ok("tcp.connect", evidence);
    }
    let timed_out = evidence.contains("no answer within");
    let remedy = if timed_out {
        format!(
            "a firewall on the way drops the packets: open {} for this machine",
            dial::written(&host, port)
        )
    } else {
        format!(
            "nothing listens there: start the service, or correct host and port in {}",
            source(situation, entry)
        )
    };
    Check::fail("tcp.connect", evidence, remedy)
}

/// What names the host that is connected to.
fn source(situation: &Situation, entry: &Entry) -> String {
    match proxy_variable(situation, entry) {
        Some(variable) => variable.to_owned(),
        None => format!("GOPROXY (set by {})", situation.origin("GOPROXY")),
    }
}

/// The variable that sends this entry through an HTTP proxy, if one does.
pub(super) fn proxy_variable(situation: &Situation, entry: &Entry) -> Option<&'static str> {
    let proxies = situation.proxies.as_ref().ok()?;
    proxies.proxy_for(&entry.base)?;
    let names = match entry.base.scheme() {
        "https" => ["HTTPS_PROXY", "https_proxy"],
        _ => ["HTTP_PROXY", "http_proxy"],
    };
    names
        .into_iter()
        .find(|name| situation.env.get(name).is_some())
}

fn by_proxy(situation: &Situation, entry: &Entry) -> String {
    match proxy_variable(situation, entry) {
        Some(variable) => format!(" (the HTTP proxy of {variable})"),
        None => String::new(),
    }
}
