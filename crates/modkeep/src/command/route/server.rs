//! The answer for the server with this configuration.

use gomod::ProxyList;
use gomod::goproxy::{ProxyEntry, Source};
use gomod::pattern::Patterns;
use platform::EnvSnapshot;

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

/// Where the modules of a route come from, and the patterns it was written for.
struct Chosen<'a> {
    patterns: Option<&'a Patterns>,
    list: Option<&'a ProxyList>,
}

fn routed(config: &Config, asked: &Asked) -> Routed {
    let mut routed = Routed {
        asked: asked.clone(),
        pattern: None,
        because: String::new(),
        steps: Vec::new(),
        notes: Vec::new(),
    };
    let chosen = match (&config.origins, config.routes()) {
        (Sourcing::List(list, source), _) => {
            routed.because = format!("one list for all, set by {source}");
            Chosen {
                patterns: None,
                list: Some(list),
            }
        }
        (Sourcing::Routes, policy) => match policy.and_then(|policy| policy.route(&asked.path)) {
            Some((route, pattern)) => {
                routed.because = format!("route pattern {pattern:?}");
                routed.pattern = Some(pattern.to_owned());
                let list = match &route.from {
                    policy::From::Chain(list) => Some(list),
                    policy::From::Vcs => None,
                };
                Chosen {
                    patterns: Some(&route.patterns),
                    list,
                }
            }
            None => {
                routed.because = "no [[route]] matches".to_owned();
                routed
                    .notes
                    .push("nobody is asked: answered with 403".to_owned());
                return routed;
            }
        },
    };
    follow(config, &chosen, &mut routed);
    if config.offline {
        routed
            .notes
            .push("offline: nobody is asked at all".to_owned());
    }
    routed
}

fn follow(config: &Config, chosen: &Chosen<'_>, routed: &mut Routed) {
    let Some(list) = chosen.list else {
        routed.steps.push(stop("vcs"));
        routed
            .notes
            .push("version control is not asked by this version: answered with 404".to_owned());
        return;
    };
    let private = config.private.matching(routed.asked.path.as_str());
    let heard = private.map(|_| &config.private);
    let written_for_it = chosen
        .patterns
        .is_some_and(|patterns| keeper::is_written_for(patterns, &routed.asked.path));
    let asks = |entry: &&ProxyEntry| match (&entry.source, heard) {
        (Source::Url(url), Some(private)) if !written_for_it => {
            keeper::at_private_host(url, private)
        }
        _ => true,
    };
    let (asked, left_out): (Vec<_>, Vec<_>) = list.entries().iter().partition(asks);
    if let Some(pattern) = private.filter(|_| !left_out.is_empty()) {
        for entry in &left_out {
            let written = &entry.written;
            routed.notes.push(format!(
                "left out: {written}, which is public; the module is private by pattern {pattern:?}"
            ));
        }
        if !asked
            .iter()
            .any(|entry| matches!(entry.source, Source::Url(_)))
        {
            let remedy =
                format!("add a [[route]] with match = [{pattern:?}] that names its source");
            routed
                .notes
                .push(format!("nobody is asked: answered with 403; {remedy}"));
            return;
        }
    }
    routed.steps = steps(&asked);
    if asked
        .last()
        .is_some_and(|entry| entry.source == Source::Direct)
    {
        routed.notes.push(
            "direct: version control is not asked by this version: answered with 404".to_owned(),
        );
    }
}

fn steps(entries: &[&ProxyEntry]) -> Vec<Step> {
    let step = |(index, entry): (usize, &&ProxyEntry)| {
        let has_next = index + 1 < entries.len();
        let on_error = Then::next_if(has_next && entry.fall_back_on_error);
        Step {
            source: entry.written.clone(),
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
