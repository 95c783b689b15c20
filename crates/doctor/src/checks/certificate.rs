//! What a certificate says of itself: names, issuer, dates. (RFC 5280, in DER.)
//!
//! Only for telling people; whether it is believed is decided by the TLS
//! library. Any bytes are read, with nothing copied but names.

use jiff::Timestamp;

/// What is told of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    /// Whose it is: `CN=proxy, O=Corp`.
    pub(super) subject: String,
    /// Who made it.
    pub(super) issuer: String,
    /// The organisation of who made it; empty when it has none.
    pub(super) issuer_organisation: String,
    /// The host names and addresses it is for.
    pub(super) names: Vec<String>,
    /// From when it holds.
    pub(super) not_before: Timestamp,
    /// Until when it holds.
    pub(super) not_after: Timestamp,
}

const INTEGER: u8 = 0x02;
const OBJECT_ID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// `[0]`, the version, and `[3]`, the extensions.
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
/// Names of hosts and addresses among the alternative names.
const DNS_NAME: u8 = 0x82;
const IP_ADDRESS: u8 = 0x87;

/// id-ce-subjectAltName.
const ALTERNATIVE_NAMES: &[u8] = &[0x55, 0x1d, 0x11];

/// Attributes of names that are shown.
const ATTRIBUTES: [(&[u8], &str); 3] = [
    (&[0x55, 0x04, 0x03], "CN"),
    (ORGANISATION, "O"),
    (&[0x55, 0x04, 0x0b], "OU"),
];
const ORGANISATION: &[u8] = &[0x55, 0x04, 0x0a];

impl Facts {
    /// Reads a certificate; none when it is not one.
    pub(super) fn read(der: &[u8]) -> Option<Self> {
        let mut whole = Reader(der);
        let mut certificate = Reader(whole.take(SEQUENCE)?);
        let mut body = Reader(certificate.take(SEQUENCE)?);
        body.skip_if(VERSION);
        body.take(INTEGER)?;
        body.take(SEQUENCE)?;
        let issuer = body.take(SEQUENCE)?;
        let mut validity = Reader(body.take(SEQUENCE)?);
        let not_before = validity.time()?;
        let not_after = validity.time()?;
        let subject = body.take(SEQUENCE)?;
        body.take(SEQUENCE)?;
        Some(Self {
            subject: shown(subject),
            issuer: shown(issuer),
            issuer_organisation: attribute(issuer, ORGANISATION),
            names: alternative_names(body).unwrap_or_default(),
            not_before,
            not_after,
        })
    }
}

/// The rest of some DER.
#[derive(Clone, Copy)]
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// The next element: its tag and content.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, mut rest) = rest.split_first()?;
        let length = if first < 0x80 {
            usize::from(first)
        } else {
            // At most four bytes of length: nothing here is larger.
            let count = usize::from(first & 0x7f);
            let bytes = rest.get(..count).filter(|_| (1..=4).contains(&count))?;
            rest = &rest[count..];
            bytes
                .iter()
                .fold(0, |length, byte| length << 8 | usize::from(*byte))
        };
        let content = rest.get(..length)?;
        self.0 = &rest[length..];
        Some((tag, content))
    }

    /// The next element, which must be a `tag`.
    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next()
            .filter(|(found, _)| *found == tag)
            .map(|(_, content)| content)
    }

    fn skip_if(&mut self, tag: u8) {
        if self.0.first() == Some(&tag) {
            self.next();
        }
    }

    /// A point in time, in either of its two spellings.
    fn time(&mut self) -> Option<Timestamp> {
        let (tag, content) = self.next()?;
        let text = std::str::from_utf8(content).ok()?;
        let (year, rest) = match tag {
            UTC_TIME => {
                let year: u16 = text.get(..2)?.parse().ok()?;
                // Two digits: 1950 to 2049.
                let century = if year < 50 { 2000 } else { 1900 };
                (century + year, text.get(2..)?)
            }
            GENERALIZED_TIME => (text.get(..4)?.parse().ok()?, text.get(4..)?),
            _ => return None,
        };
        let part = |at: usize| rest.get(at..at + 2);
        let written = format!(
            "{year:04}-{}-{}T{}:{}:{}Z",
            part(0)?,
            part(2)?,
            part(4)?,
            part(6)?,
            part(8)?
        );
        written.parse().ok()
    }
}

