//! What `go env -w` and `go env -u` refuse, in Go's words.
//! (cmd/go/internal/envcmd, `checkEnvWrite` and `checkBuildConfig`.)

mod names;

use std::fmt::Write;

use platform::EnvSnapshot;

use crate::{EnvFile, Error, GoEnv, GorootFile};
use names::{is_known, is_pair};

/// What the answer depends on.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// The environment as it is.
    pub env: &'a GoEnv,
    /// That of the process.
    pub process: &'a EnvSnapshot,
    /// The user's file: what stands in it counts as known.
    pub user: Option<&'a EnvFile>,
    /// `$GOROOT/go.env`: the same.
    pub goroot: &'a GorootFile,
    /// The experiments that this Go has, in lower case; `None` if that is not
    /// known, and then they are not checked.
    pub experiments: Option<&'a [String]>,
}

/// From these releases on.
const DEBUG_REFUSED_SINCE: u32 = 23;
const GOROOT_REFUSED_SINCE: u32 = 27;

impl Rules<'_> {
    /// Checks values that are to be set in one step.
    ///
    /// # Errors
    /// [`Error::Refused`] with Go's reason, or ours for GOROOT.
    pub fn check_set(&self, settings: &[(String, String)]) -> Result<(), Error> {
        for (index, (key, value)) in settings.iter().enumerate() {
            self.check_name(key)?;
            check_goroot(key, self.env.release().at_least(GOROOT_REFUSED_SINCE))?;
            check_value(key, value)?;
            if settings.iter().take(index).any(|(other, _)| other == key) {
                return refuse(format!("multiple values for key: {key}"));
            }
        }
        let set = |name: &str| {
            let setting = settings.iter().find(|(key, _)| key == name);
            setting.map(|(_, value)| value.clone())
        };
        self.check_build(&set)?;
        match set("GOTMPDIR") {
            Some(folder) if !folder.is_empty() && !is_absolute(&folder) => {
                refuse("GOTMPDIR must be an absolute path".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// Checks names that are to be unset in one step.
    ///
    /// # Errors
    /// As [`Self::check_set`].
    pub fn check_unset(&self, names: &[String]) -> Result<(), Error> {
        names.iter().try_for_each(|name| self.check_name(name))?;
        let left = |name: &str| {
            let is_unset = names.iter().any(|unset| unset == name);
            is_unset.then(|| match (self.process.get(name), name) {
                (Some(value), _) => value.to_owned(),
                (None, "GOOS") => self.env.value("GOHOSTOS").to_owned(),
                (None, "GOARCH") => self.env.value("GOHOSTARCH").to_owned(),
                (None, _) => String::new(),
            })
        };
        self.check_build(&left)
    }

    fn check_name(&self, key: &str) -> Result<(), Error> {
        let newer = self.env.release().at_least(DEBUG_REFUSED_SINCE);
        match key {
            "GOEXE" | "GOGCCFLAGS" | "GOHOSTARCH" | "GOHOSTOS" | "GOMOD" | "GOWORK"
            | "GOTOOLDIR" | "GOVERSION" => return refuse(format!("{key} cannot be modified")),
            "GOTELEMETRY" | "GOTELEMETRYDIR" if newer => {
                return refuse(format!("{key} cannot be modified"));
            }
            "GOENV" => return refuse(os_only(key)),
            "GODEBUG" if newer => return refuse(os_only(key)),
            _ => {}
        }
        let in_file = |file: &EnvFile| file.last(key).is_some();
        let in_goroot = match self.goroot {
            GorootFile::Read(file) => in_file(file),
            GorootFile::Missing | GorootFile::Assumed => false,
        };
        if in_goroot || self.user.is_some_and(in_file) || is_known(key, self.env.release()) {
            return Ok(());
        }
        refuse(format!("unknown go command variable {key}"))
    }

    /// The build for which this would be: `new` gives what a name becomes, if
    /// it changes.
    fn check_build(&self, new: &dyn Fn(&str) -> Option<String>) -> Result<(), Error> {
        let or_now = |name: &str| new(name).unwrap_or_else(|| self.env.value(name).to_owned());
        let (os, arch) = (or_now("GOOS"), or_now("GOARCH"));
        let changed = new("GOOS").is_some() || new("GOARCH").is_some();
        if changed && !is_pair(&os, &arch, self.env.release()) {
            return refuse(format!("unsupported GOOS/GOARCH pair {os}/{arch}"));
        }
        let (Some(experiment), Some(known)) = (new("GOEXPERIMENT"), self.experiments) else {
            return Ok(());
        };
        for name in experiment
            .split(',')
            .filter(|name| !matches!(*name, "" | "none"))
        {
            let name = name.strip_prefix("no").unwrap_or(name);
            if name != "regabi" && !known.iter().any(|known| known == name) {
                return refuse(format!("unknown GOEXPERIMENT {name}"));
            }
        }
        Ok(())
    }
}

fn refuse(reason: String) -> Result<(), Error> {
    Err(Error::Refused(reason))
}

fn os_only(key: &str) -> String {
    format!("{key} can only be set using the OS environment")
}

/// Up to Go 1.26 `go env -w` takes it, and then no `go` command works any more.
fn check_goroot(key: &str, by_go: bool) -> Result<(), Error> {
    match (key, by_go) {
        ("GOROOT", true) => refuse("GOROOT cannot be modified".to_owned()),
        ("GOROOT", false) => refuse(
            "GOROOT cannot be modified: with it in the file every go command, `go env -u GOROOT` too, ends with \"cannot find GOROOT directory\" once that folder is gone"
                .to_owned(),
        ),
        _ => Ok(()),
    }
}

fn check_value(key: &str, value: &str) -> Result<(), Error> {
    let relative = !value.is_empty() && !is_absolute(value);
    let quoted = quote(value);
    match key {
        "GO111MODULE" if !matches!(value, "" | "auto" | "on" | "off") => {
            return refuse(format!("invalid {key} value {quoted}"));
        }
        "GOPATH" if value.starts_with('~') => {
            return refuse(format!(
                "GOPATH entry cannot start with shell metacharacter '~': {quoted}"
            ));
        }
        "GOPATH" | "GOMODCACHE" if relative => {
            return refuse(format!(
                "{key} entry is relative; must be absolute path: {quoted}"
            ));
        }
        "CC" | "CXX" if !value.is_empty() => check_program(key, value)?,
        _ => {}
    }
    if value.contains('\0') {
        return refuse(format!("invalid NUL in {key}=... value"));
    }
    if value.contains(['\u{b}', '\r', '\n']) {
        return refuse(format!("invalid newline in {key}=... value"));
    }
    Ok(())
}

fn check_program(key: &str, value: &str) -> Result<(), Error> {
    let words =
        quoted_words(value).map_err(|reason| Error::Refused(format!("invalid {key}: {reason}")))?;
    let Some(program) = words.first() else {
        return refuse(format!("{key} entry cannot contain only space"));
    };
    if !is_absolute(program) && (program.contains('/') || program.is_empty()) {
        return refuse(format!(
            "{key} entry is relative; must be absolute path: {}",
            quote(program)
        ));
    }
    Ok(())
}

/// The words of a command or of GOFLAGS, which may stand in quotes; all of
/// them have to end. (cmd/internal/quoted, `Split`.)
///
/// # Errors
/// Go's words for a quote that does not end.
pub fn quoted_words(text: &str) -> Result<Vec<&str>, String> {
    let blank = [' ', '\t', '\n', '\r'];
    let mut words = Vec::new();
    let mut rest = text.trim_start_matches(blank);
    while let Some(letter) = rest.chars().next() {
        let (word, behind) = if matches!(letter, '"' | '\'') {
            let inner = rest.get(1..).unwrap_or_default();
            inner
                .split_once(letter)
                .ok_or_else(|| format!("unterminated {letter} string"))?
        } else {
            rest.split_at(rest.find(blank).unwrap_or(rest.len()))
        };
        words.push(word);
        rest = behind.trim_start_matches(blank);
    }
    Ok(words)
}

fn is_absolute(path: &str) -> bool {
    std::path::Path::new(path).is_absolute()
}

/// Text in quotes, as Go's `%q` writes it for what occurs here.
fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{b}' => quoted.push_str("\\v"),
            '\u{7}' => quoted.push_str("\\a"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            letter if letter.is_ascii_control() => {
                // Writing to a string cannot fail.
                let _ = write!(quoted, "\\x{:02x}", u32::from(letter));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}
