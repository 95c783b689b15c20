//! Zips: walks along a chain, breaks, and what may be resumed.

use bytes::Bytes;
use origin::{OriginError, ZipBody};
use platform::{Clock, Limits};

use crate::server::{Act, Server, answer, ok};
use crate::{Setup, kind_of, module, setup, setup_with, short};

const ZIP: &[u8] = b"PK\x03\x04 and so on: thirty bytes..";

async fn open(setup: &Setup) -> Result<ZipBody, OriginError> {
    setup.origins.zip(&setup.chain, &module()).next(None).await
}

async fn read(setup: &Setup) -> Result<Vec<u8>, OriginError> {
    let mut body = open(setup).await?;
    collect(&mut body).await
}

async fn collect(body: &mut ZipBody) -> Result<Vec<u8>, OriginError> {
    let mut all = Vec::new();
    while let Some(chunk) = body.chunk().await? {
        all.extend_from_slice(&chunk);
    }
    Ok(all)
}

/// The whole zip promised, its first bytes sent, then a reset.
fn broken_at(headers: &str, sent: usize) -> Vec<Act> {
    let mut whole = answer("200 OK", headers, ZIP);
    whole.truncate(whole.len() - ZIP.len() + sent);
    vec![Act::Send(whole), Act::Reset]
}

#[tokio::test]
async fn a_zip_comes_with_or_without_length() {
    let server = Server::same(ok(ZIP)).await;
    let setup_one = setup(&server.url);
    let body = open(&setup_one).await.unwrap();
    assert_eq!(body.length(), Some(ZIP.len() as u64));
    assert_eq!(&**body.upstream(), server.url);
    assert_eq!(read(&setup_one).await.unwrap(), ZIP);
    assert_eq!(setup_one.told(), ["zip", "zip"]);

    let size = ZIP.len();
    let mut chunked =
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{size:x}\r\n").into_bytes();
    chunked.extend_from_slice(ZIP);
    let cut = chunked.clone();
    chunked.extend_from_slice(b"\r\n0\r\n\r\n");
    let setup_two = setup(&Server::same(chunked).await.url);
    assert_eq!(open(&setup_two).await.unwrap().length(), None);
    assert_eq!(read(&setup_two).await.unwrap(), ZIP);

    let setup_three = setup(
        &Server::start(move |_, _| vec![Act::Send(cut.clone()), Act::Reset])
            .await
            .url,
    );
    let error = read(&setup_three).await.unwrap_err();
    assert_eq!(kind_of(&error), "truncated", "{error}");
}

#[tokio::test]
async fn a_break_is_resumed_by_a_strong_etag() {
    let server = Server::start(|_, before| {
        let rest = |from: usize| {
            let range = format!("ETag: \"x\"\r\nContent-Range: bytes {from}-29/30");
            answer("206 Partial Content", &range, &ZIP[from..])
        };
        match before {
            0 => broken_at("ETag: \"x\"", 10),
            1 => {
                let mut some = rest(10);
                some.truncate(some.len() - 10);
                vec![Act::Send(some), Act::Reset]
            }
            _ => vec![Act::Send(rest(20))],
        }
    })
    .await;
    assert_eq!(ZIP.len(), 30);
    assert_eq!(read(&setup(&server.url)).await.unwrap(), ZIP);
    let heads = server.heads();
    assert_eq!(heads.len(), 3);
    assert!(!heads[0].contains("range"), "{}", heads[0]);
    for (head, from) in [(&heads[1], 10), (&heads[2], 20)] {
        assert!(
            head.contains(&format!("\r\nrange: bytes={from}-\r\n")),
            "{head}"
        );
        assert!(head.contains("\r\nif-range: \"x\"\r\n"), "{head}");
    }
}

#[tokio::test]
async fn what_is_not_exactly_the_rest_is_refused() {
    let partial = |headers: &str, body: &[u8]| answer("206 Partial Content", headers, body);
    let right = "Content-Range: bytes 10-29/30";
    for (name, etag, second) in [
        ("no etag", "X: y", partial(right, &ZIP[10..])),
        ("weak etag", "ETag: W/\"x\"", partial(right, &ZIP[10..])),
        (
            "another zip",
            "ETag: \"x\"",
            answer("200 OK", "ETag: \"y\"", ZIP),
        ),
        (
            "another etag",
            "ETag: \"x\"",
            partial(&format!("ETag: \"y\"\r\n{right}"), &ZIP[10..]),
        ),
        (
            "another place",
            "ETag: \"x\"",
            partial("ETag: \"x\"\r\nContent-Range: bytes 9-29/30", &ZIP[9..]),
        ),
        (
            "another total",
            "ETag: \"x\"",
            partial("ETag: \"x\"\r\nContent-Range: bytes 10-29/31", &ZIP[10..]),
        ),
        (
            "another length",
            "ETag: \"x\"",
            partial(&format!("ETag: \"x\"\r\n{right}"), &ZIP[11..]),
        ),
        (
            "no range",
            "ETag: \"x\"",
            partial("ETag: \"x\"", &ZIP[10..]),
        ),
        ("gone", "ETag: \"x\"", answer("404 Not Found", "", "")),
    ] {
        let server = Server::start(move |_, before| match before {
            0 => broken_at(etag, 10),
            _ => vec![Act::Send(second.clone())],
        })
        .await;
        let error = read(&setup(&server.url)).await.unwrap_err();
        assert_eq!(kind_of(&error), "truncated", "{name}: {error}");
        let asked = if etag == "ETag: \"x\"" { 2 } else { 1 };
        assert_eq!(server.requests(), asked, "{name}");
    }
}

