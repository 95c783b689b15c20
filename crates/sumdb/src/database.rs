//! Which database: Go's GOSUMDB value, and the key in it.

use std::net::Ipv6Addr;

use data_encoding::BASE64;
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::Error;

/// The algorithm byte before a key: Ed25519, the only one.
pub(crate) const ED25519: u8 = 1;

/// A checksum database: its name, key, and where it is when no proxy relays it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    name: String,
    url: String,
    explicit: bool,
    key: VerifyingKey,
    key_hash: u32,
}

impl Database {
    /// Reads a GOSUMDB value; `None` for `off`. Errors carry Go's texts (cmd/go, `modfetch/sumdb.go`).
    pub fn parse(gosumdb: &str) -> Result<Option<Self>, Error> {
        if gosumdb == "off" {
            return Ok(None);
        }
        let alias;
        let mut value = gosumdb;
        if gosumdb == gomod::defaults::GOSUMDB_ALIAS {
            alias = format!("{} https://{gosumdb}", gomod::defaults::GOSUMDB);
            value = &alias;
        }
        let mut fields = value.split_whitespace();
        let key = fields.next().ok_or_else(|| refuse("missing GOSUMDB"))?;
        let url = fields.next();
        if fields.next().is_some() {
            return Err(refuse("invalid GOSUMDB: too many fields"));
        }
        let key = if key == gomod::defaults::GOSUMDB {
            gomod::defaults::GOSUMDB_KEY
        } else {
            key
        };
        let (name, key, key_hash) = parse_key(key)?;
        check_name(name)?;
        Ok(Some(Self {
            name: name.to_owned(),
            url: match url {
                Some(url) => check_url(url)?.to_owned(),
                None => format!("https://{name}"),
            },
            explicit: url.is_some(),
            key,
            key_hash,
        }))
    }

    /// Its name, `host[/path]`, as it stands in `/sumdb/NAME/`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its base URL without a slash at the end: the explicit one, else `https://NAME`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether the value gave the URL: then proxies are not asked for a relay.
    pub fn has_explicit_url(&self) -> bool {
        self.explicit
    }

    /// Its key's short form, `NAME+HASH`, by which signatures name it.
    pub fn key_id(&self) -> String {
        format!("{}+{:08x}", self.name, self.key_hash)
    }

    /// Whether a signature line of this name and key hash speaks for this database.
    pub(crate) fn is_signer(&self, name: &str, key_hash: u32) -> bool {
        self.key_hash == key_hash && self.name == name
    }

    /// Whether `signature` over `text` is by its key.
    pub(crate) fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(text, &signature).is_ok())
    }
}

/// The hash by which notes name a key: of the name and the key with its algorithm byte.
pub(crate) fn key_hash(name: &str, key: &[u8; 32]) -> u32 {
    let digest = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', ED25519])
        .chain_update(key)
        .finalize();
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

/// Whether a key may have this name (x/mod `note`).
pub(crate) fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.contains('+') && !name.contains(char::is_whitespace)
}

/// Reads the eight hexadecimal digits of a key hash.
pub(crate) fn parse_key_hash(digits: &str) -> Option<u32> {
    let plain = digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    plain.then(|| u32::from_str_radix(digits, 16).ok())?
}

/// Reads a verifier key, `NAME+HASH+KEY`.
fn parse_key(text: &str) -> Result<(&str, VerifyingKey, u32), Error> {
    let malformed = || refuse("invalid GOSUMDB: malformed verifier id");
    let mut parts = text.splitn(3, '+');
    let (name, hash, key) = match (parts.next(), parts.next(), parts.next()) {
        (Some(name), Some(hash), Some(key)) if is_key_name(name) => (name, hash, key),
        _ => return Err(malformed()),
    };
    let hash = parse_key_hash(hash).ok_or_else(malformed)?;
    let key = BASE64.decode(key.as_bytes()).map_err(|_| malformed())?;
    let (algorithm, key) = key.split_first().ok_or_else(malformed)?;
    let digest = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', *algorithm])
        .chain_update(key)
        .finalize();
    if digest[..4] != hash.to_be_bytes() {
        return Err(refuse("invalid GOSUMDB: invalid verifier hash"));
    }
    if *algorithm != ED25519 {
        return Err(refuse("invalid GOSUMDB: unknown verifier algorithm"));
    }
    let key: [u8; 32] = key.try_into().map_err(|_| malformed())?;
    // Go would take a key that is no point of the curve, and believe nothing signed with it.
    let key = VerifyingKey::from_bytes(&key).map_err(|_| malformed())?;
    Ok((name, key, hash))
}

