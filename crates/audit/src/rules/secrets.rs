//! What looks like a secret in a value, whether or not it stands there in full.

use std::ops::Range;

use crate::text::Text;
use platform::secret;

/// How names of variables end that hold secrets.
const ENDS: [&str; 7] = [
    "TOKEN", "PASSWORD", "PASSWD", "SECRET", "_PAT", "_PASS", "API_KEY",
];

/// Whether a variable is called as if it held a secret.
pub(super) fn is_name(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    ENDS.iter().any(|end| upper.ends_with(end))
}

/// Whether a secret stands in a value, or user and password of a URL in whatever form.
pub(super) fn is_in(value: &Text) -> bool {
    let shown = value.to_string();
    secret::hide(&shown) != shown || userinfo(&shown).is_some()
}

/// Whether a token stands in a value, by its shape; logins in URLs do not count.
pub(super) fn is_token(value: &Text) -> bool {
    let Some(literal) = value.as_literal() else {
        return false;
    };
    let mut rest = literal.to_owned();
    while let Some(range) = userinfo(&rest) {
        rest.replace_range(range, "");
    }
    secret::hide(&rest) != rest
}

/// User and password of a URL, with the `@` behind them.
pub(super) fn userinfo(text: &str) -> Option<Range<usize>> {
    for (at, _) in text.match_indices("://") {
        let start = at + 3;
        let rest = &text[start..];
        let end = rest
            .find(|letter: char| letter.is_whitespace() || "/?#,|\"'`".contains(letter))
            .unwrap_or(rest.len());
        if let Some((user, _)) = rest[..end].rsplit_once('@') {
            return Some(start..start + user.len() + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_their_shape() {
        for (value, is) in [
            ("https://ci:s3cret@goproxy.corp.example", true),
            ("https://$TOKEN@goproxy.corp.example,direct", true),
            ("ghp_0123456789012345678901", true),
            ("https://goproxy.corp.example/@x,direct", false),
            ("v1.2.3", false),
        ] {
            assert_eq!(is_in(&Text::literal(value)), is, "{value}");
        }
        for (name, is) in [
            ("GITHUB_TOKEN", true),
            ("npm_token", true),
            ("GOPATH", false),
            ("COMPASS", false),
        ] {
            assert_eq!(is_name(name), is, "{name}");
        }
        assert_eq!(userinfo("a https://u:p@h/x"), Some(10..14));
    }
}
