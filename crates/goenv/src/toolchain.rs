//! Which toolchain GOTOOLCHAIN leads to, and where it is on this machine.
//! (cmd/go/internal/toolchain, `Select`.)

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use gomod::gover;

use crate::found::Found;
use crate::goroot::{is_program, root_above};
use crate::{GoEnv, Root};

/// A toolchain that is wanted instead of the installed one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Its name: `go1.24.4`.
    pub(crate) name: String,
    /// Whether it may come from PATH only.
    path_only: bool,
}

/// What go.mod or go.work ask for.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    pub(crate) go: String,
    pub(crate) toolchain: String,
}

impl Asked {
    /// Reads the file that counts: go.work before go.mod.
    pub(crate) fn read(env: &GoEnv, found: &Found) -> Self {
        let work = Some(env.value("GOWORK"))
            .filter(|file| !matches!(*file, "" | "off"))
            .map(PathBuf::from)
            .filter(|file| file.exists());
        let Some(file) = work.or_else(|| found.module.clone()) else {
            return Self::default();
        };
        let limit = platform::Limits::default().mod_bytes;
        let bytes = crate::files::read_regular(&file, limit).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        Self {
            go: first_line(&text, "go"),
            toolchain: first_line(&text, "toolchain"),
        }
    }
}

/// The word behind `key` on the first line that begins with it, in blocks too.
/// (cmd/go/internal/gover, `GoModLookup`.)
fn first_line(text: &str, key: &str) -> String {
    let mut values = text.lines().filter_map(|line| {
        let rest = line.trim().strip_prefix(key)?;
        let rest = rest.split("//").next()?;
        rest.starts_with([' ', '\t']).then(|| rest.trim())
    });
    values.next().unwrap_or_default().to_owned()
}

/// The toolchain that a `go` named `installed` (`go1.26.8`) would switch to;
/// `None` if it stays, or refuses the setting.
pub(crate) fn wanted(setting: &str, installed: &str, asked: &Asked) -> Option<Wanted> {
    let local = gover::from_toolchain(installed)?;
    let (mut name, mode) = match setting {
        "" => return None,
        "auto" | "path" => (installed.to_owned(), setting),
        _ => match setting.split_once('+') {
            Some((min, mode)) => (min.to_owned(), mode),
            None => (setting.to_owned(), ""),
        },
    };
    if name == "local" {
        installed.clone_into(&mut name);
    }
    let mut version = match name.as_str() {
        own if own == installed => local.to_owned(),
        other => gover::from_toolchain(other)?.to_owned(),
    };
    if matches!(mode, "auto" | "path") && asked.toolchain != "default" {
        if let Some(newer) = gover::from_toolchain(&asked.toolchain)
            .filter(|newer| gover::compare(newer, &version) == Ordering::Greater)
        {
            asked.toolchain.clone_into(&mut name);
            version = newer.to_owned();
        }
        if gover::compare(&asked.go, &version) == Ordering::Greater {
            name = format!("go{}", asked.go);
            // The first release of a language is called 1.N.0 since 1.21.
            let language = gover::is_lang(&asked.go);
            if language && gover::compare(&asked.go, "1.21") != Ordering::Less {
                name.push_str(".0");
            }
        }
    }
    (name != installed && name != "local").then(|| Wanted {
        name,
        path_only: mode == "path" || setting == "path",
    })
}

/// Where the toolchain is: the root of the program of that name on PATH, or
/// its folder in the module cache.
pub(crate) fn locate(
    wanted: &Wanted,
    env: &GoEnv,
    path: Option<&str>,
    home: Option<&str>,
    root: &Root,
) -> Option<PathBuf> {
    let on_path = std::env::split_paths(path.unwrap_or_default())
        .map(|folder| folder.join(&wanted.name))
        .find(|program| is_program(root, program));
    if let Some(program) = on_path {
        // What `go install golang.org/dl/...` puts there runs a Go below HOME.
        let sdk = home.map(|home| Path::new(home).join("sdk").join(&wanted.name));
        let sdk = sdk.filter(|sdk| is_program(root, &sdk.join("bin/go")));
        return sdk.or_else(|| root_above(root, &program));
    }
    if wanted.path_only {
        return None;
    }
    let (os, arch) = (env.value("GOHOSTOS"), env.value("GOHOSTARCH"));
    let name = format!("golang.org/toolchain@v0.0.1-{}.{os}-{arch}", wanted.name);
    let folder = Path::new(env.value("GOMODCACHE")).join(name);
    root.resolve(&folder.join("VERSION"))
        .is_ok_and(|file| file.is_file())
        .then_some(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_and_the_files_choose() {
        let table = [
            ("local", "1.30", "", None),
            ("", "1.30", "", None),
            ("auto", "1.20", "", None),
            ("auto", "1.30", "", Some("go1.30.0")),
            ("auto", "1.30.1", "", Some("go1.30.1")),
            ("auto", "1.27rc1", "", Some("go1.27rc1")),
            ("auto", "1.21", "go1.30.2", Some("go1.30.2")),
            ("auto", "1.31", "go1.30.2", Some("go1.31.0")),
            ("auto", "1.30", "default", None),
            ("path", "1.30", "", Some("go1.30.0")),
            ("go1.24.4", "1.30", "", Some("go1.24.4")),
            ("go1.24.4+auto", "1.20", "", Some("go1.24.4")),
            ("go1.24.4+auto", "1.30", "", Some("go1.30.0")),
            ("go1.26.8", "1.30", "", None),
            ("local+auto", "1.30", "", Some("go1.30.0")),
            ("nonsense", "1.30", "", None),
        ];
        for (setting, go, toolchain, name) in table {
            let asked = Asked {
                go: go.to_owned(),
                toolchain: toolchain.to_owned(),
            };
            let found = wanted(setting, "go1.26.8", &asked).map(|wanted| wanted.name);
            assert_eq!(found.as_deref(), name, "{setting} {go} {toolchain}");
        }
    }
}
