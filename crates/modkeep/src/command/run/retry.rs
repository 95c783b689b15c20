//! Whether and when to try again.

use std::ffi::OsString;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::time::Duration;

use doctor::explain::{Class, Report};

/// Longest pause between two tries.
const LONGEST: Duration = Duration::from_secs(30);

/// Commands of `go` that do the same when they are run twice.
const SAFE: [&str; 6] = ["get", "list", "build", "vet", "install", "mod"];
/// Those of `go mod`.
const SAFE_MOD: [&str; 3] = ["download", "tidy", "verify"];

/// Whether `command` may be run twice without being told so.
pub(super) fn is_safe(command: &[OsString]) -> bool {
    let Some((program, arguments)) = command.split_first() else {
        return false;
    };
    if Path::new(program)
        .file_name()
        .is_none_or(|name| name != "go")
    {
        return false;
    }
    let words: Vec<_> = arguments
        .iter()
        .map(|word| word.to_string_lossy())
        .collect();
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    // Before the command there can only be the folder.
    match words.as_slice() {
        ["-C", _, rest @ ..] => is_safe_command(rest),
        [folder, rest @ ..] if folder.starts_with("-C=") => is_safe_command(rest),
        rest => is_safe_command(rest),
    }
}

fn is_safe_command(words: &[&str]) -> bool {
    match words {
        ["mod", verb, ..] => SAFE_MOD.contains(verb),
        [verb, ..] => *verb != "mod" && SAFE.contains(verb),
        [] => false,
    }
}

/// Whether every error passes by itself, and there is one.
pub(super) fn can_help(report: &Report) -> bool {
    let mut explanations = report.explanations.iter();
    !report.explanations.is_empty()
        && report.left_off == 0
        && explanations.all(|one| one.class == Some(Class::Transient) && one.known)
}

/// The pause after try `number`: anything up to the bound, so that jobs that failed together do not come back
/// together. `chance` is any number.
pub(super) fn delay(base: Duration, number: usize, chance: u64) -> Duration {
    let doublings = u32::try_from(number.saturating_sub(1))
        .unwrap_or(u32::MAX)
        .min(16);
    let longest = base.saturating_mul(1 << doublings).min(LONGEST);
    let nanos = u64::try_from(longest.as_nanos()).unwrap_or(u64::MAX);
    Duration::from_nanos(chance % nanos.saturating_add(1))
}

/// A number that nobody knows before: each hasher of the standard library has its own keys.
pub(super) fn chance() -> u64 {
    RandomState::new().hash_one(0_u8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_is_safe_is_repeated() {
        let table = [
            ("go mod download", true),
            ("go mod tidy", true),
            ("/usr/local/go/bin/go build ./...", true),
            ("go -C sub vet", true),
            ("go -C=sub list -m all", true),
            ("go get a.b/c@v1", true),
            ("go install a.b/c@latest", true),
            ("go mod edit -go=1.20", false),
            ("go mod", false),
            ("go test ./...", false),
            ("go run .", false),
            ("go generate", false),
            ("go", false),
            ("make build", false),
            ("gofmt build", false),
        ];
        for (line, wanted) in table {
            let command: Vec<OsString> = line.split(' ').map(Into::into).collect();
            assert_eq!(is_safe(&command), wanted, "{line}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn pauses_are_bounded(base in 0_u64..100_000, number in 1_usize..50, chance: u64) {
            let base = Duration::from_millis(base);
            let bound = base.saturating_mul(1 << (number - 1).min(16)).min(LONGEST);
            prop_assert!(delay(base, number, chance) <= bound);
        }
    }
}
