//! Findings as they are printed. Secrets are hidden here, once, before any format sees a text.

mod annotations;
mod code_quality;
mod junit;
mod sarif;
mod text;

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::audit::Audit;
use crate::environment::Confidence;
use crate::finding::{Finding, Safety, Severity};
use crate::repository::Repository;
use crate::rule::Rule;
use platform::secret::hide;

/// A finding ready to be printed.
#[derive(Clone, Debug)]
pub struct Shown<'a> {
    /// The rule.
    pub rule: &'static Rule,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// The file; empty for what stands in none.
    pub path: &'a str,
    /// Line, from one; zero for what stands in no file.
    pub line: usize,
    /// Column in characters, from one; zero likewise.
    pub column: usize,
    /// Line of the end.
    pub end_line: usize,
    /// Column behind the end.
    pub end_column: usize,
    /// The site, in words; empty for findings about a file.
    pub site: String,
    /// The variable.
    pub variable: Option<String>,
    /// Its value.
    pub value: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What stays the same when lines move: 32 hex digits.
    pub fingerprint: String,
    repository: &'a Repository,
    finding: &'a Finding,
}

/// The findings of audits, ready to be printed.
pub fn shown(audits: &[Audit]) -> Vec<Shown<'_>> {
    audits
        .iter()
        .flat_map(|audit| shown_of(&audit.repository, &audit.findings))
        .collect()
}

/// Some findings of a repository, ready to be printed.
pub(crate) fn shown_of<'a>(repository: &'a Repository, findings: &'a [Finding]) -> Vec<Shown<'a>> {
    let mut counts = HashMap::new();
    findings
        .iter()
        .map(|finding| {
            let mut shown = show(repository, finding);
            // The same thing twice in a file: told apart by their order.
            let count = counts.entry(shown.fingerprint.clone()).or_insert(0_u32);
            *count += 1;
            if *count > 1 {
                shown.fingerprint = digest(&format!("{}#{count}", shown.fingerprint));
            }
            shown
        })
        .collect()
}

fn show<'a>(repository: &'a Repository, finding: &'a Finding) -> Shown<'a> {
    let (mut path, mut start, mut end) = ("", (0, 0), (0, 0));
    if let Some(span) = finding.span {
        let file = repository.file(span.file);
        path = &file.path;
        start = file.position(span.start);
        end = file.position(span.end);
    }
    let value = finding.value.as_deref().map(hide);
    let key = format!(
        "{}\n{path}\n{}\n{}\n{}",
        finding.rule.id,
        finding.site,
        finding.variable.as_deref().unwrap_or_default(),
        value.as_deref().unwrap_or_default()
    );
    Shown {
        rule: finding.rule,
        severity: finding.severity,
        confidence: finding.confidence,
        path,
        line: start.0,
        column: start.1,
        end_line: end.0,
        end_column: end.1,
        site: hide(&finding.site),
        variable: finding.variable.clone(),
        value,
        message: hide(&finding.message),
        fingerprint: digest(&key),
        repository,
        finding,
    }
}

fn digest(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    data_encoding::HEXLOWER.encode(&digest[..16])
}

/// How findings are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people: the place in its file, with what belongs to it.
    Text,
    /// One object with `"schema": 1` and `findings`.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// `JUnit` XML: a suite a file, a case a finding.
    Junit,
    /// Annotations of GitHub Actions.
    GitHub,
    /// The Code Quality report of GitLab.
    GitLab,
}

impl Format {
    /// All, with the word that names each.
    pub const ALL: [(&'static str, Self); 6] = [
        ("text", Self::Text),
        ("json", Self::Json),
        ("sarif", Self::Sarif),
        ("junit", Self::Junit),
        ("github", Self::GitHub),
        ("gitlab", Self::GitLab),
    ];
}

/// Prints the findings of audits in a format. `colour`: whether a terminal shows it.
pub fn render(audits: &[Audit], format: Format, colour: bool) -> String {
    let list = shown(audits);
    match format {
        Format::Text => text::render(&list, colour),
        Format::Json => format!("{:#}\n", json(audits)),
        Format::Sarif => format!("{:#}\n", sarif::render(&list)),
        Format::Junit => junit::render(&list),
        Format::GitHub => annotations::render(&list),
        Format::GitLab => format!("{:#}\n", code_quality::render(&list)),
    }
}

/// All findings for the summary of a job of GitHub Actions, which shows only some as annotations. Markdown;
/// empty when there are none.
pub fn job_summary(audits: &[Audit]) -> String {
    annotations::summary(&shown(audits))
}

/// `{"schema": 1, "findings": […]}`.
pub fn json(audits: &[Audit]) -> Json {
    let findings: Vec<_> = shown(audits).iter().map(finding_json).collect();
    json!({"schema": 1, "findings": findings})
}

fn finding_json(shown: &Shown<'_>) -> Json {
    #[derive(Serialize)]
    struct Wire<'a> {
        rule: &'a str,
        name: &'a str,
        severity: &'a str,
        confidence: &'a str,
        path: &'a str,
        line: usize,
        column: usize,
        site: &'a str,
        variable: Option<&'a str>,
        value: Option<&'a str>,
        message: &'a str,
        fingerprint: &'a str,
        fix: Option<Json>,
    }
    let wire = Wire {
        rule: shown.rule.id,
        name: shown.rule.name,
        severity: severity(shown.severity),
        confidence: confidence(shown.confidence),
        path: shown.path,
        line: shown.line,
        column: shown.column,
        site: &shown.site,
        variable: shown.variable.as_deref(),
        value: shown.value.as_deref(),
        message: &shown.message,
        fingerprint: &shown.fingerprint,
        fix: shown.finding.fix.as_ref().map(|fix| {
            let edits: Vec<_> = fix
                .edits
                .iter()
                .map(|edit| {
                    json!({
                        "start": edit.span.start,
                        "end": edit.span.end,
                        "text": hide(&edit.text),
                    })
                })
                .collect();
            json!({"title": hide(&fix.title), "safety": safety(fix.safety), "edits": edits})
        }),
    };
    serde_json::to_value(wire).unwrap_or(Json::Null)
}

/// `error`, `warning` or `info`.
pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// `high`, `medium` or `low`.
pub fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}

/// `safe` or `unsafe`.
pub(crate) fn safety(safety: Safety) -> &'static str {
    match safety {
        Safety::Safe => "safe",
        Safety::Unsafe => "unsafe",
    }
}
