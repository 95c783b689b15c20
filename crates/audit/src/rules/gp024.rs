//! GP024 literal-reference.

use crate::dialect::Dialect;
use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::interpolate;
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::variables;

/// A reference like `$X` stands where nothing expands it.
pub(super) const RULE: Rule = Rule {
    id: "GP024",
    name: "literal-reference",
    severity: Severity::Error,
    confidence: Confidence::Medium,
    live: true,
    needs_policy: false,
    summary: "a reference like `$X` stands where nothing expands it",
    page: "`env:` of GitHub Actions, Go's own files, systemd's `Environment=`, `--env-file` and single quotes of a shell take `$X` as it stands: `go` is given a dollar and a name. Depending on the variable that is an invalid URL or a pattern that matches nothing.\n\nWrite the value, or set the variable where something expands it (in GitHub Actions `${{ env.X }}` or `${{ vars.X }}`).",
    examples: &[
        Example {
            title: "env of a workflow",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: $CORP_PROXY,direct"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "single quotes",
            files: &[(
                "build.sh",
                "#!/bin/sh\nexport GOPROXY='$CORP_PROXY'\ngo build ./...\n",
            )],
            policy: None,
            finds: &["build.sh:2"],
            fixed: None,
        },
        Example {
            title: "Go's own file",
            files: &[(".config/go/env", "GOPRIVATE=${CORP_HOST}\n")],
            policy: None,
            finds: &[".config/go/env:1"],
            fixed: None,
        },
        Example {
            title: "an env file for docker",
            files: &[
                ("ci.env", "GOPROXY=$CORP_PROXY\n"),
                (
                    "build.sh",
                    "#!/bin/sh\ndocker run --env-file ci.env golang:1.25 go build ./...\n",
                ),
            ],
            policy: None,
            finds: &["ci.env:1"],
            fixed: None,
        },
        Example {
            title: "an expression",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: ${{ vars.CORP_PROXY }}"),
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "GitLab expands it",
            files: &[(
                ".gitlab-ci.yml",
                "variables:\n  HOST: goproxy.corp.example\n  GOPROXY: https://$HOST\ntest:\n  script:\n    - go test ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "double quotes",
            files: &[(
                "build.sh",
                "#!/bin/sh\nexport GOPROXY=\"$CORP_PROXY\"\ngo build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for name in variables::ACQUISITION {
        for value in judgement.in_use(name) {
            // What a shell or a CI system expands is no part of a known value any more.
            let Some(found) = value.candidate.value.text().and_then(reference) else {
                continue;
            };
            // Kubernetes expands it, if the name stands before: GP712.
            let is_manifest = value
                .candidate
                .span
                .is_some_and(|span| judgement.repository.dialect(span.file) == Dialect::Kubernetes);
            if is_manifest && found.starts_with("$(") {
                continue;
            }
            let message = format!(
                "nothing expands `{found}` here ({}), so {name} holds it as it stands; write the value",
                value.candidate.how
            );
            findings.push(value.about(Finding::new(rule, value.candidate.span, message), name));
        }
    }
}

/// The first `$X`, `${X}` or `$(X)` of a text.
fn reference(text: &str) -> Option<&str> {
    let mut starts = text.match_indices('$').map(|(at, _)| at);
    starts.find_map(|at| {
        let rest = &text[at + 1..];
        let length = match rest.as_bytes().first()? {
            b'{' => rest.find('}')? + 1,
            b'(' => rest.find(')')? + 1,
            _ => interpolate::name_at(rest).len(),
        };
        (length > 0).then(|| &text[at..at + 1 + length])
    })
}
