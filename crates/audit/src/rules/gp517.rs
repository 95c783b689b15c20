//! GP517 jenkins-sh-export.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use std::collections::HashSet;

use crate::block::Item;
use crate::environment::Outcome;
use crate::source::Span;
use crate::unit::Detail;

use super::{builds, variables};

/// What one `sh` exports is gone in the next.
pub(super) const RULE: Rule = Rule {
    id: "GP517",
    name: "jenkins-sh-export",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "what one `sh` exports is gone in the next",
    page: "Each `sh` step of a Jenkinsfile is a shell of its own. `sh 'export GOPROXY=…'` sets a variable for nobody, and the next `sh 'go build'` asks Go's default proxy.\n\nSet the variable in `environment { … }` of the pipeline or the stage, or in `withEnv([…])`.",
    examples: &[
        Example {
            title: "exported in a step of its own",
            files: &[(
                "Jenkinsfile",
                "pipeline {\n  agent any\n  stages {\n    stage('build') {\n      steps {\n        sh 'export GOPROXY=https://goproxy.corp.example'\n        sh 'go build ./...'\n      }\n    }\n  }\n}\n",
            )],
            policy: None,
            finds: &["Jenkinsfile:6"],
            fixed: None,
        },
        Example {
            title: "in the environment",
            files: &[(
                "Jenkinsfile",
                "pipeline {\n  agent any\n  environment { GOPROXY = 'https://goproxy.corp.example' }\n  stages {\n    stage('build') {\n      steps {\n        sh 'go build ./...'\n      }\n    }\n  }\n}\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "exported and used in one",
            files: &[(
                "Jenkinsfile",
                "pipeline {\n  agent any\n  stages {\n    stage('build') {\n      steps {\n        sh 'export GOPROXY=https://goproxy.corp.example; go build ./...'\n      }\n    }\n  }\n}\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let used: HashSet<Span> = judgement
        .sites
        .iter()
        .filter(|site| site.may_download())
        .flat_map(|site| site.environment.variables.values())
        .flat_map(|variable| &variable.candidates)
        .filter(|candidate| candidate.outcome == Outcome::Used)
        .filter_map(|candidate| candidate.span)
        .collect();
    for unit in &judgement.repository.units {
        if !matches!(unit.detail, Detail::Jenkins(_)) {
            continue;
        }
        for item in builds::items(&unit.blocks) {
            let Item::Set(setting) = item else {
                continue;
            };
            let is_export = setting.how == "export" && variables::is_acquisition(&setting.name);
            if !is_export || used.contains(&setting.span) {
                continue;
            }
            let message = format!(
                "{} is exported in a shell that ends here; set it in `environment` or `withEnv`",
                setting.name
            );
            let raw = judgement.repository.slice(setting.span);
            findings
                .push(Finding::new(rule, Some(setting.span), message).about(&setting.name, raw));
        }
    }
}
