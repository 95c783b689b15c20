//! Texts with `$` references that no shell parser sees: values of Dockerfiles and compose files, lines
//! that scripts write to files.

use crate::expression;
use crate::text::{Part, Text};

/// How deep fallbacks may nest: `${A:-${B:-c}}`. Deeper ones are unknown.
const MAX_DEPTH: usize = 8;
/// How far a bracket may be from the one that closes it, in bytes: keeps reading linear.
const MAX_REFERENCE: usize = 4096;

/// What a dialect makes of references.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// A shell: `$(…)` and backquotes are commands, `\$` is a dollar.
    Shell,
    /// A Dockerfile: no commands, `\$` is a dollar.
    Docker,
    /// compose: no commands, `$$` is a dollar.
    Compose,
}

/// Takes a text apart at its references.
pub(crate) fn read(text: &str, style: Style) -> Text {
    read_within(text, style, 0)
}

fn read_within(text: &str, style: Style, depth: usize) -> Text {
    let mut out = Text::default();
    let mut rest = text;
    while let Some(at) = rest.find(['$', '`', '\\']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = match rest.as_bytes() {
            [b'\\', b'$', ..] if style != Style::Compose => {
                out.push_str("$");
                &rest[2..]
            }
            [b'$', b'$', ..] if style == Style::Compose => {
                out.push_str("$");
                &rest[2..]
            }
            [b'$', ..] => reference(rest, style, depth, &mut out),
            [b'`', ..] if style == Style::Shell => {
                let end = rest[1..].find('`').map_or(rest.len(), |end| end + 2);
                out.parts.push(unknown(&rest[..end]));
                &rest[end..]
            }
            _ => {
                out.push_str(&rest[..1]);
                &rest[1..]
            }
        };
    }
    out.push_str(rest);
    out
}

/// Reads the reference that the text begins with, and gives back what follows it.
fn reference<'a>(text: &'a str, style: Style, depth: usize, out: &mut Text) -> &'a str {
    if text.starts_with("${{") {
        if let Some(end) = text.find("}}") {
            out.parts.extend(expression::read(&text[..end + 2]).parts);
            return &text[end + 2..];
        }
    } else if text.starts_with("${") {
        if let Some(end) = closing(text, b'{', b'}') {
            out.parts.push(braced(&text[..end], style, depth));
            return &text[end..];
        }
    } else if text.starts_with("$(") && style == Style::Shell {
        let end = closing(text, b'(', b')').unwrap_or(text.len());
        out.parts.push(unknown(&text[..end]));
        return &text[end..];
    } else {
        let name = name_at(&text[1..]);
        if !name.is_empty() {
            out.parts.push(Part::Variable {
                name: name.to_owned(),
                fallback: None,
            });
            return &text[1 + name.len()..];
        }
    }
    out.push_str("$");
    &text[1..]
}

/// `${NAME}` with what stands behind the name.
fn braced(written: &str, style: Style, depth: usize) -> Part {
    let inner = &written[2..written.len() - 1];
    let name = name_at(inner);
    let fallback = match inner[name.len()..]
        .strip_prefix(':')
        .unwrap_or(&inner[name.len()..])
    {
        "" => None,
        rest => match rest.as_bytes()[0] {
            b'-' | b'=' if depth < MAX_DEPTH => Some(read_within(&rest[1..], style, depth + 1)),
            b'?' => None,
            _ => return unknown(written),
        },
    };
    if name.is_empty() {
        return unknown(written);
    }
    Part::Variable {
        name: name.to_owned(),
        fallback,
    }
}

/// Where the bracket that the text opens first is closed, that bracket included.
fn closing(text: &str, open: u8, close: u8) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().take(MAX_REFERENCE).enumerate() {
        if byte == open {
            depth += 1;
        } else if byte == close {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return Some(at + 1);
            }
        }
    }
    None
}

/// The variable name that a text begins with; may be empty.
pub(crate) fn name_at(text: &str) -> &str {
    let bytes = text.as_bytes();
    if bytes.first().is_some_and(u8::is_ascii_digit) {
        return "";
    }
    let end = bytes
        .iter()
        .position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
        .unwrap_or(bytes.len());
    &text[..end]
}

fn unknown(written: &str) -> Part {
    Part::Unknown {
        written: written.to_owned(),
        secret: false,
        fallback: None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn references_are_taken_apart() {
        for (text, style, shown) in [
            ("a$B-c", Style::Docker, "a|$B|-c"),
            ("${B:-x${C}}/", Style::Docker, "${B:-x$C}|/"),
            ("${B-}", Style::Compose, "${B:-}"),
            ("${B:?must}", Style::Compose, "$B"),
            ("${B:+y}", Style::Docker, "${B:+y}"),
            ("$$B", Style::Compose, "$B"),
            ("\\$B", Style::Docker, "$B"),
            ("$(date)x`y`", Style::Shell, "$(date)|x|`y`"),
            ("${{ env.P }}", Style::Shell, "$P"),
            ("100$", Style::Shell, "100$"),
            ("${", Style::Shell, "${"),
            ("$1", Style::Shell, "$1"),
        ] {
            let parts = read(text, style).parts.into_iter();
            let parts = parts.map(|part| Text { parts: vec![part] }.to_string());
            assert_eq!(parts.collect::<Vec<_>>().join("|"), shown, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn any_text_is_read(text in "[ab${}():`\\\\é-]{0,40}") {
            for style in [Style::Shell, Style::Docker, Style::Compose] {
                let _ = read(&text, style);
            }
        }
    }
}
