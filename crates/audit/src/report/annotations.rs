//! Workflow commands of GitHub Actions that annotate files.

use std::fmt::Write as _;

use crate::finding::Severity;

use super::Shown;

/// How many annotations of a kind GitHub shows of one step.
const SHOWN: usize = 10;

/// A line a finding, the worst first; those that GitHub would not show are counted in a last one.
pub(super) fn render(list: &[Shown<'_>]) -> String {
    let mut sorted: Vec<&Shown<'_>> = list.iter().collect();
    sorted.sort_by_key(|shown| std::cmp::Reverse(shown.severity));
    let mut out = String::new();
    for shown in sorted.iter().take(SHOWN) {
        let word = match shown.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let mut place = String::new();
        if shown.line > 0 {
            // Writing to a string cannot fail.
            let _ = write!(
                place,
                "file={},line={},endLine={},col={},",
                property(shown.path),
                shown.line,
                shown.end_line,
                shown.column
            );
        }
        let title = format!("{} {}", shown.rule.id, shown.rule.name);
        let _ = writeln!(
            out,
            "::{word} {place}title={}::{}",
            property(&title),
            data(&shown.message)
        );
    }
    if let Some(left @ 1..) = list.len().checked_sub(SHOWN) {
        let _ = writeln!(
            out,
            "::notice title=modkeep::{left} more findings are in the summary of the job, or by `modkeep audit` without --format github"
        );
    }
    out
}

/// All findings as a table in Markdown, the worst first: for the summary of a job, which has no limit that
/// matters. Empty when there are none.
pub(super) fn summary(list: &[Shown<'_>]) -> String {
    let mut sorted: Vec<&Shown<'_>> = list.iter().collect();
    sorted.sort_by_key(|shown| std::cmp::Reverse(shown.severity));
    let mut out = String::new();
    if !list.is_empty() {
        out.push_str("| modkeep audit | rule | place | |\n|---|---|---|---|\n");
    }
    for shown in sorted {
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "| {} | {} | {}:{} | {} |",
            super::severity(shown.severity),
            shown.rule.id,
            shown.path,
            shown.line,
            shown.message.replace('|', "\\|").replace(['\r', '\n'], " ")
        );
    }
    out
}

/// As the runner unescapes a message.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// As the runner unescapes a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
