use proptest::prelude::*;

use super::*;
use crate::testdata::{rows, text};
use crate::{ModulePath, Version};

/// The tags of the repositories that Go's table asks, as their modules list them.
const QUERYTEST: &[&str] = &[
    "v0.0.0-pre1",
    "v0.0.0",
    "v0.0.1",
    "v0.0.2",
    "v0.0.3",
    "v0.1.0",
    "v0.1.1",
    "v0.1.2",
    "v0.3.0",
    "v1.0.0",
    "v1.1.0",
    "v1.9.0",
    "v1.9.9",
    "v1.9.10-pre1",
];
const QUERYTEST_V2: &[&str] = &["v2.0.0", "v2.1.0", "v2.2.0", "v2.5.5", "v2.6.0-pre1"];

/// When the tags were made, all on one day.
const TAGGED: &str = "2018-07-04T02:45:00Z";

fn versions(list: &[&str]) -> Vec<Version> {
    list.iter()
        .map(|text| Version::parse(text).unwrap())
        .collect()
}

/// Whether a row of Go's table needs the repository: revisions, pseudo-versions, metadata in place
/// of a tag, and a version in use that does not exist.
fn needs_repository(query: &VersionQuery, current: &str, found: &str) -> bool {
    let named = matches!(query, VersionQuery::Exact(_) | VersionQuery::Revision(_));
    (named && found.len() > 20)
        || found == "v0.1.0" && matches!(query, VersionQuery::Revision(_))
        || matches!(current, "v1.99.99" | "v1.9.10-pre2+metadata")
}

#[test]
fn queries_resolve_as_for_go() {
    let mut tried = 0;
    for row in rows(include_str!("../../testdata/go/modload-queryTests.json")) {
        let query = VersionQuery::parse(text(&row, "query")).unwrap();
        let (current, found) = (text(&row, "current"), text(&row, "vers"));
        let path = ModulePath::parse(text(&row, "path")).unwrap();
        let (list, latest) = match path.as_str().rsplit('/').next().unwrap() {
            "querytest.git" => (versions(QUERYTEST), None),
            "v2" => (versions(QUERYTEST_V2), None),
            "v3" => (Vec::new(), None),
            _ => (
                Vec::new(),
                Some(Version::parse("v0.0.0-20180704023549-7bb914627242").unwrap()),
            ),
        };
        if needs_repository(&query, current, found) || text(&row, "query") == "e0cf3de987e6" {
            continue;
        }
        let current = (!current.is_empty()).then(|| Version::parse(current).unwrap());
        let allow = text(&row, "allow");
        let known = Known {
            latest: latest.as_ref(),
            current: current.as_ref(),
            allowed: &|version| allow.is_empty() || version.as_str() == allow,
            committed_before: &|_, time| TAGGED < time,
            ..Known::new(&path, &list)
        };
        match known.resolve(&query) {
            Ok(version) => assert_eq!(version.as_str(), found, "{row}"),
            Err(error) => assert_eq!(error.to_string(), text(&row, "err"), "{row}"),
        }
        tried += 1;
    }
    assert_eq!(tried, 41);
}

#[test]
fn every_kind_of_query() {
    let owned = str::to_owned;
    for (text, query) in [
        ("latest", VersionQuery::Latest),
        ("upgrade", VersionQuery::Upgrade),
        ("patch", VersionQuery::Patch),
        ("v1.2.3", VersionQuery::Exact(owned("v1.2.3"))),
        ("v1.2.3+meta", VersionQuery::Exact(owned("v1.2.3+meta"))),
        ("v1", VersionQuery::Prefix(owned("v1"))),
        ("v1.2", VersionQuery::Prefix(owned("v1.2"))),
        ("<v1.2", VersionQuery::Less(owned("v1.2"))),
        ("<=v1.2.0", VersionQuery::LessEq(owned("v1.2.0"))),
        (">v1.2.0", VersionQuery::Greater(owned("v1.2.0"))),
        (">=v1", VersionQuery::GreaterEq(owned("v1"))),
        ("v1.x", VersionQuery::Revision(owned("v1.x"))),
        ("1.2.3", VersionQuery::Revision(owned("1.2.3"))),
        ("feature/x", VersionQuery::Revision(owned("feature/x"))),
        ("Latest", VersionQuery::Revision(owned("Latest"))),
    ] {
        assert_eq!(VersionQuery::parse(text), Ok(query.clone()));
        assert_eq!(query.to_string(), text);
    }
    for (text, reason) in [
        ("", "version query is empty"),
        ("<", "invalid semantic version \"\" in range \"<\""),
        (">x", "invalid semantic version \"x\" in range \">x\""),
        (
            "<=1.2.3",
            "invalid semantic version \"1.2.3\" in range \"<=1.2.3\"",
        ),
        (
            "<=v1.2",
            "ambiguous semantic version \"v1.2\" in range \"<=v1.2\"",
        ),
        (">v1", "ambiguous semantic version \"v1\" in range \">v1\""),
        (
            ">=\n",
            "invalid semantic version \"\\n\" in range \">=\\n\"",
        ),
    ] {
        assert_eq!(VersionQuery::parse(text).unwrap_err().to_string(), reason);
    }
}

