//! The table that is printed and kept.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result};

/// What a line must keep to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bound {
    /// At least so much.
    AtLeast(f64),
    /// At most so much.
    AtMost(f64),
    /// Less than so much.
    Below(f64),
    /// Nothing: it stands beside the others for comparison.
    None,
}

/// The lines measured so far.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
}

struct Row {
    what: String,
    bound: Bound,
    value: f64,
    unit: &'static str,
    detail: String,
}

impl Row {
    fn is_met(&self) -> bool {
        match self.bound {
            Bound::AtLeast(bound) => self.value >= bound,
            Bound::AtMost(bound) => self.value <= bound,
            Bound::Below(bound) => self.value < bound,
            Bound::None => true,
        }
    }

    fn cells(&self) -> [String; 5] {
        let unit = self.unit;
        let bound = match self.bound {
            Bound::AtLeast(bound) => format!("at least {bound} {unit}"),
            Bound::AtMost(bound) => format!("at most {bound} {unit}"),
            Bound::Below(bound) => format!("below {bound} {unit}"),
            Bound::None => "-".to_owned(),
        };
        let met = match self.bound {
            Bound::None => "-",
            _ if self.is_met() => "met",
            _ => "NOT MET",
        };
        [
            self.what.clone(),
            bound,
            format!("{} {unit}", shown(self.value)),
            met.to_owned(),
            self.detail.clone(),
        ]
    }
}

fn shown(value: f64) -> String {
    if value.fract().abs() < 1e-9 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}

const HEAD: [&str; 5] = ["what", "bound", "measured", "", "of which"];

impl Table {
    /// Adds a line, and says it at once.
    pub(crate) fn add(
        &mut self,
        what: &str,
        bound: Bound,
        value: f64,
        unit: &'static str,
        detail: String,
    ) {
        let row = Row {
            what: what.to_owned(),
            bound,
            value,
            unit,
            detail,
        };
        eprintln!("{}", row.cells().join(" | "));
        self.rows.push(row);
    }

    /// Whether every bound holds.
    pub(crate) fn all_met(&self) -> bool {
        self.rows.iter().all(Row::is_met)
    }

    /// The table as text.
    pub(crate) fn text(&self) -> String {
        let mut rows = vec![HEAD.map(str::to_owned)];
        rows.extend(self.rows.iter().map(Row::cells));
        let width = |column: usize| {
            rows.iter()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..HEAD.len()).map(width).collect();
        let mut text = String::new();
        for row in &rows {
            for (cell, width) in row.iter().zip(&widths) {
                let _ = write!(text, "{cell:width$}  ");
            }
            text = text.trim_end().to_owned() + "\n";
        }
        text
    }

    /// Writes the table with the date and the machine.
    pub(crate) fn write_markdown(&self, file: &Path) -> Result<()> {
        let mut text = format!("{INTRODUCTION}\nMeasured {}.\n\n", machine()?);
        let _ = writeln!(text, "| {} |\n|---|---|---|---|---|", HEAD.join(" | "));
        for row in &self.rows {
            let _ = writeln!(text, "| {} |", row.cells().join(" | "));
        }
        std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
    }
}

const INTRODUCTION: &str = "# Benchmarks

Printed by `cargo xtask bench --markdown docs/benchmarks.md`: a release build on a disk store, against nginx
serving the same files and against `go` asking the same local upstream without a proxy between. Each figure is the
median of ratios of runs that took turns, so it holds on a noisy machine; absolute figures stand in the last column
and do not carry over to another machine.
";

/// The date, and the machine without its name.
fn machine() -> Result<String> {
    let date = std::process::Command::new("date")
        .args(["-u", "+%Y-%m-%d"])
        .output()?;
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let field = |file: &str, name: &str| -> String {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let line = text
            .lines()
            .find(|line| line.starts_with(name))
            .and_then(|line| line.split_once(':'));
        line.map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default()
    };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Ok(format!(
        "on {} with {cores} cores ({}), memory {}, Linux {}",
        String::from_utf8_lossy(&date.stdout).trim(),
        field("/proc/cpuinfo", "model name"),
        field("/proc/meminfo", "MemTotal"),
        kernel.trim().split('-').next().unwrap_or_default()
    ))
}
