//! GP312 token-in-git-config.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};
use crate::site::Site;

use super::commands;

/// A token is written into the configuration of git.
pub(super) const RULE: Rule = Rule {
    id: "GP312",
    name: "token-in-git-config",
    severity: Severity::Info,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a token is written into the configuration of git",
    page: "`git config --global url.\"https://$TOKEN@host/\".insteadOf …` writes the token into a file. In an image build the file is part of a layer that everybody who pulls the image can read; on a machine that several jobs use it is there for the next one. On a machine that is thrown away it is the usual way, and no more than an information.\n\nHand a netrc file over as a secret (`RUN --mount=type=secret,id=netrc,target=/run/secrets/netrc NETRC=/run/secrets/netrc go mod download`) or use a credential helper.",
    examples: &[
        Example {
            title: "in an image",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nARG TOKEN\nRUN git config --global url.\"https://oauth2:${TOKEN}@git.corp.example/\".insteadOf https://git.corp.example/\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:3"],
            fixed: None,
        },
        Example {
            title: "on a machine of one's own",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: [self-hosted, linux]\n    steps:\n      - run: git config --global url.\"https://x:${{ secrets.T }}@github.com/\".insteadOf \"https://github.com/\"\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:6"],
            fixed: None,
        },
        Example {
            title: "on a hosted one",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: git config --global url.\"https://x:${{ secrets.T }}@github.com/\".insteadOf \"https://github.com/\"\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:6"],
            fixed: None,
        },
        Example {
            title: "a header",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nARG TOKEN\nRUN git config --system http.https://git.corp.example/.extraHeader \"Authorization: Bearer $TOKEN\"\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:3"],
            fixed: None,
        },
        Example {
            title: "taken away again",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nRUN --mount=type=secret,id=t git config --global url.\"https://x:$(cat /run/secrets/t)@git.corp.example/\".insteadOf https://git.corp.example/ && go mod download && rm ~/.gitconfig\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: None,
        },
        Example {
            title: "no token",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nRUN git config --global url.\"ssh://git@git.corp.example/\".insteadOf https://git.corp.example/\nRUN go build ./...\n",
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
        if !writes_token(&site.words) {
            continue;
        }
        let (severity, place) = if commands::is_in_image(site) && !is_taken_away(judgement, site) {
            (Severity::Error, "where the layer of the image keeps it")
        } else if commands::is_in_image(site) {
            (Severity::Info, "until the same RUN takes it away")
        } else if commands::keeps_home(judgement, site) {
            (
                Severity::Warning,
                "where the next job on this machine finds it",
            )
        } else {
            (Severity::Info, "of a machine that is thrown away")
        };
        let message = format!(
            "a login is written into git's configuration, {place}; use a netrc from a secret"
        );
        let mut finding =
            Finding::new(rule, judgement.span_of(site), message).as_severity(severity);
        finding.site = site.title();
        findings.push(finding);
    }
}

/// `git config … url."https://user:token@host".insteadOf …`, or a header with a login.
fn writes_token(words: &[String]) -> bool {
    let [git, rest @ ..] = words else {
        return false;
    };
    let is_config = git == "git" && rest.iter().any(|word| word == "config");
    is_config
        && rest.iter().enumerate().any(|(at, word)| {
            let lower = word.to_ascii_lowercase();
            if lower.starts_with("http.") && lower.ends_with("extraheader") {
                let value = rest.get(at + 1).map(|value| value.to_ascii_lowercase());
                return value.is_some_and(|value| value.contains("authorization"));
            }
            let url = lower
                .strip_prefix("url.")
                .and_then(|rest| rest.split_once("://"));
            url.is_some_and(|(scheme, rest)| {
                let authority = rest.split('/').next().unwrap_or_default();
                // A `/` may be part of what prints the token: `$(cat /run/secrets/t)`.
                let has_login = authority.contains('@') || rest.contains(")@");
                matches!(scheme, "http" | "https") && has_login
            })
        })
}

/// Whether the same `RUN` deletes git's configuration afterwards.
fn is_taken_away(judgement: &Judgement<'_>, site: &Site) -> bool {
    judgement.others.iter().any(|other| {
        let after = other.trail == site.trail && other.span.start > site.span.start;
        let line = other.command();
        after
            && (line.starts_with("rm ") && line.contains("gitconfig")
                || line.starts_with("git config") && line.contains("--unset")
                || line.starts_with("git config") && line.contains("--remove-section"))
    })
}
