//! The environment as a `go` here finds it: the two files, the installation,
//! the module and workspace, the toolchain.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use platform::{EnvSnapshot, Limits};

use crate::files::{EnvFile, GorootFile, Os, default_user_file, read_regular, user_file};
use crate::found::{
    Found, module_of, nearest_file, platform_of, programs, telemetry, working_folder,
};
use crate::goroot::{find_goroot, version_of};
use crate::toolchain::{Asked, locate, wanted};
use crate::{GoEnv, Release, Root, Sources};

/// Where to look.
#[derive(Clone, Debug)]
pub struct Lookup<'a> {
    /// The environment of the process.
    pub env: &'a EnvSnapshot,
    /// The folder that `go` would run in; no module and no workspace without.
    pub folder: Option<PathBuf>,
    /// Answer for this Go (`1.21.13`) instead of the installed one.
    pub version: Option<(Release, String)>,
    /// The user's file, instead of the one that `env` names.
    pub user: Option<PathBuf>,
    /// The file system.
    pub root: Root,
    /// Stay with the installed Go, wherever GOTOOLCHAIN leads.
    pub installed_only: bool,
}

/// What the lookup found.
#[derive(Clone, Debug)]
pub struct Looked {
    /// The environment.
    pub env: GoEnv,
    /// What it was made from, beside files.
    pub found: Found,
    /// The user's file, read; nothing where it is not there.
    pub user: Option<EnvFile>,
    /// `$GOROOT/go.env`.
    pub goroot: GorootFile,
    /// Files that are there and were not read: their lines are not known.
    pub unread: Vec<Unread>,
}

/// An environment file that is there and was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The file.
    pub path: PathBuf,
    /// Why, as in `PATH is a folder`.
    pub why: String,
    /// Whether a `go` reads it all the same, so that the values found here
    /// may not be its own; it passes over the others silently.
    pub go_reads: bool,
}

impl<'a> Lookup<'a> {
    /// In the working folder of this process, with the installed Go.
    pub fn here(env: &'a EnvSnapshot) -> Self {
        Self {
            env,
            folder: working_folder(env),
            version: None,
            user: None,
            root: Root::machine(),
            installed_only: false,
        }
    }

    /// Looks. Blocking: reads files, and starts nothing.
    pub fn run(&self) -> Looked {
        let asked = self.version.as_ref();
        // Where the user's file is depends on the release of the program, and
        // which root counts may be written in it.
        let program = find_goroot(self.env, None, &self.root);
        let installed = program.and_then(|goroot| version_of(&self.root, &goroot));
        let installed = installed.as_deref().and_then(Release::from_version_file);
        let release = asked.map(|(release, _)| *release).or(installed);
        let (user, unread) = self.user_file(release.unwrap_or(Release::NEWEST));
        let goroot = find_goroot(self.env, user.as_ref(), &self.root);
        let mut looked = self.look(user, goroot, None);
        looked.unread.extend(unread);
        if asked.is_some() || self.installed_only {
            return looked;
        }
        self.switch(looked)
    }

    fn look(
        &self,
        user: Option<EnvFile>,
        goroot: Option<PathBuf>,
        selected: Option<String>,
    ) -> Looked {
        let version = goroot
            .as_deref()
            .and_then(|goroot| version_of(&self.root, goroot));
        let installed = version.as_deref().and_then(Release::from_version_file);
        let asked = self.version.as_ref();
        // The go.env of another release says nothing of this one.
        let fits = asked.is_none_or(|(release, _)| Some(*release) == installed);
        let (file, unread) = match goroot.as_deref().filter(|_| fits) {
            Some(goroot) => {
                let (file, unread) = self.read(&goroot.join("go.env"));
                (file.map_or(GorootFile::Missing, GorootFile::Read), unread)
            }
            None => (GorootFile::Assumed, None),
        };
        let asked_version = asked.map(|(_, version)| version.clone());
        let at_root = |goroot: &Path| platform_of(&self.root.resolve(goroot).ok()?);
        let folder = self.folder.as_deref();
        let gccgo = self.env.get("GCCGO").or_else(|| {
            let line = user.as_ref().and_then(|user| user.last("GCCGO"));
            line.map(|(name, _)| name)
        });
        let release = asked.map(|(release, _)| *release);
        let release = release.or(installed).unwrap_or(Release::NEWEST);
        let default_file = default_user_file(self.env, Os::HERE, release);
        let found = Found {
            programs: programs(
                self.env,
                &self.root,
                &["gcc", "clang", gccgo.unwrap_or("gccgo")],
            ),
            telemetry: default_file.and_then(|file| telemetry(&file, &self.root)),
            platform: goroot.as_deref().and_then(at_root),
            module: folder.and_then(|folder| module_of(self.env, folder)),
            work: folder.and_then(|folder| nearest_file(folder, "go.work", goroot.as_deref())),
            version: asked_version.or(version),
            goroot,
            selected,
            missing: None,
        };
        let sources = Sources {
            env: self.env,
            user,
            goroot: file,
            release,
            os: Os::HERE,
            found,
        };
        Looked {
            env: GoEnv::resolve(&sources),
            found: sources.found,
            user: sources.user,
            goroot: sources.goroot,
            unread: unread.into_iter().collect(),
        }
    }

