//! GP001 goproxy-unset.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::severity::enforced;

/// GOPROXY is not set where `go` runs, although the policy names a proxy.
pub(super) const RULE: Rule = Rule {
    id: "GP001",
    name: "goproxy-unset",
    severity: Severity::Info,
    confidence: Confidence::High,
    live: true,
    needs_policy: true,
    summary: "GOPROXY is not set where `go` runs, although the policy names a proxy",
    page: "Nothing fails: without GOPROXY every version of Go since 1.13 asks its own default, the public proxy and then the version control host. But then the company's proxy neither keeps what was built with nor decides anything.\n\nSet it at the widest scope that covers every `go`: the workflow, the pipeline, the image build's stage, the host. Under a policy whose `direct` is `private-only` or `forbidden` this is an error.",
    examples: &[
        Example {
            title: "a workflow that leaves it to the default",
            files: &[(".github/workflows/ci.yml", workflow!("CGO_ENABLED: \"0\""))],
            policy: Some(super::ROUTED),
            finds: &[".github/workflows/ci.yml:8"],
            fixed: None,
        },
        Example {
            title: "an enforced policy",
            files: &[(".github/workflows/ci.yml", workflow!("CGO_ENABLED: \"0\""))],
            policy: Some(super::ENFORCED),
            finds: &[".github/workflows/ci.yml:8"],
            fixed: None,
        },
        Example {
            title: "a workflow that says it",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://goproxy.corp.example,direct"),
            )],
            policy: Some(super::ROUTED),
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let severity = enforced(judgement);
    for site in judgement.downloads() {
        let Some(variable) = site.environment.get("GOPROXY") else {
            continue;
        };
        if !variable.is_default() || variable.process().is_some() {
            continue;
        }
        let span = judgement.span_of(site);
        let message = format!(
            "GOPROXY is not set here, so Go asks its default; the policy wants `{}`",
            judgement
                .policy
                .map_or("", |policy| &policy.client.goproxy_written)
        );
        let mut finding = Finding::new(rule, span, message).as_severity(severity);
        finding.variable = Some("GOPROXY".to_owned());
        finding.site = site.title();
        finding.confidence = finding.confidence.min(variable.confidence);
        findings.push(finding);
    }
}
