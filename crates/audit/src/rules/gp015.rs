//! GP015 bad-scheme.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::proxy_list;

/// A URL in GOPROXY that Go refuses.
pub(super) const RULE: Rule = Rule {
    id: "GP015",
    name: "bad-scheme",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "a URL in GOPROXY that Go refuses",
    page: "Go takes `https`, `http` and `file` URLs; a file URL has a path and no host. Everything else makes every command fail: `invalid proxy URL scheme (must be https, http, file)`. So does a URL that cannot be read: a port that is no number, a bracket without its other half, a bare path.\n\nA SOCKS or HTTP proxy for connections belongs into HTTPS_PROXY.",
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
            title: "a port that is none",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://goproxy.corp.example:port,direct"),
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
        if let Some(message) = proxy_list::reached(text).find_map(|entry| refused(entry.text)) {
            findings
                .push(value.about(Finding::new(rule, value.candidate.span, message), "GOPROXY"));
        }
    }
}

/// Why Go refuses an entry that looks like a URL. Words, quotes and other separators have rules of their own.
fn refused(entry: &str) -> Option<String> {
    let is_word = !entry.contains(['.', ':', '/']);
    let is_others = entry.contains(['"', '\'', ';', '$']) || entry.contains(char::is_whitespace);
    if is_word || is_others {
        return None;
    }
    let reason = gomod::ProxyList::parse(entry).err()?;
    let (scheme, rest) = entry.split_once("://").unwrap_or_default();
    let is_scheme = |letter: char| letter.is_ascii_alphanumeric() || "+-.".contains(letter);
    Some(match scheme.to_ascii_lowercase().as_str() {
        "file" if !rest.starts_with('/') => {
            format!("`{entry}` names a host; a file URL has three slashes and a path")
        }
        "" | "http" | "https" | "file" => format!("Go refuses `{entry}`: {reason}"),
        scheme if scheme.chars().all(is_scheme) => {
            format!("Go refuses the scheme of `{entry}`: it takes https, http and file")
        }
        _ => format!("Go refuses `{entry}`: {reason}"),
    })
}
