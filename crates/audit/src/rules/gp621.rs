//! GP621 bake-target-missing-args.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use std::collections::HashMap;

use crate::block::System;
use crate::finding::{Edit, Safety};
use crate::site::Act;
use crate::source::{FileId, Span};

use super::{builds, variables};

/// A bake target lacks an argument that the others have.
pub(super) const RULE: Rule = Rule {
    id: "GP621",
    name: "bake-target-missing-args",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a bake target lacks an argument that the others have",
    page: "Targets of a bake file get the arguments of their own `args` and of those that they inherit, and no others. A target that was added later without `inherits` builds with Go's default proxy, while all beside it use the company's.\n\nLet it inherit the target that holds the common arguments.",
    examples: &[
        Example {
            title: "one of two",
            files: &[
                (
                    "docker-bake.hcl",
                    "target \"_common\" {\n  args = { GOPROXY = \"https://goproxy.corp.example\" }\n}\ntarget \"app\" {\n  inherits = [\"_common\"]\n}\ntarget \"tool\" {\n  context = \".\"\n}\n",
                ),
                (
                    "Dockerfile",
                    "FROM golang:1.25 AS build\nARG GOPROXY\nRUN go build -o /app .\nFROM scratch\nCOPY --from=build /app /app\n",
                ),
            ],
            policy: None,
            finds: &["docker-bake.hcl:7"],
            fixed: Some(
                "target \"_common\" {\n  args = { GOPROXY = \"https://goproxy.corp.example\" }\n}\ntarget \"app\" {\n  inherits = [\"_common\"]\n}\ntarget \"tool\" {\n  inherits = [\"_common\"]\n  context = \".\"\n}\n",
            ),
        },
        Example {
            title: "nobody inherits",
            files: &[
                (
                    "docker-bake.hcl",
                    "target \"_common\" {\n  args = { GOPROXY = \"https://goproxy.corp.example\" }\n}\ntarget \"app\" {\n  context = \".\"\n}\n",
                ),
                (
                    "Dockerfile",
                    "FROM golang:1.25\nARG GOPROXY\nRUN go build ./...\n",
                ),
            ],
            policy: None,
            finds: &["docker-bake.hcl:4"],
            fixed: Some(
                "target \"_common\" {\n  args = { GOPROXY = \"https://goproxy.corp.example\" }\n}\ntarget \"app\" {\n  inherits = [\"_common\"]\n  context = \".\"\n}\n",
            ),
        },
        Example {
            title: "both",
            files: &[
                (
                    "docker-bake.hcl",
                    "target \"_common\" {\n  args = { GOPROXY = \"https://goproxy.corp.example\" }\n}\ntarget \"app\" {\n  inherits = [\"_common\"]\n}\ntarget \"tool\" {\n  inherits = [\"_common\"]\n}\n",
                ),
                (
                    "Dockerfile",
                    "FROM golang:1.25 AS build\nARG GOPROXY\nRUN go build -o /app .\nFROM scratch\nCOPY --from=build /app /app\n",
                ),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "a Dockerfile that takes none",
            files: &[
                (
                    "docker-bake.hcl",
                    "target \"app\" {\n  args = { GOPROXY = \"https://goproxy.corp.example\" }\n}\ntarget \"tool\" {\n  context = \"tool\"\n}\n",
                ),
                (
                    "Dockerfile",
                    "FROM golang:1.25 AS build\nARG GOPROXY\nRUN go build -o /app .\nFROM scratch\nCOPY --from=build /app /app\n",
                ),
                ("tool/Dockerfile", "FROM alpine:3.22\nRUN apk add git\n"),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let sites: Vec<_> = judgement
        .sites
        .iter()
        .filter(|site| site.system == System::Bake && site.act == Act::ImageBuild)
        .collect();
    let mut given: HashMap<(FileId, &str), Span> = HashMap::new();
    for site in &sites {
        for (name, _) in &site.passes {
            given.entry((site.span.file, name)).or_insert(site.span);
        }
    }
    for site in &sites {
        let Some(build) = site.builds.and_then(|file| builds::of(judgement, file)) else {
            continue;
        };
        for name in variables::ACQUISITION {
            let takes = build
                .stages()
                .any(|stage| stage.declaration(name).is_some());
            let has = site.passes.iter().any(|(own, _)| own == name);
            if !takes || has {
                continue;
            }
            let text = judgement.repository.file(site.span.file).text();
            let base = || base(text, name).map(|(at, _)| Span::new(site.span.file, at..at));
            let given = given.get(&(site.span.file, name)).copied();
            let Some(other) = given.or_else(base) else {
                continue;
            };
            let message = format!(
                "another target of this file gives {name} to its build and this one does not; let it inherit the same arguments"
            );
            let mut finding =
                Finding::new(rule, Some(site.span), message).beside(other, format!("gives {name}"));
            finding.variable = Some(name.to_owned());
            finding.site = site.title();
            findings.push(inheriting(judgement, finding, site.span, name));
        }
    }
}

/// The finding with a fix that inherits a target which is there to be inherited from, where one gives the
/// argument and this one inherits nothing yet.
fn inheriting(judgement: &Judgement<'_>, finding: Finding, target: Span, name: &str) -> Finding {
    let text = judgement.repository.file(target.file).text();
    let base = base(text, name).map(|(_, base)| base);
    let start = target.range().start;
    let rest = text.get(start..).unwrap_or_default();
    let body = rest.split("\n}").next().unwrap_or_default();
    let (Some(base), Some(feed)) = (base, body.find("{\n")) else {
        return finding;
    };
    if body.contains("inherits") {
        return finding;
    }
    let at = start + feed + 2;
    let edit = Edit {
        span: Span::new(target.file, at..at),
        text: format!("  inherits = [\"{base}\"]\n"),
    };
    finding.with_fix(format!("inherit `{base}`"), Safety::Safe, vec![edit])
}

/// A target that is there to be inherited from and gives an argument: where, and its name.
fn base<'t>(text: &'t str, name: &str) -> Option<(usize, &'t str)> {
    text.match_indices("target \"_").find_map(|(at, found)| {
        let rest = text.get(at + found.len() - 1..)?;
        let body = rest.split("\n}").next()?;
        let own = rest.split('"').next()?;
        body.contains(name).then_some((at, own))
    })
}
