use super::{deprecation, is_go_version, is_indirect, lax_go_version};

#[test]
fn knows_go_versions() {
    for version in [
        "1.0",
        "1.21",
        "1.21.0",
        "1.21rc1",
        "1.2.3beta12",
        "10.20.30",
    ] {
        assert!(is_go_version(version), "{version}");
    }
    for version in [
        "", "1", "1.", "0.1", "01.2", "1.02", "1.2.", "1.2.03", "1.2rc", "1.2RC1", "1.2rc1x",
        "v1.2", "1.2-rc1", "1.2.3.4",
    ] {
        assert!(!is_go_version(version), "{version}");
    }
}

#[test]
fn reads_later_go_versions_laxly() {
    for (version, want) in [
        ("v1.2.3", Some("1.2")),
        ("1.2.beta1", Some("1.2")),
        ("1.2-rc1", Some("1.2")),
        ("v1.2", None),
        ("1", None),
        ("x1.2.3", None),
        ("1.02", None),
    ] {
        assert_eq!(lax_go_version(version), want, "{version}");
    }
}

#[test]
fn tells_indirect_from_other_comments() {
    for comment in [
        "// indirect",
        "//indirect",
        "//  indirect\n",
        "// indirect; why\r\n",
    ] {
        assert!(is_indirect(Some(comment)), "{comment}");
    }
    for comment in [
        "// indirect why",
        "// indirect;",
        "// Indirect",
        "//",
        "// not indirect",
    ] {
        assert!(!is_indirect(Some(comment)), "{comment}");
    }
    assert!(!is_indirect(None));
}

#[test]
fn takes_the_first_deprecated_paragraph() {
    for (comment, want) in [
        ("a\n\nDeprecated: b\n\nDeprecated: c", "b"),
        ("Deprecated:", ""),
        ("Deprecated:   \n\nx", ""),
        ("a\nDeprecated: b", ""),
        ("a\n\n\nDeprecated: b", "b"),
    ] {
        assert_eq!(deprecation(comment), want, "{comment:?}");
    }
}
