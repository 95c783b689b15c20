//! House rules that a machine can check: the layering, what may be depended on, and what text may stand
//! in the repository.

mod crates;
mod text;

use anyhow::{Result, bail};

use crate::shell::say;

/// Checks everything and says all that is wrong.
pub(crate) fn run() -> Result<()> {
    let mut faults = crates::check()?;
    faults.extend(text::check()?);
    for fault in &faults {
        say(&format!("house rule: {fault}"));
    }
    if !faults.is_empty() {
        bail!("{} house rules broken", faults.len());
    }
    Ok(())
}
