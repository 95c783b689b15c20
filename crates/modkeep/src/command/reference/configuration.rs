//! The page of the settings.

use std::fmt::Write;

use super::{cell, head};
use crate::config::key::{CONFIG, KEYS, Key, scope};
use crate::config::{credential, limit};

const LAYERS: &str = "\
Flags go before `MODKEEP_*` variables, these before `modkeep.toml` (named by `--config` or `MODKEEP_CONFIG`), this \
before the defaults. An unknown key, flag or variable is an error that names the nearest right one. \
`modkeep serve --print-config` prints every value and where it came from, without secrets. Files that `modkeep.toml` \
names are relative to it.\n\n";

pub(super) fn page() -> String {
    let mut page = head("Configuration");
    page.push_str(LAYERS);
    page.push_str("## Settings\n\n| key | flag | variable | default | what it is for |\n|---|---|---|---|---|\n");
    // Writing to a string cannot fail.
    for key in &KEYS {
        let _ = writeln!(page, "| `{}` {}", key.name, row(key));
    }
    let _ = writeln!(page, "| - {}", row(&CONFIG));
    page.push_str(
        "\n## `[limits]`\n\nSizes are written `64MiB`, durations `60s`, `5m` or `1h30m`.\n\n\
         | key | default | what it bounds |\n|---|---|---|\n",
    );
    for (name, default, help) in limit::describe() {
        // As many as the machine has cores: no number for a page.
        let default = if name == "inspections" {
            "the number of cores".to_owned()
        } else {
            format!("`{default}`")
        };
        let _ = writeln!(page, "| `{name}` | {default} | {} |", cell(help));
    }
    page.push_str(
        "\n## `[[credentials]]`\n\nWho modkeep is at an upstream; one table a host. They go before netrc and before \
         userinfo in a list. Either user and password, or a token.\n\n| key | what it is |\n|---|---|\n",
    );
    page.push_str(&keys(&credential::KEYS));
    page.push_str(
        "\n## The policy file\n\nNamed by `policy`; TOML. `name` is required; `mode` is observe, warn or enforce (the \
         default), and is read and not acted on by the server yet. `[[rule]]` is refused by the server, since it does not \
         enforce it yet.\n\n`[client]`:\n\n| key | what it says |\n|---|---|\n",
    );
    page.push_str(&keys(&policy::CLIENT_KEYS));
    page.push_str("\n`[[route]]`:\n\n| key | what it says |\n|---|---|\n");
    page.push_str(&keys(&policy::ROUTE_KEYS));
    page.push_str("\n`[audit]`, for the commands that judge; the server passes over it:\n\n| key | what it says |\n|---|---|\n");
    page.push_str(&keys(&policy::AUDIT_KEYS));
    page.push_str("\n`install` in `[audit]`:\n\n| key | what it says |\n|---|---|\n");
    page.push_str(&keys(&policy::INSTALL_KEYS));
    page.push_str(
        "\n`[[override]]`, an exception from the audit:\n\n| key | what it says |\n|---|---|\n",
    );
    page.push_str(&keys(&policy::OVERRIDE_KEYS));
    page
}

/// A row for each key with what it is for.
fn keys(keys: &[(&str, &str)]) -> String {
    let mut rows = String::new();
    for (name, help) in keys {
        // Writing to a string cannot fail.
        let _ = writeln!(rows, "| `{name}` | {} |", cell(help));
    }
    rows
}

fn row(key: &Key) -> String {
    let flag = if key.has_flag(scope::ALL) {
        format!("`--{}`", key.flag())
    } else {
        "none".to_owned()
    };
    format!(
        "| {flag} | `{}` | {} | {} |",
        key.variable(),
        cell(key.default),
        cell(key.help)
    )
}
