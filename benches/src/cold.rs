//! A whole `go mod download`, through modkeep and straight at the same upstream.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tempfile::TempDir;
use testkit::{Database, Go, Modkeep, ModkeepOptions, Upstream};

use crate::graph::{self, MODULES};
use crate::table::{Bound, Table};
use crate::{Bench, median};

/// A fetch through modkeep may take so much longer than straight.
const COLD: f64 = 1.2;

pub(crate) fn measure(bench: &Bench, table: &mut Table) -> Result<()> {
    let wanted: Vec<u64> = [0, 20]
        .into_iter()
        .filter(|latency| names(*latency).iter().any(|name| bench.wants(name)))
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let database = Database::new("localhost.localdev/sumdb");
    let upstream = Upstream::start();
    upstream.relay(&database);
    let go_mod = graph::publish(&upstream);
    // Kept to the end: a file system is slow at making files while it forgets many others.
    let mut leftovers = Leftovers::default();
    for latency in wanted {
        upstream.set_latency(Duration::from_millis(latency));
        let mut rounds = Vec::new();
        for number in 0..bench.rounds.div_ceil(2).next_multiple_of(2) {
            rounds.push(round(
                bench,
                &upstream,
                &database,
                &go_mod,
                number % 2 == 0,
                &mut leftovers,
            )?);
        }
        let [cold_name, warm_name] = names(latency);
        table.add(
            &cold_name,
            Bound::AtMost(COLD),
            median(rounds.iter().map(|round| round.cold.ratio()).collect()),
            "× straight",
            detail(&rounds.iter().map(|round| &round.cold).collect::<Vec<_>>()),
        );
        table.add(
            &warm_name,
            Bound::Below(1.0),
            median(rounds.iter().map(|round| round.warm.ratio()).collect()),
            "× straight",
            detail(&rounds.iter().map(|round| &round.warm).collect::<Vec<_>>()),
        );
    }
    Ok(())
}

/// What the runs leave behind.
#[derive(Default)]
struct Leftovers {
    clients: Vec<Go>,
    stores: Vec<TempDir>,
}

/// A download through modkeep and the one straight before it, in seconds.
struct Pair {
    straight: f64,
    through: f64,
    /// Processor time of modkeep.
    used: f64,
}

impl Pair {
    fn ratio(&self) -> f64 {
        self.through / self.straight
    }
}

struct Round {
    cold: Pair,
    warm: Pair,
}

fn round(
    bench: &Bench,
    upstream: &Upstream,
    database: &Database,
    go_mod: &str,
    straight_first: bool,
    leftovers: &mut Leftovers,
) -> Result<Round> {
    let mut timed = |goproxy: &str| download(goproxy, database, go_mod, &mut leftovers.clients);
    let store = tempfile::tempdir()?;
    let modkeep = start(bench, store.path(), upstream, database);
    let mut pair = || {
        // Whoever comes second finds a fuller file system: the order changes from round to round.
        let early = if straight_first {
            Some(timed(&upstream.url())?)
        } else {
            None
        };
        let before = modkeep.processor_seconds();
        let through = timed(modkeep.url())?;
        let used = modkeep.processor_seconds() - before;
        let straight = early.map_or_else(|| timed(&upstream.url()), Ok)?;
        anyhow::Ok(Pair {
            straight,
            through,
            used,
        })
    };
    let (cold, warm) = (pair()?, pair()?);
    drop(modkeep);
    leftovers.stores.push(store);
    Ok(Round { cold, warm })
}

fn detail(pairs: &[&Pair]) -> String {
    let middle = |figure: fn(&Pair) -> f64| median(pairs.iter().map(|pair| figure(pair)).collect());
    format!(
        "{:.2} s against {:.2} s; {:.2} s of processor in modkeep",
        middle(|pair| pair.through),
        middle(|pair| pair.straight),
        middle(|pair| pair.used)
    )
}

fn names(latency: u64) -> [String; 2] {
    [
        format!("cold go mod download of {MODULES} modules, upstream {latency} ms away"),
        format!("warm go mod download of {MODULES} modules, upstream {latency} ms away"),
    ]
}

fn start(bench: &Bench, store: &Path, upstream: &Upstream, database: &Database) -> Modkeep {
    let arguments = [
        "--upstream",
        &upstream.url(),
        "--sumdb",
        &database.gosumdb(),
        "--access-log",
        "off",
    ];
    ModkeepOptions::new(&bench.modkeep, store)
        .args(&arguments)
        .start()
}

/// Seconds of one `go mod download` into an empty module cache.
fn download(
    goproxy: &str,
    database: &Database,
    go_mod: &str,
    clients: &mut Vec<Go>,
) -> Result<f64> {
    let go = Go::new(goproxy, &database.gosumdb());
    go.write("go.mod", go_mod);
    // What the last run wrote is not this one's burden.
    Command::new("sync").status()?;
    let start = Instant::now();
    let outcome = go.run("mod download");
    let seconds = start.elapsed().as_secs_f64();
    ensure!(outcome.ok, "go mod download failed: {}", outcome.stderr);
    clients.push(go);
    Ok(seconds)
}
