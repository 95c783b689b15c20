//! Go's quoted strings: `strconv.Quote`, `strconv.Unquote` and go.mod's rule for when to quote.

use std::borrow::Cow;
use std::fmt::Write as _;

/// `text` in double quotes with Go's escapes, so that nothing in it can break a line or a terminal.
/// Follows `strconv.Quote`.
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        push_escaped(&mut quoted, character, '"');
    }
    quoted.push('"');
    quoted
}

/// One character in single quotes with Go's escapes.
pub(super) fn quote_char(character: char) -> String {
    let mut quoted = String::from('\'');
    push_escaped(&mut quoted, character, '\'');
    quoted.push('\'');
    quoted
}

/// `text`, or its quotation where go.mod needs one for it to be a single token.
/// Follows `modfile.AutoQuote`.
pub fn auto_quote(text: &str) -> String {
    if must_quote(text) {
        quote(text)
    } else {
        text.to_owned()
    }
}

fn must_quote(text: &str) -> bool {
    let forces = |character: char| match character {
        ' ' | '"' | '\'' | '`' => true,
        '(' | ')' | '[' | ']' | '{' | '}' | ',' => text.len() > 1,
        other => !is_print(other),
    };
    text.is_empty() || text.contains("//") || text.contains("/*") || text.chars().any(forces)
}

/// What Go calls printable: letters, marks, numbers, punctuation, symbols and the ASCII space.
///
/// The standard library has the same set inside its debug escapes (it leaves a character alone
/// exactly when it is printable), by a newer Unicode table than Go's at most.
pub(super) fn is_print(character: char) -> bool {
    if character.is_ascii() {
        return matches!(character, ' '..='~');
    }
    // Not first in the text: a leading combining mark would be escaped though printable.
    let mut buffer = [b'a'; 5];
    let length = 1 + character.encode_utf8(&mut buffer[1..]).len();
    let text = std::str::from_utf8(&buffer[..length]).unwrap_or_default();
    text.escape_debug().nth(1) == Some(character)
}

/// A part of a hostile file in a text about it: as it stands if that is printable, else in quotes;
/// shortened. It can neither fill nor rewrite a terminal or log.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    let short = shorten(text);
    if short.chars().all(is_print) {
        short
    } else {
        Cow::Owned(quote(&short))
    }
}

/// `text` without its middle if it is long.
pub(crate) fn shorten(text: &str) -> Cow<'_, str> {
    /// Enough to find it by, in one line of a terminal.
    const CHARACTERS: usize = 100;
    let mut from_end = text.char_indices().rev();
    let Some((end, _)) = from_end.nth(CHARACTERS / 2 - 1) else {
        return Cow::Borrowed(text);
    };
    match text.char_indices().nth(CHARACTERS / 2) {
        Some((start, _)) if start < end && from_end.nth(CHARACTERS / 2).is_some() => {
            Cow::Owned(format!("{}...{}", &text[..start], &text[end..]))
        }
        _ => Cow::Borrowed(text),
    }
}

fn push_escaped(quoted: &mut String, character: char, delimiter: char) {
    match character {
        '\\' => quoted.push_str("\\\\"),
        other if other == delimiter => {
            quoted.push('\\');
            quoted.push(other);
        }
        other if is_print(other) => quoted.push(other),
        '\x07' => quoted.push_str("\\a"),
        '\x08' => quoted.push_str("\\b"),
        '\x0c' => quoted.push_str("\\f"),
        '\n' => quoted.push_str("\\n"),
        '\r' => quoted.push_str("\\r"),
        '\t' => quoted.push_str("\\t"),
        '\x0b' => quoted.push_str("\\v"),
        other => {
            let code = u32::from(other);
            // Writing to a String cannot fail.
            let _ = match code {
                0..0x20 | 0x7f => write!(quoted, "\\x{code:02x}"),
                0x80..0x1_0000 => write!(quoted, "\\u{code:04x}"),
                _ => write!(quoted, "\\U{code:08x}"),
            };
        }
    }
}

