//! The files that have a say in the live environment.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use platform::EnvSnapshot;

use crate::dialect::Dialect;
use crate::source::SourceFile;
use crate::walk::{FILE_BYTES, Tracked};

use super::{Machine, git};

/// Reads them; what is not there is left out.
pub(super) fn read(machine: Machine<'_>) -> Vec<Tracked> {
    let mut found = Vec::new();
    let mut add = |path: &Path, dialect: Dialect| found.extend(tracked(path, dialect, machine.env));
    let go = &machine.looked.env;
    let found_go = &machine.looked.found;
    if let Some(file) = &machine.looked.user {
        add(&file.path, Dialect::GoEnvUser);
    }
    if let Some(goroot) = &found_go.goroot {
        add(&goroot.join("go.env"), Dialect::GoEnvRoot);
    }
    let work = Some(go.value("GOWORK")).filter(|file| !matches!(*file, "" | "off"));
    if let Some(work) = work.map(PathBuf::from) {
        add(&work, Dialect::GoWork);
        add(&work.with_file_name("go.work.sum"), Dialect::GoSum);
    }
    for module in modules(machine) {
        add(&module, Dialect::GoMod);
        add(&module.with_file_name("go.sum"), Dialect::GoSum);
        let vendor = module.with_file_name("vendor");
        add(&vendor.join("modules.txt"), Dialect::VendorModules);
    }
    if let Some(netrc) = netrc(machine.env) {
        add(&netrc, Dialect::Netrc);
    }
    for file in git::files(machine.env) {
        add(&file, Dialect::Unread("git"));
    }
    found.extend(unread(machine));
    found.sort_by(|one, other| one.file.path.cmp(&other.file.path));
    found.dedup_by(|one, other| one.file.path == other.file.path);
    found
}

/// The go.mod files of what is built here: those of the workspace, else the one that holds.
fn modules(machine: Machine<'_>) -> Vec<PathBuf> {
    let go = &machine.looked.env;
    let module = go.value("GOMOD");
    let mut modules = Vec::new();
    if !matches!(module, "" | "/dev/null" | "NUL") {
        modules.push(PathBuf::from(module));
    }
    let work = Some(go.value("GOWORK")).filter(|file| !matches!(*file, "" | "off"));
    let Some(work) = work.map(PathBuf::from) else {
        return modules;
    };
    let bytes = content(&work, FILE_BYTES).unwrap_or_default();
    let folder = work.parent().unwrap_or(Path::new("."));
    for used in used_folders(&String::from_utf8_lossy(&bytes)) {
        modules.push(clean(&folder.join(used)).join("go.mod"));
    }
    modules.sort();
    modules.dedup();
    modules
}

/// The folders that the `use` lines of a go.work name.
fn used_folders(text: &str) -> Vec<String> {
    let mut used = Vec::new();
    let mut in_block = false;
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or_default().trim();
        let named = match line.strip_prefix("use") {
            _ if in_block && line == ")" => {
                in_block = false;
                continue;
            }
            _ if in_block => line,
            Some(rest) if rest.trim() == "(" => {
                in_block = true;
                continue;
            }
            Some(rest) if rest.starts_with([' ', '\t']) => rest.trim(),
            _ => continue,
        };
        let named = named.trim_matches(['"', '`']);
        if !named.is_empty() {
            used.push(named.to_owned());
        }
    }
    used
}

/// The path without `.` and `x/..`, by its text alone.
fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

/// Where `go` looks for a netrc file.
fn netrc(env: &EnvSnapshot) -> Option<PathBuf> {
    let named = env.get("NETRC").map(PathBuf::from);
    named.or_else(|| Some(Path::new(env.get("HOME")?).join(".netrc")))
}

/// A file, under the name that findings give it: below the working folder without that folder, else whole.
fn tracked(path: &Path, dialect: Dialect, env: &EnvSnapshot) -> Option<Tracked> {
    let metadata = std::fs::metadata(path)
        .ok()
        .filter(std::fs::Metadata::is_file)?;
    let (bytes, fault) = if metadata.len() > FILE_BYTES {
        let fault = format!(
            "it is larger than {} MiB and was not read",
            FILE_BYTES >> 20
        );
        (Vec::new(), Some(fault))
    } else {
        match content(path, FILE_BYTES) {
            Some(bytes) => (bytes, None),
            None => (Vec::new(), Some("it cannot be read".to_owned())),
        }
    };
    Some(Tracked {
        file: SourceFile::new(shown(path, env), bytes),
        dialect,
        fault,
        open_mode: is_open(&metadata),
    })
}

/// Environment files that are not read here though Go reads them.
fn unread(machine: Machine<'_>) -> impl Iterator<Item = Tracked> {
    let unread = machine.looked.unread.iter();
    unread.filter(|unread| unread.go_reads).map(move |unread| {
        let is_of_goroot = machine.looked.found.goroot.as_deref() == unread.path.parent();
        Tracked {
            file: SourceFile::new(shown(&unread.path, machine.env), Vec::new()),
            dialect: if is_of_goroot {
                Dialect::GoEnvRoot
            } else {
                Dialect::GoEnvUser
            },
            fault: Some(format!("it {}, and what it sets is not known", unread.why)),
            open_mode: false,
        }
    })
}

/// The name of a file in findings.
pub(super) fn shown(path: &Path, env: &EnvSnapshot) -> String {
    let folder = goenv::working_folder(env);
    let inside = folder.and_then(|folder| path.strip_prefix(folder).ok().map(Path::to_owned));
    let path = inside.unwrap_or_else(|| path.to_owned());
    path.to_string_lossy().replace('\\', "/")
}

/// At most `limit` bytes of a regular file.
pub(super) fn content(path: &Path, limit: u64) -> Option<Vec<u8>> {
    let metadata = std::fs::metadata(path).ok()?;
    // A pipe would wait for ever.
    if !metadata.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(path)
        .ok()?
        .take(limit)
        .read_to_end(&mut bytes)
        .ok()?;
    Some(bytes)
}

/// Whether others than the owner may read it.
#[cfg(unix)]
fn is_open(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open(_metadata: &std::fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workspaces_name_their_modules() {
        for (text, wanted) in [
            ("go 1.24\n\nuse ./a\n", vec!["./a"]),
            (
                "use (\n\t./a // one\n\t\"../b\"\n)\nuse c\n",
                vec!["./a", "../b", "c"],
            ),
            ("used ./a\nuse(\n", vec![]),
            ("// use ./a\n", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(used_folders(text), wanted, "{text}");
        }
        assert_eq!(clean(Path::new("/a/./b/../c")), Path::new("/a/c"));
    }
}
