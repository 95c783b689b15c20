//! Certificate and key.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::{ServerError, TlsFiles};

/// Reads both files and makes an acceptor that offers HTTP/2 and HTTP/1.1. Blocking.
pub(crate) fn acceptor(files: &TlsFiles) -> Result<TlsAcceptor, ServerError> {
    let (certificates, key) = (&files.certificates, &files.key);
    let bad = |path: &std::path::Path, reason: &dyn std::fmt::Display| {
        ServerError::Tls(format!("{}: {reason}", path.display()))
    };
    let chain: Vec<_> = CertificateDer::pem_file_iter(certificates)
        .and_then(Iterator::collect)
        .map_err(|error| bad(certificates, &error))?;
    if chain.is_empty() {
        return Err(bad(certificates, &"no certificate in PEM in it"));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| bad(key, &error))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| ServerError::Tls(error.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(|error| {
            bad(
                certificates,
                &format!("does not go with {}: {error}", key.display()),
            )
        })?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn testdata(name: &str) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("testdata/tls")
            .join(name)
    }

    #[test]
    fn files_that_do_not_fit_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let empty = folder.path().join("empty.pem");
        std::fs::write(&empty, "").unwrap();
        let absent = folder.path().join("absent.pem");
        let (certificate, key) = (testdata("certificate.pem"), testdata("key.pem"));
        for (certificates, key, named) in [
            (&absent, &key, &absent),
            (&empty, &key, &empty),
            (&key, &key, &key),
            (&certificate, &absent, &absent),
            (&certificate, &empty, &empty),
            (&certificate, &certificate, &certificate),
        ] {
            let files = TlsFiles {
                certificates: certificates.clone(),
                key: key.clone(),
            };
            let Err(error) = acceptor(&files) else {
                panic!("{files:?} are of no use");
            };
            let text = error.to_string();
            assert!(text.starts_with(named.to_str().unwrap()), "{text}");
        }
    }
}
