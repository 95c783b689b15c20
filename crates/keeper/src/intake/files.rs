//! The files of another proxy's tree and what their names say. Links are followed
//! for files only, so that no folder is walked twice.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use gomod::{ArtifactKind, ModulePath, ModuleVersion, Version};

use super::TreeLayout;

/// Folders deeper than this are no module's: Go's own bound for the length of a
/// path of files is 4,096 bytes, and real trees have some ten.
const MAX_DEPTH: usize = 128;

/// A file that by its name is an artifact.
pub(super) struct Found {
    pub(super) file: PathBuf,
    pub(super) module: ModuleVersion,
    pub(super) kind: ArtifactKind,
}

/// What the walk comes to.
pub(super) enum Step {
    Found(Found),
    /// A file of another kind: a list, a lock, a receipt.
    Strange,
    /// An artifact by its name, of a module or version that there cannot be.
    Misnamed(PathBuf, String),
    /// A folder that cannot be read.
    Unreadable(PathBuf, String),
}

/// Goes over the tree at `root`, names in order, until `take` says no.
pub(super) fn walk(
    root: &Path,
    layout: TreeLayout,
    take: &mut dyn FnMut(Step) -> bool,
) -> io::Result<()> {
    // A GOMODCACHE has the tree below, and the unpacked modules beside it.
    let below = root.join("cache").join("download");
    let root = match layout {
        TreeLayout::GoCache if below.is_dir() => &below,
        _ => root,
    };
    fs::read_dir(root)?;
    let mut ahead = vec![(root.to_path_buf(), 0)];
    while let Some((folder, depth)) = ahead.pop() {
        let mut entries = match read(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                let reason = format!("the folder cannot be read: {error}");
                if !take(Step::Unreadable(folder, reason)) {
                    return Ok(());
                }
                continue;
            }
        };
        entries.sort();
        for (path, is_folder) in entries.into_iter().rev() {
            if !is_folder {
                if !take(classify(root, layout, path)) {
                    return Ok(());
                }
            } else if depth < MAX_DEPTH {
                ahead.push((path, depth + 1));
            }
        }
    }
    Ok(())
}

fn read(folder: &Path) -> io::Result<Vec<(PathBuf, bool)>> {
    let entry = |entry: io::Result<fs::DirEntry>| {
        let entry = entry?;
        Ok((entry.path(), entry.file_type()?.is_dir()))
    };
    fs::read_dir(folder)?.map(entry).collect()
}

/// What a file is by its name.
fn classify(root: &Path, layout: TreeLayout, file: PathBuf) -> Step {
    let relative = file.strip_prefix(root).ok().and_then(Path::to_str);
    let Some((path, version, kind)) = relative.and_then(|name| names(layout, name)) else {
        return Step::Strange;
    };
    let named = match layout {
        TreeLayout::GoCache => {
            let path = ModulePath::from_escaped(path).map_err(|error| error.to_string());
            let version = Version::from_escaped(version).map_err(|error| error.to_string());
            (path, version)
        }
        TreeLayout::Athens => (
            ModulePath::parse(path).map_err(|error| error.to_string()),
            Version::parse(version).map_err(|error| error.to_string()),
        ),
    };
    let module = match named {
        (Ok(path), Ok(version)) => {
            ModuleVersion::new(path, version).map_err(|error| error.to_string())
        }
        (Err(error), _) | (_, Err(error)) => Err(error),
    };
    match module {
        Ok(module) => Step::Found(Found { file, module, kind }),
        Err(reason) => Step::Misnamed(file, reason),
    }
}

/// Module path, version and kind as they stand in a file's name.
fn names(layout: TreeLayout, name: &str) -> Option<(&str, &str, ArtifactKind)> {
    let (folder, file) = name.rsplit_once('/')?;
    match layout {
        TreeLayout::GoCache => {
            let path = folder.strip_suffix("/@v")?;
            let (version, extension) = file.rsplit_once('.')?;
            Some((path, version, ArtifactKind::parse(extension)?))
        }
        TreeLayout::Athens => {
            let (path, version) = folder.rsplit_once('/')?;
            let kind = match file {
                "go.mod" => ArtifactKind::Mod,
                "source.zip" => ArtifactKind::Zip,
                _ if file.strip_suffix(".info") == Some(version) => ArtifactKind::Info,
                _ => return None,
            };
            Some((path, version, kind))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_were_laid_out() {
        use TreeLayout::{Athens, GoCache};
        let table = [
            (
                GoCache,
                "a.example/!m/@v/v1.0.0.zip",
                "a.example/M@v1.0.0 zip",
            ),
            (GoCache, "a.example/m/@v/v1.0.0.ziphash", "strange"),
            (GoCache, "a.example/m/@v/list", "strange"),
            (GoCache, "a.example/m/v1.0.0.zip", "strange"),
            (GoCache, "a.example/M/@v/v1.0.0.zip", "misnamed"),
            (GoCache, "a.example/m/v2/@v/v1.0.0.mod", "misnamed"),
            (
                Athens,
                "a.example/M/v1.0.0/source.zip",
                "a.example/M@v1.0.0 zip",
            ),
            (
                Athens,
                "a.example/M/v1.0.0/go.mod",
                "a.example/M@v1.0.0 mod",
            ),
            (
                Athens,
                "a.example/m/v1.0.0/v1.0.0.info",
                "a.example/m@v1.0.0 info",
            ),
            (Athens, "a.example/m/v1.0.0/v1.1.0.info", "strange"),
            (Athens, "a.example/m/latest/go.mod", "misnamed"),
            (Athens, "nodot/v1.0.0/go.mod", "misnamed"),
            (Athens, "go.mod", "strange"),
        ];
        for (layout, name, wanted) in table {
            let step = classify(Path::new("/r"), layout, Path::new("/r").join(name));
            let said = match step {
                Step::Found(found) => format!("{} {}", found.module, found.kind.as_str()),
                Step::Strange => "strange".to_owned(),
                Step::Misnamed(..) => "misnamed".to_owned(),
                Step::Unreadable(..) => "unreadable".to_owned(),
            };
            assert_eq!(said, wanted, "{name}");
        }
    }
}
