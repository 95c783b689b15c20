//! Records what two real `go` commands do with drawn strings into a file:
//! `record-truth FILE`. The older `go` comes through the chain of the
//! environment it is started in.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "test code"
)]

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

use testkit::truth::{self, COUNT, SEED};

/// The last release of the line that brought `go.env`.
const OLD: &str = "go1.21.13";

fn main() {
    let file = std::env::args_os().nth(1).expect("record-truth FILE");
    let workers = std::thread::available_parallelism().map_or(2, |cores| cores.get() + 1);
    let cases = truth::draw(SEED, COUNT);
    let old = program(OLD);
    let new = program("local");
    let was = truth::observe_all(&old.1, &cases, workers);
    let is = truth::observe_all(&new.1, &cases, workers);
    let mut text = format!(
        "# What go does: written by `cargo xtask truth`, seed {SEED}, with {} and {}.\n\
         # toolchains, GOPROXY, GOPRIVATE, GONOPROXY, GONOSUMDB, GOSUMDB, module, asked, sums, said\n",
        old.0, new.0
    );
    for ((case, was), is) in cases.iter().zip(&was).zip(&is) {
        if was == is {
            writeln!(text, "{}", truth::line("both", case, is)).unwrap();
        } else {
            writeln!(text, "{}", truth::line(&old.0, case, was)).unwrap();
            writeln!(text, "{}", truth::line(&new.0, case, is)).unwrap();
        }
    }
    std::fs::write(file, text).unwrap();
}

/// The name and the program of the toolchain that GOTOOLCHAIN=`wanted` gives.
fn program(wanted: &str) -> (String, PathBuf) {
    let output = Command::new(testkit::find_go())
        .args(["env", "GOVERSION", "GOROOT"])
        .env("GOTOOLCHAIN", wanted)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (version, goroot) = text.split_once('\n').expect("go env failed");
    (
        version.to_owned(),
        PathBuf::from(goroot.trim()).join("bin/go"),
    )
}