/// Go asks that `https://NAME` be a URL of host and path alone. Stricter here, since the name becomes
/// part of requests and of file names: ASCII, and no empty or dotted element.
fn check_name(name: &str) -> Result<(), Error> {
    let (host, path) = name.split_once('/').unwrap_or((name, ""));
    let path_is_plain = path
        .split('/')
        .all(|element| !matches!(element, "" | "." | "..") && element.bytes().all(is_path_byte));
    if is_host(host) && (!name.contains('/') || path_is_plain) {
        return Ok(());
    }
    Err(refuse(format!(
        "invalid sumdb name (must be host[/path]): {name}"
    )))
}

/// Bytes of a path that Go's URLs write as they are.
fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~$&,:;=@".contains(&byte)
}

/// Whether this is a host name or address, with or without a port.
fn is_host(text: &str) -> bool {
    let (host, end) = match text.strip_prefix('[').map(|rest| rest.split_once(']')) {
        Some(Some((address, end))) => (address, end),
        Some(None) => return false,
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let port_is_plain = match end.strip_prefix(':') {
        Some(port) => port.parse::<u16>().is_ok() && !port.starts_with('+'),
        None => end.is_empty(),
    };
    port_is_plain
        && if text.starts_with('[') {
            host.parse::<Ipv6Addr>().is_ok()
        } else {
            is_host_name(host)
        }
}

/// Host names and IPv4 addresses: letters, digits, `-`, `_`, and single dots inside.
fn is_host_name(host: &str) -> bool {
    let is_host_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let dotted = host.starts_with('.') || host.contains("..");
    !host.is_empty() && !dotted && host.bytes().all(is_host_byte)
}

/// The explicit base URL, without a slash at the end.
fn check_url(url: &str) -> Result<&str, Error> {
    let wrong = |why: &str| Err(refuse(format!("invalid GOSUMDB URL: {why}")));
    let rest = match url.split_once("://") {
        Some((scheme, rest)) if ["https", "http"].contains(&scheme) => rest,
        _ => return wrong(&format!("{url:?} does not begin with https:// or http://")),
    };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if host.contains('@') {
        // The value itself is not shown: it may hold a password.
        return wrong(
            "it holds a user name; credentials belong in netrc or the configuration file",
        );
    }
    if !is_host(host) {
        return wrong(&format!("{url:?} has no valid host"));
    }
    let plain = |byte: u8| is_path_byte(byte) || b"/+!*'()%".contains(&byte);
    if !path.bytes().all(plain) {
        return wrong(&format!("{url:?} may have only a host and a path"));
    }
    Ok(url.trim_end_matches('/'))
}

fn refuse(text: impl Into<String>) -> Error {
    Error::Value(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use gomod::defaults::{GOSUMDB, GOSUMDB_ALIAS, GOSUMDB_KEY};
    use proptest::prelude::*;

    fn open(value: &str) -> Database {
        Database::parse(value).unwrap().unwrap()
    }

    /// A correct verifier key under any name.
    fn key_named(name: &str) -> String {
        let (_, key) = GOSUMDB_KEY.split_once("033de0ae+").unwrap();
        let key = BASE64.decode(key.as_bytes()).unwrap();
        let hash = key_hash(name, &key[1..].try_into().unwrap());
        format!("{name}+{hash:08x}+{}", BASE64.encode(&key))
    }

    #[test]
    fn the_known_name_has_its_key() {
        let database = open(GOSUMDB);
        assert_eq!(database.name(), "sum.golang.org");
        assert_eq!(database.url(), "https://sum.golang.org");
        assert_eq!(database.key_id(), "sum.golang.org+033de0ae");
        assert!(!database.has_explicit_url());
        assert_eq!(open(GOSUMDB_KEY), database);
        assert_eq!(open(&key_named("sum.golang.org")), database);
    }

    #[test]
    fn the_alias_is_the_known_name_elsewhere() {
        let database = open(GOSUMDB_ALIAS);
        assert_eq!(database.name(), "sum.golang.org");
        assert_eq!(database.url(), format!("https://{GOSUMDB_ALIAS}"));
        assert!(database.has_explicit_url());
    }

    #[test]
    fn names_and_urls() {
        let value = format!(" {GOSUMDB}\thttps://mirror.example/sums/ ");
        assert_eq!(open(&value).url(), "https://mirror.example/sums");
        let value = format!("{} http://127.0.0.1:8080", key_named("corp.example/sums/a"));
        let database = open(&value);
        assert_eq!(
            (database.name(), database.url()),
            ("corp.example/sums/a", "http://127.0.0.1:8080")
        );
        for name in [
            "localhost",
            "127.0.0.1:8080",
            "[::1]",
            "[::1]:80",
            "a.b/c~d",
        ] {
            assert_eq!(open(&key_named(name)).name(), name);
        }
        assert_eq!(Database::parse("off"), Ok(None));
    }

    #[test]
    fn refused_values_have_go_texts() {
        let wrong_hash = GOSUMDB_KEY.replace("033de0ae", "033de0af");
        let algorithm = |byte: u8| {
            let key = [&[byte][..], &[7; 32]].concat();
            let hash = Sha256::new()
                .chain_update("a\n")
                .chain_update(&key)
                .finalize();
            let hash = data_encoding::HEXLOWER.encode(&hash[..4]);
            format!("a+{hash}+{}", BASE64.encode(&key))
        };
        for (value, text) in [
            ("", "missing GOSUMDB"),
            (" \t", "missing GOSUMDB"),
            ("a b c", "invalid GOSUMDB: too many fields"),
            (" off", "invalid GOSUMDB: malformed verifier id"),
            ("Off", "invalid GOSUMDB: malformed verifier id"),
            ("sum.example", "invalid GOSUMDB: malformed verifier id"),
            ("SUM.GOLANG.ORG", "invalid GOSUMDB: malformed verifier id"),
            ("a+033de0ae", "invalid GOSUMDB: malformed verifier id"),
            ("a+033de0ae+", "invalid GOSUMDB: malformed verifier id"),
            ("+033de0ae+AQ==", "invalid GOSUMDB: malformed verifier id"),
            ("a+33de0ae+AQ==", "invalid GOSUMDB: malformed verifier id"),
            ("a++33de0ae+AQ==", "invalid GOSUMDB: malformed verifier id"),
            ("a+033de0ae+!", "invalid GOSUMDB: malformed verifier id"),
            (&wrong_hash, "invalid GOSUMDB: invalid verifier hash"),
            (&algorithm(2), "invalid GOSUMDB: unknown verifier algorithm"),
        ] {
            let error = Database::parse(value).unwrap_err();
            assert_eq!(error, Error::Value(text.to_owned()), "{value:?}");
        }
    }

    #[test]
    fn names_are_hosts_and_paths() {
        for name in [
            "a/",
            "/a",
            "a//b",
            "a/../b",
            "a/.",
            "a?b",
            "a#b",
            "u@a",
            "a%2fb",
            "a:b",
            "a:",
            "a:65536",
            "[a]",
            "[::1",
            "[::1]x",
            "ä.example",
            "a\\b",
            "a/b?c",
            "..",
            "a..b",
            "https://a",
        ] {
            assert_eq!(
                Database::parse(&key_named(name)),
                Err(refuse(format!(
                    "invalid sumdb name (must be host[/path]): {name}"
                )))
            );
        }
    }

    #[test]
    fn urls_are_plain() {
        for url in [
            "mirror.example",
            "ftp://mirror.example",
            "file:///x",
            "https://",
            "https:///x",
            "https://u:secret@mirror.example",
            "https://mirror.example?q",
            "https://mirror.example/#f",
            "https://mirror.example/a?b",
            "https://mirror.example:x/",
        ] {
            let error = Database::parse(&format!("{GOSUMDB} {url}")).unwrap_err();
            let text = error.to_string();
            assert!(text.starts_with("invalid GOSUMDB URL: "), "{text}");
            assert!(!text.contains("secret"), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn any_value_is_read_or_refused(value in "\\PC{0,40}( \\PC{0,40})?") {
            let _ = Database::parse(&value);
        }

        #[test]
        fn any_changed_key_is_refused(at in 0..GOSUMDB_KEY.len(), byte in 0x21u8..0x7f) {
            let mut key = GOSUMDB_KEY.as_bytes().to_vec();
            prop_assume!(!key[at].eq_ignore_ascii_case(&byte));
            key[at] = byte;
            prop_assert!(Database::parse(std::str::from_utf8(&key).unwrap()).is_err());
        }
    }
}
