//! GP517 jenkins-sh-export.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use std::collections::HashSet;

use crate::block::{Item, Setting};
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
    let pipelines = judgement.repository.units.iter();
    let pipelines = pipelines.filter(|unit| matches!(unit.detail, Detail::Jenkins(_)));
    let exports: Vec<&Setting> = pipelines
        .flat_map(|unit| builds::items(&unit.blocks))
        .filter_map(|item| match item {
            Item::Set(setting) => Some(setting),
            _ => None,
        })
        .filter(|setting| setting.how == "export" && variables::is_acquisition(&setting.name))
        .collect();
    if exports.is_empty() {
        return;
    }
    let used: HashSet<Span> = judgement
        .downloads()
        .flat_map(|site| site.environment.variables.values())
        .filter_map(|variable| variable.span())
        .collect();
    for setting in exports
        .iter()
        .filter(|setting| !used.contains(&setting.span))
    {
        let message = format!(
            "{} is exported in a shell that ends here; set it in `environment` or `withEnv`",
            setting.name
        );
        let raw = judgement.repository.slice(setting.span);
        findings.push(Finding::new(rule, Some(setting.span), message).about(&setting.name, raw));
    }
}
