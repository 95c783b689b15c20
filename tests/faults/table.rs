//! The table of what upstreams do wrong, and its tests.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use testkit::client;

use crate::row::Row;
use crate::site::{Plot, Site};
use crate::{
    encodings, judge, lists, metadata, oddities, redirects, statuses, streams, transport, zips,
};

/// Rows that are played at a time: each waits for something most of the time.
const PLAYERS: usize = 6;

/// Most memory that all rows together may take, in KiB: 150 MiB.
const PEAK_KIB: u64 = 150 << 10;

fn rows() -> Vec<Row> {
    [
        zips::rows(),
        lists::rows(),
        metadata::rows(),
        statuses::rows(),
        transport::rows(),
        redirects::rows(),
        encodings::rows(),
        oddities::rows(),
        streams::rows(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn every_fault_of_an_upstream_is_told_and_survived() {
    let mut site = Site::start(rows());
    let plots = std::mem::take(&mut site.plots);
    let count = plots.len();
    let waiting = Mutex::new(plots.into_iter().enumerate());
    let played = Mutex::new(Vec::new());
    let play = || {
        loop {
            let Some((number, mut plot)) = waiting.lock().unwrap().next() else {
                return;
            };
            let wrongs = judge::play(&site, &mut plot, number);
            played.lock().unwrap().push((plot, wrongs));
        }
    };
    thread::scope(|scope| {
        for _ in 0..PLAYERS {
            scope.spawn(play);
        }
    });
    let asked = site.stranger.seen();
    assert!(asked.is_empty(), "a stranger was asked: {asked:?}");
    let left = site.end();
    let mut told = Vec::new();
    let played: Vec<(Plot, Vec<String>)> = played.into_inner().unwrap();
    for (plot, wrongs) in &played {
        let logged = judge::judge_left(plot, &left);
        told.extend(
            wrongs
                .iter()
                .chain(&logged)
                .map(|wrong| format!("{} ({:?}): {wrong}", plot.row.name, plot.row.ask)),
        );
    }
    assert!(
        told.is_empty(),
        "{} wrongs\n{}",
        told.len(),
        told.join("\n")
    );
    assert!(count >= 60, "{count} rows");
    assert_eq!(left.code, Some(0), "{}", left.said);
    assert!(!left.said.contains("panicked"), "{}", left.said);
    assert_eq!(left.spooled, Vec::<std::path::PathBuf>::new());
    assert_eq!(left.verified, Some(0), "{}", left.findings);
    assert!(left.peak_kib < PEAK_KIB, "{} KiB", left.peak_kib);
}

/// Whoever asks for one thing at the same time is told the same, and the upstream is asked no more often.
#[test]
fn all_who_wait_are_told_the_same() {
    const CLIENTS: usize = 20;
    let chosen = [
        "silence within a zip",
        "500 for a zip",
        "endless list",
        "latest of another major",
    ];
    let mut wanted = rows();
    wanted.retain(|row| chosen.contains(&row.name));
    let mut site = Site::start(wanted);
    let mut plots = std::mem::take(&mut site.plots);
    assert_eq!(plots.len(), chosen.len());
    for plot in &mut plots {
        plot.break_it(&site.stranger);
        plot.upstream.set_latency(Duration::from_millis(500));
        let path = plot.row.ask.path(&plot.module);
        let told = thread::scope(|scope| {
            let ask = || scope.spawn(|| site.get(&path));
            let clients: Vec<_> = std::iter::repeat_with(ask).take(CLIENTS).collect();
            let answers = clients.into_iter().map(|client| client.join().unwrap());
            answers
                .map(|answer| (answer.status, answer.text()))
                .collect::<BTreeSet<_>>()
        });
        assert_eq!(told.len(), 1, "{}: {told:?}", plot.row.name);
        let asked = plot.upstream.count(&path);
        assert!(
            asked < CLIENTS / 2,
            "{} was asked {asked} times",
            plot.row.name
        );
    }
    assert_eq!(site.end().spooled, Vec::<std::path::PathBuf>::new());
}

/// HEAD is told the same as GET, without the text.
#[test]
fn heads_are_refused_alike() {
    let chosen = [
        "html for an info",
        "404",
        "zip that the database does not have so",
        "retry after seconds",
    ];
    let mut wanted = rows();
    wanted.retain(|row| chosen.contains(&row.name));
    let mut site = Site::start(wanted);
    for plot in &mut std::mem::take(&mut site.plots) {
        plot.break_it(&site.stranger);
        let path = format!("/{}", plot.row.ask.path(&plot.module));
        let authority = site.server.authority();
        let head = client::request(authority, "HEAD", &path, &[]);
        let get = client::get(authority, &path);
        assert!(get.status >= 400, "{}", plot.row.name);
        assert_eq!(
            (head.status, head.body.len()),
            (get.status, 0),
            "{}",
            plot.row.name
        );
        for name in [
            "retry-after",
            "cache-control",
            "content-type",
            "content-length",
        ] {
            assert_eq!(
                head.header(name),
                get.header(name),
                "{}: {name}",
                plot.row.name
            );
        }
    }
}

#[test]
fn every_row_has_a_name_and_a_module_of_its_own() {
    let mut hosts: Vec<String> = rows().iter().map(Row::host).collect();
    hosts.sort_unstable();
    let count = hosts.len();
    hosts.dedup();
    assert_eq!(hosts.len(), count);
}
