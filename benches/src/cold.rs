//! A whole `go mod download`, through modkeep and straight at the same upstream.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use testkit::{Database, Go, Modkeep, ModkeepOptions, Module, Upstream};

use crate::table::{Bound, Table};
use crate::{Bench, median};

/// How many modules the graph has.
const MODULES: usize = 331;

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
    let go_mod = publish(&upstream);
    for latency in wanted {
        upstream.set_latency(Duration::from_millis(latency));
        let (mut cold, mut warm) = (Vec::new(), Vec::new());
        let mut seconds = [Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..bench.rounds.div_ceil(2) {
            let straight = download(&upstream.url(), &database, &go_mod)?;
            let store = tempfile::tempdir()?;
            let modkeep = start(bench, store.path(), &upstream, &database);
            let first = download(modkeep.url(), &database, &go_mod)?;
            let second = download(modkeep.url(), &database, &go_mod)?;
            cold.push(first / straight);
            warm.push(second / straight);
            for (all, one) in seconds.iter_mut().zip([straight, first, second]) {
                all.push(one);
            }
        }
        let [straight, first, second] = seconds.map(median);
        let [cold_name, warm_name] = names(latency);
        table.add(
            &cold_name,
            Bound::AtMost(COLD),
            median(cold),
            "× straight",
            format!("{first:.2} s against {straight:.2} s"),
        );
        table.add(
            &warm_name,
            Bound::Below(1.0),
            median(warm),
            "× straight",
            format!("{second:.2} s against {straight:.2} s"),
        );
    }
    Ok(())
}

fn names(latency: u64) -> [String; 2] {
    [
        format!("cold go mod download of {MODULES} modules, upstream {latency} ms away"),
        format!("warm go mod download of {MODULES} modules, upstream {latency} ms away"),
    ]
}

/// Puts the graph on the upstream; gives back the go.mod that requires all of it. Sizes are those of a real
/// graph: most zips some tens of kilobytes, a few some megabytes.
fn publish(upstream: &Upstream) -> String {
    let mut go_mod = "module example.com/main\n\ngo 1.21\n\nrequire (\n".to_owned();
    for number in 0..MODULES {
        let bytes = match number % 50 {
            0 => 3 << 20,
            1..5 => 400_000,
            rest => 8_000 + rest * 1_500,
        };
        let path = format!("example.com/graph/m{number:03}");
        let mut module = Module::new(&path, "v1.2.3").ballast(bytes);
        if let Some(next) = (number + 1 < MODULES).then_some(number + 1) {
            module = module.require(&format!("example.com/graph/m{next:03}"), "v1.2.3");
        }
        upstream.add(&module);
        go_mod.extend(["\t", &path, " v1.2.3\n"]);
    }
    go_mod + ")\n"
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
fn download(goproxy: &str, database: &Database, go_mod: &str) -> Result<f64> {
    let go = Go::new(goproxy, &database.gosumdb());
    go.write("go.mod", go_mod);
    let start = Instant::now();
    let outcome = go.run("mod download");
    let seconds = start.elapsed().as_secs_f64();
    ensure!(outcome.ok, "go mod download failed: {}", outcome.stderr);
    Ok(seconds)
}
