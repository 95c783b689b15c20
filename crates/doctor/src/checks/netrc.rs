//! The netrc file that `go` reads, and how it lies on the disk.

use std::path::{Path, PathBuf};

use platform::{EnvSnapshot, Login};

/// A netrc file, or that there is none.
#[derive(Clone, Default)]
pub(super) struct Netrc {
    /// Where Go looks for it; none without HOME and NETRC.
    pub(super) path: Option<PathBuf>,
    /// Whether NETRC names it.
    pub(super) named: bool,
    /// Why it could not be read though it is there, or is named.
    pub(super) unreadable: Option<String>,
    /// Permission bits, where the system has them.
    pub(super) mode: Option<u32>,
    /// What it says.
    pub(super) content: platform::Netrc,
}

impl Netrc {
    /// Reads the file that `NETRC` names, else `.netrc` in the home folder. Blocking.
    pub(super) fn load(env: &EnvSnapshot) -> Self {
        let Some(path) = platform::Netrc::path(env) else {
            return Self::default();
        };
        let named = env.get("NETRC").is_some();
        let (content, unreadable) = match std::fs::read(&path) {
            Ok(bytes) => (
                platform::Netrc::parse(&String::from_utf8_lossy(&bytes)),
                None,
            ),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !named => {
                Default::default()
            }
            Err(error) => (platform::Netrc::default(), Some(error.kind().to_string())),
        };
        Self {
            mode: mode_of(&path),
            path: Some(path),
            named,
            unreadable,
            content,
        }
    }

    /// The login for a host, written with its port as in the URL.
    pub(super) fn login(&self, host: &str) -> Option<Login> {
        self.content.login(host)
    }

    /// The machines of the complete entries.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let machines = self.content.machines.iter();
        machines.map(|machine| machine.name.as_str())
    }
}

#[cfg(unix)]
fn mode_of(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = std::fs::metadata(path).ok()?;
    Some(metadata.permissions().mode() & 0o777)
}

#[cfg(not(unix))]
fn mode_of(_: &Path) -> Option<u32> {
    None
}
