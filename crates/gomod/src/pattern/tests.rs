use proptest::prelude::*;

use super::*;
use crate::testdata::{rows, text, truth};

#[test]
fn path_match_is_go_s() {
    for row in rows(include_str!("../../testdata/go/path-matchTests.json")) {
        let expected = if row["err"].is_null() {
            Ok(truth(&row, "match"))
        } else {
            Err(Error::BadPattern)
        };
        let found = path_match(text(&row, "pattern"), text(&row, "s"));
        assert_eq!(found, expected, "{row}");
    }
}

#[test]
fn prefixes_match_as_go_s_do() {
    for row in rows(include_str!(
        "../../testdata/go/module-matchPrefixPatterns.json"
    )) {
        let patterns = Patterns::parse(text(&row, "globs"));
        assert_eq!(
            patterns.matches(text(&row, "target")),
            truth(&row, "want"),
            "{row}"
        );
    }
}

#[test]
fn hosts_and_organisations() {
    for (pattern, matching, other) in [
        ("corp.com", "corp.com/x/y", "git.corp.com/x"),
        ("corp.com", "corp.com", "corp.com.evil/x"),
        ("*.corp.com", "git.corp.com/x", "corp.com"),
        (
            "github.com/org",
            "github.com/org/any/deep",
            "github.com/org2",
        ),
        ("host.x/*", "host.x/y", "host.x"),
        ("*quo*", "quote.io/x", "rsc.io/quote"),
        ("a.b/c/", "a.b/c/d", "a.b/cd"),
        ("a.b/[^x-z]", "a.b/c/d", "a.b/x/d"),
        ("\\*.b", "*.b/c", "a.b/c"),
    ] {
        let patterns = Patterns::parse(pattern);
        assert_eq!(patterns.matching(matching), Some(pattern));
        assert_eq!(patterns.matching(other), None, "{pattern} {other}");
    }
}

#[test]
fn spaces_and_case_count_and_malformed_patterns_match_nothing() {
    let patterns = Patterns::parse(" a.b,A.b,[,a.b/[x,,/,c.d ,e.f//");
    assert_eq!(
        patterns.iter().collect::<Vec<_>>(),
        [" a.b", "A.b", "[", "a.b/[x", "c.d ", "e.f//"]
    );
    for path in ["a.b", "a.b/x", "c.d", "e.f", "e.f/g", "["] {
        assert_eq!(patterns.matching(path), None, "{path}");
    }
    assert!(Patterns::parse(",/,").is_empty() && Patterns::default().is_empty());
    assert_eq!(Patterns::parse("a.b,c.d").matching("c.d/x"), Some("c.d"));
}

#[test]
fn a_piece_stays_where_it_fits_first() {
    // A better fit exists for the class, but Go does not look for it.
    assert_eq!(path_match("*[/x]*b", "x/b"), Ok(false));
    assert_eq!(path_match("*[/y]*b", "x/b"), Ok(true));
    assert_eq!(path_match("*ab*ab", "aababab"), Ok(true));
    assert_eq!(path_match("*?世", "é世"), Ok(true));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_text_quoted_matches_itself_alone(name in "[ -~é]{0,12}", other in "[ -~é]{0,12}") {
        let quoted: String = name.chars().flat_map(|letter| ['\\', letter]).collect();
        prop_assert_eq!(path_match(&quoted, &name), Ok(true));
        prop_assert_eq!(path_match(&quoted, &other), Ok(name == other));
    }

    #[test]
    fn whether_a_pattern_is_malformed_does_not_depend_on_the_name(
        pattern in "[a\\[\\]^*?\\\\/-]{0,10}",
        name in "[a\\[\\]^*?\\\\/-]{0,10}",
    ) {
        prop_assert_eq!(path_match(&pattern, &name).is_err(), path_match(&pattern, "").is_err());
        let star = format!("*{name}");
        let stars = format!("**{name}");
        prop_assert_eq!(path_match(&star, &pattern), path_match(&stars, &pattern));
    }

    #[test]
    fn what_matches_a_path_matches_all_below_it(
        pattern in "[ab*?/,]{0,8}",
        path in "[ab]{1,3}(/[ab]{1,3}){0,3}",
        below in "[ab/]{0,6}",
    ) {
        let patterns = Patterns::parse(&pattern);
        if patterns.matches(&path) {
            let deep = format!("{path}/{below}");
            prop_assert!(patterns.matches(&deep));
        }
        prop_assert_eq!(patterns.matches(&path), patterns.matching(&path).is_some());
    }
}
