//! GP101 private-module-exposed.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::privacy;

/// A private module is asked of a public proxy or checksum database.
pub(super) const RULE: Rule = Rule {
    id: "GP101",
    name: "private-module-exposed",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "a private module is asked of a public proxy or checksum database",
    page: "The module path (and with it names of teams and projects) goes to a server that is not the company's, which can only answer that it does not have it. The build fails with 404 or 410, or works only because the next entry is asked.\n\nCover the module with GOPRIVATE, or with GONOSUMDB where the company's proxy serves it.",
    examples: &[
        Example {
            title: "the policy says it is private",
            files: &[
                (
                    ".github/workflows/ci.yml",
                    workflow!("GOPROXY: DEFAULT,direct"),
                ),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.24\n\nrequire git.corp.example/team/lib v1.2.3\n",
                ),
            ],
            policy: Some(super::ROUTED),
            finds: &[".github/workflows/ci.yml:8"],
            fixed: None,
        },
        Example {
            title: "another site of the repository covers it",
            files: &[
                (
                    ".github/workflows/ci.yml",
                    "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go build ./...\n      - run: go test ./...\n        env:\n          GOPRIVATE: git.corp.example\n",
                ),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.24\n\nrequire git.corp.example/team/lib v1.2.3\n",
                ),
            ],
            policy: None,
            finds: &[".github/workflows/ci.yml:6"],
            fixed: None,
        },
        Example {
            title: "a proxy of one's own serves it, and nobody looks it up",
            files: &[
                (
                    ".github/workflows/ci.yml",
                    workflow!(
                        "GOPROXY: https://goproxy.corp.example\n  GONOPROXY: none\n  GONOSUMDB: git.corp.example"
                    ),
                ),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.24\n\nrequire git.corp.example/team/lib v1.2.3\n",
                ),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "covered",
            files: &[
                (
                    ".github/workflows/ci.yml",
                    workflow!("GOPRIVATE: git.corp.example"),
                ),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.24\n\nrequire git.corp.example/team/lib v1.2.3\n",
                ),
            ],
            policy: Some(super::ROUTED),
            finds: &[],
            fixed: None,
        },
        Example {
            title: "public modules only",
            files: &[
                (
                    ".github/workflows/ci.yml",
                    workflow!("GOPROXY: DEFAULT,direct"),
                ),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.24\n\nrequire rsc.io/quote v1.5.2\n",
                ),
            ],
            policy: Some(super::ROUTED),
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let private = privacy::private(judgement);
    for site in judgement.downloads() {
        let Some(module) = privacy::module(judgement, site) else {
            continue;
        };
        let exposed = module.fetched().find_map(|path| {
            let why = private.reason(path)?;
            Some((path, why, privacy::told(judgement.policy, site, path)?))
        });
        let Some((path, why, told)) = exposed else {
            continue;
        };
        let message = format!(
            "`{path}` is private ({why}), and its path is told to {told}; cover it with GOPRIVATE"
        );
        let mut finding = Finding::new(rule, judgement.span_of(site), message)
            .beside(module.place(judgement.repository, path), "required here");
        finding.variable = Some("GOPRIVATE".to_owned());
        finding.site = site.title();
        if let Some(variable) = site.environment.get("GOPRIVATE") {
            finding.confidence = finding.confidence.min(variable.confidence);
        }
        findings.push(privacy::covering(judgement, site, finding, path));
    }
}
