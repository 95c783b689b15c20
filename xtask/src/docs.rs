//! Reference pages made from code. What is committed is what the code says, or the check fails.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::shell::{cargo, output, root, say};

/// Each page, and what `modkeep reference` calls it.
const PAGES: [(&str, &str); 5] = [
    ("docs/reference/configuration.md", "configuration"),
    ("docs/reference/cli.md", "cli"),
    ("docs/reference/metrics.md", "metrics"),
    ("docs/reference/errors.md", "errors"),
    ("docs/reference/checks.md", "checks"),
];

/// Writes the pages, or checks them.
pub(crate) fn run(check: bool) -> Result<()> {
    for (path, name) in PAGES {
        let page = output(&mut cargo(&[
            "run",
            "--quiet",
            "--package",
            "modkeep",
            "--all-features",
            "--",
            "reference",
            name,
        ]))?;
        let file = root().join(path);
        if !check {
            fs::create_dir_all(file.parent().context("a page has a folder")?)?;
            fs::write(&file, page)?;
            say(&format!("wrote {path}"));
        } else if fs::read_to_string(&file).ok().as_deref() != Some(page.as_str()) {
            bail!("{path} is not what the code says: run `cargo xtask docs` and commit it");
        }
    }
    Ok(())
}
