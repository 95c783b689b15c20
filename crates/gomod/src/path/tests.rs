use proptest::prelude::*;

use super::*;
use crate::testdata::{rows, text, truth};
use crate::{ModulePath, ModuleVersion, Version};

#[test]
fn paths_are_checked_as_by_go() {
    for row in rows(include_str!("../../testdata/go/module-checkPathTests.json")) {
        let path = text(&row, "path");
        assert_eq!(check_path(path).is_ok(), truth(&row, "ok"), "{row}");
        assert_eq!(
            check_import_path(path).is_ok(),
            truth(&row, "importOK"),
            "{row}"
        );
        assert_eq!(
            check_file_path(path).is_ok(),
            truth(&row, "fileOK"),
            "{row}"
        );
    }
    for row in rows(include_str!("../../testdata/go/module-checkTests.json")) {
        let module = ModulePath::parse(text(&row, "path"))
            .and_then(|path| ModuleVersion::new(path, Version::parse(text(&row, "version"))?));
        assert_eq!(module.is_ok(), truth(&row, "ok"), "{row}");
    }
}

#[test]
fn escapes_are_go_s() {
    for row in rows(include_str!("../../testdata/go/module-escapeTests.json")) {
        let path = text(&row, "path");
        let escaped = match text(&row, "esc") {
            "" => path,
            escaped => escaped,
        };
        assert_eq!(escape_path(path).as_deref(), Ok(escaped));
        assert_eq!(unescape_path(escaped).as_deref(), Ok(path));
    }
    for row in rows(include_str!("../../testdata/go/module-badUnescape.json")) {
        assert!(unescape_path(row.as_str().unwrap()).is_err(), "{row}");
    }
}

#[test]
fn suffixes_are_go_s() {
    for row in rows(include_str!(
        "../../testdata/go/module-splitPathVersionTests.json"
    )) {
        let (prefix, version) = (text(&row, "pathPrefix"), text(&row, "version"));
        let path = format!("{prefix}{version}");
        assert_eq!(split_path_version(&path), Some((prefix, version)), "{row}");
    }
    for row in rows(include_str!("../../testdata/go/module-checkPathTests.json")) {
        if let (Some((prefix, major)), path) =
            (split_path_version(text(&row, "path")), text(&row, "path"))
        {
            assert_eq!(format!("{prefix}{major}"), path);
        }
    }
    for row in rows(include_str!("../../testdata/go/module-matchPathMajor.json")) {
        let matches = match_path_major(text(&row, "v"), text(&row, "pathMajor"));
        assert_eq!(matches, truth(&row, "want"), "{row}");
    }
}

#[test]
fn a_refusal_says_what_is_wrong() {
    for (path, reason) in [
        ("", "empty string"),
        ("x", "missing dot in first path element"),
        ("-x.y", "leading dash"),
        ("X.y/z", "invalid char 'X' in first path element"),
        ("x.y/a b", "invalid char ' '"),
        ("x.y/a\"b", "invalid char '\"'"),
        ("x.y/a'b", "invalid char '\\''"),
        ("x.y/a\nb", "invalid char '\\n'"),
        ("x.y/v1", "invalid version"),
        ("x.y//z", "double slash"),
        ("x.y/", "trailing slash"),
        ("/x.y", "empty path element"),
        ("x.y/..", "invalid path element \"..\""),
        ("x.y/.z", "leading dot in path element"),
        ("x.y/z.", "trailing dot in path element"),
        (
            "x.y/Com1.txt",
            "\"Com1\" disallowed as path element component on Windows",
        ),
        ("x.y/z~1", "trailing tilde and digits in path element"),
    ] {
        let error = check_path(path).unwrap_err().to_string();
        assert_eq!(
            error,
            format!("malformed module path {}: {reason}", quote(path))
        );
    }
    assert_eq!(
        check_file_path("a\u{301}").unwrap_err().to_string(),
        "malformed file path \"a\u{301}\": invalid char '\u{301}'"
    );
}

