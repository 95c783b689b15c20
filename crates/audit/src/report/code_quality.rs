//! The Code Quality report of GitLab: a subset of Code Climate's JSON.

use serde_json::{Value as Json, json};

use crate::finding::Severity;

use super::Shown;

/// The report. Findings that stand in no file are put at the first line of nowhere, since the format
/// has no other place for them.
pub(super) fn render(list: &[Shown<'_>]) -> Json {
    let issue = |shown: &Shown<'_>| {
        let severity = match shown.severity {
            Severity::Error => "critical",
            Severity::Warning => "minor",
            Severity::Info => "info",
        };
        let path = if shown.path.is_empty() {
            "environment"
        } else {
            shown.path
        };
        json!({
            "description": format!("{}: {}", shown.rule.id, shown.message),
            "check_name": shown.rule.name,
            "fingerprint": shown.fingerprint,
            "severity": severity,
            "location": {"path": path, "lines": {"begin": shown.line.max(1)}},
        })
    };
    list.iter().map(issue).collect()
}
