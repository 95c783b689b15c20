//! The answer for the server with this configuration.

use gomod::ProxyList;
use gomod::goproxy::{ProxyEntry, Source};
use gomod::pattern::Patterns;
use platform::EnvSnapshot;
use policy::{From, Route};

use super::{Asked, Routed, Step, Then};
use crate::config::flags::Flags;
use crate::config::{Config, Sourcing};
use crate::failure::Failure;

/// Whom the server asks.
///
/// # Errors
/// Wrong configuration.
pub(super) fn route<const SCOPE: u8>(
    env: &EnvSnapshot,
    flags: &Flags<SCOPE>,
    modules: &[Asked],
) -> Result<Vec<Routed>, Failure> {
    let config = Config::load(env, flags)?;
    Ok(modules.iter().map(|asked| routed(&config, asked)).collect())
}

fn routed(config: &Config, asked: &Asked) -> Routed {
    let mut routed = Routed {
        asked: asked.clone(),
        pattern: None,
        because: "no [[route]] matches".to_owned(),
        steps: Vec::new(),
        notes: Vec::new(),
    };
    match &config.origins {
        Sourcing::List(list, source) => {
            routed.because = format!("one list for all, set by {source}");
            follow(config, None, list, &mut routed);
        }
        Sourcing::Routes => match config.routes().and_then(|policy| policy.route(&asked.path)) {
            Some((route, pattern)) => {
                routed.because = format!("route pattern {pattern:?}");
                routed.pattern = Some(pattern.to_owned());
                follow_route(config, route, &mut routed);
            }
            None => routed
                .notes
                .push("nobody is asked: answered with 403".to_owned()),
        },
    }
    if config.offline {
        routed
            .notes
            .push("offline: nobody is asked at all".to_owned());
    }
    routed
}

fn follow_route(config: &Config, route: &Route, routed: &mut Routed) {
    match &route.from {
        From::Chain(list) => follow(config, Some(&route.patterns), list, routed),
        From::Vcs => {
            routed.steps.push(stop("vcs"));
            let note = "version control is not asked by this version: answered with 404";
            routed.notes.push(note.to_owned());
        }
    }
}

/// Adds the entries of `list` that are asked, and says which are not. `patterns`
/// are those of the route that the list stands in, if it does.
fn follow(config: &Config, patterns: Option<&Patterns>, list: &ProxyList, routed: &mut Routed) {
    let path = &routed.asked.path;
    let written_for_it = patterns.is_some_and(|patterns| keeper::is_written_for(patterns, path));
    let withheld_by = config
        .private
        .matching(path.as_str())
        .filter(|_| !written_for_it);
    let is_asked = |entry: &&ProxyEntry| match &entry.source {
        Source::Url(url) => withheld_by.is_none() || keeper::at_private_host(url, &config.private),
        Source::Direct | Source::Off => true,
    };
    let (asked, left_out): (Vec<_>, Vec<_>) = list.entries().iter().partition(is_asked);
    let pattern = withheld_by.unwrap_or_default();
    for entry in &left_out {
        let written = &entry.written;
        let why = format!("which is public; the module is private by pattern {pattern:?}");
        routed.notes.push(format!("left out: {written}, {why}"));
    }
    if withheld_by.is_some()
        && !asked
            .iter()
            .any(|entry| matches!(entry.source, Source::Url(_)))
    {
        let remedy = format!("add a [[route]] with match = [{pattern:?}] that names its source");
        routed
            .notes
            .push(format!("nobody is asked: answered with 403; {remedy}"));
        return;
    }
    routed.steps = steps(&asked);
    if asked
        .last()
        .is_some_and(|entry| entry.source == Source::Direct)
    {
        let note = "direct: version control is not asked by this version: answered with 404";
        routed.notes.push(note.to_owned());
    }
}

fn steps(entries: &[&ProxyEntry]) -> Vec<Step> {
    let step = |(index, entry): (usize, &&ProxyEntry)| {
        let has_next = index + 1 < entries.len();
        let on_error = Then::next_if(has_next && entry.fall_back_on_error);
        Step {
            source: platform::secret::hide(&entry.written),
            on_absent: Then::next_if(has_next),
            on_denied: on_error,
            on_error,
        }
    };
    entries.iter().enumerate().map(step).collect()
}

fn stop(source: &str) -> Step {
    Step {
        source: source.to_owned(),
        on_absent: Then::Stop,
        on_denied: Then::Stop,
        on_error: Then::Stop,
    }
}
