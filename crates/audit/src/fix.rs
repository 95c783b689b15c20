//! Edits, and applying them.

use std::collections::HashMap;

use crate::finding::Edit;
use crate::repository::Repository;
use crate::source::{FileId, Span};

/// Replaces `from` by `to` inside a span, when it stands there exactly once: quotes and everything around
/// stay as they are. `None` where that cannot be done to the byte.
pub(crate) fn replace_within(
    repository: &Repository,
    span: Span,
    from: &str,
    to: &str,
) -> Option<Edit> {
    let raw = repository.slice(span);
    let mut found = raw.match_indices(from);
    let (at, _) = found.next()?;
    if from.is_empty() || found.next().is_some() {
        return None;
    }
    let start = span.start as usize + at;
    Some(Edit {
        span: Span::new(span.file, start..start + from.len()),
        text: to.to_owned(),
    })
}

/// Takes the whole line of a span away, with its line feed.
pub(crate) fn delete_line(repository: &Repository, span: Span) -> Option<Edit> {
    let file = repository.file(span.file);
    let line = file.line(span);
    let range = file.line_range(line)?;
    let end = file
        .line_range(line + 1)
        .map_or(file.text().len(), |next| next.start);
    Some(Edit {
        span: Span::new(span.file, range.start..end),
        text: String::new(),
    })
}

/// Files with these edits; `None` when edits overlap or leave a file.
pub(crate) fn apply(repository: &Repository, edits: &[Edit]) -> Option<HashMap<FileId, Vec<u8>>> {
    let mut by_file: HashMap<FileId, Vec<&Edit>> = HashMap::new();
    for edit in edits {
        by_file.entry(edit.span.file).or_default().push(edit);
    }
    let mut changed = HashMap::new();
    for (id, mut edits) in by_file {
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        let bytes = repository.file(id).bytes();
        let mut out = Vec::with_capacity(bytes.len());
        let mut at = 0;
        for edit in edits {
            let range = edit.span.range();
            if range.start < at || range.end < range.start {
                return None;
            }
            out.extend_from_slice(bytes.get(at..range.start)?);
            out.extend_from_slice(edit.text.as_bytes());
            at = range.end;
        }
        out.extend_from_slice(bytes.get(at..)?);
        changed.insert(id, out);
    }
    Some(changed)
}
