//! `modkeep version`: which modkeep this is.

use clap::Args;
use serde_json::json;

use crate::failure::{Exit, Failure};
use crate::output::{Format, print, print_json};

const EXAMPLES: &str = "\
Examples:
  modkeep version
  modkeep version --format json";

/// Arguments of `modkeep version`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// How to print it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// Version of this build.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Commit of this build, or `unknown`.
pub(crate) const REVISION: &str = env!("BUILD_REVISION");
/// Compiler of this build.
pub(crate) const RUSTC: &str = env!("BUILD_RUSTC");
/// What this build can do that another might not: the stores it knows.
const FEATURES: [&str; 2] = ["store-disk", "store-memory"];

/// Prints version, commit, compiler and features.
pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    match arguments.format {
        Format::Text => {
            let features = FEATURES.join(" ");
            print(&format!(
                "modkeep {VERSION}\nrevision {REVISION}\nrustc {RUSTC}\nfeatures {features}\n"
            ))?;
        }
        Format::Json => print_json(&json!({
            "schema": 1,
            "version": VERSION,
            "revision": REVISION,
            "rustc": RUSTC,
            "features": FEATURES,
        }))?,
    }
    Ok(Exit::Well)
}
