//! One fetch for fifty clients, nothing fetched that was not asked, and memory.

use std::thread;

use anyhow::{Result, ensure};
use testkit::{Database, Modkeep, ModkeepOptions, Module, Upstream, client};

use crate::Bench;
use crate::table::{Bound, Table};

const CLIENTS: usize = 50;
const ZIP_BYTES: usize = 20 << 20;

pub(crate) fn measure(bench: &Bench, table: &mut Table) -> Result<()> {
    if !bench.wants("one fetch, memory") {
        return Ok(());
    }
    let database = Database::new("localhost.localdev/sumdb");
    let upstream = Upstream::start();
    upstream.relay(&database);
    let modules: Vec<Module> = (0..5).map(big).collect();
    for module in &modules {
        upstream.add(module);
    }
    let store = tempfile::tempdir()?;
    let arguments = [
        "--upstream",
        &upstream.url(),
        "--sumdb",
        &database.gosumdb(),
        "--access-log",
        "off",
    ];
    let modkeep = ModkeepOptions::new(&bench.modkeep, store.path())
        .args(&arguments)
        .start();
    ensure!(
        client::get(modkeep.authority(), "/healthz").status == 200,
        "it is not well"
    );
    let idle = mebibytes(modkeep.memory_kib().0);
    table.add(
        "resident memory, idle",
        Bound::AtMost(30.0),
        idle,
        "MB",
        String::new(),
    );
    fetch_once(&upstream, &modkeep, &modules[0], table)?;
    let all: Vec<&Module> = modules.iter().collect();
    for _ in 0..2 {
        pull(modkeep.authority(), &all)?;
    }
    let peak = mebibytes(modkeep.memory_kib().1);
    let name = "resident memory, 50 clients pulling 20 MB zips";
    table.add(
        name,
        Bound::AtMost(150.0),
        peak,
        "MB",
        "the highest, cold and hot".to_owned(),
    );
    Ok(())
}

fn big(number: usize) -> Module {
    Module::new(&format!("example.com/big{number}"), "v1.0.0").ballast(ZIP_BYTES + number)
}

/// What a `.mod` and fifty clients of one zip cost upstream.
fn fetch_once(
    upstream: &Upstream,
    modkeep: &Modkeep,
    module: &Module,
    table: &mut Table,
) -> Result<()> {
    let (go_mod, zip) = (module.url_path("mod"), module.url_path("zip"));
    let before = upstream.bytes_sent();
    let answer = client::get(modkeep.authority(), &format!("/{go_mod}"));
    ensure!(answer.status == 200, "no .mod: {}", answer.text());
    let zips = u32::try_from(upstream.count(&zip))?;
    let detail = format!("{} bytes of all kinds", upstream.bytes_sent() - before);
    let bytes = f64::from(zips) * f64::from(u32::try_from(ZIP_BYTES)?);
    table.add(
        "one cold .mod",
        Bound::AtMost(0.0),
        bytes,
        "zip bytes from upstream",
        detail,
    );
    pull(modkeep.authority(), &[module])?;
    let fetches = f64::from(u32::try_from(upstream.count(&zip))?);
    let name = "50 clients, one cold zip";
    table.add(
        name,
        Bound::AtMost(1.0),
        fetches,
        "upstream requests",
        String::new(),
    );
    Ok(())
}

/// Fifty clients at once, each for one of the modules' zips.
fn pull(authority: &str, modules: &[&Module]) -> Result<()> {
    let pulls: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let (authority, module) = (
                authority.to_owned(),
                modules[number % modules.len()].clone(),
            );
            thread::spawn(move || {
                let answer = client::get(&authority, &format!("/{}", module.url_path("zip")));
                answer.status == 200 && answer.complete && answer.body.len() > ZIP_BYTES
            })
        })
        .collect();
    for pull in pulls {
        ensure!(pull.join().unwrap_or(false), "a client did not get its zip");
    }
    Ok(())
}

fn mebibytes(kibibytes: u64) -> f64 {
    // A process of more than four tebibytes measures wrong, and has other troubles.
    f64::from(u32::try_from(kibibytes).unwrap_or(u32::MAX)) / 1024.0
}
