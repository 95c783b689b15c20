//! Records what real `go` commands do, for the tests that hold our parsers against it.

use anyhow::Result;

use crate::shell::{cargo, root, step};

/// Where the rows are kept.
const FILE: &str = "crates/goenv/testdata/truth.tsv";

/// Draws the cases and writes the file anew.
pub(crate) fn run() -> Result<()> {
    let mut record = cargo(&["run", "--package", "testkit", "--bin", "record-truth", "--"]);
    record.arg(root().join(FILE));
    step("truth", &mut record)
}
