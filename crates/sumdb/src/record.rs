//! Records: the go.sum lines of a module version, and the answer to a lookup that holds one.

use data_encoding::BASE64;
use gomod::ModuleVersion;

use crate::Error;
use crate::note::{malformed, parse_number, plain_text};

/// A record of the log: the go.sum lines of one module version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its number.
    pub id: u64,
    /// Its text, proven in the tree; the only place hashes may be read from.
    pub text: String,
}

impl Record {
    /// The `h1:` of the zip of `module`: the line `PATH V h1:...`, exactly. [`Error::Unproven`] when there is none.
    pub fn zip_hash(&self, module: &ModuleVersion) -> Result<&str, Error> {
        self.hash_of(&format!("{} {}", module.path, module.version))
    }

    /// The `h1:` of the go.mod: the line `PATH V/go.mod h1:...`, exactly. [`Error::Unproven`] when there is none.
    pub fn go_mod_hash(&self, module: &ModuleVersion) -> Result<&str, Error> {
        self.hash_of(&format!("{} {}/go.mod", module.path, module.version))
    }

    fn hash_of(&self, subject: &str) -> Result<&str, Error> {
        let mut found = None;
        for line in self.text.split('\n') {
            // The space belongs to the comparison: without it `v1.2.3` would be found in `v1.2.30`.
            let hash = line
                .strip_prefix(subject)
                .and_then(|rest| rest.strip_prefix(' '))
                .filter(|hash| is_h1(hash));
            if let Some(hash) = hash {
                if found.is_some_and(|other| other != hash) {
                    return Err(Error::Unproven(format!(
                        "record {} of the checksum database has two hashes for {subject}",
                        self.id
                    )));
                }
                found = Some(hash);
            }
        }
        found.ok_or_else(|| {
            Error::Unproven(format!(
                "record {} of the checksum database has no hash for {subject}",
                self.id
            ))
        })
    }
}

/// Splits the answer to a lookup: the record it claims, and the signed note.
pub(crate) fn parse_answer(answer: &[u8]) -> Result<(Record, &[u8]), Error> {
    let split = || {
        let end = answer.iter().position(|byte| *byte == b'\n')?;
        let (first, rest) = answer.split_at(end);
        let id = parse_number(std::str::from_utf8(first).ok()?)?;
        let rest = &rest[1..];
        let end = rest.windows(2).position(|pair| pair == b"\n\n")?;
        let (text, note) = (&rest[..=end], &rest[end + 2..]);
        let text = record_text(text)?.to_owned();
        Some((Record { id, text }, note))
    };
    split().ok_or_else(|| malformed(answer, "is no number, record and signed note"))
}

/// The text of a record as a log may hold it: plain, no blank line, and an end of line at the end.
pub(crate) fn record_text(bytes: &[u8]) -> Option<&str> {
    let text = plain_text(bytes)?;
    let sound = text.ends_with('\n') && !text.starts_with('\n') && !text.contains("\n\n");
    sound.then_some(text)
}

/// The first `count` records of a data tile, each with its blank line cut off, and where they end.
pub(crate) fn split_records(bytes: &[u8], count: u16) -> Option<(Vec<&[u8]>, usize)> {
    let (mut records, mut end) = (Vec::with_capacity(usize::from(count)), 0);
    for _ in 0..count {
        let rest = &bytes[end..];
        let length = rest.windows(2).position(|pair| pair == b"\n\n")? + 1;
        records.push(&rest[..length]);
        end += length + 1;
    }
    Some((records, end))
}

