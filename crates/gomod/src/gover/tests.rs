use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::testdata::{rows, text, truth};

fn sign(order: Ordering) -> Value {
    Value::from(order as i8)
}

#[test]
fn versions_compare_as_for_go() {
    for row in rows(include_str!("../../testdata/go/gover-compareTests.json")) {
        let (a, b) = (text(&row, "in1"), text(&row, "in2"));
        assert_eq!(sign(compare(a, b)), row["out"], "{row}");
        assert_eq!(compare(b, a), compare(a, b).reverse(), "{row}");
    }
    for row in rows(include_str!("../../testdata/go/gover-modCompareTests.json")) {
        let (path, a, b) = (text(&row, "in1"), text(&row, "in2"), text(&row, "in3"));
        assert_eq!(sign(module_compare(path, a, b)), row["out"], "{row}");
    }
}

#[test]
fn what_is_a_version_and_of_which_language() {
    for row in rows(include_str!("../../testdata/go/gover-isValidTests.json")) {
        assert_eq!(is_valid(text(&row, "in")), truth(&row, "out"), "{row}");
    }
    for row in rows(include_str!("../../testdata/go/gover-isLangTests.json")) {
        assert_eq!(is_lang(text(&row, "in")), truth(&row, "out"), "{row}");
    }
    for row in rows(include_str!("../../testdata/go/gover-langTests.json")) {
        assert_eq!(lang(text(&row, "in")), text(&row, "out"), "{row}");
    }
    for row in rows(include_str!("../../testdata/go/gover-modIsValidTests.json")) {
        let valid = module_is_valid(text(&row, "in1"), text(&row, "in2"));
        assert_eq!(valid, truth(&row, "out"), "{row}");
    }
    for bad in [
        "", "go1.2", "v1.2", "01.2", "1.02", "1.", "1.2.", "1.2.3rc1", "1.2rc01", "1.2RC1",
        "1.2-rc1", "1.2 ",
    ] {
        assert!(
            !is_valid(bad) && !is_lang(bad) && lang(bad).is_empty(),
            "{bad}"
        );
    }
}

#[test]
fn toolchains_by_name() {
    for row in rows(include_str!(
        "../../testdata/go/gover-fromToolchainTests.json"
    )) {
        let version = from_toolchain(text(&row, "in")).unwrap_or_default();
        assert_eq!(version, text(&row, "out"), "{row}");
    }
    for row in rows(include_str!(
        "../../testdata/go/gover-isToolchainTests.json"
    )) {
        assert_eq!(is_toolchain(text(&row, "in")), truth(&row, "out"), "{row}");
    }
    for bad in [
        "",
        "go",
        "default",
        "local",
        "go1.2/x",
        "go1.2-x\\y",
        "golang1.2",
    ] {
        assert_eq!(from_toolchain(bad), None, "{bad}");
    }
    assert_eq!(from_toolchain("go1.24rc1\tX:none"), Some("1.24rc1"));
    assert!(is_prerelease("1.24rc1") && !is_prerelease("1.24") && !is_prerelease("x"));
}

#[test]
fn the_toolchain_to_change_to() {
    for row in rows(include_str!(
        "../../testdata/go/toolchain-newerToolchainTests.json"
    )) {
        let list: Vec<&str> = row["list"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item.as_str().unwrap())
            .collect();
        let found = newer_toolchain(text(&row, "need"), &list).unwrap_or_default();
        assert_eq!(found, text(&row, "out"), "{row}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn the_order_is_total(
        a in "[12]\\.(0|9|2[0-2])(\\.[0-2]|rc[1-2]|beta1|)",
        b in "[12]\\.(0|9|2[0-2])(\\.[0-2]|rc[1-2]|beta1|)",
        c in "[12]\\.(0|9|2[0-2])(\\.[0-2]|rc[1-2]|beta1|)",
    ) {
        prop_assert!(is_valid(&a));
        prop_assert_eq!(compare(&a, &b), compare(&b, &a).reverse());
        if compare(&a, &b).is_le() && compare(&b, &c).is_le() {
            prop_assert!(compare(&a, &c).is_le());
        }
        prop_assert_eq!(lang(&lang(&a)), lang(&a));
    }

    #[test]
    fn any_text_is_a_version_or_not(text in "[0-9.a-z\\-é]{0,12}") {
        let toolchain = format!("go{text}-x");
        prop_assert_eq!(from_toolchain(&toolchain).is_some(), is_valid(text.split('-').next().unwrap()));
        prop_assert!(!is_lang(&text) || is_valid(&text));
    }
}