/// The text that a Go string literal in double or back quotes stands for; none when it is not
/// exactly one literal. Bytes that are not UTF-8 become U+FFFD. Follows `strconv.Unquote`.
pub fn unquote(literal: &str) -> Option<String> {
    if let Some(raw) = inner(literal, '`') {
        return (!raw.contains('`')).then(|| raw.replace('\r', ""));
    }
    let text = inner(literal, '"')?;
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        match character {
            '"' | '\n' => return None,
            '\\' => push_unescaped(&mut bytes, &mut rest)?,
            other => push_char(&mut bytes, other),
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn inner(literal: &str, delimiter: char) -> Option<&str> {
    literal
        .strip_prefix(delimiter)
        .and_then(|rest| rest.strip_suffix(delimiter))
}

fn push_unescaped(bytes: &mut Vec<u8>, rest: &mut std::str::Chars<'_>) -> Option<()> {
    let byte = match rest.next()? {
        'a' => 0x07,
        'b' => 0x08,
        'f' => 0x0c,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 0x0b,
        '\\' => b'\\',
        '"' => b'"',
        'x' => u8::try_from(digits(rest, 2, 16)?).ok()?,
        'u' => return push_code(bytes, digits(rest, 4, 16)?),
        'U' => return push_code(bytes, digits(rest, 8, 16)?),
        first @ '0'..='7' => {
            let high = first.to_digit(8)?;
            u8::try_from(high * 64 + digits(rest, 2, 8)?).ok()?
        }
        _ => return None,
    };
    bytes.push(byte);
    Some(())
}

fn digits(rest: &mut std::str::Chars<'_>, count: usize, radix: u32) -> Option<u32> {
    let mut value = 0u32;
    for _ in 0..count {
        value = value
            .checked_mul(radix)?
            .checked_add(rest.next()?.to_digit(radix)?)?;
    }
    Some(value)
}

fn push_code(bytes: &mut Vec<u8>, code: u32) -> Option<()> {
    push_char(bytes, char::from_u32(code)?);
    Some(())
}

fn push_char(bytes: &mut Vec<u8>, character: char) {
    bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::{auto_quote, is_print, quote, quote_char, shorten, shown, unquote};

    #[test]
    fn shows_hostile_text_in_short_and_in_quotes() {
        let hundred = "é".repeat(100);
        assert_eq!(shorten(&hundred), hundred);
        let half = "é".repeat(50);
        assert_eq!(shorten(&"é".repeat(1000)), format!("{half}...{half}"));
        assert_eq!(shorten(""), "");
        assert_eq!(shown("a b"), "a b");
        assert_eq!(shown("a\x1b[2Jb"), r#""a\x1b[2Jb""#);
    }

    #[test]
    fn quotes_as_go_does() {
        for (text, want) in [
            ("", r#""""#),
            ("a\"b\\c", r#""a\"b\\c""#),
            ("\x07\x08\x0c\n\r\t\x0b", r#""\a\b\f\n\r\t\v""#),
            ("\0\x1b\x7f", r#""\x00\x1b\x7f""#),
            ("\u{85}\u{200b}\u{feff}", r#""\u0085\u200b\ufeff""#),
            ("\u{10ffff}", r#""\U0010ffff""#),
            ("é世\u{301}", "\"é世\u{301}\""),
        ] {
            assert_eq!(quote(text), want);
            assert_eq!(unquote(want).as_deref(), Some(text));
        }
        assert_eq!(quote_char('\''), r"'\''");
        assert_eq!(quote_char('"'), r#"'"'"#);
    }

    #[test]
    fn unquotes_only_whole_literals() {
        for (literal, want) in [
            (r#""\x41\101\u0041\U00000041""#, Some("AAAA")),
            (r#""\xff""#, Some("\u{fffd}")),
            ("`a\\b\r`", Some("a\\b")),
            (r#""a"b""#, None),
            (r#""a\'b""#, None),
            (r#""\ud800""#, None),
            (r#""\400""#, None),
            (r#""\""#, None),
            ("\"a\nb\"", None),
            ("`a`b`", None),
            ("\"", None),
            ("", None),
            ("plain", None),
        ] {
            assert_eq!(unquote(literal).as_deref(), want, "{literal}");
        }
    }

    #[test]
    fn quotes_only_what_is_no_single_token() {
        for plain in ["example.com/m", "(", "a/b", "é"] {
            assert_eq!(auto_quote(plain), plain);
        }
        for special in ["", "a b", "a(", "a//b", "a/*", "'", "\u{200b}", "\u{feff}"] {
            assert_eq!(auto_quote(special), quote(special));
        }
        assert!(is_print('\u{301}') && is_print('"') && !is_print('\u{ad}'));
    }
}
