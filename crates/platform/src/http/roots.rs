//! The certificate authorities that are trusted, found where `go` finds them.
//!
//! Variables come from the snapshot of the environment, never from the process, so that what a server
//! trusts can be told from its configuration. A file that is named and cannot be read is an error: to go
//! on without it would only move the failure into every request.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use super::HttpError;
use crate::EnvSnapshot;

/// Bundles, the first that exists is read (crypto/x509, `root_linux.go`).
const FILES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Folders, all are read (crypto/x509, `root_linux.go`).
const FOLDERS: [&str; 2] = ["/etc/ssl/certs", "/etc/pki/tls/certs"];

/// TLS by these authorities and those of `extra`. Blocking.
pub(super) fn tls(env: &EnvSnapshot, extra: Option<&Path>) -> Result<ClientConfig, HttpError> {
    let mut certificates = trusted_authorities(env)?;
    if let Some(path) = extra {
        let found = read(path).map_err(|why| unreadable("extra CA file", path, &why))?;
        if found.is_empty() {
            return Err(unreadable("extra CA file", path, "no certificate in it"));
        }
        certificates.extend(found);
    }
    certificates.sort_unstable_by(|a, b| a.as_ref().cmp(b.as_ref()));
    certificates.dedup();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates);
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| HttpError::Setup(format!("TLS cannot be set up: {error}")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// The certificates of the authorities that `go` trusts here, in DER: the system's, or those of `SSL_CERT_FILE`
/// and `SSL_CERT_DIR`, which take the place of its files and folders. Blocking.
///
/// # Errors
/// [`HttpError::Setup`] when `SSL_CERT_FILE` cannot be read.
pub fn trusted_authorities(env: &EnvSnapshot) -> Result<Vec<CertificateDer<'static>>, HttpError> {
    let mut certificates = Vec::new();
    match env.get("SSL_CERT_FILE") {
        Some(path) => {
            let path = Path::new(path);
            certificates = read(path).map_err(|why| unreadable("SSL_CERT_FILE", path, &why))?;
        }
        None => {
            if let Some(found) = FILES.iter().find_map(|path| read(Path::new(path)).ok()) {
                certificates = found;
            }
        }
    }
    let folders: Vec<PathBuf> = match env.get("SSL_CERT_DIR") {
        Some(paths) => paths.split(':').map(PathBuf::from).collect(),
        None => FOLDERS.iter().map(PathBuf::from).collect(),
    };
    for folder in folders {
        let Ok(entries) = std::fs::read_dir(folder) else {
            continue;
        };
        for entry in entries.flatten() {
            // A folder may hold anything; what is no certificate is passed over, as `go` does.
            certificates.extend(read(&entry.path()).unwrap_or_default());
        }
    }
    Ok(certificates)
}

/// The certificates of a PEM file; other sections in it are passed over.
fn read(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let text = std::fs::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => "no such file".to_owned(),
        kind => kind.to_string(),
    })?;
    CertificateDer::pem_slice_iter(&text)
        .collect::<Result<_, _>>()
        .map_err(|error| format!("not PEM: {error}"))
}

fn unreadable(what: &str, path: &Path, why: &str) -> HttpError {
    HttpError::Setup(format!("{what} {}: {why}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_certificate_file_is_named() {
        let env = EnvSnapshot::default();
        let missing = tls(&env, Some(Path::new("/nowhere/ca.pem"))).unwrap_err();
        assert_eq!(
            missing.to_string(),
            "extra CA file /nowhere/ca.pem: no such file"
        );
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let empty = tls(&env, Some(&manifest)).unwrap_err().to_string();
        assert!(empty.ends_with("no certificate in it"), "{empty}");
        let env = [("SSL_CERT_FILE", "/nowhere")].into_iter().collect();
        let error = tls(&env, None).unwrap_err().to_string();
        assert_eq!(error, "SSL_CERT_FILE /nowhere: no such file");
    }

    #[test]
    fn nothing_to_trust_is_no_error() {
        let folder = env!("CARGO_MANIFEST_DIR");
        let file = format!("{folder}/Cargo.toml");
        let env = [
            ("SSL_CERT_FILE", file.as_str()),
            ("SSL_CERT_DIR", "/nowhere:"),
        ];
        let config = tls(&env.into_iter().collect(), None).unwrap();
        assert_eq!(config.alpn_protocols.len(), 2);
    }
}
