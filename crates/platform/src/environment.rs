//! The environment of the process, read once.

use std::collections::BTreeMap;
use std::fmt;

/// The variables as they were when it was taken. Its `Debug` shows names only: values may be secrets.
#[derive(Clone, Default)]
pub struct EnvSnapshot {
    variables: BTreeMap<String, String>,
}

impl fmt::Debug for EnvSnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

impl EnvSnapshot {
    /// The environment of this process. What is not UTF-8 in a value stands as U+FFFD: the value is wrong for
    /// everybody, and to leave it out would be to say that it is not set. Names that are not UTF-8 are left out.
    pub fn of_process() -> Self {
        std::env::vars_os()
            .filter_map(|(name, value)| {
                Some((
                    name.into_string().ok()?,
                    value.to_string_lossy().into_owned(),
                ))
            })
            .collect()
    }

    /// The value, if it is set and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// All variables, empty ones too, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for EnvSnapshot {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(variables: I) -> Self {
        Self {
            variables: variables
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_counts_as_unset_and_values_stay_hidden() {
        let env: EnvSnapshot = [("GOPROXY", ""), ("TOKEN", "s3cret")].into_iter().collect();
        assert_eq!(env.get("GOPROXY"), None);
        assert_eq!(env.get("TOKEN"), Some("s3cret"));
        assert_eq!(env.iter().count(), 2);
        assert_eq!(format!("{env:?}"), r#"{"GOPROXY", "TOKEN"}"#);
    }

    #[test]
    fn the_process_has_an_environment() {
        assert!(EnvSnapshot::of_process().get("PATH").is_some());
    }
}
