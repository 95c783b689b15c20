//! `modkeep env diff`: two snapshots, or one and a policy.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use goenv::Lookup;
use gomod::ProxyList;
use gomod::goproxy::Source;
use platform::EnvSnapshot;
use policy::Policy;
use serde_json::{Value, json};

use super::snapshot::{Snapshot, Taken, json as snapshot_of};
use crate::failure::{Exit, Failure};
use crate::output::{Format, print, print_json};
use crate::policy_file;

const EXAMPLES: &str = "\
Folders that follow from the user's home or the place of Go are compared only where somebody set them.

Examples:
  modkeep env diff monday.json today.json
  modkeep env diff monday.json
  modkeep env diff today.json --policy policy.toml --format json

Exit codes: 0 nothing differs, 1 something does, 2 no snapshot or a broken policy.";

/// Arguments of `modkeep env diff`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// A snapshot
    #[arg(value_name = "SNAPSHOT")]
    first: PathBuf,
    /// Another; without it and without --policy, this environment
    #[arg(value_name = "OTHER", conflicts_with = "policy")]
    second: Option<PathBuf>,
    /// Compare with what this policy asks of every client
    #[arg(long, value_name = "FILE|URL")]
    policy: Option<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) format: Format,
}

/// Variables that follow from where things are.
const PLACES: [&str; 12] = [
    "GCCGO",
    "GOBIN",
    "GOCACHE",
    "GOENV",
    "GOMOD",
    "GOMODCACHE",
    "GOPATH",
    "GOROOT",
    "GOTELEMETRYDIR",
    "GOTMPDIR",
    "GOTOOLDIR",
    "GOWORK",
];

/// One variable, compared.
struct Row {
    name: String,
    state: &'static str,
    before: Option<Side>,
    after: Option<Side>,
    fix: Option<String>,
}

/// A value and where it was set.
struct Side {
    value: String,
    place: String,
}

impl Side {
    fn of(taken: &Taken) -> Self {
        Self {
            value: taken.value.clone(),
            place: taken.place.clone(),
        }
    }

    fn json(&self) -> Value {
        json!({ "value": self.value, "place": self.place })
    }
}

/// Compares and prints.
pub(super) fn run(env: &EnvSnapshot, arguments: &Arguments) -> Result<Exit, Failure> {
    let first = Snapshot::read(&arguments.first)?;
    let rows = if let Some(place) = &arguments.policy {
        let policy = policy_file::read(env, place)?;
        let command = format!("modkeep env set --policy {place}");
        against_policy(&first, &policy, &command)
    } else {
        let second = match &arguments.second {
            Some(path) => Snapshot::read(path)?,
            None => here(env)?,
        };
        between(&first, &second)
    };
    let drifted = rows.iter().any(|row| row.state != "conforming");
    match arguments.format {
        Format::Text => print(&text(&rows, drifted))?,
        Format::Json => print_json(&json!({
            "schema": 1,
            "verdict": if drifted { "drifted" } else { "consistent" },
            "variables": rows.iter().map(row_json).collect::<Vec<_>>(),
        }))?,
    }
    Ok(if drifted { Exit::Findings } else { Exit::Well })
}

/// This environment, as a snapshot of it would be read.
fn here(env: &EnvSnapshot) -> Result<Snapshot, Failure> {
    let looked = Lookup::here(env).run();
    super::all_read(&looked)?;
    let variables: Vec<_> = looked.env.iter().collect();
    let value = snapshot_of(env, &looked, &variables, None);
    Snapshot::of(&value).ok_or_else(|| Failure::unchecked("this environment cannot be read"))
}

/// What differs between two snapshots.
fn between(first: &Snapshot, second: &Snapshot) -> Vec<Row> {
    let names = first.variables.keys().chain(second.variables.keys());
    let mut names: Vec<&String> = names.collect();
    names.sort();
    names.dedup();
    let differs = |name: &&String| {
        let (before, after) = (first.variables.get(*name), second.variables.get(*name));
        !is_same(name, before, after)
    };
    names
        .into_iter()
        .filter(differs)
        .map(|name| Row {
            name: name.clone(),
            state: "drifted",
            before: first.variables.get(name).map(Side::of),
            after: second.variables.get(name).map(Side::of),
            fix: None,
        })
        .collect()
}

