//! Stages of Dockerfiles: which one a site stands in, and where a line goes in.

use crate::dialects::dockerfile::detail::Stage;
use crate::finding::Edit;
use crate::images::Installer;
use crate::judgement::Judgement;
use crate::site::Site;
use crate::source::Span;
use crate::unit::Detail;

/// The stage that a site stands in; `None` elsewhere.
pub(super) fn of<'a>(judgement: &Judgement<'a>, site: &Site) -> Option<&'a Stage> {
    let unit = judgement.repository.unit(site.span.file)?;
    let Detail::Dockerfile(dockerfile) = &unit.detail else {
        return None;
    };
    let before = |stage: &&Stage| stage.span.start <= site.span.start;
    dockerfile.stages.iter().rfind(before)
}

/// The edit that installs a package behind the `FROM` of a site's stage.
pub(super) fn installing(
    judgement: &Judgement<'_>,
    site: &Site,
    installer: Option<Installer>,
    package: &str,
) -> Option<Edit> {
    let instruction = match installer? {
        Installer::Apk => format!("RUN apk add --no-cache {package}"),
        Installer::Apt => format!(
            "RUN apt-get update && apt-get install -y --no-install-recommends {package} && rm -rf /var/lib/apt/lists/*"
        ),
        Installer::Dnf => format!("RUN dnf install -y {package} && dnf clean all"),
    };
    let from = of(judgement, site)?.span;
    let file = judgement.repository.file(from.file);
    let last = file.position(from.end.checked_sub(1)?).0;
    let end = file.line_range(last)?.end;
    Some(Edit {
        span: Span::new(from.file, end..end),
        text: format!("\n{instruction}"),
    })
}
