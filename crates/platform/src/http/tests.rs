use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use bytes::Bytes;

/// A server that sends `answers`, one a connection, and then closes it; gives the heads of the requests.
async fn serve(
    answers: Vec<Vec<u8>>,
) -> (SocketAddr, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, heads) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.unwrap());
            }
            let _ = sender.send(String::from_utf8(head).unwrap().to_ascii_lowercase());
            let _ = stream.write_all(&answer).await;
        }
    });
    (address, heads)
}

fn client(env: &[(&str, &str)], listed: &[SocketAddr]) -> HttpClient {
    client_with(Limits::default(), env, listed)
}

fn client_with(limits: Limits, env: &[(&str, &str)], listed: &[SocketAddr]) -> HttpClient {
    let options = HttpOptions {
        limits,
        extra_ca: None,
        env: env.iter().copied().collect(),
        listed: listed.iter().map(|address| url(*address)).collect(),
    };
    HttpClient::new(options).unwrap()
}

fn url(address: SocketAddr) -> Url {
    Url::parse(&format!("http://{address}/")).unwrap()
}

fn get(url: Url) -> HttpRequest {
    HttpRequest {
        url,
        headers: HeaderMap::new(),
        login: None,
        first_byte: None,
        configured: true,
    }
}

fn answer(head: &str, body: &[u8]) -> Vec<u8> {
    [
        format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n").as_bytes(),
        body,
    ]
    .concat()
}

async fn body_of(head: &str, body: &[u8], limit: u64) -> Result<Bytes, HttpError> {
    let (address, _heads) = serve(vec![answer(head, body)]).await;
    let response = client(&[], &[]).get(get(url(address))).await?;
    response.body.collect(limit).await
}

#[tokio::test]
async fn bodies_come_whole_or_not_at_all() {
    let body = body_of("200 OK\r\nContent-Length: 5", b"hello", 5).await;
    assert_eq!(body.unwrap(), "hello");
    let body = body_of("200 OK", b"to the end", 100).await;
    assert_eq!(body.unwrap(), "to the end");
    let short = body_of("200 OK\r\nContent-Length: 9", b"hello", 9).await;
    assert!(matches!(short, Err(HttpError::Truncated(_))), "{short:?}");
    let cut = body_of("200 OK\r\nTransfer-Encoding: chunked", b"3\r\nabc\r\n", 9).await;
    assert!(matches!(cut, Err(HttpError::Truncated(_))), "{cut:?}");
    for head in ["200 OK\r\nContent-Length: 5", "200 OK"] {
        let large = body_of(head, b"hello", 4).await;
        assert!(matches!(large, Err(HttpError::TooLarge(_))), "{large:?}");
    }
}

#[tokio::test]
async fn encodings_are_undone_within_the_limit_or_refused() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut encoder, &vec![0; 4 << 20]).unwrap();
    let bomb = encoder.finish().unwrap();
    let head = format!(
        "200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}",
        bomb.len()
    );
    let whole = body_of(&head, &bomb, 4 << 20).await.unwrap();
    assert_eq!(whole.len(), 4 << 20);
    let over = body_of(&head, &bomb, 1 << 20).await;
    assert!(matches!(over, Err(HttpError::TooLarge(_))), "{over:?}");
    let other = body_of("200 OK\r\nContent-Encoding: br", b"x", 9).await;
    assert!(matches!(other, Err(HttpError::Encoding(_))), "{other:?}");
}

#[tokio::test]
async fn silence_has_its_deadlines() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = url(listener.local_addr().unwrap());
    let short = Limits {
        first_byte: Duration::from_millis(50),
        ..Limits::default()
    };
    let client = client_with(short, &[], &[]);
    let error = client.get(get(silent)).await.err().unwrap();
    let first = HttpError::Timeout {
        phase: Phase::FirstByte,
        text: format!(
            "{} did not answer within 50ms",
            listener.local_addr().unwrap()
        ),
    };
    assert_eq!(error, first);

    let open = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = open.local_addr().unwrap();
    let short = Limits {
        stall: Duration::from_millis(50),
        ..Limits::default()
    };
    let client = client_with(short, &[], &[]);
    let asked = tokio::spawn(async move { client.get(get(url(address))).await });
    let (mut stream, _) = open.accept().await.unwrap();
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc";
    stream.write_all(head).await.unwrap();
    let response = asked.await.unwrap().unwrap();
    let error = response.body.collect(9).await.unwrap_err();
    let stalled = matches!(
        error,
        HttpError::Timeout {
            phase: Phase::Stall,
            ..
        }
    );
    assert!(stalled, "{error}");
}

#[tokio::test]
async fn a_refused_connection_is_said_in_plain_words() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = client(&[], &[]).get(get(url(address))).await.err().unwrap();
    let text = format!("cannot connect to {address}: connection refused");
    assert_eq!(error, HttpError::Connect(text));
    let (address, _heads) = serve(vec![Vec::new()]).await;
    let error = client(&[], &[]).get(get(url(address))).await.err().unwrap();
    assert!(matches!(error, HttpError::Connect(_)), "{error}");
    assert!(
        error.to_string().contains("broke off before it answered"),
        "{error}"
    );
}

