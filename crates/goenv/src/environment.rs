//! The effective value of each variable, and where it comes from.

use std::path::PathBuf;

use platform::EnvSnapshot;

use crate::files::{EnvFile, GorootFile, Os, user_file};
use crate::goroot::{find_goroot, release_of};
use crate::release::Release;

/// Where a value was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In the environment of the process.
    Process,
    /// In the user's file.
    UserFile {
        /// The file.
        path: PathBuf,
        /// Its line, counted from 1.
        line: usize,
    },
    /// In `$GOROOT/go.env`.
    GorootFile {
        /// The file.
        path: PathBuf,
        /// Its line, counted from 1.
        line: usize,
    },
    /// It is another variable's value, since this one is empty.
    Follows(&'static str),
    /// Nowhere: the default of the release.
    Default,
}

/// A variable and its effective value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// Its value, as `go env` prints it.
    pub value: String,
    /// Where the value was set.
    pub origin: Origin,
}

/// What the values are made from.
#[derive(Clone, Debug)]
pub struct Sources<'a> {
    /// The environment of the process.
    pub env: &'a EnvSnapshot,
    /// The user's file, if it is there and read.
    pub user: Option<EnvFile>,
    /// `$GOROOT/go.env`.
    pub goroot: GorootFile,
    /// Which Go.
    pub release: Release,
    /// The system.
    pub os: Os,
}

/// Go's environment, resolved. Variables that the release does not know are
/// not in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoEnv {
    release: Release,
    variables: Vec<Variable>,
}

