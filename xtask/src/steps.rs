//! The steps of `test` and `lint`, in order.

use anyhow::{Result, bail};

use crate::shell::{cargo, say, step, stream, timed};
use crate::tools::{self, Tool};
use crate::{docs, tidy};

/// What property tests draw from: the same cases each time, so that a change is not refused for what
/// it did not touch. `soak` and a plain `cargo test` draw anew.
const SEED: &str = "20261125";

/// What the tests need.
const TOOLS: [Tool; 12] = [
    Tool::GIT,
    Tool::GO,
    Tool::UNSHARE,
    Tool::PS,
    Tool::SYSTEMD,
    Tool::VISUDO,
    Tool::SHELLCHECK,
    Tool::DASH,
    Tool::BASH,
    Tool::MAKE,
    Tool::CURL,
    Tool::PYTHON,
];

/// Everything: tools, lint, tests; last a line that counts the tests.
pub(crate) fn test() -> Result<()> {
    timed("tools", || {
        tools::need(&TOOLS)?;
        tools::need_checkers()
    })?;
    lint()?;
    let mut count = Count::default();
    let succeeded = timed("tests", || {
        let arguments = ["test", "--workspace", "--all-features", "--no-fail-fast"];
        stream(cargo(&arguments).env("PROPTEST_RNG_SEED", SEED), |line| {
            count.read(line);
        })
    })?;
    if !succeeded || count.failed > 0 {
        say(&count.line());
        bail!("tests failed");
    }
    if count.passed == 0 {
        bail!("no test ran");
    }
    say(&count.line());
    Ok(())
}

/// Formatting, house rules, clippy, documentation.
pub(crate) fn lint() -> Result<()> {
    step("format", &mut cargo(&["fmt", "--all", "--check"]))?;
    timed("house rules", tidy::run)?;
    step(
        "clippy",
        &mut cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--all-features",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ]),
    )?;
    step(
        "rustdoc",
        cargo(&["doc", "--workspace", "--no-deps", "--quiet"]).env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    timed("reference pages", || docs::run(true))
}

/// How many tests ran, read from the lines `test result: ok. 3 passed; 0 failed; 0 ignored; ...`.
#[derive(Default)]
pub(crate) struct Count {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Count {
    /// Takes in a line of what `cargo test` prints.
    pub(crate) fn read(&mut self, line: &str) {
        let Some(rest) = line.strip_prefix("test result: ") else {
            return;
        };
        let number = |word: &str| -> u64 {
            let before = rest.split(word).next().unwrap_or_default();
            before
                .rsplit(|letter: char| !letter.is_ascii_digit())
                .find(|digits| !digits.is_empty())
                .and_then(|digits| digits.parse().ok())
                .unwrap_or(0)
        };
        self.passed += number(" passed");
        self.failed += number(" failed");
        self.skipped += number(" ignored");
    }

    /// Whether tests ran and none failed.
    pub(crate) fn is_good(&self) -> bool {
        self.failed == 0 && self.passed > 0
    }

    /// The sums, for people and programs.
    pub(crate) fn line(&self) -> String {
        format!(
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Count;

    #[test]
    fn results_add_up() {
        let mut count = Count::default();
        count.read("test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s");
        count.read("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 7 filtered out; finished in 0.01s");
        count.read("test something ... ok");
        assert_eq!(count.line(), "15 passed, 2 failed, 1 skipped");
    }
}
