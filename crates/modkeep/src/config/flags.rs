//! Flags for the settings, made from the list of settings.

use clap::error::Error;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use crate::config::key::{CONFIG, KEYS, Key, Kind};
use crate::config::layer::{Setting, Source};

/// The settings that were given as flags of a command in `SCOPE`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flags<const SCOPE: u8> {
    pub(crate) settings: Vec<Setting>,
    pub(crate) config: Option<String>,
}

impl<const SCOPE: u8> Flags<SCOPE> {
    /// Whether `name` was given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.settings.iter().any(|setting| setting.key.name == name)
    }
}

impl<const SCOPE: u8> Args for Flags<SCOPE> {
    fn augment_args(command: Command) -> Command {
        let flags = KEYS.iter().filter(|key| key.has_flag(SCOPE));
        flags
            .chain([&CONFIG])
            .fold(command, |command, key| command.arg(argument(key)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<const SCOPE: u8> FromArgMatches for Flags<SCOPE> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let given = |key: &Key| matches.get_one::<String>(key.name).cloned();
        let settings = KEYS
            .iter()
            .filter(|key| key.has_flag(SCOPE))
            .filter_map(|key| {
                let source = Source::Flag(format!("--{}", key.flag()));
                Some(Setting {
                    key,
                    text: given(key)?,
                    source,
                })
            });
        Ok(Self {
            settings: settings.collect(),
            config: given(&CONFIG),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn argument(key: &Key) -> Arg {
    let help = if key.default == "none" {
        key.help.to_owned()
    } else {
        format!("{} [default: {}]", key.help, key.default)
    };
    let argument = Arg::new(key.name)
        .long(key.flag())
        .value_name(key.value)
        .help(help)
        .help_heading("Settings");
    match key.kind {
        Kind::Switch => argument
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true"),
        _ => argument,
    }
}
