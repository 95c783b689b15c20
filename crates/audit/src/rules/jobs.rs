//! Jobs of CI systems: which `go` belongs to which, and what only some of them see.

use std::collections::HashMap;

use crate::environment::{Candidate, Outcome, Value, Variable};
use crate::judgement::{InUse, Judgement};
use crate::repository::Repository;
use crate::site::{Crumb, Site};
use crate::source::{FileId, Span};
use crate::unit::{Detail, EnvPlace};

use super::builds::is_inside;
use super::variables;

/// A variable that some `go` of a job see, and some do not.
pub(super) struct Partial<'a> {
    /// The variable.
    pub(super) name: &'static str,
    /// Where its value is written.
    pub(super) span: Span,
    /// The value, at a site that sees it.
    pub(super) value: InUse<'a>,
    /// How many see it.
    pub(super) covered: usize,
    /// Those that do not.
    pub(super) blind: Vec<&'a Site>,
    /// `job` or `stage`.
    pub(super) kind: &'static str,
    /// Where a variable of the whole job goes.
    pub(super) env_place: Option<&'a EnvPlace>,
}

/// Whether a site stands in this job, be it by calls.
pub(super) fn is_in(site: &Site, job: Span) -> bool {
    site.trail.iter().any(|crumb| is_inside(crumb.span, job))
}

/// Whether a site stands in the `after_script` of a job in GitLab, a shell of its own.
pub(super) fn is_after_script(site: &Site) -> bool {
    let mut trail = site.trail.iter();
    trail.any(|crumb| crumb.what.ends_with("after_script"))
}

/// The job or stage that a site belongs to.
fn job(site: &Site) -> Option<(&Crumb, &'static str)> {
    // A build of an image is no part of the job's environment.
    site.trail.iter().find_map(|crumb| {
        let kind = ["job", "stage"]
            .into_iter()
            .find(|kind| crumb.what.starts_with(kind))?;
        Some((crumb, kind))
    })
}

/// All variables that decide where modules come from and that are set for a part of a job only.
pub(super) fn partial<'a>(judgement: &Judgement<'a>) -> Vec<Partial<'a>> {
    let mut jobs: Vec<(&Crumb, &'static str, Vec<&Site>)> = Vec::new();
    let mut places: HashMap<Span, usize> = HashMap::new();
    for site in judgement
        .downloads()
        .filter(|site| is_of_ci(judgement, site))
    {
        let Some((crumb, kind)) = job(site) else {
            continue;
        };
        let at = *places.entry(crumb.span).or_insert(jobs.len());
        match jobs.get_mut(at) {
            Some((_, _, sites)) => sites.push(site),
            None => jobs.push((crumb, kind, vec![site])),
        }
    }
    let mut found = Vec::new();
    for (crumb, kind, sites) in jobs {
        for name in variables::ACQUISITION {
            found.extend(of_job(judgement, crumb, kind, &sites, name));
        }
    }
    found
}

fn of_job<'a>(
    judgement: &Judgement<'a>,
    crumb: &'a Crumb,
    kind: &'static str,
    sites: &[&'a Site],
    name: &'static str,
) -> Option<Partial<'a>> {
    let written = |site: &&'a Site| {
        let variable = site.environment.get(name)?;
        let candidate = variable.used()?;
        let is_here = candidate
            .span
            .is_some_and(|span| is_inside(span, crumb.span));
        is_here.then_some((*site, variable, candidate))
    };
    let covered: Vec<_> = sites.iter().filter_map(written).collect();
    let (site, variable, candidate) = *covered.first()?;
    let span = candidate.span?;
    let blind: Vec<_> = sites
        .iter()
        .copied()
        .filter(|site| is_blind(site, name, span))
        .collect();
    (!blind.is_empty()).then(|| Partial {
        name,
        span,
        value: InUse {
            site,
            variable,
            candidate,
        },
        covered: covered.len(),
        blind,
        kind,
        env_place: env_place(judgement, crumb.span),
    })
}

