//! A tolerant reader of Groovy: tokens with their places, brackets matched, strings taken apart.

use std::ops::Range;

use crate::embedded::Embedded;
use crate::source::FileId;
use crate::text::{Part, Text};

/// Most tokens that are read of a file: the largest pipelines that people write have some ten thousand.
const MAX_TOKENS: usize = 300_000;

/// Longest string that is taken apart: no reader of scripts takes a longer one.
const MAX_STRING: usize = 1 << 20;

/// A token with its place in the file.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name, with the names behind its dots: `docker.image`.
    Word(String),
    /// A string; where its content stands, without the quotes.
    String(Range<usize>, Quoting),
    /// An opening bracket, and where its closing one stands among the tokens (or their end).
    Open(char, usize),
    /// A closing bracket.
    Close(char),
    /// A line feed or a semicolon.
    End,
    /// Anything else.
    Sign(char),
}

/// How a string is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quoting {
    /// `'…'`, `'''…'''`: nothing is put in.
    Single,
    /// `"…"`, `"""…"""`: `$x` and `${…}` are put in.
    Double,
    /// `/…/`, `$/…/$`: taken as they stand.
    Slashy,
}

/// The tokens of a text, and where it breaks its own rules: a bracket or a string that does not end.
pub(super) fn tokens(text: &str) -> (Vec<Token>, Vec<(usize, &'static str)>) {
    let mut reader = Reader {
        text,
        at: 0,
        tokens: Vec::new(),
        open: Vec::new(),
        faults: Vec::new(),
    };
    while reader.at < text.len() {
        if reader.tokens.len() >= MAX_TOKENS {
            let what = "the file has too many words; what follows is not read";
            reader.faults.push((reader.at, what));
            break;
        }
        reader.next();
    }
    let unclosed: Vec<usize> = reader.open.clone();
    for at in unclosed {
        let start = reader.tokens[at].range.start;
        reader.faults.push((start, "this bracket is never closed"));
        let end = reader.tokens.len();
        if let Kind::Open(_, close) = &mut reader.tokens[at].kind {
            *close = end;
        }
    }
    (reader.tokens, reader.faults)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    tokens: Vec<Token>,
    /// The brackets that are open, as indices of tokens.
    open: Vec<usize>,
    faults: Vec<(usize, &'static str)>,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn push(&mut self, kind: Kind, len: usize) {
        let range = self.at..self.at + len;
        self.at = range.end;
        self.tokens.push(Token { kind, range });
    }

    fn next(&mut self) {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return;
        };
        let is_line_start = self.text[..self.at].ends_with('\n') || self.at == 0;
        if first == '\n' || first == ';' {
            self.push(Kind::End, 1);
        } else if first.is_whitespace() || first == '\u{feff}' {
            self.at += first.len_utf8();
        } else if rest.starts_with("//") || (is_line_start && rest.starts_with("#!")) {
            self.at += rest.find('\n').unwrap_or(rest.len());
        } else if let Some(comment) = rest.strip_prefix("/*") {
            let end = comment.find("*/").map_or(rest.len(), |end| end + 4);
            self.at += end;
        } else if first == '\\' && rest[1..].trim_start_matches('\r').starts_with('\n') {
            // A line goes on behind a backslash.
            self.at += 1 + rest[1..].find('\n').map_or(0, |end| end + 1);
        } else if matches!(first, '\'' | '"') || self.is_slashy(first) {
            self.string();
        } else if first.is_alphanumeric() || matches!(first, '_' | '$' | '@') {
            let end = rest
                .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$' | '.' | '@' | '-')))
                .unwrap_or(rest.len());
            let word = rest[..end.max(first.len_utf8())].trim_end_matches(['-', '.']);
            let len = word.len().max(first.len_utf8());
            self.push(Kind::Word(rest[..len].to_owned()), len);
        } else if matches!(first, '(' | '[' | '{') {
            self.open.push(self.tokens.len());
            self.push(Kind::Open(first, 0), 1);
        } else if matches!(first, ')' | ']' | '}') {
            self.close(first);
        } else {
            self.push(Kind::Sign(first), first.len_utf8());
        }
    }

    /// Closes the innermost bracket of this kind; those inside of it were never closed.
    fn close(&mut self, sign: char) {
        let opening = match sign {
            ')' => '(',
            ']' => '[',
            _ => '{',
        };
        let here = self.tokens.len();
        let is_opening =
            |at: &usize| matches!(self.tokens[*at].kind, Kind::Open(open, _) if open == opening);
        match self.open.iter().rposition(is_opening) {
            Some(level) => {
                for at in self.open.split_off(level) {
                    if let Kind::Open(_, close) = &mut self.tokens[at].kind {
                        *close = here;
                    }
                }
            }
            None => self.faults.push((self.at, "this bracket was never opened")),
        }
        self.push(Kind::Close(sign), 1);
    }

    /// Whether a string in slashes begins: where a value is expected, and it ends on its line.
    fn is_slashy(&self, first: char) -> bool {
        let rest = self.rest();
        if rest.starts_with("$/") {
            return true;
        }
        let before = self.tokens.last().map(|token| &token.kind);
        let expects_value = matches!(
            before,
            Some(Kind::Open('(' | '[', _) | Kind::Sign('=' | ',' | '~' | ':' | '+'))
        );
        if first != '/' || !expects_value {
            return false;
        }
        let end = rest[1..].find(['/', '\n']);
        end.is_some_and(|end| rest[1 + end..].starts_with('/'))
    }

    fn string(&mut self) {
        let rest = self.rest();
        let (opening, closing, quoting) = [
            ("'''", "'''", Quoting::Single),
            ("\"\"\"", "\"\"\"", Quoting::Double),
            ("$/", "/$", Quoting::Slashy),
            ("'", "'", Quoting::Single),
            ("\"", "\"", Quoting::Double),
            ("/", "/", Quoting::Slashy),
        ]
        .into_iter()
        .find(|(opening, ..)| rest.starts_with(opening))
        .unwrap_or(("'", "'", Quoting::Single));
        let is_one_line = opening.len() == 1;
        let inner = &rest[opening.len()..];
        let end = string_end(inner, closing, is_one_line);
        if end.is_none() {
            self.faults.push((self.at, "this string does not end"));
        }
        // One that does not end is taken up to the end of its line, so that the rest is still read.
        let line = inner.find('\n').unwrap_or(inner.len());
        let len = end.unwrap_or(line);
        let start = self.at + opening.len();
        let whole = opening.len() + len + end.map_or(0, |_| closing.len());
        self.push(Kind::String(start..start + len, quoting), whole);
    }
}

