//! GP318 govcs-invalid-or-needed.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

/// GOVCS is nothing that Go understands.
pub(super) const RULE: Rule = Rule {
    id: "GP318",
    name: "govcs-invalid-or-needed",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "GOVCS is nothing that Go understands",
    page: "GOVCS is a list of `pattern:tools` separated by commas, `public:git|hg,private:all` by default; the tools are `git`, `hg`, `svn`, `bzr`, `fossil`, `all` or `off`. An entry without a colon, an empty one or a pattern that stands there twice makes every fetch from a version control host fail.\n\nWrite `git.corp.example:git,*:off`.",
    examples: &[
        Example {
            title: "no colon",
            files: &[(".github/workflows/ci.yml", workflow!("GOVCS: git"))],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "a pattern twice",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOVCS: \"public:git,public:hg\""),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "an unknown tool",
            files: &[(".config/go/env", "GOVCS=*:git|cvs\n")],
            policy: None,
            finds: &[".config/go/env:1"],
            fixed: None,
        },
        Example {
            title: "in order",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOVCS: \"git.corp.example:git|svn,public:git,*:off\""),
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for value in judgement.in_use("GOVCS") {
        let Some(text) = value.candidate.value.text() else {
            continue;
        };
        if let Some(reason) = wrong(text) {
            let message = format!("`{text}` is no value of GOVCS: {reason}");
            findings.push(value.about(Finding::new(rule, value.candidate.span, message), "GOVCS"));
        }
    }
}

/// The tools that Go knows, and its words for all and none.
const TOOLS: [&str; 7] = ["git", "hg", "svn", "bzr", "fossil", "all", "off"];

/// What is wrong with a value, in the order in which Go looks.
fn wrong(text: &str) -> Option<String> {
    let mut seen = Vec::new();
    for entry in text.split(',') {
        let entry = entry.trim();
        if entry.is_empty() {
            return Some("it has an empty entry".to_owned());
        }
        let Some((pattern, tools)) = entry.split_once(':') else {
            return Some(format!("`{entry}` has no colon"));
        };
        let (pattern, tools) = (pattern.trim(), tools.trim());
        if pattern.is_empty() || tools.is_empty() {
            return Some(format!("`{entry}` has nothing beside its colon"));
        }
        if seen.contains(&pattern) {
            return Some(format!("`{pattern}` stands there twice"));
        }
        seen.push(pattern);
        let unknown = tools
            .split('|')
            .map(str::trim)
            .find(|tool| !TOOLS.contains(tool));
        if let Some(tool) = unknown {
            return Some(format!("`{tool}` is no version control tool that Go knows"));
        }
    }
    None
}
