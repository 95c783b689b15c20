//! GP409 goflags-workspace.

use crate::environment::Confidence;
use crate::environment::Value;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::{flags, privacy, workspace};

/// `-mod=mod` where a go.work is in force.
pub(super) const RULE: Rule = Rule {
    id: "GP409",
    name: "goflags-workspace",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "`-mod=mod` where a go.work is in force",
    page: "`go` refuses: `-mod may only be set to readonly or vendor when in workspace mode`.\n\nSet GOWORK=off for that command, or take the flag out.",
    examples: &[
        Example {
            title: "in a workspace",
            files: &[
                (".github/workflows/ci.yml", workflow!("GOFLAGS: -mod=mod")),
                ("go.work", "go 1.25\n\nuse .\n"),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.25\n\nrequire rsc.io/quote v1.5.2\n",
                ),
            ],
            policy: None,
            finds: &[".github/workflows/ci.yml:8"],
            fixed: None,
        },
        Example {
            title: "switched off",
            files: &[
                (
                    ".gitlab-ci.yml",
                    "test:\n  variables:\n    GOWORK: \"off\"\n  script:\n    - go test -mod=mod ./...\n",
                ),
                ("go.work", "go 1.25\n\nuse .\n"),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.25\n\nrequire rsc.io/quote v1.5.2\n",
                ),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "no workspace",
            files: &[
                (".github/workflows/ci.yml", workflow!("GOFLAGS: -mod=mod")),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.25\n\nrequire rsc.io/quote v1.5.2\n",
                ),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for site in judgement.downloads() {
        let Some(flag) = flags::of(site, "mod").filter(|flag| flag.value == "mod") else {
            continue;
        };
        let is_in_force = site.environment.value("GOWORK") == &Value::Unset;
        let module = privacy::module(judgement, site);
        let work = module.and_then(|module| workspace::of(judgement.repository, module));
        let (true, Some(work)) = (is_in_force, work) else {
            continue;
        };
        let path = &judgement.repository.file(work).path;
        let message = format!(
            "`-mod=mod` ({}) is refused while `{path}` is in force; set GOWORK=off",
            flag.from
        );
        let mut finding = Finding::new(rule, judgement.span_of(site), message);
        finding.site = site.title();
        findings.push(finding);
    }
}
