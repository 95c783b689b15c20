//! Which files belong together: a unit, its drop-ins, its manager, the files of settings that it names.

use crate::dialect::Dialect;
use crate::repository::Repository;
use crate::resolve::call::join;
use crate::source::FileId;

/// Where a host keeps units, from its root.
const PLACES: [&str; 4] = [
    "etc/systemd",
    "run/systemd",
    "usr/lib/systemd",
    "lib/systemd",
];

/// Most units that may have the name which a drop-in is for.
const MAX_NAMESAKES: usize = 16;

/// A path in the tree of a host.
struct Place<'p> {
    /// What lies in front of the host's root.
    root: &'p str,
    /// `system` or `user`.
    manager: &'p str,
}

/// The place of a path below `etc/systemd` and the like.
fn place(path: &str) -> Option<Place<'_>> {
    PLACES.iter().find_map(|place| {
        let at = path.find(place)?;
        let root = &path[..at];
        let inside = path[at + place.len()..].strip_prefix('/')?;
        let manager = if inside.starts_with("user") {
            "user"
        } else {
            "system"
        };
        (root.is_empty() || root.ends_with('/')).then_some(Place { root, manager })
    })
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Whether a file configures the manager itself: `system.conf`, `user.conf.d/x.conf`.
pub(super) fn is_manager(path: &str) -> bool {
    let (folder, name) = split(path);
    let (_, inner) = split(folder);
    let is_conf = |name: &str| matches!(name, "system.conf" | "user.conf");
    is_conf(name) || inner.strip_suffix(".d").is_some_and(is_conf)
}

/// The configuration of the manager that starts the unit at `path`, in the order in which it is read.
pub(super) fn managers(repository: &Repository, path: &str) -> Vec<FileId> {
    let Some(Place { root, manager }) = place(path) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for place in PLACES.iter().rev() {
        let base = format!("{root}{place}/{manager}.conf");
        found.extend(repository.find(&base));
        found.extend(repository.in_folder(&format!("{base}.d")));
    }
    found.retain(|file| repository.dialect(*file) == Dialect::Systemd);
    found
}

/// The drop-ins of the unit at `path`, in the order in which they are read: by name.
pub(super) fn drop_ins(repository: &Repository, path: &str) -> Vec<FileId> {
    let (folder, name) = split(path);
    if folder.strip_suffix(".d").is_some() {
        return Vec::new();
    }
    let ending = name.rsplit('.').next().unwrap_or_default();
    let mut found = Vec::new();
    for folder in folders(path, folder) {
        for owner in [ending, name] {
            let inside = join(&folder, &format!("{owner}.d"));
            found.extend(repository.in_folder(&inside));
        }
    }
    found.retain(|file| repository.dialect(*file) == Dialect::Systemd);
    let named = |file: &FileId| split(&repository.file(*file).path).1.to_owned();
    found.sort_by_key(|file| (named(file), *file));
    found.dedup();
    found
}

/// The units that the drop-in at `path` belongs to.
pub(super) fn units_of(repository: &Repository, path: &str) -> Vec<FileId> {
    let (folder, _) = split(path);
    let (above, inner) = split(folder);
    let Some(owner) = inner.strip_suffix(".d").filter(|owner| !owner.is_empty()) else {
        return Vec::new();
    };
    let found = folders(path, above).into_iter();
    found
        .filter_map(|folder| repository.find(&join(&folder, owner)))
        .take(MAX_NAMESAKES)
        .collect()
}

/// The folders in which units and drop-ins of one manager may lie: this one, and those of its host.
fn folders(path: &str, folder: &str) -> Vec<String> {
    let mut folders = vec![folder.to_owned()];
    if let Some(Place { root, manager }) = place(path) {
        folders.extend(
            PLACES
                .iter()
                .map(|place| format!("{root}{place}/{manager}")),
        );
    }
    folders.sort();
    folders.dedup();
    folders
}

/// The files that `EnvironmentFile=` names in the unit at `path`: below a folder that the unit lies in,
/// which is the root of a host then, or right beside it.
pub(super) fn environment_files(repository: &Repository, path: &str, named: &str) -> Vec<FileId> {
    let (folder, _) = split(path);
    let mut above = Some(folder);
    while let Some(root) = above {
        if let Some(file) = repository.find(&join(root, named.trim_start_matches('/'))) {
            return vec![file];
        }
        above = (!root.is_empty()).then(|| split(root).0);
    }
    let beside = join(folder, split(named).1);
    repository.find(&beside).into_iter().collect()
}
