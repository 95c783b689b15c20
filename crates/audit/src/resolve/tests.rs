//! Each way of setting a variable, a table a dialect: files in, what each command sees out.

mod docker;
mod github;
mod gitlab;
mod images;
mod jenkins;
mod make;
mod shell;

use std::fmt::Write as _;

use super::resolve;
use crate::environment::Value;
use crate::repository::Repository;
use crate::site::Act;

/// Files, and what the commands that use Go see in them.
struct Row {
    /// What it shows.
    shows: &'static str,
    files: &'static [(&'static str, &'static str)],
    /// A line a command: `PATH:LINE VALUE <- PATH:LINE HOW` of GOPROXY; `default` where nobody sets it, `?` in
    /// front of what no file tells, `- PATH:LINE WHAT` for a lost way.
    sees: &'static [&'static str],
}

fn seen(row: &Row) -> Vec<String> {
    let files = row
        .files
        .iter()
        .map(|(path, text)| (*path, text.as_bytes()));
    let repository = Repository::from_files(files);
    let place = |span| {
        let (path, line) = repository.place(span);
        let path = path.trim_start_matches(".github/workflows/");
        format!("{path}:{line}")
    };
    let found = resolve(&repository);
    let mut seen = Vec::new();
    for site in &found.sites {
        if !matches!(site.act, Act::Run(_)) {
            continue;
        }
        let mut line = place(site.span);
        let variable = site.environment.get("GOPROXY").unwrap();
        let _ = match &variable.value {
            _ if variable.is_default() => write!(line, " default"),
            Value::Known(text) => write!(line, " {text}"),
            Value::Unknown(text) => write!(line, " ?{text}"),
            Value::Unset => write!(line, " unset"),
        };
        if let Some(used) = variable.used() {
            let at = used.span.map_or_else(|| "-".to_owned(), place);
            let _ = write!(line, " <- {at} {}", used.how);
        }
        seen.push(line);
    }
    let lost = found.gaps.iter();
    seen.extend(lost.map(|gap| format!("- {} {}", place(gap.span), gap.what)));
    seen
}

/// Runs a table; all that is wrong at once.
fn check(table: &[Row]) {
    let mut wrong = String::new();
    for row in table {
        let seen = seen(row);
        if seen != row.sees {
            let _ = writeln!(wrong, "{}:\n{seen:#?}\nexpected {:#?}", row.shows, row.sees);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
