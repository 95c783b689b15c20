//! Finds secrets in whatever is printed, and hides them.

use std::ops::Range;

/// What stands in place of a secret, as in Go's own messages.
const HIDDEN: &str = "xxxxx";

/// How tokens of well-known services begin, and how long they are behind that at least.
const TOKENS: [(&str, usize); 17] = [
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 20),
    ("glpat-", 12),
    ("gldt-", 12),
    ("glcbt-", 12),
    ("glrt-", 12),
    ("AKIA", 16),
    ("xoxb-", 12),
    ("xoxp-", 12),
    ("npm_", 20),
    ("eyJ", 40),
    ("AKCp", 20),
    ("cmVmd", 20),
];

/// How long a login without a scheme may be, in bytes: looking back further for each `@` would not be linear.
const MAX_LOGIN: usize = 512;

/// How names of variables end whose value is a secret.
const SECRET_NAMES: [&str; 8] = [
    "token",
    "password",
    "passwd",
    "secret",
    "apikey",
    "api_key",
    "access_key",
    "private_key",
];

/// The text without passwords in URLs and without what looks like a token or is called one.
pub fn hide(text: &str) -> String {
    replace(text, |_| HIDDEN.to_owned())
}

/// The same with as many bytes as before, so that places stay.
pub(crate) fn mask(text: &str) -> String {
    replace(text, |secret| "x".repeat(secret.len()))
}

fn replace(text: &str, by: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for range in ranges(text) {
        out.push_str(&text[at..range.start]);
        out.push_str(&by(&text[range.clone()]));
        at = range.end;
    }
    out.push_str(&text[at..]);
    out
}

