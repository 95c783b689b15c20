//! GP901 unparsable-file.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};
use crate::source::Span;

use crate::unit::FaultKind;

/// A file, or a part of it, could not be read.
pub(super) const RULE: Rule = Rule {
    id: "GP901",
    name: "unparsable-file",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "a file, or a part of it, could not be read",
    page: "What cannot be read is not judged, and a file that is broken for the audit is often broken for its own system too. Templates that another program fills in first (Helm and its like) are no mistake; they are reported as information.\n\nMend the file, or audit what the template makes of it.",
    examples: &[
        Example {
            title: "a go.mod that go refuses",
            files: &[("go.mod", "module m.example/m\n\nrequire (\n")],
            policy: None,
            finds: &["go.mod:1"],
            fixed: None,
        },
        Example {
            title: "broken YAML",
            files: &[(".github/workflows/ci.yml", "on: push\njobs:\n  a: [\n")],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "a whole file",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for unit in &judgement.repository.units {
        for fault in &unit.faults {
            let severity = match fault.kind {
                FaultKind::Template => Severity::Info,
                // Spoken of by a rule of its own where it is a Go setting; a fault all the same.
                FaultKind::Alias { .. } | FaultKind::Syntax | FaultKind::Limit => Severity::Warning,
            };
            let message = format!(
                "this was not read: {}",
                fault.message.lines().next().unwrap_or_default()
            );
            findings.push(Finding::new(rule, Some(fault.span), message).as_severity(severity));
        }
    }
    // go.mod is no dialect with a front end.
    for module in &judgement.repository.modules {
        if let Some(fault) = &module.fault {
            let fault = fault.lines().next().unwrap_or_default();
            let message = format!("this was not read: {fault}");
            findings.push(Finding::new(
                rule,
                Some(Span::new(module.file, 0..0)),
                message,
            ));
        }
    }
}