/// Where a string ends; escapes and the braces of `${…}` are jumped over.
fn string_end(inner: &str, closing: &str, is_one_line: bool) -> Option<usize> {
    let bytes = inner.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if inner.as_bytes()[at..].starts_with(closing.as_bytes()) {
            return Some(at);
        }
        match bytes[at] {
            b'\\' => at += 2,
            b'\n' if is_one_line => return None,
            b'$' if closing.starts_with('"') && bytes.get(at + 1) == Some(&b'{') => {
                let end = inner.as_bytes()[at..]
                    .iter()
                    .position(|byte| matches!(byte, b'}' | b'\n'));
                at +=
                    end.unwrap_or(1) + usize::from(end.is_some_and(|end| bytes[at + end] == b'}'));
            }
            _ => at += 1,
        }
    }
    None
}

/// A string taken apart: what a variable gets, what a shell gets with the places of its bytes, and the
/// names that Groovy puts in.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) text: Text,
    pub(super) script: Embedded,
    pub(super) interpolated: Vec<(String, Range<usize>)>,
}

/// The content of a string that stands at `range` of a file.
pub(super) fn content(
    file: FileId,
    file_text: &str,
    range: &Range<usize>,
    quoting: Quoting,
) -> Content {
    let mut made = Content {
        text: Text::default(),
        script: Embedded::new(file),
        interpolated: Vec::new(),
    };
    let raw = file_text.get(range.clone()).unwrap_or_default();
    if raw.len() > MAX_STRING {
        made.text = Text::unknown(format!("a string of {} bytes", raw.len()));
        made.script.push(raw, range.start);
        return made;
    }
    let mut at = 0;
    while at < raw.len() {
        let next = raw[at..]
            .find(|c: char| {
                (c == '\\' && quoting != Quoting::Slashy)
                    || (c == '$' && quoting == Quoting::Double)
            })
            .map_or(raw.len(), |next| at + next);
        made.literal(&raw[at..next], range.start + at);
        if next == raw.len() {
            break;
        }
        let len = if raw[next..].starts_with('\\') {
            made.escape(&raw[next..], range.start + next)
        } else {
            made.interpolation(&raw[next..], range.start + next)
        };
        at = next + len;
    }
    made
}

