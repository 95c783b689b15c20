//! What a machine reads: shells, PAM, systemd, sudo, Go itself.

use super::{Body, Wanted};
use crate::EmitError;
use crate::quote;

/// Variables that sudo must pass on, whether or not this policy sets them: who sets one of them
/// for a user means it for `sudo go` too.
const PASSED_ON: [&str; 8] = [
    "GOPROXY",
    "GOPRIVATE",
    "GONOPROXY",
    "GONOSUMDB",
    "GOSUMDB",
    "GOAUTH",
    "NETRC",
    "SSL_CERT_FILE",
];

pub(super) fn profile_d(wanted: &Wanted<'_>) -> Body {
    let text = wanted.lines(|name, value| format!("export {name}={}", quote::shell(value)));
    let guards = wanted.policy.client_guards();
    let guards: Vec<&str> = guards.iter().map(|(name, _)| *name).collect();
    // What was set before would go before the lines above.
    let unset = match guards.join(" ") {
        none if none.is_empty() => none,
        names => format!("unset {names}\n"),
    };
    Body::of(
        text + &unset,
        &["Read by login shells; not by cron, systemd, sudo, docker exec or CI agents."],
    )
}

/// The file that `pam_env` reads: the value is what follows, without quotes around it, up to a `#`.
pub(super) fn pam(wanted: &Wanted<'_>) -> Result<Body, EmitError> {
    let is_cut = |value: &str| value.contains('#');
    wanted.refuse(is_cut, "pam_env cuts a value at #")?;
    let is_changed = |value: &str| value.starts_with(['"', '\'']) || value.trim() != value;
    wanted.refuse(
        is_changed,
        "pam_env takes quotes and blanks from the ends of a value",
    )?;
    Ok(Body::of(
        wanted.lines(|name, value| format!("{name}={value}")),
        &["Read by PAM at a login. No quotes, no expansion: the value is the rest of the line."],
    ))
}

pub(super) fn systemd_service(wanted: &Wanted<'_>) -> Body {
    let lines = wanted.lines(|name, value| format!("Environment={}", quote::systemd(name, value)));
    Body::of(
        format!("[Service]\n{lines}"),
        &[
            "Takes effect after systemctl daemon-reload and a restart of the units. Everybody on the",
            "machine can read it: no secrets here, LoadCredential= is for those.",
        ],
    )
}

pub(super) fn systemd_manager(wanted: &Wanted<'_>) -> Body {
    let lines =
        wanted.lines(|name, value| format!("DefaultEnvironment={}", quote::systemd(name, value)));
    Body::of(
        format!("[Manager]\n{lines}"),
        &[
            "Takes effect after systemctl daemon-reexec and a restart of the units. Everybody on the",
            "machine can read it: no secrets here, LoadCredential= is for those.",
        ],
    )
}

/// The format of environment.d(5), where `$` expands and has no escape that each version knows.
pub(super) fn environment_d(wanted: &Wanted<'_>) -> Result<Body, EmitError> {
    wanted.refuse(
        |value| value.contains('$'),
        "environment.d expands what follows $",
    )?;
    Ok(Body::of(
        wanted.lines(|name, value| format!("{name}={}", quote::environment_d(value))),
        &["Read by the user managers of systemd at a new login; not by system services."],
    ))
}

pub(super) fn sudoers(wanted: &Wanted<'_>) -> Body {
    let mut names = PASSED_ON.to_vec();
    for (name, _) in &wanted.settings {
        if !names.contains(name) {
            names.push(name);
        }
    }
    Body::of(
        format!("Defaults env_keep += \"{}\"\n", names.join(" ")),
        &["Check it with visudo -cf before it is put in place; mode 0440."],
    )
}

/// Lines `KEY=VALUE` of the user's file: the value is the rest of the line, as it is.
pub(super) fn go_env(wanted: &Wanted<'_>) -> Body {
    Body::of(
        wanted.lines(|name, value| format!("{name}={value}")),
        &["Read by go, after the environment of the process, which goes before it."],
    )
}
