//! Measures modkeep against nginx serving the same files, and against `go` asking the same upstream
//! without a proxy between, and prints one table. Figures are ratios within one run: the two sides take
//! turns, and the median of the ratios counts, so that a noisy machine shifts both.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it is a program that prints"
)]

mod audit;
mod cold;
mod graph;
mod hot;
mod memory;
mod nginx;
mod start;
mod table;
mod wrk;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::table::Table;

/// How and what to measure.
#[derive(Parser)]
struct Options {
    /// The modkeep to measure, a release build
    #[arg(long)]
    modkeep: PathBuf,
    /// Only the lines whose names contain this
    #[arg(long, default_value = "")]
    only: String,
    /// Fewer and shorter runs: for a first look, not for a claim
    #[arg(long)]
    quick: bool,
    /// Write the table with date and machine to this file
    #[arg(long)]
    markdown: Option<PathBuf>,
}

/// What every measurement needs to know.
struct Bench {
    modkeep: String,
    only: String,
    /// How often the two sides take turns.
    rounds: usize,
    /// Seconds of one run of load.
    seconds: u32,
}

impl Bench {
    /// Whether a line is asked for.
    fn wants(&self, name: &str) -> bool {
        name.contains(&self.only)
    }
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(3)
        }
    }
}

fn run(options: &Options) -> Result<bool> {
    let bench = Bench {
        modkeep: options.modkeep.display().to_string(),
        only: options.only.clone(),
        rounds: if options.quick { 3 } else { 7 },
        seconds: if options.quick { 1 } else { 3 },
    };
    let mut table = Table::default();
    hot::measure(&bench, &mut table)?;
    cold::measure(&bench, &mut table)?;
    memory::measure(&bench, &mut table)?;
    start::measure(&bench, &mut table)?;
    audit::measure(&bench, &mut table)?;
    println!("\n{}", table.text());
    if let Some(file) = &options.markdown {
        table.write_markdown(file)?;
    }
    Ok(table.all_met())
}

/// The middle of some figures; of an even number, half way between the two in the middle.
fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    let middle = |at: usize| figures.get(at).copied().unwrap_or(f64::NAN);
    let half = figures.len() / 2;
    if figures.len() % 2 == 1 {
        middle(half)
    } else {
        f64::midpoint(middle(half.wrapping_sub(1)), middle(half))
    }
}
