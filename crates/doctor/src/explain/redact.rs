//! Takes secrets out of a text, before anything else is done with it.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// What stands in place of a secret, as in Go's own messages.
const HIDDEN: &str = "xxxxx";

static URLS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"([A-Za-z][A-Za-z0-9+.-]*://)([^\s"]+)"#).ok());

static BARE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    // A login in front of a host, without a scheme.
    Regex::new(r#"([A-Za-z0-9._%+-]+):([^\s/@:"'<>]+)@([A-Za-z0-9-]+[.:])"#).ok()
});

static TOKENS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let shapes = [
        // Of GitHub, GitLab and Slack; then headers.
        r"\bgh[pousr]_[A-Za-z0-9]{16,}",
        r"\bgithub_pat_\w{16,}",
        r"\bglpat-[\w-]{16,}",
        r"\bxox[abprs]-[\w-]{10,}",
        r"(?i)\bauthorization: *(?:basic|bearer) +\S+",
        r"(?i)\bbearer +[\w.~+/-]{16,}=*",
    ];
    Regex::new(&shapes.join("|")).ok()
});

/// `text` without passwords and tokens: `https://user:xxxxx@host`.
pub fn redact(text: &str) -> Cow<'_, str> {
    let hidden = platform::secret::hide(text);
    let mut clean = if hidden == text {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(hidden)
    };
    if text.contains("://") {
        replace(&mut clean, URLS.as_ref(), |url| {
            format!("{}{}", &url[1], without_login(&url[2]))
        });
    }
    if text.contains('@') {
        replace(&mut clean, BARE.as_ref(), |login| {
            format!("{}:{HIDDEN}@{}", &login[1], &login[3])
        });
    }
    replace(&mut clean, TOKENS.as_ref(), |_| HIDDEN.to_owned());
    clean
}

fn replace(text: &mut Cow<'_, str>, what: Option<&Regex>, with: impl Fn(&Captures<'_>) -> String) {
    let Some(what) = what else { return };
    if let Cow::Owned(new) = what.replace_all(text, with) {
        *text = Cow::Owned(new);
    }
}

/// What follows `://`, without what a login in it must hide.
fn without_login(rest: &str) -> String {
    // A list of addresses, or one within another.
    if let Some(at) = rest.find("://") {
        let scheme = rest[..at].trim_end_matches(|letter: char| {
            letter.is_ascii_alphanumeric() || "+.-".contains(letter)
        });
        let (first, others) = rest.split_at(scheme.len());
        return without_login(first) + &redact(others);
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let end = if authority.contains('@') {
        end_of_login(rest).or(authority.rfind('@'))
    } else if has_port_or_none(authority) {
        // A password may begin as a port does, and hold a slash.
        end_of_login(rest).filter(|_| authority.contains(':'))
    } else {
        end_of_login(rest).or(rest.rfind('@')).or(Some(rest.len()))
    };
    let Some(end) = end else {
        return rest.to_owned();
    };
    if end == rest.len() {
        // Neither a port nor a login that ends.
        let user = rest.split(':').next().unwrap_or_default();
        return format!("{user}:{HIDDEN}");
    }
    let host = &rest[end + 1..];
    match rest[..end].split_once(':') {
        Some((user, _)) => format!("{user}:{HIDDEN}@{host}"),
        None if rest[..end].eq("git") => rest.to_owned(),
        None => format!("{HIDDEN}@{host}"),
    }
}

/// The last @ that may end a login: not that of a module's version, nor of a proxy's path.
fn end_of_login(rest: &str) -> Option<usize> {
    let mut ats = rest.rmatch_indices('@').map(|(at, _)| at);
    ats.find(|&at| {
        let version = rest[at + 1..].strip_prefix('v');
        let is_version = version.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let is_path = rest[..at].ends_with('/') && rest[at + 1..].starts_with(['v', 'l']);
        !is_version && !is_path
    })
}

fn has_port_or_none(authority: &str) -> bool {
    let colon = match authority.rfind(']') {
        Some(bracket) => authority[bracket..].find(':').map(|at| at + bracket),
        None => authority.find(':'),
    };
    let is_port = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    // What follows an address in a sentence is no part of its port.
    let behind = [':', ',', ';', '.', ')', '\'', '>'];
    colon.is_none_or(|at| is_port(authority[at + 1..].trim_end_matches(behind)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_hidden_and_versions_stay() {
        let table = [
            ("https://u:p@h/x", "https://u:xxxxx@h/x"),
            (
                "Get \"https://u:p@h/x\": EOF",
                "Get \"https://u:xxxxx@h/x\": EOF",
            ),
            ("https://token@h/x", "https://xxxxx@h/x"),
            ("ssh://git@h/x", "ssh://git@h/x"),
            ("git@h:x", "git@h:x"),
            ("https://u:p@ss@h/x", "https://u:xxxxx@h/x"),
            ("https://u:p|w@h/x", "https://u:xxxxx@h/x"),
            ("https://u:p'w@h/x", "https://u:xxxxx@h/x"),
            (
                "(http://h:8080), http://h:80:",
                "(http://h:8080), http://h:80:",
            ),
            ("https://user:pw", "https://user:xxxxx"),
            ("'https://h/x' not found", "'https://h/x' not found"),
            ("https://u:1/w@h/x/@v/list", "https://u:xxxxx@h/x/@v/list"),
            ("http://h:80/x/@latest", "http://h:80/x/@latest"),
            ("https://u:?w@h/x", "https://u:xxxxx@h/x"),
            ("https://u:p/w@h/x", "https://u:xxxxx@h/x"),
            (
                "http://h:8080/sumdb/s/lookup/rsc.io/quote@v1.5.2: x",
                "http://h:8080/sumdb/s/lookup/rsc.io/quote@v1.5.2: x",
            ),
            ("https://h/m@v1.0.0", "https://h/m@v1.0.0"),
            ("http://[::1]:80/m@v1", "http://[::1]:80/m@v1"),
            ("u:secret@proxy.corp", "u:xxxxx@proxy.corp"),
            ("rsc.io/quote@v1.5.2: bad", "rsc.io/quote@v1.5.2: bad"),
            ("ghp_0123456789abcdefABCD", "xxxxx"),
            ("Authorization: Basic dTpw", "xxxxx"),
            (
                "https://a:b@h,https://c:d@i",
                "https://a:xxxxx@h,https://c:xxxxx@i",
            ),
        ];
        for (text, wanted) in table {
            assert_eq!(redact(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_clean_text_is_not_copied() {
        assert!(matches!(redact("go: downloading m v1"), Cow::Borrowed(_)));
    }
}
