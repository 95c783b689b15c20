//! GP202 gosumdb-invalid.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

/// GOSUMDB is nothing that Go understands.
pub(super) const RULE: Rule = Rule {
    id: "GP202",
    name: "gosumdb-invalid",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "GOSUMDB is nothing that Go understands",
    page: "GOSUMDB is `off`, the name of a database that Go knows, or `name+hash+key`, with a URL behind a blank if it is served elsewhere. Anything else makes every download fail: `invalid GOSUMDB` or `missing GOSUMDB`. The key of `sum.golang.org` is built in; a placeholder such as `sum.golang.org+<key>` is wrong.",
    examples: &[
        Example {
            title: "a placeholder",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOSUMDB: sum.golang.org+<key>"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "a URL",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOSUMDB: https://sum.golang.org"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "a boolean of YAML",
            files: &[(".config/go/env", "GOSUMDB=false\n")],
            policy: None,
            finds: &[".config/go/env:1"],
            fixed: None,
        },
        Example {
            title: "the name",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOSUMDB: sum.golang.org"),
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "the whole key",
            files: &[(
                ".config/go/env",
                "GOSUMDB=sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for value in judgement.in_use("GOSUMDB") {
        let Some(text) = value.candidate.value.text() else {
            continue;
        };
        if text == "off" {
            continue;
        }
        let fields: Vec<_> = text.split_whitespace().collect();
        let name = fields.first().copied().unwrap_or_default();
        let known = [gomod::defaults::GOSUMDB, gomod::defaults::GOSUMDB_ALIAS];
        let reason = if fields.len() > 2 {
            "it has more than two fields"
        } else if known.contains(&name) || goenv::is_verifier_key(name) {
            continue;
        } else if name.contains("://") {
            "it is a URL; the first field is a name"
        } else if name.contains('<') {
            "it holds a placeholder; the key of sum.golang.org is built in"
        } else if matches!(name, "false" | "no") {
            "it is what YAML makes of an unquoted `off`"
        } else if name.contains('+') {
            "it is no verifier key (name+hash+key, which have to belong together)"
        } else {
            "Go knows no database of that name, so the key has to follow (name+hash+key)"
        };
        let message = format!("`{text}` is no value of GOSUMDB: {reason}");
        findings.push(value.about(Finding::new(rule, value.candidate.span, message), "GOSUMDB"));
    }
}
