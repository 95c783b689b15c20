//! The report of an import, as text and as JSON.

use std::fmt::Write;

use indicatif::HumanBytes;
use keeper::{IntakeReport, Refusal};
use serde_json::{Value, json};

use crate::failure::Exit;

/// What the report means for the exit code.
pub(super) fn exit(report: &IntakeReport) -> Exit {
    if !report.refused.is_empty() {
        Exit::Findings
    } else if report.unchecked.is_empty() {
        Exit::Well
    } else {
        Exit::Unchecked
    }
}

/// The report for people: what was left out, module by module, then the sum.
pub(super) fn text(report: &IntakeReport) -> String {
    let mut text = String::new();
    for (word, refusal) in said(report) {
        let file = refusal.file.display();
        // Writing to a string cannot fail.
        let _ = match &refusal.artifact {
            Some((module, kind)) => writeln!(text, "{word} {module} {}: {file}", kind.as_str()),
            None => writeln!(text, "{word} {file}"),
        };
        for line in refusal.reason.lines() {
            let _ = writeln!(text, "  {line}");
        }
    }
    let _ = write!(
        text,
        "{} files taken in ({})",
        report.taken,
        HumanBytes(report.bytes)
    );
    for (count, what) in [
        (report.known, "held already"),
        (report.refused.len() as u64, "wrong and left out"),
        (report.unchecked.len() as u64, "not checked and left out"),
        (report.strange, "of another kind"),
    ] {
        if count > 0 {
            let _ = write!(text, ", {count} {what}");
        }
    }
    text.push('\n');
    if !report.unchecked.is_empty() {
        text.push_str("run it again when what kept it from checking is mended\n");
    }
    text
}

/// The report for programs.
pub(super) fn json(report: &IntakeReport) -> Value {
    let finding = |(word, refusal): (&str, &Refusal)| {
        let artifact = refusal.artifact.as_ref();
        json!({
            "rule": word,
            "file": refusal.file.display().to_string(),
            "path": artifact.map(|(module, _)| module.path.as_str()),
            "version": artifact.map(|(module, _)| module.version.as_str()),
            "kind": artifact.map(|(_, kind)| kind.as_str()),
            "message": refusal.reason,
        })
    };
    json!({
        "schema": 1,
        "taken": report.taken,
        "bytes": report.bytes,
        "known": report.known,
        "strange": report.strange,
        "findings": said(report).map(finding).collect::<Vec<_>>(),
    })
}

/// What was left out, each with the word for why.
fn said(report: &IntakeReport) -> impl Iterator<Item = (&'static str, &Refusal)> {
    let wrong = report.refused.iter().map(|refusal| ("wrong", refusal));
    let unchecked = report.unchecked.iter();
    wrong.chain(unchecked.map(|refusal| ("unchecked", refusal)))
}
