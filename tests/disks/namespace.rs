//! A disk of its own for a test: a tmpfs in a mount namespace in which the test starts itself again.
//! Permissions do not bind root, and a quota is nothing a test can count on.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Set in the process inside the namespace: where the disk is mounted.
const MOUNTED: &str = "MODKEEP_TEST_DISK";

/// Runs `inside` on a disk of `size` (as mount writes it), in a process of its own. `test` is the path of
/// the calling test. Where namespaces are not allowed it fails and says why.
pub(crate) fn on_disk(test: &str, size: &str, inside: impl FnOnce(&Path)) {
    if let Some(folder) = std::env::var_os(MOUNTED) {
        return inside(&PathBuf::from(folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let script = r#"mount -t tmpfs -o "size=$1" tmpfs "$0" && exec "$2" --exact "$3" --nocapture"#;
    let output = Command::new("unshare")
        .args(["-rm", "sh", "-c", script])
        .arg(folder.path())
        .arg(size)
        .arg(std::env::current_exe().unwrap())
        .arg(test)
        .env(MOUNTED, folder.path())
        .output()
        .unwrap_or_else(|error| {
            panic!("{test} needs the command unshare of the package util-linux: {error}")
        });
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{test} needs a mount namespace (unshare -rm):\n{said}"
    );
}

/// Fills the disk to its last page.
pub(crate) fn fill(disk: &Path) -> PathBuf {
    let path = disk.join("filler");
    let mut file = File::create(&path).unwrap();
    while file.write_all(&[0; 4096]).is_ok() {}
    path
}

/// Leaves so much of a full disk free.
pub(crate) fn leave(filler: &Path, free: u64) {
    let file = OpenOptions::new().write(true).open(filler).unwrap();
    let length = file.metadata().unwrap().len();
    file.set_len(length.saturating_sub(free)).unwrap();
}

/// Runs `mount`.
pub(crate) fn mount(arguments: &[&str]) {
    let status = Command::new("mount").args(arguments).status().unwrap();
    assert!(status.success(), "mount {arguments:?}");
}

/// Takes away what was mounted last at `folder`.
pub(crate) fn unmount(folder: &str) {
    let status = Command::new("umount").arg(folder).status().unwrap();
    assert!(status.success(), "umount {folder}");
}
