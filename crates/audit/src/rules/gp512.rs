//! GP512 gitlab-after-script.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::jobs;

/// What a script exports is not seen in `after_script`.
pub(super) const RULE: Rule = Rule {
    id: "GP512",
    name: "gitlab-after-script",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "what a script exports is not seen in `after_script`",
    page: "GitLab runs `after_script` in a shell of its own: what `before_script` and `script` exported is gone, and a `go` there asks its default proxy.\n\nSet the variable in `variables` of the job, which all of its scripts see.",
    examples: &[
        Example {
            title: "exported before",
            files: &[(
                ".gitlab-ci.yml",
                "build:\n  image: golang:1.25\n  before_script:\n    - export GOPROXY=https://goproxy.corp.example\n  script:\n    - go build ./...\n  after_script:\n    - go run ./tools/report\n",
            )],
            policy: None,
            finds: &[".gitlab-ci.yml:8"],
            fixed: Some(
                "build:\n  image: golang:1.25\n  before_script:\n    - export GOPROXY=https://goproxy.corp.example\n  variables:\n    GOPROXY: \"https://goproxy.corp.example\"\n  script:\n    - go build ./...\n  after_script:\n    - go run ./tools/report\n",
            ),
        },
        Example {
            title: "set for the job",
            files: &[(
                ".gitlab-ci.yml",
                "build:\n  image: golang:1.25\n  variables:\n    GOPROXY: https://goproxy.corp.example\n  script:\n    - go build ./...\n  after_script:\n    - go run ./tools/report\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for place in jobs::partial(judgement) {
        let after = place.blind.iter().find(|site| jobs::is_after_script(site));
        let Some(site) = after else {
            continue;
        };
        let message = format!(
            "{} was exported in another shell: `after_script` does not see it; set it in `variables` of the job",
            place.name
        );
        let mut finding =
            Finding::new(rule, Some(site.span), message).beside(place.span, "exported here");
        finding.variable = Some(place.name.to_owned());
        finding.site = site.title();
        let written = jobs::written(judgement, place.value.candidate);
        findings.push(match (place.env_place, written) {
            (Some(env_place), Some(value)) => {
                let edit = env_place.edit(&[(place.name, &value)]);
                finding.with_fix("set it for the whole job", Safety::Unsafe, vec![edit])
            }
            _ => finding,
        });
    }
}
