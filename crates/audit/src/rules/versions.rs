//! Versions of Go: what is asked for, and what is there.

use std::cmp::Ordering;

use crate::judgement::Judgement;
use crate::site::Site;

use super::privacy;

/// The version that the go.mod of a site asks for.
pub(super) fn wanted(judgement: &Judgement<'_>, site: &Site) -> Option<String> {
    // `go install path@version` and its like do not look at go.mod.
    if site.words.iter().any(|word| word.contains('@')) {
        return None;
    }
    let module = privacy::module(judgement, site)?;
    module.content.as_ref()?.go.clone()
}

/// The first Go that switches toolchains, or refuses a go.mod that asks for a newer one. Older ones try to build.
const SWITCHES_SINCE: &str = "1.21";

/// Whether the Go that is there is surely older than `wanted`, and minds: `1.24` of a tag stands for its newest
/// patch.
pub(super) fn is_too_old(have: &str, wanted: &str) -> bool {
    let have = have.trim_start_matches("go");
    if gomod::gover::compare(have, SWITCHES_SINCE) == Ordering::Less {
        return false;
    }
    let parts = have.split('.').collect::<Vec<_>>();
    let is_plain = parts
        .iter()
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    if !is_plain {
        return false;
    }
    match parts.as_slice() {
        // `1` is the newest there is.
        [_] => false,
        // The newest patch release: older only if the minor version is.
        [_, _] => {
            gomod::gover::compare(&gomod::gover::lang(have), &gomod::gover::lang(wanted))
                == Ordering::Less
        }
        _ => gomod::gover::compare(have, wanted) == Ordering::Less,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minor_version_stands_for_its_newest_patch() {
        for (have, wanted, older) in [
            ("1.24", "1.25.0", true),
            ("1.24", "1.24.9", false),
            ("1.24.3", "1.24.9", true),
            ("1.25.1", "1.24.9", false),
            ("1", "1.30", false),
            // Before 1.21 a go line is a wish.
            ("1.6", "1.13", false),
            ("1.20.4", "1.24.0", false),
            ("1.21", "1.24.0", true),
            ("stable", "1.30", false),
            ("1.25.x", "1.30", false),
        ] {
            assert_eq!(is_too_old(have, wanted), older, "{have} {wanted}");
        }
    }
}
