//! From an entry of the catalogue to sentences about one error, for the place where it happened.

use super::entry::Entry;
use super::fields::{Fields, get_for_text};
use super::place::Place;

/// Longest value that is put into a sentence or command.
const MAX_VALUE_BYTES: usize = 300;

/// Why the error comes.
pub(super) fn cause(entry: &Entry, fields: &Fields) -> String {
    tidy(&fill(entry.cause, fields, |_| true))
}

/// What ends it: sentences, then what is written down in `place`, then what to type.
pub(super) fn remedy(entry: &Entry, fields: &Fields, place: Place) -> String {
    let mut parts = vec![tidy(&fill(entry.fix, fields, |_| true))];
    let in_command = |text: &str| fill(text, fields, is_plain);
    let own = entry.at.iter().find(|(at, _)| *at == place);
    if let Some((_, lines)) = own {
        parts.push(in_command(lines));
    } else if !entry.set.is_empty() {
        let variables = entry.set.iter();
        let variables: Vec<_> = variables
            .map(|(name, value)| (in_command(name), in_command(value)))
            .collect();
        parts.push(place.set(&variables));
    } else if !entry.run.is_empty() {
        parts.push(place.step(&in_command(entry.run)));
    }
    if !entry.local.is_empty() {
        parts.push(format!("$ {}", in_command(entry.local)));
    }
    parts.join("\n")
}

impl Entry {
    /// Its cause and its remedy in `place`, in general.
    pub fn page(&self, place: Place) -> (String, String) {
        let nothing = Fields::new();
        (cause(self, &nothing), remedy(self, &nothing, place))
    }
}

/// `template` with each `{name|otherwise}` replaced by the value, if there is one that may be used.
fn fill(template: &str, fields: &Fields, may_use: impl Fn(&str) -> bool) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let place = after
            .split_once('}')
            .filter(|(inner, _)| inner.contains('|') && !inner.contains(['{', '\n']));
        let Some((inner, behind)) = place else {
            filled.push('{');
            rest = after;
            continue;
        };
        let (name, otherwise) = inner.split_once('|').unwrap_or((inner, ""));
        match get_for_text(fields, name) {
            Some(value) if value.len() <= MAX_VALUE_BYTES && may_use(&value) => {
                filled.push_str(&value);
            }
            _ => filled.push_str(otherwise),
        }
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

/// Whether a value from a log may stand in a command: what a shell would act on may not.
fn is_plain(value: &str) -> bool {
    !value.starts_with('-')
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._/@:+,=-?%".contains(&byte))
}

/// A sentence without the gaps of values that are not known.
fn tidy(text: &str) -> String {
    let mut tidy = text.to_owned();
    for (from, to) in [
        ("  ", " "),
        (" ,", ","),
        (" .", "."),
        (" :", ":"),
        (" ;", ";"),
    ] {
        while tidy.contains(from) {
            tidy = tidy.replace(from, to);
        }
    }
    tidy.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_where_they_may() {
        let fields: Fields = vec![
            ("module", "a.b/c".to_owned()),
            ("host", "h;rm x".to_owned()),
        ];
        assert_eq!(
            fill("{module|it} {version|v} {x} {", &fields, |_| true),
            "a.b/c v {x} {"
        );
        assert_eq!(fill("curl {host|HOST}", &fields, is_plain), "curl HOST");
        assert_eq!(fill("{pattern|p}", &fields, is_plain), "a.b");
        assert_eq!(tidy("a  b , c : d ."), "a b, c: d.");
    }
}
