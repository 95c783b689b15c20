//! Paths as Go writes them: by their text alone.

/// The shortest path that means the same, without looking at the disk: no
/// doubled slash, no `.`, no `x/..`. (Go's `filepath.Clean` on Unix.)
pub(crate) fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// `folder/name`, cleaned; empty if `folder` is.
pub(crate) fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        return String::new();
    }
    clean(&format!("{folder}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned_as_go_does() {
        let table = [
            ("/a/b", "/a/b"),
            ("/a//b/", "/a/b"),
            ("/a/./b/../c", "/a/c"),
            ("/../a", "/a"),
            ("../a/../..", "../.."),
            ("a/..", "."),
            ("/", "/"),
            ("", "."),
        ];
        for (path, wanted) in table {
            assert_eq!(clean(path), wanted, "{path}");
        }
        assert_eq!(join("/h/", "go"), "/h/go");
        assert_eq!(join("", "go"), "");
    }
}
