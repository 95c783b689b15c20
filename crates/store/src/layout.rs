//! Where things are below the root of a disk store. Pure.
//!
//! The artifacts are laid out as Go's own module download cache lays them out
//! (Go Modules Reference, "Module cache" and "file:// proxies"), so the folder
//! `cache/download` is a proxy of its own. Names are escaped, so that they are
//! safe on file systems that do not tell upper from lower case.

use std::path::{Component, Path, PathBuf};

use gomod::{ArtifactKind, ModulePath, ModuleVersion};

use crate::StoreError;

/// The folders of a store.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    root: PathBuf,
}

/// The files of one module version.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The module's folder `@v`.
    pub(crate) folder: PathBuf,
    /// The version as it stands in file names.
    version: String,
}

impl Place {
    /// The artifact itself.
    pub(crate) fn artifact(&self, kind: ArtifactKind) -> PathBuf {
        self.file(kind.as_str())
    }

    /// Its receipts.
    pub(crate) fn receipt(&self) -> PathBuf {
        self.file("receipt")
    }

    /// The `h1:` of the zip, where Go's module cache has it.
    pub(crate) fn ziphash(&self) -> PathBuf {
        self.file("ziphash")
    }

    fn file(&self, extension: &str) -> PathBuf {
        self.folder.join(format!("{}.{extension}", self.version))
    }
}

impl Layout {
    pub(crate) fn new(root: &Path) -> Self {
        Self {
            root: root.to_path_buf(),
        }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Root of the tree of artifacts.
    pub(crate) fn download(&self) -> PathBuf {
        self.root.join("cache").join("download")
    }

    /// Unfinished files.
    pub(crate) fn spool(&self) -> PathBuf {
        self.root.join("spool")
    }

    /// Damaged artifacts, taken out of service.
    pub(crate) fn quarantine(&self) -> PathBuf {
        self.root.join("quarantine")
    }

    /// Held while a process has the store open for writing.
    pub(crate) fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }

    /// What is known of checksum databases.
    pub(crate) fn sumdb(&self) -> PathBuf {
        self.root.join("sumdb")
    }

    /// What a remote store still lacks.
    pub(crate) fn queue(&self) -> PathBuf {
        self.root.join("queue")
    }

    /// The journal of the shared state.
    pub(crate) fn state(&self) -> PathBuf {
        self.root.join("state")
    }

    /// The catalog.
    pub(crate) fn catalog(&self) -> PathBuf {
        self.root.join("catalog.db")
    }

    /// The folder `@v` of a module.
    pub(crate) fn versions(&self, path: &ModulePath) -> Result<PathBuf, StoreError> {
        below(&self.download(), &format!("{}/@v", path.escaped()))
    }

    /// The files of a module version.
    pub(crate) fn place(&self, module: &ModuleVersion) -> Result<Place, StoreError> {
        let version = module.version.escaped();
        let folder = self.versions(&module.path)?;
        below(&folder, &version)?;
        Ok(Place { folder, version })
    }

    /// The `number`th place to set a damaged artifact aside.
    pub(crate) fn withdrawn(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
        number: usize,
    ) -> Result<PathBuf, StoreError> {
        let (path, version) = (module.path.escaped(), module.version.escaped());
        below(
            &self.quarantine(),
            &format!("{path}/@v/{version}.{}.{number}", kind.as_str()),
        )
    }
}

/// `relative` below `root`. The names come from checked types; that they
/// cannot lead out of the store is tested here once more all the same.
pub(crate) fn below(root: &Path, relative: &str) -> Result<PathBuf, StoreError> {
    let path = Path::new(relative);
    let plain = path
        .components()
        .all(|component| matches!(component, Component::Normal(_)));
    if relative.is_empty() || relative.contains(['\0', '\\']) || !plain {
        let reason = "this name leads out of the store".to_owned();
        return Err(StoreError::Unsupported {
            url: relative.to_owned(),
            reason,
        });
    }
    Ok(root.join(path))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_lead_out_are_refused() {
        for name in [
            "",
            "..",
            "a/../b",
            "/etc/passwd",
            "a/..",
            "./a",
            "a\0b",
            "a\\b",
        ] {
            assert!(below(Path::new("/r"), name).is_err(), "{name:?}");
        }
        assert_eq!(
            below(Path::new("/r"), "a/b@v").unwrap(),
            Path::new("/r/a/b@v")
        );
    }

    #[test]
    fn the_layout_is_that_of_the_module_cache() {
        let module = ModuleVersion::new(
            ModulePath::parse("github.com/BurntSushi/toml").unwrap(),
            gomod::Version::parse("v1.0.0-RC1").unwrap(),
        )
        .unwrap();
        let place = Layout::new(Path::new("/r")).place(&module).unwrap();
        let folder = "/r/cache/download/github.com/!burnt!sushi/toml/@v";
        assert_eq!(
            place.artifact(ArtifactKind::Zip),
            Path::new(&format!("{folder}/v1.0.0-!r!c1.zip"))
        );
        assert_eq!(
            place.receipt(),
            Path::new(&format!("{folder}/v1.0.0-!r!c1.receipt"))
        );
    }

    proptest! {
        #[test]
        fn nothing_leaves_the_root(name in ".{0,30}") {
            if let Ok(path) = below(Path::new("/r"), &name) {
                prop_assert!(path.starts_with("/r") && path != Path::new("/r"));
                prop_assert!(!path.components().any(|component| component == Component::ParentDir));
            }
        }
    }
}
