//! Logical lines as typed instructions.

use std::ops::Range;

use crate::block::Located;
use crate::embedded::Embedded;
use crate::interpolate::{self, Style};
use crate::text::Text;

use super::detail::{CopyInstruction, InstructionKind, Mount, Pair, RunInstruction};
use super::lines::Line;

/// The keywords of Dockerfiles.
const KEYWORDS: [&str; 18] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// The keyword of a line in upper case, and where its arguments begin; `None`: no instruction.
pub(super) fn keyword(text: &str, from: usize) -> Option<(&'static str, usize)> {
    let rest = text.get(from..)?;
    let start = from + (rest.len() - rest.trim_start().len());
    let word = text[start..].split_whitespace().next()?;
    let keyword = KEYWORDS
        .iter()
        .find(|known| word.eq_ignore_ascii_case(known))?;
    Some((keyword, start + word.len()))
}

/// The words of a text from `from` on: quotes hold them together.
pub(super) fn words(text: &str, from: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = None;
    let mut quote = None;
    let mut escaped = false;
    for (offset, char) in text[from..].char_indices() {
        let at = from + offset;
        if escaped {
            escaped = false;
            continue;
        }
        match (char, quote) {
            (' ' | '\t' | '\n' | '\r', None) => {
                if let Some(start) = start.take() {
                    found.push(start..at);
                }
                continue;
            }
            ('"' | '\'', None) => quote = Some(char),
            (_, Some(open)) if open == char => quote = None,
            ('\\', None | Some('"')) => escaped = true,
            _ => {}
        }
        start.get_or_insert(at);
    }
    if let Some(start) = start {
        found.push(start..text.len());
    }
    found
}

/// A word with its quotes and escapes gone; references in single quotes are none.
pub(super) fn value(written: &str) -> Text {
    let mut text = Text::default();
    let mut rest = written;
    while let Some(at) = rest.find(['\'', '"', '\\']) {
        text.parts
            .extend(interpolate::read(&rest[..at], Style::Docker).parts);
        let found = rest.as_bytes()[at];
        rest = &rest[at + 1..];
        if found == b'\\' {
            let next = rest.chars().next().map_or(0, char::len_utf8);
            text.push_str(&rest[..next]);
            rest = &rest[next..];
            continue;
        }
        if found == b'\'' {
            let end = rest.find('\'').unwrap_or(rest.len());
            text.push_str(&rest[..end]);
            rest = rest.get(end + 1..).unwrap_or_default();
        } else {
            rest = double_quoted(rest, &mut text);
        }
    }
    text.parts
        .extend(interpolate::read(rest, Style::Docker).parts);
    joined(text)
}

/// Reads the inside of double quotes, which `rest` begins with, and gives what follows them: a quote and
/// an escape may be escaped there (a `$` too, which the reader of references knows).
fn double_quoted<'a>(mut rest: &'a str, text: &mut Text) -> &'a str {
    let mut from = 0;
    loop {
        let Some(at) = rest[from..].find(['"', '\\']).map(|at| from + at) else {
            text.parts
                .extend(interpolate::read(rest, Style::Docker).parts);
            return "";
        };
        let is_end = rest.as_bytes()[at] == b'"';
        let next = rest.as_bytes().get(at + 1);
        if !is_end && !matches!(next, Some(b'"' | b'\\')) {
            // The escape of another character stays, or is one of a reference.
            from = rest.len().min(at + 1 + usize::from(next == Some(&b'$')));
            continue;
        }
        text.parts
            .extend(interpolate::read(&rest[..at], Style::Docker).parts);
        if is_end {
            return &rest[at + 1..];
        }
        text.push_str(&rest[at + 1..at + 2]);
        rest = &rest[at + 2..];
        from = 0;
    }
}

/// Literals next to each other as one.
fn joined(text: Text) -> Text {
    let mut out = Text::default();
    for part in text.parts {
        match part {
            crate::text::Part::Literal(literal) => out.push_str(&literal),
            part => out.parts.push(part),
        }
    }
    out
}

pub(super) fn located(text: &Embedded, range: Range<usize>) -> Located {
    Located {
        text: value(&text.text()[range.clone()]),
        span: text.span(range),
    }
}

/// The kind of an instruction whose arguments begin at `from`.
pub(super) fn kind(keyword: &'static str, line: &Line, from: usize) -> InstructionKind {
    let text = &line.text;
    match keyword {
        "ARG" => InstructionKind::Arg(pairs(text, from)),
        "ENV" => InstructionKind::Env(environment(text, from)),
        "RUN" => {
            let (options, from) = options(text, from);
            InstructionKind::Run(RunInstruction {
                mounts: mounts(text, &options),
                network: option(text, &options, "network").map(|found| found.text.to_string()),
                command: text.span(from..text.text().len()),
            })
        }
        "COPY" | "ADD" => {
            let (options, from) = options(text, from);
            let mut words: Vec<Located> = arguments(text, from);
            let destination = words.pop();
            if !line.documents.is_empty() {
                words.retain(|word| !word.text.to_string().contains("<<"));
            }
            InstructionKind::Copy(CopyInstruction {
                adds: keyword == "ADD",
                from: option(text, &options, "from"),
                sources: words,
                destination,
            })
        }
        "USER" | "WORKDIR" => {
            let trimmed =
                from + (text.text()[from..].len() - text.text()[from..].trim_start().len());
            let place = located(text, trimmed..text.text().len());
            match keyword {
                "USER" => InstructionKind::User(place),
                _ => InstructionKind::Workdir(place),
            }
        }
        "SHELL" | "CMD" | "ENTRYPOINT" => InstructionKind::Words(keyword, arguments(text, from)),
        _ => InstructionKind::Other(keyword.to_owned()),
    }
}

