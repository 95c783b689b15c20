//! GP802 local-replace.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};
use crate::source::Span;

use super::workspace;

/// A `replace` points to a folder that is not in the repository.
pub(super) const RULE: Rule = Rule {
    id: "GP802",
    name: "local-replace",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a `replace` points to a folder that is not in the repository",
    page: "On the machine of its author it works; whoever checks the repository out gets `replacement directory … does not exist`.\n\nTake it out, or use a go.work that is not committed.",
    examples: &[
        Example {
            title: "beside the repository",
            files: &[(
                "go.mod",
                "module example.com/app\n\ngo 1.25\n\nrequire example.com/lib v1.0.0\n\nreplace example.com/lib => ../lib\n",
            )],
            policy: None,
            finds: &["go.mod:7"],
            fixed: None,
        },
        Example {
            title: "an absolute path",
            files: &[(
                "go.mod",
                "module example.com/app\n\ngo 1.25\n\nreplace (\n	example.com/lib v1.0.0 => /home/me/lib\n)\n",
            )],
            policy: None,
            finds: &["go.mod:6"],
            fixed: None,
        },
        Example {
            title: "in the repository",
            files: &[
                (
                    "app/go.mod",
                    "module example.com/app\n\ngo 1.25\n\nreplace example.com/lib => ../lib\n",
                ),
                ("lib/go.mod", "module example.com/lib\n\ngo 1.25\n"),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "another module",
            files: &[(
                "go.mod",
                "module example.com/app\n\ngo 1.25\n\nreplace example.com/lib => example.com/fork v1.0.0\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    if judgement.repository.is_single_file() {
        return;
    }
    for module in &judgement.repository.modules {
        let replaces = module.content.iter().flat_map(|content| &content.replace);
        for replace in replaces.filter(|replace| replace.new_version.is_none()) {
            let folder = workspace::joined(&module.folder, &replace.new_path);
            let is_absolute = replace.new_path.starts_with('/') || replace.new_path.contains(":\\");
            // Folders that the audit does not look into may well be there.
            let is_unseen = folder
                .split('/')
                .any(|part| matches!(part, "testdata" | "vendor"));
            let is_there = judgement
                .repository
                .modules
                .iter()
                .any(|other| other.folder == folder);
            if !is_absolute && (is_there || is_unseen) {
                continue;
            }
            let message = format!(
                "`{}` is not in the repository; take the replace out",
                replace.new_path
            );
            let text = judgement.repository.file(module.file).text();
            let found = text.match_indices("=>").find_map(|(at, _)| {
                let rest = text[at + 2..].trim_start_matches([' ', '\t', '"']);
                let start = text.len() - rest.len();
                let is_it = rest.starts_with(replace.new_path.as_str());
                is_it.then(|| start..start + replace.new_path.len())
            });
            let span = Span::new(module.file, found.unwrap_or(0..0));
            findings.push(Finding::new(rule, Some(span), message));
        }
    }
}
