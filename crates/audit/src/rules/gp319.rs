//! GP319 ssh-known-hosts.

use crate::dialect::Dialect;
use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::commands;

/// Git is sent to ssh, and nothing says which keys its hosts have.
pub(super) const RULE: Rule = Rule {
    id: "GP319",
    name: "ssh-known-hosts",
    severity: Severity::Warning,
    confidence: Confidence::Medium,
    live: false,
    needs_policy: false,
    summary: "git is sent to ssh, and nothing says which keys its hosts have",
    page: "`git config url.\"ssh://git@host/\".insteadOf https://host/` makes `go` fetch over ssh. In a fresh container the host is not known, and with nobody there to say yes the fetch fails: `Host key verification failed`.\n\nBring the key along: `COPY known_hosts /root/.ssh/known_hosts`, a mount, or a variable of the CI system. `ssh-keyscan` at build time believes whoever answers.",
    examples: &[
        Example {
            title: "an image",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nRUN git config --global url.\"ssh://git@git.corp.example/\".insteadOf https://git.corp.example/\nRUN --mount=type=ssh go mod download\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: None,
        },
        Example {
            title: "the key is brought along",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nCOPY known_hosts /root/.ssh/known_hosts\nRUN git config --global url.\"ssh://git@git.corp.example/\".insteadOf https://git.corp.example/\nRUN --mount=type=ssh go mod download\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "https",
            files: &[(
                ".gitlab-ci.yml",
                "test:\n  script:\n    - git config --global credential.helper store\n    - go test ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for site in judgement.others {
        let to_ssh = |word: &String| {
            let url = word.strip_prefix("url.").unwrap_or_default();
            url.starts_with("ssh://") || url.starts_with("git@")
        };
        let is_fresh = commands::is_in_image(site)
            || judgement.repository.dialect(site.span.file) == Dialect::GitLab;
        if !is_fresh || !site.words.iter().any(to_ssh) {
            continue;
        }
        let text = judgement.repository.file(site.span.file).text();
        let known = [
            "known_hosts",
            "KNOWN_HOSTS",
            "ssh-keyscan",
            "StrictHostKeyChecking",
            "GIT_SSH",
        ];
        if known.iter().any(|word| text.contains(word)) {
            continue;
        }
        let message =
            "git is sent to ssh here, and nothing brings the keys of its hosts (known_hosts)";
        let mut finding = Finding::new(rule, judgement.span_of(site), message);
        finding.site = site.title();
        findings.push(finding);
    }
}
