//! What is held of a module: read from its folder, and written to the file
//! `list` beside, which Go reads when the tree is used as a `file://` proxy.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use gomod::{ArtifactKind, ModulePath, Version};

use super::{Shared, read_receipts};
use crate::durable::{Durability, is_absent, read_file};
use crate::error::At;
use crate::receipt::KINDS;
use crate::{HeldVersion, KindSet, StoreError};

impl Shared {
    /// Brings the file `list` of a module up to date. Whatever becomes of it,
    /// the artifact is published: what fails is only told, and the next
    /// publication makes the list anew from what is there.
    pub(super) fn refresh_list(&self, path: &ModulePath) {
        if let Err(error) = self.rewrite_list(path) {
            tracing::warn!(module.path = %path, %error, "the list file of a module could not be written");
        }
    }

    fn rewrite_list(&self, path: &ModulePath) -> Result<(), StoreError> {
        let folder = self.layout.versions(path)?;
        let file = folder.join("list");
        let _alone = self.lists.lock(path);
        let mut versions: Vec<Version> = read_kinds(&folder)?
            .into_iter()
            .filter(|(version, kinds)| listed(version, *kinds))
            .map(|(v, _)| v)
            .collect();
        versions.sort();
        let text: String = versions
            .iter()
            .flat_map(|version| [version.as_str(), "\n"])
            .collect();
        if read_file(&file)?.unwrap_or_default() == text.as_bytes() {
            return Ok(());
        }
        // Not forced: it can be made again from the folder at any time.
        self.disk.replace(
            &self.layout.spool(),
            &file,
            text.as_bytes(),
            Durability::Eventual,
        )
    }
}

/// Go asks a `file://` proxy for the `.info` of what it picks from the list,
/// then for its `.mod`; pseudo-versions never stand in a list.
fn listed(version: &Version, kinds: KindSet) -> bool {
    kinds.contains(ArtifactKind::Info) && kinds.contains(ArtifactKind::Mod) && !version.is_pseudo()
}

/// What is held in a module's folder, with receipts, in version order.
pub(super) fn held_versions(folder: &Path) -> Result<Vec<HeldVersion>, StoreError> {
    let found: BTreeMap<Version, KindSet> = read_kinds(folder)?.into_iter().collect();
    found
        .into_iter()
        .map(|(version, kinds)| {
            let receipts = read_receipts(&folder.join(format!("{}.receipt", version.escaped())))?;
            Ok(HeldVersion::new(version, kinds, receipts))
        })
        .collect()
}

/// The versions of which the folder has artifacts.
fn read_kinds(folder: &Path) -> Result<HashMap<Version, KindSet>, StoreError> {
    let mut found: HashMap<Version, KindSet> = HashMap::new();
    let entries = match fs::read_dir(folder) {
        Err(error) if is_absent(&error) => return Ok(found),
        result => result.at(folder)?,
    };
    for entry in entries {
        let name = entry.at(folder)?.file_name();
        if let Some((version, kind)) = name.to_str().and_then(parse_name) {
            found.entry(version).or_default().insert(kind);
        }
    }
    Ok(found)
}

/// The artifact that a file of a module's folder holds; `None` for any other
/// file (receipts, `list`, what Go or somebody else put there).
pub(super) fn parse_name(name: &str) -> Option<(Version, ArtifactKind)> {
    let (version, extension) = name.rsplit_once('.')?;
    let kind = KINDS.into_iter().find(|kind| kind.as_str() == extension)?;
    Some((Version::from_escaped(version).ok()?, kind))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_artifacts_of_versions_count() {
        let version = Version::parse("v1.0.0-RC1").unwrap();
        assert_eq!(
            parse_name("v1.0.0-!r!c1.zip"),
            Some((version, ArtifactKind::Zip))
        );
        for name in [
            "list",
            "v1.0.0.receipt",
            "v1.0.0.ziphash",
            "v1.0.0-RC1.zip",
            "v1.0.lock",
            "v1.info",
            ".zip",
            "v1.0.0",
        ] {
            assert_eq!(parse_name(name), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_name_is_read(name in ".{0,30}") {
            if let Some((version, kind)) = parse_name(&name) {
                prop_assert_eq!(format!("{}.{}", version.escaped(), kind.as_str()), name);
            }
        }
    }
}
