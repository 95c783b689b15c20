//! Connections of our own, so that each step can fail by itself: the name, the
//! port, the HTTP proxy's tunnel.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use platform::ProxyRules;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

use super::situation::host_of;

/// Longest head of an HTTP proxy's answer that is read: a status and its headers.
const HEAD_BYTES: usize = 16 << 10;

/// Where one connects for `url`: the HTTP proxy's host and port, or its own.
pub(super) fn first_hop(proxies: &ProxyRules, url: &Url) -> (String, u16) {
    match proxies.proxy_for(url) {
        Some(proxy) => proxy_address(proxy),
        None => host_of(url),
    }
}

/// Host and port of an HTTP proxy.
pub(super) fn proxy_address(proxy: &Url) -> (String, u16) {
    let (host, _) = host_of(proxy);
    (host, proxy.port_or_known_default().unwrap_or(80))
}

/// `host:port` as people write it.
pub(super) fn written(host: &str, port: u16) -> String {
    if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

/// The addresses of a name, by the system's resolver.
pub(super) async fn resolve(
    host: &str,
    port: u16,
    within: Duration,
) -> Result<Vec<SocketAddr>, String> {
    let found = match timeout(within, tokio::net::lookup_host((host, port))).await {
        Ok(Ok(found)) => found.collect::<Vec<_>>(),
        Ok(Err(error)) => return Err(no_address(host, &error)),
        Err(_) => {
            return Err(format!(
                "{host}: the resolver did not answer within {within:?}"
            ));
        }
    };
    if found.is_empty() {
        return Err(format!("{host} has no address"));
    }
    Ok(found)
}

/// The resolver's words say whether the name is unknown or the resolver is ill.
fn no_address(host: &str, error: &io::Error) -> String {
    let text = error.to_string();
    let cause = text.rsplit(": ").next().unwrap_or(&text);
    if cause.contains("Temporary failure") {
        format!(
            "{host}: no name server answered (SERVFAIL or unreachable; the resolver says: {cause})"
        )
    } else if cause.contains("not known") || cause.contains("No address associated") {
        format!("{host}: no such name (NXDOMAIN; the resolver says: {cause})")
    } else {
        format!("{host}: the resolver says: {cause}")
    }
}

/// Connects to one address.
pub(super) async fn connect_to(address: SocketAddr, within: Duration) -> Result<TcpStream, String> {
    match timeout(within, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => Err(format!("{address}: {}", error.kind())),
        Err(_) => Err(format!("{address}: no answer within {within:?}")),
    }
}

/// Connects to a host by the first of its addresses that takes it.
pub(super) async fn connect(host: &str, port: u16, within: Duration) -> Result<TcpStream, String> {
    let mut last = String::new();
    for address in resolve(host, port, within).await? {
        match connect_to(address, within).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Why a tunnel was not opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NoTunnel {
    /// The proxy answered with this status line.
    Status(u16, String),
    /// It did not answer, or not in HTTP.
    Broken(String),
}

/// Connects to the host of `url`, by the HTTP proxy that the variables name, if they do.
pub(super) async fn reach(
    proxies: &ProxyRules,
    url: &Url,
    within: Duration,
) -> Result<TcpStream, NoTunnel> {
    let (host, port) = first_hop(proxies, url);
    let stream = connect(&host, port, within).await;
    let stream = stream.map_err(NoTunnel::Broken)?;
    match proxies.proxy_for(url) {
        Some(proxy) if proxy.scheme() == "http" && url.scheme() == "https" => {
            tunnel(stream, proxy, url, within).await
        }
        _ => Ok(stream),
    }
}

/// Asks an HTTP proxy for a way to the host of `url`.
async fn tunnel(
    mut stream: TcpStream,
    proxy: &Url,
    url: &Url,
    within: Duration,
) -> Result<TcpStream, NoTunnel> {
    let (host, port) = host_of(url);
    let target = written(&host, port);
    let head = format!(
        "CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{}\r\n",
        authorization(proxy)
    );
    match exchange(&mut stream, &head, within).await? {
        (200..300, _) => Ok(stream),
        (status, line) => Err(NoTunnel::Status(status, line)),
    }
}

/// Asks for a plain URL through an HTTP proxy; gives the status it answers.
pub(super) async fn ask_through(
    proxy: &Url,
    url: &Url,
    within: Duration,
) -> Result<(u16, String), NoTunnel> {
    let (host, port) = proxy_address(proxy);
    let stream = connect(&host, port, within).await;
    let mut stream = stream.map_err(NoTunnel::Broken)?;
    let (host, port) = host_of(url);
    let head = format!(
        "GET {url} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{}\r\n",
        written(&host, port),
        authorization(proxy)
    );
    exchange(&mut stream, &head, within).await
}

/// Whether the host of `url` answers plain HTTP.
pub(super) async fn speaks_http(proxies: &ProxyRules, url: &Url, within: Duration) -> bool {
    let Ok(mut stream) = reach(proxies, url, within).await else {
        return false;
    };
    let (host, port) = host_of(url);
    let head = format!(
        "HEAD / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
        written(&host, port)
    );
    exchange(&mut stream, &head, within).await.is_ok()
}

/// The header that logs in at a proxy whose URL has a user.
fn authorization(proxy: &Url) -> String {
    if proxy.username().is_empty() && proxy.password().is_none() {
        return String::new();
    }
    let plain = format!(
        "{}:{}",
        unescape(proxy.username()),
        unescape(proxy.password().unwrap_or_default())
    );
    format!(
        "Proxy-Authorization: Basic {}\r\n",
        base64(plain.as_bytes())
    )
}

/// `%41` as `A`.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        let digits = behind
            .get(..2)
            .and_then(|two| std::str::from_utf8(two).ok());
        let byte = digits.and_then(|two| u8::from_str_radix(two, 16).ok());
        if let Some(byte) = byte.filter(|_| first == b'%') {
            bytes.push(byte);
            rest = &behind[2..];
        } else {
            bytes.push(first);
            rest = behind;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three
            .iter()
            .chain([0, 0].iter())
            .take(3)
            .fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        for place in 0..4 {
            if place <= three.len() {
                text.push(char::from(LETTERS[bits >> (18 - 6 * place) & 63]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

/// Sends a head, and reads the status of the answer and the rest of its head.
async fn exchange(
    stream: &mut TcpStream,
    head: &str,
    within: Duration,
) -> Result<(u16, String), NoTunnel> {
    let broken = |why: String| NoTunnel::Broken(why);
    let talk = async {
        stream.write_all(head.as_bytes()).await?;
        let mut received = Vec::new();
        // Byte by byte: what follows the head belongs to the tunnel.
        while !received.ends_with(b"\r\n\r\n") && received.len() < HEAD_BYTES {
            match stream.read_u8().await {
                Ok(byte) => received.push(byte),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break,
                Err(error) => return Err(error),
            }
        }
        Ok(received)
    };
    let received = match timeout(within, talk).await {
        Ok(Ok(received)) => received,
        Ok(Err(error)) => return Err(broken(error.kind().to_string())),
        Err(_) => return Err(broken(format!("it did not answer within {within:?}"))),
    };
    let text = String::from_utf8_lossy(&received);
    let line = text.lines().next().unwrap_or_default().trim();
    let status = line
        .strip_prefix("HTTP/1.")
        .and_then(|rest| rest.get(2..5)?.parse().ok());
    match status {
        Some(status) => Ok((status, line.chars().take(100).collect())),
        None => Err(broken("it does not speak HTTP".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_written_as_http_wants_them() {
        for (text, wanted) in [
            ("", ""),
            ("a", "YQ=="),
            ("ab", "YWI="),
            ("abc", "YWJj"),
            ("Aladdin:open sesame", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
        ] {
            assert_eq!(base64(text.as_bytes()), wanted, "{text:?}");
        }
        let proxy = Url::parse("http://user:p%40ss@proxy.example").unwrap();
        assert_eq!(
            authorization(&proxy),
            "Proxy-Authorization: Basic dXNlcjpwQHNz\r\n"
        );
        let plain = Url::parse("http://proxy.example").unwrap();
        assert_eq!(authorization(&plain), "");
    }
}
