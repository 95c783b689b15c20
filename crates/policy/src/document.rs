//! TOML read with positions: every fault names file, line, key and value, and
//! a key that nobody knows is a fault with the nearest one that somebody does.
//!
//! Used for `policy.toml` and for `modkeep.toml`.

use std::fmt;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Of how many letters one may be wrong in a slip of the pen: of more, a guess
/// misleads more often than it helps.
const LETTERS_A_SLIP: usize = 3;

/// What is wrong with a document, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct Fault {
    /// The file, as it was named.
    pub file: String,
    /// Line, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: Box<Problem>,
}

/// What can be wrong in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It is not TOML, with the parser's reason.
    Syntax(String),
    /// A key that is not known in its table.
    UnknownKey {
        /// The key.
        key: String,
        /// The table, as `[client]`; empty for the top of the file.
        table: String,
        /// The known key that it is most like.
        nearest: Option<String>,
    },
    /// A value that its key cannot have.
    Value {
        /// The key, dotted from the top of the file.
        key: String,
        /// The value as written, without secrets.
        value: String,
        /// Why it cannot be.
        reason: String,
        /// The right value that it is most like.
        nearest: Option<String>,
    },
    /// A key that must be there.
    Missing {
        /// The key, dotted from the top of the file.
        key: String,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(reason) => write!(f, "not TOML: {reason}"),
            Self::UnknownKey { key, table, .. } if table.is_empty() => {
                write!(f, "unknown key {key:?}")
            }
            Self::UnknownKey { key, table, .. } => write!(f, "unknown key {key:?} in {table}"),
            Self::Value {
                key, value, reason, ..
            } => write!(f, "{key} = {value}: {reason}"),
            Self::Missing { key } => write!(f, "{key} is missing"),
        }
    }
}

impl Fault {
    /// What to do about it, for a line after the error.
    pub fn hint(&self) -> Option<String> {
        match &*self.problem {
            Problem::UnknownKey {
                nearest: Some(word),
                ..
            }
            | Problem::Value {
                nearest: Some(word),
                ..
            } => Some(format!("did you mean {word:?}?")),
            _ => None,
        }
    }
}

/// The word of `known` that `word` was meant to be, if it is like any: a letter
/// in three may be wrong, missing, too much or swapped; or they begin alike for
/// half their length and more.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word = word.to_lowercase();
    let like = |candidate: &&str| {
        let candidate = candidate.to_lowercase();
        let (ours, theirs) = (word.chars().count(), candidate.chars().count());
        let slips = strsim::osa_distance(&word, &candidate);
        let alike = word.chars().zip(candidate.chars());
        let alike = alike.take_while(|(ours, theirs)| ours == theirs).count();
        let is_slip = slips <= ours.max(theirs) / LETTERS_A_SLIP;
        is_slip || (alike > LETTERS_A_SLIP && alike * 2 >= ours.max(theirs))
    };
    known.into_iter().filter(like).min_by_key(|candidate| {
        let candidate = candidate.to_lowercase();
        strsim::osa_distance(&word, &candidate)
    })
}

/// A TOML file with its name and text, so that positions can be told.
#[derive(Debug)]
pub struct Document<'t> {
    file: &'t str,
    text: &'t str,
    root: Spanned<DeTable<'t>>,
}

impl<'t> Document<'t> {
    /// Parses `bytes`, which came from `file`.
    ///
    /// # Errors
    /// A [`Fault`] when the bytes are not UTF-8 or not TOML.
    pub fn parse(file: &'t str, bytes: &'t [u8]) -> Result<Self, Fault> {
        let fault = |line, reason: String| Fault {
            file: file.to_owned(),
            line,
            problem: Box::new(Problem::Syntax(reason)),
        };
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let before = &bytes[..error.valid_up_to()];
            fault(
                before.split(|byte| *byte == b'\n').count(),
                "not UTF-8".to_owned(),
            )
        })?;
        let root = DeTable::parse(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_of(text, span.start));
            fault(
                line,
                error
                    .message()
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
            )
        })?;
        Ok(Self { file, text, root })
    }

    /// The table at the top.
    pub fn root(&self) -> Table<'_> {
        Table {
            document: self,
            name: String::new(),
            heading: String::new(),
            span: 0..0,
            entries: self.root.get_ref(),
        }
    }

    fn fault(&self, at: usize, problem: Problem) -> Fault {
        Fault {
            file: self.file.to_owned(),
            line: line_of(self.text, at),
            problem: Box::new(problem),
        }
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    before.split(|byte| *byte == b'\n').count()
}

/// A table of a document.
#[derive(Clone, Debug)]
pub struct Table<'d> {
    document: &'d Document<'d>,
    /// Dotted key from the top; empty for the top itself.
    name: String,
    /// The name as it stands in the file: `[client]`, `[[route]]`.
    heading: String,
    span: Range<usize>,
    entries: &'d DeTable<'d>,
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Located<'d, T> {
    /// The value.
    pub value: T,
    document: &'d Document<'d>,
    key: String,
    span: Range<usize>,
}

