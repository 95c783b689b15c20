//! The one Basic user (RFC 7617).

use data_encoding::BASE64;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::BasicUser;

/// Who clients must be. Keeps the digest of name and password only.
#[derive(Clone)]
pub(crate) struct Login {
    pub(crate) user: String,
    digest: [u8; 32],
}

impl Login {
    pub(crate) fn new(basic: &BasicUser) -> Self {
        Self {
            digest: Sha256::digest(format!("{}:{}", basic.user, basic.password)).into(),
            user: basic.user.clone(),
        }
    }

    /// Whether an `Authorization` header is this user's. Digests are compared, in constant time, so
    /// that neither content nor length shows in how long it takes.
    pub(crate) fn accepts(&self, header: &[u8]) -> bool {
        let given = header
            .split_at_checked(6)
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case(b"basic "))
            .and_then(|(_, token)| BASE64.decode(token.trim_ascii()).ok());
        given.is_some_and(|given| Sha256::digest(given).ct_eq(&self.digest).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_one_user_gets_in() {
        let login = Login::new(&BasicUser {
            user: "ci".to_owned(),
            password: "a:b ü".to_owned(),
        });
        let basic =
            |scheme: &str, text: &str| format!("{scheme} {}", BASE64.encode(text.as_bytes()));
        for (header, accepted) in [
            (basic("Basic", "ci:a:b ü"), true),
            (basic("bAsIc", "ci:a:b ü"), true),
            (basic("Basic ", "ci:a:b ü"), true),
            (basic("Basic", "ci:a:b"), false),
            (basic("Basic", "ci"), false),
            (basic("Bearer", "ci:a:b ü"), false),
            ("Basic".to_owned(), false),
            ("Basic !!".to_owned(), false),
            (String::new(), false),
        ] {
            assert_eq!(login.accepts(header.as_bytes()), accepted, "{header}");
        }
    }
}
