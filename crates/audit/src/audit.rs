//! An audit from beginning to end.

use std::cmp::Reverse;

use policy::{Mode, Policy};

use crate::finding::{Finding, Severity};
use crate::judgement::{self, Judgement};
use crate::repository::Repository;
use crate::resolve::{self, Gap};
use crate::rules::RULES;
use crate::site::Site;
use crate::suppression;

/// What an audit found.
#[derive(Debug)]
pub struct Audit {
    /// The files.
    pub repository: Repository,
    /// The sites, in order of file and place.
    pub sites: Vec<Site>,
    /// Commands that do not use Go, as far as rules look at them.
    pub others: Vec<Site>,
    /// Where the way to `go` was lost.
    pub gaps: Vec<Gap>,
    /// The findings, in order of file and place.
    pub findings: Vec<Finding>,
}

/// How to judge.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Rules to leave out, by id or name.
    pub without: Vec<String>,
    /// Whether suppressions and exceptions are ignored.
    pub no_ignores: bool,
    /// The day that suppressions end against.
    pub today: jiff::civil::Date,
}

impl Audit {
    /// Judges a repository.
    pub fn of(repository: Repository, policy: Option<&Policy>, options: &Options) -> Self {
        let resolved = resolve::resolve(&repository);
        let mut sites = resolved.sites;
        // By a list of places: a sort of the sites themselves would need room for half of them.
        sites.sort_by_cached_key(|site| site.span);
        let judgement = Judgement {
            repository: &repository,
            sites: &sites,
            others: &resolved.others,
            gaps: &resolved.gaps,
            policy,
            today: options.today,
            live: false,
            values: judgement::values(&sites),
        };
        let mut findings = judge(&judgement, options);
        if !options.no_ignores {
            suppression::apply(&repository, policy, &mut findings, options.today);
            findings.sort_by_key(|finding| (finding.span, finding.rule.id));
        }
        Self {
            repository,
            sites,
            others: resolved.others,
            gaps: resolved.gaps,
            findings,
        }
    }
}

/// Runs the rules; findings come in order of file and place, each once.
pub(crate) fn judge(judgement: &Judgement<'_>, options: &Options) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in RULES {
        let left_out = options
            .without
            .iter()
            .any(|word| word.eq_ignore_ascii_case(rule.id) || word == rule.name);
        if left_out
            || rule.needs_policy && judgement.policy.is_none()
            || judgement.live && !rule.live
        {
            continue;
        }
        (rule.check)(rule, judgement, &mut findings);
    }
    if judgement
        .policy
        .is_some_and(|policy| policy.mode == Mode::Observe)
    {
        for finding in &mut findings {
            finding.severity = finding.severity.min(Severity::Warning);
        }
    }
    findings.sort_by_key(|finding| {
        (
            finding.span,
            finding.rule.id,
            Reverse(finding.severity),
            finding.variable.clone(),
        )
    });
    // One place is reached from several sites; it is wrong once.
    findings.dedup_by(|one, other| {
        one.rule.id == other.rule.id && one.span == other.span && one.variable == other.variable
    });
    findings
}
