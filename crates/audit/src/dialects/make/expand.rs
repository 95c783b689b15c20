//! References of make: `$(X)`, `$$`, functions.

use std::collections::HashMap;
use std::ops::Range;

use crate::embedded::Embedded;
use crate::text::{Part, Text};

/// How deep variables are expanded into recipes.
const MAX_DEPTH: usize = 6;
/// How long a recipe line may grow by expansion, in bytes.
const MAX_LENGTH: usize = 1 << 16;

/// Settings of Go and netrc: a recipe that names them refers to the variable, whatever its value is here.
const KEPT: [&str; 12] = [
    "GOPROXY",
    "GOPRIVATE",
    "GONOPROXY",
    "GONOSUMDB",
    "GOSUMDB",
    "GOINSECURE",
    "GOAUTH",
    "GOVCS",
    "GOTOOLCHAIN",
    "GOFLAGS",
    "GOENV",
    "NETRC",
];

/// A piece of a text of make.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Text.
    Literal(&'a str),
    /// `$$`.
    Dollar,
    /// `$(X)`, `${X}` or `$X`: what stands inside.
    Reference(&'a str),
}

/// Takes a text apart: each piece with its range.
pub(super) fn pieces(text: &str) -> Vec<(Piece<'_>, Range<usize>)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while let Some(offset) = text[at..].find('$') {
        at += offset;
        if start < at {
            found.push((Piece::Literal(&text[start..at]), start..at));
        }
        let (piece, end) = match bytes.get(at + 1) {
            Some(b'$') => (Piece::Dollar, at + 2),
            Some(open @ (b'(' | b'{')) => match closing(&bytes[at + 1..], *open) {
                Some(length) => {
                    let end = at + 1 + length;
                    (Piece::Reference(&text[at + 2..end - 1]), end)
                }
                None => (Piece::Literal("$"), at + 1),
            },
            Some(byte) if byte.is_ascii_graphic() => {
                (Piece::Reference(&text[at + 1..at + 2]), at + 2)
            }
            _ => (Piece::Literal("$"), at + 1),
        };
        found.push((piece, at..end));
        (start, at) = (end, end);
    }
    if start < text.len() {
        found.push((Piece::Literal(&text[start..]), start..text.len()));
    }
    found
}

/// Behind the bracket that closes the one in front; brackets further than a line of reason are not looked for.
fn closing(bytes: &[u8], open: u8) -> Option<usize> {
    let close = if open == b'(' { b')' } else { b'}' };
    let mut depth = 0_usize;
    for (at, byte) in bytes.iter().take(8192).enumerate() {
        if *byte == open {
            depth += 1;
        } else if *byte == close {
            depth -= 1;
            if depth == 0 {
                return Some(at + 1);
            }
        }
    }
    None
}

/// A value: references become variables, functions unknown.
pub(super) fn value(text: &str) -> Text {
    let mut out = Text::default();
    for (piece, range) in pieces(text) {
        match piece {
            Piece::Literal(literal) => out.push_str(literal),
            Piece::Dollar => out.push_str("$"),
            Piece::Reference(inner) => out.parts.push(reference(inner, &text[range])),
        }
    }
    out
}

fn reference(inner: &str, written: &str) -> Part {
    if is_name(inner) {
        return Part::Variable {
            name: inner.to_owned(),
            fallback: None,
        };
    }
    // `$(or $(X),y)` is the one function that says a value.
    let or = inner
        .strip_prefix("or ")
        .and_then(|rest| rest.split_once(','));
    if let Some((first, last)) = or
        && let [(Piece::Reference(name), _)] = pieces(first.trim()).as_slice()
        && is_name(name)
        && !last.contains(',')
    {
        return Part::Variable {
            name: (*name).to_owned(),
            fallback: Some(value(last.trim())),
        };
    }
    Part::Unknown {
        written: written.to_owned(),
        secret: false,
        fallback: None,
    }
}

/// Whether a reference is to a variable, by its form.
pub(super) fn is_name(inner: &str) -> bool {
    !inner.is_empty()
        && inner
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
}

/// The commands of `$(shell …)` in a text, with their ranges.
pub(super) fn shell_commands(text: &str, depth: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if depth > MAX_DEPTH {
        return found;
    }
    for (piece, range) in pieces(text) {
        let Piece::Reference(inner) = piece else {
            continue;
        };
        let start = range.start + 2;
        if let Some(command) = inner.strip_prefix("shell ") {
            found.push(start + (inner.len() - command.len())..start + inner.len());
        } else if inner.contains('$') {
            let within = shell_commands(inner, depth + 1).into_iter();
            found.extend(within.map(|range| range.start + start..range.end + start));
        }
    }
    found
}

