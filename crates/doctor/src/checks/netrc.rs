//! netrc as `go` reads it (cmd/go, `web/netrc.go`), with what it silently
//! passes over.

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
    /// The entries that Go uses.
    machines: Vec<Machine>,
    /// Machines that have a name but not login and password.
    pub(super) incomplete: Vec<String>,
    /// Whether it has a `default`, which Go ignores.
    pub(super) has_default: bool,
}

/// One entry, complete or being read.
#[derive(Clone, Default)]
struct Machine {
    name: String,
    login: String,
    password: String,
}

impl Netrc {
    /// Reads the file that `NETRC` names, else `.netrc` in the home folder. Blocking.
    pub(super) fn load(env: &EnvSnapshot) -> Self {
        let named = env.get("NETRC").map(PathBuf::from);
        let is_named = named.is_some();
        let at_home = || Some(Path::new(env.get("HOME")?).join(".netrc"));
        let Some(path) = named.or_else(at_home) else {
            return Self::default();
        };
        let mut netrc = match std::fs::read(&path) {
            Ok(bytes) => Self::parse(&String::from_utf8_lossy(&bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !is_named => {
                Self::default()
            }
            Err(error) => Self {
                unreadable: Some(error.kind().to_string()),
                ..Self::default()
            },
        };
        netrc.mode = mode_of(&path);
        netrc.path = Some(path);
        netrc.named = is_named;
        netrc
    }

    /// Reads the text. An entry counts once it has machine, login and password; `default` ends the file.
    pub(super) fn parse(text: &str) -> Self {
        let mut netrc = Self::default();
        let mut current = Machine::default();
        let mut in_macro = false;
        for line in text.split('\n') {
            if in_macro {
                in_macro = !line.trim().is_empty();
                continue;
            }
            let words: Vec<&str> = line.split_whitespace().collect();
            for pair in words.chunks_exact(2) {
                match pair[0] {
                    "machine" => {
                        netrc.give_up(&current);
                        current = Machine {
                            name: pair[1].to_owned(),
                            ..Machine::default()
                        };
                    }
                    "login" => pair[1].clone_into(&mut current.login),
                    "password" => pair[1].clone_into(&mut current.password),
                    "macdef" => in_macro = true,
                    _ => {}
                }
                let complete = [&current.name, &current.login, &current.password];
                if complete.iter().all(|part| !part.is_empty()) {
                    netrc.machines.push(std::mem::take(&mut current));
                }
            }
            if words.first() == Some(&"default") {
                netrc.has_default = true;
                break;
            }
        }
        netrc.give_up(&current);
        netrc
    }

    fn give_up(&mut self, machine: &Machine) {
        if !machine.name.is_empty() {
            self.incomplete.push(machine.name.clone());
        }
    }

    /// The login for a host, written with its port as in the URL.
    pub(super) fn login(&self, host: &str) -> Option<Login> {
        let machine = self.machines.iter().find(|machine| machine.name == host)?;
        Some(Login::Basic {
            user: machine.login.clone(),
            password: machine.password.clone(),
        })
    }

    /// The machines of the complete entries.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.machines.iter().map(|machine| machine.name.as_str())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_found_as_go_finds_them() {
        let whole = "machine a.example login u password p";
        for (text, host, found) in [
            (whole, "a.example", true),
            (whole, "a.example:8443", false),
            (
                "machine a.example:8443 login u password p",
                "a.example:8443",
                true,
            ),
            (
                "machine a.example\n\tlogin u\r\n\tpassword p\n",
                "a.example",
                true,
            ),
            ("machine a.example login u", "a.example", false),
            (
                "default\nmachine a.example login u password p",
                "a.example",
                false,
            ),
            (
                "macdef m\nx\n\nmachine a.example login u password p",
                "a.example",
                true,
            ),
            ("", "a.example", false),
        ] {
            let login = Netrc::parse(text).login(host);
            assert_eq!(login.is_some(), found, "{text:?}");
        }
    }

    #[test]
    fn what_go_passes_over_is_told() {
        let netrc = Netrc::parse(
            "machine a login u\nmachine b password p\nmachine c login u password p\ndefault login x password y",
        );
        assert_eq!(netrc.incomplete, ["a", "b"]);
        assert_eq!(netrc.names().collect::<Vec<_>>(), ["c"]);
        assert!(netrc.has_default);
    }
}
