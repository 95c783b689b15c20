//! Version lists, `@v/list`, as texts. One may have more than a million lines, so that versions are
//! slices of it and not values of their own.

use std::cmp::Ordering;

use crate::{ModulePath, path, semver};

/// The versions in `text` that the module can have: the first word of each line, if it is canonical and
/// its major fits the path. Sorted, each once. What is no text costs only its line.
pub fn read<'a>(module: &ModulePath, text: &'a [u8]) -> Vec<&'a str> {
    let (_, path_major) = module.split_major();
    let lines = text.split(|byte| *byte == b'\n');
    let words = lines.filter_map(|line| std::str::from_utf8(line).ok()?.split_whitespace().next());
    let mut versions: Vec<&str> = words
        .filter(|word| semver::is_canonical(word))
        .filter(|word| path::check_path_major(word, path_major).is_ok())
        .collect();
    sort(&mut versions);
    versions
}

/// Sorts as [`crate::Version`] is ordered, and leaves each version once.
pub fn sort(versions: &mut Vec<&str>) {
    versions.sort_unstable_by(|a, b| order(a, b));
    versions.dedup();
}

/// The list as it is sent: one version a line.
pub fn print(versions: &[&str]) -> String {
    let bytes = versions.iter().map(|version| version.len() + 1).sum();
    let mut list = String::with_capacity(bytes);
    for version in versions {
        list.push_str(version);
        list.push('\n');
    }
    list
}

fn order(a: &str, b: &str) -> Ordering {
    semver::compare(a, b).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::{ModuleVersion, Version};

    #[test]
    fn lines_that_are_no_version_of_the_module_are_left_out() {
        for (path, text, list) in [
            (
                "example.com/m",
                &b"v1.10.0\nv1.9.0\r\n\nv1.9.0 x\nv2.0.0\nv1\n\xff v1.0.0\nmain\nv1.2.3+meta"[..],
                "v1.9.0\nv1.10.0\n",
            ),
            ("example.com/m/v2", b"v1.0.0\nv2.1.0", "v2.1.0\n"),
            ("example.com/m", b"", ""),
        ] {
            let module = ModulePath::parse(path).unwrap();
            assert_eq!(print(&read(&module, text)), list);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn the_order_is_that_of_versions(words in proptest::collection::vec("v[01]\\.[0-9]{1,2}\\.[01](-(rc\\.)?[0-9a]{1,2})?", 0..20)) {
            let module = ModulePath::parse("example.com/m").unwrap();
            let of_module = |word: &String| {
                let version = Version::parse(word).ok()?;
                Some(ModuleVersion::new(module.clone(), version).ok()?.version)
            };
            let versions: BTreeSet<Version> = words.iter().filter_map(of_module).collect();
            let text = words.join("\n");
            let read = read(&module, text.as_bytes());
            prop_assert_eq!(read, versions.iter().map(Version::as_str).collect::<Vec<_>>());
        }
    }
}
