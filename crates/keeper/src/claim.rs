//! Whether what is held may be served: by its receipt, its route and whether
//! the checksum database has to vouch for it.

use gomod::ArtifactKind;
use store::{HeldVersion, Receipt};

use crate::route::Sources;

/// How a held artifact stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It may be served.
    Good,
    /// The checksum database has to be asked before it may.
    Unproven,
    /// It came from a source that its route does not name (any longer): it
    /// has to be fetched and compared anew.
    Foreign,
    /// Nobody accounts for it: another program put it there.
    Unaccounted,
}

/// How the artifact with `receipt` stands when its module comes from `sources`.
/// `must_prove` tells whether the checksum database has to vouch for it.
pub(crate) fn standing(
    kind: ArtifactKind,
    receipt: Option<&Receipt>,
    sources: &Sources<'_>,
    must_prove: bool,
) -> Standing {
    let Some(receipt) = receipt else {
        return Standing::Unaccounted;
    };
    if receipt.proof.is_some() {
        return Standing::Good;
    }
    // Such a receipt only says what the bytes are.
    if receipt.source.is_empty() {
        return Standing::Unaccounted;
    }
    // The database records nothing about `.info`.
    if must_prove && kind != ArtifactKind::Info {
        return Standing::Unproven;
    }
    if sources.name(&receipt.source) {
        Standing::Good
    } else {
        Standing::Foreign
    }
}

/// Whether a held version may stand in a list: one that the checksum database
/// has proven, or one from one of the module's sources.
pub(crate) fn listable(held: &HeldVersion, sources: &Sources<'_>) -> bool {
    let good = |receipt: &Receipt| receipt.proof.is_some() || sources.name(&receipt.source);
    let servable =
        held.kinds.contains(ArtifactKind::Info) || held.kinds.contains(ArtifactKind::Zip);
    servable && held.receipts().any(good)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Routes;
    use gomod::ModulePath;
    use jiff::Timestamp;
    use origin::{Link, LinkSource};
    use store::Proof;

    fn receipt(source: &str, proven: bool) -> Receipt {
        Receipt {
            kind: ArtifactKind::Mod,
            first_seen: Timestamp::UNIX_EPOCH,
            source: source.to_owned(),
            sha256: "ab".repeat(32),
            size: 1,
            h1: None,
            proof: proven.then(|| Proof {
                database: "sum.corp.example".to_owned(),
                record: 1,
                tree: 2,
            }),
        }
    }

    #[test]
    fn how_what_is_held_stands() {
        use ArtifactKind::{Info, Mod, Zip};
        use Standing::{Foreign, Good, Unaccounted, Unproven};
        let link = Link {
            source: LinkSource::Upstream("https://mirror.example".into()),
            fall_back_on_error: false,
        };
        let routes = Routes::single([link].into_iter().collect());
        let path = ModulePath::parse("example.com/m").unwrap();
        let sources = routes.sources(&path, None);
        let (ours, others) = ("https://mirror.example", "https://old.example");
        // Kind, receipt (source, proven), must be proven, standing.
        let table = [
            (Mod, None, true, Unaccounted),
            (Mod, None, false, Unaccounted),
            (Mod, Some((ours, true)), true, Good),
            (Zip, Some((others, true)), true, Good),
            (Zip, Some(("", true)), true, Good),
            (Zip, Some((others, true)), false, Good),
            (Zip, Some((ours, false)), true, Unproven),
            (Zip, Some((others, false)), true, Unproven),
            (Zip, Some((ours, false)), false, Good),
            (Zip, Some((others, false)), false, Foreign),
            (Info, Some((ours, false)), true, Good),
            (Info, Some((others, false)), true, Foreign),
            (Info, Some(("", false)), true, Unaccounted),
            (Zip, Some(("", false)), false, Unaccounted),
        ];
        for (kind, held, must_prove, wanted) in table {
            let held = held.map(|(source, proven)| receipt(source, proven));
            let found = standing(kind, held.as_ref(), &sources, must_prove);
            assert_eq!(found, wanted, "{kind} {held:?} {must_prove}");
        }
    }
}
