//! GP002 goproxy-empty.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

/// GOPROXY is set to the empty string, which means the public default.
pub(super) const RULE: Rule = Rule {
    id: "GP002",
    name: "goproxy-empty",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "GOPROXY is set to the empty string, which means the public default",
    page: "An empty variable of the process counts as unset: `go` looks into its files and then asks the public proxy. It does not switch downloads off. Often a reference that resolves to nothing (`${{ vars.X }}` on a fork, an unset host variable) is behind it.\n\nWrite `off` where nothing may be downloaded, or the proxy's URL.",
    examples: &[
        Example {
            title: "an empty value",
            files: &[(".github/workflows/ci.yml", workflow!("GOPROXY: \"\""))],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "off means off",
            files: &[(".github/workflows/ci.yml", workflow!("GOPROXY: \"off\""))],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for site in judgement.sites {
        let Some(variable) = site.environment.get("GOPROXY") else {
            continue;
        };
        let Some(process) = variable
            .process()
            .filter(|process| process.value.is_empty())
        else {
            continue;
        };
        let message =
            "GOPROXY is empty here, which Go takes for unset: write `off` or a proxy's URL";
        let mut finding = Finding::new(rule, process.span, message).about("GOPROXY", "");
        finding.site = site.title();
        findings.push(finding);
    }
}
