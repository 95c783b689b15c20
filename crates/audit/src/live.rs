//! The live environment: what a `go` that is started here would see, as one site, judged by the same
//! rules as the files of a repository.
//!
//! The site's environment is [`goenv`]'s: the process, the user's file, `$GOROOT/go.env`, the defaults.
//! The files that have a say become the repository, so that findings have path and line. Nothing is run.

mod assertion;
mod caches;
mod certificates;
mod environment;
mod files;
mod git;
mod routing;
mod together;
mod toolchain;

use std::cmp::Reverse;
use std::sync::Arc;

use goenv::Looked;
use platform::EnvSnapshot;
use policy::{Mode, Policy};

use crate::audit::{Audit, Options, judge};
use crate::block::System;
use crate::finding::{Finding, Severity};
use crate::judgement::{self, Judgement};
use crate::repository::Repository;
use crate::site::{Act, Site, Trail};
use crate::source::{FileId, Span};
use crate::suppression;

pub use assertion::Assertion;
pub use routing::{Routing, Way};

/// Rules about private modules that are told to strangers: nothing is worse.
const LEAKS: [&str; 3] = ["GP101", "GP102", "GP019"];

/// What findings call the site.
pub(crate) const NAME: &str = "live";

/// A process and where it runs.
#[derive(Clone, Copy, Debug)]
pub struct Machine<'a> {
    /// Its variables.
    pub env: &'a EnvSnapshot,
    /// What `go` would find there.
    pub looked: &'a Looked,
}

impl Audit {
    /// Judges the live environment. There is a site for each module that is built there, one without
    /// go.mod. Blocking: reads files.
    pub fn live(machine: Machine<'_>, policy: Option<&Policy>, options: &Options) -> Self {
        let repository = Repository::of(files::read(machine));
        let environment = Arc::new(environment::of(machine, &repository));
        let others = git::commands(machine, &repository);
        let mut folders: Vec<Option<String>> = Vec::new();
        for module in &repository.modules {
            folders.push(Some(module.folder.clone()));
        }
        if folders.is_empty() {
            folders.push(None);
        }
        let site = |folder| Site {
            span: Span::new(FileId(0), 0..0),
            act: Act::Live,
            words: vec![NAME.to_owned()],
            system: System::Live,
            trail: Trail::default(),
            environment: Arc::clone(&environment),
            go: machine.looked.found.version.as_deref().map(plain),
            image: None,
            folder,
            sudo: false,
            installed: Vec::new(),
            passes: Vec::new(),
            builds: None,
            gaps: Vec::new(),
        };
        let sites: Vec<Site> = folders.into_iter().map(site).collect();
        let judgement = Judgement {
            repository: &repository,
            sites: &sites,
            others: &others,
            gaps: &[],
            policy,
            live: true,
            today: options.today,
            values: judgement::values(&sites),
        };
        let mut findings = judge(&judgement, options);
        certificates::judge(&judgement, &mut findings);
        toolchain::judge(machine, &judgement, &mut findings);
        together::judge(machine, &repository, &mut findings);
        caches::judge(machine, &repository, &mut findings);
        let observes = policy.is_some_and(|policy| policy.mode == Mode::Observe);
        if observes {
            for finding in &mut findings {
                finding.severity = finding.severity.min(Severity::Warning);
            }
        }
        if !options.no_ignores {
            suppression::apply(&repository, policy, &mut findings, options.today);
        }
        for finding in &mut findings {
            NAME.clone_into(&mut finding.site);
            // No exception makes less of it; only one that takes it away.
            if LEAKS.contains(&finding.rule.id) && !observes {
                finding.severity = Severity::Error;
            }
        }
        sort(&mut findings);
        Self {
            repository,
            sites,
            others,
            gaps: Vec::new(),
            findings,
        }
    }
}

/// Puts leaks first, then the worst first.
pub fn sort(findings: &mut [Finding]) {
    findings.sort_by_key(|finding| {
        let is_leak = LEAKS.contains(&finding.rule.id);
        (Reverse(is_leak), Reverse(finding.severity), finding.rule.id)
    });
}

/// `1.26.8` of `go1.26.8 X:boringcrypto`.
fn plain(version: &str) -> String {
    let word = version.split_whitespace().find_map(|word| {
        let number = word.strip_prefix("go")?;
        number
            .starts_with(|first: char| first.is_ascii_digit())
            .then_some(number)
    });
    word.unwrap_or(version).to_owned()
}

#[cfg(test)]
mod tests;
