//! Text of the same length that can be parsed where the text itself cannot: templates, and values that
//! begin with `*` and name no anchor.

use std::ops::Range;

use crate::embedded::Embedded;

/// A text with some bytes replaced.
pub(super) struct Masked {
    /// Of the same length as the original.
    pub(super) text: String,
    /// The places of templates, in order.
    pub(super) templates: Vec<Range<usize>>,
    /// The places of asterisks that begin a value, in order.
    pub(super) asterisks: Vec<usize>,
}

impl Masked {
    /// Whether any byte of the range stands for another.
    pub(super) fn touches(&self, range: &Range<usize>) -> bool {
        let behind = self
            .templates
            .partition_point(|mask| mask.end <= range.start);
        let in_template = self
            .templates
            .get(behind)
            .is_some_and(|mask| mask.start < range.end);
        let behind = self.asterisks.partition_point(|at| *at < range.start);
        in_template || self.asterisks.get(behind).is_some_and(|at| *at < range.end)
    }

    /// A value read from the masked text, with the bytes that stand in the original.
    pub(super) fn restore(&self, value: &Embedded, original: &str) -> String {
        let mut bytes = value.text().as_bytes().to_vec();
        for (at, byte) in bytes.iter_mut().enumerate() {
            let place = value.span(at..at + 1).range().start;
            if self.touches(&(place..place + 1))
                && let Some(was) = original.as_bytes().get(place)
            {
                *byte = *was;
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Brackets of template languages: Helm, Jinja and Go; Jinja's statements; GitLab's inputs.
const BRACKETS: [(&str, &str); 3] = [("{{", "}}"), ("{%", "%}"), ("$[[", "]]")];

/// Masks everything that may be masked; `None` when there is nothing.
pub(super) fn mask(text: &str) -> Option<Masked> {
    let templates = templates(text);
    let asterisks = asterisks(text);
    if templates.is_empty() && asterisks.is_empty() {
        return None;
    }
    let mut bytes = text.as_bytes().to_vec();
    for range in &templates {
        let filler = if fills_lines(text, range) { b'#' } else { b'_' };
        for byte in &mut bytes[range.clone()] {
            if !matches!(*byte, b'\n' | b'\r') {
                *byte = filler;
            }
        }
    }
    for at in &asterisks {
        bytes[*at] = b'_';
    }
    let text = String::from_utf8(bytes).ok()?;
    Some(Masked {
        text,
        templates,
        asterisks,
    })
}

/// The places of template expressions, `${{ … }}` of GitHub not among them.
fn templates(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(['{', '$']).map(|next| at + next) {
        let rest = &text[start..];
        let bracket = BRACKETS.iter().find(|(open, _)| rest.starts_with(open));
        let is_github = text[..start].ends_with('$');
        // An expression that does not end is none; a search for its end that fails is not made again.
        let end = bracket
            .filter(|_| !is_github)
            .map(|(_, close)| rest.find(close).map(|end| start + end + close.len()));
        match end {
            Some(Some(end)) => {
                found.push(start..end);
                at = end;
            }
            Some(None) => break,
            None => at = start + 1,
        }
    }
    found
}

/// Whether a template is all that stands on its lines: such a one is a statement and leaves nothing.
fn fills_lines(text: &str, range: &Range<usize>) -> bool {
    let before = text[..range.start].rsplit('\n').next().unwrap_or_default();
    let behind = text[range.end..].split('\n').next().unwrap_or_default();
    before.trim().is_empty() && behind.trim().is_empty()
}

/// The places of asterisks that begin the value of a key or the member of a sequence and name no anchor.
fn asterisks(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some(at) = asterisk(line) {
            let name = line[at + 1..].trim_end();
            let name = name.split(" #").next().unwrap_or_default().trim_end();
            let is_alias = !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
            if !is_alias {
                found.push(start + at);
            }
        }
        start += line.len();
    }
    found
}

/// Where on a line the value begins, if with an asterisk.
fn asterisk(line: &str) -> Option<usize> {
    let at = line.match_indices('*').map(|(at, _)| at).next()?;
    let before = line[..at].trim_end_matches([' ', '\t']);
    let is_apart = before.len() < at;
    (is_apart && before.ends_with([':', '-'])).then_some(at)
}
