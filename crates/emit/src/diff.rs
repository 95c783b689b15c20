//! Differences of two texts, line by line, as a unified diff.

use std::fmt::Write;

/// Lines shown around a change.
const CONTEXT: usize = 3;
/// Above this many pairs of lines, a changed middle is shown as wholly replaced: the table of the
/// longest common subsequence would take more than 16 MiB.
const PAIRS: usize = 4 << 20;

/// A line and on which side it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line<'t> {
    Both(&'t str),
    Old(&'t str),
    New(&'t str),
}

/// From `old` to `new` as hunks of a unified diff; empty when they are equal. The head with the file
/// names is the caller's.
pub fn diff(old: &str, new: &str) -> String {
    let lines = compare(
        &old.split_inclusive('\n').collect::<Vec<_>>(),
        &new.split_inclusive('\n').collect::<Vec<_>>(),
    );
    let changes: Vec<usize> = (0..lines.len())
        .filter(|at| !matches!(lines[*at], Line::Both(_)))
        .collect();
    let mut text = String::new();
    let mut rest = changes.as_slice();
    while let Some(first) = rest.first() {
        // Changes with no more than twice the context between them are one hunk.
        let close = rest
            .windows(2)
            .take_while(|pair| pair[1] - pair[0] <= 2 * CONTEXT);
        let count = close.count() + 1;
        let start = first.saturating_sub(CONTEXT);
        let end = (rest[count - 1] + CONTEXT + 1).min(lines.len());
        write_hunk(&mut text, &lines, start, end);
        rest = &rest[count..];
    }
    text
}

fn write_hunk(text: &mut String, lines: &[Line<'_>], start: usize, end: usize) {
    let count = |lines: &[Line<'_>], is_old: bool| {
        lines
            .iter()
            .filter(|line| match line {
                Line::Both(_) => true,
                Line::Old(_) => is_old,
                Line::New(_) => !is_old,
            })
            .count()
    };
    let range = |is_old| {
        let before = count(&lines[..start], is_old);
        let length = count(&lines[start..end], is_old);
        // By convention an empty range names the line before it.
        format!("{},{length}", before + usize::from(length > 0))
    };
    // Writing to a string cannot fail.
    let _ = writeln!(text, "@@ -{} +{} @@", range(true), range(false));
    for line in &lines[start..end] {
        let (sign, line) = match line {
            Line::Both(line) => (' ', line),
            Line::Old(line) => ('-', line),
            Line::New(line) => ('+', line),
        };
        text.push(sign);
        text.push_str(line);
        if !line.ends_with('\n') {
            text.push_str("\n\\ No newline at end of file\n");
        }
    }
}

/// The lines of both, in order, with the equal ones joined.
fn compare<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<Line<'t>> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old, new, start) = (&old[head..], &new[head..], &old[..head]);
    let pairs = old.iter().rev().zip(new.iter().rev());
    let tail = pairs.take_while(|(a, b)| a == b).count();
    let (old, end) = old.split_at(old.len() - tail);
    let new = &new[..new.len() - tail];
    let mut lines: Vec<_> = start.iter().map(|line| Line::Both(line)).collect();
    if old.len().saturating_mul(new.len()) > PAIRS {
        lines.extend(old.iter().map(|line| Line::Old(line)));
        lines.extend(new.iter().map(|line| Line::New(line)));
    } else {
        lines.extend(middle(old, new));
    }
    lines.extend(end.iter().map(|line| Line::Both(line)));
    lines
}

/// By the longest common subsequence.
fn middle<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<Line<'t>> {
    let width = new.len() + 1;
    // longest[a * width + b]: of what follows line a of old and line b of new.
    let mut longest = vec![0_u32; (old.len() + 1) * width];
    for a in (0..old.len()).rev() {
        for b in (0..new.len()).rev() {
            longest[a * width + b] = if old[a] == new[b] {
                longest[(a + 1) * width + b + 1] + 1
            } else {
                longest[(a + 1) * width + b].max(longest[a * width + b + 1])
            };
        }
    }
    let (mut a, mut b) = (0, 0);
    let mut lines = Vec::new();
    while a < old.len() || b < new.len() {
        if a < old.len() && b < new.len() && old[a] == new[b] {
            lines.push(Line::Both(old[a]));
            (a, b) = (a + 1, b + 1);
        } else if b == new.len()
            || (a < old.len() && longest[(a + 1) * width + b] >= longest[a * width + b + 1])
        {
            lines.push(Line::Old(old[a]));
            a += 1;
        } else {
            lines.push(Line::New(new[b]));
            b += 1;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hunks_are_those_of_diff() {
        let table = [
            ("a\n", "a\n", ""),
            ("", "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b\n"),
            (
                "a\nb\nc\n",
                "a\nx\nc\n",
                "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n",
            ),
            (
                "a\n",
                "a",
                "@@ -1,1 +1,1 @@\n-a\n+a\n\\ No newline at end of file\n",
            ),
            (
                "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
                "0\n1\n2\n3\n4\n5\n6\n7\n8\n",
                "@@ -1,3 +1,4 @@\n+0\n 1\n 2\n 3\n@@ -6,4 +7,3 @@\n 6\n 7\n 8\n-9\n",
            ),
        ];
        for (old, new, wanted) in table {
            assert_eq!(diff(old, new), wanted, "{old:?} {new:?}");
        }
    }

    proptest! {
        /// Both texts are in the comparison, whole and in order.
        #[test]
        fn nothing_is_lost(old in "([ab]\n){0,12}", new in "([abc]\n){0,12}") {
            let split = |text: &str| text.split_inclusive('\n').map(str::to_owned).collect::<Vec<_>>();
            let (a, b) = (split(&old), split(&new));
            let lines = compare(
                &a.iter().map(String::as_str).collect::<Vec<_>>(),
                &b.iter().map(String::as_str).collect::<Vec<_>>(),
            );
            let side = |is_old: bool| -> String {
                lines.iter().filter_map(|line| match line {
                    Line::Both(text) => Some(*text),
                    Line::Old(text) => is_old.then_some(*text),
                    Line::New(text) => (!is_old).then_some(*text),
                }).collect()
            };
            prop_assert_eq!(side(true), old.clone());
            prop_assert_eq!(side(false), new.clone());
            prop_assert_eq!(diff(&old, &new).is_empty(), old == new);
        }
    }
}