/// The words behind a keyword, be they a JSON array.
pub(super) fn arguments(text: &Embedded, from: usize) -> Vec<Located> {
    let ranges = exec(text.text(), from).unwrap_or_else(|| words(text.text(), from));
    ranges
        .into_iter()
        .map(|range| located(text, range))
        .collect()
}

/// The strings of a JSON array, quotes included; `None` when it is none.
pub(super) fn exec(text: &str, from: usize) -> Option<Vec<Range<usize>>> {
    let rest = text.get(from..)?;
    let inner = rest.trim();
    if !inner.starts_with('[') || !inner.ends_with(']') {
        return None;
    }
    let values: Vec<String> = serde_json::from_str(inner).ok()?;
    let mut found = Vec::new();
    let mut start = None;
    let mut escaped = false;
    for (offset, byte) in text[from..].bytes().enumerate() {
        let at = from + offset;
        match (byte, start) {
            _ if escaped => escaped = false,
            (b'\\', Some(_)) => escaped = true,
            (b'"', Some(begin)) => {
                found.push(begin..at + 1);
                start = None;
            }
            (b'"', None) => start = Some(at),
            _ => {}
        }
    }
    (found.len() == values.len()).then_some(found)
}

/// The options in front, and where the rest begins.
pub(super) fn options(text: &Embedded, from: usize) -> (Vec<Range<usize>>, usize) {
    let mut found = Vec::new();
    let mut end = from;
    for range in words(text.text(), from) {
        if !text.text()[range.clone()].starts_with("--") {
            return (found, range.start);
        }
        end = range.end;
        found.push(range);
    }
    (found, end)
}

fn option(text: &Embedded, options: &[Range<usize>], name: &str) -> Option<Located> {
    options.iter().find_map(|range| {
        let rest = text.text()[range.clone()]
            .strip_prefix("--")?
            .strip_prefix(name)?;
        let rest = rest.strip_prefix('=')?;
        Some(located(text, range.end - rest.len()..range.end))
    })
}

fn mounts(text: &Embedded, options: &[Range<usize>]) -> Vec<Mount> {
    let mut found = Vec::new();
    for range in options {
        let Some(value) = text.text()[range.clone()].strip_prefix("--mount=") else {
            continue;
        };
        let start = range.end - value.len();
        let mut at = start;
        let mut fields = Vec::new();
        for field in value.split(',') {
            let (name, value) = field.split_once('=').unwrap_or((field, ""));
            let end = at + field.len();
            let place = located(text, end - value.len()..end);
            fields.push((name.trim().to_owned(), place));
            at = end + 1;
        }
        found.push(Mount {
            span: text.span(range.clone()),
            value: text.span(start..range.end),
            fields,
        });
    }
    found
}

/// `NAME=value` or `NAME`, several.
fn pairs(text: &Embedded, from: usize) -> Vec<Pair> {
    let mut found = Vec::new();
    for range in words(text.text(), from) {
        let written = &text.text()[range.clone()];
        if written.starts_with('#') {
            break;
        }
        let name = written.split('=').next().unwrap_or_default();
        let key = range.start..range.start + name.len();
        let has_value = name.len() < written.len();
        found.push(Pair {
            name: name.trim_matches(['"', '\'']).to_owned(),
            key: text.span(key.clone()),
            value: has_value.then(|| located(text, key.end + 1..range.end)),
        });
    }
    found
}

/// `ENV NAME=value …`, or the old `ENV NAME the rest`.
fn environment(text: &Embedded, from: usize) -> Vec<Pair> {
    let ranges = words(text.text(), from);
    let Some(first) = ranges.first() else {
        return Vec::new();
    };
    if text.text()[first.clone()].contains('=') {
        return pairs(text, from);
    }
    let value = ranges
        .get(1)
        .map(|second| located(text, second.start..text.text().trim_end().len()));
    vec![Pair {
        name: text.text()[first.clone()].to_owned(),
        key: text.span(first.clone()),
        value,
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Found by a policy whose proxy has a quote in its path.
    #[test]
    fn escapes_within_double_quotes() {
        for (written, wanted) in [
            (r#""a\"b|off""#, r#"a"b|off"#),
            (r#""a\\b""#, r"a\b"),
            (r#""a\nb""#, r"a\nb"),
            (r#""a\$b"c"#, "a$bc"),
            (r#"'a\'b"c"#, r"a\bc"),
            (r#""a"#, "a"),
            ("\"a\\", "a\\"),
        ] {
            let parts = value(written).parts;
            let literal = |part: &crate::text::Part| match part {
                crate::text::Part::Literal(text) => text.clone(),
                other => format!("{other:?}"),
            };
            let text: String = parts.iter().map(literal).collect();
            assert_eq!(text, wanted, "{written}");
        }
    }
}
