//! The names of the files and folders of a module zip, and what may not stand beside what.

use std::borrow::Cow;
use std::collections::HashMap;

use super::MAX_NAMES;
use super::error::ZipError;
use super::fold::fold;

/// The module's root, which has no name.
const ROOT: usize = 0;

/// A tree of names, so that the work is that of the names' length however deep they are.
pub(super) struct Names<'a> {
    nodes: Vec<Node<'a>>,
    /// By folder and folded name in it.
    children: HashMap<(usize, Cow<'a, str>), usize>,
}

struct Node<'a> {
    parent: usize,
    element: &'a str,
    directory: bool,
}

impl<'a> Names<'a> {
    pub(super) fn new() -> Self {
        let root = Node {
            parent: ROOT,
            element: "",
            directory: true,
        };
        Self {
            nodes: vec![root],
            children: HashMap::new(),
        }
    }

    /// Adds a file or folder with the folders above it. An error if another one has a name that
    /// differs in case only, or the same name, folders excepted.
    pub(super) fn add(&mut self, path: &'a str, directory: bool) -> Result<(), ZipError> {
        let mut at = ROOT;
        let mut differs = false;
        let mut rest = Some(path);
        while let Some(unknown) = rest {
            let (element, after) = split(unknown);
            let Some(child) = self.children.get(&(at, fold(element))) else {
                break;
            };
            at = *child;
            differs |= self.nodes[at].element != element;
            rest = after;
        }
        let known = rest.map_or(path, |rest| {
            path[..path.len() - rest.len()].trim_end_matches('/')
        });
        if differs {
            return Err(ZipError::CaseCollision {
                entry: known.into(),
                other: self.path(at).as_str().into(),
            });
        }
        if self.nodes[at].directory != (directory || rest.is_some()) {
            return Err(ZipError::FileAndDirectory {
                entry: known.into(),
            });
        }
        if rest.is_none() && !directory {
            return Err(ZipError::Duplicate {
                entry: known.into(),
            });
        }
        while let Some(unknown) = rest {
            let (element, after) = split(unknown);
            at = self.insert(at, element, directory || after.is_some())?;
            rest = after;
        }
        Ok(())
    }

    fn insert(
        &mut self,
        parent: usize,
        element: &'a str,
        directory: bool,
    ) -> Result<usize, ZipError> {
        let index = self.nodes.len();
        if index > MAX_NAMES {
            return Err(ZipError::TooManyNames);
        }
        self.nodes.push(Node {
            parent,
            element,
            directory,
        });
        self.children.insert((parent, fold(element)), index);
        Ok(index)
    }

    fn path(&self, mut at: usize) -> String {
        let mut elements = Vec::new();
        while at != ROOT {
            elements.push(self.nodes[at].element);
            at = self.nodes[at].parent;
        }
        elements.reverse();
        elements.join("/")
    }
}

fn split(path: &str) -> (&str, Option<&str>) {
    path.split_once('/')
        .map_or((path, None), |(element, rest)| (element, Some(rest)))
}

#[cfg(test)]
mod tests {
    use super::Names;

    /// Adds the names in order; a `/` behind one makes it a folder.
    fn add_all(paths: &[&str]) -> Result<(), String> {
        let mut names = Names::new();
        paths.iter().try_for_each(|path| {
            names
                .add(path.trim_end_matches('/'), path.ends_with('/'))
                .map_err(|error| error.to_string())
        })
    }

    #[test]
    fn collisions_are_told_as_go_tells_them() {
        for (paths, expected) in [
            (&["a", "b/a", "b/c/a", "b/c/", "b/", "b/"][..], None),
            (
                &["a/b", "a/b/"],
                Some(r#"entry "a/b" is both a file and a directory"#),
            ),
            (
                &["a/b/c", "a/b"],
                Some(r#"entry "a/b" is both a file and a directory"#),
            ),
            (
                &["a/b", "a/b/c"],
                Some(r#"entry "a/b" is both a file and a directory"#),
            ),
            (&["a", "b", "a"], Some(r#"multiple entries for file "a""#)),
            (
                &["a/B", "a/b"],
                Some(r#"case-insensitive file name collision: "a/B" and "a/b""#),
            ),
            (
                &["a/x", "A/x"],
                Some(r#"case-insensitive file name collision: "a/x" and "A/x""#),
            ),
            (
                &["a/x", "A/y"],
                Some(r#"case-insensitive file name collision: "a" and "A""#),
            ),
            (
                &["K/", "\u{212A}"],
                Some("case-insensitive file name collision: \"K\" and \"\u{212A}\""),
            ),
        ] {
            assert_eq!(add_all(paths).err().as_deref(), expected, "{paths:?}");
        }
    }

    #[test]
    fn a_deep_name_costs_its_length() {
        // As whole paths, the folders of this one name would hold half a gigabyte.
        let deep = "a/".repeat(32_000);
        assert_eq!(add_all(&[&deep, &format!("{deep}b")]), Ok(()));
    }
}
