//! Which environment file is meant, and the environment that it is part of.

use std::path::{Path, PathBuf};

use clap::Args;
use goenv::{Error, Looked, Lookup, Os, Release, Root, Target, Wins};
use platform::EnvSnapshot;

use super::image;

/// The file.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// The environment file, instead of the one that GOENV or the user's folder names
    #[arg(long, value_name = "FILE")]
    pub(super) goenv: Option<PathBuf>,
    /// $GOROOT/go.env, for all users of that Go
    #[arg(long, conflicts_with = "goenv")]
    pub(super) all_users: bool,
    /// The folder of an unpacked container image: every path is inside it, and no link leaves it
    #[arg(long, value_name = "DIR")]
    pub(super) root: Option<PathBuf>,
}

/// The place, looked at.
pub(super) struct Ground {
    /// The environment of the process, or what the image has instead.
    pub(super) process: EnvSnapshot,
    pub(super) looked: Looked,
    pub(super) root: Root,
}

/// Where the file is.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) target: Target,
    /// Whether a `go` in this environment reads it.
    pub(super) is_read: bool,
}

impl Ground {
    /// Looks at this machine, or at the image in `root`.
    pub(super) fn new(env: &EnvSnapshot, goenv: Option<&Path>, root: Option<&Path>) -> Self {
        let (process, root) = match root {
            Some(folder) => {
                let root = Root::image(folder);
                (image::environment(env, &root), root)
            }
            None => (env.clone(), Root::machine()),
        };
        let here = Lookup::here(&process);
        let lookup = Lookup {
            folder: here.folder.filter(|_| !root.is_image()),
            user: goenv.map(Path::to_owned),
            root: root.clone(),
            installed_only: true,
            ..Lookup::here(&process)
        };
        let looked = lookup.run();
        Self {
            process,
            looked,
            root,
        }
    }
}

impl Place {
    /// The environment that the file is part of.
    pub(super) fn ground(&self, env: &EnvSnapshot) -> Ground {
        Ground::new(env, self.goenv.as_deref(), self.root.as_deref())
    }

    /// The file to write.
    ///
    /// # Errors
    /// [`Error::NoTarget`] when there is none.
    pub(super) fn find(&self, ground: &Ground) -> Result<Found, Error> {
        let resolve = |path: &Path| {
            ground.root.resolve(path).map_err(|source| Error::Io {
                path: path.to_owned(),
                doing: "follow",
                source,
            })
        };
        if let Some(folder) = self.root.as_ref().filter(|folder| !folder.is_dir()) {
            let told = format!("--root {}: there is no such folder", folder.display());
            return Err(Error::NoTarget(told));
        }
        let release = ground.looked.env.release();
        if self.all_users {
            let file = resolve(&all_users_file(ground, release)?)?;
            let target = Target {
                file,
                wins: Wins::First,
            };
            return Ok(Found {
                target,
                is_read: true,
            });
        }
        let read = goenv::user_file(&ground.process, Os::HERE, release);
        let read = read.map(|file| resolve(&file)).transpose()?;
        let named = self.goenv.as_deref().map(resolve).transpose()?;
        let is_read = named.is_none() || named == read;
        let Some(file) = named.or(read) else {
            return Err(no_user_file(&ground.process));
        };
        let target = Target {
            file,
            wins: Wins::Last,
        };
        Ok(Found { target, is_read })
    }
}

fn all_users_file(ground: &Ground, release: Release) -> Result<PathBuf, Error> {
    /// `$GOROOT/go.env` is read from this release on.
    const SINCE: u32 = 21;
    let Some(goroot) = &ground.looked.found.goroot else {
        return Err(Error::NoTarget(
            "no Go is found for --all-users: set GOROOT, or put its go on PATH".to_owned(),
        ));
    };
    if !release.at_least(SINCE) {
        return Err(Error::NoTarget(format!(
            "the Go in {} is {release}: it reads no go.env, which came with Go 1.21",
            goroot.display()
        )));
    }
    Ok(goroot.join("go.env"))
}

fn no_user_file(process: &EnvSnapshot) -> Error {
    let told = match process.get("GOENV") {
        Some("off") => {
            "GOENV=off: go reads no user's file here, and `go env -w` would write the default one unread: unset GOENV, or name a file with --goenv"
        }
        _ if process.get("XDG_CONFIG_HOME").is_some() => {
            "XDG_CONFIG_HOME is not an absolute path, so go finds no user's file: mend it, or name a file with --goenv"
        }
        _ => "HOME is not set, so there is no user's file: set HOME, or name a file with --goenv",
    };
    Error::NoTarget(told.to_owned())
}
