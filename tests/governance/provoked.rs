//! Makes a real `go` fail in many ways, and holds what it says against the catalogue.

// Other areas take this file in by its path, so its parts have theirs.
#[path = "provoked/rows.rs"]
pub(crate) mod rows;
#[path = "provoked/stage.rs"]
pub(crate) mod stage;

use std::path::{Path, PathBuf};

use doctor::explain::{Place, explain};
use stage::{Row, Stage};

/// Where the texts are kept.
fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../doctor/testdata/explain")
}

/// The minor number of the Go at `program`, and its name: `go1.26`.
fn release(program: &Path) -> (u32, String) {
    let go = testkit::Go::new("off", "off").program(program);
    let version = go.run("env GOVERSION").expect_ok();
    let minor = version.trim().split('.').nth(1).unwrap().to_owned();
    (minor.parse().unwrap(), format!("go1.{minor}"))
}

/// Provokes `rows` with the Go at `program`, and holds what it says against the catalogue. With
/// `MODKEEP_RECORD` set, the texts are written down; they are what the tests of the catalogue run on.
pub(crate) fn provoke(rows: &[Row], program: &Path) {
    let stage = Stage::new();
    let (minor, name) = release(program);
    let mut faults = Vec::new();
    let mut count = 0;
    for row in rows {
        let (first, last) = row.releases;
        if minor < first || (last > 0 && minor > last) {
            continue;
        }
        count += 1;
        let said = stage.provoke(row, program);
        let report = explain(said.as_bytes(), Place::Shell);
        let ids: Vec<&str> = report.explanations.iter().map(|one| one.id).collect();
        if ids.is_empty() || ids.iter().any(|id| *id != row.id) {
            faults.push(format!("{} {}: {ids:?}\n{said}", row.id, row.name));
        } else if std::env::var_os("MODKEEP_RECORD").is_some() {
            let folder = golden().join(row.id);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join(format!("{}.{name}.txt", row.name)), said).unwrap();
        }
    }
    assert!(
        faults.is_empty(),
        "{} of {count} texts of {name}:\n{}",
        faults.len(),
        faults.join("\n")
    );
}
