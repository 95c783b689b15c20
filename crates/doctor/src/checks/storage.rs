//! Where Go writes: home, module cache, build cache, and the room there.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use platform::{Ended, Limits, Program};

use super::Check;
use super::situation::Situation;

/// Too little for one larger module and its extraction.
const FULL_KIB: u64 = 64 << 10;

/// Too little for the modules of a usual build.
const TIGHT_KIB: u64 = 512 << 10;

/// What a probe writes: enough that a full disk refuses it.
const PROBE_BYTES: usize = 64 << 10;

/// `env.home`, `env.modcache`, `env.buildcache`, `env.disk`.
pub(super) async fn check(situation: &Arc<Situation>) -> Vec<Check> {
    let (modcache, buildcache) = (module_cache(situation), build_cache(situation));
    let mut checks = vec![home(situation, modcache.is_some(), buildcache.is_some())];
    let place = modcache.clone();
    let written = tokio::task::spawn_blocking(move || {
        [
            writable("env.modcache", "GOMODCACHE", modcache),
            writable("env.buildcache", "GOCACHE", buildcache),
        ]
    });
    checks.extend(written.await.into_iter().flatten());
    checks.push(disk(place).await);
    checks
}

fn module_cache(situation: &Situation) -> Option<PathBuf> {
    let path = situation.go.value("GOMODCACHE");
    (!path.is_empty()).then(|| PathBuf::from(path))
}

fn build_cache(situation: &Situation) -> Option<PathBuf> {
    let path = situation.go.value("GOCACHE");
    (!matches!(path, "" | "off")).then(|| PathBuf::from(path))
}

fn home(situation: &Situation, has_modcache: bool, has_buildcache: bool) -> Check {
    let set = situation.env.get("HOME");
    if let Some(home) = set
        && (Path::new(home).is_dir() || (has_modcache && has_buildcache))
    {
        return Check::ok("env.home", format!("HOME={home}"));
    }
    if has_modcache && has_buildcache {
        return Check::ok(
            "env.home",
            "HOME is not set; GOMODCACHE or GOPATH, and GOCACHE, are",
        );
    }
    let what = if has_modcache {
        "the build cache"
    } else {
        "the module cache"
    };
    Check::fail(
        "env.home",
        format!(
            "HOME is not set, and {what} cannot be told without it: Go says \"module cache not found\" or \"build cache is required\""
        ),
        "set HOME to a folder that can be written, or GOPATH and GOCACHE (a systemd unit and a container without a user have no HOME)",
    )
}

/// Whether `folder`, or the nearest one above it that is there, can be written.
fn writable(id: &'static str, variable: &str, folder: Option<PathBuf>) -> Check {
    let start = Instant::now();
    let Some(folder) = folder else {
        return Check::skip(id, "env.home failed, or it is off: there is no such folder");
    };
    if !folder.is_absolute() {
        return Check::fail(
            id,
            format!(
                "{variable}={} is not an absolute path: Go refuses it",
                folder.display()
            ),
            format!("set {variable} to an absolute path"),
        );
    }
    let nearest = folder
        .ancestors()
        .find(|one| one.exists())
        .unwrap_or(&folder);
    let check = match probe(nearest) {
        Ok(()) if nearest == folder => {
            Check::ok(id, format!("{} can be written", folder.display()))
        }
        Ok(()) => Check::ok(
            id,
            format!(
                "{} is not there yet; {} can be written",
                folder.display(),
                nearest.display()
            ),
        ),
        Err(error) => Check::fail(
            id,
            format!("{} cannot be written: {}", nearest.display(), error.kind()),
            if error.kind() == std::io::ErrorKind::StorageFull {
                "make room there: go clean -modcache, go clean -cache, or a larger disk".to_owned()
            } else {
                format!(
                    "give the user of the build that folder, or set {variable} to one that it has"
                )
            },
        ),
    };
    check.since(start)
}

/// Writes a file there that vanishes.
fn probe(folder: &Path) -> std::io::Result<()> {
    if !folder.is_dir() {
        return Err(std::io::ErrorKind::NotADirectory.into());
    }
    let path = folder.join(format!(".modkeep-probe-{}", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).open(&path)?;
    let written = file
        .write_all(&vec![0; PROBE_BYTES])
        .and_then(|()| file.sync_data());
    drop(file);
    let removed = std::fs::remove_file(&path);
    written.and(removed)
}

/// `env.disk`, as `df` tells it.
async fn disk(folder: Option<PathBuf>) -> Check {
    let start = Instant::now();
    let Some(folder) = folder else {
        return Check::skip("env.disk", "env.home failed: there is no module cache");
    };
    let nearest = folder
        .ancestors()
        .find(|one| one.exists())
        .unwrap_or(&folder);
    let df = Program::new("df")
        .inherit()
        .env("LC_ALL", "C")
        .args(["-P", "-k"])
        .args([nearest]);
    let ran = df
        .capture(super::situation::PROBE, &Limits::default())
        .await;
    let free = match ran {
        Ok(ran) if ran.ended == Ended::Code(0) => free_kib(&String::from_utf8_lossy(&ran.stdout)),
        _ => None,
    };
    let Some(free) = free else {
        return Check::skip("env.disk", "df does not say how much room there is");
    };
    judge_room(nearest, free).since(start)
}

/// The fourth column of the second line.
fn free_kib(text: &str) -> Option<u64> {
    text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()
}

fn judge_room(folder: &Path, free: u64) -> Check {
    let evidence = format!("{} MiB free at {}", free >> 10, folder.display());
    let remedy = "make room there: go clean -modcache, or a larger disk";
    match free {
        0..FULL_KIB => Check::fail("env.disk", evidence, remedy),
        FULL_KIB..TIGHT_KIB => Check::warn("env.disk", evidence, remedy),
        _ => Check::ok("env.disk", evidence),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Status;

    #[test]
    fn room_is_told_by_df() {
        let text =
            "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/x 100 40 60 40% /\n";
        assert_eq!(free_kib(text), Some(60));
        assert_eq!(free_kib("nonsense"), None);
        for (free, status) in [
            (0, Status::Fail),
            (100 << 10, Status::Warn),
            (1 << 20, Status::Ok),
        ] {
            assert_eq!(judge_room(Path::new("/"), free).status, status, "{free}");
        }
    }

    #[test]
    fn a_missing_cache_below_a_folder_that_can_be_written_is_well() {
        let folder = tempfile::tempdir().unwrap();
        let check = |path: PathBuf| writable("env.modcache", "GOMODCACHE", Some(path)).status;
        assert_eq!(check(folder.path().join("a/b")), Status::Ok);
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert_eq!(check(file.join("mod")), Status::Fail);
        assert_eq!(check(PathBuf::from("relative")), Status::Fail);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
