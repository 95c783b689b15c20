//! GP118 glob-covers-public.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};
use gomod::Patterns;

use super::{patterns, privacy};

/// A pattern covers modules that are surely public.
pub(super) const RULE: Rule = Rule {
    id: "GP118",
    name: "glob-covers-public",
    severity: Severity::Info,
    confidence: Confidence::Medium,
    live: false,
    needs_policy: false,
    summary: "a pattern covers modules that are surely public",
    page: "What the pattern matches is fetched from its version control host and not looked up in the checksum database. For public modules that is slower, less available and less safe.\n\nNarrow the pattern to the company's own modules.",
    examples: &[
        Example {
            title: "a host of public modules",
            files: &[
                (
                    ".github/workflows/ci.yml",
                    workflow!("GOPRIVATE: go*.org/x"),
                ),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.25\n\nrequire golang.org/x/text v0.30.0\n",
                ),
                ("go.sum", "golang.org/x/text v0.30.0 h1:x\n"),
            ],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "the company's own",
            files: &[
                (
                    ".github/workflows/ci.yml",
                    workflow!("GOPRIVATE: github.com/acme"),
                ),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.25\n\nrequire github.com/acme/lib v1.0.0\n",
                ),
                ("go.sum", "github.com/acme/lib v1.0.0 h1:x\n"),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let paths = privacy::known_paths(judgement);
    for name in ["GOPRIVATE", "GONOPROXY", "GONOSUMDB"] {
        for value in judgement.in_use(name) {
            let text = value.candidate.value.text().unwrap_or_default();
            // Patterns that cover everything are errors, and spoken of as such.
            let mut patterns =
                patterns::split(text).filter(|pattern| !patterns::is_wide(pattern.text));
            let found = patterns.find_map(|pattern| {
                let list = Patterns::parse(pattern.text);
                let mut public = paths.iter().filter(|path| is_public(path));
                let path = public.find(|path| list.matches(path))?;
                Some((pattern.text, *path))
            });
            let Some((pattern, path)) = found else {
                continue;
            };
            let message =
                format!("`{pattern}` in {name} covers the public module `{path}`; narrow it");
            findings.push(value.about(Finding::new(rule, value.candidate.span, message), name));
        }
    }
}

/// How paths begin under which nobody keeps private modules.
const PUBLIC: [&str; 12] = [
    "golang.org/x/",
    "google.golang.org/",
    "cloud.google.com/go",
    "k8s.io/",
    "sigs.k8s.io/",
    "gopkg.in/yaml.",
    "go.uber.org/",
    "go.opentelemetry.io/",
    "rsc.io/",
    "github.com/golang/",
    "github.com/google/",
    "github.com/stretchr/",
];

fn is_public(path: &str) -> bool {
    PUBLIC.iter().any(|front| path.starts_with(front))
}