impl<'d> Table<'d> {
    /// The keys in file order.
    pub fn keys(&self) -> Vec<&'d str> {
        let mut keys: Vec<_> = self
            .entries
            .iter()
            .map(|(key, _)| (key.span().start, key.get_ref().as_ref()))
            .collect();
        keys.sort_unstable();
        keys.into_iter().map(|(_, key)| key).collect()
    }

    /// Refuses the first key, in file order, that is not in `known`.
    ///
    /// # Errors
    /// [`Problem::UnknownKey`].
    pub fn deny_unknown(&self, known: &[&str]) -> Result<(), Fault> {
        let Some(key) = self.keys().into_iter().find(|key| !known.contains(key)) else {
            return Ok(());
        };
        let problem = Problem::UnknownKey {
            key: key.to_owned(),
            table: self.heading.clone(),
            nearest: nearest(key, known.iter().copied()).map(str::to_owned),
        };
        Err(self.document.fault(self.key_offset(key), problem))
    }

    /// Line of the heading, counted from 1.
    pub fn heading_line(&self) -> usize {
        line_of(self.document.text, self.span.start)
    }

    /// Line of `key`, counted from 1; that of the table when the key is not there.
    pub fn line(&self, key: &str) -> usize {
        line_of(self.document.text, self.key_offset(key))
    }

    fn key_offset(&self, key: &str) -> usize {
        self.entries
            .get_key_value(key)
            .map_or(self.span.start, |(key, _)| key.span().start)
    }

    fn dotted(&self, key: &str) -> String {
        if self.name.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.name)
        }
    }

    fn located<T>(&self, key: &str, span: Range<usize>, value: T) -> Located<'d, T> {
        Located {
            value,
            document: self.document,
            key: self.dotted(key),
            span,
        }
    }

    fn wrong_type<T>(
        &self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        wanted: &str,
    ) -> Result<T, Fault> {
        let reason = format!("must be {wanted}, not {}", value.get_ref().type_str());
        Err(self.located(key, value.span(), ()).fault(reason))
    }

    /// The value of `key`, whatever its type, as it stands in the file.
    pub fn raw(&self, key: &str) -> Option<Located<'d, &'d DeValue<'d>>> {
        let value = self.entries.get(key)?;
        Some(self.located(key, value.span(), value.get_ref()))
    }

    /// The string at `key`.
    ///
    /// # Errors
    /// [`Problem::Value`] when it is not a string.
    pub fn string(&self, key: &str) -> Result<Option<Located<'d, &'d str>>, Fault> {
        let Some(value) = self.entries.get(key) else {
            return Ok(None);
        };
        match value.get_ref().as_str() {
            Some(text) => Ok(Some(self.located(key, value.span(), text))),
            None => self.wrong_type(key, value, "a string"),
        }
    }

    /// The string at `key`, which must be there and not be empty.
    ///
    /// # Errors
    /// [`Problem::Missing`] or [`Problem::Value`].
    pub fn required(&self, key: &str) -> Result<Located<'d, &'d str>, Fault> {
        let Some(text) = self.string(key)? else {
            return Err(self.missing(key));
        };
        if text.value.trim().is_empty() {
            return Err(text.fault("must not be empty".to_owned()));
        }
        Ok(text)
    }

    /// The fault of lacking `key`.
    pub fn missing(&self, key: &str) -> Fault {
        self.document.fault(
            self.span.start,
            Problem::Missing {
                key: self.dotted(key),
            },
        )
    }

    /// The list of strings at `key`.
    ///
    /// # Errors
    /// [`Problem::Value`] when it is not a list of strings.
    pub fn strings(&self, key: &str) -> Result<Option<Vec<Located<'d, &'d str>>>, Fault> {
        let Some(value) = self.entries.get(key) else {
            return Ok(None);
        };
        let Some(array) = value.get_ref().as_array() else {
            return self.wrong_type(key, value, "a list of strings");
        };
        let mut texts = Vec::with_capacity(array.len());
        for item in array {
            match item.get_ref().as_str() {
                Some(text) => texts.push(self.located(key, item.span(), text)),
                None => return self.wrong_type(key, item, "a list of strings"),
            }
        }
        Ok(Some(texts))
    }

    /// The table `[key]`.
    ///
    /// # Errors
    /// [`Problem::Value`] when it is not a table.
    pub fn table(&self, key: &str) -> Result<Option<Self>, Fault> {
        let Some(value) = self.entries.get(key) else {
            return Ok(None);
        };
        match value.get_ref().as_table() {
            Some(entries) => {
                let name = self.dotted(key);
                let heading = format!("[{name}]");
                Ok(Some(Self {
                    document: self.document,
                    name,
                    heading,
                    span: value.span(),
                    entries,
                }))
            }
            None => self.wrong_type(key, value, "a table"),
        }
    }

    /// The tables `[[key]]`, in file order.
    ///
    /// # Errors
    /// [`Problem::Value`] when it is not a list of tables.
    pub fn tables(&self, key: &str) -> Result<Vec<Self>, Fault> {
        let Some(value) = self.entries.get(key) else {
            return Ok(Vec::new());
        };
        let wanted = format!("a list of tables, each under [[{key}]]");
        let Some(array) = value.get_ref().as_array() else {
            return self.wrong_type(key, value, &wanted);
        };
        let mut tables = Vec::with_capacity(array.len());
        for item in array {
            let Some(entries) = item.get_ref().as_table() else {
                return self.wrong_type(key, item, &wanted);
            };
            let name = self.dotted(key);
            let heading = format!("[[{name}]]");
            tables.push(Self {
                document: self.document,
                name,
                heading,
                span: item.span(),
                entries,
            });
        }
        Ok(tables)
    }
}

