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
