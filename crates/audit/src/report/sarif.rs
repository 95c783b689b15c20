//! SARIF 2.1.0 (OASIS Standard, 2020): what code scanning services read.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use crate::finding::Severity;
use crate::repository::Repository;
use crate::rules::RULES;
use crate::source::Span;
use platform::secret::hide;

use super::Shown;

/// One run with the rules that found something.
pub(super) fn render(list: &[Shown<'_>]) -> Json {
    let used: Vec<_> = RULES
        .iter()
        .filter(|rule| list.iter().any(|shown| shown.rule.id == rule.id))
        .collect();
    let rules: Vec<Json> = used
        .iter()
        .map(|rule| {
            json!({
                "id": format!("modkeep/{}", rule.id),
                "name": rule.name,
                "shortDescription": {"text": rule.summary},
                "fullDescription": {"text": rule.page},
                "helpUri": format!("https://modkeep.example/rules/{}", rule.id),
                "defaultConfiguration": {"level": level(rule.severity)},
            })
        })
        .collect();
    let results: Vec<Json> = list
        .iter()
        .map(|shown| {
            let index = used.iter().position(|rule| rule.id == shown.rule.id);
            result(shown, index.unwrap_or_default())
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "modkeep",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": "https://modkeep.example/",
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "invocations": [{"executionSuccessful": true}],
            "results": results,
        }],
    })
}

fn result(shown: &Shown<'_>, index: usize) -> Json {
    let repository = shown.repository;
    let mut result = json!({
        "ruleId": format!("modkeep/{}", shown.rule.id),
        "ruleIndex": index,
        "level": level(shown.severity),
        "message": {"text": shown.message},
        "partialFingerprints": {"modkeep/v1": shown.fingerprint},
        "locations": [],
    });
    if let Some(span) = shown.finding.span {
        result["locations"] = json!([{"physicalLocation": location(repository, span)}]);
        let related = shown.finding.related.iter().enumerate();
        let related: Vec<_> = related
            .map(|(id, (span, words))| {
                json!({
                    "id": id,
                    "physicalLocation": location(repository, *span),
                    "message": {"text": hide(words)},
                })
            })
            .collect();
        if !related.is_empty() {
            result["relatedLocations"] = related.into();
        }
    }
    if let Some(fix) = shown
        .finding
        .fix
        .as_ref()
        .filter(|fix| !fix.edits.is_empty())
    {
        let changes: Vec<_> = fix
            .edits
            .iter()
            .map(|edit| {
                let file = repository.file(edit.span.file);
                json!({
                    "artifactLocation": {"uri": uri(&file.path)},
                    "replacements": [{
                        "deletedRegion": {
                            "byteOffset": edit.span.start,
                            "byteLength": edit.span.end - edit.span.start,
                        },
                        "insertedContent": {"text": hide(&edit.text)},
                    }],
                })
            })
            .collect();
        let description = json!({"text": hide(&fix.title)});
        result["fixes"] = json!([{"description": description, "artifactChanges": changes}]);
    }
    result
}

fn location(repository: &Repository, span: Span) -> Json {
    let file = repository.file(span.file);
    let (line, column) = file.position(span.start);
    let (end_line, end_column) = file.position(span.end);
    json!({
        "artifactLocation": {"uri": uri(&file.path)},
        "region": {
            "startLine": line,
            "startColumn": column,
            "endLine": end_line,
            "endColumn": end_column,
        },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// A relative path as a URI reference.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b'-'
            | b'.'
            | b'_'
            | b'~'
            | b'/'
            | b'@'
            | b'+' => {
                out.push(char::from(byte));
            }
            _ => {
                // Writing to a string cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}
