use proptest::prelude::*;

use super::*;
use crate::testdata::{rows, text};

#[test]
fn canonical_forms_and_order_are_go_s() {
    let table = rows(include_str!("../../testdata/go/semver-tests.json"));
    for (index, row) in table.iter().enumerate() {
        let (version, expected) = (text(row, "in"), text(row, "out"));
        assert_eq!(canonical(version), expected, "{row}");
        assert_eq!(is_valid(version), !expected.is_empty(), "{row}");
        let is_module_version =
            expected == version || version == format!("{expected}+incompatible");
        assert_eq!(
            is_canonical(version),
            !expected.is_empty() && is_module_version,
            "{row}"
        );
        // The table is sorted; rows of one canonical form are equal.
        for (below, other) in table[..=index].iter().enumerate() {
            let equal = below == index || text(other, "out") == expected;
            let order = if equal {
                Ordering::Equal
            } else {
                Ordering::Less
            };
            assert_eq!(compare(text(other, "in"), version), order, "{other} {row}");
            assert_eq!(compare(version, text(other, "in")), order.reverse());
        }
    }
}

#[test]
fn the_parts_of_a_version() {
    for (version, parts) in [
        ("v1.2.3-pre.1+meta-2", ["v1", "v1.2", "-pre.1", "+meta-2"]),
        ("v1", ["v1", "v1.0", "", ""]),
        ("v10.20", ["v10", "v10.20", "", ""]),
        ("v2.0.0+incompatible", ["v2", "v2.0", "", "+incompatible"]),
        ("1.2.3", ["", "", "", ""]),
        ("v1.2.3-", ["", "", "", ""]),
        ("v1.2.3+", ["", "", "", ""]),
        ("v1.2.3-01", ["", "", "", ""]),
        ("v01.2.3", ["", "", "", ""]),
        ("v1.2.3.4", ["", "", "", ""]),
    ] {
        let found = [
            major(version),
            &major_minor(version),
            prerelease(version),
            build(version),
        ]
        .map(str::to_owned);
        assert_eq!(found, parts, "{version}");
    }
}

#[test]
fn only_full_versions_without_metadata_are_canonical() {
    for version in [
        "v1.2.3",
        "v1.2.3-pre",
        "v2.0.0+incompatible",
        "v0.0.0-20060102150405-abcdef123456",
    ] {
        assert!(is_canonical(version), "{version}");
    }
    for version in [
        "v1",
        "v1.2",
        "v1.2.3+meta",
        "v1.2.3-pre+meta",
        "v2.0.0+incompatible.x",
        "master",
        "",
    ] {
        assert!(!is_canonical(version), "{version}");
    }
}

#[test]
fn short_forms_are_prefixes() {
    for short in ["v0", "v1", "v1.2", "v10.20"] {
        assert!(is_prefix(short), "{short}");
    }
    for other in [
        "",
        "v",
        "v1.",
        "v1.2.3",
        "v1-pre",
        "v1.2+meta",
        "v01",
        "1.2",
        "v1.x",
        "latest",
    ] {
        assert!(!is_prefix(other), "{other}");
    }
}

/// Versions close enough to each other to collide.
fn version() -> impl Strategy<Value = String> {
    "v(0|1|10)(\\.(0|9|10)(\\.(0|2|18446744073709551616)(-(0|1|10|a|-|b)(\\.(0|2|x-1))?)?(\\+(m|incompatible))?)?)?|bad|v1-x"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn the_order_is_total(a in version(), b in version(), c in version()) {
        prop_assert_eq!(compare(&a, &b), compare(&b, &a).reverse());
        if compare(&a, &b).is_le() && compare(&b, &c).is_le() {
            prop_assert!(compare(&a, &c).is_le());
            let equal = compare(&a, &b).is_eq() && compare(&b, &c).is_eq();
            prop_assert_eq!(compare(&a, &c).is_eq(), equal);
        }
        // Equal in precedence is equal in canonical form, and the other way round.
        prop_assert_eq!(compare(&a, &b).is_eq(), canonical(&a) == canonical(&b));
    }

    #[test]
    fn canonical_is_canonical(version in "v?[0-9.a-z+-]{0,12}") {
        let form = canonical(&version);
        prop_assert_eq!(form.is_empty(), !is_valid(&version));
        if !form.is_empty() {
            prop_assert!(is_canonical(&form) && compare(&form, &version).is_eq());
            prop_assert_eq!(canonical(&form), form);
            prop_assert!(version.starts_with(major(&version)));
        }
    }
}