/// Whether a site surely sees nothing of a variable; one that another rule has a better word for does not count.
fn is_blind(site: &Site, name: &str, written: Span) -> bool {
    let is_untouched = |variable: &Variable| {
        let is_later = variable.candidates.iter().any(|candidate| {
            candidate.span == Some(written) && matches!(candidate.outcome, Outcome::Invisible(_))
        });
        variable.is_default() && variable.process().is_none() && !is_later
    };
    site.gaps.is_empty() && site.environment.get(name).is_none_or(is_untouched)
}

/// Whether a site runs in a CI system itself and not in an image build.
fn is_of_ci(judgement: &Judgement<'_>, site: &Site) -> bool {
    let starts_in_ci = site.trail.first().is_some_and(|crumb| {
        let unit = judgement.repository.unit(crumb.span.file);
        unit.is_some_and(|unit| {
            matches!(
                unit.detail,
                Detail::GitHub(_) | Detail::GitLab(_) | Detail::Jenkins(_)
            )
        })
    });
    let is_in_image = site.trail.iter().any(|crumb| {
        let unit = judgement.repository.unit(crumb.span.file);
        unit.is_some_and(|unit| matches!(unit.detail, Detail::Dockerfile(_)))
    });
    starts_in_ci && !is_in_image
}

/// Where a variable of a whole job goes.
fn env_place<'a>(judgement: &Judgement<'a>, job: Span) -> Option<&'a EnvPlace> {
    match &judgement.repository.unit(job.file)?.detail {
        Detail::GitHub(workflow) => {
            let mut jobs = workflow.jobs.iter();
            let found = jobs.find(|other| is_inside(job, other.span) || is_inside(other.span, job));
            found?.env_place.as_ref()
        }
        Detail::GitLab(pipeline) => {
            let mut jobs = pipeline.jobs.iter();
            let found = jobs.find(|other| is_inside(job, other.span) || is_inside(other.span, job));
            found?.env_place.as_ref()
        }
        _ => None,
    }
}

/// The value of a candidate as it can be written elsewhere in the same file; none where it holds only in its place.
pub(super) fn written(judgement: &Judgement<'_>, candidate: &Candidate) -> Option<String> {
    match &candidate.value {
        Value::Known(value) => Some(value.clone()),
        Value::Unset => None,
        Value::Unknown(_) => {
            let raw = judgement
                .repository
                .slice(candidate.span?)
                .trim_matches(['"', '\'']);
            let is_whole = raw.starts_with("${{") && raw.ends_with("}}") && !raw.contains('\n');
            let is_local = ["steps.", "env.", "matrix.", "job.", "runner."]
                .iter()
                .any(|context| raw.contains(context));
            (is_whole && !is_local).then(|| raw.to_owned())
        }
    }
}

/// A workflow that others call, and that sees nothing of their environment.
pub(super) struct Reusable<'a> {
    /// Its file.
    pub(super) file: FileId,
    /// Where a variable for all of it goes.
    pub(super) env_place: Option<&'a EnvPlace>,
}

/// The reusable workflow that a site stands in, when it is reached from its caller.
pub(super) fn reusable<'a>(judgement: &Judgement<'a>, site: &Site) -> Option<Reusable<'a>> {
    let caller = site.trail.first()?.span.file;
    site.trail.iter().rev().find_map(|crumb| {
        let unit = judgement.repository.unit(crumb.span.file)?;
        match &unit.detail {
            Detail::GitHub(workflow) if unit.file != caller && !workflow.jobs.is_empty() => {
                Some(Reusable {
                    file: unit.file,
                    env_place: workflow.env_place.as_ref(),
                })
            }
            _ => None,
        }
    })
}

/// Whether pull requests start a workflow; those from forks get no secrets.
pub(super) fn runs_for_pull_requests(judgement: &Judgement<'_>, file: FileId) -> bool {
    has_word(judgement.repository, file, "pull_request")
}

fn has_word(repository: &Repository, file: FileId, word: &str) -> bool {
    let text = repository.file(file).text();
    let ends =
        |rest: &str| !rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_');
    text.match_indices(word)
        .any(|(at, _)| ends(&text[at + word.len()..]))
}
