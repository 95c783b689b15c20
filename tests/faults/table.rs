//! The table of what upstreams do wrong, and its tests.

use std::sync::Mutex;
use std::thread;

use crate::row::Row;
use crate::site::{Plot, Site};
use crate::{encodings, judge, lists, metadata, redirects, statuses, streams, transport, zips};

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
        let logged = judge::judge_log(plot, &left.log);
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

#[test]
fn every_row_has_a_name_and_a_module_of_its_own() {
    let mut hosts: Vec<String> = rows().iter().map(Row::host).collect();
    hosts.sort_unstable();
    let count = hosts.len();
    hosts.dedup();
    assert_eq!(hosts.len(), count);
}
