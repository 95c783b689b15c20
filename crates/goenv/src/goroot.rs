//! Where Go is installed, found without running it.

use std::path::{Path, PathBuf};

use platform::EnvSnapshot;

use crate::{EnvFile, Release};

/// The GOROOT whose `go.env` counts: that of the user's file, that of the
/// process, else the folder above the `go` on PATH, as it is and with links
/// resolved. (cmd/go/internal/cfg, `findGOROOT`: the user's file goes first.)
pub fn find_goroot(env: &EnvSnapshot, user: Option<&EnvFile>) -> Option<PathBuf> {
    let written = user
        .and_then(|file| file.last("GOROOT"))
        .map(|(value, _)| value)
        .filter(|value| !value.is_empty());
    if let Some(goroot) = written.or_else(|| env.get("GOROOT")) {
        return Some(PathBuf::from(goroot));
    }
    let name = if cfg!(windows) { "go.exe" } else { "go" };
    let program = std::env::split_paths(env.get("PATH")?)
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())?;
    let above = |program: &Path| {
        Some(program.parent()?.parent()?.to_path_buf()).filter(|root| is_goroot(root))
    };
    above(&program).or_else(|| above(&program.canonicalize().ok()?))
}

/// The release that is installed at `goroot`.
pub fn release_of(goroot: &Path) -> Option<Release> {
    let bytes = std::fs::read(goroot.join("VERSION")).ok()?;
    Release::from_version_file(&String::from_utf8_lossy(&bytes))
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
        assert_eq!(find_goroot(&env, None), Some(PathBuf::from("/process")));
        let user = EnvFile::parse(PathBuf::from("env"), b"GOROOT=/user\n");
        assert_eq!(find_goroot(&env, Some(&user)), Some(PathBuf::from("/user")));
        assert_eq!(
            find_goroot(
                &[("PATH", "/nowhere")].into_iter().collect::<EnvSnapshot>(),
                None
            ),
            None
        );
    }
}