#[tokio::test]
async fn a_failed_handshake_is_told_from_a_failed_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        let _ = stream.read(&mut [0; 1024]).await;
        std::future::pending::<()>().await;
    });
    let https = Url::parse(&format!("https://{address}/")).unwrap();
    let error = client(&[], &[]).get(get(https)).await.err().unwrap();
    assert!(matches!(error, HttpError::Tls(_)), "{error:?}");
    let text = format!("TLS with {address} failed: ");
    assert!(error.to_string().starts_with(&text), "{error}");
}

#[tokio::test]
async fn redirects_have_one_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = listener.local_addr().unwrap();
    let moved = answer(&format!("302 Found\r\nLocation: http://{silent}/"), b"");
    let (address, _heads) = serve(vec![moved]).await;
    let mut request = get(url(address));
    request.first_byte = Some(Duration::from_millis(50));
    let error = client(&[], &[silent]).get(request).await.err().unwrap();
    let text = format!("{address} did not answer within 50ms");
    assert_eq!(error.to_string(), text);
}

#[tokio::test]
async fn redirects_stay_where_they_may_go() {
    let (other, _heads) = serve(vec![answer("200 OK\r\nContent-Length: 2", b"ok")]).await;
    for (target, why) in [
        (format!("http://{other}/x"), "inside this network"),
        (
            "http://169.254.169.254/latest".into(),
            "inside this network",
        ),
        ("http://[::ffff:127.0.0.1]/".into(), "inside this network"),
        ("http://2130706433/".into(), "inside this network"),
        ("//0x7f000001:80/".into(), "inside this network"),
        ("http://localhost:1/".into(), "inside this network"),
        ("ftp://a.example/".into(), "no web address"),
        ("http://".into(), "no address"),
    ] {
        let moved = answer(&format!("302 Found\r\nLocation: {target}"), b"");
        let (address, _heads) = serve(vec![moved]).await;
        let error = client(&[], &[]).get(get(url(address))).await.err().unwrap();
        assert!(
            matches!(error, HttpError::Forbidden(_)),
            "{target}: {error}"
        );
        assert!(error.to_string().contains(why), "{target}: {error}");
    }
    let moved = answer(&format!("302 Found\r\nLocation: http://{other}/x"), b"");
    let (address, _heads) = serve(vec![moved]).await;
    let response = client(&[], &[other]).get(get(url(address))).await.unwrap();
    assert_eq!(response.url.as_str(), format!("http://{other}/x"));
    assert_eq!(response.body.collect(2).await.unwrap(), "ok");
}

#[test]
fn https_never_becomes_http() {
    let from = Url::parse("https://a.example/x").unwrap();
    let error = redirect(&from, &HeaderValue::from_static("http://a.example/x")).unwrap_err();
    let text = "a.example redirects from https to http at a.example; not followed";
    assert_eq!(error, HttpError::Forbidden(text.to_owned()));
    let to = redirect(&from, &HeaderValue::from_static("../y")).unwrap();
    assert_eq!(to.as_str(), "https://a.example/y");
}

#[tokio::test]
async fn a_loop_ends_after_the_limit() {
    let again = answer("301 Moved\r\nLocation: /again", b"");
    let (address, mut heads) = serve(vec![again; 12]).await;
    let error = client(&[], &[]).get(get(url(address))).await.err().unwrap();
    let text = format!("{address} stopped after 10 redirects");
    assert_eq!(error, HttpError::Forbidden(text));
    let mut count = 0;
    while heads.try_recv().is_ok() {
        count += 1;
    }
    assert_eq!(count, 11);
}

#[tokio::test]
async fn credentials_stay_with_their_origin() {
    let (second, mut seen) = serve(vec![answer("200 OK", b"")]).await;
    let there = answer(&format!("307 T\r\nLocation: http://u:p@{second}/#x"), b"");
    let here = answer("302 Found\r\nLocation: /here", b"");
    let (first, mut heads) = serve(vec![here, there]).await;
    let mut request = get(Url::parse(&format!("http://a:b@{first}/")).unwrap());
    request.login = Some(Login::Basic {
        user: "user".into(),
        password: "secret".into(),
    });
    client(&[], &[second]).get(request).await.unwrap();
    for path in ["get / http/1.1", "get /here http/1.1"] {
        let head = heads.recv().await.unwrap();
        assert!(head.starts_with(path), "{head}");
        assert!(
            head.contains("authorization: basic dxnlcjpzzwnyzxq="),
            "{head}"
        );
        assert!(head.contains("accept-encoding: identity"), "{head}");
    }
    let head = seen.recv().await.unwrap();
    assert!(!head.contains("authorization"), "{head}");
    assert!(
        !head.contains("referer") && !head.contains("cookie"),
        "{head}"
    );
}

#[tokio::test]
async fn the_proxy_of_the_environment_is_asked() {
    let (proxy, mut heads) = serve(vec![answer("200 OK\r\nContent-Length: 2", b"ok")]).await;
    let proxy = format!("http://user:pw@{proxy}");
    let client = client(&[("http_proxy", &proxy)], &[]);
    let target = Url::parse("http://a.example/x").unwrap();
    let response = client.get(get(target)).await.unwrap();
    assert_eq!(response.body.collect(9).await.unwrap(), "ok");
    let head = heads.recv().await.unwrap();
    assert!(
        head.starts_with("get http://a.example/x http/1.1"),
        "{head}"
    );
    assert!(head.contains("proxy-authorization: basic"), "{head}");
}