fn is_same(name: &str, before: Option<&Taken>, after: Option<&Taken>) -> bool {
    let (before, after) = match (before, after) {
        (Some(before), Some(after)) => (before, after),
        // A variable that one of the two releases does not have.
        (Some(one), None) | (None, Some(one)) => {
            return one.value.is_empty() || one.origin == "default";
        }
        (None, None) => return true,
    };
    if PLACES.contains(&name) && before.origin == "default" && after.origin == "default" {
        return true;
    }
    match (&before.digest, &after.digest) {
        (Some(before), Some(after)) => before == after,
        _ => before.value == after.value,
    }
}

/// Every variable that the policy asks for.
fn against_policy(snapshot: &Snapshot, policy: &Policy, command: &str) -> Vec<Row> {
    let mut intended = policy.client_settings();
    if intended.iter().all(|(name, _)| *name != "GOSUMDB") {
        intended.push(("GOSUMDB", policy.client.sumdb.clone()));
    }
    intended
        .into_iter()
        .map(|(name, wanted)| {
            let taken = snapshot.variables.get(name);
            let state = state(name, &wanted, taken);
            let fix = match state {
                "conforming" => None,
                "shadowed" => taken.map(|taken| format!("remove {name} from {}", taken.place)),
                _ => Some(match taken {
                    Some(taken) if taken.origin == "environment" => {
                        format!("mend {name} where the environment of that process is made")
                    }
                    _ => command.to_owned(),
                }),
            };
            Row {
                name: name.to_owned(),
                state,
                before: Some(Side {
                    value: wanted,
                    place: format!("policy {}", policy.name),
                }),
                after: taken.map(Side::of),
                fix,
            }
        })
        .collect()
}

fn state(name: &str, wanted: &str, taken: Option<&Taken>) -> &'static str {
    match taken {
        None => "unknown",
        Some(taken) if conforms(name, wanted, &taken.value) => "conforming",
        Some(taken)
            if taken
                .shadows
                .iter()
                .any(|lost| conforms(name, wanted, lost)) =>
        {
            "shadowed"
        }
        Some(taken) if taken.origin == "default" => "unset",
        Some(_) => "drifted",
    }
}

/// Whether the value says what the policy wants: lists by their entries, the
/// rest by their text.
fn conforms(name: &str, wanted: &str, found: &str) -> bool {
    match name {
        "GOPROXY" => match (chain(wanted), chain(found)) {
            (Some(wanted), Some(found)) => wanted == found,
            _ => wanted == found,
        },
        "GOPRIVATE" | "GONOPROXY" | "GONOSUMDB" => patterns(wanted) == patterns(found),
        _ => wanted == found,
    }
}

/// The entries of a list, without what does not matter: letter case of a host
/// and a slash at the end. With each, whether the next is asked after any failure.
fn chain(list: &str) -> Option<Vec<(String, bool)>> {
    let list = ProxyList::parse(list).ok()?;
    let end = list.entries().len().checked_sub(1)?;
    let entries = list.entries().iter().enumerate();
    let entry = |(index, entry): (usize, &gomod::goproxy::ProxyEntry)| {
        let source = match &entry.source {
            Source::Url(url) => {
                let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
                let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                let path = path.trim_end_matches('/');
                format!("{scheme}://{}{path}", host.to_ascii_lowercase())
            }
            Source::Direct => "direct".to_owned(),
            Source::Off => "off".to_owned(),
        };
        (source, index < end && entry.fall_back_on_error)
    };
    Some(entries.map(entry).collect())
}

fn patterns(list: &str) -> Vec<&str> {
    let mut patterns: Vec<&str> = list
        .split(',')
        .map(|pattern| pattern.trim_end_matches('/'))
        .filter(|pattern| !pattern.is_empty())
        .collect();
    patterns.sort_unstable();
    patterns.dedup();
    patterns
}

fn text(rows: &[Row], drifted: bool) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    for row in rows {
        let line = |sign: char, side: &Option<Side>| match side {
            Some(side) => format!("  {sign} {:?}  ({})\n", side.value, side.place),
            None => format!("  {sign} not there\n"),
        };
        let _ = writeln!(text, "{}: {}", row.name, row.state);
        if row.state != "conforming" {
            text.push_str(&line('-', &row.before));
            text.push_str(&line('+', &row.after));
        }
        if let Some(fix) = &row.fix {
            let _ = writeln!(text, "  fix: {fix}");
        }
    }
    text.push_str(if drifted { "drifted\n" } else { "consistent\n" });
    text
}

fn row_json(row: &Row) -> Value {
    json!({
        "name": row.name,
        "state": row.state,
        "before": row.before.as_ref().map(Side::json),
        "after": row.after.as_ref().map(Side::json),
        "fix": row.fix,
    })
}
