//! GP708 user-env-shadow.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::block::Item;
use crate::dialect::Dialect;
use crate::finding::Safety;

use super::{patterns, proxy_list};

/// A user file of `go env` says something else than the policy.
pub(super) const RULE: Rule = Rule {
    id: "GP708",
    name: "user-env-shadow",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: true,
    needs_policy: true,
    summary: "a user file of `go env` says something else than the policy",
    page: "The user's go/env file is older than the policy and stays when everything around it changes. It holds wherever the process has no value of its own: in editors, in cron, under sudo, in a shell without login.\n\n`modkeep env set --policy policy.toml` writes the policy's values; `go env -u NAME` takes a line away.",
    examples: &[
        Example {
            title: "another proxy",
            files: &[(
                "home/ci/.config/go/env",
                "GOPROXY=https://goproxy.corp.example\nGOPRIVATE=git.corp.example\n",
            )],
            policy: Some(super::ROUTED),
            finds: &["home/ci/.config/go/env:1"],
            fixed: Some(
                "GOPROXY=https://goproxy.corp.example,direct\nGOPRIVATE=git.corp.example\n",
            ),
        },
        Example {
            title: "other patterns",
            files: &[("home/ci/.config/go/env", "GOPRIVATE=git.old.example\n")],
            policy: Some(super::ROUTED),
            finds: &["home/ci/.config/go/env:1"],
            fixed: Some("GOPRIVATE=git.corp.example\n"),
        },
        Example {
            title: "the last line counts",
            files: &[(
                "home/ci/.config/go/env",
                "GOPRIVATE=git.old.example\nGOPRIVATE=git.corp.example\n",
            )],
            policy: Some(super::ROUTED),
            finds: &[],
            fixed: None,
        },
        Example {
            title: "the same in other words",
            files: &[(
                "home/ci/.config/go/env",
                "GOPROXY=https://GOPROXY.corp.example/,direct\nGOFLAGS=-mod=mod\n",
            )],
            policy: Some(super::ROUTED),
            finds: &[],
            fixed: None,
        },
        Example {
            title: "no policy",
            files: &[(
                "home/ci/.config/go/env",
                "GOPROXY=https://goproxy.corp.example\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let Some(policy) = judgement.policy else {
        return;
    };
    for unit in &judgement.repository.units {
        if unit.dialect != Dialect::GoEnvUser {
            continue;
        }
        for (name, wanted) in policy.client_settings() {
            let settings = unit.blocks.iter().flat_map(|block| &block.items);
            let mut settings = settings.filter_map(|item| match item {
                Item::Set(setting) if setting.name == name => Some(setting),
                _ => None,
            });
            let last = settings.next_back();
            let found = last.and_then(|setting| Some((setting, setting.value.as_literal()?)));
            let Some((setting, written)) = found else {
                continue;
            };
            if is_same(name, written.trim_end(), &wanted) {
                continue;
            }
            let message = format!(
                "{name} is `{written}` here, and `{wanted}` in the policy; `modkeep env set --policy` writes that"
            );
            let finding = Finding::new(rule, Some(setting.span), message).about(name, written);
            findings.push(super::replacing(
                judgement,
                finding,
                written,
                &wanted,
                "as the policy has it",
                Safety::Safe,
            ));
        }
    }
}

/// Whether two values of a variable mean the same.
fn is_same(name: &str, one: &str, other: &str) -> bool {
    if name == "GOPROXY" {
        return chain(one) == chain(other);
    }
    if patterns::NAMES.contains(&name) {
        return list(one) == list(other);
    }
    one == other
}

/// The entries that are asked, with the separators between them; letter case of the host and a slash at the
/// end do not matter.
fn chain(value: &str) -> Vec<(String, Option<char>)> {
    let entries: Vec<_> = proxy_list::reached(value).collect();
    let last = entries.len().saturating_sub(1);
    let entries = entries.into_iter().enumerate();
    entries
        .map(|(at, entry)| {
            let text = entry.text.trim_end_matches('/');
            let text = match entry.host() {
                Some(host) => text.replacen(host, &host.to_ascii_lowercase(), 1),
                None => text.to_owned(),
            };
            let text = match text.split_once("://") {
                Some((scheme, rest)) => format!("{}://{rest}", scheme.to_ascii_lowercase()),
                None => text,
            };
            (text, entry.separator.filter(|_| at < last))
        })
        .collect()
}

fn list(value: &str) -> Vec<&str> {
    let mut found: Vec<_> = patterns::split(value)
        .map(|pattern| pattern.text.trim_end_matches('/'))
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}
