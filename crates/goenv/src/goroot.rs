//! Where Go is installed, found without running it.

use std::path::{Path, PathBuf};

use platform::EnvSnapshot;

use crate::files::read_regular;
use crate::path::clean;
use crate::{EnvFile, Release, Root};

/// The GOROOT whose `go.env` counts: that of the user's file, that of the
/// process, else the folder above the `go` on PATH, with links resolved and as
/// it is. (cmd/go/internal/cfg, `findGOROOT`: the user's file goes first.)
pub fn find_goroot(env: &EnvSnapshot, user: Option<&EnvFile>, root: &Root) -> Option<PathBuf> {
    let written = user
        .and_then(|file| file.last("GOROOT"))
        .map(|(value, _)| value)
        .filter(|value| !value.is_empty());
    if let Some(goroot) = written.or_else(|| env.get("GOROOT")) {
        return Some(PathBuf::from(clean(goroot)));
    }
    let name = if cfg!(windows) { "go.exe" } else { "go" };
    let program = std::env::split_paths(env.get("PATH")?)
        .map(|folder| folder.join(name))
        .find(|program| is_program(root, program))?;
    root_above(root, &program)
}

/// The release that is installed at `goroot` on this machine.
pub fn release_of(goroot: &Path) -> Option<Release> {
    Release::from_version_file(&version_of(&Root::machine(), goroot)?)
}

/// The version in the first line of `goroot`'s VERSION: `go1.26.8`.
pub(crate) fn version_of(root: &Root, goroot: &Path) -> Option<String> {
    let file = root.resolve(&goroot.join("VERSION")).ok()?;
    let bytes = read_regular(&file, VERSION_BYTES).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let line = text.lines().next()?.trim_end();
    (!line.is_empty()).then(|| line.to_owned())
}

/// VERSION has two short lines.
const VERSION_BYTES: u64 = 4 << 10;

/// Whether a file is at `program` in `root`.
pub(crate) fn is_program(root: &Root, program: &Path) -> bool {
    root.resolve(program).is_ok_and(|file| file.is_file())
}

/// The root of the Go whose program is at `program`. Links first: Linux tells
/// a program its path without any.
pub(crate) fn root_above(root: &Root, program: &Path) -> Option<PathBuf> {
    let above = |program: &Path| {
        let one = program.parent()?.parent()?;
        let roots = [Some(one), one.parent()].into_iter().flatten();
        roots
            .map(Path::to_owned)
            .find(|folder| root.resolve(folder).is_ok_and(|folder| is_goroot(&folder)))
    };
    // In an image only what stays inside it can be named.
    let real = root.resolve(program).ok()?;
    let real = root.inside(&real)?;
    above(&real).or_else(|| above(program))
}

fn is_goroot(folder: &Path) -> bool {
    folder.join("pkg/tool").is_dir()
        || folder.join("VERSION").is_file()
        || folder.join("go.env").is_file()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_linked_go_leads_to_its_root() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("lib/go");
        std::fs::create_dir_all(root.join("bin")).unwrap();
        std::fs::create_dir_all(folder.path().join("usr/bin")).unwrap();
        std::fs::write(root.join("VERSION"), "go1.24.3\n").unwrap();
        std::fs::write(root.join("bin/go"), "").unwrap();
        std::os::unix::fs::symlink(root.join("bin/go"), folder.path().join("usr/bin/go")).unwrap();
        let path = folder.path().join("usr/bin").display().to_string();
        let found = find_goroot(
            &[("PATH", path.as_str())]
                .into_iter()
                .collect::<EnvSnapshot>(),
            None,
            &Root::machine(),
        )
        .unwrap();
        assert_eq!(found, root.canonicalize().unwrap());
        assert_eq!(release_of(&found).unwrap().to_string(), "1.24");
    }

    #[test]
    fn what_is_written_goes_before_the_path() {
        let env = [("GOROOT", "/process"), ("PATH", "/nowhere")]
            .into_iter()
            .collect::<EnvSnapshot>();
        assert_eq!(
            find_goroot(&env, None, &Root::machine()),
            Some(PathBuf::from("/process"))
        );
        let user = EnvFile::parse(PathBuf::from("env"), b"GOROOT=/user\n");
        assert_eq!(
            find_goroot(&env, Some(&user), &Root::machine()),
            Some(PathBuf::from("/user"))
        );
        assert_eq!(
            find_goroot(
                &[("PATH", "/nowhere")].into_iter().collect::<EnvSnapshot>(),
                None,
                &Root::machine()
            ),
            None
        );
    }
}