    /// Follows GOTOOLCHAIN to another toolchain, if that is on this machine.
    fn switch(&self, mut looked: Looked) -> Looked {
        let Some(installed) = looked.found.version.clone() else {
            return looked;
        };
        let setting = looked.env.value("GOTOOLCHAIN");
        let modules = match looked.env.value("GO111MODULE") {
            "" | "on" => true,
            "auto" => looked.found.module.is_some(),
            _ => false,
        };
        let wanted = wanted(
            setting,
            &installed,
            &Asked::read(&looked.env, &looked.found),
        )
        .filter(|_| modules);
        let Some(wanted) = wanted else {
            return looked;
        };
        let (path, home) = (self.env.get("PATH"), self.env.get("HOME"));
        let Some(goroot) = locate(&wanted, &looked.env, path, home, &self.root) else {
            looked.found.missing = Some(wanted.name);
            return looked;
        };
        let mut switched = self.look(looked.user, Some(goroot), Some(wanted.name));
        switched.unread.extend(looked.unread);
        switched
    }

    fn user_file(&self, release: Release) -> (Option<EnvFile>, Option<Unread>) {
        let named = self.user.clone();
        match named.or_else(|| user_file(self.env, Os::HERE, release)) {
            Some(file) => self.read(&file),
            None => (None, None),
        }
    }

    /// The file at `path`, or why it was not read; neither where there is none.
    fn read(&self, path: &Path) -> (Option<EnvFile>, Option<Unread>) {
        let unread = |why: String, go_reads: bool| {
            let path = path.to_owned();
            (
                None,
                Some(Unread {
                    path,
                    why,
                    go_reads,
                }),
            )
        };
        let file = match self.root.resolve(path) {
            Ok(file) => file,
            Err(error) => return unread(format!("cannot be followed: {error}"), false),
        };
        let named = if self.root.is_image() {
            file.clone()
        } else {
            path.to_owned()
        };
        // What is written to it is gone: it stands for an empty file.
        if file == Path::new("/dev/null") {
            return (Some(EnvFile::parse(named, b"")), None);
        }
        match read_regular(&file, Limits::default().env_file_bytes) {
            Ok(bytes) => (Some(EnvFile::parse(named, &bytes)), None),
            Err(error) => match error.kind() {
                ErrorKind::NotFound | ErrorKind::NotADirectory => (None, None),
                _ if file.is_dir() => unread("is a folder".to_owned(), false),
                ErrorKind::Other => unread(error.to_string(), true),
                _ => unread(format!("cannot be read: {error}"), false),
            },
        }
    }
}

impl Looked {
    /// One line about a file that `go` reads and that was not read here, so
    /// that its values are not known.
    pub fn unknown(&self) -> Option<String> {
        let unread = self.unread.iter().find(|unread| unread.go_reads)?;
        Some(format!("{} {}", unread.path.display(), unread.why))
    }

    /// The experiments of the Go that was found, in lower case, read from its
    /// own sources; `None` where these are not there.
    pub fn experiments(&self, root: &Root) -> Option<Vec<String>> {
        let goroot = self.found.goroot.as_ref()?;
        let file = goroot.join("src/internal/goexperiment/flags.go");
        let file = root.resolve(&file).ok()?;
        let bytes = read_regular(&file, Limits::default().env_file_bytes).ok()?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (_, fields) = text.split_once("type Flags struct {")?;
        let (fields, _) = fields.split_once("\n}")?;
        let names = fields.lines().filter_map(|line| {
            let mut words = line.split_whitespace();
            let name = words.next()?;
            (words.next() == Some("bool")).then(|| name.to_ascii_lowercase())
        });
        Some(names.collect())
    }
}

impl GoEnv {
    /// Reads the environment as a `go` here sees it, or as a `go` of `release`
    /// would. Blocking: reads the user's file, `VERSION` and `go.env`.
    pub fn read(env: &EnvSnapshot, release: Option<Release>) -> Self {
        let lookup = Lookup {
            version: release.map(|release| (release, format!("go{release}"))),
            ..Lookup::here(env)
        };
        lookup.run().env
    }
}
