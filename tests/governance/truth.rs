//! Our reading of GOPROXY, GOPRIVATE, GONOPROXY, GONOSUMDB and GOSUMDB against
//! what real `go` commands do: all rows recorded by `cargo xtask truth`, and
//! fresh ones with the `go` at hand.

use std::hash::{BuildHasher as _, RandomState};
use std::io::Write as _;
use std::process::Command;

use goenv::{Checksums, Client, ClientEntry, GoEnv, Sources};
use platform::EnvSnapshot;
use serde_json::Value;
use testkit::truth::{self, Case, Did};

const RECORDED: &str = include_str!("../../crates/goenv/testdata/truth.tsv");

/// How many cases are drawn anew in each run.
const LIVE: usize = 200;

/// What an entry of the list does when it is asked for a module.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Has,
    Absent,
    Fails,
}

/// What the entry answers, and the host that sees the question, if one does.
fn answer(entry: &str) -> (Answer, Option<&str>) {
    if entry == "direct" {
        return (Answer::Fails, Some("direct"));
    }
    let (scheme, rest) = match entry.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None if entry == "off" => return (Answer::Fails, None),
        None => ("https".to_owned(), entry),
    };
    let authority = rest.split('/').next().unwrap();
    let (user, host) = authority.split_once('@').unwrap_or(("", authority));
    match (scheme.as_str(), user, host) {
        ("file", ..) => (Answer::Absent, None),
        ("https", ..) => (Answer::Fails, Some(host)),
        (_, "", "has.example" | "has.example:8080" | "no-relay.example") => {
            (Answer::Has, Some(host))
        }
        (_, "", "s403.example" | "s500.example" | "hangs-up.example") => {
            (Answer::Fails, Some(host))
        }
        (_, "", _) => (Answer::Absent, Some(host)),
        // A user is never told over plain http.
        _ => (Answer::Fails, None),
    }
}

fn add(list: &mut Vec<String>, word: String) {
    if list.last() != Some(&word) {
        list.push(word);
    }
}

/// By what `go` knows an entry again: `HTTP://` is another to it than `http://`.
fn base(entry: &ClientEntry) -> &str {
    let written = entry.written.as_str();
    let base = written.strip_prefix("https://").unwrap_or(written);
    base.trim_end_matches('/')
}

/// Follows `entries`; who is asked, and whether somebody had it.
fn follow(entries: &[ClientEntry]) -> (Vec<String>, bool) {
    let mut asked = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let (answer, host) = answer(&entry.written);
        // What a proxy has said once, `go` remembers: the same entry is not asked twice.
        let said = |other: &ClientEntry| base(other) == base(entry);
        if let Some(host) = host.filter(|_| !entries[..index].iter().any(said)) {
            add(&mut asked, host.to_owned());
        }
        match answer {
            Answer::Has => return (asked, true),
            Answer::Absent if entry.next_on_absent => {}
            Answer::Fails if entry.next_on_error => {}
            Answer::Absent | Answer::Fails => break,
        }
    }
    (asked, false)
}

/// Who is asked about checksums once a module was found.
fn follow_relays(relays: &[ClientEntry], url: &str, url_after_error: bool) -> Vec<String> {
    let mut sums = Vec::new();
    let mut failed = false;
    for relay in relays {
        let (answer, host) = answer(&relay.written);
        let seen = host.filter(|_| relay.written.to_ascii_lowercase().starts_with("http://"));
        if let Some(host) = seen {
            add(&mut sums, format!("relay {host}"));
        }
        let relays_it = answer == Answer::Has && host.is_some_and(|host| host.starts_with("has."));
        if relays_it {
            add(&mut sums, format!("lookup {}", host.unwrap()));
            return sums;
        }
        failed |= answer == Answer::Fails;
        if answer == Answer::Fails && !relay.next_on_error {
            return sums;
        }
    }
    if failed && !url_after_error {
        return sums;
    }
    let host = url.split_once("://").unwrap().1;
    add(
        &mut sums,
        format!("lookup {}", host.split('/').next().unwrap()),
    );
    sums
}

fn environment(case: &Case) -> GoEnv {
    let env: EnvSnapshot = case.variables().into_iter().collect();
    GoEnv::resolve(&Sources::of(&env))
}

/// What we say that `go` does.
fn expected(case: &Case) -> Did {
    let env = environment(case);
    let nobody = |said: String| Did {
        asked: Vec::new(),
        sums: Vec::new(),
        said,
    };
    let client = match Client::new(&env) {
        Ok(client) => client,
        Err(refused) => return nobody(refused.to_string()),
    };
    let (asked, found) = follow(&client.sources(&case.module).0);
    let mut did = Did {
        asked,
        ..nobody(String::new())
    };
    if found {
        match Checksums::new(&env, &client, &case.module) {
            Checksums::Off | Checksums::Exempt(_) => {}
            Checksums::Refused(reason) => did.said = reason,
            Checksums::Asked {
                relays,
                url,
                url_after_error,
                ..
            } => did.sums = follow_relays(&relays, &url, url_after_error),
        }
    }
    did
}

