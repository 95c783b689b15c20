//! What an older `go` prints is explained like what the one of today prints.

use std::path::Path;

use testkit::deadline;

use crate::network::{WITHIN, straight};
use crate::provoked::provoke;
use crate::provoked::rows::{PROXY, REPOSITORY, SETTINGS};
use crate::toolchains::install;

#[test]
fn go_1_21_is_explained() {
    deadline(WITHIN, || {
        let (goroot, _holder) = install(straight(), "go1.21.13");
        let program = Path::new(&goroot).join("bin/go");
        for rows in [PROXY, SETTINGS, REPOSITORY] {
            provoke(rows, &program);
        }
    });
}
