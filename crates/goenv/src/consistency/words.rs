//! Values that `go` refuses by themselves, whatever the others are.

use super::{Effect, Inconsistency, Settings, found};
use crate::check::quoted_words;

/// Flags of builds that take a value (cmd/go/internal/work, `AddBuildFlags`).
const VALUED_FLAGS: [&str; 15] = [
    "asmflags",
    "buildmode",
    "compiler",
    "covermode",
    "coverpkg",
    "gccgoflags",
    "gcflags",
    "ldflags",
    "mod",
    "modfile",
    "overlay",
    "p",
    "pgo",
    "tags",
    "toolexec",
];

/// Why `go` refuses the value of GOFLAGS, in its words; `None` if it does not,
/// as far as the form tells. Flags are separated by blanks and may stand in
/// quotes, so each has its value behind `=`. (cmd/go/internal/base, `InitGOFLAGS`.)
pub fn refused_flags(value: &str) -> Option<String> {
    let flags = match quoted_words(value) {
        Ok(flags) => flags,
        Err(error) => return Some(format!("parsing $GOFLAGS: {error}")),
    };
    let name_of = |flag: &'_ str| {
        let name = flag.strip_prefix("--").or_else(|| flag.strip_prefix('-'))?;
        (!name.is_empty() && !name.starts_with(['-', '='])).then_some(name.to_owned())
    };
    // Go looks at the form of all before it takes any.
    if let Some(flag) = flags.iter().find(|flag| name_of(flag).is_none()) {
        return Some(format!(
            "parsing $GOFLAGS: non-flag {flag:?}; flags are separated by blanks, so a value stands behind =, as in -mod=mod"
        ));
    }
    let names = flags.iter().filter_map(|flag| name_of(flag));
    let lacks = names
        .into_iter()
        .find(|name| VALUED_FLAGS.contains(&name.as_str()))?;
    Some(format!(
        "flag needs an argument: -{lacks} (from $GOFLAGS); it stands behind =, as in -{lacks}=VALUE"
    ))
}

pub(super) fn flags(settings: &Settings<'_>) -> Option<Inconsistency> {
    let fault = refused_flags(settings.env.value("GOFLAGS"))?;
    let message = format!("{}: go ends with {fault}", settings.shown("GOFLAGS"));
    Some(found(
        "GP407",
        Effect::Fails,
        &["GOFLAGS"],
        message,
        "write flags as -flag=value",
    ))
}

/// (cmd/go/internal/modload, `Init`.)
pub(super) fn module_mode(settings: &Settings<'_>) -> Option<Inconsistency> {
    let value = settings.env.value("GO111MODULE");
    (!matches!(value, "" | "auto" | "on" | "off")).then(|| {
        found(
            "GP028",
            Effect::Fails,
            &["GO111MODULE"],
            format!(
                "GO111MODULE={value}: every go command ends with \"unknown environment setting\""
            ),
            "remove GO111MODULE",
        )
    })
}
