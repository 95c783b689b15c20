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
}

impl<'a> Source<'a> {
    pub(super) fn new(script: &'a Embedded) -> Self {
        let mut masked = script.text().to_owned();
        let masks = expressions(&masked);
        for mask in &masks {
            masked.replace_range(mask.clone(), &"_".repeat(mask.len()));
        }
        Self {
            script,
            masked,
            masks,
        }
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
