//! How the checks are shown.

use std::fmt::Write as _;

use doctor::checks::{Check, Context, Status};
use serde_json::{Value, json};

use super::Report;

/// One object with the list of the checks.
pub(super) fn json(checks: &[Check]) -> Value {
    let checks: Vec<Value> = checks
        .iter()
        .map(|check| {
            json!({
                "id": check.id,
                "group": check.group.name(),
                "subject": check.subject,
                "status": check.status.word(),
                "evidence": check.evidence,
                "remedy": check.remedy,
                "milliseconds": u64::try_from(check.duration.as_millis()).unwrap_or(u64::MAX),
            })
        })
        .collect();
    json!({ "schema": 1, "checks": checks })
}

/// Group by group, then what to do, then what to set.
pub(super) fn text(report: &Report) -> String {
    let mut text = String::new();
    let mut group = None;
    // Writing to a string cannot fail.
    for check in &report.checks {
        if group != Some(check.group) {
            let _ = writeln!(text, "{}", check.group.name());
            group = Some(check.group);
        }
        let _ = writeln!(text, "  {:<4} {}", check.status.word(), line(check));
        if !check.remedy.is_empty() {
            let _ = writeln!(text, "       remedy: {}", check.remedy);
        }
    }
    let _ = writeln!(text, "\n{}", summary(&report.checks));
    let place = match report.context {
        Context::Shell => "Settings for a shell:".to_owned(),
        other => format!("Settings for {}:", other.name()),
    };
    let _ = writeln!(text, "\n{place}\n\n{}", report.block);
    text
}

fn line(check: &Check) -> String {
    match &check.subject {
        Some(subject) => format!("{} {subject}: {}", check.id, check.evidence),
        None => format!("{}: {}", check.id, check.evidence),
    }
}

fn summary(checks: &[Check]) -> String {
    let count = |status| checks.iter().filter(|check| check.status == status).count();
    let failed: Vec<&str> = checks
        .iter()
        .filter(|check| check.status == Status::Fail)
        .map(|check| check.id)
        .collect();
    let counts = format!(
        "{} checks: {} failed, {} warnings, {} ok, {} skipped",
        checks.len(),
        failed.len(),
        count(Status::Warn),
        count(Status::Ok),
        count(Status::Skip)
    );
    if failed.is_empty() {
        return counts;
    }
    format!("{counts}. Begin with {}.", failed[0])
}
