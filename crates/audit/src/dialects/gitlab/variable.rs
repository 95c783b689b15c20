//! References in values of GitLab CI: `$X`, `${X}`, `%X%`, `$$` for a dollar, `$[[ inputs.x ]]`.

use crate::text::{Part, Text};

/// A value, references taken apart.
pub(crate) fn text(written: &str) -> Text {
    let mut text = Text::default();
    let mut rest = written;
    while let Some(at) = rest.find(['$', '%']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((part, len)) = reference(rest) {
            match part {
                Part::Literal(literal) => text.push_str(&literal),
                part => text.parts.push(part),
            }
            rest = &rest[len..];
        } else {
            text.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    text.push_str(rest);
    text
}

/// The reference at the begin of a text, and how long it is.
fn reference(text: &str) -> Option<(Part, usize)> {
    if text.starts_with("$$") {
        return Some((Part::Literal("$".to_owned()), 2));
    }
    if let Some(inner) = text.strip_prefix("$[[") {
        let end = inner.find("]]")?;
        let written = &text[..end + 5];
        let name = inner[..end].split('|').next().unwrap_or_default().trim();
        let part = if is_name(name.strip_prefix("inputs.").unwrap_or_default()) {
            variable(name)
        } else {
            Part::Unknown {
                written: written.to_owned(),
                secret: false,
                fallback: None,
            }
        };
        return Some((part, written.len()));
    }
    if let Some(inner) = text.strip_prefix("${") {
        let end = inner.find('}')?;
        return is_name(&inner[..end]).then(|| (variable(&inner[..end]), end + 3));
    }
    if let Some(inner) = text.strip_prefix('%') {
        let end = inner.find('%')?;
        let is_variable =
            is_name(&inner[..end]) && !inner.starts_with(|c: char| c.is_ascii_digit());
        return is_variable.then(|| (variable(&inner[..end]), end + 2));
    }
    let inner = &text[1..];
    let end = inner
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(inner.len());
    let is_variable = end > 0 && !inner.starts_with(|c: char| c.is_ascii_digit());
    is_variable.then(|| (variable(&inner[..end]), end + 1))
}

fn variable(name: &str) -> Part {
    Part::Variable {
        name: name.to_owned(),
        fallback: None,
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_taken_apart() {
        let cases = [
            ("https://$HOST,direct", vec!["https://", "$HOST", ",direct"]),
            ("${A}b%C%d", vec!["$A", "b", "$C", "d"]),
            ("$$A", vec!["$A"]),
            ("100%", vec!["100%"]),
            ("a%20b%2f", vec!["a%20b%2f"]),
            (
                "$[[ inputs.go-version | expand_vars ]]x",
                vec!["$inputs.go-version", "x"],
            ),
            ("$", vec!["$"]),
            ("${", vec!["${"]),
            ("é$é", vec!["é$é"]),
        ];
        for (written, expected) in cases {
            let parts = text(written).parts;
            let shown: Vec<String> = parts
                .iter()
                .map(|part| {
                    Text {
                        parts: vec![part.clone()],
                    }
                    .to_string()
                })
                .collect();
            assert_eq!(shown, expected, "{written}");
        }
    }
}
