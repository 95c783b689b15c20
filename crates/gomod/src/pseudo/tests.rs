use proptest::prelude::*;

use super::*;
use crate::testdata::{rows, text};

#[test]
fn pseudo_versions_are_go_s() {
    for row in rows(include_str!("../../testdata/go/module-pseudoTests.json")) {
        let (major, older, version) = (
            text(&row, "major"),
            text(&row, "older"),
            text(&row, "version"),
        );
        assert_eq!(
            pseudo_version(major, older, "20060102150405", "hash"),
            version
        );
        assert!(is_pseudo_version(version), "{row}");
        assert!(!is_pseudo_version(older), "{row}");
        assert_eq!(pseudo_version_base(version).as_deref(), Ok(older), "{row}");
        assert_eq!(pseudo_version_rev(version), Ok("hash"), "{row}");
        assert_eq!(
            pseudo_version_time(version).as_deref(),
            Ok("2006-01-02T15:04:05Z")
        );
    }
}

const TAIL: &str = "20190513201126-42abcb6df8ee";

#[test]
fn a_dash_without_revision_makes_no_pseudo_version() {
    assert!(semver::is_valid("v0.0.0-20190513201126-"));
    assert!(!is_pseudo_version("v0.0.0-20190513201126-"));
}

#[test]
fn the_base_comes_back() {
    for base in [
        "",
        "v1.2.3",
        "v1.2.3-pre",
        "v2.0.0+incompatible",
        "v2.3.0-pre.2+incompatible",
        "v1.0.9",
        "v1.9.99",
    ] {
        let version = pseudo_version("v1", base, "20190513201126", "42abcb6df8ee");
        assert_eq!(
            pseudo_version_base(&version).as_deref(),
            Ok(base),
            "{version}"
        );
        assert_eq!(pseudo_version_rev(&version), Ok("42abcb6df8ee"));
        assert_eq!(
            pseudo_version_time(&version).as_deref(),
            Ok("2019-05-13T20:11:26Z")
        );
    }
}

#[test]
fn what_looks_like_one_but_is_none() {
    for version in [
        format!("v1.2.3-{TAIL}"),
        format!("v1.0.0-0{TAIL}"),
        format!("v1.0.0-x0.{TAIL}"),
        format!("v1.2.3.0.{TAIL}"),
        "v1.0.0-2019051320112-42abcb6df8ee".to_owned(),
        "v1.0.0-20190513201126-42.abcb".to_owned(),
        "v1.0.0-20190513201126".to_owned(),
        "v1.0.0".to_owned(),
        "20190513201126-42abcb6df8ee".to_owned(),
    ] {
        assert!(!is_pseudo_version(&version), "{version}");
        let error = pseudo_version_rev(&version).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("pseudo-version {version:?} invalid: syntax error")
        );
    }
}

#[test]
fn impossible_bases_and_times_are_named() {
    let base = |version: &str| pseudo_version_base(version).unwrap_err().to_string();
    assert_eq!(
        base(&format!("v2.0.0-{TAIL}+incompatible")),
        format!(
            "pseudo-version \"v2.0.0-{TAIL}+incompatible\" invalid: lacks base version, but has build metadata \"+incompatible\""
        )
    );
    assert_eq!(
        base(&format!("v1.0.0-0.{TAIL}")),
        format!(
            "pseudo-version \"v1.0.0-0.{TAIL}\" invalid: version before v1.0.0 would have negative patch number"
        )
    );
    for time in [
        "20190229000000",
        "20191301000000",
        "20190100000000",
        "20190101240000",
        "20190101006000",
        "20190101000060",
    ] {
        let version = format!("v0.0.0-{time}-42abcb6df8ee");
        let error = pseudo_version_time(&version).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("pseudo-version \"{version}\" invalid: malformed time \"{time}\"")
        );
    }
    assert!(pseudo_version_time("v0.0.0-20200229235959-42abcb6df8ee").is_ok());
    assert!(pseudo_version_time(&zero_pseudo_version("")).is_ok());
}

#[test]
fn numbers_of_any_length() {
    for (small, large) in [
        ("0", "1"),
        ("9", "10"),
        ("99999999999999999999999", "100000000000000000000000"),
        ("199", "200"),
    ] {
        assert_eq!(increment(small), large);
        assert_eq!(decrement(large).as_deref(), Some(small));
    }
    assert_eq!(decrement("0"), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn they_sort_after_their_base_and_before_the_next(
        base in "v(0|1)\\.(0|9|12)\\.(0|9|99)(-(rc|alpha)\\.?[1-9]|-pre)?(\\+incompatible)?",
        time in "20[0-2][0-9]0[1-9][12][0-9]1[0-9][0-5][0-9][0-5][0-9]",
        later in "20[3-9][0-9]0[1-9][12][0-9]1[0-9][0-5][0-9][0-5][0-9]",
        revision in "[0-9a-f]{12}",
    ) {
        let version = pseudo_version("v1", &base, &time, &revision);
        prop_assert!(semver::is_canonical(&version));
        prop_assert!(semver::compare(&base, &version).is_lt());
        // The next that can be tagged: the release of a pre-release, or the next patch.
        let canonical = semver::canonical(&base);
        let (next, candidate) = if let Some((release, _)) = canonical.split_once('-') {
            (release.to_owned(), format!("{canonical}.1"))
        } else {
            let (stem, patch) = canonical.rsplit_once('.').unwrap();
            let next = format!("{stem}.{}", patch.parse::<u32>().unwrap() + 1);
            let candidate = format!("{next}-alpha");
            (next, candidate)
        };
        prop_assert!(semver::compare(&version, &next).is_lt());
        prop_assert!(semver::compare(&version, &candidate).is_lt());
        let newer = pseudo_version("v1", &base, &later, &revision);
        prop_assert!(semver::compare(&version, &newer).is_lt());
        prop_assert_eq!(pseudo_version_base(&version), Ok(base));
        prop_assert_eq!(pseudo_version_rev(&version), Ok(revision.as_str()));
    }

    #[test]
    fn without_a_base_they_are_the_first_of_their_major(
        major in "v[0-9]", time in "20[0-9]{2}0[1-9][12][0-9]1[0-9][0-5][0-9][0-5][0-9]", revision in "[0-9a-f]{12}",
    ) {
        let version = pseudo_version(&major, "", &time, &revision);
        let first = format!("{major}.0.0-alpha");
        prop_assert!(semver::compare(&version, &first).is_lt());
        prop_assert_eq!(semver::major(&version), major);
        prop_assert_eq!(pseudo_version_base(&version), Ok(String::new()));
    }

    #[test]
    fn any_text_is_one_or_not(
        text in "v[01]\\.0\\.0-[0.a-]{0,4}[0-9]{13,15}-[0-9a-z.]{1,12}(\\+[a-z]{0,3})?|[ -~é]{0,24}"
    ) {
        let is_one = is_pseudo_version(&text);
        prop_assert_eq!(pseudo_version_rev(&text).is_ok(), is_one);
        prop_assert!(is_one || pseudo_version_base(&text).is_err() && pseudo_version_time(&text).is_err());
    }
}