/// Where secrets are, in order, none over another.
fn ranges(text: &str) -> Vec<Range<usize>> {
    let mut found = userinfo(text);
    found.extend(bare_userinfo(text));
    found.extend(tokens(text));
    found.extend(named(text));
    found.retain(|range| !range.is_empty() && !is_reference(&text[range.clone()]));
    found.sort_by_key(|range| (range.start, range.end));
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(found.len());
    for range in found {
        match apart.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

/// The password of `scheme://user:password@host`, or the user when there is no password.
fn userinfo(text: &str) -> Vec<Range<usize>> {
    let ends_authority = |letter: char| {
        letter.is_whitespace() || matches!(letter, '/' | '?' | '#' | ',' | '|' | '"' | '\'' | '`')
    };
    let mut found = Vec::new();
    for (at, _) in text.match_indices("://") {
        let start = at + 3;
        let rest = &text[start..];
        let authority = &rest[..rest.find(ends_authority).unwrap_or(rest.len())];
        let Some((user, _)) = authority.rsplit_once('@') else {
            continue;
        };
        found.push(match user.split_once(':') {
            Some((name, _)) => start + name.len() + 1..start + user.len(),
            None => start..start + user.len(),
        });
    }
    found
}

/// The password of `user:password@host` without a scheme, as it gets into lists of patterns. What stands before a
/// version or a digest (`golang:1.24@sha256:…`) is none.
fn bare_userinfo(text: &str) -> Vec<Range<usize>> {
    let is_edge = |letter: char| {
        letter.is_whitespace() || matches!(letter, ',' | ';' | '|' | '=' | '(' | '"' | '\'' | '`')
    };
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || "._-*".contains(letter);
    let mut found = Vec::new();
    for (at, _) in text.match_indices('@') {
        let window = text.floor_char_boundary(at.saturating_sub(MAX_LOGIN));
        let mut letters = text[window..at].char_indices();
        let edge = letters.rfind(|(_, letter)| is_edge(*letter));
        let start = window + edge.map_or(0, |(edge, letter)| edge + letter.len_utf8());
        let behind = &text[at + 1..];
        let is_version = behind.starts_with("sha256:")
            || behind
                .strip_prefix('v')
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let Some((user, password)) = text[start..at].split_once(':') else {
            continue;
        };
        let is_host = behind.starts_with(|letter: char| letter.is_ascii_alphanumeric());
        let is_login = !user.is_empty() && user.chars().all(is_name) && !password.contains('/');
        if is_login && is_host && !is_version {
            found.push(at - password.len()..at);
        }
    }
    found
}

/// What looks like a token of a well-known service.
fn tokens(text: &str) -> Vec<Range<usize>> {
    let is_inside =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.');
    let mut found = Vec::new();
    let mut start = 0;
    for word in text.split_inclusive(|letter: char| !is_inside(letter)) {
        let end = start + word.len();
        let inside = word.trim_end_matches(|letter: char| !is_inside(letter));
        let is_token = TOKENS.iter().any(|(front, length)| {
            inside.starts_with(front) && inside.len() >= front.len() + length
        });
        if is_token {
            found.push(start..start + inside.len());
        }
        start = end;
    }
    found
}

/// The literal value of what is called a token, password or secret: `X_TOKEN=…`, `password: …`, and
/// `password …` of a netrc.
fn named(text: &str) -> Vec<Range<usize>> {
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for name in SECRET_NAMES {
        for (at, _) in lower.match_indices(name) {
            let behind = &text[at + name.len()..];
            let Some(gap) = gap_before_value(behind, name) else {
                continue;
            };
            let start = at + name.len() + gap;
            let value = &text[start..];
            let end = value
                .find(|letter: char| {
                    letter.is_whitespace() || matches!(letter, '"' | '\'' | '`' | ';' | ',')
                })
                .unwrap_or(value.len());
            // Words of prose and paths of files are no secrets.
            if end >= 6 && !value.starts_with(['/', '~', '.', '<', '(', '[', '{']) {
                found.push(start..start + end);
            }
        }
    }
    found
}

/// How many bytes lie between a name and its value; `None` when there is no value.
fn gap_before_value(behind: &str, name: &str) -> Option<usize> {
    let trimmed = behind.trim_start_matches(' ');
    let blanks = behind.len() - trimmed.len();
    let sign = match trimmed.chars().next()? {
        '=' | ':' => 1,
        // In a netrc a blank is enough.
        _ if name == "password" && blanks > 0 => 0,
        _ => return None,
    };
    let value = trimmed[sign..].trim_start_matches(' ');
    let quotes = value.len() - value.trim_start_matches(['"', '\'']).len();
    Some(behind.len() - value.len() + quotes.min(1))
}

/// References (`$TOKEN`, `${{ … }}`) are no secrets by themselves.
fn is_reference(text: &str) -> bool {
    text == HIDDEN
        || text.starts_with('$')
        || text.starts_with("%24")
        || text.bytes().all(|byte| byte == b'x')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_and_tokens_are_hidden() {
        for (text, shown) in [
            ("https://u:p@h/x", "https://u:xxxxx@h/x"),
            ("a.corp, u:s3cr3t@h", "a.corp, u:xxxxx@h"),
            ("golang:1.24@sha256:ab", "golang:1.24@sha256:ab"),
            ("x.example:m@v1.2.3", "x.example:m@v1.2.3"),
            ("git@git.corp.example:org/x", "git@git.corp.example:org/x"),
            ("a https://tok@h,https://x", "a https://xxxxx@h,https://x"),
            ("https://u:$TOKEN@h", "https://u:$TOKEN@h"),
            ("https://${TOKEN}@h", "https://${TOKEN}@h"),
            ("t=ghp_0123456789012345678901", "t=xxxxx"),
            (
                "https://goproxy.corp.example,direct",
                "https://goproxy.corp.example,direct",
            ),
            ("https://u:p:q@r@h|x", "https://u:xxxxx@h|x"),
            (
                "machine h login u password hunter2x",
                "machine h login u password xxxxx",
            ),
            ("CI_TOKEN: \"abcdef123\"", "CI_TOKEN: \"xxxxx\""),
            ("API_TOKEN=$X", "API_TOKEN=$X"),
            ("token: ${{ secrets.T }}", "token: ${{ secrets.T }}"),
        ] {
            assert_eq!(hide(text), shown);
            assert_eq!(hide(shown), shown, "idempotent");
            assert_eq!(mask(text).len(), text.len(), "{text}");
        }
    }
}
