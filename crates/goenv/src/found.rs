//! What is on the disk: where Go is installed, which one it is, and the
//! module and workspace of a folder. Found without running anything.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use platform::EnvSnapshot;

use crate::Root;
use crate::files::read_regular;

/// What was found. Nothing found is the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The root of the Go whose `go.env` counts.
    pub goroot: Option<PathBuf>,
    /// Its version as it names itself: `go1.26.8`.
    pub version: Option<String>,
    /// The toolchain that GOTOOLCHAIN led to, if it is not the installed one.
    pub selected: Option<String>,
    /// A toolchain that GOTOOLCHAIN asks for and that is not on this machine:
    /// `go` would fetch it first.
    pub missing: Option<String>,
    /// System and architecture that it was built for; those of this program
    /// where its folders do not say.
    pub platform: Option<(String, String)>,
    /// Compilers that a `go` looks for on PATH, those that are there: `gcc`,
    /// `clang`, and what GCCGO names.
    pub programs: BTreeMap<String, PathBuf>,
    /// The folder of Go's telemetry and its mode; none where the user has no
    /// configuration folder.
    pub telemetry: Option<(PathBuf, String)>,
    /// The nearest go.mod.
    pub module: Option<PathBuf>,
    /// The nearest go.work.
    pub work: Option<PathBuf>,
}

impl Found {
    /// GOHOSTOS.
    pub(crate) fn os(&self) -> &str {
        let ours = match std::env::consts::OS {
            "macos" => "darwin",
            os => os,
        };
        self.platform.as_ref().map_or(ours, |platform| &platform.0)
    }

    /// GOHOSTARCH.
    pub(crate) fn arch(&self) -> &str {
        let ours = match std::env::consts::ARCH {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            "x86" => "386",
            "powerpc64" => "ppc64le",
            arch => arch,
        };
        self.platform.as_ref().map_or(ours, |platform| &platform.1)
    }
}

/// The folder that a program started now would run in, as Go names it: PWD
/// if it leads there, so that links stay as they were written.
pub fn working_folder(env: &EnvSnapshot) -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let named = env.get("PWD").map(PathBuf::from);
    let same = named
        .filter(|named| named.is_absolute() && named.canonicalize().is_ok_and(|real| real == here));
    Some(same.unwrap_or(here))
}

/// The nearest file called `name` in `folder` or above it; none is looked for
/// above a folder whose parent is `stop`.
pub(crate) fn nearest_file(folder: &Path, name: &str, stop: Option<&Path>) -> Option<PathBuf> {
    let mut folder = folder;
    loop {
        let file = folder.join(name);
        if std::fs::metadata(&file).is_ok_and(|file| !file.is_dir()) {
            return Some(file);
        }
        folder = folder.parent()?;
        if stop == Some(folder) {
            return None;
        }
    }
}

/// The go.mod of `folder`. One that lies in the folder for temporary files
/// itself is ignored, as Go does (go#26708).
pub(crate) fn module_of(env: &EnvSnapshot, folder: &Path) -> Option<PathBuf> {
    let file = nearest_file(folder, "go.mod", None)?;
    let temporary = Path::new(env.get("TMPDIR").unwrap_or("/tmp"));
    let same = match (file.parent()?.canonicalize(), temporary.canonicalize()) {
        (Ok(folder), Ok(temporary)) => folder == temporary,
        _ => false,
    };
    (!same).then_some(file)
}

/// Of the programs `names` those that can be run, and where: on PATH, or a
/// path itself. (Go's `exec.LookPath`.)
pub(crate) fn programs(
    env: &EnvSnapshot,
    root: &Root,
    names: &[&str],
) -> BTreeMap<String, PathBuf> {
    let can_run = |program: &PathBuf| root.resolve(program).is_ok_and(|file| is_executable(&file));
    let find = |name: &str| {
        if name.contains('/') {
            return Some(PathBuf::from(name)).filter(can_run);
        }
        let mut folders = std::env::split_paths(env.get("PATH")?);
        folders.find_map(|folder| Some(folder.join(name)).filter(can_run))
    };
    let found = names.iter().filter(|name| !name.is_empty());
    found
        .filter_map(|name| Some(((*name).to_owned(), find(name)?)))
        .collect()
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file)
        .is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(file: &Path) -> bool {
    file.is_file()
}

/// The folder of Go's telemetry beside the user's file `default`, and its mode: the first word of
/// the file `mode`, `local` without it.
pub(crate) fn telemetry(default: &Path, root: &Root) -> Option<(PathBuf, String)> {
    /// The mode and a date.
    const MODE_BYTES: u64 = 4 << 10;
    let folder = default.parent()?.join("telemetry");
    let file = root.resolve(&folder.join("mode")).ok();
    let bytes = file.and_then(|file| read_regular(&file, MODE_BYTES).ok());
    let mode = bytes.map_or_else(
        || "local".to_owned(),
        |bytes| {
            let text = String::from_utf8_lossy(&bytes);
            let text = text.trim();
            text.split(' ').next().unwrap_or_default().to_owned()
        },
    );
    Some((folder, mode))
}

/// The system and architecture that the tools of a Go were built for.
pub(crate) fn platform_of(goroot: &Path) -> Option<(String, String)> {
    let folders = std::fs::read_dir(goroot.join("pkg/tool")).ok()?;
    let mut names: Vec<String> = folders
        .filter_map(|folder| folder.ok()?.file_name().into_string().ok())
        .filter(|name| name.contains('_'))
        .collect();
    names.sort();
    let (os, arch) = names.first()?.split_once('_')?;
    Some((os.to_owned(), arch.to_owned()))
}
