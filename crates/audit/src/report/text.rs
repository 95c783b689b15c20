//! For people: as rustc shows its errors.

use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::finding::Severity;
use crate::source::Span;
use platform::secret::{hide, mask};

use super::{Shown, safety};

/// How many lines of a file are shown around a finding at most: a whole script would push the rest away.
const LINES: usize = 6;

/// All findings, and a last line that counts them.
pub(super) fn render(list: &[Shown<'_>], colour: bool) -> String {
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut out = String::new();
    for shown in list {
        out.push_str(&one(shown, &renderer));
        out.push_str("\n\n");
    }
    out.push_str(&count(list));
    out.push('\n');
    out
}

fn one(shown: &Shown<'_>, renderer: &Renderer) -> String {
    let level = match shown.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let title = level
        .clone()
        .primary_title(shown.message.as_str())
        .id(shown.rule.id);
    let mut group = match shown.finding.span {
        Some(span) => with_snippets(Group::with_title(title), shown, span),
        None => Group::with_title(title),
    };
    for (name, text) in notes(shown) {
        group = group.element(Level::NOTE.with_name(name).message(text));
    }
    renderer.render(&[group])
}

fn with_snippets<'a>(mut group: Group<'a>, shown: &Shown<'a>, span: Span) -> Group<'a> {
    let repository = shown.repository;
    let mut places = vec![(span, None)];
    let related = shown.finding.related.iter();
    places.extend(related.map(|(span, words)| (*span, Some(hide(words)))));
    for (span, words) in places {
        let file = repository.file(span.file);
        let (first, _) = file.position(span.start);
        let last = file.position(span.end).0.min(first + LINES - 1);
        let start = file.line_range(first).map_or(0, |range| range.start);
        let end = file
            .line_range(last)
            .map_or(file.text().len(), |range| range.end);
        let text = mask(file.text().get(start..end).unwrap_or_default());
        let from = (span.start as usize).clamp(start, end) - start;
        let to = (span.end as usize).clamp(start, end) - start;
        let kind = match words {
            None => AnnotationKind::Primary,
            Some(_) => AnnotationKind::Context,
        };
        let annotation = kind.span(from..to.max(from)).label(words);
        let snippet = Snippet::source(text)
            .path(file.path.as_str())
            .line_start(first)
            .annotation(annotation);
        group = group.element(snippet);
    }
    group
}

/// What is said below the snippet.
fn notes(shown: &Shown<'_>) -> Vec<(&'static str, String)> {
    let mut notes = Vec::new();
    if !shown.site.is_empty() {
        notes.push(("site", shown.site.clone()));
    }
    if let (None, Some(variable)) = (shown.finding.span, &shown.variable) {
        let value = shown.value.as_deref().unwrap_or_default();
        notes.push(("value", format!("{variable}={value}")));
    }
    if let Some(fix) = &shown.finding.fix {
        let title = format!("{} ({})", hide(&fix.title), safety(fix.safety));
        notes.push(("fix", title));
    }
    notes.push(("help", format!("modkeep explain {}", shown.rule.id)));
    notes
}

fn count(list: &[Shown<'_>]) -> String {
    if list.is_empty() {
        return "no findings".to_owned();
    }
    let mut out = String::new();
    for (severity, word) in [
        (Severity::Error, "error"),
        (Severity::Warning, "warning"),
        (Severity::Info, "note"),
    ] {
        let count = list
            .iter()
            .filter(|shown| shown.severity == severity)
            .count();
        if count > 0 {
            let comma = if out.is_empty() { "" } else { ", " };
            let plural = if count == 1 { "" } else { "s" };
            // Writing to a string cannot fail.
            let _ = write!(out, "{comma}{count} {word}{plural}");
        }
    }
    out
}
