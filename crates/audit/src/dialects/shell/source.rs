//! The text of a script as the parser sees it.

use std::ops::{ControlFlow, Range};

use tree_sitter::{ParseOptions, Parser, Tree};

use crate::embedded::Embedded;

/// An expression that is longer does not end: keeps masking linear.
const MAX_EXPRESSION: usize = 4096;

/// How often the parser may report progress for each byte of a script before it is stopped. It reports
/// each hundred steps; scripts take below one step a byte, and only mending of garbage takes more.
const MAX_REPORTS_PER_BYTE: usize = 4;

/// A script with its `${{ … }}` masked by texts of the same length, so that places stay.
pub(super) struct Source<'a> {
    /// The script.
    pub(super) script: &'a Embedded,
    /// Its text, expressions masked.
    pub(super) masked: String,
    /// Where the masks are, in order.
    pub(super) masks: Vec<Range<usize>>,
    /// The folder that the script stands in, below the root of the repository: what `$(dirname "$0")` is.
    pub(super) folder: Option<&'a str>,
}

impl<'a> Source<'a> {
    pub(super) fn new(script: &'a Embedded, folder: Option<&'a str>) -> Self {
        let mut masked = script.text().to_owned();
        let masks = expressions(&masked);
        for mask in &masks {
            masked.replace_range(mask.clone(), &"_".repeat(mask.len()));
        }
        Self {
            script,
            masked,
            masks,
            folder,
        }
    }

    /// Whether the script says `go` or names a variable of Go anywhere. Where it does not, a command that only a
    /// variable names is nobody's `go`.
    pub(super) fn mentions_go(&self) -> bool {
        let text = self.script.text();
        let bytes = text.as_bytes();
        let is_word = |byte: Option<&u8>| {
            byte.is_some_and(|byte| byte.is_ascii_alphabetic() || b"_-.".contains(byte))
        };
        text.match_indices("GO")
            .any(|(at, _)| bytes.get(at + 2).is_some_and(u8::is_ascii_uppercase))
            || text.match_indices("go").any(|(at, _)| {
                let before = at.checked_sub(1).and_then(|at| bytes.get(at));
                !is_word(before) && !is_word(bytes.get(at + 2))
            })
    }

    /// The folder that a command substitution prints, from the root of the repository: `$(dirname "$0")`
    /// and `$(cd "$(dirname "$0")/.." && pwd)` are where the script stands, `$(git rev-parse
    /// --show-toplevel)` is the root.
    pub(super) fn printed_folder(&self, written: &str) -> Option<String> {
        if written.contains("rev-parse --show-toplevel") {
            return Some("/.".to_owned());
        }
        let names = written.matches("dirname").count();
        let script = ["$0", "${0}", "BASH_SOURCE"]
            .iter()
            .find_map(|own| written.find(own))?;
        if names == 0 {
            return None;
        }
        // What stands behind the brackets of all `dirname`s is a path below or above.
        let mut rest = &written[script..];
        for _ in 0..names {
            rest = &rest[rest.find(')')? + 1..];
            rest = rest.strip_prefix('"').unwrap_or(rest);
        }
        let end = rest.find(['"', ' ', ')', '&', ';']).unwrap_or(rest.len());
        let below = &rest[..end];
        if below.contains('$') || !(below.is_empty() || below.starts_with('/')) {
            return None;
        }
        Some(format!(
            "/{}{}{below}",
            self.folder?,
            "/..".repeat(names - 1)
        ))
    }

    /// The tree; `None` when the parser had to be stopped.
    pub(super) fn parse(&self) -> Option<Tree> {
        let mut parser = Parser::new();
        parser
            .set_language(&tree_sitter_bash::LANGUAGE.into())
            .ok()?;
        let bytes = self.masked.as_bytes();
        let mut left = 10_000 + bytes.len() * MAX_REPORTS_PER_BYTE;
        let mut progress = |_: &tree_sitter::ParseState| {
            left = left.saturating_sub(1);
            if left == 0 {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        };
        let options = ParseOptions::new().progress_callback(&mut progress);
        let mut input = |at: usize, _| bytes.get(at..).unwrap_or_default();
        parser.parse_with_options(&mut input, None, Some(options))
    }

    /// The text of a range as it was before masking.
    pub(super) fn text(&self, range: Range<usize>) -> &str {
        self.script.text().get(range).unwrap_or_default()
    }
}

/// Where expressions stand.
fn expressions(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find("${{").map(|offset| at + offset) {
        let window = &text.as_bytes()[start..text.len().min(start + MAX_EXPRESSION)];
        match window.windows(2).position(|pair| pair == b"}}") {
            Some(end) => {
                found.push(start..start + end + 2);
                at = start + end + 2;
            }
            None => at = start + 3,
        }
    }
    found
}
