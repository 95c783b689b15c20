//! GP313 git-tls-off.

use crate::block::Item;
use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::items;

/// Certificates are not verified when git or curl fetch.
pub(super) const RULE: Rule = Rule {
    id: "GP313",
    name: "git-tls-off",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "certificates are not verified when git or curl fetch",
    page: "With `GIT_SSL_NO_VERIFY` (git looks only whether it is there, whatever its value) or `http.sslVerify=false` anybody on the way can hand over another repository. Modules are still held against go.sum, but a new version is recorded as it comes, and credentials go to whoever answers. `curl -k` and `wget --no-check-certificate` fetch installers and toolchains without anything else that would notice.\n\nInstall the company's CA: into the system's bundle, or by GIT_SSL_CAINFO and `curl --cacert`.",
    examples: &[
        Example {
            title: "a variable",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GIT_SSL_NO_VERIFY: \"true\""),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "git config",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nRUN git config --global http.sslVerify false && go mod download\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: None,
        },
        Example {
            title: "for one command",
            files: &[(
                ".gitlab-ci.yml",
                "test:\n  script:\n    - git -c http.sslVerify=false clone https://git.corp.example/x\n    - go test ./...\n",
            )],
            policy: None,
            finds: &[".gitlab-ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "one clone",
            files: &[(
                "get.sh",
                "#!/bin/sh\nGIT_SSL_NO_VERIFY=1 git clone https://git.corp.example/x\ncd x && go build ./...\n",
            )],
            policy: None,
            finds: &["get.sh:2"],
            fixed: None,
        },
        Example {
            title: "curl",
            files: &[(
                "build.sh",
                "#!/bin/sh\ncurl -fsSLk https://dl.example/go.tar.gz -o go.tar.gz\nwget --no-check-certificate https://dl.example/x\n",
            )],
            policy: None,
            finds: &["build.sh:2", "build.sh:3"],
            fixed: None,
        },
        Example {
            title: "verified",
            files: &[(
                "build.sh",
                "#!/bin/sh\ncurl -fsSL -o k https://dl.example/go.tar.gz\ngit config --global http.sslVerify true\ncurl -k https://localhost:8443/healthz\ngo build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let message = "GIT_SSL_NO_VERIFY switches the verification of certificates off for git, whatever its value; install the CA instead";
    for value in judgement.in_use(NAME) {
        findings.push(value.about(Finding::new(rule, value.candidate.span, message), NAME));
    }
    // Also where git alone sees it.
    items::each_row(judgement, &mut |row| {
        for item in row.items {
            if let Item::Set(setting) = item
                && setting.name == NAME
            {
                let written = setting.value.to_string();
                let finding = Finding::new(rule, Some(setting.span), message).about(NAME, &written);
                findings.push(finding);
            }
        }
    });
    for site in judgement.others {
        let (severity, what) = match site.words.first().map(String::as_str) {
            Some("git") if switches_off(&site.words) => (Severity::Error, "git"),
            Some("curl") if curl_is_insecure(&site.words) => (Severity::Warning, "curl"),
            Some("wget")
                if site
                    .words
                    .iter()
                    .any(|word| word == "--no-check-certificate") =>
            {
                (Severity::Warning, "wget")
            }
            _ => continue,
        };
        let to_itself = |word: &String| {
            let host = word.split_once("://").map_or("", |(_, rest)| rest);
            ["localhost", "127.", "[::1]"]
                .iter()
                .any(|own| host.starts_with(own))
        };
        if site.words.iter().any(to_itself) {
            continue;
        }
        let message =
            format!("{what} is told here not to verify certificates; install the CA instead");
        let mut finding =
            Finding::new(rule, judgement.span_of(site), message).as_severity(severity);
        finding.site = site.title();
        findings.push(finding);
    }
}

/// What switches it off for git.
const NAME: &str = "GIT_SSL_NO_VERIFY";

/// `git config http.sslVerify false`, also for one URL, or `git -c http.sslVerify=false`.
fn switches_off(words: &[String]) -> bool {
    let is_off = |value: &str| {
        matches!(
            value.to_ascii_lowercase().as_str(),
            "false" | "0" | "no" | "off"
        )
    };
    let is_key = |key: &str| {
        let key = key.to_ascii_lowercase();
        key.starts_with("http.") && key.ends_with(".sslverify")
    };
    words.iter().enumerate().any(|(at, word)| {
        let for_one = word.split_once('=');
        for_one.is_some_and(|(key, value)| is_key(key) && is_off(value))
            || is_key(word) && words.get(at + 1).is_some_and(|value| is_off(value))
    })
}

/// `-k`, alone or among other letters, or `--insecure`.
fn curl_is_insecure(words: &[String]) -> bool {
    words.iter().skip(1).any(|word| {
        if word == "--insecure" {
            return true;
        }
        let letters = word.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
        // Behind a letter that takes a value the rest of the word is that value.
        let flags = letters.unwrap_or_default().chars();
        flags
            .take_while(|letter| !"oudHXAbceFmTxwECDKrtUyYzQP".contains(*letter))
            .any(|letter| letter == 'k')
    })
}
