//! GP506 fork-empty-secret.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::{Edit, Safety};
use crate::source::Span;

use super::jobs;

/// A secret is empty for pull requests from forks, and then Go takes its default.
pub(super) const RULE: Rule = Rule {
    id: "GP506",
    name: "fork-empty-secret",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a secret is empty for pull requests from forks, and then Go takes its default",
    page: "GitHub gives no secrets to workflows that a pull request from a fork starts. GOPROXY is then empty, and an empty variable counts as unset: those builds ask Go's default proxy, and send the names of private modules there.\n\nThe address of a proxy is no secret: put it into `vars`, or write a value for the empty case: `${{ secrets.GOPROXY || 'https://goproxy.corp.example' }}`.",
    examples: &[
        Example {
            title: "a secret alone",
            files: &[(
                ".github/workflows/ci.yml",
                "on: pull_request\nenv:\n  GOPROXY: ${{ secrets.GOPROXY }}\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: go build ./...\n",
            )],
            policy: Some(super::ROUTED),
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(
                "on: pull_request\nenv:\n  GOPROXY: ${{ secrets.GOPROXY || 'https://goproxy.corp.example,direct' }}\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: go build ./...\n",
            ),
        },
        Example {
            title: "with a value for forks",
            files: &[(
                ".github/workflows/ci.yml",
                "on: pull_request\nenv:\n  GOPROXY: ${{ secrets.GOPROXY || 'https://goproxy.corp.example' }}\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "never for pull requests",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  GOPROXY: ${{ secrets.GOPROXY }}\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for name in ["GOPROXY", "GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOSUMDB"] {
        for value in judgement.in_use(name) {
            let Some(span) = value.candidate.span.filter(|_| value.candidate.secret) else {
                continue;
            };
            let raw = judgement.repository.slice(span);
            let is_alone = raw.contains("secrets.") && !raw.contains("||");
            if !is_alone || !jobs::runs_for_pull_requests(judgement, span.file) {
                continue;
            }
            let message = format!(
                "the secret is empty for pull requests from forks, and {name} then has Go's default; write a value for that case, or use a variable"
            );
            let finding = value.about(Finding::new(rule, Some(span), message), name);
            let wanted = judgement.policy.filter(|_| name == "GOPROXY");
            let end = raw.find(" }}").filter(|_| raw.matches("}}").count() == 1);
            findings.push(match (wanted, end) {
                (Some(policy), Some(end)) => {
                    let at = span.range().start + end;
                    let edit = Edit {
                        span: Span::new(span.file, at..at),
                        text: format!(" || '{}'", policy.client.goproxy_written),
                    };
                    finding.with_fix("the policy's value for forks", Safety::Unsafe, vec![edit])
                }
                _ => finding,
            });
        }
    }
}
