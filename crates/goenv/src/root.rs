//! The root of a file system: this machine's, or the folder of a container
//! image, which no path and no link leaves.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};

/// Links followed in one path: what Linux follows.
const LINKS: usize = 40;

/// Where paths begin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Root {
    folder: Option<PathBuf>,
}

impl Root {
    /// This machine.
    pub fn machine() -> Self {
        Self::default()
    }

    /// The folder that is to become `/`, such as that of an unpacked image.
    pub fn image(folder: &Path) -> Self {
        Self {
            folder: Some(folder.to_owned()),
        }
    }

    /// Whether it is an image.
    pub fn is_image(&self) -> bool {
        self.folder.is_some()
    }

    /// Where the path `inside` is on this machine, every link followed, the
    /// last too. In an image an absolute link begins at the image's root, and
    /// `..` stops there, as they will once it runs. What does not exist is
    /// named as it would be made.
    ///
    /// # Errors
    /// When a link cannot be read, or links lead in circles.
    pub fn resolve(&self, inside: &Path) -> io::Result<PathBuf> {
        let Some(root) = &self.folder else {
            return follow(Path::new("/"), inside, inside.is_absolute());
        };
        let root = root.canonicalize()?;
        follow(&root, inside, true)
    }

    /// The path inside of what is at `path` on this machine; `None` for what
    /// is not in it.
    pub(crate) fn inside(&self, path: &Path) -> Option<PathBuf> {
        let Some(root) = &self.folder else {
            return Some(path.to_owned());
        };
        let root = root.canonicalize().ok()?;
        Some(Path::new("/").join(path.strip_prefix(root).ok()?))
    }
}

/// Walks `path` down from `root`, above which nothing is; a relative path on
/// this machine begins at the working folder instead.
fn follow(root: &Path, path: &Path, from_root: bool) -> io::Result<PathBuf> {
    let start = if from_root {
        root.to_owned()
    } else {
        std::env::current_dir()?
    };
    let mut here = start;
    let mut left: VecDeque<OsString> = parts(path).collect();
    let mut links = 0;
    while let Some(part) = left.pop_front() {
        if part == ".." {
            if here != root {
                here.pop();
            }
            continue;
        }
        let next = here.join(&part);
        let is_link = std::fs::symlink_metadata(&next).is_ok_and(|file| file.is_symlink());
        if !is_link {
            here = next;
            continue;
        }
        links += 1;
        if links > LINKS {
            let told = format!("{}: links lead in circles", path.display());
            return Err(io::Error::other(told));
        }
        let target = std::fs::read_link(&next)?;
        if target.is_absolute() {
            root.clone_into(&mut here);
        }
        for part in parts(&target).collect::<Vec<_>>().into_iter().rev() {
            left.push_front(part);
        }
    }
    Ok(here)
}

/// The names in `path`, `..` among them.
fn parts(path: &Path) -> impl Iterator<Item = OsString> {
    path.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some(OsString::from("..")),
        Component::CurDir | Component::RootDir | Component::Prefix(_) => None,
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    /// Each way out of an image ends inside it.
    #[test]
    fn no_link_leaves_an_image() {
        let folder = tempfile::tempdir().unwrap();
        let image = folder.path().canonicalize().unwrap().join("image");
        std::fs::create_dir_all(image.join("root/.config/go")).unwrap();
        std::fs::create_dir_all(image.join("etc")).unwrap();
        let outside = folder.path().canonicalize().unwrap().join("outside");
        std::fs::write(&outside, "").unwrap();
        symlink("/etc/goenv", image.join("root/.config/go/env")).unwrap();
        symlink("../../../../../outside", image.join("up")).unwrap();
        symlink(&outside, image.join("away")).unwrap();
        symlink("root", image.join("home")).unwrap();
        let root = Root::image(&image);
        let at = |inside: &str| root.resolve(Path::new(inside)).unwrap();
        assert_eq!(at("/root/.config/go/env"), image.join("etc/goenv"));
        assert_eq!(at("/home/.config/go/env"), image.join("etc/goenv"));
        assert_eq!(at("/../../outside"), image.join("outside"));
        assert_eq!(at("/up"), image.join("outside"));
        for inside in ["/away", "/home/../away", "away"] {
            assert!(at(inside).starts_with(&image), "{inside}: {:?}", at(inside));
        }
    }

    #[test]
    fn circles_are_an_error() {
        let folder = tempfile::tempdir().unwrap();
        symlink("b", folder.path().join("a")).unwrap();
        symlink("a", folder.path().join("b")).unwrap();
        assert!(Root::image(folder.path()).resolve(Path::new("/a")).is_err());
        let here = folder.path().join("a");
        assert!(Root::machine().resolve(&here).is_err());
    }

    #[test]
    fn a_link_to_nothing_leads_where_it_would_be_made() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().canonicalize().unwrap();
        symlink("dotfiles/env", folder.join("env")).unwrap();
        let found = Root::machine().resolve(&folder.join("env")).unwrap();
        assert_eq!(found, folder.join("dotfiles/env"));
    }
}
