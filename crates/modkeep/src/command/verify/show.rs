//! A verification's findings as text and as JSON.

use std::fmt::Write;

use indicatif::HumanBytes;
use keeper::{Finding, Flaw, VerifyReport};
use serde_json::{Value, json};

use crate::failure::Exit;

/// What the findings mean for the exit code: what was mended is well again.
pub(super) fn exit(report: &VerifyReport) -> Exit {
    if report.findings.iter().any(|finding| !finding.repaired) {
        Exit::Findings
    } else if report.unchecked.is_empty() {
        Exit::Well
    } else {
        Exit::Unchecked
    }
}

/// The findings for people.
pub(super) fn text(report: &VerifyReport, repaired: bool) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    for finding in &report.findings {
        let (module, kind) = (&finding.module, finding.kind.as_str());
        let _ = writeln!(
            text,
            "{} {module} {kind}: {}",
            severity(finding),
            flaw(&finding.flaw)
        );
        if !finding.repaired {
            let _ = writeln!(text, "  {}", remedy(&finding.flaw, repaired));
        }
    }
    for (module, kind, reason) in &report.unchecked {
        let _ = writeln!(text, "unchecked {module} {}: {reason}", kind.as_str());
    }
    let open = report
        .findings
        .iter()
        .filter(|finding| !finding.repaired)
        .count();
    let mended = report.findings.len() - open;
    let _ = write!(
        text,
        "{} files checked ({}): {open} wrong",
        report.checked,
        HumanBytes(report.bytes)
    );
    if mended > 0 {
        let _ = write!(text, ", {mended} mended");
    }
    if !report.unchecked.is_empty() {
        let _ = write!(text, ", {} not checked", report.unchecked.len());
    }
    text.push('\n');
    text
}

fn severity(finding: &Finding) -> &'static str {
    if finding.repaired { "mended" } else { "wrong" }
}

fn flaw(flaw: &Flaw) -> String {
    match flaw {
        Flaw::Damaged { recorded, found } => {
            format!("the bytes have changed: recorded sha256 {recorded}, found {found}")
        }
        Flaw::Malformed(reason) => format!("malformed: {reason}"),
        Flaw::Contradicted { database, found } => {
            format!("the checksum database says {database}, the file is {found}")
        }
        Flaw::Unaccounted(reason) => format!("nothing says where it came from: {reason}"),
        Flaw::Unreadable(reason) => format!("cannot be read: {reason}"),
    }
}

fn remedy(flaw: &Flaw, repaired: bool) -> &'static str {
    match (flaw, repaired) {
        (Flaw::Unreadable(_), _) => "see to the disk and the rights of the file, then verify again",
        (_, false) => {
            "fetch it again with `modkeep verify --repair`, while no server uses the store"
        }
        (_, true) => "it was moved aside and is not served; it could not be fetched again now",
    }
}

fn rule(flaw: &Flaw) -> &'static str {
    match flaw {
        Flaw::Damaged { .. } => "damaged",
        Flaw::Malformed(_) => "malformed",
        Flaw::Contradicted { .. } => "contradicted",
        Flaw::Unaccounted(_) => "unaccounted",
        Flaw::Unreadable(_) => "unreadable",
    }
}

/// The findings for programs.
pub(super) fn json(report: &VerifyReport) -> Value {
    let finding = |finding: &Finding| {
        json!({
            "rule": rule(&finding.flaw),
            "path": finding.module.path.as_str(),
            "version": finding.module.version.as_str(),
            "kind": finding.kind.as_str(),
            "message": flaw(&finding.flaw),
            "repaired": finding.repaired,
        })
    };
    let unchecked = report.unchecked.iter().map(|(module, kind, reason)| {
        json!({
            "rule": "unchecked",
            "path": module.path.as_str(),
            "version": module.version.as_str(),
            "kind": kind.as_str(),
            "message": reason,
            "repaired": false,
        })
    });
    json!({
        "schema": 1,
        "checked": report.checked,
        "bytes": report.bytes,
        "findings": report.findings.iter().map(finding).chain(unchecked).collect::<Vec<_>>(),
    })
}
