//! Version lists as texts. Pure.

use std::collections::BTreeSet;

use gomod::{ModulePath, ModuleVersion, Version};

/// The versions of `path` that a list in `body` names: canonical ones that fit
/// the path. `go` sorts out the rest of what some proxies send only in part
/// (`v1.2` it would take). The pseudo-versions of an upstream's list stay: where
/// there is no `@latest`, `go` takes the newest of them.
pub(crate) fn parse(path: &ModulePath, body: &[u8]) -> BTreeSet<Version> {
    let lines = body.split(|byte| *byte == b'\n');
    lines
        .filter_map(|line| std::str::from_utf8(line).ok()?.split_whitespace().next())
        .filter_map(|word| Version::parse(word).ok())
        .filter(|version| fits(path, version))
        .collect()
}

/// Whether a version of `path` that is held stands in its list. A pseudo-version
/// does not: only the upstream knows which commit is the newest.
pub(crate) fn is_listed(path: &ModulePath, version: &Version) -> bool {
    !version.is_pseudo() && fits(path, version)
}

fn fits(path: &ModulePath, version: &Version) -> bool {
    ModuleVersion::new(path.clone(), version.clone()).is_ok()
}

/// The list as it is sent: one version a line, in the order of versions.
pub(crate) fn print(versions: &BTreeSet<Version>) -> Vec<u8> {
    let bytes = versions
        .iter()
        .map(|version| version.as_str().len() + 1)
        .sum();
    let mut list = Vec::with_capacity(bytes);
    for version in versions {
        list.extend_from_slice(version.as_str().as_bytes());
        list.push(b'\n');
    }
    list
}

/// The version that `@latest` would name: the highest release, else the highest
/// pre-release, else the highest pseudo-version (Go Modules Reference, "GOPROXY
/// protocol").
pub(crate) fn latest<'a>(versions: impl IntoIterator<Item = &'a Version>) -> Option<&'a Version> {
    versions
        .into_iter()
        .max_by_key(|version| (!version.is_prerelease(), !version.is_pseudo(), *version))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn module(path: &str) -> ModulePath {
        ModulePath::parse(path).unwrap()
    }

    #[test]
    fn a_list_is_cleaned_and_sorted() {
        let table = [
            ("example.com/m", "v1.10.0\nv1.9.0\n", "v1.9.0\nv1.10.0\n"),
            (
                "example.com/m",
                "v1.0.0 2020-01-01T00:00:00Z\r\nv1.0.0\n",
                "v1.0.0\n",
            ),
            ("example.com/m", "v1.2\nv1.2.3+meta\nmaster\n\n \n", ""),
            (
                "example.com/m",
                "v1.0.0-rc.1\nv0.0.0-20190513201126-42abcb6df8ee",
                "v0.0.0-20190513201126-42abcb6df8ee\nv1.0.0-rc.1\n",
            ),
            (
                "example.com/m",
                "v2.0.0\nv2.0.0+incompatible\n",
                "v2.0.0+incompatible\n",
            ),
            ("example.com/m/v2", "v1.0.0\nv2.1.0\n", "v2.1.0\n"),
            ("example.com/m", "\u{fffd}\u{0}v1.0.0\nv1.1.0\n", "v1.1.0\n"),
        ];
        for (path, body, wanted) in table {
            let list = print(&parse(&module(path), body.as_bytes()));
            assert_eq!(String::from_utf8(list).unwrap(), wanted, "{body:?}");
        }
    }

    #[test]
    fn bug_a_list_of_pseudo_versions_lost_what_go_falls_back_to() {
        let pseudo = "v0.0.0-20190513201126-42abcb6df8ee";
        let path = module("example.com/m");
        let list = print(&parse(&path, format!("{pseudo}\n").as_bytes()));
        assert_eq!(list, format!("{pseudo}\n").as_bytes());
        assert!(!is_listed(&path, &Version::parse(pseudo).unwrap()));
    }

    #[test]
    fn bytes_that_are_no_text_cost_only_their_line() {
        assert_eq!(
            print(&parse(
                &module("example.com/m"),
                b"v1.0.0\n\xff\xfe\nv1.1.0"
            )),
            b"v1.0.0\nv1.1.0\n"
        );
    }

    #[test]
    fn latest_is_chosen_as_go_does() {
        let table: [(&[&str], Option<&str>); 5] = [
            (&["v1.0.0", "v2.0.0-rc.1", "v1.2.0"], Some("v1.2.0")),
            (
                &[
                    "v1.0.0-rc.1",
                    "v1.0.0-rc.2",
                    "v1.1.0-0.20190513201126-42abcb6df8ee",
                ],
                Some("v1.0.0-rc.2"),
            ),
            (
                &[
                    "v0.0.0-20190513201126-42abcb6df8ee",
                    "v0.0.0-20200513201126-42abcb6df8ee",
                ],
                Some("v0.0.0-20200513201126-42abcb6df8ee"),
            ),
            (
                &["v0.0.0-20200513201126-42abcb6df8ee", "v0.1.0"],
                Some("v0.1.0"),
            ),
            (&[], None),
        ];
        for (versions, wanted) in table {
            let versions: Vec<Version> = versions
                .iter()
                .map(|text| Version::parse(text).unwrap())
                .collect();
            assert_eq!(latest(&versions).map(Version::as_str), wanted);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn any_bytes_give_a_list_that_reads_as_itself(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let path = module("example.com/m");
            let once = parse(&path, &body);
            prop_assert_eq!(parse(&path, &print(&once)), once);
        }

        #[test]
        fn a_union_lists_both(a in proptest::collection::vec(0_u8..30, 0..10), b in proptest::collection::vec(0_u8..30, 0..10)) {
            let path = module("example.com/m");
            let text = |minors: &[u8]| {
                let lines: Vec<String> = minors.iter().map(|minor| format!("v1.{minor}.0")).collect();
                lines.join("
    ")
            };
            let mut united = parse(&path, text(&a).as_bytes());
            united.extend(parse(&path, text(&b).as_bytes()));
            for part in [&a, &b] {
                prop_assert!(parse(&path, text(part).as_bytes()).is_subset(&united));
            }
        }
    }
}
