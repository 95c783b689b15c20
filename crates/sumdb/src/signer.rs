//! The signing side of notes: what the owner of a database holds.

use std::fmt;

use data_encoding::BASE64;
use ed25519_dalek::{Signer as _, SigningKey};

use crate::Error;
use crate::database::{ED25519, is_key_name, key_hash, parse_key_hash};

/// A private key with the name it signs under. Wiped from memory when dropped; not shown by `Debug`.
#[derive(Clone)]
pub struct Signer {
    name: String,
    key: SigningKey,
    key_hash: u32,
}

impl Signer {
    /// The key that belongs to a seed. Whoever knows the seed can sign: take it from a good source of
    /// randomness, this crate has none.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, Error> {
        if !is_key_name(name) {
            return Err(Error::Value(format!(
                "{name:?} cannot name a key: it needs at least one character, and no space and no `+`"
            )));
        }
        let key = SigningKey::from_bytes(seed);
        let key_hash = key_hash(name, key.verifying_key().as_bytes());
        Ok(Self {
            name: name.to_owned(),
            key,
            key_hash,
        })
    }

    /// Reads `PRIVATE+KEY+NAME+HASH+SEED`, the form of x/mod `sumdb/note`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        // The text itself is never shown: it is the secret.
        let malformed =
            || Error::Value("the private key is not of the form PRIVATE+KEY+NAME+HASH+SEED".into());
        let rest = text.strip_prefix("PRIVATE+KEY+").ok_or_else(malformed)?;
        let mut parts = rest.splitn(3, '+');
        let (Some(name), Some(hash), Some(seed)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(malformed());
        };
        let hash = parse_key_hash(hash).ok_or_else(malformed)?;
        let seed = BASE64.decode(seed.as_bytes()).map_err(|_| malformed())?;
        let Some((&ED25519, seed)) = seed.split_first() else {
            return Err(malformed());
        };
        let signer = Self::from_seed(name, seed.try_into().map_err(|_| malformed())?)?;
        if signer.key_hash == hash {
            return Ok(signer);
        }
        Err(Error::Value(format!(
            "the private key of {name} does not have the hash {hash:08x} that stands in it"
        )))
    }

    /// `PRIVATE+KEY+NAME+HASH+SEED`: a secret, for the file that keeps it.
    pub fn private_key(&self) -> String {
        let seed = [&[ED25519][..], self.key.as_bytes()].concat();
        let (name, hash, seed) = (&self.name, self.key_hash, BASE64.encode(&seed));
        format!("PRIVATE+KEY+{name}+{hash:08x}+{seed}")
    }

    /// `NAME+HASH+KEY`: the GOSUMDB value by which clients know this key.
    pub fn verifier_key(&self) -> String {
        let key = [&[ED25519][..], self.key.verifying_key().as_bytes()].concat();
        format!(
            "{}+{:08x}+{}",
            self.name,
            self.key_hash,
            BASE64.encode(&key)
        )
    }

    /// The name it signs under.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The note of a text, which ends in an end of line and has no control characters but that.
    pub fn sign(&self, text: &str) -> Vec<u8> {
        let signature = self.key.sign(text.as_bytes()).to_bytes();
        let signature = [&self.key_hash.to_be_bytes()[..], &signature].concat();
        let (name, signature) = (&self.name, BASE64.encode(&signature));
        format!("{text}\n\u{2014} {name} {signature}\n").into_bytes()
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({}+{:08x})", self.name, self.key_hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Database;
    use proptest::prelude::*;

    #[test]
    fn refused_keys_do_not_show_themselves() {
        let key = Signer::from_seed("a", &[7; 32]).unwrap().private_key();
        let seed = key.rsplit('+').next().unwrap().to_owned();
        for text in [
            seed.clone(),
            key.replace("PRIVATE+KEY", "PRIVATE-KEY"),
            key.replace("+a+", "+b+"),
            key.replace("+a+", "++"),
            key.replace("+a+", "+a b+"),
            key.replace(&seed, &format!("{seed}=")),
            key.replace(&seed, &BASE64.encode(&[&[2][..], &[7; 32]].concat())),
            key.replace(&seed, &BASE64.encode(&[&[1][..], &[7; 31]].concat())),
        ] {
            let error = Signer::parse(&text).unwrap_err().to_string();
            assert!(!error.contains(&seed), "{error}");
        }
        assert!(!format!("{:?}", Signer::parse(&key).unwrap()).contains(&seed));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn keys_lead_back(seed: [u8; 32], name in "[a-z]{1,8}(\\.[a-z]{1,8})?(/[a-z]{1,8})?") {
            let signer = Signer::from_seed(&name, &seed).unwrap();
            let again = Signer::parse(&signer.private_key()).unwrap();
            prop_assert_eq!(again.verifier_key(), signer.verifier_key());
            let database = Database::parse(&signer.verifier_key()).unwrap().unwrap();
            prop_assert_eq!(database.name(), name);
            prop_assert_eq!(again.sign("x\n"), signer.sign("x\n"));
        }
    }
}
