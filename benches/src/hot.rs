//! Hot requests: what is held already, against nginx serving the same files.

use anyhow::{Result, ensure};
use testkit::{Database, Modkeep, ModkeepOptions, Module, Upstream, client};

use crate::nginx::Nginx;
use crate::table::{Bound, Table};
use crate::{Bench, median, wrk};

/// One line: what is asked, from how many connections, and the bound.
struct Line {
    name: &'static str,
    path: &'static str,
    connections: u32,
    bound: Bound,
}

const LINES: [Line; 5] = [
    Line {
        name: "hot .info, requests a second",
        path: "example.com/small/@v/v1.0.0.info",
        connections: 64,
        bound: Bound::AtLeast(0.8),
    },
    Line {
        name: "hot .mod, requests a second",
        path: "example.com/small/@v/v1.0.0.mod",
        connections: 64,
        bound: Bound::AtLeast(0.8),
    },
    Line {
        name: "hot list, requests a second",
        path: "example.com/small/@v/list",
        connections: 64,
        bound: Bound::AtLeast(0.8),
    },
    Line {
        name: "hot 50 KB zip, requests a second",
        path: "example.com/small/@v/v1.0.0.zip",
        connections: 64,
        bound: Bound::AtLeast(0.7),
    },
    Line {
        name: "hot 24 MB zip, bytes a second",
        path: "example.com/large/@v/v1.0.0.zip",
        connections: 8,
        bound: Bound::AtLeast(0.8),
    },
];

/// How many versions the list has.
const VERSIONS: usize = 40;

pub(crate) fn measure(bench: &Bench, table: &mut Table) -> Result<()> {
    if LINES.iter().all(|line| !bench.wants(line.name)) {
        return Ok(());
    }
    let database = Database::new("localhost.localdev/sumdb");
    let upstream = Upstream::start();
    upstream.relay(&database);
    for minor in 0..VERSIONS {
        upstream.add(&Module::new("example.com/small", &format!("v1.{minor}.0")).ballast(50_000));
    }
    upstream.add(&Module::new("example.com/large", "v1.0.0").ballast(24 << 20));
    for access_log in [false, true] {
        let store = tempfile::tempdir()?;
        let log = if access_log {
            store.path().join("access.log").display().to_string()
        } else {
            "off".to_owned()
        };
        let options = ModkeepOptions::new(&bench.modkeep, store.path())
            .args(&[
                "--upstream",
                &upstream.url(),
                "--sumdb",
                &database.gosumdb(),
                "--access-log",
                &log,
            ])
            // Lists stay fresh for the whole run: what is measured is a hit.
            .args(&["--list-ttl", "1h"]);
        let modkeep = options.start();
        for line in &LINES {
            fill(&modkeep, line.path)?;
        }
        // The list that nginx serves is the one modkeep serves.
        let list = store
            .path()
            .join("cache/download/example.com/small/@v/list");
        std::fs::write(
            &list,
            client::get(modkeep.authority(), "/example.com/small/@v/list").body,
        )?;
        let nginx = Nginx::start(&store.path().join("cache/download"), access_log)?;
        for line in LINES.iter().filter(|line| bench.wants(line.name)) {
            compare(bench, line, access_log, [modkeep.url(), &nginx.url], table)?;
        }
    }
    Ok(())
}

fn fill(modkeep: &Modkeep, path: &str) -> Result<()> {
    let answer = client::get(modkeep.authority(), &format!("/{path}"));
    ensure!(
        answer.status == 200 && answer.complete,
        "{path}: {} {}",
        answer.status,
        answer.text()
    );
    Ok(())
}

fn compare(
    bench: &Bench,
    line: &Line,
    access_log: bool,
    [ours, theirs]: [&str; 2],
    table: &mut Table,
) -> Result<()> {
    let mut ratios = Vec::new();
    let (mut us, mut them) = (Vec::new(), Vec::new());
    for _ in 0..bench.rounds {
        let our = wrk::run(
            &format!("{ours}/{}", line.path),
            line.connections,
            bench.seconds,
        )?
        .requests;
        let their = wrk::run(
            &format!("{theirs}/{}", line.path),
            line.connections,
            bench.seconds,
        )?
        .requests;
        ratios.push(our / their);
        us.push(our);
        them.push(their);
    }
    let (name, bound) = if access_log {
        (format!("{}, access log on", line.name), Bound::None)
    } else {
        (line.name.to_owned(), line.bound)
    };
    let detail = format!(
        "{:.0} against {:.0} requests a second",
        median(us),
        median(them)
    );
    table.add(&name, bound, median(ratios), "× nginx", detail);
    Ok(())
}
