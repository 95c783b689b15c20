//! `[limits]` of `modkeep.toml`: every bound by its name.

use std::time::Duration;

use platform::Limits;

use crate::config::value::{duration, show_duration, show_size, size};

/// How one bound is reached, by what it is.
#[derive(Clone, Copy)]
enum Field {
    /// Bytes, as text or number.
    Bytes(fn(&mut Limits) -> &mut u64),
    /// Bytes that are allocated in one piece.
    Piece(fn(&mut Limits) -> &mut usize),
    /// How many.
    Count(fn(&mut Limits) -> &mut usize),
    /// How many, never very many.
    Few(fn(&mut Limits) -> &mut u32),
    /// How long.
    Time(fn(&mut Limits) -> &mut Duration),
}

use Field::{Bytes, Count, Few, Piece, Time};

/// A bound: its name, how it is reached, whether zero makes sense, and what it is for.
type Limit = (&'static str, Field, bool, &'static str);

const LIMITS: [Limit; 40] = [
    (
        "list_bytes",
        Bytes(|limits| &mut limits.list_bytes),
        false,
        "Largest version list from an upstream",
    ),
    (
        "info_bytes",
        Bytes(|limits| &mut limits.info_bytes),
        false,
        "Largest .info or @latest from an upstream",
    ),
    (
        "mod_bytes",
        Bytes(|limits| &mut limits.mod_bytes),
        false,
        "Largest go.mod; Go's own limit",
    ),
    (
        "zip_bytes",
        Bytes(|limits| &mut limits.zip_bytes),
        false,
        "Largest zip, packed and unpacked; Go's own limit",
    ),
    (
        "lookup_bytes",
        Bytes(|limits| &mut limits.lookup_bytes),
        false,
        "Largest answer of the checksum database",
    ),
    (
        "error_bytes",
        Bytes(|limits| &mut limits.error_bytes),
        false,
        "How much of an upstream's error is read for its reason",
    ),
    (
        "connect",
        Time(|limits| &mut limits.connect),
        false,
        "Connecting to an upstream, TLS included",
    ),
    (
        "first_byte",
        Time(|limits| &mut limits.first_byte),
        false,
        "Waiting for the head of an upstream's answer",
    ),
    (
        "stall",
        Time(|limits| &mut limits.stall),
        false,
        "Silence within an upstream's answer",
    ),
    (
        "metadata_total",
        Time(|limits| &mut limits.metadata_total),
        false,
        "A list, .info, .mod or @latest over the whole chain",
    ),
    (
        "sumdb_call",
        Time(|limits| &mut limits.sumdb_call),
        false,
        "One call to the checksum database",
    ),
    (
        "tries",
        Few(|limits| &mut limits.tries),
        false,
        "Tries of one request at one upstream",
    ),
    (
        "retry_pause",
        Time(|limits| &mut limits.retry_pause),
        true,
        "Longest pause between tries, whatever Retry-After says",
    ),
    (
        "retry_start",
        Time(|limits| &mut limits.retry_start),
        true,
        "Pause before the first further try, doubled before each later one",
    ),
    (
        "retry_percent",
        Few(|limits| &mut limits.retry_percent),
        true,
        "Retries an upstream may have for each 100 requests",
    ),
    (
        "retries_saved",
        Few(|limits| &mut limits.retries_saved),
        true,
        "Retries an upstream may save up",
    ),
    (
        "fetches_per_upstream",
        Count(|limits| &mut limits.fetches_per_upstream),
        false,
        "Requests under way at one upstream",
    ),
    (
        "waiting_per_upstream",
        Count(|limits| &mut limits.waiting_per_upstream),
        true,
        "Requests that wait for a place at one upstream",
    ),
    (
        "redirects",
        Count(|limits| &mut limits.redirects),
        true,
        "Redirects followed",
    ),
    (
        "circuit_failures",
        Few(|limits| &mut limits.circuit_failures),
        false,
        "Failures in a row that open an upstream's circuit",
    ),
    (
        "circuit_pause",
        Time(|limits| &mut limits.circuit_pause),
        true,
        "How long an open circuit refuses",
    ),
    (
        "connections",
        Count(|limits| &mut limits.connections),
        false,
        "Connections of clients",
    ),
    (
        "head_bytes",
        Piece(|limits| &mut limits.head_bytes),
        false,
        "Bytes of a request's head",
    ),
    (
        "head_time",
        Time(|limits| &mut limits.head_time),
        false,
        "Time for a request's head, and idle between requests",
    ),
    (
        "handshake",
        Time(|limits| &mut limits.handshake),
        false,
        "Time for the TLS handshake",
    ),
    (
        "write_stall",
        Time(|limits| &mut limits.write_stall),
        false,
        "A client that takes no byte for so long is cut off",
    ),
    (
        "h2_streams",
        Few(|limits| &mut limits.h2_streams),
        false,
        "Streams of one HTTP/2 connection",
    ),
    (
        "drain",
        Time(|limits| &mut limits.drain),
        true,
        "Time for requests under way when the server ends",
    ),
    (
        "waiters_per_key",
        Count(|limits| &mut limits.waiters_per_key),
        false,
        "Requests that wait for one fetch",
    ),
    (
        "flights",
        Count(|limits| &mut limits.flights),
        false,
        "Fetches under way in all",
    ),
    (
        "unpublished",
        Count(|limits| &mut limits.unpublished),
        true,
        "Proven answers given before the disk has them; 0 for none",
    ),
    (
        "publish_gather",
        Time(|limits| &mut limits.publish_gather),
        true,
        "How long those are gathered at most, to be forced to the disk together",
    ),
    (
        "lease",
        Time(|limits| &mut limits.lease),
        false,
        "How long a replica that fetches for all keeps that right without renewing it",
    ),
    (
        "lease_poll",
        Time(|limits| &mut limits.lease_poll),
        false,
        "How often a replica looks that waits for another's fetch",
    ),
    (
        "lease_wait",
        Time(|limits| &mut limits.lease_wait),
        true,
        "How long it waits at most before it fetches itself",
    ),
    (
        "byte_cache_bytes",
        Bytes(|limits| &mut limits.byte_cache_bytes),
        true,
        "Memory for hot answers",
    ),
    (
        "byte_cache_item_bytes",
        Bytes(|limits| &mut limits.byte_cache_item_bytes),
        true,
        "Largest body kept hot",
    ),
    (
        "chunk_bytes",
        Piece(|limits| &mut limits.chunk_bytes),
        false,
        "Size of one read of a file",
    ),
    // Never nothing: the held-back end is what keeps a client from completing an unproven zip.
    (
        "held_back_bytes",
        Bytes(|limits| &mut limits.held_back_bytes),
        false,
        "How much of a streamed zip is held back until it is proven",
    ),
    (
        "inspections",
        Count(|limits| &mut limits.inspections),
        false,
        "Archives inspected at a time",
    ),
];