impl Content {
    fn literal(&mut self, text: &str, offset: usize) {
        if !text.is_empty() {
            self.text.push_str(text);
            self.script.push(text, offset);
        }
    }

    /// An escape; how long it is.
    fn escape(&mut self, raw: &str, offset: usize) -> usize {
        let Some(character) = raw[1..].chars().next() else {
            self.literal("\\", offset);
            return 1;
        };
        let made = match character {
            'n' => "\n",
            't' => "\t",
            'r' => "\r",
            '\n' => "",
            'u' => {
                let code = raw
                    .get(2..6)
                    .and_then(|code| u32::from_str_radix(code, 16).ok());
                let made = code.and_then(char::from_u32).unwrap_or('?');
                self.literal(&made.to_string(), offset);
                return if code.is_some() { 6 } else { 2 };
            }
            _ => {
                self.literal(&raw[1..=character.len_utf8()], offset + 1);
                return 1 + character.len_utf8();
            }
        };
        self.literal(made, offset + 1);
        2
    }

    /// `$name.of` or `${…}`; how long it is.
    fn interpolation(&mut self, raw: &str, offset: usize) -> usize {
        let (inner, len) = if let Some(inner) = raw.strip_prefix("${") {
            let Some(end) = inner.find('}') else {
                self.literal("$", offset);
                return 1;
            };
            (&inner[..end], end + 3)
        } else {
            let end = raw[1..]
                .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.')))
                .unwrap_or(raw.len() - 1);
            (
                raw[1..=end].trim_end_matches('.'),
                raw[1..=end].trim_end_matches('.').len() + 1,
            )
        };
        if inner.is_empty() {
            self.literal("$", offset);
            return 1;
        }
        let value = expression(inner);
        let shown = match value.parts.as_slice() {
            [Part::Variable { name, .. }] => format!("${{{name}}}"),
            // The shell front end knows this form as something that no file says.
            _ => format!("${{{{ {} }}}}", inner.replace(['{', '}', '\n'], " ")),
        };
        self.interpolated
            .push((inner.trim().to_owned(), offset..offset + len));
        self.text.parts.extend(value.parts);
        // All of it stands at its begin, and its last byte at its end.
        let (front, last) = shown.split_at(shown.len() - 1);
        for (at, _) in front.char_indices() {
            let end = front[at..].chars().next().map_or(at, |c| at + c.len_utf8());
            self.script.push(&front[at..end], offset);
        }
        self.script.push(last, offset + len - 1);
        len
    }
}

/// What an expression stands for: a variable of the environment, with a fallback perhaps, or something
/// that no file says.
pub(super) fn expression(written: &str) -> Text {
    let written = written.trim();
    if let Some((left, right)) = written.split_once("?:") {
        let mut left = expression(left);
        let right = right.trim();
        let literal = right
            .strip_prefix(['\'', '"'])
            .and_then(|right| right.strip_suffix(['\'', '"']));
        let right = literal.map_or_else(|| expression(right), Text::literal);
        if let [Part::Variable { fallback, .. } | Part::Unknown { fallback, .. }] =
            left.parts.as_mut_slice()
        {
            *fallback = Some(right);
        }
        return left;
    }
    let name = written.strip_prefix("env.").unwrap_or(written);
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let is_constant = |name: &str| name.bytes().all(|byte| !byte.is_ascii_lowercase());
    if is_name(name) && (written.len() != name.len() || is_constant(name)) {
        return Text::variable(name);
    }
    Text::unknown(written)
}
