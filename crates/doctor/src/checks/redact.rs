//! What is not printed: logins, never; hosts of the company, on demand.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::Check;
use super::situation::Situation;

/// The text with user and password taken out of every address in it.
pub(super) fn hide_userinfo(text: &str) -> String {
    static LOGIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        // `scheme://user@`, `scheme://user:pw@`, `user:pw@`; a password may hold a slash or a blank no sooner
        // than it is escaped.
        Regex::new(r#"(://)[^\s/@,|'"]+@|[^\s/@,|'":=]+:[^\s/@,|'":]+@"#).ok()
    });
    if !text.contains('@') {
        return text.to_owned();
    }
    match LOGIN.as_ref() {
        Some(login) => login.replace_all(text, "${1}xxxxx@").into_owned(),
        None => "(hidden)".to_owned(),
    }
}

/// Hosts that are hidden on demand, each by a number of its own.
#[derive(Clone, Debug)]
pub struct Redaction {
    hosts: Vec<String>,
}

/// Domains that are no secret.
const PUBLIC: [&str; 6] = [
    "golang.org",
    "github.com",
    "gitlab.com",
    "bitbucket.org",
    "golang.google.cn",
    "modkeep-probe.invalid",
];

impl Redaction {
    /// The hosts that the situation names, but for those everybody knows.
    pub fn of(situation: &Situation) -> Self {
        let mut hosts = BTreeSet::new();
        let mut add = |host: &str| {
            let host = host.trim_start_matches("*.").trim_start_matches('.');
            if !host.is_empty() && host != "localhost" && !is_public(host) {
                hosts.insert(host.to_owned());
            }
        };
        situation
            .entries()
            .iter()
            .for_each(|entry| add(&entry.host().0));
        for name in ["GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOINSECURE"] {
            situation
                .patterns(name)
                .iter()
                .for_each(|pattern| add(first(pattern)));
        }
        for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"] {
            let value = situation.env.get(name).unwrap_or_default();
            let url = Url::parse(value).or_else(|_| Url::parse(&format!("http://{value}")));
            add(url
                .ok()
                .as_ref()
                .and_then(Url::host_str)
                .unwrap_or_default());
        }
        for entry in situation
            .env
            .get("NO_PROXY")
            .or(situation.env.get("no_proxy"))
            .unwrap_or_default()
            .split(',')
        {
            add(entry.trim().split(':').next().unwrap_or_default());
        }
        situation
            .netrc
            .names()
            .for_each(|name| add(name.split(':').next().unwrap_or_default()));
        if let Ok(Some(database)) = sumdb::Database::parse(situation.go.value("GOSUMDB")) {
            add(first(database.name()));
        }
        for (path, _) in situation.requirements() {
            if situation.patterns("GOPRIVATE").matches(&path) {
                add(first(&path));
            }
        }
        if let Some(policy) = &situation.policy {
            policy
                .client
                .private
                .iter()
                .for_each(|pattern| add(first(pattern)));
        }
        let mut hosts: Vec<String> = hosts.into_iter().collect();
        // The longest first, so that no part of a name is left.
        hosts.sort_by_key(|host| std::cmp::Reverse(host.len()));
        Self { hosts }
    }

    /// The text without those hosts.
    pub fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (index, host) in self.hosts.iter().enumerate() {
            text = replace_whole(&text, host, &format!("host-{}", index + 1));
        }
        hide_addresses(&text)
    }

    /// The check without those hosts.
    #[must_use]
    pub fn check(&self, check: &Check) -> Check {
        Check {
            subject: check.subject.as_deref().map(|subject| self.text(subject)),
            evidence: self.text(&check.evidence),
            remedy: self.text(&check.remedy),
            ..check.clone()
        }
    }
}

/// Replaces `host` where it stands alone or at the end of a longer name, not within a word.
fn replace_whole(text: &str, host: &str, by: &str) -> String {
    let is_inside =
        |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric());
    let (mut replaced, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find(host) {
        let (before, behind) = (&rest[..at], &rest[at + host.len()..]);
        let last = before.chars().next_back().or(replaced.chars().next_back());
        replaced.push_str(before);
        if is_inside(last) || is_inside(behind.chars().next()) {
            replaced.push_str(host);
        } else {
            replaced.push_str(by);
        }
        rest = behind;
    }
    replaced.push_str(rest);
    replaced
}

/// Hides the addresses of private networks.
fn hide_addresses(text: &str) -> String {
    static PRIVATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"\b(?:10\.\d+|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d+\.\d+\b").ok()
    });
    match PRIVATE.as_ref() {
        Some(private) => private.replace_all(text, "(private address)").into_owned(),
        None => "(hidden)".to_owned(),
    }
}

fn first(path: &str) -> &str {
    path.split('/').next().unwrap_or_default()
}

fn is_public(host: &str) -> bool {
    PUBLIC.iter().any(|public| {
        host == *public
            || host
                .strip_suffix(public)
                .is_some_and(|rest| rest.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_taken_out_wherever_they_stand() {
        for (text, wanted) in [
            (
                "https://user:s3cret@a.example/x",
                "https://xxxxx@a.example/x",
            ),
            (
                "https://t0ken@a.example,direct",
                "https://xxxxx@a.example,direct",
            ),
            (
                "HTTP_PROXY=user:s3cret@proxy:3128",
                "HTTP_PROXY=xxxxx@proxy:3128",
            ),
            ("a.example/m@v1.0.0: 404", "a.example/m@v1.0.0: 404"),
            ("git@a.example: denied", "git@a.example: denied"),
            ("https://a.example:8443/m@v1", "https://a.example:8443/m@v1"),
        ] {
            assert_eq!(hide_userinfo(text), wanted);
        }
    }

    #[test]
    fn hosts_are_hidden_as_whole_names() {
        let redaction = Redaction {
            hosts: vec!["corp.example".to_owned(), "athens".to_owned()],
        };
        for (text, wanted) in [
            ("https://git.corp.example/x", "https://git.host-1/x"),
            (
                "http://athens:3000 is 10.1.2.3:3000",
                "http://host-2:3000 is (private address):3000",
            ),
            ("athens2 and mycorp.example", "athens2 and mycorp.example"),
            ("Go 1.10.1.2 and 127.0.0.1", "Go 1.10.1.2 and 127.0.0.1"),
        ] {
            assert_eq!(redaction.text(text), wanted);
        }
    }

    #[test]
    fn known_domains_are_no_secret() {
        assert!(is_public("sum.golang.org") && is_public("github.com"));
        assert!(!is_public("notgithub.com") && !is_public("corp.example"));
    }
}
