//! Toolchains are modules of their own kind: from a proxy alone, and always verified.

use super::{Effect, Inconsistency, Settings, found};

/// The module of toolchains (cmd/go `toolchain/select.go`).
const TOOLCHAIN: &str = "golang.org/toolchain";

/// The release that brought toolchains as modules.
const SINCE: u32 = 21;

/// Whether `go` may download a toolchain here.
fn may_switch(settings: &Settings<'_>) -> bool {
    let value = settings.env.value("GOTOOLCHAIN");
    settings.env.release().at_least(SINCE)
        && !matches!(value, "local" | "path")
        && !value.ends_with("+path")
}

/// Without the checksum database no toolchain is run.
pub(super) fn unverified(settings: &Settings<'_>) -> Option<Inconsistency> {
    (may_switch(settings) && settings.env.value("GOSUMDB") == "off").then(|| {
        found(
            "GP403",
            Effect::ToolchainFails,
            &["GOSUMDB", "GOTOOLCHAIN"],
            format!(
                "{} may download a toolchain, and with GOSUMDB=off go refuses every one: checksum database disabled by GOSUMDB=off",
                settings.shown("GOTOOLCHAIN")
            ),
            "remove GOSUMDB=off (GONOSUMDB exempts private modules), or set GOTOOLCHAIN=local",
        )
    })
}

/// There is no repository from which a toolchain could come.
pub(super) fn not_from_a_proxy(settings: &Settings<'_>) -> Option<Inconsistency> {
    let client = settings.client.as_ref().ok()?;
    let (sources, pattern) = client.sources(TOOLCHAIN);
    if !may_switch(settings)
        || sources
            .first()
            .is_none_or(|first| first.written != "direct")
    {
        return None;
    }
    let (variable, why) = match pattern {
        Some(_) => {
            let name = settings.source("GONOPROXY");
            (name, settings.shown(name))
        }
        None => ("GOPROXY", "GOPROXY=direct".to_owned()),
    };
    Some(found(
        "GP403",
        Effect::ToolchainFails,
        &[variable, "GOTOOLCHAIN"],
        format!(
            "{} may download a toolchain, which only a proxy has, and {why} asks none for {TOOLCHAIN}",
            settings.shown("GOTOOLCHAIN")
        ),
        "let a proxy be asked for it, or set GOTOOLCHAIN=local",
    ))
}
