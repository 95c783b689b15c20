//! `modkeep verify`: hashes the whole store again and compares.

mod progress;
mod show;

use clap::Args;
use keeper::{VerifyOptions, VerifyReport};
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
It may run beside the server on the same store, but not with --repair.

Examples:
  modkeep verify
  modkeep verify --store /var/lib/modkeep --online
  modkeep verify --store /var/lib/modkeep --repair
  modkeep verify --format json";

/// Arguments of `modkeep verify`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Move what is damaged aside and fetch it again
    #[arg(long)]
    repair: bool,
    /// Ask the checksum database for what is not proven yet
    #[arg(long)]
    online: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
    #[command(flatten)]
    flags: Flags<{ scope::VERIFY }>,
}

/// Verifies the store and prints what is wrong with it. What reads JSON gets
/// some whatever happens, but for wrong usage.
pub(crate) fn run(env: &EnvSnapshot, arguments: &Arguments) -> Result<Exit, Failure> {
    let verified = verify(env, arguments);
    match (&verified, arguments.format) {
        (Ok(report), Format::Text) => print(&show::text(report, arguments.repair))?,
        (Ok(report), Format::Json) => print_json(&show::json(report))?,
        (Err(failure), Format::Json) if failure.exit != Exit::Usage => {
            print_json(&show::json(&VerifyReport::default()))?;
        }
        (Err(_), _) => {}
    }
    verified.map(|report| show::exit(&report))
}

fn verify(env: &EnvSnapshot, arguments: &Arguments) -> Result<VerifyReport, Failure> {
    let config = Config::load(env, &arguments.flags)?;
    if arguments.repair {
        // It fetches, as the server does.
        config.refuse_what_is_not_enforced()?;
    }
    logging::start(env, &config.log);
    let url = config.store()?;
    let opened = if arguments.repair {
        store::open(url)
    } else {
        store::open_read_only(url)
    };
    let opened = opened.map_err(store_failure)?;
    let wired = wire(env, &config, &opened)?;
    let runtime = Builder::new_multi_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Failure::unchecked(format!("cannot start threads: {error}")))?;
    let options = VerifyOptions {
        repair: arguments.repair,
        online: arguments.online,
    };
    runtime.block_on(async {
        let bar = progress::Bar::new();
        let report = wired
            .keeper
            .verify_store(options, |progress| bar.show(progress));
        let report = report.await.map_err(Failure::unchecked);
        bar.clear();
        // Opened for writing, the catalog is owed its rebuild as in the server.
        if arguments.repair {
            complete_catalog(&opened).await;
        }
        wired.keeper.close().await;
        report
    })
}