/// A variable: its name, the Go 1.x that brought it, and what it is when empty.
struct Known(&'static str, u32, Fallback);

enum Fallback {
    Value(&'static str),
    /// Compiled in up to Go 1.20; in `go.env` from 1.21 on.
    Shipped(&'static str),
    /// The value of another variable.
    Of(&'static str),
}

const KNOWN: [Known; 11] = [
    Known("GO111MODULE", 11, Fallback::Value("")),
    Known("GOAUTH", 24, Fallback::Value("netrc")),
    Known("GOFLAGS", 11, Fallback::Value("")),
    Known("GOINSECURE", 14, Fallback::Value("")),
    Known("GOPRIVATE", 13, Fallback::Value("")),
    Known("GONOPROXY", 13, Fallback::Of("GOPRIVATE")),
    Known("GONOSUMDB", 13, Fallback::Of("GOPRIVATE")),
    Known("GOPROXY", 11, Fallback::Shipped(gomod::defaults::GOPROXY)),
    Known("GOSUMDB", 13, Fallback::Shipped(gomod::defaults::GOSUMDB)),
    Known("GOTOOLCHAIN", 21, Fallback::Shipped("auto")),
    Known("GOVCS", 16, Fallback::Value("")),
];

/// `go env -w` and its file.
const USER_FILE_SINCE: u32 = 13;
/// `$GOROOT/go.env`.
const GOROOT_FILE_SINCE: u32 = 21;

impl GoEnv {
    /// Reads the environment as a `go` here sees it, or as a `go` of `release`
    /// would. Blocking: reads the user's file, `VERSION` and `go.env`.
    pub fn read(env: &EnvSnapshot, release: Option<Release>) -> Self {
        let read = |path: PathBuf| {
            std::fs::read(&path)
                .ok()
                .map(|bytes| EnvFile::parse(path, &bytes))
        };
        let user = user_file(env, Os::HERE).and_then(read);
        let root = find_goroot(env, user.as_ref());
        let installed = root.as_deref().and_then(release_of);
        // The go.env of another release says nothing of this one.
        let goroot = match root.filter(|_| release.is_none() || release == installed) {
            Some(root) => read(root.join("go.env")).map_or(GorootFile::Missing, GorootFile::Read),
            None => GorootFile::Assumed,
        };
        let release = release.or(installed).unwrap_or(Release::NEWEST);
        Self::resolve(&Sources {
            env,
            user,
            goroot,
            release,
            os: Os::HERE,
        })
    }

    /// Resolves every variable that the release knows. Pure.
    pub fn resolve(sources: &Sources<'_>) -> Self {
        let mut variables: Vec<Variable> = Vec::with_capacity(KNOWN.len() + 1);
        for Known(name, since, fallback) in KNOWN {
            if sources.release.at_least(since) {
                let variable = sources.resolve(name, &fallback, &variables);
                variables.push(variable);
            }
        }
        if sources.release.at_least(USER_FILE_SINCE) {
            variables.push(sources.goenv());
        }
        variables.sort_by_key(|variable| variable.name);
        Self {
            release: sources.release,
            variables,
        }
    }

    /// Which Go this is the environment of.
    pub fn release(&self) -> Release {
        self.release
    }

    /// The variable `name`; `None` if the release does not know it.
    pub fn get(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().find(|variable| variable.name == name)
    }

    /// The value of `name`; empty if the release does not know it.
    pub fn value(&self, name: &str) -> &str {
        self.get(name).map_or("", |variable| &variable.value)
    }

    /// Every variable, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Variable> {
        self.variables.iter()
    }
}

impl Sources<'_> {
    fn resolve(&self, name: &'static str, fallback: &Fallback, before: &[Variable]) -> Variable {
        let set = self.set(name, fallback);
        match set {
            Some((value, origin)) if !value.is_empty() => Variable {
                name,
                value,
                origin,
            },
            set => {
                let (value, origin) = self.fall_back(fallback, before);
                // An empty line that keeps go.env from being read is the cause.
                let blocks = value.is_empty() && matches!(fallback, Fallback::Shipped(_));
                let origin = set.filter(|_| blocks).map_or(origin, |(_, origin)| origin);
                Variable {
                    name,
                    value,
                    origin,
                }
            }
        }
    }

    /// What is set, in Go's order. An empty variable of the process counts as
    /// unset; an empty line of the user's file does not.
    fn set(&self, name: &str, fallback: &Fallback) -> Option<(String, Origin)> {
        if let Some(value) = self.env.get(name) {
            return Some((value.to_owned(), Origin::Process));
        }
        let user = self
            .user
            .as_ref()
            .filter(|_| self.release.at_least(USER_FILE_SINCE));
        if let Some((file, (value, line))) = user.and_then(|file| Some((file, file.last(name)?))) {
            return Some((
                value.to_owned(),
                Origin::UserFile {
                    path: file.path.clone(),
                    line,
                },
            ));
        }
        if !self.release.at_least(GOROOT_FILE_SINCE) {
            return None;
        }
        match (&self.goroot, fallback) {
            (GorootFile::Read(file), _) => {
                let (value, line) = file.first(name)?;
                Some((
                    value.to_owned(),
                    Origin::GorootFile {
                        path: file.path.clone(),
                        line,
                    },
                ))
            }
            (GorootFile::Assumed, Fallback::Shipped(value)) => {
                Some(((*value).to_owned(), Origin::Default))
            }
            (GorootFile::Assumed | GorootFile::Missing, _) => None,
        }
    }

    /// The value when nothing, or nothing but emptiness, is set.
    fn fall_back(&self, fallback: &Fallback, before: &[Variable]) -> (String, Origin) {
        match fallback {
            Fallback::Value(value) => ((*value).to_owned(), Origin::Default),
            Fallback::Shipped(value) => {
                let compiled_in =
                    self.release.at_least(13) && !self.release.at_least(GOROOT_FILE_SINCE);
                let value = if compiled_in {
                    (*value).to_owned()
                } else {
                    String::new()
                };
                (value, Origin::Default)
            }
            Fallback::Of(other) => match before.iter().find(|variable| variable.name == *other) {
                Some(variable) if !variable.value.is_empty() => {
                    (variable.value.clone(), Origin::Follows(other))
                }
                _ => (String::new(), Origin::Default),
            },
        }
    }

    fn goenv(&self) -> Variable {
        let set = self.env.get("GOENV");
        let value = match set {
            Some(value) => value.to_owned(),
            None => user_file(self.env, self.os)
                .map(|path| path.display().to_string())
                .unwrap_or_default(),
        };
        let origin = if set.is_some() {
            Origin::Process
        } else {
            Origin::Default
        };
        Variable {
            name: "GOENV",
            value,
            origin,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GO_ENV: &[u8] = b"# shipped\nGOPROXY=https://shipped.example\nGOPROXY=https://second.example\nGOSUMDB=sum.golang.org\nGOTOOLCHAIN=local\n";

    struct Case<'a> {
        env: &'a [(&'a str, &'a str)],
        user: Option<&'a [u8]>,
        goroot: GorootFile,
        go: &'a str,
    }

    fn shipped() -> GorootFile {
        GorootFile::Read(EnvFile::parse(PathBuf::from("/go/go.env"), GO_ENV))
    }

    fn resolve(case: Case<'_>) -> GoEnv {
        let env = case.env.iter().copied().collect::<EnvSnapshot>();
        let user = case
            .user
            .map(|bytes| EnvFile::parse(PathBuf::from("/h/env"), bytes));
        let release = Release::parse(case.go).unwrap();
        GoEnv::resolve(&Sources {
            env: &env,
            user,
            goroot: case.goroot,
            release,
            os: Os::Unix,
        })
    }

    fn check(case: Case<'_>, name: &str, value: &str, origin: &Origin) {
        let told = format!("{name} for {} with {:?}", case.go, case.env);
        let found = resolve(case);
        let variable = found.get(name).unwrap_or_else(|| panic!("{told}: unknown"));
        assert_eq!(
            (variable.value.as_str(), &variable.origin),
            (value, origin),
            "{told}"
        );
    }

    fn user_line(line: usize) -> Origin {
        Origin::UserFile {
            path: PathBuf::from("/h/env"),
            line,
        }
    }

    fn go_env_line(line: usize) -> Origin {
        Origin::GorootFile {
            path: PathBuf::from("/go/go.env"),
            line,
        }
    }

    #[test]
    fn the_order_is_gos() {
        let user: Option<&[u8]> =
            Some(b"GOPROXY=https://old.example\nGOPROXY=https://user.example\n");
        let process: &[(&str, &str)] = &[("GOPROXY", "https://process.example")];
        let empty: &[(&str, &str)] = &[("GOPROXY", "")];
        let go = "1.24";
        check(
            Case {
                env: process,
                user,
                goroot: shipped(),
                go,
            },
            "GOPROXY",
            "https://process.example",
            &Origin::Process,
        );
        check(
            Case {
                env: empty,
                user,
                goroot: shipped(),
                go,
            },
            "GOPROXY",
            "https://user.example",
            &user_line(2),
        );
        check(
            Case {
                env: empty,
                user: None,
                goroot: shipped(),
                go,
            },
            "GOPROXY",
            "https://shipped.example",
            &go_env_line(2),
        );
        let assumed = Case {
            env: empty,
            user: None,
            goroot: GorootFile::Assumed,
            go,
        };
        check(
            assumed,
            "GOPROXY",
            gomod::defaults::GOPROXY,
            &Origin::Default,
        );
        check(
            Case {
                env: &[],
                user: None,
                goroot: shipped(),
                go,
            },
            "GOTOOLCHAIN",
            "local",
            &go_env_line(5),
        );
    }

    /// go#61928 and others: from 1.21 on an empty line is not a default.
    #[test]
    fn an_empty_line_of_the_user_blocks_go_env() {
        let user: Option<&[u8]> = Some(b"GOPROXY=\n");
        check(
            Case {
                env: &[],
                user,
                goroot: shipped(),
                go: "1.21",
            },
            "GOPROXY",
            "",
            &user_line(1),
        );
        check(
            Case {
                env: &[],
                user,
                goroot: GorootFile::Assumed,
                go: "1.21",
            },
            "GOPROXY",
            "",
            &user_line(1),
        );
        let before = Case {
            env: &[],
            user,
            goroot: GorootFile::Assumed,
            go: "1.20",
        };
        check(
            before,
            "GOPROXY",
            gomod::defaults::GOPROXY,
            &Origin::Default,
        );
        let none = Case {
            env: &[],
            user: None,
            goroot: GorootFile::Missing,
            go: "1.21",
        };
        check(none, "GOSUMDB", "", &Origin::Default);
    }

    #[test]
    fn old_releases_know_less() {
        let user: Option<&[u8]> = Some(b"GOPROXY=https://user.example\n");
        let old = resolve(Case {
            env: &[("GOPRIVATE", "x")],
            user,
            goroot: shipped(),
            go: "1.12",
        });
        assert_eq!(old.value("GOPROXY"), "");
        for name in ["GOPRIVATE", "GOSUMDB", "GOENV", "GOTOOLCHAIN", "GOAUTH"] {
            assert_eq!(old.get(name), None, "{name}");
        }
        let newer = resolve(Case {
            env: &[],
            user,
            goroot: shipped(),
            go: "1.13",
        });
        assert_eq!(newer.value("GOPROXY"), "https://user.example");
        assert_eq!((newer.get("GOAUTH"), newer.get("GOVCS")), (None, None));
    }

    #[test]
    fn private_modules_are_the_default_of_both() {
        let env: &[(&str, &str)] = &[
            ("GOPRIVATE", "corp.example"),
            ("GONOSUMDB", "other.example"),
        ];
        let case = || Case {
            env,
            user: None,
            goroot: shipped(),
            go: "1.24",
        };
        check(
            case(),
            "GONOPROXY",
            "corp.example",
            &Origin::Follows("GOPRIVATE"),
        );
        check(case(), "GONOSUMDB", "other.example", &Origin::Process);
        check(case(), "GOAUTH", "netrc", &Origin::Default);
    }

    #[test]
    fn goenv_says_which_file_is_read() {
        let case = |env| Case {
            env,
            user: None,
            goroot: shipped(),
            go: "1.24",
        };
        check(
            case(&[("HOME", "/h")]),
            "GOENV",
            "/h/.config/go/env",
            &Origin::Default,
        );
        check(
            case(&[("HOME", "/h"), ("GOENV", "off")]),
            "GOENV",
            "off",
            &Origin::Process,
        );
    }
}
