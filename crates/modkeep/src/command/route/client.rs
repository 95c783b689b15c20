//! The answer for a `go` in this environment.

use goenv::{Client, ClientEntry, GoEnv, Lookup, Origin, Release};
use platform::EnvSnapshot;

use super::{Asked, Routed, Step, Then};
use crate::failure::Failure;

/// Whom a `go` here, or one of `release`, asks.
///
/// # Errors
/// A finding with Go's reason when it would refuse its GOPROXY.
pub(super) fn route(
    env: &EnvSnapshot,
    release: Option<Release>,
    modules: &[Asked],
) -> Result<Vec<Routed>, Failure> {
    let lookup = Lookup {
        version: release.map(|release| (release, format!("go{release}"))),
        ..Lookup::here(env)
    };
    let looked = lookup.run();
    crate::command::env::all_read(&looked)?;
    let environment = looked.env;
    let client = Client::new(&environment).map_err(|refused| {
        let set = origin(&environment, "GOPROXY");
        Failure::finding(refused).hint(format!("GOPROXY is set by {set}"))
    })?;
    Ok(modules
        .iter()
        .map(|asked| routed(&environment, &client, asked))
        .collect())
}

fn routed(environment: &GoEnv, client: &Client, asked: &Asked) -> Routed {
    let (entries, pattern) = client.sources(asked.path.as_str());
    let because = match pattern {
        Some(pattern) => format!(
            "GONOPROXY pattern {pattern:?}, set by {}",
            origin(environment, "GONOPROXY")
        ),
        None => format!("GOPROXY, set by {}", origin(environment, "GOPROXY")),
    };
    let mut notes = Vec::new();
    if environment.value("GO111MODULE") == "off" {
        notes.push("GO111MODULE=off: this go uses no modules and asks no proxy at all".to_owned());
    }
    Routed {
        asked: asked.clone(),
        pattern: pattern.map(str::to_owned),
        because: format!("{because}, for Go {}", environment.release()),
        steps: entries.iter().map(step).collect(),
        notes,
    }
}

fn step(entry: &ClientEntry) -> Step {
    Step {
        source: platform::secret::hide(&entry.written),
        on_absent: Then::next_if(entry.next_on_absent),
        on_denied: Then::next_if(entry.next_on_error),
        on_error: Then::next_if(entry.next_on_error),
    }
}

/// Who set the variable `name`.
fn origin(environment: &GoEnv, name: &str) -> String {
    match environment.get(name).map(|variable| &variable.origin) {
        Some(Origin::Process) => "the environment".to_owned(),
        Some(Origin::UserFile { path, line } | Origin::GorootFile { path, line }) => {
            format!("{}:{line}", path.display())
        }
        Some(Origin::Follows(other)) => format!("{other} ({})", origin(environment, other)),
        Some(Origin::Default) | None => "Go's default".to_owned(),
    }
}
