//! Values without their secrets.

/// `value` with the password of every URL in it, or the whole of a userinfo
/// that has no password, written as `xxxxx`.
pub fn hide_secrets(value: &str) -> String {
    let mut shown = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(start) = rest.find("://") {
        let (scheme, behind) = rest.split_at(start + 3);
        shown.push_str(scheme);
        let end = behind
            .find(['/', ',', '|', ' ', '?', '#'])
            .unwrap_or(behind.len());
        let (authority, after) = behind.split_at(end);
        match authority.rsplit_once('@') {
            Some((userinfo, host)) => {
                if let Some((user, _)) = userinfo.split_once(':') {
                    shown.push_str(user);
                    shown.push(':');
                }
                shown.push_str("xxxxx@");
                shown.push_str(host);
            }
            None => shown.push_str(authority),
        }
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// Whether a variable of this name may hold a secret in other forms than a
/// URL: its value is then never written down.
pub fn is_secret_name(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    ["TOKEN", "SECRET", "PASS", "KEY", "CREDENTIAL", "GOAUTH"]
        .iter()
        .any(|word| upper.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_hidden() {
        let table = [
            ("https://a.example,direct", "https://a.example,direct"),
            (
                "https://me:pa@ss@a.example|https://b.example/x@y",
                "https://me:xxxxx@a.example|https://b.example/x@y",
            ),
            ("https://token@a.example", "https://xxxxx@a.example"),
            (
                "sum.example+1+k https://u:p@s.example",
                "sum.example+1+k https://u:xxxxx@s.example",
            ),
            ("", ""),
        ];
        for (value, wanted) in table {
            assert_eq!(hide_secrets(value), wanted, "{value}");
        }
        assert!(is_secret_name("GOAUTH") && !is_secret_name("GOPROXY"));
    }
}
