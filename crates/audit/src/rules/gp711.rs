//! GP711 devcontainer-scope.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::block::Setting;
use crate::finding::{Edit, Safety};
use crate::unit::Detail;

use super::variables;

/// A development container sets a variable for the editor alone.
pub(super) const RULE: Rule = Rule {
    id: "GP711",
    name: "devcontainer-scope",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a development container sets a variable for the editor alone",
    page: "`remoteEnv` holds for the editor, its terminals and the commands that prepare the container. The build of the image does not see it, nor does what else runs in the container: a service, `docker exec`, a test that another tool starts.\n\nSet it in `containerEnv`, and in `build.args` where the image runs `go` while it is built.",
    examples: &[
        Example {
            title: "for the editor alone",
            files: &[(
                ".devcontainer/devcontainer.json",
                "{\n  \"image\": \"golang:1.25\",\n  \"remoteEnv\": {\"GOPROXY\": \"https://goproxy.corp.example\"}\n}\n",
            )],
            policy: None,
            finds: &[".devcontainer/devcontainer.json:3"],
            fixed: Some(
                "{\n  \"image\": \"golang:1.25\",\n  \"containerEnv\": {\"GOPROXY\": \"https://goproxy.corp.example\"}\n}\n",
            ),
        },
        Example {
            title: "beside others",
            files: &[(
                ".devcontainer/devcontainer.json",
                "{\n  \"image\": \"golang:1.25\",\n  // for all\n  \"containerEnv\": {\"TZ\": \"UTC\"},\n  \"remoteEnv\": {\n    \"GOPRIVATE\": \"git.corp.example\"\n  }\n}\n",
            )],
            policy: None,
            finds: &[".devcontainer/devcontainer.json:6"],
            fixed: None,
        },
        Example {
            title: "for the container",
            files: &[(
                ".devcontainer/devcontainer.json",
                "{\n  \"image\": \"golang:1.25\",\n  \"containerEnv\": {\"GOPROXY\": \"https://goproxy.corp.example\"},\n  \"remoteEnv\": {\"GOPROXY\": \"${containerEnv:GOPROXY}\", \"PATH\": \"${containerEnv:PATH}:/x\"}\n}\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for unit in &judgement.repository.units {
        let Detail::DevContainer(container) = &unit.detail else {
            continue;
        };
        let is_judged = |setting: &&Setting| variables::is_acquisition(&setting.name);
        let found: Vec<_> = container.remote_only.iter().filter(is_judged).collect();
        // Where all of them are Go's, the whole map moves.
        let key = container
            .remote_key
            .filter(|_| found.len() == container.remote_count);
        for setting in found {
            let name = &setting.name;
            let message = format!(
                "remoteEnv sets {name} for the editor alone: the build of the image and the rest of the container do not see it; use containerEnv and build.args"
            );
            let finding = Finding::new(rule, Some(setting.span), message)
                .about(name, &setting.value.to_string());
            findings.push(match key {
                Some(span) => {
                    let text = "\"containerEnv\"".to_owned();
                    finding.with_fix(
                        "set them for the container",
                        Safety::Safe,
                        vec![Edit { span, text }],
                    )
                }
                None => finding,
            });
        }
    }
}
