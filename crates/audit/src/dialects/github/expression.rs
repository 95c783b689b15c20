//! Expressions of GitHub Actions: `${{ env.X || 'y' }}`.

use crate::text::{Part, Text};

/// Deepest nesting of an expression that is read; GitHub stops at fifty.
const MAX_DEPTH: usize = 50;

/// A text with `${{ … }}` in it, taken apart.
pub(crate) fn text(written: &str) -> Text {
    let mut text = Text::default();
    let mut rest = written;
    while let Some(start) = rest.find("${{") {
        let Some(end) = end_of(&rest[start + 3..]) else {
            break;
        };
        text.push_str(&rest[..start]);
        let whole = &rest[start..start + 3 + end + 2];
        append(
            &mut text,
            evaluate(&rest[start + 3..start + 3 + end], whole),
        );
        rest = &rest[start + 3 + end + 2..];
    }
    text.push_str(rest);
    text
}

/// Where the closing braces stand; those in a string do not close.
fn end_of(inner: &str) -> Option<usize> {
    let mut is_string = false;
    let bytes = inner.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'\'' => is_string = !is_string,
            b'}' if !is_string && bytes.get(at + 1) == Some(&b'}') => return Some(at),
            _ => {}
        }
    }
    None
}

/// Puts a text behind another.
pub(crate) fn append(text: &mut Text, more: Text) {
    for part in more.parts {
        match part {
            Part::Literal(literal) => text.push_str(&literal),
            part => text.parts.push(part),
        }
    }
}

/// The value of an expression; `whole` is how it is shown where nobody knows it.
fn evaluate(inner: &str, whole: &str) -> Text {
    let mut reader = Reader {
        rest: inner.trim(),
        depth: 0,
    };
    match reader.either() {
        Some(value) if reader.rest.trim().is_empty() => value,
        _ => unknown(whole, inner),
    }
}

/// What no file says. A secret anywhere in the expression makes it one.
fn unknown(whole: &str, inner: &str) -> Text {
    let lower = inner.to_ascii_lowercase();
    Text {
        parts: vec![Part::Unknown {
            written: whole.to_owned(),
            secret: lower.contains("secrets.") || lower.contains("github.token"),
            fallback: None,
        }],
    }
}

/// Reads an expression from left to right; `None` for what is only known when it runs.
struct Reader<'e> {
    rest: &'e str,
    depth: usize,
}

impl Reader<'_> {
    /// `a || b`: b where a is empty.
    fn either(&mut self) -> Option<Text> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let mut left = self.value()?;
        while self.takes("||") {
            let right = self.value()?;
            left = with_fallback(left, right)?;
        }
        self.depth -= 1;
        Some(left)
    }

    fn takes(&mut self, sign: &str) -> bool {
        match self.rest.trim_start().strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// A literal, a name, a call or something in parentheses. Comparisons and `&&` are not read.
    fn value(&mut self) -> Option<Text> {
        if self.takes("(") {
            let inner = self.either()?;
            return self.takes(")").then_some(inner);
        }
        self.rest = self.rest.trim_start();
        if let Some(rest) = self.rest.strip_prefix('\'') {
            return self.string(rest);
        }
        let end = self
            .rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '*')))
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        if word.is_empty() {
            return None;
        }
        if self.takes("(") {
            return self.call(word);
        }
        let mut name = word.to_owned();
        while self.takes("[") {
            let index = self.either()?;
            self.takes("]").then_some(())?;
            name.push('.');
            name.push_str(index.as_literal()?);
        }
        Some(named(&name))
    }

    /// A string; an apostrophe in it is doubled.
    fn string(&mut self, mut rest: &str) -> Option<Text> {
        let mut value = String::new();
        let base = self.rest.len();
        let consumed;
        loop {
            let end = rest.find('\'')?;
            value.push_str(&rest[..end]);
            rest = &rest[end + 1..];
            if let Some(more) = rest.strip_prefix('\'') {
                value.push('\'');
                rest = more;
            } else {
                consumed = base - rest.len();
                break;
            }
        }
        self.rest = &self.rest[consumed..];
        Some(Text::literal(value))
    }

    /// `format('a {0}', x)`; other functions are not known.
    fn call(&mut self, name: &str) -> Option<Text> {
        let mut arguments = Vec::new();
        if !self.takes(")") {
            loop {
                arguments.push(self.either()?);
                if !self.takes(",") {
                    break;
                }
            }
            self.takes(")").then_some(())?;
        }
        if !name.eq_ignore_ascii_case("format") {
            return None;
        }
        let (template, arguments) = arguments.split_first()?;
        let template = template.as_literal()?;
        let mut text = Text::default();
        let mut rest = template;
        while let Some(start) = rest.find('{') {
            let end = start + rest[start..].find('}')?;
            let index: usize = rest[start + 1..end].parse().ok()?;
            text.push_str(&rest[..start]);
            append(&mut text, arguments.get(index)?.clone());
            rest = &rest[end + 1..];
        }
        text.push_str(rest);
        Some(text)
    }
}

