//! All sites in a table: what is asked where, and whether that is right.

use std::fmt::Write as _;

use serde_json::{Map, Value as Json, json};

use crate::audit::Audit;
use crate::block::System;
use crate::environment::Value;
use crate::finding::{Finding, Severity};
use crate::report;
use crate::site::{Act, Site};
use crate::trace;
use platform::secret::hide;

/// The variables of the inventory.
pub const COLUMNS: [&str; 7] = [
    "GOPROXY",
    "GOPRIVATE",
    "GONOPROXY",
    "GONOSUMDB",
    "GOSUMDB",
    "GOTOOLCHAIN",
    "GOFLAGS",
];

/// A row of the inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The file.
    pub path: String,
    /// The line.
    pub line: usize,
    /// The command.
    pub command: String,
    /// The system that runs it.
    pub system: &'static str,
    /// The version of Go, where something says it.
    pub go: Option<String>,
    /// The values of [`COLUMNS`], in order; `None` for unset ones.
    pub values: Vec<Option<String>>,
    /// `ok`, or the worst severity found there; `unknown` when the way to it is not known whole.
    pub verdict: &'static str,
}

/// The rows of audits, in order.
pub fn rows(audits: &[Audit]) -> Vec<Row> {
    audits.iter().flat_map(of).collect()
}

fn of(audit: &Audit) -> impl Iterator<Item = Row> + '_ {
    let shown = |site: &&Site| matches!(site.act, Act::Run(_) | Act::ImageBuild | Act::Live);
    audit.sites.iter().filter(shown).map(|site| {
        let (path, line) = audit.repository.place(site.span);
        // What builds an image sees no variable of the image; it hands some over.
        let passed = |name: &str| {
            let mut passes = site.passes.iter().filter(|(known, _)| known == name);
            passes.next().map(|(_, value)| value)
        };
        let value = |name: &str| match site.act {
            Act::ImageBuild => passed(name).unwrap_or(&Value::Unset),
            _ => site.environment.value(name),
        };
        let cell = |name: &&str| match value(name) {
            Value::Unset => None,
            value => Some(trace::value(value)),
        };
        Row {
            path: path.to_owned(),
            line,
            command: hide(&site.command()),
            system: system(site.system),
            go: site.go.clone(),
            values: COLUMNS.iter().map(cell).collect(),
            verdict: verdict(audit, site),
        }
    })
}

fn verdict(audit: &Audit, site: &Site) -> &'static str {
    let title = site.title();
    // A value is found fault with once, wherever it is seen.
    let is_seen = |finding: &&Finding| {
        let used = finding.variable.as_deref().and_then(|name| {
            let variable = site.environment.get(name)?;
            variable.span()
        });
        finding.site == title
            || finding.span.is_some() && (finding.span == used || finding.span == Some(site.span))
    };
    let found: Vec<&Finding> = audit.findings.iter().filter(is_seen).collect();
    let is_unknown = !site.gaps.is_empty() || found.iter().any(|one| one.rule.id == "GP902");
    match found.iter().map(|finding| finding.severity).max() {
        Some(severity @ (Severity::Error | Severity::Warning)) => report::severity(severity),
        _ if is_unknown => "unknown",
        Some(Severity::Info) => "info",
        _ => "ok",
    }
}

/// The word for a system.
pub fn system(system: System) -> &'static str {
    match system {
        System::GitHub => "github",
        System::GitLab => "gitlab",
        System::Jenkins => "jenkins",
        System::Docker => "docker",
        System::Compose => "compose",
        System::Bake => "bake",
        System::Make => "make",
        System::Shell => "shell",
        System::Systemd => "systemd",
        System::Kubernetes => "kubernetes",
        System::Host => "host",
        System::Live => "live",
    }
}

/// `{"schema": 1, "sites": […]}`.
pub fn json(rows: &[Row]) -> Json {
    let sites: Vec<_> = rows
        .iter()
        .map(|row| {
            let named = COLUMNS.iter().zip(&row.values);
            let variables: Map<String, Json> = named
                .filter_map(|(name, value)| {
                    let value = value.as_ref()?;
                    Some(((*name).to_owned(), Json::from(value.as_str())))
                })
                .collect();
            json!({
                "path": row.path,
                "line": row.line,
                "command": row.command,
                "system": row.system,
                "go": row.go,
                "variables": variables,
                "verdict": row.verdict,
            })
        })
        .collect();
    json!({"schema": 1, "sites": sites})
}

/// The rows as CSV (RFC 4180) with a head.
pub fn csv(rows: &[Row]) -> String {
    let mut head = vec!["path", "line", "command", "system", "go"];
    head.extend(COLUMNS);
    head.push("verdict");
    let mut out = record(head.iter().map(|name| (*name).to_owned()));
    for row in rows {
        let mut cells = vec![
            row.path.clone(),
            row.line.to_string(),
            row.command.clone(),
            row.system.to_owned(),
            row.go.clone().unwrap_or_default(),
        ];
        cells.extend(
            row.values
                .iter()
                .map(|value| value.clone().unwrap_or_default()),
        );
        cells.push(row.verdict.to_owned());
        out.push_str(&record(cells.into_iter()));
    }
    out
}

fn record(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<_> = cells.map(|cell| quoted(&cell)).collect();
    format!("{}\r\n", cells.join(","))
}

/// A cell; one that a spreadsheet would take for a formula is kept from that.
fn quoted(cell: &str) -> String {
    let cell = if cell.starts_with(['=', '+', '-', '@']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if cell.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

/// The rows as a table for people: what differs from Go's own settings, one site a line.
pub fn text(rows: &[Row]) -> String {
    let mut out = String::new();
    for row in rows {
        // Writing to a string cannot fail.
        let go = row.go.as_deref().unwrap_or("-");
        let _ = writeln!(
            out,
            "{:<8} {:<8} go {go:<8} {}:{}  {}",
            row.verdict, row.system, row.path, row.line, row.command
        );
        let named = COLUMNS.iter().zip(&row.values);
        for (name, value) in named {
            if let Some(value) = value {
                let _ = writeln!(out, "         {name}={value}");
            }
        }
    }
    let _ = writeln!(out, "{} sites", rows.len());
    out
}