impl<T> Located<'_, T> {
    /// Line of the value, counted from 1.
    pub fn line(&self) -> usize {
        line_of(self.document.text, self.span.start)
    }

    /// The key, dotted from the top.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The fault of having this value, shown as it is written.
    pub fn fault(&self, reason: String) -> Fault {
        let written = self
            .document
            .text
            .get(self.span.clone())
            .unwrap_or_default();
        self.fault_showing(written, reason)
    }

    /// The fault of having this value, shown as `value`: for what may hold a
    /// secret.
    pub fn fault_showing(&self, value: &str, reason: String) -> Fault {
        self.fault_with(value, reason, None)
    }

    fn fault_with(&self, value: &str, reason: String, nearest: Option<String>) -> Fault {
        let problem = Problem::Value {
            key: self.key.clone(),
            value: value.to_owned(),
            reason,
            nearest,
        };
        self.document.fault(self.span.start, problem)
    }
}

impl Located<'_, &str> {
    /// The meaning of this word among `choices`.
    ///
    /// # Errors
    /// [`Problem::Value`] with the nearest right word.
    pub fn choose<C: Copy>(&self, choices: &[(&str, C)]) -> Result<C, Fault> {
        if let Some((_, choice)) = choices.iter().find(|(word, _)| *word == self.value) {
            return Ok(*choice);
        }
        let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
        let near = nearest(self.value, words.iter().copied()).map(str::to_owned);
        let reason = format!("must be one of {}", words.join(", "));
        Err(self.fault_with(&format!("{:?}", self.value), reason, near))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "name = \"x\"\n\n[client]\ngoproxi = 1\n[[route]]\nmatch = [\"a\", 2]\n";

    #[test]
    fn faults_name_line_key_and_nearest() {
        let document = Document::parse("p.toml", TEXT.as_bytes()).unwrap();
        let client = document.root().table("client").unwrap().unwrap();
        let fault = client.deny_unknown(&["goproxy", "private"]).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "p.toml:4: unknown key \"goproxi\" in [client]"
        );
        assert_eq!(fault.hint().unwrap(), "did you mean \"goproxy\"?");
        let fault = client.string("goproxi").unwrap_err();
        assert_eq!(
            fault.to_string(),
            "p.toml:4: client.goproxi = 1: must be a string, not integer"
        );
        let fault = document.root().tables("route").unwrap()[0]
            .strings("match")
            .unwrap_err();
        assert_eq!(
            fault.to_string(),
            "p.toml:6: route.match = 2: must be a list of strings, not integer"
        );
        let fault = document.root().tables("client").unwrap_err();
        assert!(
            fault.to_string().starts_with("p.toml:3: client = "),
            "{fault}"
        );
        assert_eq!(
            client.missing("private").to_string(),
            "p.toml:3: client.private is missing"
        );
    }

    #[test]
    fn a_likeness_is_no_guess() {
        assert_eq!(
            nearest("upstreem", ["listen", "upstream"]),
            Some("upstream")
        );
        assert_eq!(
            nearest("UPSTREAM", ["listen", "upstream"]),
            Some("upstream")
        );
        assert_eq!(nearest("zzz", ["listen", "upstream"]), None);
        let variables = ["GOPROXY", "GOPRIVATE", "GOOS", "GONOSUMDB", "CC"];
        for (word, wanted) in [
            ("FOO", None),
            ("GO", None),
            ("", None),
            ("PROXY", Some("GOPROXY")),
            ("GOPROXI", Some("GOPROXY")),
            ("GORPOXY", Some("GOPROXY")),
            ("GOPRIVAT", Some("GOPRIVATE")),
            ("GONOSUMCHECK", Some("GONOSUMDB")),
            ("HTTPS_PROXY", None),
            ("GOO", Some("GOOS")),
        ] {
            assert_eq!(nearest(word, variables), wanted, "{word}");
        }
    }

    #[test]
    fn text_that_is_not_utf8_has_a_line_too() {
        let fault = Document::parse("p.toml", b"a = 1\nb = \"\xff\"\n").unwrap_err();
        assert_eq!(fault.to_string(), "p.toml:2: not TOML: not UTF-8");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(document) = Document::parse("p.toml", &bytes) {
                let root = document.root();
                let keys = root.keys();
                prop_assert_eq!(root.deny_unknown(&keys), Ok(()));
            }
        }
    }
}
