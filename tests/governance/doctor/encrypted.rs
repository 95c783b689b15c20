//! Faults of TLS, with a modkeep that serves it.

use super::machine::{Machine, tls};

fn serving(certificate: &str) -> Machine {
    let (certificate, key) = (tls(certificate), tls("key.pem"));
    let mut machine = Machine::with_modkeep(&["--tls-cert", &certificate, "--tls-key", &key]);
    machine.set("SSL_CERT_FILE", &tls("authority.pem"));
    machine
}

#[test]
fn a_good_certificate_is_believed() {
    serving("good.pem").is_well(&[]);
}

#[test]
fn certificates_that_go_does_not_believe() {
    for (certificate, says) in [
        ("expired.pem", "expired on 2021-01-01"),
        ("early.pem", "not valid before 2110-01-01"),
        ("elsewhere.pem", "is for other.example, not for 127.0.0.1"),
    ] {
        serving(certificate).finds("tls.certificate", says);
    }
}

#[test]
fn an_authority_that_is_not_trusted() {
    let mut machine = serving("good.pem");
    machine.set("SSL_CERT_FILE", &tls("stranger.pem"));
    machine.finds("tls.certificate", "CN=authority, O=Tests of modkeep");
}

#[test]
fn the_wrong_scheme_on_either_side() {
    let mut plain = Machine::new();
    let url = plain.upstream.url().replace("http://", "https://");
    plain.set("GOPROXY", &url);
    plain.finds("tls.handshake", "speaks no TLS");
    let mut encrypted = serving("good.pem");
    let url = encrypted.server().url().replace("https://", "http://");
    encrypted.set("GOPROXY", &url);
    encrypted.finds("http.answer", "the port speaks TLS");
}

/// Go believes a server whose certificate is itself among the authorities.
#[test]
fn an_authority_as_server_is_no_failure() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/builds/testdata/tls"
    );
    let (certificate, key) = (format!("{folder}/cert.pem"), format!("{folder}/key.pem"));
    let mut machine = Machine::with_modkeep(&["--tls-cert", &certificate, "--tls-key", &key]);
    machine.set("SSL_CERT_FILE", &certificate);
    machine.is_well(&[]);
}
