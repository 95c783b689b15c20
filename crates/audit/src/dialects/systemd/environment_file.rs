//! Files of `KEY=value` lines as systemd reads them: `EnvironmentFile=` and `environment.d`.
//!
//! Other than a shell, it knows no `export`, expands nothing, and takes `#` for a comment only at the
//! begin of a line.

use std::ops::Range;

/// A line of such a file.
#[derive(Debug)]
pub(crate) struct Entry {
    /// What stands in front of the `=`.
    pub(crate) key: String,
    /// Where.
    pub(crate) key_at: Range<usize>,
    /// The value, quotes and escapes undone.
    pub(crate) value: String,
    /// The value as it stands there.
    pub(crate) value_at: Range<usize>,
}

impl Entry {
    /// Whether systemd takes the key for a name.
    pub(crate) fn has_name(&self) -> bool {
        let mut bytes = self.key.bytes();
        bytes
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
            && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    }
}

/// Its lines that have a `=`, in order.
pub(crate) fn read(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    while at < text.len() {
        let line = &text[at..at + text[at..].find('\n').unwrap_or(text.len() - at)];
        let start = at + (line.len() - line.trim_start().len());
        let sign = line.find('=').map(|sign| at + sign);
        let Some(sign) = sign.filter(|_| !line.trim_start().starts_with(['#', ';'])) else {
            at += line.len() + 1;
            continue;
        };
        let key = text[start.min(sign)..sign].trim_end();
        let (value, value_at) = value(text, sign + 1);
        at = value_at.end
            + text[value_at.end..]
                .find('\n')
                .map_or(text.len(), |end| end + 1);
        entries.push(Entry {
            key: key.to_owned(),
            key_at: start.min(sign)..start.min(sign) + key.len(),
            value,
            value_at,
        });
    }
    entries
}

/// The value that begins at `from`: up to the end of its line, or of the line behind a backslash.
fn value(text: &str, from: usize) -> (String, Range<usize>) {
    let rest = &text[from..];
    let start = from + (rest.len() - rest.trim_start_matches([' ', '\t', '\r']).len());
    let mut out = String::new();
    // How much of it stays when blanks at the end are taken away, and where that ends in the file.
    let (mut kept, mut end) = (0, start);
    let mut quote = None;
    let mut at_begin = true;
    let mut letters = text[start..].char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let behind = start + at + letter.len_utf8();
        match (quote, letter) {
            (None, '\n') => break,
            (None | Some('"'), '\\') => {
                let Some((_, next)) = letters.next() else {
                    break;
                };
                if next != '\n' {
                    if quote.is_some() && !matches!(next, '"' | '\\' | '`' | '$') {
                        out.push('\\');
                    }
                    out.push(next);
                    (kept, end) = (out.len(), behind + next.len_utf8());
                }
                at_begin &= quote.is_some();
            }
            // A quote counts at the begin of a value or right behind another quoted piece.
            (None, '"' | '\'') if at_begin => quote = Some(letter),
            (Some(open), _) if letter == open => {
                quote = None;
                (kept, end) = (out.len(), behind);
            }
            _ => {
                let is_blank = quote.is_none() && letter.is_ascii_whitespace();
                at_begin &= is_blank || quote.is_some();
                out.push(letter);
                if !is_blank {
                    (kept, end) = (out.len(), behind);
                }
            }
        }
    }
    out.truncate(kept);
    (out, start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_systemd_reads_them() {
        for (text, value, raw) in [
            ("A=b", "b", "b"),
            ("A= b # c \r\nB=", "b # c", "b # c"),
            ("A=\"b c\"\n", "b c", "\"b c\""),
            ("A='b'\\''c'", "b''c'", "'b'\\''c'"),
            ("A='b'\"c\"", "bc", "'b'\"c\""),
            ("A=\"b\\\"c\\d\"", "b\"c\\d", "\"b\\\"c\\d\""),
            ("A=b\\\nc\nB=", "bc", "b\\\nc"),
            ("A=", "", ""),
            ("A=b\"c", "b\"c", "b\"c"),
            ("A=\"b\nc\" \nB=x", "b\nc", "\"b\nc\""),
        ] {
            let entries = read(text);
            assert_eq!(entries[0].value, value, "{text:?}");
            assert_eq!(&text[entries[0].value_at.clone()], raw, "{text:?}");
        }
        let text = "#A=1\n ;B=2\nexport C=3\nnope\n D =4\n=5\n\u{e9}=6";
        let keys: Vec<_> = read(text)
            .into_iter()
            .map(|one| (one.has_name(), one.key))
            .collect();
        let expected = [
            (false, "export C"),
            (true, "D"),
            (false, ""),
            (false, "\u{e9}"),
        ];
        assert_eq!(keys, expected.map(|(is, key)| (is, key.to_owned())));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(256))]
        #[test]
        fn any_text_is_read(text in "([A-Z=\"'\\\\\n #;\r\u{e9}]|=\"){0,40}") {
            for entry in read(&text) {
                proptest::prop_assert!(text.get(entry.value_at).is_some());
                proptest::prop_assert_eq!(text.get(entry.key_at), Some(entry.key.as_str()));
            }
        }
    }
}
