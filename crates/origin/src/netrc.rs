//! netrc as `go` reads it (cmd/go, `web/netrc.go`).
//!
//! A user's netrc works for `go` and for modkeep alike, so its oddities are kept: the host is compared
//! with its port, an entry without a password is none, and a macro ends at an empty line.

use platform::{EnvSnapshot, Login};

/// The machines that a netrc file has a login and a password for.
#[derive(Clone, Default)]
pub(crate) struct Netrc {
    machines: Vec<Machine>,
}

/// One entry, complete or being read.
#[derive(Clone, Default)]
struct Machine {
    name: String,
    login: String,
    password: String,
}

impl Netrc {
    /// The file that `NETRC` names, else `.netrc` in the home folder; empty if it cannot be read, which
    /// `go` does not mind either. Blocking.
    pub(crate) fn load(env: &EnvSnapshot) -> Self {
        let path = match (env.get("NETRC"), env.get("HOME")) {
            (Some(path), _) => path.into(),
            (None, Some(home)) => std::path::Path::new(home).join(".netrc"),
            (None, None) => return Self::default(),
        };
        std::fs::read_to_string(path).map_or_else(|_| Self::default(), |text| Self::parse(&text))
    }

    /// Reads the text. An entry counts once it has machine, login and password; `default` is ignored
    /// and ends the file.
    pub(crate) fn parse(text: &str) -> Self {
        let mut machines = Vec::new();
        let mut current = Machine::default();
        let mut in_macro = false;
        for line in text.split('\n') {
            if in_macro {
                in_macro = !line.is_empty();
                continue;
            }
            let words: Vec<&str> = line.split_whitespace().collect();
            for pair in words.chunks_exact(2) {
                match pair[0] {
                    "machine" => {
                        current = Machine {
                            name: pair[1].to_owned(),
                            ..Machine::default()
                        }
                    }
                    "login" => pair[1].clone_into(&mut current.login),
                    "password" => pair[1].clone_into(&mut current.password),
                    "macdef" => in_macro = true,
                    _ => {}
                }
                let complete = [&current.name, &current.login, &current.password];
                if complete.iter().all(|part| !part.is_empty()) {
                    machines.push(std::mem::take(&mut current));
                }
            }
            if words.len() % 2 == 1 && words.last() == Some(&"default") {
                break;
            }
        }
        Self { machines }
    }

    /// The login for a host, written with its port as in the URL.
    pub(crate) fn login(&self, host: &str) -> Option<Login> {
        let machine = self.machines.iter().find(|machine| machine.name == host)?;
        Some(Login::Basic {
            user: machine.login.clone(),
            password: machine.password.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_found_as_go_finds_them() {
        let whole = "machine a.example login u password p";
        for (text, host, found) in [
            (whole, "a.example", Some("u:p")),
            (whole, "b.example", None),
            (whole, "a.example:8443", None),
            (
                "machine a.example:8443 login u password p",
                "a.example:8443",
                Some("u:p"),
            ),
            (
                "machine a.example\n\tlogin u\r\n\tpassword p\n",
                "a.example",
                Some("u:p"),
            ),
            ("machine a.example login u", "a.example", None),
            ("machine a.example password p", "a.example", None),
            (
                "machine a.example login u\nmachine b.example password p",
                "b.example",
                None,
            ),
            (
                "machine a.example login u password p machine a.example login v password q",
                "a.example",
                Some("u:p"),
            ),
            (
                "machine a.example account x login u password p",
                "a.example",
                Some("u:p"),
            ),
            (
                "default\nmachine a.example login u password p",
                "a.example",
                None,
            ),
            ("default login u password p", "a.example", None),
            (
                "macdef m\nmachine a.example login u password p\n\n",
                "a.example",
                None,
            ),
            (
                "macdef m\nx\n\nmachine a.example login u password p",
                "a.example",
                Some("u:p"),
            ),
            ("", "a.example", None),
            ("machine", "machine", None),
        ] {
            let login = Netrc::parse(text).login(host).map(|login| match login {
                Login::Basic { user, password } => format!("{user}:{password}"),
                Login::Bearer { token } => token,
            });
            assert_eq!(login.as_deref(), found, "{text:?}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(128))]
        #[test]
        fn any_text_is_read(words in "((machine|login|password|default|macdef|a)[ \n]?){0,12}") {
            let netrc = Netrc::parse(&words);
            proptest::prop_assert!(netrc.machines.iter().all(|machine| !machine.password.is_empty()));
        }
    }
}
