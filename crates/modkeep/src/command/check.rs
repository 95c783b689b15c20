//! `modkeep check`: judges the environment of this process before it builds.

mod mend;
mod online;
mod report;

use audit::{Assertion, Audit, Finding, Machine, Options, Routing, Severity};
use clap::Args;
use goenv::Lookup;
use platform::EnvSnapshot;
use policy::{Mode, Policy};
use serde_json::json;

use super::audit::output::{self, Output};
use crate::failure::{Exit, Failure};
use crate::output::print_json;
use crate::policy_file;

use mend::Syntax;
use online::Online;
use report::Report;

const EXAMPLES: &str = "\
For an early step of a CI job. It reads the variables of this process, Go's files, go.mod, netrc and git's
configuration, and starts nothing; only --online asks anybody.

Examples:
  modkeep check
  modkeep check --policy https://corp.example/policy.toml --format github
  modkeep check --assert 'GOPROXY==https://goproxy.corp.example' --assert 'GOFLAGS unset'
  modkeep check --online --require-go --strict

Exit codes: 0 as it should be, 1 an error (with --strict a warning too), 2 wrong usage or policy,
3 could not be checked.";

/// Arguments of `modkeep check`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The company's policy: a file or a web address; default: `MODKEEP_POLICY`
    #[arg(long, value_name = "FILE|URL")]
    policy: Option<String>,
    /// text, json, sarif, junit, github or gitlab, to a file with =FILE; may be given several times
    #[arg(long, value_name = "FORMAT[=FILE]")]
    format: Vec<Output>,
    /// What a variable has to be: NAME==value, NAME!=value, NAME~=glob, `NAME set`, `NAME unset`; repeatable
    #[arg(long = "assert", value_name = "STATEMENT")]
    assertions: Vec<Assertion>,
    /// Fail on warnings too
    #[arg(long)]
    strict: bool,
    /// Exit with 3 where there is no go.mod
    #[arg(long)]
    require_go: bool,
    /// Ask each proxy whether it answers and relays the checksum database, and try to get past them
    #[arg(long)]
    online: bool,
    /// The syntax of the settings that would mend it; default: that of the CI system here, else of a shell
    #[arg(long, value_enum, value_name = "SYSTEM")]
    syntax: Option<Syntax>,
}

/// Judges and prints.
pub(crate) fn run(env: &EnvSnapshot, arguments: &Arguments) -> Result<Exit, Failure> {
    output::check(&arguments.format, false, false)?;
    let judged = judge(env, arguments);
    if let Err(failure) = &judged
        && failure.exit != Exit::Usage
        && arguments.format.iter().any(Output::is_json_on_stdout)
    {
        print_json(&json!({"schema": 1, "findings": []}))?;
    }
    judged
}

fn judge(env: &EnvSnapshot, arguments: &Arguments) -> Result<Exit, Failure> {
    let policy = policy_file::load(env, arguments.policy.as_deref())?;
    let looked = Lookup::here(env).run();
    if arguments.require_go && looked.found.module.is_none() {
        return Err(
            Failure::unchecked("there is no go.mod in this folder or above it")
                .hint("run it in the folder of the module, or without --require-go"),
        );
    }
    let machine = Machine {
        env,
        looked: &looked,
    };
    let options = Options {
        today: jiff::Zoned::now().date(),
        ..Options::default()
    };
    let mut audit = Audit::live(machine, policy.as_ref(), &options);
    let broken = audit
        .repository
        .modules
        .iter()
        .find_map(|module| module.fault.as_ref());
    if let Some(fault) = broken.filter(|_| arguments.require_go) {
        let line = fault.lines().next().unwrap_or_default();
        return Err(Failure::unchecked(line).hint("mend go.mod: what it requires is not known"));
    }
    let routing = Routing::of(&audit, machine, policy.as_ref());
    let asserted = arguments.assertions.iter();
    let asserted: Vec<Finding> = asserted
        .filter_map(|assertion| assertion.judge(machine, &audit.repository))
        .collect();
    audit.findings.extend(asserted);
    let online = if arguments.online {
        let online = Online::ask(env, policy.as_ref(), &routing)?;
        audit.findings.extend(online.findings(policy.as_ref()));
        Some(online)
    } else {
        None
    };
    audit::sort(&mut audit.findings);
    let syntax = arguments.syntax.unwrap_or_else(|| Syntax::of(env));
    let mending = mend::mend(machine, policy.as_ref(), &options, &audit);
    let findings = &audit.findings;
    let exit = if fails(findings, arguments.strict) {
        Exit::Findings
    } else {
        Exit::Well
    };
    let report = Report {
        machine,
        policy: policy.as_ref(),
        routing,
        online,
        block: mending.map(|mending| (mending.block(syntax), mending.left)),
        syntax,
        audits: &[audit],
    };
    output::print_each(&arguments.format, env, |format, colour| {
        report.render(format, colour)
    })?;
    Ok(exit)
}

fn fails(findings: &[Finding], strict: bool) -> bool {
    let least = if strict {
        Severity::Warning
    } else {
        Severity::Error
    };
    findings.iter().any(|finding| finding.severity >= least)
}

/// The severity under a policy that only observes.
fn observed(policy: Option<&Policy>, severity: Severity) -> Severity {
    match policy {
        Some(policy) if policy.mode == Mode::Observe => severity.min(Severity::Warning),
        _ => severity,
    }
}
