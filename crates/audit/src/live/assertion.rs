//! What the caller of `check` says a variable has to be.

use goenv::Origin;
use platform::secret::is_secret_name;

use crate::finding::Finding;
use crate::repository::Repository;
use crate::rules;

use super::Machine;

/// A statement about a variable: `GOPROXY==https://goproxy.corp.example`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// As it was written.
    text: String,
    name: String,
    says: Says,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Says {
    Is(String),
    IsNot(String),
    /// `*` stands for any text, `?` for one character.
    Like(String),
    Set,
    Unset,
}

impl std::str::FromStr for Assertion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORMS: &str =
            "write NAME==value, NAME!=value, NAME~=glob, `NAME set` or `NAME unset`";
        let name_end = text
            .find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
            .unwrap_or(text.len());
        let (name, rest) = text.split_at(name_end);
        let rest = rest.trim_start();
        let value = |operator: &str| {
            rest.strip_prefix(operator)
                .map(|value| value.trim().to_owned())
        };
        let says = if let Some(value) = value("==") {
            Says::Is(value)
        } else if let Some(value) = value("!=") {
            Says::IsNot(value)
        } else if let Some(value) = value("~=") {
            Says::Like(value)
        } else {
            match rest.trim_start_matches(':').trim() {
                "set" => Says::Set,
                "unset" => Says::Unset,
                _ => return Err(FORMS.to_owned()),
            }
        };
        if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
            return Err(format!("it begins with no variable's name: {FORMS}"));
        }
        Ok(Self {
            text: text.to_owned(),
            name: name.to_owned(),
            says,
        })
    }
}

impl Assertion {
    /// What is wrong, if it does not hold. The value is what `go env` says, for other variables what
    /// the process has. `set` means that somebody set it: Go's default is not enough.
    pub fn judge(&self, machine: Machine<'_>, repository: &Repository) -> Option<Finding> {
        let variable = machine.looked.env.get(&self.name);
        let process = machine.env.get(&self.name).unwrap_or_default();
        let value = variable.map_or(process, |variable| &variable.value);
        let is_default = variable.is_some_and(|variable| {
            let origin = &variable.origin;
            matches!(origin, Origin::Default | Origin::GorootFile { .. })
        });
        let is_set = !value.is_empty() && !is_default;
        let holds = match &self.says {
            Says::Is(wanted) => value == wanted,
            Says::IsNot(other) => value != other,
            Says::Like(glob) => is_like(glob.as_bytes(), value.as_bytes()),
            Says::Set => is_set,
            Says::Unset => !is_set,
        };
        if holds {
            return None;
        }
        let rule = rules::find("GP907")?;
        let name = &self.name;
        let is_secret = is_secret_name(name);
        let place = super::environment::place(machine, repository, name);
        let (asserted, shown) = if is_secret {
            (format!("a statement about {name}"), "xxxxx")
        } else {
            (format!("`{}`", self.text), value)
        };
        let state = match () {
            () if !is_set && value.is_empty() => "is not set".to_owned(),
            () if !is_set => format!("is not set and has its default `{shown}`"),
            () => format!("is `{shown}`, set by {}", place.how),
        };
        let message = format!("{name} {state}, but {asserted} was asserted");
        let mut finding = Finding::new(rule, place.span, message).about(name, shown);
        super::NAME.clone_into(&mut finding.site);
        Some(finding)
    }
}

/// Whether a text is like a glob; linear in both but for stars.
fn is_like(glob: &[u8], text: &[u8]) -> bool {
    let (mut at, mut pattern) = (0, 0);
    // Where to go on after the last star: one more byte of the text belongs to it.
    let mut star = None;
    while at < text.len() {
        match glob.get(pattern) {
            Some(b'*') => {
                star = Some((pattern + 1, at));
                pattern += 1;
            }
            Some(byte) if *byte == b'?' || *byte == text[at] => {
                pattern += 1;
                at += 1;
            }
            _ => {
                let Some((behind, taken)) = star else {
                    return false;
                };
                star = Some((behind, taken + 1));
                (pattern, at) = (behind, taken + 1);
            }
        }
    }
    glob[pattern..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn any_text_is_a_statement_or_none(text in "\\PC{0,20}") {
            let _ = text.parse::<Assertion>();
            prop_assert!(is_like(b"*", text.as_bytes()));
        }

        #[test]
        fn a_glob_without_signs_is_like_itself_alone(text in "[a-c]{0,6}", other in "[a-c]{0,6}") {
            prop_assert_eq!(is_like(text.as_bytes(), other.as_bytes()), text == other);
        }
    }

    #[test]
    fn statements_are_read() {
        for (text, name, says) in [
            (
                "GOPROXY==https://p",
                "GOPROXY",
                Says::Is("https://p".to_owned()),
            ),
            ("GOPROXY == a==b", "GOPROXY", Says::Is("a==b".to_owned())),
            ("GOFLAGS==", "GOFLAGS", Says::Is(String::new())),
            ("X!=off", "X", Says::IsNot("off".to_owned())),
            ("X~=*.corp", "X", Says::Like("*.corp".to_owned())),
            ("X set", "X", Says::Set),
            ("X  unset ", "X", Says::Unset),
            ("X:set", "X", Says::Set),
        ] {
            let read: Assertion = text.parse().unwrap();
            assert_eq!((read.name.as_str(), read.says), (name, says), "{text}");
        }
        for text in [
            "",
            "X",
            "X=1",
            "==x",
            "1X==a",
            "GO PROXY==x",
            "X sett",
            "X<1",
        ] {
            assert!(text.parse::<Assertion>().is_err(), "{text}");
        }
    }

    #[test]
    fn globs_are_simple() {
        for (glob, text, like) in [
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("https://*.corp/*", "https://a.corp/x/y", true),
            ("https://*.corp", "https://a.corp.evil", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*a*b", "xaxxb", true),
            ("a**", "a", true),
        ] {
            assert_eq!(
                is_like(glob.as_bytes(), text.as_bytes()),
                like,
                "{glob} {text}"
            );
        }
    }
}
