//! `.dockerignore`: which files a build context leaves out.

use std::ops::Range;

/// A pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern<'t> {
    /// As written, without blanks around it.
    pub(super) written: &'t str,
    /// Where that stands.
    pub(super) range: Range<usize>,
    /// Whether it lets in what an earlier one has left out: `!`.
    pub(super) is_exception: bool,
    parts: Vec<&'t str>,
}

/// The patterns of a file, in order.
pub(super) fn read(text: &str) -> Vec<Pattern<'_>> {
    let mut patterns = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let written =
            line.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}');
        if written.is_empty() || line.starts_with('#') {
            continue;
        }
        let begin = at + line.find(written).unwrap_or_default();
        let path = written.strip_prefix('!').map_or(written, str::trim_start);
        let parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
        patterns.push(Pattern {
            written,
            range: begin..begin + written.len(),
            is_exception: written.starts_with('!'),
            parts: parts.collect(),
        });
    }
    patterns
}

/// The pattern that decides about a path: the last that matches it or a folder above it.
pub(super) fn deciding<'p, 't>(patterns: &'p [Pattern<'t>], path: &str) -> Option<&'p Pattern<'t>> {
    let parts: Vec<&str> = path.split('/').collect();
    patterns.iter().rfind(|pattern| {
        (1..=parts.len()).any(|count| matches(&pattern.parts, &parts[..count], "**", is_like))
    })
}

impl Pattern<'_> {
    /// Whether it speaks of this path alone, in whatever folder.
    pub(super) fn names(&self, path: &str) -> bool {
        self.parts == [path] || self.parts == ["**", path]
    }
}

/// Whether a sequence is like a pattern in which `star` stands for any number of things. Takes time in
/// proportion to both lengths.
fn matches<T: PartialEq + Copy>(
    pattern: &[T],
    things: &[T],
    star: T,
    is_like: impl Fn(T, T) -> bool,
) -> bool {
    let (mut at, mut next) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while next < things.len() {
        match pattern.get(at) {
            Some(part) if *part == star => {
                back = Some((at, next));
                at += 1;
            }
            Some(part) if is_like(*part, things[next]) => {
                at += 1;
                next += 1;
            }
            _ => match &mut back {
                Some((star, taken)) => {
                    *taken += 1;
                    (at, next) = (*star + 1, *taken);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|part| *part == star)
}

/// Whether a part of a path is like a part of a pattern: `*` and `?`.
fn is_like(pattern: &str, part: &str) -> bool {
    let (pattern, part): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), part.chars().collect());
    matches(&pattern, &part, '*', |one, other| {
        one == '?' || one == other
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_pattern_that_matches_decides() {
        for (text, path, hides) in [
            ("go.sum\n", "go.sum", true),
            ("# go.sum\n", "go.sum", false),
            ("/go.sum\r\n", "go.sum", true),
            ("*\n!go.mod\n", "go.sum", true),
            ("*\n!go.*\n", "go.sum", false),
            ("!go.sum\n*\n", "go.sum", true),
            ("**/go.sum", "go.sum", true),
            ("**", "go.sum", true),
            ("vendor/", "vendor/modules.txt", true),
            ("vendor/*/*", "vendor/modules.txt", false),
            ("**/*.txt", "vendor/modules.txt", true),
            ("go.su?", "go.sum", true),
            ("sum", "go.sum", false),
            ("", "go.sum", false),
        ] {
            let patterns = read(text);
            let found = deciding(&patterns, path);
            let is_hidden = found.is_some_and(|pattern| !pattern.is_exception);
            assert_eq!(is_hidden, hides, "{text:?} {path}");
        }
    }

    #[test]
    fn patterns_have_their_places() {
        let patterns = read(" a \n\n!b\n");
        assert_eq!(
            (patterns[0].written, patterns[0].range.clone()),
            ("a", 1..2)
        );
        assert_eq!(
            (patterns[1].is_exception, patterns[1].range.clone()),
            (true, 5..7)
        );
    }
}
