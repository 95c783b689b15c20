//! What is not encrypted on a port that is, and the other way round.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::ground::{Ground, rest};

fn testdata(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../server/testdata/tls")
        .join(name)
}

fn encrypted() -> Ground {
    let [certificate, key] = ["certificate.pem", "key.pem"].map(testdata);
    let arguments = ["--tls-cert", certificate.to_str().unwrap(), "--tls-key"];
    let arguments = [&arguments[..], &[key.to_str().unwrap()]].concat();
    Ground::with("[limits]\nhandshake = \"1s\"\n", &arguments)
}

/// Asks over TLS, as one who trusts the certificate.
fn ask(ground: &Ground, path: &str) -> String {
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_file(testdata("certificate.pem")).unwrap();
    roots.add(certificate).unwrap();
    let config = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let session = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(session, ground.connect());
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).unwrap();
    said
}

#[test]
fn what_is_not_tls_ends_and_disturbs_nobody() {
    let mut ground = encrypted();
    let mut hello = vec![0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3];
    hello.extend([0; 500]);
    let noise = vec![0xff; 70_000];
    let table: [&[u8]; 7] = [
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\0\0\0\0",
        &noise,
        &hello,
        // Silence, and a handshake that stops: ended by the deadline.
        b"",
        &hello[..40],
    ];
    for bytes in table {
        let mut connection = ground.connect();
        let _ = connection.write_all(bytes);
        let heard = rest(&mut connection);
        assert!(
            !heard.starts_with(b"HTTP/"),
            "plain text on an encrypted port"
        );
    }
    let said = ask(&ground, "/healthz");
    assert!(
        said.starts_with("HTTP/1.1 200 OK") && said.ends_with("ok\n"),
        "{said}"
    );
    let said = ask(&ground, "/example.com/../@v/list");
    assert!(said.starts_with("HTTP/1.1 404"), "{said}");
    assert!(ground.server.is_alive());
    assert!(
        !ground.server.said().contains("panicked"),
        "{}",
        ground.server.said()
    );
}

/// A handshake that is heard by a port without TLS is a bad request.
#[test]
fn tls_on_a_plain_port_is_a_bad_request() {
    let mut ground = Ground::new();
    let session = ClientConnection::new(
        Arc::new(
            ClientConfig::builder()
                .with_root_certificates(RootCertStore::empty())
                .with_no_client_auth(),
        ),
        ServerName::try_from("localhost").unwrap(),
    );
    let mut hello = Vec::new();
    session.unwrap().write_tls(&mut hello).unwrap();
    let heard = ground.say(&hello);
    let heard = String::from_utf8_lossy(&heard);
    assert!(
        heard.is_empty() || heard.starts_with("HTTP/1.1 400"),
        "{heard}"
    );
    ground.is_well();
}