/// The value of a name.
fn named(name: &str) -> Text {
    let secret = |secret| Text {
        parts: vec![Part::Unknown {
            written: format!("${{{{ {name} }}}}"),
            secret,
            fallback: None,
        }],
    };
    if name.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        return Text::literal(name);
    }
    let lower = name.to_ascii_lowercase();
    match lower.as_str() {
        "true" | "false" => return Text::literal(lower),
        "null" => return Text::default(),
        "github.workspace" => return Text::variable("GITHUB_WORKSPACE"),
        "github.action_path" => return Text::variable("GITHUB_ACTION_PATH"),
        "github.token" => return secret(true),
        _ => {}
    }
    let (context, rest) = name.split_once('.').unwrap_or((name, ""));
    match context.to_ascii_lowercase().as_str() {
        "env" if !rest.is_empty() => Text::variable(rest),
        "inputs" | "matrix" if !rest.is_empty() => {
            Text::variable(format!("{}.{rest}", context.to_ascii_lowercase()))
        }
        "github" if lower.starts_with("github.event.inputs.") => {
            Text::variable(format!("inputs.{}", &name["github.event.inputs.".len()..]))
        }
        "secrets" => secret(true),
        _ => secret(false),
    }
}

/// `left || right`; `None` where nobody knows which.
fn with_fallback(mut left: Text, right: Text) -> Option<Text> {
    match left.as_literal() {
        Some("" | "false" | "0") => return Some(right),
        Some(_) => return Some(left),
        None => {}
    }
    let [part] = left.parts.as_mut_slice() else {
        // A text with a literal in it is never empty.
        let holds_text = |part: &Part| matches!(part, Part::Literal(_));
        return left.parts.iter().any(holds_text).then_some(left);
    };
    match part {
        Part::Literal(_) => {}
        Part::Variable { fallback, .. } | Part::Unknown { fallback, .. } => {
            *fallback = Some(match fallback.take() {
                Some(inner) => with_fallback(inner, right)?,
                None => right,
            });
        }
    }
    Some(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_taken_apart() {
        let cases = [
            ("plain", "plain"),
            ("a${{ env.X }}b", "a$Xb"),
            ("${{ env.X || 'y' }}", "${X:-y}"),
            ("${{ env.X || vars.Y || 'it''s' }}", "${X:-${{ vars.Y }}}"),
            ("${{ env['X'] }}", "$X"),
            ("${{ inputs.proxy }},direct", "$inputs.proxy,direct"),
            ("${{ github.event.inputs.go }}", "$inputs.go"),
            ("${{ '' || 'a' }}", "a"),
            (
                "${{ format('https://{0},{1}', env.H, 'direct') }}",
                "https://$H,direct",
            ),
            (
                "${{ github.ref == 'x' && 'a' || 'b' }}",
                "${{ github.ref == 'x' && 'a' || 'b' }}",
            ),
            ("${{ (env.X) }}", "$X"),
            ("${{ 'a}}b' }}", "a}}b"),
            ("${{ env.X", "${{ env.X"),
            ("${{ }}", "${{ }}"),
            ("${{ fromJSON(x).y }}", "${{ fromJSON(x).y }}"),
        ];
        for (written, expected) in cases {
            assert_eq!(text(written).to_string(), expected, "{written}");
        }
    }

    #[test]
    fn secrets_are_known_as_such() {
        for written in [
            "${{ secrets.X }}",
            "a${{ secrets['X'] || 'y' }}",
            "${{ env.X || secrets.Y }}",
            "${{ github.token }}",
            "${{ github.ref == 'x' && secrets.Y || 'b' }}",
        ] {
            assert!(text(written).has_secret(), "{written}");
        }
        assert!(!text("${{ vars.X }}").has_secret());
    }

    #[test]
    fn deep_nesting_ends() {
        let deep = format!("${{{{ {}1{} }}}}", "(".repeat(500), ")".repeat(500));
        assert_eq!(text(&deep).to_string(), deep);
    }
}
