//! GP314 no-proxy-pattern.

use crate::environment::Confidence;
use crate::environment::{Environment, Value, Variable};
use crate::finding::{Finding, Safety, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};
use crate::site::Site;

use super::{no_proxy, proxy_list, replacing};

/// `NO_PROXY` misses the company's own proxy or hosts, or has a pattern that most programs do not know.
pub(super) const RULE: Rule = Rule {
    id: "GP314",
    name: "no-proxy-pattern",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "NO_PROXY misses the company's own proxy or hosts, or has a pattern that most programs do not know",
    page: "Requests to the company's own proxy then take the way over the HTTP proxy to the internet, which refuses them or cannot find the host. Go takes `corp.example` for the host and all below it, `.corp.example` and `*.corp.example` only for those below; git and curl never match `*.corp.example`. Upper case `HTTP_PROXY` is ignored by git and curl.\n\nWrite the domain: `NO_PROXY=corp.example`.",
    examples: &[
        Example {
            title: "a star",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  HTTPS_PROXY: http://proxy.corp.example:3128\n  NO_PROXY: \"localhost,*.corp.example\"\n  GOPROXY: https://goproxy.corp.example\njobs:\n  a:\n    steps:\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:4"],
            fixed: Some(
                "on: push\nenv:\n  HTTPS_PROXY: http://proxy.corp.example:3128\n  NO_PROXY: \"localhost,corp.example\"\n  GOPROXY: https://goproxy.corp.example\njobs:\n  a:\n    steps:\n      - run: go build ./...\n",
            ),
        },
        Example {
            title: "the proxy of the policy is missing",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  HTTPS_PROXY: http://proxy.corp.example:3128\n  NO_PROXY: localhost\n  GOPROXY: https://goproxy.corp.example\njobs:\n  a:\n    steps:\n      - run: go build ./...\n",
            )],
            policy: Some(super::ROUTED),
            finds: &[".github/workflows/ci.yml:4"],
            fixed: Some(
                "on: push\nenv:\n  HTTPS_PROXY: http://proxy.corp.example:3128\n  NO_PROXY: localhost,goproxy.corp.example\n  GOPROXY: https://goproxy.corp.example\njobs:\n  a:\n    steps:\n      - run: go build ./...\n",
            ),
        },
        Example {
            title: "no NO_PROXY at all",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nENV HTTPS_PROXY=http://proxy.corp.example:3128 GOPROXY=https://goproxy.corp.example\nRUN go build ./...\n",
            )],
            policy: Some(super::ROUTED),
            finds: &["Dockerfile:2"],
            fixed: None,
        },
        Example {
            title: "covered",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  HTTPS_PROXY: http://proxy.corp.example:3128\n  NO_PROXY: localhost,corp.example\n  GOPROXY: https://goproxy.corp.example\njobs:\n  a:\n    steps:\n      - run: go build ./...\n",
            )],
            policy: Some(super::ROUTED),
            finds: &[],
            fixed: None,
        },
        Example {
            title: "no HTTP proxy",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://goproxy.corp.example"),
            )],
            policy: Some(super::ROUTED),
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for name in ["NO_PROXY", "no_proxy"] {
        for value in judgement.in_use(name) {
            let Some(text) = value.candidate.value.text() else {
                continue;
            };
            let star = no_proxy::entries(text).find(|entry| entry.starts_with("*."));
            let Some(star) = star else {
                continue;
            };
            let domain = star.trim_start_matches("*.");
            let message = format!(
                "git and curl never match `{star}`, and Go does not take it for `{domain}` itself; write `{domain}`"
            );
            let finding = value.about(Finding::new(rule, value.candidate.span, message), name);
            let new = text.replacen(star, domain, 1);
            findings.push(replacing(
                judgement,
                finding,
                text,
                &new,
                "the domain",
                Safety::Safe,
            ));
        }
    }
    for site in judgement.downloads() {
        findings.extend(missing(rule, judgement, site));
    }
}

/// The first variable of two that has a value, as Go looks at them.
fn either<'a>(environment: &'a Environment, names: [&'static str; 2]) -> (&'static str, &'a Value) {
    let is_set = |name: &&str| match environment.value(name) {
        Value::Unset => false,
        value => !value.is_empty(),
    };
    let name = names.iter().find(|name| is_set(name)).unwrap_or(&names[0]);
    (name, environment.value(name))
}

/// What of the company's hosts a site asks over the HTTP proxy.
fn missing(rule: &'static Rule, judgement: &Judgement<'_>, site: &Site) -> Option<Finding> {
    let policy = judgement.policy?;
    let environment = &site.environment;
    let (proxy_name, proxy) = either(environment, ["HTTPS_PROXY", "https_proxy"]);
    let (name, list) = either(environment, ["NO_PROXY", "no_proxy"]);
    if matches!(proxy, Value::Unset) || proxy.is_empty() || matches!(list, Value::Unknown(_)) {
        return None;
    }
    let text = list.text().unwrap_or_default();
    let mut hosts: Vec<String> = Vec::new();
    for entry in proxy_list::reached(environment.text("GOPROXY")?) {
        let is_tls = entry.text.starts_with("https://");
        hosts.extend(
            entry
                .host()
                .filter(|host| is_tls && policy.approves(host))
                .map(str::to_owned),
        );
    }
    if hosts.is_empty() {
        return None;
    }
    if proxy_list::reached(environment.text("GOPROXY")?).any(|entry| entry.text == "direct") {
        let patterns = policy.client.private.iter();
        let named = patterns.filter_map(|pattern| pattern.split('/').next());
        hosts.extend(named.filter(|host| !host.contains('*')).map(str::to_owned));
    }
    hosts.retain(|host| !no_proxy::covers(text, host));
    let first = hosts.first()?;
    let message = format!("requests to `{first}` go through {proxy_name}; add it to {name}");
    let variable = environment.get(name);
    let other = environment.get(proxy_name);
    let written = variable.and_then(Variable::span);
    let span = written.or(other.and_then(Variable::span));
    let mut finding =
        Finding::new(rule, span.or(judgement.span_of(site)), message).about(name, text);
    finding.site = site.title();
    if written.is_none() {
        // Whoever runs the job may set it.
        finding.confidence = Confidence::Medium;
        return Some(finding);
    }
    let added = hosts
        .iter()
        .map(|host| host.split(':').next().unwrap_or(host));
    let added: Vec<_> = added.collect();
    let new = format!("{text},{}", added.join(","));
    Some(replacing(
        judgement,
        finding,
        text,
        &new,
        "add it",
        Safety::Safe,
    ))
}