#[test]
fn incompatible_versions_count_until_there_is_a_go_mod() {
    let path = ModulePath::parse("example.com/m").unwrap();
    let list = versions(&[
        "v1.0.0",
        "v1.1.0-pre",
        "v2.0.0+incompatible",
        "v3.0.0-rc1+incompatible",
    ]);
    let (current, newer) = (
        versions(&["v2.0.0+incompatible"]),
        versions(&["v1.1.0-pre"]),
    );
    let resolve = |text: &str, go_mod: bool, current: Option<&Version>| {
        let known = Known {
            has_go_mod: &|version| go_mod && version.as_str() == "v1.1.0-pre",
            current,
            ..Known::new(&path, &list)
        };
        known
            .resolve(&VersionQuery::parse(text).unwrap())
            .map_or_else(|error| error.to_string(), |version| version.to_string())
    };
    assert_eq!(resolve("latest", true, None), "v1.0.0");
    assert_eq!(resolve("latest", false, None), "v2.0.0+incompatible");
    assert_eq!(
        resolve("upgrade", true, current.first()),
        "v2.0.0+incompatible"
    );
    assert_eq!(resolve("upgrade", true, newer.first()), "v1.1.0-pre");
    assert_eq!(resolve("v2", true, None), "v2.0.0+incompatible");
    assert_eq!(resolve("<v3.0.0", true, None), "v2.0.0+incompatible");
    assert_eq!(resolve(">v1.0.0", true, None), "v1.1.0-pre");
    assert_eq!(
        resolve("v2.0.0", true, None),
        "example.com/m@v2.0.0: invalid version: unknown revision v2.0.0"
    );
    assert_eq!(resolve("v1.0.0+meta", true, None), "v1.0.0");
}

#[test]
fn what_is_not_allowed_is_not_chosen() {
    let path = ModulePath::parse("example.com/m").unwrap();
    let list = versions(&["v1.2.0", "v1.1.0", "v1.1.1", "v1.3.0"]);
    let current = &list[3];
    let known = Known {
        allowed: &|version| !matches!(version.as_str(), "v1.3.0" | "v1.1.1"),
        current: Some(current),
        ..Known::new(&path, &list)
    };
    for (text, expected) in [
        ("latest", "v1.2.0"),
        ("v1.1", "v1.1.0"),
        (">v1.1.0", "v1.2.0"),
        ("v1.1.1", "example.com/m@v1.1.1: disallowed module version"),
        ("upgrade", "example.com/m@v1.3.0: disallowed module version"),
        ("v1.3", "no matching versions for query \"v1.3\""),
        (
            "main",
            "example.com/m@main: invalid version: unknown revision main",
        ),
    ] {
        let found = known.resolve(&VersionQuery::parse(text).unwrap());
        let found = found.map_or_else(|error| error.to_string(), |version| version.to_string());
        assert_eq!(found, expected, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn an_answer_is_listed_and_within_bounds(
        list in proptest::collection::vec("v[01]\\.[0-2]\\.[0-3](-(a|b\\.1))?", 0..8),
        operator in "<=?|>=?",
        bound in "v[01]\\.[0-2]\\.[0-3]",
    ) {
        let path = ModulePath::parse("example.com/m").unwrap();
        let list: Vec<Version> = list.iter().map(|text| Version::parse(text).unwrap()).collect();
        let other = Version::parse(&bound).unwrap();
        let query = VersionQuery::parse(&format!("{operator}{bound}")).unwrap();
        let inside = |version: &Version| match operator.as_str() {
            "<" => *version < other,
            "<=" => *version <= other,
            ">" => *version > other,
            _ => *version >= other,
        };
        match Known::new(&path, &list).resolve(&query) {
            Ok(version) => {
                prop_assert!(list.contains(&version) && inside(&version));
                let newest = operator.starts_with('<');
                for rival in list.iter().filter(|rival| inside(rival)) {
                    let better = if newest { *rival > version } else { *rival < version };
                    prop_assert!(!better || rival.is_prerelease() && !version.is_prerelease());
                }
            }
            Err(error) => {
                prop_assert!(!list.iter().any(inside), "{}", error);
            }
        }
    }

    #[test]
    fn upgrade_never_goes_down(
        list in proptest::collection::vec("v[01]\\.[0-2]\\.[0-3](-(a|b\\.1))?", 0..8),
        current in "v[01]\\.[0-2]\\.[0-3](-(a|0\\.20200101000000-abcdefabcdef))?",
        text in "upgrade|patch",
    ) {
        let path = ModulePath::parse("example.com/m").unwrap();
        let list: Vec<Version> = list.iter().map(|text| Version::parse(text).unwrap()).collect();
        let current = Version::parse(&current).unwrap();
        let known = Known { current: Some(&current), ..Known::new(&path, &list) };
        let found = known.resolve(&VersionQuery::parse(&text).unwrap()).unwrap();
        prop_assert!(found >= current);
    }

    #[test]
    fn any_text_reads_back_or_is_refused_in_one_line(text in "[<>=]{0,2}[ -~é\\n]{0,12}") {
        match VersionQuery::parse(&text) {
            Ok(query) => prop_assert_eq!(query.to_string(), text),
            Err(error) => prop_assert!(!error.to_string().contains('\n')),
        }
    }
}