#[test]
fn major_suffixes() {
    for (path, expected) in [
        ("x.y/v2", Some(("x.y", "/v2"))),
        ("x.y/v10", Some(("x.y", "/v10"))),
        ("x.y/v02", None),
        ("x.y/v2.0", None),
        ("x.y/z2", Some(("x.y/z2", ""))),
        ("v2", Some(("v2", ""))),
        (
            "gopkg.in/yaml.v2-unstable",
            Some(("gopkg.in/yaml", ".v2-unstable")),
        ),
        ("gopkg.in/yaml.v0-unstable", None),
        ("gopkg.in/yaml.v", None),
        ("gopkg.in/yaml", None),
        ("", Some(("", ""))),
    ] {
        assert_eq!(split_path_version(path), expected, "{path}");
    }
    assert_eq!(path_major_prefix(".v3-unstable"), Some("v3"));
    assert_eq!(path_major_prefix("/v2"), Some("v2"));
    assert_eq!(path_major_prefix(""), Some(""));
    assert_eq!(path_major_prefix("v2"), None);
    assert_eq!(path_major_prefix("/v2.0"), None);
}

#[test]
fn versions_in_requests_are_file_names() {
    assert_eq!(escape_version("v1.0.0-RC1").as_deref(), Ok("v1.0.0-!r!c1"));
    assert_eq!(
        unescape_version("v1.0.0-!r!c1").as_deref(),
        Ok("v1.0.0-RC1")
    );
    for bad in ["", "a/b", "a!b", "é", "..", "a.", "a\\b", "NUL"] {
        let text = escape_version(bad).unwrap_err().to_string();
        assert!(
            text.ends_with(" invalid: disallowed version string"),
            "{text}"
        );
    }
    for bad in ["", "a/b", "A", "a!", "a!B", "a!!b", "é", "<v1", ">=v1", "."] {
        assert!(unescape_version(bad).is_err(), "{bad}");
    }
}

#[test]
fn only_the_toolchain_module_is_one() {
    assert!(is_toolchain("golang.org/toolchain"));
    assert!(!is_toolchain("golang.org/toolchain/v2"));
    assert!(!is_toolchain("toolchain"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_escaped_comes_back(path in "[a-z]{1,3}\\.[a-z]{2}(/[A-Za-z0-9._~-]{1,6}){0,3}") {
        if let Ok(escaped) = escape_path(&path) {
            prop_assert!(!escaped.bytes().any(|byte| byte.is_ascii_uppercase()));
            prop_assert_eq!(unescape_path(&escaped), Ok(path));
        } else {
            prop_assert!(check_path(&path).is_err());
        }
    }

    #[test]
    fn what_is_unescaped_has_no_other_escape(escaped in "[a-z]\\.b/[a-zA-Z!.]{0,8}|[a-z0-9!.+-]{0,12}") {
        if let Ok(path) = unescape_path(&escaped) {
            prop_assert_eq!(escape_path(&path), Ok(escaped.clone()));
        }
        if let Ok(version) = unescape_version(&escaped) {
            prop_assert_eq!(escape_version(&version), Ok(escaped));
        }
    }

    #[test]
    fn any_text_is_checked_in_one_line(path in "[ -~éß\\n\\x00]{0,16}|([a-z.~0-9A-Z]{0,6}/){0,3}[a-z.~0-9]{0,4}") {
        for result in [check_path(&path), check_import_path(&path), check_file_path(&path)] {
            if let Err(error) = result {
                prop_assert!(!error.to_string().contains(['\n', '\0']));
            }
        }
        // A module path can be imported, and so can what is below it.
        if check_path(&path).is_ok() {
            let below = format!("{path}/x");
            prop_assert!(check_import_path(&path).is_ok() && check_import_path(&below).is_ok());
            prop_assert!(check_file_path(&path).is_ok());
            prop_assert!(split_path_version(&path).is_some());
        }
    }
}
