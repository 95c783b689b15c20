//! `modkeep explain`, on what real `go` commands print.

use std::time::Duration;

use testkit::{deadline, find_go};

use crate::provoked::provoke;
use crate::provoked::rows::{PROXY, REPOSITORY, Row, SETTINGS};

/// So that a test ends.
const WITHIN: Duration = Duration::from_mins(10);

fn provoke_here(rows: &'static [Row]) {
    deadline(WITHIN, || provoke(rows, &find_go()));
}

#[test]
fn what_proxies_make_go_say_is_explained() {
    provoke_here(PROXY);
}

#[test]
fn what_settings_make_go_say_is_explained() {
    provoke_here(SETTINGS);
}

#[test]
fn what_repositories_make_go_say_is_explained() {
    provoke_here(REPOSITORY);
}
