//! Receipts: one JSON line an artifact, appended to `<version>.receipt`, that
//! says where its bytes came from and what they were. The newest line of a
//! kind counts. Pure: takes and gives bytes.

use gomod::ArtifactKind;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is known of a published artifact.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Which artifact of the version.
    #[serde(with = "kind_name")]
    pub kind: ArtifactKind,
    /// When this store first had the bytes.
    pub first_seen: Timestamp,
    /// Where they came from: the identity of the upstream, without secrets.
    pub source: String,
    /// SHA-256 of the bytes, in lower-case hex.
    pub sha256: String,
    /// Length in bytes.
    pub size: u64,
    /// The `h1:` hash of a zip or go.mod (Go Modules Reference, "go.sum files").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub h1: Option<String>,
    /// The proof of the checksum database, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
}

/// Where a checksum database vouches for an artifact's `h1:`.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Name of the database.
    pub database: String,
    /// Number of the record in its log.
    pub record: u64,
    /// Size of the tree under which the record was proven.
    pub tree: u64,
}

impl Receipt {
    /// The receipt as a line of the receipt file, with its line feed.
    pub(crate) fn to_line(&self) -> Vec<u8> {
        // A struct of plain fields always serialises.
        let mut line = serde_json::to_vec(self).unwrap_or_default();
        line.push(b'\n');
        line
    }
}

/// The newest receipt of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Newest([Option<Receipt>; 3]);

impl Newest {
    /// Reads a receipt file. Lines that are no receipt are skipped: a crash
    /// leaves a torn last line, and a later version may write other lines.
    pub(crate) fn parse(file: &[u8]) -> Self {
        let mut newest = Self::default();
        for line in file.split(|byte| *byte == b'\n') {
            if let Ok(receipt) = serde_json::from_slice::<Receipt>(line) {
                newest.insert(receipt);
            }
        }
        newest
    }

    /// Takes `receipt` as the newest of its kind.
    pub(crate) fn insert(&mut self, receipt: Receipt) {
        let slot = slot(receipt.kind);
        self.0[slot] = Some(receipt);
    }

    /// The newest receipt of `kind`.
    pub(crate) fn get(&self, kind: ArtifactKind) -> Option<&Receipt> {
        self.0[slot(kind)].as_ref()
    }

    /// Takes out the newest receipt of `kind`.
    pub(crate) fn take(&mut self, kind: ArtifactKind) -> Option<Receipt> {
        self.0[slot(kind)].take()
    }

    /// All receipts, `.info` first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Receipt> {
        self.0.iter().flatten()
    }
}

/// Position of `kind` among the kinds.
pub(crate) fn slot(kind: ArtifactKind) -> usize {
    match kind {
        ArtifactKind::Info => 0,
        ArtifactKind::Mod => 1,
        ArtifactKind::Zip => 2,
    }
}

/// Every kind, in the order of [`slot`].
pub(crate) const KINDS: [ArtifactKind; 3] =
    [ArtifactKind::Info, ArtifactKind::Mod, ArtifactKind::Zip];

/// Writes a kind as its file extension; the domain type itself knows no serde.
mod kind_name {
    use gomod::ArtifactKind;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "the signature that serde asks for"
    )]
    pub(super) fn serialize<S: Serializer>(
        kind: &ArtifactKind,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(kind.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<ArtifactKind, D::Error> {
        let name = String::deserialize(deserializer)?;
        super::KINDS
            .into_iter()
            .find(|kind| kind.as_str() == name)
            .ok_or_else(|| D::Error::custom("the kind is none of info, mod, zip"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn receipt(kind: ArtifactKind, source: &str) -> Receipt {
        Receipt {
            kind,
            first_seen: "2026-03-04T05:06:07.089Z".parse().unwrap(),
            source: source.to_owned(),
            sha256: "ab".repeat(32),
            size: 12,
            h1: Some("h1:abc=".to_owned()),
            proof: Some(Proof {
                database: "sum.golang.org".to_owned(),
                record: 1,
                tree: 9,
            }),
        }
    }

    #[test]
    fn the_line_is_stable() {
        let line =
            String::from_utf8(receipt(ArtifactKind::Zip, "https://mirror.example").to_line())
                .unwrap();
        let wanted = format!(
            concat!(
                r#"{{"kind":"zip","first_seen":"2026-03-04T05:06:07.089Z","source":"https://mirror.example","#,
                r#""sha256":"{}","size":12,"h1":"h1:abc=","#,
                r#""proof":{{"database":"sum.golang.org","record":1,"tree":9}}}}"#,
                "\n"
            ),
            "ab".repeat(32)
        );
        assert_eq!(line, wanted);
    }

    #[test]
    fn the_newest_line_of_a_kind_counts_and_torn_lines_do_not() {
        let mut file = receipt(ArtifactKind::Mod, "a").to_line();
        file.extend(receipt(ArtifactKind::Zip, "b").to_line());
        file.extend(b"{\"kind\":\"zip\",\"first_se\n");
        file.extend(receipt(ArtifactKind::Mod, "c").to_line());
        let torn = receipt(ArtifactKind::Zip, "d").to_line();
        file.extend(&torn[..torn.len() / 2]);
        let newest = Newest::parse(&file);
        assert_eq!(
            newest.get(ArtifactKind::Mod),
            Some(&receipt(ArtifactKind::Mod, "c"))
        );
        assert_eq!(
            newest.get(ArtifactKind::Zip),
            Some(&receipt(ArtifactKind::Zip, "b"))
        );
        assert_eq!(newest.get(ArtifactKind::Info), None);
        assert_eq!(newest.iter().count(), 2);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
            let mut file = bytes;
            file.push(b'\n');
            file.extend(receipt(ArtifactKind::Info, "x").to_line());
            let newest = Newest::parse(&file);
            prop_assert_eq!(newest.get(ArtifactKind::Info), Some(&receipt(ArtifactKind::Info, "x")));
        }
    }
}
