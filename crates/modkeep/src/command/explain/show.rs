//! Explanations as text and as JSON.

use std::fmt::Write;
use std::io::{self, IsTerminal};

use doctor::explain::{Class, Explanation, Report};
use platform::EnvSnapshot;
use serde_json::{Map, Value, json};

/// Whether the text has colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::command) enum Style {
    Plain,
    Coloured,
}

impl Style {
    /// For standard output: in colour on a terminal, unless the environment says otherwise.
    pub(in crate::command) fn of_stdout(env: &EnvSnapshot) -> Self {
        Self::of(env, io::stdout().is_terminal())
    }

    /// For standard error.
    pub(in crate::command) fn of_stderr(env: &EnvSnapshot) -> Self {
        Self::of(env, io::stderr().is_terminal())
    }

    fn of(env: &EnvSnapshot, is_terminal: bool) -> Self {
        let plain = env.get("NO_COLOR").is_some() || env.get("CLICOLOR") == Some("0");
        if is_terminal && !plain {
            Self::Coloured
        } else {
            Self::Plain
        }
    }

    /// `text` in the colour of `class`: yellow for what passes, blue for a decision, red for the rest.
    fn paint(self, class: Option<Class>, text: &str) -> String {
        let colour = match class {
            _ if self == Self::Plain => return text.to_owned(),
            Some(Class::Transient) | None => 33,
            Some(Class::Policy) => 34,
            Some(_) => 31,
        };
        format!("\x1b[1;{colour}m{text}\x1b[0m")
    }
}

/// All explanations as text.
pub(in crate::command) fn text(report: &Report, style: Style) -> String {
    let mut text = String::new();
    for explanation in &report.explanations {
        if !text.is_empty() {
            text.push('\n');
        }
        one(&mut text, explanation, style);
    }
    if report.explanations.is_empty() {
        text.push_str("no error of go in the input\n");
    }
    if report.left_off > 0 {
        let _ = writeln!(text, "\nand {} more errors", report.left_off);
    }
    if report.cut_lines > 0 {
        let _ = writeln!(
            text,
            "\n{} lines are longer than 1 MiB; only their beginning was read",
            report.cut_lines
        );
    }
    text
}

fn one(text: &mut String, explanation: &Explanation, style: Style) {
    let class = explanation
        .class
        .map_or("not in the catalogue".to_owned(), |class| class.to_string());
    let heading = format!("{} {class}", explanation.id);
    let times = match explanation.times {
        1 => String::new(),
        times => format!(", {times} times"),
    };
    let heading = style.paint(explanation.class, &heading);
    let _ = writeln!(text, "{heading}, line {}{times}", explanation.line);
    for line in explanation.text.lines() {
        let _ = writeln!(text, "  | {line}");
    }
    if let Some(note) = explanation.note {
        let _ = writeln!(text, "  note: {note}");
    }
    let _ = writeln!(text, "  why:  {}", explanation.cause);
    for (index, line) in explanation.remedy.lines().enumerate() {
        let label = if index == 0 { "fix:" } else { "" };
        let _ = writeln!(text, "  {label:<5} {line}");
    }
    for (label, ids) in [
        ("also:", &explanation.related),
        ("near:", &explanation.nearest),
    ] {
        if !ids.is_empty() {
            let _ = writeln!(text, "  {label} {}", ids.join(", "));
        }
    }
}

/// All explanations as JSON.
pub(in crate::command) fn json(report: &Report) -> Value {
    let explanations: Vec<Value> = report.explanations.iter().map(item).collect();
    json!({
        "schema": 1,
        "explanations": explanations,
        "left_off": report.left_off,
        "cut_lines": report.cut_lines,
    })
}

fn item(explanation: &Explanation) -> Value {
    let mut item = Map::new();
    for (name, value) in &explanation.fields {
        item.insert((*name).to_owned(), json!(value));
    }
    let fixed = [
        ("id", json!(explanation.id)),
        ("class", json!(explanation.class.map(Class::letter))),
        ("line", json!(explanation.line)),
        ("text", json!(explanation.text)),
        ("cause", json!(explanation.cause)),
        ("remedy", json!(explanation.remedy)),
        ("known", json!(explanation.known)),
        ("note", json!(explanation.note)),
        ("related", json!(explanation.related)),
        ("nearest", json!(explanation.nearest)),
        ("times", json!(explanation.times)),
    ];
    for (name, value) in fixed {
        item.insert(name.to_owned(), value);
    }
    Value::Object(item)
}
