//! GP620 passthrough-unset.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::{Edit, Safety};
use crate::resolve::call::join;
use crate::source::Span;

use super::{services, variables};

/// Compose passes a variable on that may not be set.
pub(super) const RULE: Rule = Rule {
    id: "GP620",
    name: "passthrough-unset",
    severity: Severity::Warning,
    confidence: Confidence::Medium,
    live: false,
    needs_policy: false,
    summary: "compose passes a variable on that may not be set",
    page: "A name without a value takes that of the environment compose runs in. On a machine where nobody has set it, `go` gets an empty value and quietly asks its default proxy.\n\nWrite `GOPROXY=${GOPROXY:?}`, which stops with a message, or give a default: `${GOPROXY:-https://goproxy.corp.example}`.",
    examples: &[
        Example {
            title: "a name in a list",
            files: &[
                (
                    "compose.yaml",
                    "services:\n  app:\n    build:\n      context: .\n      args:\n        - GOPROXY\n",
                ),
                (
                    "Dockerfile",
                    "FROM golang:1.25 AS build\nARG GOPROXY\nRUN go build -o /app .\nFROM scratch\nCOPY --from=build /app /app\n",
                ),
            ],
            policy: None,
            finds: &["compose.yaml:6"],
            fixed: Some(
                "services:\n  app:\n    build:\n      context: .\n      args:\n        - GOPROXY=${GOPROXY:?}\n",
            ),
        },
        Example {
            title: "a key without value",
            files: &[(
                "compose.yaml",
                "services:\n  app:\n    image: golang:1.25\n    command: go test ./...\n    environment:\n      GOPROXY:\n",
            )],
            policy: None,
            finds: &["compose.yaml:6"],
            fixed: Some(
                "services:\n  app:\n    image: golang:1.25\n    command: go test ./...\n    environment:\n      GOPROXY: ${GOPROXY:?}\n",
            ),
        },
        Example {
            title: "set beside it",
            files: &[
                (
                    "compose.yaml",
                    "services:\n  app:\n    build:\n      context: .\n      args:\n        - GOPROXY\n",
                ),
                (".env", "GOPROXY=https://goproxy.corp.example\n"),
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
            title: "with a message",
            files: &[
                (
                    "compose.yaml",
                    "services:\n  app:\n    build:\n      context: .\n      args:\n        - GOPROXY=${GOPROXY:?}\n",
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
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for (id, service) in services::all(judgement) {
        let path = &judgement.repository.file(id).path;
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let env = judgement.repository.find(&join(folder, ".env"));
        let env = env.map_or("", |env| judgement.repository.file(env).text());
        let args = service.build.iter().flat_map(|build| &build.args);
        for pair in args.chain(&service.environment) {
            let is_set = || {
                env.lines().any(|line| {
                    let name = line
                        .trim_start()
                        .trim_start_matches("export ")
                        .split('=')
                        .next();
                    name.map(str::trim) == Some(pair.name.as_str())
                })
            };
            if pair.value.is_some() || !variables::is_acquisition(&pair.name) || is_set() {
                continue;
            }
            let message = format!(
                "{0} is passed on from an environment that may not have it; write `{0}=${{{0}:?}}`",
                pair.name
            );
            let mut finding = Finding::new(rule, Some(pair.span), message).about(&pair.name, "");
            finding.site = format!("service {}", service.name);
            let value = format!("${{{}:?}}", pair.name);
            let text = if pair.is_item {
                format!("={value}")
            } else {
                format!(": {value}")
            };
            let end = pair.span.range().end;
            let whole = judgement
                .repository
                .file(id)
                .text()
                .get(end..)
                .unwrap_or_default();
            let colon = usize::from(!pair.is_item && whole.starts_with(':'));
            let edit = Edit {
                span: Span::new(id, end..end + colon),
                text,
            };
            findings.push(finding.with_fix("stop where it is not set", Safety::Unsafe, vec![edit]));
        }
    }
}
