//! What chance decides, for longer than a usual run has time for.

use anyhow::{Result, bail};

use crate::shell::{cargo, say, stream, timed};
use crate::steps::Count;
use crate::tools::{self, Tool};

/// Kills of the server during a fill; a usual run has 40.
const KILLS: &str = "200";

/// Rounds of eight writers of one environment file; a usual run has 60.
const WRITER_ROUNDS: &str = "200";

/// Runs of the property tests. Each draws its cases anew, so this multiplies the cases of all of them,
/// those with a fixed number too, which `PROPTEST_CASES` would not reach.
const RUNS: usize = 10;

/// The kills, the writers, then the properties; last a line that counts the tests.
pub(crate) fn run() -> Result<()> {
    timed("tools", || {
        tools::need(&[Tool::GIT, Tool::GO, Tool::UNSHARE])
    })?;
    let mut count = Count::default();
    let mut test = |arguments: &[&str]| {
        let mut command = cargo(&["test", "--all-features", "--no-fail-fast"]);
        command.args(arguments).env("MODKEEP_CRASH_ROUNDS", KILLS);
        command.env("MODKEEP_ENV_ROUNDS", WRITER_ROUNDS);
        stream(&mut command, |line| count.read(line))
    };
    let crashes = ["-p", "modkeep", "--test", "crashes", "--", "--nocapture"];
    let mut succeeded = timed("kills", || test(&crashes))?;
    let writers = ["-p", "modkeep", "--test", "governance", "env::writers"];
    succeeded &= timed("writers", || test(&writers))?;
    for run in 1..=RUNS {
        let name = format!("properties, run {run} of {RUNS}");
        succeeded &= timed(&name, || {
            test(&["--workspace", "--lib", "--bins", "--quiet"])
        })?;
    }
    say(&count.line());
    if !succeeded || !count.is_good() {
        bail!("tests failed");
    }
    Ok(())
}
