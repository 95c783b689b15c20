//! netrc as `go` reads it (cmd/go, `web/netrc.go`), with what `go` silently passes over.
//!
//! A user's netrc works for `go` and for modkeep alike, so its oddities are kept: the host is compared
//! with its port, an entry without a password is none, and a macro ends at an empty line.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::environment::EnvSnapshot;
use crate::http::Login;

/// What a netrc file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Netrc {
    /// The machines with a login and a password, in order; of one name the first counts.
    pub machines: Vec<Machine>,
    /// Those that lack a login or a password; `go` passes over them.
    pub incomplete: Vec<Machine>,
    /// Where it has a `default`, in bytes; `go` ignores that entry.
    pub default: Option<Range<usize>>,
}

/// An entry.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Machine {
    /// The host, with its port when it says one.
    pub name: String,
    /// The user; may be empty in an incomplete entry.
    pub login: String,
    /// The password; may be empty in an incomplete entry.
    pub password: String,
    /// Where the name stands in the text, in bytes.
    pub place: Range<usize>,
}

impl fmt::Debug for Machine {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine")
            .field("name", &self.name)
            .field("login", &self.login)
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

impl Netrc {
    /// Where `go` looks for the file: what `NETRC` names, else `.netrc` in the home folder.
    pub fn path(env: &EnvSnapshot) -> Option<PathBuf> {
        let at_home = || Some(Path::new(env.get("HOME")?).join(".netrc"));
        env.get("NETRC").map(PathBuf::from).or_else(at_home)
    }

    /// The file of this environment; empty if it cannot be read, which `go` does not mind either.
    /// Blocking.
    pub fn load(env: &EnvSnapshot) -> Self {
        let text = Self::path(env).and_then(|path| std::fs::read_to_string(path).ok());
        text.map_or_else(Self::default, |text| Self::parse(&text))
    }

    /// Reads the text. An entry counts once it has machine, login and password; `default` is ignored
    /// and, alone on its line, ends the file.
    pub fn parse(text: &str) -> Self {
        let mut netrc = Self::default();
        let mut current = Machine::default();
        let mut in_macro = false;
        let mut start = 0;
        for line in text.split('\n') {
            let at = start;
            start += line.len() + 1;
            if in_macro {
                in_macro = !line.is_empty();
                continue;
            }
            let words = words(line, at);
            for pair in words.chunks_exact(2) {
                in_macro |= netrc.take(&pair[0], &pair[1], &mut current);
            }
            if let [(place, "default")] = words.chunks_exact(2).remainder() {
                netrc.default.get_or_insert(place.clone());
                break;
            }
        }
        netrc.give_up(current);
        netrc
    }

    /// Takes a word and its value; tells whether a macro begins.
    fn take(&mut self, key: &Word<'_>, value: &Word<'_>, current: &mut Machine) -> bool {
        match key.1 {
            "machine" => {
                let begun = Machine {
                    name: value.1.to_owned(),
                    place: value.0.clone(),
                    ..Machine::default()
                };
                self.give_up(std::mem::replace(current, begun));
            }
            "login" => value.1.clone_into(&mut current.login),
            "password" => value.1.clone_into(&mut current.password),
            "default" => {
                self.default.get_or_insert(key.0.clone());
            }
            "macdef" => return true,
            _ => {}
        }
        let complete = [&current.name, &current.login, &current.password];
        if complete.iter().all(|part| !part.is_empty()) {
            self.machines.push(std::mem::take(current));
        }
        false
    }

    fn give_up(&mut self, machine: Machine) {
        if !machine.name.is_empty() {
            self.incomplete.push(machine);
        }
    }

    /// The login for a host, written with its port as in the URL.
    pub fn login(&self, host: &str) -> Option<Login> {
        let machine = self.machines.iter().find(|machine| machine.name == host)?;
        Some(Login::Basic {
            user: machine.login.clone(),
            password: machine.password.clone(),
        })
    }
}

/// A word with its place in the text.
type Word<'t> = (Range<usize>, &'t str);

/// The words of a line that begins at `at`.
fn words(line: &str, at: usize) -> Vec<Word<'_>> {
    let mut found = Vec::new();
    let mut end = 0;
    for word in line.split_whitespace() {
        // Each word stands behind the one before.
        let start = end + line[end..].find(word).unwrap_or_default();
        end = start + word.len();
        found.push((at + start..at + end, word));
    }
    found
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

    #[test]
    fn what_go_passes_over_is_told() {
        let text = "machine a login u\nmachine b password p\nmachine c login u password p\ndefault login x password y";
        let netrc = Netrc::parse(text);
        let places = |machines: &[Machine]| -> Vec<String> {
            let name = |machine: &Machine| text[machine.place.clone()].to_owned();
            machines.iter().map(name).collect()
        };
        assert_eq!(places(&netrc.incomplete), ["a", "b"]);
        assert_eq!(places(&netrc.machines), ["c"]);
        assert_eq!(netrc.default.map(|place| &text[place]), Some("default"));
        assert!(!format!("{:?}", netrc.machines).contains("\"p\""));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(128))]
        #[test]
        fn any_text_is_read(words in "((machine|login|password|default|macdef|a)[ \n]?){0,12}") {
            let netrc = Netrc::parse(&words);
            proptest::prop_assert!(netrc.machines.iter().all(|machine| !machine.password.is_empty()));
            for machine in netrc.machines.iter().chain(&netrc.incomplete) {
                proptest::prop_assert_eq!(&words[machine.place.clone()], &machine.name);
            }
        }
    }
}
