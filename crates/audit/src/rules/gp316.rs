//! GP316 vcs-tool-missing.

use crate::environment::Confidence;
use crate::environment::Value;
use crate::finding::{Finding, Safety, Severity};
use crate::images;
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};
use crate::site::Site;
use gomod::Patterns;
use std::collections::HashSet;

use super::{privacy, proxy_list, stages, sums};

/// Modules come from version control hosts, and the image has no git.
pub(super) const RULE: Rule = Rule {
    id: "GP316",
    name: "vcs-tool-missing",
    severity: Severity::Error,
    confidence: Confidence::Medium,
    live: false,
    needs_policy: false,
    summary: "modules come from version control hosts, and the image has no git",
    page: "Where the first entry of GOPROXY is `direct`, or a requirement matches GONOPROXY, `go` runs git itself. Official images on alpine, and bare distributions, have none: `exec: \"git\": executable file not found in $PATH`. A `direct` at the end of the list is no reason to install it.\n\nInstall git in the stage that downloads, or let the company's proxy serve the modules.",
    examples: &[
        Example {
            title: "alpine and direct",
            files: &[
                (
                    "Dockerfile",
                    "FROM golang:1.25-alpine AS build\nENV GOPROXY=direct\nCOPY . .\nRUN go build ./...\n",
                ),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.25\n\nrequire rsc.io/quote v1.5.2\n",
                ),
                ("go.sum", "rsc.io/quote v1.5.2 h1:x\n"),
            ],
            policy: None,
            finds: &["Dockerfile:4"],
            fixed: Some(
                "FROM golang:1.25-alpine AS build\nRUN apk add --no-cache git\nENV GOPROXY=direct\nCOPY . .\nRUN go build ./...\n",
            ),
        },
        Example {
            title: "nothing else in the tree",
            files: &[(
                "Dockerfile",
                "FROM golang:alpine\nENV GOPROXY=direct\nRUN go mod download\n",
            )],
            policy: None,
            finds: &["Dockerfile:3"],
            fixed: None,
        },
        Example {
            title: "a private module",
            files: &[
                (
                    ".gitlab-ci.yml",
                    "test:\n  image: golang:1.25-alpine\n  variables:\n    GOPRIVATE: git.corp.example\n  script:\n    - go test ./...\n",
                ),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.25\n\nrequire git.corp.example/team/lib v1.2.3\n",
                ),
                ("go.sum", "rsc.io/quote v1.5.2 h1:x\n"),
            ],
            policy: None,
            finds: &[".gitlab-ci.yml:6"],
            fixed: None,
        },
        Example {
            title: "installed",
            files: &[
                (
                    "Dockerfile",
                    "FROM golang:1.25-alpine\nRUN apk add --no-cache git\nENV GOPROXY=direct\nRUN go build ./...\n",
                ),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.25\n\nrequire rsc.io/quote v1.5.2\n",
                ),
                ("go.sum", "rsc.io/quote v1.5.2 h1:x\n"),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "direct at the end",
            files: &[
                (
                    "Dockerfile",
                    "FROM golang:1.25-alpine\nENV GOPROXY=https://goproxy.corp.example,direct\nRUN go build ./...\n",
                ),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.25\n\nrequire rsc.io/quote v1.5.2\n",
                ),
                ("go.sum", "rsc.io/quote v1.5.2 h1:x\n"),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "an image with git",
            files: &[
                (
                    "Dockerfile",
                    "FROM golang:1.25\nENV GOPROXY=direct\nRUN go build ./...\n",
                ),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.25\n\nrequire rsc.io/quote v1.5.2\n",
                ),
                ("go.sum", "rsc.io/quote v1.5.2 h1:x\n"),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let mut seen = HashSet::new();
    for site in judgement.downloads() {
        let Some(facts) = site.image.as_deref().and_then(images::facts) else {
            continue;
        };
        let has_git = |package: &String| package.split(['=', '@']).next() == Some("git");
        if facts.holds("git") != Some(false)
            || site.installed.iter().any(has_git)
            || !site.gaps.is_empty()
        {
            continue;
        }
        let Some(why) = needed(judgement, site) else {
            continue;
        };
        let place = site
            .trail
            .iter()
            .rfind(|crumb| crumb.what.starts_with("stage "));
        if !seen.insert(place.map_or(site.span, |crumb| crumb.span)) {
            continue;
        }
        let image = site.image.as_deref().unwrap_or_default();
        let message =
            format!("{why}, and `{image}` has no git; install it, or let a proxy serve the module");
        let mut finding = Finding::new(rule, judgement.span_of(site), message);
        finding.site = site.title();
        let edit = stages::installing(judgement, site, facts.installer, "git");
        findings.push(match edit {
            Some(edit) => finding.with_fix("install git", Safety::Safe, vec![edit]),
            None => finding,
        });
    }
}

/// Why a site needs git, if it does.
fn needed(judgement: &Judgement<'_>, site: &Site) -> Option<String> {
    let versioned = site
        .words
        .iter()
        .find_map(|word| Some(word.split_once('@')?.0));
    let module = privacy::module(judgement, site).filter(|_| versioned.is_none());
    let paths: Vec<&str> = match (versioned, module) {
        (Some(path), _) => vec![path],
        (None, Some(module)) if !sums::is_vendored(judgement.repository, module) => {
            sums::left(judgement, module)
        }
        _ => Vec::new(),
    };
    let is_direct = {
        let list = site.environment.text("GOPROXY").unwrap_or_default();
        proxy_list::entries(list)
            .next()
            .is_some_and(|entry| entry.text == "direct")
    };
    // A Dockerfile alone: whoever builds there has requirements, most likely.
    if is_direct && versioned.is_none() && judgement.repository.modules.is_empty() {
        return Some(
            "modules come from their version control hosts (GOPROXY is `direct`)".to_owned(),
        );
    }
    let first = paths.first()?;
    if is_direct {
        return Some(format!(
            "`{first}` comes from its version control host (GOPROXY is `direct`)"
        ));
    }
    let Value::Known(patterns) = site.environment.value("GONOPROXY") else {
        return None;
    };
    let patterns = Patterns::parse(patterns);
    let path = paths.iter().find(|path| patterns.matches(path))?;
    Some(format!(
        "`{path}` comes from its version control host (GONOPROXY)"
    ))
}
