//! GP015 bad-scheme.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::proxy_list;

/// A URL in GOPROXY whose scheme Go refuses.
pub(super) const RULE: Rule = Rule {
    id: "GP015",
    name: "bad-scheme",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "a URL in GOPROXY whose scheme Go refuses",
    page: "Go takes `https`, `http` and `file` URLs; a file URL has a path and no host. Everything else makes every command fail: `invalid proxy URL scheme (must be https, http, file)`.\n\nA SOCKS or HTTP proxy for connections belongs into HTTPS_PROXY.",
    examples: &[
        Example {
            title: "a connection proxy",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: socks5://proxy.corp.example:1080"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "a file URL with a host",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: file://server/mods"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "a file URL",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: file:///srv/mods"),
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
        for entry in proxy_list::reached(text) {
            let Some((scheme, rest)) = entry.text.split_once("://") else {
                continue;
            };
            let is_word = !scheme.is_empty()
                && scheme
                    .chars()
                    .all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter));
            let scheme = scheme.to_ascii_lowercase();
            let message = match scheme.as_str() {
                _ if !is_word => continue,
                "http" | "https" => continue,
                "file" if rest.starts_with('/') => continue,
                "file" => format!(
                    "`{}` names a host; a file URL has three slashes and a path",
                    entry.text
                ),
                _ => format!(
                    "Go refuses the scheme of `{}`: it takes https, http and file",
                    entry.text
                ),
            };
            findings
                .push(value.about(Finding::new(rule, value.candidate.span, message), "GOPROXY"));
            break;
        }
    }
}
