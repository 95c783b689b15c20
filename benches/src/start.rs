//! How long a full store keeps the first answer waiting.

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Result, ensure};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use testkit::{ModkeepOptions, client};

use crate::table::{Bound, Table};
use crate::{Bench, median};

const MODULES: usize = 1000;
const VERSIONS: usize = 100;

pub(crate) fn measure(bench: &Bench, table: &mut Table) -> Result<()> {
    let name = "start to first answer, 100,000 versions";
    if !bench.wants(name) {
        return Ok(());
    }
    let store = tempfile::tempdir()?;
    fill(store.path())?;
    let options = ModkeepOptions::new(&bench.modkeep, store.path()).args(&[
        "--upstream",
        "https://mirror.example",
        "--offline",
        "--sumdb",
        "off",
        "--nosumdb",
        "*",
        "--access-log",
        "off",
    ]);
    let mut milliseconds = Vec::new();
    for _ in 0..bench.rounds {
        let start = Instant::now();
        let modkeep = options.start();
        let answer = client::get(modkeep.authority(), "/example.com/m500/@v/v1.50.0.info");
        milliseconds.push(start.elapsed().as_secs_f64() * 1000.0);
        ensure!(answer.status == 200, "{} {}", answer.status, answer.text());
        // The next start finds the catalog as a crash leaves it: the worst case.
        modkeep.kill();
    }
    table.add(
        name,
        Bound::AtMost(300.0),
        median(milliseconds),
        "ms",
        "after kill -9".to_owned(),
    );
    Ok(())
}

/// Lays out a store as modkeep would have: `.info` and `.mod` of each version with their receipts.
fn fill(store: &Path) -> Result<()> {
    for module in 0..MODULES {
        let path = format!("example.com/m{module}");
        let folder = store.join("cache/download").join(&path).join("@v");
        fs::create_dir_all(&folder)?;
        let go_mod = format!("module {path}\n");
        for version in 0..VERSIONS {
            let version = format!("v1.{version}.0");
            let info = format!("{{\"Version\":\"{version}\",\"Time\":\"2024-03-01T12:00:00Z\"}}");
            fs::write(folder.join(format!("{version}.info")), &info)?;
            fs::write(folder.join(format!("{version}.mod")), &go_mod)?;
            fs::write(
                folder.join(format!("{version}.receipt")),
                receipt("info", &info) + &receipt("mod", &go_mod),
            )?;
        }
    }
    Ok(())
}

fn receipt(kind: &str, content: &str) -> String {
    let sha256 = HEXLOWER.encode(&Sha256::digest(content));
    let size = content.len();
    format!(
        "{{\"kind\":\"{kind}\",\"first_seen\":\"2026-01-02T03:04:05Z\",\"source\":\"https://mirror.example\",\"sha256\":\"{sha256}\",\"size\":{size}}}\n"
    )
}
