//! Hides secrets in whatever is printed.

/// What stands in place of a secret, as in Go's own messages.
const HIDDEN: &str = "xxxxx";

/// How tokens of well-known services begin, and how long they are at least.
const TOKENS: [(&str, usize); 14] = [
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 20),
    ("glpat-", 12),
    ("gldt-", 12),
    ("glcbt-", 12),
    ("AKIA", 16),
    ("xoxb-", 12),
    ("xoxp-", 12),
    ("eyJ", 40),
    ("AKCp", 20),
];

/// The text without passwords in URLs and without what looks like a token.
pub(crate) fn hide(text: &str) -> String {
    hide_tokens(&hide_userinfo(text))
}

/// Whether something is hidden in a text.
pub(crate) fn is_in(text: &str) -> bool {
    hide(text) != text
}

/// `scheme://user:password@host` without user and password. References (`$TOKEN`, `${{ … }}`) are no
/// secrets by themselves and stay.
fn hide_userinfo(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (front, behind) = rest.split_at(at + 3);
        out.push_str(front);
        let end = behind
            .find(|letter: char| {
                letter.is_whitespace()
                    || matches!(letter, '/' | '?' | '#' | ',' | '|' | '"' | '\'' | '`')
            })
            .unwrap_or(behind.len());
        let (authority, after) = behind.split_at(end);
        match authority.rsplit_once('@') {
            Some((user, host)) => {
                let (name, password) = match user.split_once(':') {
                    Some((name, password)) => (name, Some(password)),
                    None => (user, None),
                };
                match password {
                    Some(password) if is_reference(password) => {
                        out.push_str(name);
                        out.push(':');
                        out.push_str(password);
                    }
                    Some(_) => {
                        out.push_str(name);
                        out.push(':');
                        out.push_str(HIDDEN);
                    }
                    None if is_reference(name) => out.push_str(name),
                    None => out.push_str(HIDDEN),
                }
                out.push('@');
                out.push_str(host);
            }
            None => out.push_str(authority),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn is_reference(text: &str) -> bool {
    text == HIDDEN || text.starts_with('$') || text.starts_with("%24")
}

fn hide_tokens(text: &str) -> String {
    let is_of_token =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest
            .find(|letter| !is_of_token(letter))
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let is_token = TOKENS
            .iter()
            .any(|(front, length)| word.starts_with(front) && word.len() >= front.len() + length);
        out.push_str(if is_token { HIDDEN } else { word });
        let next = after.find(is_of_token).unwrap_or(after.len());
        out.push_str(&after[..next]);
        rest = &after[next..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_and_tokens_are_hidden() {
        for (text, shown) in [
            ("https://u:p@h/x", "https://u:xxxxx@h/x"),
            ("a https://tok@h,https://x", "a https://xxxxx@h,https://x"),
            ("https://u:$TOKEN@h", "https://u:$TOKEN@h"),
            ("https://${TOKEN}@h", "https://${TOKEN}@h"),
            ("t=ghp_0123456789012345678901", "t=xxxxx"),
            (
                "https://goproxy.corp.example,direct",
                "https://goproxy.corp.example,direct",
            ),
            ("https://u:p:q@r@h|x", "https://u:xxxxx@h|x"),
        ] {
            assert_eq!(hide(text), shown);
            assert_eq!(hide(shown), shown, "idempotent");
        }
        assert!(is_in("https://u:p@h") && !is_in("https://h"));
    }
}
