//! Where each value at a site came from, as text.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use crate::audit::Audit;
use crate::environment::{Candidate, Outcome, Value, Variable};
use crate::report;
use crate::site::{Act, Site};
use platform::secret::hide;

/// The sites at a line of a file: those that begin there, else those whose text covers it.
pub fn sites_at<'a>(audit: &'a Audit, path: &str, line: usize) -> Vec<&'a Site> {
    let Some(id) = audit.repository.find(path) else {
        return Vec::new();
    };
    let file = audit.repository.file(id);
    let in_file = || audit.sites.iter().filter(move |site| site.span.file == id);
    let begins: Vec<_> = in_file()
        .filter(|site| file.line(site.span) == line && site.act != Act::HostFile)
        .collect();
    if !begins.is_empty() {
        return begins;
    }
    let covers = |site: &&Site| {
        let (first, last) = (file.line(site.span), file.position(site.span.end).0);
        (first..=last).contains(&line)
    };
    in_file().filter(covers).collect()
}

/// The trace of a site: each variable, with everything that tried to set it.
pub fn render(audit: &Audit, site: &Site) -> String {
    let mut out = format!("site   {}\n", hide(&site.title()));
    for gap in &site.gaps {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "gap    {}", hide(gap));
    }
    for (name, variable) in &site.environment.variables {
        let _ = writeln!(
            out,
            "{name} = {}   [confidence {}]",
            value(&variable.value),
            report::confidence(variable.confidence)
        );
        let width = places(audit, variable).map(|place| place.len()).max();
        for (at, candidate) in variable.candidates.iter().enumerate() {
            let _ = writeln!(
                out,
                "  {} {:width$}  {} = {}   {}",
                at + 1,
                place(audit, candidate),
                candidate.how,
                value(&candidate.value),
                outcome(&candidate.outcome),
                width = width.unwrap_or_default()
            );
        }
    }
    out
}

/// The same as JSON.
pub fn json(audit: &Audit, site: &Site) -> Json {
    let variables = site.environment.variables.iter().map(|(name, variable)| {
        let candidates: Vec<_> = variable
            .candidates
            .iter()
            .map(|candidate| {
                let at = candidate.span.map(|span| audit.repository.place(span));
                json!({
                    "path": at.map(|(path, _)| path),
                    "line": at.map(|(_, line)| line),
                    "how": candidate.how,
                    "value": value(&candidate.value),
                    "result": match candidate.outcome {
                        Outcome::Used => "used",
                        Outcome::Lost(_) => "lost",
                        Outcome::Invisible(_) => "invisible",
                    },
                    "reason": match &candidate.outcome {
                        Outcome::Used => None,
                        Outcome::Lost(reason) | Outcome::Invisible(reason) => Some(reason),
                    },
                })
            })
            .collect();
        json!({
            "name": name,
            "value": value(&variable.value),
            "confidence": report::confidence(variable.confidence),
            "candidates": candidates,
        })
    });
    let (path, line) = audit.repository.place(site.span);
    json!({
        "path": path,
        "line": line,
        "site": hide(&site.title()),
        "gaps": site.gaps,
        "variables": variables.collect::<Vec<_>>(),
    })
}

fn places<'a>(audit: &'a Audit, variable: &'a Variable) -> impl Iterator<Item = String> + 'a {
    variable
        .candidates
        .iter()
        .map(|candidate| place(audit, candidate))
}

fn place(audit: &Audit, candidate: &Candidate) -> String {
    match candidate.span {
        Some(span) => {
            let (path, line) = audit.repository.place(span);
            format!("{path}:{line}")
        }
        None => "-".to_owned(),
    }
}

/// A value for people.
pub(crate) fn value(value: &Value) -> String {
    match value {
        Value::Unset => "(unset)".to_owned(),
        Value::Known(text) if text.is_empty() => "(empty)".to_owned(),
        Value::Known(text) => hide(text),
        Value::Unknown(text) => format!("unknown: {}", hide(text)),
    }
}

fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Used => "<- used".to_owned(),
        Outcome::Lost(reason) => format!("lost: {reason}"),
        Outcome::Invisible(reason) => format!("invisible: {reason}"),
    }
}
