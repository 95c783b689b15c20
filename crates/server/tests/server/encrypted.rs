//! HTTPS and HTTP/2.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::time::Duration;

use platform::Limits;
use reqwest::{Certificate, Client, Version};
use server::TlsFiles;
use testkit::{Module, Reply, Times};

use crate::fixture::{Server, Setup, rest};

fn testdata(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("testdata/tls")
        .join(name)
}

fn files() -> TlsFiles {
    TlsFiles {
        certificates: testdata("certificate.pem"),
        key: testdata("key.pem"),
    }
}

fn encrypted(limits: Limits) -> Server {
    Server::with(Setup {
        tls: Some(files()),
        limits,
        ..Setup::default()
    })
}

/// Runs a client's part on a runtime of its own.
fn run<T>(client: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(client)
}

fn client() -> Client {
    let certificate = std::fs::read(testdata("certificate.pem")).unwrap();
    Client::builder()
        .tls_certs_only([Certificate::from_pem(&certificate).unwrap()])
        .no_proxy()
        .timeout(Duration::from_mins(1))
        .build()
        .unwrap()
}

#[test]
fn https_speaks_http_2() {
    let server = encrypted(Limits::default());
    let module = Module::new("m.example", "v1.0.0").ballast(2 << 20);
    server.add(&module);
    let zip = module.zip_bytes();
    let url = format!("https://{}/{}", server.authority, module.url_path("zip"));
    run(async {
        let client = client();
        let cold = client.get(&url).send().await.unwrap();
        assert_eq!(
            (cold.status().as_u16(), cold.version()),
            (200, Version::HTTP_2)
        );
        assert_eq!(cold.bytes().await.unwrap(), zip);
        let head = client.head(&url).send().await.unwrap();
        assert_eq!(
            head.headers()["content-length"],
            zip.len().to_string().as_str()
        );
        let part = client
            .get(&url)
            .header("Range", "bytes=100000-1999999")
            .send()
            .await
            .unwrap();
        assert_eq!(part.status().as_u16(), 206);
        assert_eq!(part.bytes().await.unwrap(), zip[100_000..2_000_000]);
        let all = (0..100).map(|_| async {
            let answer = client.get(&url).send().await.unwrap();
            answer.bytes().await.unwrap() == zip
        });
        assert!(
            futures_util::future::join_all(all)
                .await
                .into_iter()
                .all(|same| same)
        );
        let front = client
            .get(format!("https://{}/", server.authority))
            .send()
            .await
            .unwrap();
        let text = front.text().await.unwrap();
        assert!(
            text.contains(&format!("GOPROXY=https://{}\n", server.authority)),
            "{text}"
        );
    });
}

#[test]
fn a_zip_that_breaks_off_resets_its_stream_only() {
    let server = encrypted(Limits::default());
    let module = Module::new("m.example", "v1.0.0").ballast(2 << 20);
    server.add(&module);
    let path = module.url_path("zip");
    server
        .upstream
        .script(&path, Times::Always, Reply::CloseAfter(1 << 20));
    let base = format!("https://{}", server.authority);
    run(async {
        let client = client();
        let answer = client.get(format!("{base}/{path}")).send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), answer.version()),
            (200, Version::HTTP_2)
        );
        assert!(answer.bytes().await.is_err());
        let health = client.get(format!("{base}/healthz")).send().await.unwrap();
        assert_eq!(health.status().as_u16(), 200);
    });
    server.counted(
        "modkeep_http_requests_total{route=\"zip\",method=\"GET\",code=\"502\",sli=\"bad\"",
    );
}

#[test]
fn http_2_without_encryption_is_understood() {
    let server = Server::start();
    run(async {
        let client = Client::builder()
            .http2_prior_knowledge()
            .no_proxy()
            .build()
            .unwrap();
        let answer = client
            .get(format!("http://{}/healthz", server.authority))
            .send()
            .await
            .unwrap();
        assert_eq!(
            (answer.status().as_u16(), answer.version()),
            (200, Version::HTTP_2)
        );
    });
}

#[test]
fn an_http_2_client_that_takes_nothing_is_cut() {
    let server = encrypted(Limits {
        write_stall: Duration::from_millis(200),
        ..Limits::default()
    });
    let module = Module::new("m.example", "v1.0.0").ballast(8 << 20);
    server.add(&module);
    let url = format!("https://{}/{}", server.authority, module.url_path("zip"));
    run(async {
        let client = client();
        let head = client.head(&url).send().await.unwrap();
        assert_eq!(head.status().as_u16(), 200);
        // Its body is never read, so its window stays full.
        let stalled = client.get(&url).send().await.unwrap();
        let counting = tokio::task::spawn_blocking(move || {
            server.counted("modkeep_http_client_aborts_total{route=\"zip\"} 1");
            server
        });
        let _server = counting.await.unwrap();
        assert!(stalled.bytes().await.is_err());
    });
}

#[test]
fn handshakes_that_fail_or_never_end_are_cut() {
    let server = encrypted(Limits {
        handshake: Duration::from_millis(200),
        ..Limits::default()
    });
    let mut silent = server.connect();
    assert!(matches!(silent.read(&mut [0; 1]), Ok(0)));
    let mut plain = server.connect();
    write!(plain, "GET /healthz HTTP/1.1\r\nHost: m\r\n\r\n").unwrap();
    assert!(!rest(&mut plain).contains("HTTP/1.1"));
    // Others are served all the while.
    let url = format!("https://{}/healthz", server.authority);
    assert_eq!(
        run(async { client().get(&url).send().await.unwrap().status().as_u16() }),
        200
    );
}