/// `h1:` and the base64 of a SHA-256.
fn is_h1(text: &str) -> bool {
    text.strip_prefix("h1:")
        .and_then(|hash| BASE64.decode(hash.as_bytes()).ok())
        .is_some_and(|hash| hash.len() == 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gomod::{ModulePath, Version};

    const A: &str = "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    const B: &str = "h1:bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=";

    fn module() -> ModuleVersion {
        ModuleVersion {
            path: ModulePath::parse("example.com/a").unwrap(),
            version: Version::parse("v1.2.3").unwrap(),
        }
    }

    fn record(text: &str) -> Record {
        let text = text
            .replace(" A", &format!(" {A}"))
            .replace(" B", &format!(" {B}"));
        Record { id: 7, text }
    }

    #[test]
    fn both_lines_are_found() {
        let record = record("example.com/a v1.2.3 A\nexample.com/a v1.2.3/go.mod B\n");
        assert_eq!(record.zip_hash(&module()), Ok(A));
        assert_eq!(record.go_mod_hash(&module()), Ok(B));
    }

    /// CVE-2026-42501: an answer without the wanted line was taken for a proof.
    #[test]
    fn an_absent_line_is_no_proof() {
        for text in [
            "example.com/b v1.2.3 A\nexample.com/b v1.2.3/go.mod B\n",
            "example.com/a v1.2.4 A\n",
            "example.com/a v1.2.3\n",
            "example.com/a v1.2.3 \n",
            "example.com/a v1.2.3 h1:\n",
            "example.com/a v1.2.3 h1:AAAA\n",
            "example.com/a v1.2.3 h2:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
            "example.com/a v1.2.3 A \n",
            "example.com/a v1.2.3  A\n",
            "example.com/a v1.2.3h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
            "example.com/a  v1.2.3 A\n",
            " example.com/a v1.2.3 A\n",
            "EXAMPLE.com/a v1.2.3 A\n",
            "x\n",
        ] {
            let record = record(text);
            assert_eq!(
                record.zip_hash(&module()),
                Err(Error::Unproven(
                    "record 7 of the checksum database has no hash for example.com/a v1.2.3".into()
                )),
                "{text}"
            );
            assert!(record.go_mod_hash(&module()).is_err(), "{text}");
        }
    }

    /// CVE-2026-56864: prefixes were compared without the space.
    #[test]
    fn a_longer_version_is_another_one() {
        let record = record(
            "example.com/a v1.2.30 A\nexample.com/a v1.2.3-pre B\nexample.com/a v1.2.3/go.mod B\n",
        );
        assert!(record.zip_hash(&module()).is_err());
        assert_eq!(record.go_mod_hash(&module()), Ok(B));
    }

    #[test]
    fn contradicting_lines_prove_nothing() {
        let twice = |other: &str| format!("example.com/a v1.2.3 A\nexample.com/a v1.2.3 {other}\n");
        assert_eq!(record(&twice("A")).zip_hash(&module()), Ok(A));
        assert!(record(&twice("B")).zip_hash(&module()).is_err());
    }

    #[test]
    fn answers_are_split_strictly() {
        let (record, note) = parse_answer(b"12\na v1 h1:x\nb\n\nnote\n\nmore").unwrap();
        assert_eq!((record.id, record.text.as_str()), (12, "a v1 h1:x\nb\n"));
        assert_eq!(note, b"note\n\nmore");
        for answer in [
            "",
            "1",
            "1\n",
            "1\na\n",
            "1\n\n\nnote",
            "1\n\na\n\nnote",
            "\na\n\nnote",
            "01\na\n\nnote",
            "+1\na\n\nnote",
            "-1\na\n\nnote",
            " 1\na\n\nnote",
            "1 \na\n\nnote",
            "9223372036854775808\na\n\nnote",
            "99999999999999999999999999\na\n\nnote",
            "1\r\na\n\nnote",
            "1\na\tb\n\nnote",
            "1\na\0b\n\nnote",
            "<!DOCTYPE html>\n<html>\n\n</html>",
        ] {
            let error = parse_answer(answer.as_bytes()).unwrap_err();
            assert!(matches!(error, Error::Malformed(_)), "{answer:?}");
        }
        assert!(parse_answer(b"1\n\xff\n\nnote").is_err());
    }
}