/// The names of all limits, in the order in which they are shown.
pub(crate) const NAMES: [&str; LIMITS.len()] = {
    let mut names = [""; LIMITS.len()];
    let mut index = 0;
    while index < names.len() {
        names[index] = LIMITS[index].0;
        index += 1;
    }
    names
};

/// Name, default and purpose of every limit, for the reference page.
pub(crate) fn describe() -> impl Iterator<Item = (&'static str, String, &'static str)> {
    let defaults = Limits::default();
    LIMITS
        .iter()
        .map(move |(name, _, _, help)| (*name, show(&defaults, name), *help))
}

/// Sets the limit called `name` to what `text` says.
///
/// # Errors
/// Why `text` cannot be its value.
pub(crate) fn set(limits: &mut Limits, name: &str, text: &str) -> Result<(), String> {
    let Some((_, field, zero, _)) = LIMITS.iter().find(|(known, ..)| *known == name) else {
        return Err("is no limit".to_owned());
    };
    let nothing = match field {
        Bytes(of) => store(of(limits), size(text)?) == 0,
        Piece(of) => {
            store(
                of(limits),
                size(text)?
                    .try_into()
                    .map_err(|_| "is too large".to_owned())?,
            ) == 0
        }
        Count(of) => store(of(limits), count(text)?) == 0,
        Few(of) => store(of(limits), count(text)?) == 0,
        Time(of) => store(of(limits), duration(text)?).is_zero(),
    };
    if nothing && !zero {
        Err("must be more than nothing".to_owned())
    } else {
        Ok(())
    }
}

fn store<T: Copy>(place: &mut T, value: T) -> T {
    *place = value;
    value
}

fn count<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| "must be a whole number".to_owned())
}

/// The limit called `name` as TOML.
pub(crate) fn show(limits: &Limits, name: &str) -> String {
    let Some((_, field, ..)) = LIMITS.iter().find(|(known, ..)| *known == name) else {
        return String::new();
    };
    let mut limits = limits.clone();
    match field {
        Bytes(of) => format!("{:?}", show_size(*of(&mut limits))),
        Piece(of) => format!(
            "{:?}",
            show_size(u64::try_from(*of(&mut limits)).unwrap_or(u64::MAX))
        ),
        Count(of) => of(&mut limits).to_string(),
        Few(of) => of(&mut limits).to_string(),
        Time(of) => format!("{:?}", show_duration(*of(&mut limits))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How the bounds begin that only commands have which read no `modkeep.toml`: `env`, `run`, `doctor`.
    const OF_COMMANDS: [&str; 3] = ["env_", "program_", "output_"];

    #[test]
    fn every_limit_has_its_name() {
        let shown = format!("{:#?}", Limits::default());
        let fields: Vec<_> = shown
            .lines()
            .filter_map(|line| {
                line.strip_prefix("    ")?
                    .split_once(": ")
                    .map(|(name, _)| name)
            })
            .filter(|name| !name.starts_with(' '))
            .filter(|name| !OF_COMMANDS.iter().any(|start| name.starts_with(start)))
            .collect();
        assert_eq!(fields, NAMES);
    }

    #[test]
    fn what_is_shown_can_be_set_again() {
        let defaults = Limits::default();
        for name in NAMES {
            let shown = show(&defaults, name);
            let mut limits = Limits::default();
            assert_eq!(
                set(&mut limits, name, shown.trim_matches('"')),
                Ok(()),
                "{name}"
            );
            assert_eq!(show(&limits, name), shown);
        }
    }

    #[test]
    fn values_are_of_the_kind_of_the_limit() {
        let mut limits = Limits::default();
        let table = [
            ("zip_bytes", "600MiB", Ok(())),
            (
                "zip_bytes",
                "60s",
                Err("not a size: write it as 64MiB, 512KiB or a number of bytes"),
            ),
            (
                "stall",
                "5",
                Err("not a duration: write it as 500ms, 60s, 5m, 12h or 7d"),
            ),
            ("stall", "0s", Err("must be more than nothing")),
            ("tries", "many", Err("must be a whole number")),
            ("tries", "0", Err("must be more than nothing")),
            ("tries", "99999999999", Err("must be a whole number")),
            ("held_back_bytes", "0", Err("must be more than nothing")),
            ("redirects", "0", Ok(())),
            ("fligths", "1", Err("is no limit")),
        ];
        for (name, text, wanted) in table {
            assert_eq!(
                set(&mut limits, name, text),
                wanted.map_err(str::to_owned),
                "{name} {text}"
            );
        }
        assert_eq!((limits.zip_bytes, limits.redirects), (600 << 20, 0));
    }
}
