//! Version lists as texts. Pure.

use gomod::{ModulePath, ModuleVersion, Version, pseudo, semver, version_list};

/// Whether a version of `path` that is held stands in its list. A pseudo-version
/// does not: only the upstream knows which commit is the newest. Those of the
/// upstream's own list stay: where there is no `@latest`, `go` takes the newest.
pub(crate) fn is_listed(path: &ModulePath, version: &Version) -> bool {
    !version.is_pseudo() && ModuleVersion::new(path.clone(), version.clone()).is_ok()
}

/// The list of these versions as it is sent: each once, in their order.
pub(crate) fn print(mut versions: Vec<&str>) -> String {
    version_list::sort(&mut versions);
    version_list::print(&versions)
}

/// The version that `@latest` would name: the highest release, else the highest
/// pre-release, else the highest pseudo-version (Go Modules Reference, "GOPROXY
/// protocol").
pub(crate) fn latest<'a>(versions: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let class = |version: &str| {
        let is_release = semver::prerelease(version).is_empty();
        (is_release, !pseudo::is_pseudo_version(version))
    };
    versions.into_iter().max_by(|a, b| {
        let by_class = class(a).cmp(&class(b));
        by_class
            .then_with(|| semver::compare(a, b))
            .then_with(|| a.cmp(b))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use gomod::version_list::read;
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
            let list = print(read(&module(path), body.as_bytes()));
            assert_eq!(list, wanted, "{body:?}");
        }
    }

    #[test]
    fn bug_a_list_of_pseudo_versions_lost_what_go_falls_back_to() {
        let pseudo = "v0.0.0-20190513201126-42abcb6df8ee";
        let path = module("example.com/m");
        let list = print(read(&path, format!("{pseudo}\n").as_bytes()));
        assert_eq!(list, format!("{pseudo}\n"));
        assert!(!is_listed(&path, &Version::parse(pseudo).unwrap()));
    }

    #[test]
    fn bytes_that_are_no_text_cost_only_their_line() {
        assert_eq!(
            print(read(&module("example.com/m"), b"v1.0.0\n\xff\xfe\nv1.1.0")),
            "v1.0.0\nv1.1.0\n"
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
            assert_eq!(latest(versions.iter().copied()), wanted);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn any_bytes_give_a_list_that_reads_as_itself(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let path = module("example.com/m");
            let once = read(&path, &body);
            let printed = print(once.clone());
            prop_assert_eq!(read(&path, printed.as_bytes()), once);
        }

        #[test]
        fn a_union_lists_both(a in proptest::collection::vec(0_u8..30, 0..10), b in proptest::collection::vec(0_u8..30, 0..10)) {
            let path = module("example.com/m");
            let text = |minors: &[u8]| {
                let lines: Vec<String> = minors.iter().map(|minor| format!("v1.{minor}.0")).collect();
                lines.join("
    ")
            };
            let (a, b) = (text(&a), text(&b));
            let mut both = read(&path, a.as_bytes());
            both.extend(read(&path, b.as_bytes()));
            let united = print(both);
            for part in [&a, &b] {
                for version in read(&path, part.as_bytes()) {
                    prop_assert!(united.lines().any(|line| line == version));
                }
            }
        }
    }
}