#[tokio::test]
async fn resuming_without_progress_ends() {
    let server = Server::start(|_, before| {
        if before == 0 {
            return broken_at("ETag: \"x\"", 10);
        }
        let headers = "ETag: \"x\"\r\nContent-Range: bytes 10-29/30";
        let mut head = answer("206 Partial Content", headers, &ZIP[10..]);
        head.truncate(head.len() - 20);
        vec![Act::Send(head), Act::Reset]
    })
    .await;
    let error = read(&setup(&server.url)).await.unwrap_err();
    assert_eq!(kind_of(&error), "truncated", "{error}");
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn a_stall_within_a_zip_is_a_timeout() {
    let server = Server::start(|_, _| {
        let mut acts = broken_at("", 10);
        acts[1] = Act::Stall;
        acts
    })
    .await;
    let error = read(&setup(&server.url)).await.unwrap_err();
    assert_eq!(kind_of(&error), "timeout", "{error}");
    assert!(error.to_string().contains("after 10 bytes"), "{error}");
}

#[tokio::test]
async fn what_is_no_zip_is_named() {
    let html = "Content-Type: text/html";
    let limits = || Limits {
        zip_bytes: 29,
        ..short()
    };
    let endless = [b"HTTP/1.0 200 OK\r\n\r\n", ZIP].concat();
    for (name, reply, limits) in [
        ("html", answer("200 OK", html, ZIP), short()),
        ("portal", ok("<html>"), short()),
        ("too large", ok(ZIP), limits()),
        ("too large, not said", endless, limits()),
    ] {
        let server = Server::start(move |_, _| vec![Act::Send(reply.clone()), Act::Reset]).await;
        let setup = setup_with(&server.url, limits, Clock::system(), Vec::new());
        let error = read(&setup).await.unwrap_err();
        assert_eq!(kind_of(&error), "invalid", "{name}: {error}");
    }
}

#[tokio::test]
async fn a_gzip_bomb_ends_at_the_limit() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut encoder, &vec![b'P'; 8 << 20]).unwrap();
    let bomb = answer(
        "200 OK",
        "Content-Encoding: gzip",
        encoder.finish().unwrap(),
    );
    let server = Server::same(bomb).await;
    let limits = Limits {
        zip_bytes: 1 << 20,
        ..short()
    };
    let setup = setup_with(&server.url, limits, Clock::system(), Vec::new());
    let mut body = open(&setup).await.unwrap();
    assert_eq!(body.length(), None);
    let mut received = 0;
    let error = loop {
        match body.chunk().await {
            Ok(Some(chunk)) => received += chunk.len(),
            Ok(None) => panic!("a bomb of {received} bytes went through"),
            Err(error) => break error,
        }
    };
    assert_eq!(kind_of(&error), "invalid", "{error}");
    assert!(received <= 1 << 20);
}

#[tokio::test]
async fn a_walk_goes_on_only_as_its_chain_allows() {
    let gone = Server::same(answer("404 Not Found", "", "")).await;
    let first = Server::start(|_, _| broken_at("", 10)).await;
    let second = Server::same(ok(ZIP)).await;
    let list = |separator: char| format!("{},{}{separator}{}", gone.url, first.url, second.url);
    let failed = async |setup: &Setup| {
        let mut walk = setup.origins.zip(&setup.chain, &module());
        let mut body = walk.next(None).await.unwrap();
        assert_eq!(&**body.upstream(), first.url);
        let error = collect(&mut body).await.unwrap_err();
        (walk, error)
    };

    let comma = setup(&list(','));
    let (mut walk, error) = failed(&comma).await;
    let back = walk.next(Some(error.clone())).await.err().unwrap();
    assert_eq!(back.to_string(), error.to_string());
    assert_eq!(second.requests(), 0);

    let bar = setup(&list('|'));
    let (mut walk, error) = failed(&bar).await;
    let mut body = walk.next(Some(error)).await.unwrap();
    assert_eq!(&**body.upstream(), second.url);
    assert_eq!(collect(&mut body).await.unwrap(), ZIP);
    let wrong = OriginError::Invalid {
        text: "another zip".to_owned(),
        upstream: second.url.clone(),
    };
    let end = walk.next(Some(wrong)).await.err().unwrap();
    assert_eq!(end.to_string(), "another zip");
    assert!(walk.next(None).await.is_err());
}

#[tokio::test]
async fn a_zip_comes_from_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let versions = folder.path().join("a.example/!m/@v");
    std::fs::create_dir_all(&versions).unwrap();
    let setup = setup(&format!("file://{}", folder.path().display()));
    let error = read(&setup).await.unwrap_err();
    assert_eq!(kind_of(&error), "absent", "{error}");
    let zip = [ZIP, &vec![7; 700_000]].concat();
    std::fs::write(versions.join("v1.0.0.zip"), &zip).unwrap();
    let mut body = open(&setup).await.unwrap();
    assert_eq!(body.length(), Some(zip.len() as u64));
    let chunk: Bytes = body.chunk().await.unwrap().unwrap();
    assert!(chunk.len() <= Limits::default().chunk_bytes);
    assert!(read(&setup).await.unwrap() == zip);
}
