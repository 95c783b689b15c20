//! `modkeep route`: whom one would ask for a module, in order, and what each
//! kind of answer leads to.

mod client;
mod server;
mod show;

use clap::Args;
use goenv::Release;
use gomod::ModulePath;
use platform::EnvSnapshot;

use crate::config::flags::Flags;
use crate::config::key::scope;
use crate::failure::{Exit, Failure};
use crate::output::{self, Format, print, print_json};

const EXAMPLES: &str = "\
Without --policy, --upstream or --config it answers for a `go` in this environment.

Examples:
  modkeep route golang.org/x/tools@latest
  GOPRIVATE=git.corp.example modkeep route git.corp.example/team/lib
  modkeep route --go 1.14 rsc.io/quote
  modkeep route --policy policy.toml --format json rsc.io/quote@v1.5.2";

/// Arguments of `modkeep route`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Modules to answer for
    #[arg(required = true, value_name = "MODULE[@VERSION]", value_parser = Asked::parse)]
    modules: Vec<Asked>,
    /// Answer for this release of Go instead of the installed one
    #[arg(long, value_name = "VERSION", value_parser = release)]
    go: Option<Release>,
    /// How to print it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
    #[command(flatten)]
    flags: Flags<{ scope::ROUTE }>,
}

/// A module that is asked about.
#[derive(Clone, Debug)]
struct Asked {
    path: ModulePath,
    /// A version or query, as it was written.
    version: Option<String>,
}

impl Asked {
    fn parse(text: &str) -> Result<Self, String> {
        let (path, version) = match text.split_once('@') {
            Some((_, "")) => return Err("there is no version behind the @".to_owned()),
            Some((path, version)) => (path, Some(version.to_owned())),
            None => (text, None),
        };
        let path = ModulePath::parse(path).map_err(|error| error.to_string())?;
        Ok(Self { path, version })
    }
}

fn release(text: &str) -> Result<Release, String> {
    Release::parse(text).map_err(|error| error.to_string())
}

/// The answer for one module.
struct Routed {
    asked: Asked,
    /// The pattern that decided, if one did.
    pattern: Option<String>,
    /// Where the answer comes from, for people.
    because: String,
    steps: Vec<Step>,
    /// Further lines for people: what is not asked, and why.
    notes: Vec<String>,
}

/// One source, and whether the next is asked after each kind of failure.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    /// As written, without a password.
    source: String,
    /// 404 or 410.
    on_absent: Then,
    /// 401 or 403.
    on_denied: Then,
    /// 5xx, a refused connection, silence.
    on_error: Then,
}

/// What follows a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Next,
    Stop,
}

impl Then {
    fn next_if(goes_on: bool) -> Self {
        if goes_on { Self::Next } else { Self::Stop }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Stop => "stop",
        }
    }
}

/// Prints whom one would ask.
pub(crate) fn run(env: &EnvSnapshot, arguments: &Arguments) -> Result<Exit, Failure> {
    let flags = &arguments.flags;
    let for_server = flags.config.is_some() || flags.has("policy") || flags.has("upstream");
    if for_server && arguments.go.is_some() {
        return Err(Failure::usage(
            "--go is for a client's answer: leave it out with --policy, --upstream or --config",
        ));
    }
    let routed = if for_server {
        Ok(server::route(env, flags, &arguments.modules)?)
    } else {
        client::route(env, arguments.go, &arguments.modules)
    };
    match (routed, arguments.format) {
        (Ok(routed), Format::Text) => print(&show::text(&routed))?,
        (Ok(routed), Format::Json) => print_json(&show::json(&routed))?,
        (Err(refused), format) => {
            output::complain(&refused);
            if format == Format::Json {
                print_json(&show::json(&[]))?;
            }
            return Ok(refused.exit);
        }
    }
    Ok(Exit::Well)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_checked_as_go_checks_them() {
        let table = [
            ("rsc.io/quote", Ok(("rsc.io/quote", None))),
            ("rsc.io/quote@v1.5.2", Ok(("rsc.io/quote", Some("v1.5.2")))),
            (
                "rsc.io/quote@feature/x",
                Ok(("rsc.io/quote", Some("feature/x"))),
            ),
            ("rsc.io/quote@", Err("there is no version behind the @")),
            (
                "quote",
                Err("malformed module path \"quote\": missing dot in first path element"),
            ),
        ];
        for (text, wanted) in table {
            let asked = Asked::parse(text);
            let found = asked
                .as_ref()
                .map(|asked| (asked.path.as_str(), asked.version.as_deref()));
            assert_eq!(found.map_err(String::as_str), wanted, "{text}");
        }
    }
}