/// Where `go` did otherwise than we say; nothing where it did so.
fn difference(case: &Case, did: &Did) -> Option<String> {
    let expected = expected(case);
    let same = (&expected.asked, &expected.sums) == (&did.asked, &did.sums);
    // A refused list is refused in Go's words; of GOSUMDB it may speak last of what came behind a `|`.
    let refused = !did.asked.is_empty() || did.said.contains(&expected.said);
    (!same || !refused).then(|| format!("{case:?}\n  go: {did:?}\n  we: {expected:?}\n"))
}

fn agree<'a>(rows: impl Iterator<Item = (&'a Case, Did)>) -> usize {
    let mut compared = 0;
    let mut different = Vec::new();
    for (case, did) in rows {
        compared += 1;
        different.extend(difference(case, &did));
    }
    assert!(
        different.is_empty(),
        "{} of {compared}:\n{}",
        different.len(),
        different[..different.len().min(12)].concat()
    );
    compared
}

/// What a row says of `case`; the row is of that case.
fn read(row: &str, case: &Case) -> Did {
    let fields: Vec<_> = row.split('\t').collect();
    assert_eq!(fields.len(), 10, "{row}");
    let words = |text: &str| {
        let words = text.split(" > ").filter(|word| !word.is_empty());
        words.map(str::to_owned).collect::<Vec<_>>()
    };
    let did = Did {
        asked: words(fields[7]),
        sums: words(fields[8]),
        said: fields[9].to_owned(),
    };
    let again = truth::line(fields[0], case, &did);
    assert!(
        again.split('\t').take(9).eq(fields[..9].iter().copied()),
        "not the case drawn: run `cargo xtask truth`\n{row}\n{again}"
    );
    did
}

#[test]
fn recorded_rows_agree_with_our_reading() {
    let rows: Vec<_> = RECORDED
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    let mut cases = truth::draw(truth::SEED, truth::COUNT).into_iter();
    let mut case = None;
    let mut paired = Vec::new();
    for row in rows {
        // The row of the newer toolchain, where they differ, has the case of the one before.
        if !row.starts_with("go") || row.starts_with("go1.21.13\t") {
            case = cases.next();
        }
        let case = case.clone().expect("more rows than cases");
        let did = read(row, &case);
        paired.push((case, did));
    }
    assert_eq!(cases.count(), 0, "rows are missing");
    let compared = agree(paired.iter().map(|(case, did)| (case, did.clone())));
    assert!(compared >= 2_000, "{compared}");
}

#[test]
fn fresh_cases_agree_with_the_go_at_hand_and_with_route() {
    let env = platform::EnvSnapshot::of_process();
    let given = env.get("MODKEEP_TRUTH_SEED").map(str::to_owned);
    let seed = given.map_or_else(
        || RandomState::new().hash_one(0_u8),
        |seed| seed.parse().expect("MODKEEP_TRUTH_SEED is a number"),
    );
    writeln!(std::io::stdout(), "MODKEEP_TRUTH_SEED={seed}").unwrap();
    let cases = truth::draw(seed, LIVE);
    let done = truth::observe_all(&testkit::find_go(), &cases, 2);
    assert_eq!(agree(cases.iter().zip(done)), LIVE);
    for case in &cases {
        route_agrees(case);
    }
}

/// `modkeep route` names the sources that the rows were compared with.
fn route_agrees(case: &Case) {
    let home = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_modkeep"))
        .args(["route", &case.module, "--format", "json"])
        .env_clear()
        .env("HOME", home.path())
        .envs(case.variables())
        .output()
        .unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let modules = answer["modules"].as_array().unwrap();
    let Ok(client) = Client::new(&environment(case)) else {
        assert_eq!(
            (output.status.code(), modules.len()),
            (Some(1), 0),
            "{case:?}"
        );
        return;
    };
    let next = |leads: bool| if leads { "next" } else { "stop" };
    let steps = modules[0]["steps"].as_array().unwrap().iter();
    let told: Vec<_> = steps
        .map(|step| {
            (
                step["source"].as_str().unwrap(),
                &step["on_absent"],
                &step["on_error"],
            )
        })
        .collect();
    let (sources, _) = client.sources(&case.module);
    let wanted: Vec<_> = sources.iter().map(|entry| entry.written.as_str()).collect();
    assert_eq!(
        told.iter().map(|step| step.0).collect::<Vec<_>>(),
        wanted,
        "{case:?}"
    );
    for (step, entry) in told.iter().zip(&sources) {
        assert_eq!(step.1, next(entry.next_on_absent), "{case:?}");
        assert_eq!(step.2, next(entry.next_on_error), "{case:?}");
    }
}
