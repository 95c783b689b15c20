//! Reference pages made from code. What is committed is what the code says, or the check fails.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::shell::{cargo, output, root, say};

/// The folder that holds these pages and nothing else.
const FOLDER: &str = "docs/reference";

/// Writes the pages, or checks them.
pub(crate) fn run(check: bool) -> Result<()> {
    let made = tempfile::tempdir()?;
    output(
        cargo(&[
            "run",
            "--quiet",
            "--package",
            "modkeep",
            "--all-features",
            "--",
            "reference",
        ])
        .arg(made.path()),
    )?;
    let folder = root().join(FOLDER);
    let (made, held) = (pages(made.path())?, pages(&folder)?);
    for name in made.keys().chain(held.keys()) {
        let path = format!("{FOLDER}/{name}");
        match made.get(name) {
            same if same == held.get(name) => {}
            _ if check => {
                bail!("{path} is not what the code says: run `cargo xtask docs` and commit it")
            }
            Some(page) => {
                let file = folder.join(name);
                fs::create_dir_all(file.parent().context("a page has a folder")?)?;
                fs::write(file, page)?;
                say(&format!("wrote {path}"));
            }
            None => {
                fs::remove_file(folder.join(name)).ok();
                say(&format!("removed {path}"));
            }
        }
    }
    Ok(())
}

/// The pages below `folder` by name, with `/` between the parts.
fn pages(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut pages = BTreeMap::new();
    if !folder.exists() {
        return Ok(pages);
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            for (below, page) in self::pages(&entry.path())? {
                pages.insert(format!("{name}/{below}"), page);
            }
        } else {
            pages.insert(name, fs::read_to_string(entry.path())?);
        }
    }
    Ok(pages)
}
