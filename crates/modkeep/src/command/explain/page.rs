//! The page of one id: of an error of the catalogue, or of a rule of the audit.

use std::fmt::Write;

use audit::Rule;
use doctor::explain::{Entry, Place, entry, nearest_ids};
use serde_json::json;

use crate::failure::{Exit, Failure};
use crate::output::{Format, print, print_json};

/// Whether `text` looks like an id; `./GE36` is the file of that name.
pub(in crate::command) fn is_id(text: &str) -> bool {
    let Some((kind, digits)) = text.split_at_checked(2) else {
        return false;
    };
    (kind.eq_ignore_ascii_case("GE") || kind.eq_ignore_ascii_case("GP"))
        && !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Prints the page of `id`.
pub(super) fn run(id: &str, place: Place, format: Format) -> Result<Exit, Failure> {
    let id = id.to_ascii_uppercase();
    if let Some(entry) = entry(&id) {
        match format {
            Format::Text => print(&of_entry(entry, place))?,
            Format::Json => print_json(&entry_as_json(entry, place))?,
        }
        return Ok(Exit::Well);
    }
    let rule = audit::RULES.iter().find(|rule| rule.id == id);
    if let Some(rule) = rule {
        match format {
            Format::Text => print(&of_rule(rule))?,
            Format::Json => print_json(&rule_as_json(rule))?,
        }
        return Ok(Exit::Well);
    }
    let near = if id.starts_with("GE") {
        nearest_ids(&id).join(", ")
    } else {
        nearest_rules(&id)
    };
    Err(Failure::usage(format!("there is no {id}")).hint(format!(
        "the nearest are {near}; for a file of that name: ./{id}"
    )))
}

fn nearest_rules(id: &str) -> String {
    let number = |id: &str| id.get(2..).and_then(|digits| digits.parse::<i64>().ok());
    let wanted = number(id).unwrap_or_default();
    let mut ids: Vec<&str> = audit::RULES.iter().map(|rule| rule.id).collect();
    ids.sort_by_key(|id| number(id).map(|number| (number - wanted).abs()));
    ids.truncate(3);
    ids.join(", ")
}

fn of_entry(entry: &Entry, place: Place) -> String {
    let (cause, remedy) = entry.page(place);
    let mut page = format!(
        "{} {}: {}\n",
        entry.id,
        entry.class_letters(),
        entry.class()
    );
    let _ = writeln!(page, "  text: {} ({})", entry.pattern, entry.status.words());
    let _ = writeln!(page, "  why:  {cause}");
    for (index, line) in remedy.lines().enumerate() {
        let label = if index == 0 { "fix:" } else { "" };
        let _ = writeln!(page, "  {label:<5} {line}");
    }
    page
}

fn entry_as_json(entry: &Entry, place: Place) -> serde_json::Value {
    let (cause, remedy) = entry.page(place);
    json!({"schema": 1, "entries": [{
        "id": entry.id,
        "class": entry.class_letters(),
        "pattern": entry.pattern,
        "status": entry.status.words(),
        "since": (entry.since > 0).then(|| format!("1.{}", entry.since)),
        "until": (entry.until > 0).then(|| format!("1.{}", entry.until)),
        "cause": cause,
        "remedy": remedy,
    }]})
}

fn of_rule(rule: &Rule) -> String {
    format!(
        "{} {}\n{}\n\n{}\n",
        rule.id,
        rule.name,
        rule.summary,
        rule.page.trim()
    )
}

fn rule_as_json(rule: &Rule) -> serde_json::Value {
    json!({"schema": 1, "entries": [{
        "id": rule.id,
        "name": rule.name,
        "summary": rule.summary,
        "page": rule.page.trim(),
    }]})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_told_from_files() {
        for id in ["GE36", "ge1", "GP101", "Gp999999"] {
            assert!(is_id(id), "{id}");
        }
        for file in ["-", "build.log", "./GE36", "GE", "GE3x", "GX36", "é1"] {
            assert!(!is_id(file), "{file}");
        }
    }
}
