//! Expressions of GitHub Actions, `${{ … }}`, as parts of a text.

use crate::text::{Part, Text};

/// What stands in front of references of another dialect in a script: `${{ make:$(shell date) }}`.
const OTHER: &str = "make:";

/// Names of secrets that are not below `secrets.`.
const TOKEN: &str = "github.token";

/// What an expression stands for, `${{` and `}}` included: a variable for `env.X`, `inputs.X` and
/// `matrix.X`, a literal for a quoted one, unknown for all else. `a || b` gives `a` the fallback `b`.
pub(crate) fn read(written: &str) -> Text {
    let inner = written
        .strip_prefix("${{")
        .and_then(|rest| rest.strip_suffix("}}"))
        .unwrap_or(written)
        .trim();
    // How other front ends hand over what they could not expand.
    if let Some(other) = inner.strip_prefix(OTHER) {
        return Text::unknown(other);
    }
    let mut alternatives = alternatives(inner).into_iter().rev();
    let mut text = match alternatives.next() {
        Some(last) => operand(last, written, None),
        None => return Text::unknown(written),
    };
    for alternative in alternatives {
        text = operand(alternative, written, Some(text));
    }
    text
}

/// The operands of `||` on the outermost level.
fn alternatives(inner: &str) -> Vec<&str> {
    let bytes = inner.as_bytes();
    let (mut quoted, mut depth, mut start) = (false, 0_usize, 0);
    let mut found = Vec::new();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'\'' => quoted = !quoted,
            b'(' if !quoted => depth += 1,
            b')' if !quoted => depth = depth.saturating_sub(1),
            b'|' if !quoted && depth == 0 && at > start && bytes[at - 1] == b'|' => {
                found.push(inner[start..at - 1].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(inner[start..].trim());
    found
}

fn operand(inner: &str, written: &str, fallback: Option<Text>) -> Text {
    if let Some(literal) = inner
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''))
        .filter(|literal| !literal.replace("''", "").contains('\''))
    {
        return Text::literal(literal.replace("''", "'"));
    }
    let is_name = |name: &str| {
        let mut bytes = name.bytes();
        bytes.next().is_some()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
    };
    let part = match inner.split_once('.') {
        Some(("env", name)) if is_name(name) => Part::Variable {
            name: name.to_owned(),
            fallback,
        },
        Some(("inputs" | "matrix", name)) if is_name(name) => Part::Variable {
            name: inner.to_owned(),
            fallback,
        },
        _ => Part::Unknown {
            written: written.to_owned(),
            secret: inner == TOKEN || inner.contains("secrets."),
            fallback,
        },
    };
    Text { parts: vec![part] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_variables_literals_or_unknown() {
        assert_eq!(read("${{ env.GOPROXY }}"), Text::variable("GOPROXY"));
        assert_eq!(read("${{inputs.proxy}}"), Text::variable("inputs.proxy"));
        assert_eq!(read("${{ 'it''s' }}"), Text::literal("it's"));
        assert_eq!(read("${{ env.X || 'y' }}").to_string(), "${X:-y}");
        assert!(read("${{ secrets.T }}").has_secret());
        assert!(!read("${{ vars.T }}").has_secret());
        assert_eq!(
            read("${{ vars.T || env.B || 'c' }}").parts,
            [Part::Unknown {
                written: "${{ vars.T || env.B || 'c' }}".to_owned(),
                secret: false,
                fallback: Some(Text {
                    parts: vec![Part::Variable {
                        name: "B".to_owned(),
                        fallback: Some(Text::literal("c")),
                    }],
                }),
            }]
        );
        for odd in [
            "",
            "${{",
            "${{}}",
            "${{ ' }}",
            "${{ || }}",
            "${{ f(a || b) }}",
        ] {
            let _ = read(odd);
        }
    }
}
