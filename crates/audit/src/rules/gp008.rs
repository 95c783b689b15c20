//! GP008 comma-between-mirrors.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::{proxy_list, replacing};

/// A comma between mirrors: the second is not asked when the first is down.
pub(super) const RULE: Rule = Rule {
    id: "GP008",
    name: "comma-between-mirrors",
    severity: Severity::Info,
    confidence: Confidence::Medium,
    live: true,
    needs_policy: false,
    summary: "a comma between mirrors: the second is not asked when the first is down",
    page: "With `,` the next entry is asked after 404 and 410 only. Two mirrors of the same content help each other only with `|`, which goes on after any failure.\n\nWrite `|` between mirrors that are equally good.",
    examples: &[
        Example {
            title: "two mirrors",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://mirror-a.example,https://mirror-b.example,direct"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!(
                "GOPROXY: https://mirror-a.example|https://mirror-b.example,direct"
            )),
        },
        Example {
            title: "as mirrors help each other",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: \"https://mirror-a.example|https://mirror-b.example,direct\""),
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for value in judgement.in_use("GOPROXY") {
        let Some(text) = value.candidate.value.text() else {
            continue;
        };
        let entries: Vec<_> = proxy_list::reached(text).collect();
        let pair = entries.windows(2).find(|pair| {
            pair[0].separator == Some(',')
                && pair[0].host().is_some()
                && pair[1].host().is_some()
                && pair[0].host() != pair[1].host()
        });
        let Some([first, second]) = pair else {
            continue;
        };
        // A gatekeeper in front is meant to stop the list with its refusals.
        let approves = |entry: &proxy_list::Entry<'_>| {
            let host = entry.host().unwrap_or_default();
            judgement.policy.is_some_and(|policy| policy.approves(host))
        };
        if approves(first) {
            continue;
        }
        let message = format!(
            "`{}` is asked only when `{}` answers 404, not when it is down; write `|` between equals",
            second.text, first.text
        );
        let finding = value.about(Finding::new(rule, value.candidate.span, message), "GOPROXY");
        let at = first.at + first.text.len();
        let new = format!("{}{}", &text[..at], text[at..].replacen(',', "|", 1));
        findings.push(replacing(
            judgement,
            finding,
            text,
            &new,
            "write `|`",
            Safety::Unsafe,
        ));
    }
}
