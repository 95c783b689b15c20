//! Where a command runs: in the layer of an image, on a machine that keeps its home directory.

use crate::block::System;
use crate::dialect::Dialect;
use crate::judgement::Judgement;
use crate::site::Site;
use crate::unit::Detail;

/// Whether a command runs while an image is built.
pub(super) fn is_in_image(site: &Site) -> bool {
    let mut trail = site.trail.iter();
    site.system == System::Docker || trail.any(|crumb| crumb.what.starts_with("stage "))
}

/// Whether a command runs in a CI system, be it in a script that a job calls.
pub(super) fn is_in_ci(judgement: &Judgement<'_>, site: &Site) -> bool {
    let first = site.trail.first().map_or(site.span, |crumb| crumb.span);
    matches!(
        judgement.repository.dialect(first.file),
        Dialect::GitHubWorkflow | Dialect::GitHubAction | Dialect::GitLab | Dialect::Jenkinsfile
    )
}

/// Whether the home directory outlives the job: GitHub with machines of one's own, GitLab and Jenkins
/// without a container.
pub(super) fn keeps_home(judgement: &Judgement<'_>, site: &Site) -> bool {
    let Some(first) = site.trail.first() else {
        return false;
    };
    let repository = judgement.repository;
    match repository.dialect(first.span.file) {
        Dialect::GitLab | Dialect::Jenkinsfile => site.image.is_none(),
        Dialect::GitHubWorkflow => {
            let unit = repository.unit(first.span.file);
            let Some(Detail::GitHub(github)) = unit.map(|unit| &unit.detail) else {
                return false;
            };
            github.jobs.iter().any(|job| {
                let mut trail = site.trail.iter();
                job.is_self_hosted()
                    && trail.any(|crumb| {
                        crumb.span.file == job.span.file
                            && *crumb.what == *format!("job {}", job.name)
                    })
            })
        }
        _ => false,
    }
}

/// Whether two commands run in the same job, or in the same stage of an image build.
pub(super) fn is_same_job(one: &Site, other: &Site) -> bool {
    let job = |site: &Site| {
        let mut trail = site.trail.iter();
        let found =
            trail.rfind(|crumb| crumb.what.starts_with("job ") || crumb.what.starts_with("stage "));
        found.or(site.trail.first()).map(|crumb| crumb.span)
    };
    job(one) == job(other)
}
