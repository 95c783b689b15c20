//! Routes as text and as JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{Routed, Step};

/// What the columns mean; printed once.
const LEGEND: &str =
    "absent: 404, 410; denied: 401, 403; error: 5xx, a refused connection, silence\n";

/// The answers for people.
pub(super) fn text(routed: &[Routed]) -> String {
    let mut text = String::new();
    let width = routed
        .iter()
        .flat_map(|module| &module.steps)
        .map(|step| step.source.len())
        .max();
    let width = width.unwrap_or_default().max("source".len());
    // Writing to a string cannot fail.
    for module in routed {
        let version = module
            .asked
            .version
            .as_ref()
            .map(|version| format!("@{version}"))
            .unwrap_or_default();
        let _ = writeln!(text, "{}{version}: {}", module.asked.path, module.because);
        if !module.steps.is_empty() {
            let _ = writeln!(text, "     {:width$}  absent  denied  error", "source");
        }
        for (index, step) in module.steps.iter().enumerate() {
            let Step {
                source,
                on_absent,
                on_denied,
                on_error,
            } = step;
            let (absent, denied, error) = (on_absent.word(), on_denied.word(), on_error.word());
            let _ = writeln!(
                text,
                "  {:>2} {source:width$}  {absent:6}  {denied:6}  {error}",
                index + 1
            );
        }
        for note in &module.notes {
            let _ = writeln!(text, "     {note}");
        }
        text.push('\n');
    }
    text.push_str(LEGEND);
    text
}

/// The answers for programs.
pub(super) fn json(routed: &[Routed]) -> Value {
    let step = |step: &Step| {
        json!({
            "source": step.source,
            "on_absent": step.on_absent.word(),
            "on_denied": step.on_denied.word(),
            "on_error": step.on_error.word(),
        })
    };
    let module = |module: &Routed| {
        json!({
            "path": module.asked.path.as_str(),
            "version": module.asked.version,
            "pattern": module.pattern,
            "steps": module.steps.iter().map(step).collect::<Vec<_>>(),
        })
    };
    json!({ "schema": 1, "modules": routed.iter().map(module).collect::<Vec<_>>() })
}
