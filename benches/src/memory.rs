//! One fetch for fifty clients, nothing fetched that was not asked, and memory.

use std::thread;

use anyhow::{Result, ensure};
use testkit::{Database, ModkeepOptions, Module, Upstream, client};

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
    let modules: Vec<Module> = (0..5)
        .map(|number| {
            Module::new(&format!("example.com/big{number}"), "v1.0.0").ballast(ZIP_BYTES + number)
        })
        .collect();
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
    table.add(
        "resident memory, idle",
        Bound::AtMost(30.0),
        mebibytes(modkeep.memory_kib().0),
        "MB",
        String::new(),
    );

    let one = &modules[0];
    ensure!(
        client::get(modkeep.authority(), &format!("/{}", one.url_path("mod"))).status == 200,
        "no .mod"
    );
    let zip = one.url_path("zip");
    let bytes = if upstream.count(&zip) == 0 {
        0.0
    } else {
        ZIP_BYTES as f64
    };
    table.add(
        "one cold .mod",
        Bound::AtMost(0.0),
        bytes,
        "zip bytes from upstream",
        String::new(),
    );

    pull(&modkeep.authority().to_owned(), &[one])?;
    let fetches = upstream.count(&zip);
    table.add(
        "50 clients, one cold zip",
        Bound::AtMost(1.0),
        fetches as f64,
        "upstream requests",
        String::new(),
    );

    for _ in 0..2 {
        pull(
            &modkeep.authority().to_owned(),
            &modules.iter().collect::<Vec<_>>(),
        )?;
    }
    table.add(
        "resident memory, 50 clients pulling 20 MB zips",
        Bound::AtMost(150.0),
        mebibytes(modkeep.memory_kib().1),
        "MB",
        "the highest, cold and hot".to_owned(),
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
    kibibytes as f64 / 1024.0
}
