//! GP507 build-arg-missing.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::dialects::dockerfile::detail::Pair;
use crate::finding::{Edit, Safety};
use crate::site::{Act, Site};
use crate::source::Span;

use super::builds::{self, Build};
use super::severity::enforced;
use super::variables;

/// A Dockerfile declares an argument that the build does not pass.
pub(super) const RULE: Rule = Rule {
    id: "GP507",
    name: "build-arg-missing",
    severity: Severity::Info,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a Dockerfile declares an argument that the build does not pass",
    page: "An image build sees nothing of the environment that it is started from. The Dockerfile is prepared, `ARG GOPROXY` stands in it, but this build passes no `--build-arg GOPROXY`, so that `go` in the image asks its default proxy.\n\nPass it: `docker build --build-arg GOPROXY .` takes the value from the environment of the command. Under a policy whose `direct` is `private-only` or `forbidden` this is an error.",
    examples: &[
        Example {
            title: "docker build",
            files: &[
                (
                    ".github/workflows/ci.yml",
                    "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker build -t app .\n",
                ),
                (
                    "Dockerfile",
                    "FROM golang:1.25\nARG GOPROXY\nCOPY go.mod go.sum ./\nRUN go mod download\n",
                ),
            ],
            policy: None,
            finds: &[".github/workflows/ci.yml:8"],
            fixed: Some(
                "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker build --build-arg GOPROXY -t app .\n",
            ),
        },
        Example {
            title: "the build action",
            files: &[
                (
                    ".github/workflows/ci.yml",
                    "on: push\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: docker/build-push-action@v6\n",
                ),
                (
                    "Dockerfile",
                    "FROM golang:1.25\nARG GOPROXY\nCOPY go.mod go.sum ./\nRUN go mod download\n",
                ),
            ],
            policy: Some(super::ENFORCED),
            finds: &[".github/workflows/ci.yml:6"],
            fixed: None,
        },
        Example {
            title: "a makefile",
            files: &[
                (
                    "Makefile",
                    "export GOPROXY ?= https://goproxy.corp.example\nimage:\n	docker build .\n",
                ),
                (
                    "Dockerfile",
                    "FROM golang:1.25\nARG GOPROXY\nCOPY go.mod go.sum ./\nRUN go mod download\n",
                ),
            ],
            policy: None,
            finds: &["Makefile:3"],
            fixed: Some(
                "export GOPROXY ?= https://goproxy.corp.example\nimage:\n	docker build --build-arg GOPROXY .\n",
            ),
        },
        Example {
            title: "passed",
            files: &[
                (
                    ".github/workflows/ci.yml",
                    "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker build --build-arg GOPROXY -t app .\n",
                ),
                (
                    "Dockerfile",
                    "FROM golang:1.25\nARG GOPROXY\nCOPY go.mod go.sum ./\nRUN go mod download\n",
                ),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "the argument has a default",
            files: &[
                (
                    ".github/workflows/ci.yml",
                    "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker build -t app .\n",
                ),
                (
                    "Dockerfile",
                    "FROM golang:1.25\nARG GOPROXY=https://goproxy.corp.example\nCOPY go.mod go.sum ./\nRUN go mod download\n",
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
    for site in judgement
        .sites
        .iter()
        .filter(|site| site.act == Act::ImageBuild)
    {
        let Some(file) = site.builds else {
            continue;
        };
        let Some(build) = builds::of(judgement, file) else {
            continue;
        };
        let missing: Vec<_> = variables::ACQUISITION
            .into_iter()
            .filter(|name| !site.passes.iter().any(|(passed, _)| passed == name))
            .filter(|name| is_wanted(judgement, site, name))
            .filter_map(|name| Some((name, open_argument(build, name)?)))
            .collect();
        let Some((_, argument)) = missing.first() else {
            continue;
        };
        let names: Vec<_> = missing.iter().map(|(name, _)| *name).collect();
        let message = format!(
            "the Dockerfile declares `ARG {}`, and this build passes none; add `--build-arg {}`",
            names.join(" "),
            names.join(" --build-arg ")
        );
        let mut finding = Finding::new(rule, Some(site.span), message)
            .as_severity(enforced(judgement))
            .beside(argument.key, "declared here");
        finding.variable = Some(names[0].to_owned());
        finding.site = site.title();
        let edit = passing(judgement, site, &names);
        findings.push(match edit {
            Some(edit) => finding.with_fix("pass it on", Safety::Safe, vec![edit]),
            None => finding,
        });
    }
}

/// Whether there is a value to pass: here, in the policy; for GOPROXY always.
fn is_wanted(judgement: &Judgement<'_>, site: &Site, name: &str) -> bool {
    let in_policy = || {
        judgement.policy.is_some_and(|policy| {
            let settings = policy.client_settings();
            settings.iter().any(|(wanted, _)| *wanted == name)
        })
    };
    let here = site
        .environment
        .get(name)
        .and_then(|variable| variable.process());
    name == "GOPROXY"
        || here.is_some_and(|candidate| candidate.value.text().is_some())
        || in_policy()
}

/// The declaration of an argument without default in some stage.
fn open_argument<'b>(build: Build<'b>, name: &str) -> Option<&'b Pair> {
    build.stages().find_map(|stage| {
        let argument = stage.declaration(name)?;
        let global = build.globals().find(|pair| pair.name == name);
        let is_open =
            argument.value.is_none() && global.is_none_or(|global| global.value.is_none());
        is_open.then_some(argument)
    })
}

/// The edit that passes variables of the command's own environment, where it is `docker build` and they are there.
fn passing(judgement: &Judgement<'_>, site: &Site, names: &[&str]) -> Option<Edit> {
    let are_there = names.iter().all(|name| {
        let variable = site.environment.get(name);
        variable.and_then(|variable| variable.process()).is_some()
    });
    let text = judgement.repository.slice(site.span);
    let is_build = text.starts_with("docker build")
        || text.starts_with("docker buildx build")
        || text.starts_with("podman build");
    let at = text.find("build ").filter(|_| is_build && are_there)?;
    let at = site.span.range().start + at + "build".len();
    Some(Edit {
        span: Span::new(site.span.file, at..at),
        text: format!(" --build-arg {}", names.join(" --build-arg ")),
    })
}
