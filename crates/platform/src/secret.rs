//! Finds secrets in whatever is printed, and hides them: the one place that knows what a secret looks
//! like, for every command. It knows forms, not values: what has no form of a secret stays readable.

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
const SECRET_NAMES: [&str; 16] = [
    "token",
    "password",
    "passwd",
    "passphrase",
    "pass",
    "secret",
    "apikey",
    "api_key",
    "api-key",
    "art-api",
    "access_key",
    "private_key",
    "signature",
    "sig",
    "_auth",
    "credential",
];

/// Of the names above those that end other words too (`bypass`): no letter may stand before them.
const SHORT_NAMES: [&str; 3] = ["pass", "sig", "_auth"];

/// What stands for a password where the user is the token.
const NO_PASSWORDS: [&str; 3] = ["", "x-oauth-basic", "x-token-auth"];

/// The text without passwords in URLs and without what looks like a token or is called one.
pub fn hide(text: &str) -> String {
    replace(text, |_| HIDDEN.to_owned())
}

/// The value of the variable `name` as it may be shown. Of GOAUTH the arguments of commands are hidden,
/// since whatever stands there may be a secret.
pub fn hide_value(name: &str, value: &str) -> String {
    match name {
        "GOAUTH" => {
            let commands: Vec<String> = value.split(';').map(hide_arguments).collect();
            commands.join(";")
        }
        _ if is_secret_name(name) && !value.is_empty() && !is_reference(value) => HIDDEN.to_owned(),
        _ => hide(value),
    }
}

/// A command of GOAUTH without its arguments; `git DIR` is as it is (Go Command, `go help goauth`).
fn hide_arguments(command: &str) -> String {
    let front = command.len() - command.trim_start().len();
    let words = command.trim();
    match words.split_once(char::is_whitespace) {
        Some((program, _)) if program != "git" => {
            format!("{}{program} {HIDDEN}", &command[..front])
        }
        _ => hide(command),
    }
}

/// Whether a variable of this name may hold a secret in other forms than a
/// URL: its value is then never written down.
pub fn is_secret_name(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    ["TOKEN", "SECRET", "PASS", "KEY", "CREDENTIAL", "GOAUTH"]
        .iter()
        .any(|word| upper.contains(word))
}

/// The same with as many bytes as before, so that places stay.
pub fn mask(text: &str) -> String {
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
    found.extend(headers(text));
    found.extend(private_keys(text));
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
            Some((name, password)) if NO_PASSWORDS.contains(&password) => start..start + name.len(),
            Some((name, _)) => start + name.len() + 1..start + user.len(),
            // Everybody's name where keys decide.
            None if user == "git" => continue,
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

/// The literal value of what is called a token, password or secret: `X_TOKEN=…`, `?token=…`,
/// `password: …`, and `password …` of a netrc.
fn named(text: &str) -> Vec<Range<usize>> {
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for name in SECRET_NAMES {
        for (at, _) in lower.match_indices(name) {
            let follows_letter = lower[..at].ends_with(|letter: char| letter.is_alphanumeric());
            if SHORT_NAMES.contains(&name) && follows_letter {
                continue;
            }
            let Some((sign, start)) = value_after(&lower, at, name) else {
                continue;
            };
            let value = &text[start..];
            let end = value.find(ends_value).unwrap_or(value.len());
            // Words of prose and paths of files are no secrets.
            let is_prose = sign == Sign::Colon && !ends_line(&value[end..]);
            let least = if sign == Sign::Equals { 1 } else { 6 };
            if end >= least && !is_prose && !value.starts_with(['/', '~', '.', '<', '(', '[', '{'])
            {
                found.push(start..start + end);
            }
        }
    }
    found
}

/// What stands between a name and its value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Equals,
    Colon,
    /// In a netrc.
    Blank,
}

/// The sign behind the `name` at `at`, and where its value begins.
fn value_after(text: &str, at: usize, name: &str) -> Option<(Sign, usize)> {
    let behind = at + name.len();
    // The rest of a longer name: `credentials`, and the quote around a key of JSON.
    let rest = text[behind..].strip_prefix('s').unwrap_or(&text[behind..]);
    let rest = rest.strip_prefix(['"', '\'']).unwrap_or(rest);
    let trimmed = rest.trim_start_matches(' ');
    let is_blank = name == "password" && trimmed.len() < rest.len();
    let sign = match trimmed.chars().next()? {
        '=' => Sign::Equals,
        ':' => Sign::Colon,
        _ if is_blank => netrc_sign(text, at)?,
        _ => return None,
    };
    let is_sign = trimmed.starts_with(['=', ':']);
    let value = if is_sign { &trimmed[1..] } else { trimmed };
    let value = value.trim_start_matches(' ');
    let value = value.strip_prefix(['"', '\'']).unwrap_or(value);
    Some((sign, text.len() - value.len()))
}

