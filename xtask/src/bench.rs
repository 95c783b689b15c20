//! Builds modkeep as it ships and measures it.

use anyhow::Result;

use crate::shell::{cargo, root, step, timed};
use crate::tools::{self, Tool};

/// Measures; `arguments` go to the bench program.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    timed("tools", || {
        tools::need(&[Tool::GO, Tool::PS, Tool::NGINX, Tool::WRK])
    })?;
    step(
        "build",
        &mut cargo(&[
            "build",
            "--release",
            "--package",
            "modkeep",
            "--package",
            "bench",
        ]),
    )?;
    let folder = root().join("target/release");
    let mut bench = std::process::Command::new(folder.join("bench"));
    bench
        .arg("--modkeep")
        .arg(folder.join("modkeep"))
        .args(arguments)
        .current_dir(root());
    step("bench", &mut bench)
}