/// Variables of a makefile by name: their text as written.
pub(super) type Variables = HashMap<String, Embedded>;

/// A recipe line as the shell gets it.
pub(super) fn recipe(line: &Embedded, target: &str, variables: &Variables) -> Embedded {
    let mut out = Embedded::new(line.file());
    let mut expansion = Expansion {
        target,
        variables,
        out: &mut out,
    };
    expansion.add(line, None, 0);
    out
}

struct Expansion<'a> {
    target: &'a str,
    variables: &'a Variables,
    out: &'a mut Embedded,
}

impl Expansion<'_> {
    /// Adds a text; `place`: what all of it stands for.
    fn add(&mut self, text: &Embedded, place: Option<crate::source::Span>, depth: usize) {
        for (piece, range) in pieces(text.text()) {
            let span = place.unwrap_or_else(|| text.span(range.clone()));
            match piece {
                Piece::Literal(literal) => match place {
                    Some(place) => self.out.stand_in(literal, place),
                    None => self.out.push_part(text, range),
                },
                Piece::Dollar => self.out.stand_in("$", span),
                Piece::Reference(inner) => self.reference(inner, span, depth),
            }
        }
    }

    fn reference(&mut self, inner: &str, span: crate::source::Span, depth: usize) {
        let called = inner
            .strip_prefix("call ")
            .map(|rest| rest.split(',').next().unwrap_or_default().trim());
        let name = called.unwrap_or(inner);
        match name {
            "MAKE" => return self.out.stand_in("make", span),
            "@" => return self.out.stand_in(self.target, span),
            _ if is_silent(inner) => return,
            "<" | "^" | "*" | "+" | "?" | "@D" | "@F" => {
                let unknown = format!("${{{{ make:$({name}) }}}}");
                return self.out.stand_in(&unknown, span);
            }
            _ => {}
        }
        if let Some(program) = located_program(inner) {
            return self.out.stand_in(program, span);
        }
        if let Some(folder) = folder(inner).filter(|_| !self.variables.contains_key(inner)) {
            return self.out.stand_in(folder, span);
        }
        if let Some(body) = repeated_body(inner)
            && depth < MAX_DEPTH
            && self.out.text().len() < MAX_LENGTH
        {
            let mut text = Embedded::new(self.out.file());
            text.stand_in(body, span);
            self.add(&text, Some(span), depth + 1);
            // Behind the last one nothing follows.
            if body.trim_end().ends_with(['&', '|']) {
                self.out.stand_in(" true", span);
            }
            return;
        }
        let variables = self.variables;
        let value = variables.get(name).filter(|_| !KEPT.contains(&name));
        if let Some(value) = value
            && depth < MAX_DEPTH
            && self.out.text().len() < MAX_LENGTH
        {
            // What sets something has its place where that is written.
            let place = (!value.text().contains('=')).then_some(span);
            self.add(value, place, depth + 1);
        } else if is_name(name) && called.is_none() {
            self.out
                .stand_in(&format!("${{{{ env.{} }}}}", name.replace('.', "_")), span);
        } else {
            let shown = if inner.contains("}}") {
                "function"
            } else {
                inner
            };
            self.out
                .stand_in(&format!("${{{{ make:$({shown}) }}}}"), span);
        }
    }
}

/// Functions of make that leave nothing behind: `$(eval …)`, `$(info …)`.
fn is_silent(inner: &str) -> bool {
    ["eval ", "info ", "warning ", "error "]
        .iter()
        .any(|function| inner.starts_with(function))
}

/// A folder that make knows: the one that it runs in, and the root of the repository as others write it (a
/// path that begins with a slash is one from there).
fn folder(inner: &str) -> Option<&'static str> {
    match inner.trim() {
        "CURDIR" | "PWD" | "shell pwd" | "shell pwd -P" => Some("."),
        "shell git rev-parse --show-toplevel" => Some("/."),
        _ => None,
    }
}

/// The program that `$(shell which go)` or `$(shell command -v go)` finds.
fn located_program(inner: &str) -> Option<&str> {
    let command = inner.strip_prefix("shell ")?.trim();
    let program = command
        .strip_prefix("which ")
        .or_else(|| command.strip_prefix("command -v "))?
        .trim();
    is_name(program).then_some(program)
}

/// What `$(foreach X,LIST,BODY)` says each time.
fn repeated_body(inner: &str) -> Option<&str> {
    let rest = inner.strip_prefix("foreach ")?;
    let mut depth = 0_usize;
    let mut commas = 0;
    for (at, byte) in rest.bytes().enumerate() {
        match byte {
            b'(' | b'{' => depth += 1,
            b')' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => commas += 1,
            _ => {}
        }
        if commas == 2 {
            return Some(&rest[at + 1..]);
        }
    }
    None
}