/// How a `password` with a blank behind it is to be taken: as that of a netrc behind a `login`, else as a
/// word of prose unless the line has nothing but it and its value.
fn netrc_sign(text: &str, at: usize) -> Option<Sign> {
    let line = text[..at].rsplit('\n').next().unwrap_or_default();
    let line = &line[line.floor_char_boundary(line.len().saturating_sub(MAX_LOGIN))..];
    if line.contains("login ") || line.contains("machine ") {
        return Some(Sign::Blank);
    }
    line.trim().is_empty().then_some(Sign::Colon)
}

fn ends_value(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '"' | '\'' | '`' | ';' | ',' | '&')
}

/// Whether nothing but marks stands before the end of the line.
fn ends_line(rest: &str) -> bool {
    let line = rest.split('\n').next().unwrap_or_default();
    line.chars()
        .all(|letter| letter.is_whitespace() || "\"'`;,})]".contains(letter))
}

/// What a header says for a login: `Authorization: Basic …`, `Bearer …`.
fn headers(text: &str) -> Vec<Range<usize>> {
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for (name, least) in [("authorization", 1), ("bearer ", 16)] {
        for (at, _) in lower.match_indices(name) {
            let behind = lower[at + name.len()..].trim_start_matches([' ', ':', '=', '"', '\'']);
            let value = ["basic ", "bearer ", "token "]
                .iter()
                .find_map(|scheme| behind.strip_prefix(scheme))
                .unwrap_or(behind);
            let is_named = name != "authorization" || value.len() < behind.len();
            let start = text.len() - value.len();
            let end = value.find(ends_value).unwrap_or(value.len());
            if is_named && end >= least {
                found.push(start..start + end);
            }
        }
    }
    found
}

/// What stands in a private key's PEM block, to its end or that of the text (RFC 7468).
fn private_keys(text: &str) -> Vec<Range<usize>> {
    const HEADER: &str = "PRIVATE KEY-----";
    let begins = text.match_indices(HEADER).filter(|(at, _)| {
        let line = text[..*at].rsplit('\n').next().unwrap_or_default();
        line.contains("-----BEGIN")
    });
    begins
        .map(|(at, _)| {
            let start = at + HEADER.len();
            let end = text[start..].find("-----END").unwrap_or(text.len() - start);
            start..start + end
        })
        .collect()
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
            (
                "https://t0k:x-oauth-basic@h",
                "https://xxxxx:x-oauth-basic@h",
            ),
            ("https://h/x?token=abc&y=1", "https://h/x?token=xxxxx&y=1"),
            ("Authorization: Bearer abc", "Authorization: Bearer xxxxx"),
            (
                "-H 'authorization: basic dTpw'",
                "-H 'authorization: basic xxxxx'",
            ),
            ("NETRC_PASS=y", "NETRC_PASS=xxxxx"),
            ("//r/:_authToken=a-b", "//r/:_authToken=xxxxx"),
            (
                "AWS_SECRET_ACCESS_KEY=ab/cd+e",
                "AWS_SECRET_ACCESS_KEY=xxxxx",
            ),
            ("X-JFrog-Art-Api: AbCdEf1", "X-JFrog-Art-Api: xxxxx"),
            ("PRIVATE-TOKEN: abcdef1", "PRIVATE-TOKEN: xxxxx"),
            ("{\"password\": \"hunter2\"}", "{\"password\": \"xxxxx\"}"),
            (
                "-----BEGIN PRIVATE KEY-----\nMII",
                "-----BEGIN PRIVATE KEY-----xxxxx",
            ),
            // None of these is a secret.
            (
                "could not read Password for 'https://u@h'",
                "could not read Password for 'https://xxxxx@h'",
            ),
            (
                "password authentication was removed",
                "password authentication was removed",
            ),
            (
                "unexpected token: expected end",
                "unexpected token: expected end",
            ),
            ("--bypass=lists", "--bypass=lists"),
            (
                "GOSUMDB=sum.example+033de0ae+Ac4zctda0e5eza",
                "GOSUMDB=sum.example+033de0ae+Ac4zctda0e5eza",
            ),
            ("m v1.0.0 h1:abc=", "m v1.0.0 h1:abc="),
        ] {
            assert_eq!(hide(text), shown);
            assert_eq!(hide(shown), shown, "idempotent");
            assert_eq!(mask(text).len(), text.len(), "{text}");
        }
    }

    #[test]
    fn values_are_hidden_by_their_names() {
        for (name, value, shown) in [
            (
                "GOAUTH",
                "netrc; git /dir; /bin/x tok en",
                "netrc; git /dir; /bin/x xxxxx",
            ),
            ("GOAUTH", "off", "off"),
            ("MY_TOKEN", "a", "xxxxx"),
            ("MY_TOKEN", "$A", "$A"),
            (
                "GOFLAGS",
                "-ldflags=-X=main.token=abc",
                "-ldflags=-X=main.token=xxxxx",
            ),
            (
                "GOPROXY",
                "u:pw@h.example,direct",
                "u:xxxxx@h.example,direct",
            ),
        ] {
            assert_eq!(hide_value(name, value), shown, "{name}");
        }
    }
}
