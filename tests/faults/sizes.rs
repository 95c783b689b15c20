//! What is as large as it may be: served, within the memory that a server may take.

use testkit::Module;

use crate::row::Ask::{self, List, Mod, Zip};
use crate::row::{Fault, Row, Want};
use crate::site::Site;

/// Most memory that one answer of the largest size may take, in KiB: 150 MiB.
const PEAK_KIB: u64 = 150 << 10;

/// The largest that is taken of a list or go.mod.
const LARGEST: usize = 16 << 20;

/// Serves `bytes` as what is asked for.
fn check(ask: Ask, bytes: &[u8]) {
    let row = Row::new("large", ask, Fault::Set(|_| ()), Want::Right).exempt();
    let mut site = Site::start(vec![row]);
    let plot = site.plots.remove(0);
    let path = ask.path(&plot.module);
    plot.upstream.put(&path, bytes);
    let answer = site.get(&path);
    assert_eq!((answer.status, answer.complete), (200, true), "{ask:?}");
    assert!(answer.body == bytes, "{ask:?}: other bytes");
    let left = site.end();
    assert_eq!(left.verified, Some(0), "{}", left.findings);
    assert!(left.peak_kib < PEAK_KIB, "{ask:?}: {} KiB", left.peak_kib);
}

/// As many times `line`, numbered, as there is room for.
fn filled(start: &str, line: impl Fn(usize) -> String) -> Vec<u8> {
    let mut text = start.as_bytes().to_vec();
    let mut number = 0;
    loop {
        let next = line(number);
        if text.len() + next.len() > LARGEST {
            return text;
        }
        text.extend_from_slice(next.as_bytes());
        number += 1;
    }
}

#[test]
fn the_largest_list_is_served() {
    check(List, &filled("", |number| format!("v1.0.{number}\n")));
}

#[test]
fn the_largest_go_mod_is_served() {
    let start = "module large.exempt.example/m\n";
    check(
        Mod,
        &filled(start, |_| "require a.example/x v1.0.0\n".into()),
    );
    check(Mod, &filled(start, |_| "(".into()));
}

#[test]
fn a_zip_of_very_many_files_is_served() {
    let module = Module::new("large.exempt.example/m", "v1.0.0");
    let files = (0..50_000).map(|number| number.to_string());
    let module = files.fold(module, |module, name| module.file(&name, "x"));
    check(Zip, &module.zip_bytes());
}
