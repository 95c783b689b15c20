//! Files of units: sections of `Key=value` lines, with continuation lines.

use crate::embedded::Embedded;
use crate::source::FileId;

use super::detail::Word;

/// A line `Key=value`.
#[derive(Debug)]
pub(super) struct Line<'t> {
    pub(super) section: &'t str,
    pub(super) key: &'t str,
    /// The value, continuation lines joined.
    pub(super) value: Embedded,
}

/// The lines of a file, and where it has lines that are none.
pub(super) fn read(file: FileId, text: &str) -> (Vec<Line<'_>>, Vec<(usize, usize)>) {
    let mut lines: Vec<Line<'_>> = Vec::new();
    let mut odd = Vec::new();
    let mut section = "";
    let mut goes_on = false;
    let mut at = 0;
    for physical in text.split_inclusive('\n') {
        let start =
            at + physical.len() - physical.trim_start_matches(['\u{feff}', ' ', '\t']).len();
        at += physical.len();
        let line = text.get(start..at).unwrap_or_default().trim_end();
        // A comment between the lines of a value is no part of it.
        if line.starts_with(['#', ';']) {
            continue;
        }
        let more = ends_open(line);
        let part = &line[..line.len() - usize::from(more)];
        if goes_on {
            if let Some(last) = lines.last_mut() {
                last.value
                    .stand_in(" ", crate::source::Span::new(file, start..start));
                last.value.push(part, start);
            }
        } else if let Some(name) = line
            .strip_prefix('[')
            .and_then(|line| line.strip_suffix(']'))
        {
            section = name;
            continue;
        } else if let Some((key, value)) = part.split_once('=') {
            let begin = start + key.len() + 1 + (value.len() - value.trim_start().len());
            lines.push(Line {
                section,
                key: key.trim(),
                value: Embedded::piece(file, value.trim_start(), begin),
            });
        } else if !line.is_empty() {
            odd.push((start, start + line.len()));
            continue;
        }
        goes_on = more;
    }
    (lines, odd)
}

/// Whether a line goes on in the next: an odd number of backslashes at its end.
fn ends_open(line: &str) -> bool {
    let slashes = line.len() - line.trim_end_matches('\\').len();
    slashes % 2 == 1
}

/// The words of a value: blanks separate, quotes hold together and are taken away, escapes are undone.
pub(super) fn words(value: &Embedded) -> Vec<Word> {
    let text = value.text();
    let mut words = Vec::new();
    let mut letters = text.char_indices().peekable();
    while let Some((start, first)) = letters.peek().copied() {
        if first.is_ascii_whitespace() {
            letters.next();
            continue;
        }
        let mut out = String::new();
        let mut quote = None;
        let mut end = start;
        let mut pairs = 0;
        let mut is_broken = false;
        while let Some((at, letter)) = letters.peek().copied() {
            if quote.is_none() && letter.is_ascii_whitespace() {
                break;
            }
            letters.next();
            end = at + letter.len_utf8();
            match letter {
                '\\' => {
                    let known = escape(&text[end..]);
                    is_broken |= known.is_none();
                    let (letter, length) = known.unwrap_or(('\u{fffd}', 0));
                    out.push(letter);
                    // What is known is ASCII.
                    for (at, _) in letters.by_ref().take(length) {
                        end = at + 1;
                    }
                }
                _ if quote == Some(letter) => quote = None,
                _ if quote.is_none() && is_quote(letter) => {
                    quote = Some(letter);
                    pairs += 1;
                }
                _ => out.push(letter),
            }
        }
        is_broken |= quote.is_some();
        words.push(Word {
            text: out,
            span: value.span(start..end),
            is_enclosed: pairs == 1
                && end > start + 1
                && is_quote(first)
                && text[..end].ends_with(first),
            is_broken,
        });
        if is_broken {
            // systemd drops this word and all that follows.
            break;
        }
    }
    words
}

fn is_quote(letter: char) -> bool {
    matches!(letter, '"' | '\'')
}

/// What the text behind a backslash stands for, and how long it is.
fn escape(text: &str) -> Option<(char, usize)> {
    let letter = text.chars().next()?;
    let plain = match letter {
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        's' => ' ',
        't' => '\t',
        'v' => '\x0b',
        '\\' | '"' | '\'' => letter,
        _ => return number(text),
    };
    Some((plain, 1))
}

/// The character of `x41`, `101`, `u0041` or `U00000041`, and how long that is.
fn number(text: &str) -> Option<(char, usize)> {
    let (front, digits, base) = match text.as_bytes().first()? {
        b'x' => (1, 2, 16),
        b'u' => (1, 4, 16),
        b'U' => (1, 8, 16),
        b'0'..=b'7' => (0, 3, 8),
        _ => return None,
    };
    let written = text.get(front..front + digits)?;
    let is_number = written.chars().all(|letter| letter.is_digit(base));
    let code = u32::from_str_radix(written, base).ok();
    let code = code.filter(|_| is_number)?;
    Some((char::from_u32(code)?, front + digits))
}
