//! The clock here against the proxy's.
//!
//! A clock that is off makes certificates look expired and tokens invalid, and
//! nothing says that it is the clock.

use std::sync::Arc;
use std::time::Instant;

use ::http::header;
use jiff::Timestamp;

use super::http::{ABSENT, BEFORE_HTTP, ask};
use super::reach::no_entries;
use super::situation::Situation;
use super::{Check, Done};

/// Skew that does harm: certificates and tokens are made to hold from "now" on.
const SKEW_SECONDS: i64 = 60;

/// `env.clock`, by the first proxy that tells the time.
pub(super) async fn check(situation: &Arc<Situation>, done: &Done) -> Check {
    let start = Instant::now();
    if let Some(skip) = no_entries(situation, "env.clock") {
        return skip;
    }
    for entry in situation.entries() {
        let before = [&BEFORE_HTTP[..5], &["http.answer"]].concat();
        if done.broken(&before, Some(&entry.written)).is_some() {
            continue;
        }
        let Some(url) = entry.at(ABSENT) else {
            continue;
        };
        let Ok(answer) = ask(situation, url, None, None, 0).await else {
            continue;
        };
        let date = answer.headers.get(header::DATE);
        let date = date.and_then(|date| parse(date.to_str().ok()?));
        if let Some(theirs) = date {
            return judge(situation.clock.now(), theirs, &entry.written)
                .about(&entry.written)
                .since(start);
        }
    }
    Check::skip(
        "env.clock",
        "no proxy of the chain tells the time in a Date header",
    )
}

fn judge(ours: Timestamp, theirs: Timestamp, entry: &str) -> Check {
    let skew = ours.as_second() - theirs.as_second();
    if skew.abs() <= SKEW_SECONDS {
        return Check::ok(
            "env.clock",
            format!("{} s beside that of {entry}", skew.abs()),
        );
    }
    let way = if skew > 0 { "ahead of" } else { "behind" };
    Check::fail(
        "env.clock",
        format!(
            "the clock here is {} s {way} that of {entry}: {ours:.0} here, {theirs} there",
            skew.abs()
        ),
        "set the clock of the machine that is wrong (chronyc makestep, timedatectl set-ntp true; a container has its host's)",
    )
}

/// `Wed, 25 Nov 2026 12:00:00 GMT`.
fn parse(text: &str) -> Option<Timestamp> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let mut words = text.split_once(", ")?.1.split(' ');
    let day: u8 = words.next()?.parse().ok()?;
    let month = words.next()?;
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let year: u16 = words.next()?.parse().ok()?;
    let time = words.next()?;
    format!("{year:04}-{month:02}-{day:02}T{time}Z")
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Status;

    #[test]
    fn dates_of_http_are_read() {
        for (text, wanted) in [
            (
                "Wed, 25 Nov 2026 12:00:05 GMT",
                Some("2026-11-25T12:00:05Z"),
            ),
            (
                "Tue, 01 Jan 2030 00:00:00 GMT",
                Some("2030-01-01T00:00:00Z"),
            ),
            ("Tue, 01 Foo 2030 00:00:00 GMT", None),
            ("yesterday", None),
        ] {
            assert_eq!(parse(text).map(|time| time.to_string()).as_deref(), wanted);
        }
    }

    #[test]
    fn a_minute_is_no_harm() {
        let theirs: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
        for (ours, status) in [
            ("2026-11-25T12:01:00Z", Status::Ok),
            ("2026-11-25T12:01:01Z", Status::Fail),
            ("2026-11-25T11:58:00Z", Status::Fail),
        ] {
            assert_eq!(
                judge(ours.parse().unwrap(), theirs, "p").status,
                status,
                "{ours}"
            );
        }
    }
}
