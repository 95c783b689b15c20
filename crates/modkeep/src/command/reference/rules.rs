//! The pages of the audit's rules: one a rule, and one that lists them.

use std::fmt::Write as _;
use std::path::Path;

use audit::Rule;

use super::{cell, head};

/// The list of all rules.
pub(super) fn index() -> String {
    let mut page = head("The rules of `modkeep audit` and `modkeep check`");
    page.push_str(
        "Ids and names are stable: suppressions, baselines and policies name them. `modkeep explain GP101` prints \
         a rule's page.\n\nIn the examples `DEFAULT` stands for Go's default proxy.\n\n\
         | rule | name | severity | confidence | what is wrong |\n|---|---|---|---|---|\n",
    );
    for rule in audit::RULES {
        // Writing to a string cannot fail.
        let _ = writeln!(
            page,
            "| [{id}]({id}.md) | {} | {} | {} | {} |",
            rule.name,
            audit::severity(rule.severity),
            audit::confidence(rule.confidence),
            cell(rule.summary),
            id = rule.id,
        );
    }
    page
}

/// The page of `rule`.
pub(super) fn page(rule: &Rule) -> String {
    let mut page = head(&format!("{} {}", rule.id, rule.name));
    let _ = writeln!(
        page,
        "{}.\n\nSeverity {}, confidence {}. {} {}\n\n{}",
        capitalised(rule.summary),
        audit::severity(rule.severity),
        audit::confidence(rule.confidence),
        if rule.examples.is_empty() {
            "Raised by `modkeep check` alone."
        } else if rule.live {
            "Judges files and, in `modkeep check`, the live environment."
        } else {
            "Judges files only."
        },
        if rule.needs_policy {
            "Runs only with a policy."
        } else {
            "Needs no policy."
        },
        rule.page.trim(),
    );
    for (heading, found) in [("Wrong", true), ("Right", false)] {
        if rule.examples.is_empty() {
            break;
        }
        let _ = writeln!(page, "\n## {heading}");
        for example in rule.examples {
            if example.finds.is_empty() != found {
                show(&mut page, example);
            }
        }
    }
    page
}

fn show(page: &mut String, example: &audit::Example) {
    let _ = writeln!(page, "\n### {}", capitalised(example.title));
    for (path, text) in example.files {
        block(page, path, path, text);
    }
    if let Some(policy) = example.policy {
        block(page, "policy.toml", "with the policy", policy);
    }
    if !example.finds.is_empty() {
        let _ = writeln!(page, "\nFound at {}.", example.finds.join(", "));
    }
    if let (Some(fixed), Some((path, _))) = (example.fixed, example.files.first()) {
        block(page, path, "mended", fixed);
    }
}

/// `text` in a fence longer than any within.
fn block(page: &mut String, path: &str, title: &str, text: &str) {
    let mut fence = "```".to_owned();
    while text.contains(&fence) {
        fence.push('`');
    }
    let end = if text.ends_with('\n') || text.is_empty() {
        ""
    } else {
        "\n"
    };
    let _ = write!(
        page,
        "\n{}:\n\n{fence}{}\n{text}{end}{fence}\n",
        if title == path {
            format!("`{path}`")
        } else {
            capitalised(title)
        },
        language(path),
    );
}

/// What a fence says of the language of a file of this name.
fn language(path: &str) -> &'static str {
    let name = Path::new(path)
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or(path);
    match name.rsplit('.').next().unwrap_or_default() {
        "yml" | "yaml" => "yaml",
        "toml" => "toml",
        "json" => "json",
        "hcl" => "hcl",
        "sh" => "sh",
        "mk" | "Makefile" => "make",
        "service" | "conf" => "ini",
        _ if name.starts_with("Dockerfile") || name.starts_with("Containerfile") => "dockerfile",
        _ if name.starts_with("Jenkinsfile") => "groovy",
        _ => "",
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
