//! Which addresses may be reached that no configuration names, and a resolver that keeps to it.
//!
//! An upstream must not be able to make modkeep ask services inside the network for it, by a redirect or
//! by a name that resolves to one. Addresses are judged where connections take them from, so there is no
//! moment between the check and the use.

use std::error::Error;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Networks that are not the public internet: IANA's special-purpose registry for IPv4.
const SPECIAL_V4: [(Ipv4Addr, u32); 13] = [
    (Ipv4Addr::UNSPECIFIED, 8), // this host; Linux connects it to loopback
    (Ipv4Addr::new(10, 0, 0, 0), 8), // private
    (Ipv4Addr::new(100, 64, 0, 0), 10), // carrier-grade NAT, and clouds' internal services
    (Ipv4Addr::new(127, 0, 0, 0), 8), // loopback
    (Ipv4Addr::new(169, 254, 0, 0), 16), // link-local: clouds' metadata services
    (Ipv4Addr::new(172, 16, 0, 0), 12), // private
    (Ipv4Addr::new(192, 0, 0, 0), 24), // protocol assignments: clouds' metadata services
    (Ipv4Addr::new(192, 0, 2, 0), 24), // documentation
    (Ipv4Addr::new(192, 168, 0, 0), 16), // private
    (Ipv4Addr::new(198, 18, 0, 0), 15), // benchmarks
    (Ipv4Addr::new(198, 51, 100, 0), 24), // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24), // documentation
    (Ipv4Addr::new(224, 0, 0, 0), 3), // multicast, reserved, broadcast
];

/// Whether an address is on the public internet. An IPv6 address that carries an IPv4 one is judged by it.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => match carried_v4(v6) {
            Some(v4) => is_public_v4(v4),
            None => is_public_v6(v6),
        },
    }
}

/// Whether an IPv4 address is in none of the special networks.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let bits = address.to_bits();
    !SPECIAL_V4
        .iter()
        .any(|(network, length)| (bits ^ network.to_bits()) >> (32 - length) == 0)
}

/// Only `2000::/3` is given out as public; in it, Teredo and the special block before it are not.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    segments[0] & 0xe000 == 0x2000
        && !(segments[0] == 0x2001 && segments[1] < 0x0200)
        && !(segments[0] == 0x2001 && segments[1] == 0x0db8)
}

/// The IPv4 address that a translator or tunnel would reach: mapped, compatible, NAT64, 6to4.
fn carried_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let low = |segments: [u16; 2]| {
        Ipv4Addr::from_bits(u32::from(segments[0]) << 16 | u32::from(segments[1]))
    };
    match address.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, a, b]
        | [0x64, 0xff9b, 0, 0, 0, 0, a, b]
        | [0x2002, a, b, ..] => Some(low([a, b])),
        _ => None,
    }
}

/// The address a URL spells out, in whichever spelling: the URL parser has read decimal, octal and
/// hexadecimal forms already.
pub(super) fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(v4) => Some(IpAddr::V4(v4)),
        Host::Ipv6(v6) => Some(IpAddr::V6(v6)),
        Host::Domain(name) => name.trim_end_matches('.').parse().ok(),
    }
}

/// A name that leads to no address it may.
#[derive(Debug)]
pub(super) struct NotPublic(pub(super) String);

impl fmt::Display for NotPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} has only addresses inside this network, and no configuration names it",
            self.0
        )
    }
}

impl Error for NotPublic {}

/// A name that cannot be resolved.
#[derive(Debug)]
pub(super) struct NoAddress(pub(super) String);

impl fmt::Display for NoAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for NoAddress {}

/// Resolves names for connections. Every connection takes its address from here, so a name cannot
/// be checked with one address and reached at another.
pub(super) struct Resolver {
    /// Whether any address is fine.
    pub(super) unguarded: bool,
    /// Names that may be anywhere all the same: those of the proxies.
    pub(super) proxies: Arc<[String]>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let unguarded = self.unguarded || self.proxies.contains(&host);
        Box::pin(async move {
            let mut addresses: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), 0))
                .await
                .map_err(|error| NoAddress(cannot_resolve(&host, &error)))?
                .collect();
            if addresses.is_empty() {
                return Err(NoAddress(format!("cannot resolve {host}: no addresses")).into());
            }
            addresses.retain(|address| unguarded || is_public(address.ip()));
            if addresses.is_empty() {
                return Err(NotPublic(host).into());
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// The system's reason behind its prefix, which is the same for all.
fn cannot_resolve(host: &str, error: &std::io::Error) -> String {
    let text = error.to_string();
    let cause = text.rsplit(": ").next().unwrap_or(&text);
    format!("cannot resolve {host}: {cause}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_inside_are_known_in_every_spelling() {
        for inside in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f.0.0.1/",
            "http://0177.0.0.1/",
            "http://0/",
            "http://10.1.2.3/",
            "http://172.16.0.1/",
            "http://172.31.255.255/",
            "http://192.168.0.1/",
            "http://100.64.0.1/",
            "http://100.127.255.255/",
            "http://169.254.169.254/",
            "http://192.0.0.192/",
            "http://198.19.0.1/",
            "http://224.0.0.1/",
            "http://255.255.255.255/",
            "http://[::]/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:a9fe:a9fe]/",
            "http://[::7f00:1]/",
            "http://[64:ff9b::10.0.0.1]/",
            "http://[64:ff9b:1::1]/",
            "http://[2002:7f00:1::]/",
            "http://[2001:0:1::1]/",
            "http://[2001:db8::1]/",
            "http://[fc00::1]/",
            "http://[fd12:3456::1]/",
            "http://[fe80::1]/",
            "http://[fec0::1]/",
            "http://[ff02::1]/",
        ] {
            let url = Url::parse(inside).unwrap();
            assert_eq!(literal(&url).map(is_public), Some(false), "{inside}");
        }
    }

    #[test]
    fn public_addresses_are_let_through() {
        for public in [
            "http://1.1.1.1/",
            "http://9.255.255.255/",
            "http://11.0.0.0/",
            "http://100.63.255.255/",
            "http://100.128.0.0/",
            "http://172.15.255.255/",
            "http://172.32.0.0/",
            "http://223.255.255.255/",
            "http://[2606:4700::1111]/",
            "http://[2001:4860::8888]/",
            "http://[2002:101:101::]/",
            "http://[::ffff:1.1.1.1]/",
        ] {
            let url = Url::parse(public).unwrap();
            assert_eq!(literal(&url).map(is_public), Some(true), "{public}");
        }
        assert_eq!(literal(&Url::parse("http://a.example/").unwrap()), None);
    }

    #[tokio::test]
    async fn a_name_is_judged_by_its_addresses() {
        let resolver = |unguarded, proxies: &[String]| Resolver {
            unguarded,
            proxies: proxies.into(),
        };
        let name = || "localhost".parse::<Name>().unwrap();
        let refused = resolver(false, &[]).resolve(name()).await.err().unwrap();
        assert!(refused.is::<NotPublic>(), "{refused}");
        assert!(resolver(true, &[]).resolve(name()).await.is_ok());
        let proxy = ["localhost".to_owned()];
        assert!(resolver(false, &proxy).resolve(name()).await.is_ok());
    }
}
