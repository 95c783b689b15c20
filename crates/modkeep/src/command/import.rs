//! `modkeep import`: takes in what another proxy kept.

mod show;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};
use keeper::{Intake, IntakeProgress, IntakeReport, TreeLayout};
use platform::EnvSnapshot;
use tokio::runtime::Builder;

use crate::config::Config;
use crate::config::flags::Flags;
use crate::config::key::scope;
use crate::failure::{Exit, Failure};
use crate::logging;
use crate::output::{Format, print, print_json};
use crate::wiring::{complete_catalog, store_failure, wire};

const EXAMPLES: &str = "\
Every file is verified before it is taken in: its shape, and its hash in the checksum database.
What is wrong is named and left out. An import that was broken off is begun again with the same
command: what is held already is passed over. No server may use the store meanwhile.

Examples:
  modkeep import athens /var/lib/athens --store /var/lib/modkeep
  modkeep import cache \"$(go env GOMODCACHE)\"
  modkeep import cache /srv/goproxy --format json
  modkeep import athens /var/lib/athens --private 'git.corp.example' --from-source https://goproxy.corp.example";

/// Arguments of `modkeep import`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

/// Whose tree it is.
#[derive(Debug, Subcommand)]
enum What {
    /// The folder of Athens' disk store: PATH/VERSION/{go.mod,source.zip,VERSION.info}
    #[command(after_help = EXAMPLES)]
    Athens(Tree),
    /// Go's download cache, or a proxy's folder of that layout: PATH/@v/VERSION.{info,mod,zip}
    #[command(after_help = EXAMPLES)]
    Cache(Tree),
}

/// A tree that is to be taken in.
#[derive(Debug, Args)]
struct Tree {
    /// The folder; of a GOMODCACHE, its cache/download is meant
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Where modules that no checksum database vouches for came from. If their route names it they
    /// are served as they are; else they are compared with their route's when first asked for
    #[arg(long, value_name = "URL", default_value = "import")]
    from_source: String,
    /// How the report is printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
    #[command(flatten)]
    flags: Flags<{ scope::VERIFY }>,
}

/// Takes in a tree and prints what became of it. What reads JSON gets some
/// whatever happens, but for wrong usage.
pub(crate) fn run(env: &EnvSnapshot, arguments: &Arguments) -> Result<Exit, Failure> {
    let (tree, layout) = match &arguments.what {
        What::Athens(tree) => (tree, TreeLayout::Athens),
        What::Cache(tree) => (tree, TreeLayout::GoCache),
    };
    let imported = import(env, tree, layout);
    match (&imported, tree.format) {
        (Ok(report), Format::Text) => print(&show::text(report))?,
        (Ok(report), Format::Json) => print_json(&show::json(report))?,
        (Err(failure), Format::Json) if failure.exit != Exit::Usage => {
            print_json(&show::json(&IntakeReport::default()))?;
        }
        (Err(_), _) => {}
    }
    imported.map(|report| show::exit(&report))
}

fn import(env: &EnvSnapshot, tree: &Tree, layout: TreeLayout) -> Result<IntakeReport, Failure> {
    let config = Config::load(env, &tree.flags)?;
    config.refuse_what_is_not_enforced()?;
    check_folder(&tree.folder)?;
    logging::start(env, &config.log);
    let opened = store::open(config.store()?).map_err(store_failure)?;
    let wired = wire(env, &config, &opened)?;
    let runtime = Builder::new_multi_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Failure::unchecked(format!("cannot start threads: {error}")))?;
    let intake = Intake {
        root: tree.folder.clone(),
        layout,
        source: tree.from_source.clone(),
    };
    runtime.block_on(async {
        // Before, since what is taken in comes into it by itself.
        complete_catalog(&opened).await;
        let bar = bar();
        let show = |done: IntakeProgress| {
            bar.set_position(done.files);
            bar.set_message(HumanBytes(done.bytes).to_string());
        };
        let report = wired.keeper.take_in(intake, show).await;
        bar.finish_and_clear();
        wired.keeper.close().await;
        report.map_err(Failure::unchecked)
    })
}

/// A folder that is not there is wrong usage, found out before a store is made.
fn check_folder(folder: &Path) -> Result<(), Failure> {
    let shown = folder.display();
    match std::fs::metadata(folder) {
        Ok(metadata) if metadata.is_dir() => Ok(()),
        Ok(_) => Err(Failure::usage(format!("{shown} is not a folder"))
            .hint("name the folder that the other proxy keeps its modules in")),
        Err(error) => Err(Failure::usage(format!("{shown}: {error}"))
            .hint("name the folder that the other proxy keeps its modules in")),
    }
}

/// Shown only where standard error is a terminal.
fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {pos} files looked at, {msg} taken in");
    let bar = ProgressBar::no_length();
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}