/// The attributes of a name: type and value.
fn attributes(name: &[u8]) -> Vec<(&[u8], String)> {
    let mut found = Vec::new();
    let mut sets = Reader(name);
    while let Some((_, set)) = sets.next() {
        let mut pairs = Reader(set);
        while let Some(pair) = pairs.take(SEQUENCE) {
            let mut pair = Reader(pair);
            if let (Some(kind), Some((_, value))) = (pair.take(OBJECT_ID), pair.next()) {
                let text = String::from_utf8_lossy(value);
                found.push((
                    kind,
                    text.chars().filter(|letter| !letter.is_control()).collect(),
                ));
            }
        }
    }
    found
}

fn attribute(name: &[u8], wanted: &[u8]) -> String {
    let found = attributes(name)
        .into_iter()
        .find(|(kind, _)| *kind == wanted);
    found.map(|(_, value)| value).unwrap_or_default()
}

fn shown(name: &[u8]) -> String {
    let attributes = attributes(name);
    let parts: Vec<String> = ATTRIBUTES
        .iter()
        .flat_map(|(wanted, word)| {
            let of_kind = attributes.iter().filter(move |(kind, _)| kind == wanted);
            of_kind.map(move |(_, value)| format!("{word}={value}"))
        })
        .collect();
    if parts.is_empty() {
        "(no name)".to_owned()
    } else {
        parts.join(", ")
    }
}

/// The names among the extensions in the rest of a certificate's body.
fn alternative_names(mut body: Reader<'_>) -> Option<Vec<String>> {
    let extensions = loop {
        if let (EXTENSIONS, content) = body.next()? {
            break content;
        }
    };
    let mut list = Reader(Reader(extensions).take(SEQUENCE)?);
    while let Some(extension) = list.take(SEQUENCE) {
        let mut extension = Reader(extension);
        if extension.take(OBJECT_ID) != Some(ALTERNATIVE_NAMES) {
            continue;
        }
        let mut content = extension.next()?;
        if content.0 == 0x01 {
            // Whether it is critical.
            content = extension.next()?;
        }
        let mut names = Reader(Reader(content.1).take(SEQUENCE)?);
        let mut found = Vec::new();
        while let Some((tag, name)) = names.next() {
            match tag {
                DNS_NAME => found.push(String::from_utf8_lossy(name).into_owned()),
                IP_ADDRESS => found.extend(address(name)),
                _ => {}
            }
        }
        return Some(found);
    }
    None
}

fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(v4) = <[u8; 4]>::try_from(bytes) {
        return Some(std::net::Ipv4Addr::from(v4).to_string());
    }
    let v6 = <[u8; 16]>::try_from(bytes).ok()?;
    Some(std::net::Ipv6Addr::from(v6).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;

    fn certificate() -> CertificateDer<'static> {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../server/testdata/tls/certificate.pem"
        );
        CertificateDer::from_pem_file(path).unwrap()
    }

    #[test]
    fn a_real_certificate_is_read() {
        let facts = Facts::read(&certificate()).unwrap();
        assert!(facts.names.contains(&"localhost".to_owned()), "{facts:?}");
        assert!(facts.names.contains(&"127.0.0.1".to_owned()), "{facts:?}");
        assert!(facts.subject.starts_with("CN="), "{facts:?}");
        assert_eq!(facts.subject, facts.issuer);
        assert!(facts.not_before < facts.not_after, "{facts:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn any_bytes_are_read(at in 0_usize..400, byte: u8, cut in 0_usize..600) {
            let mut der = certificate().to_vec();
            if let Some(place) = der.get_mut(at) {
                *place = byte;
            }
            der.truncate(cut);
            let _ = Facts::read(&der);
        }
    }
}
