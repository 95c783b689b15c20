//! GP026 conflicting-values.

use crate::dialect::Dialect;
use crate::environment::Confidence;
use crate::finding::{Finding, Safety, Severity};
use crate::judgement::InUse;
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};
use crate::site::Site;
use crate::source::FileId;
use std::collections::BTreeMap;

use super::{proxy_list, replacing};

/// Sites of one pipeline use different values of GOPROXY.
pub(super) const RULE: Rule = Rule {
    id: "GP026",
    name: "conflicting-values",
    severity: Severity::Warning,
    confidence: Confidence::Medium,
    live: false,
    needs_policy: false,
    summary: "sites of one pipeline use different values of GOPROXY",
    page: "One job asks the company's proxy, the next one something else: what was tested is not surely what is released, and a change of the proxy has to be made in several places.\n\nSet GOPROXY once, at the widest scope that covers all jobs.",
    examples: &[
        Example {
            title: "two jobs",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    env:\n      GOPROXY: https://goproxy.corp.example,direct\n    steps:\n      - run: go build ./...\n      - run: go test ./...\n  b:\n    env:\n      GOPROXY: https://mirror.example,direct\n    steps:\n      - run: go vet ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:11"],
            fixed: Some(
                "on: push\njobs:\n  a:\n    env:\n      GOPROXY: https://goproxy.corp.example,direct\n    steps:\n      - run: go build ./...\n      - run: go test ./...\n  b:\n    env:\n      GOPROXY: https://goproxy.corp.example,direct\n    steps:\n      - run: go vet ./...\n",
            ),
        },
        Example {
            title: "GitLab",
            files: &[(
                ".gitlab-ci.yml",
                "build:\n  variables:\n    GOPROXY: https://mirror.example\n  script:\n    - go build ./...\n    - go test ./...\nlint:\n  variables:\n    GOPROXY: https://goproxy.corp.example\n  script:\n    - go vet ./...\n",
            )],
            policy: None,
            finds: &[".gitlab-ci.yml:9"],
            fixed: None,
        },
        Example {
            title: "the same in other words, and a job from vendor",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    env:\n      GOPROXY: https://goproxy.corp.example,direct\n    steps:\n      - run: go build ./...\n  b:\n    env:\n      GOPROXY: https://goproxy.corp.example/,direct\n    steps:\n      - run: go vet ./...\n  c:\n    env:\n      GOPROXY: \"off\"\n    steps:\n      - run: go vet ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "two pipelines",
            files: &[
                (
                    ".github/workflows/ci.yml",
                    workflow!("GOPROXY: https://goproxy.corp.example"),
                ),
                (
                    ".github/workflows/release.yml",
                    workflow!("GOPROXY: https://mirror.example"),
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
    let mut pipelines: BTreeMap<Pipeline, Vec<InUse<'_>>> = BTreeMap::new();
    for site in judgement.downloads() {
        let (Some(pipeline), Some(variable)) =
            (pipeline(judgement, site), site.environment.get("GOPROXY"))
        else {
            continue;
        };
        let Some(candidate) = variable.used() else {
            continue;
        };
        // A job that builds from vendor/ is told to fetch nothing.
        if candidate.value.text().is_some_and(|text| text != "off") {
            let value = InUse {
                site,
                variable,
                candidate,
            };
            pipelines.entry(pipeline).or_default().push(value);
        }
    }
    for values in pipelines.values() {
        let mut counts: Vec<(String, usize)> = Vec::new();
        for value in values {
            let text = normal(value);
            match counts.iter_mut().find(|(known, _)| *known == text) {
                Some((_, count)) => *count += 1,
                None => counts.push((text, 1)),
            }
        }
        // The value of most sites, the first of those.
        let most = counts
            .iter()
            .map(|(_, count)| *count)
            .max()
            .unwrap_or_default();
        let Some((usual, _)) = counts.iter().find(|(_, count)| *count == most) else {
            continue;
        };
        for value in values.iter().filter(|value| normal(value) != *usual) {
            let text = value.candidate.value.text().unwrap_or_default();
            let message = format!(
                "other sites of this pipeline use `{usual}`, this one `{text}`; set GOPROXY once for all"
            );
            let finding = value.about(Finding::new(rule, value.candidate.span, message), "GOPROXY");
            findings.push(replacing(
                judgement,
                finding,
                text,
                usual,
                "as the others",
                Safety::Unsafe,
            ));
        }
    }
}

/// A pipeline: its system, and its file where each file is a pipeline of its own.
type Pipeline = (Dialect, Option<FileId>);

fn pipeline(judgement: &Judgement<'_>, site: &Site) -> Option<Pipeline> {
    let file = site.trail.first()?.span.file;
    match judgement.repository.dialect(file) {
        dialect @ (Dialect::GitHubWorkflow | Dialect::Jenkinsfile) => Some((dialect, Some(file))),
        Dialect::GitLab => Some((Dialect::GitLab, None)),
        _ => None,
    }
}

/// A value without what makes no difference.
fn normal(value: &InUse<'_>) -> String {
    let mut text = String::new();
    for entry in proxy_list::reached(value.candidate.value.text().unwrap_or_default()) {
        text.push_str(entry.text.trim_end_matches('/'));
        text.extend(entry.separator);
    }
    text.trim_end_matches([',', '|']).to_owned()
}
