//! Lines of a makefile as statements.

use std::ops::Range;

use crate::embedded::Embedded;
use crate::source::{FileId, Span};

/// How a variable is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// `:=`, `::=`: references are those of this place.
    Set,
    /// `=`, `define`: references are those of where it is used.
    Recursive,
    /// `?=`.
    Default,
    /// `+=`.
    Add,
    /// `!=`.
    Shell,
}

/// A variable that is set.
#[derive(Debug)]
pub(super) struct Assignment {
    pub(super) name: String,
    pub(super) key: Span,
    pub(super) operator: Operator,
    pub(super) value: Embedded,
    pub(super) exported: bool,
}

/// `targets: needs`.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) targets: Vec<(String, Range<usize>)>,
    pub(super) needs: Vec<String>,
    /// Behind a `;` on the same line.
    pub(super) recipe: Option<Embedded>,
    /// Instead of needs: a variable of the target.
    pub(super) assignment: Option<Assignment>,
}

/// A statement.
#[derive(Debug)]
pub(super) enum Statement {
    Assign(Assignment),
    /// Names; none for all.
    Export(Vec<(String, Range<usize>)>),
    Unexport(Vec<(String, Range<usize>)>),
    /// Paths, and whether they may be absent.
    Include(Vec<(String, bool)>),
    Rule(Rule),
    /// A line of a recipe, without its tab and its prefixes.
    Recipe(Embedded),
    /// A conditional begins; the variable that is empty where it holds.
    Conditional(Option<String>),
    /// `else`, and whether no condition follows.
    Else(bool),
    End,
    Fault(String),
}

/// Takes a file apart: each statement with its logical line.
pub(super) fn read(file: FileId, text: &str) -> Vec<(Embedded, Statement)> {
    let mut reader = Reader {
        file,
        text,
        at: if text.starts_with('\u{feff}') { 3 } else { 0 },
        in_rule: false,
    };
    let mut found = Vec::new();
    while let Some((line, is_recipe)) = reader.logical() {
        if let Some(statement) = reader.statement(&line, is_recipe) {
            reader.in_rule = match statement {
                Statement::Rule(_) | Statement::Recipe(_) => true,
                Statement::Conditional(_) | Statement::Else(_) | Statement::End => reader.in_rule,
                _ => false,
            };
            found.push((line, statement));
        }
    }
    found
}

struct Reader<'a> {
    file: FileId,
    text: &'a str,
    at: usize,
    /// Whether a line that begins with a tab belongs to a recipe.
    in_rule: bool,
}

impl<'a> Reader<'a> {
    /// The next line of the file: its text, and where it begins.
    fn line(&mut self) -> Option<(&'a str, usize)> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = rest.find('\n').unwrap_or(rest.len());
        let start = self.at;
        self.at = (start + length + 1).min(self.text.len());
        Some((rest[..length].trim_end_matches('\r'), start))
    }

    /// The next logical line, and whether it is one of a recipe.
    fn logical(&mut self) -> Option<(Embedded, bool)> {
        let (first, start) = self.line()?;
        let is_recipe = first.starts_with('\t') && self.in_rule;
        let mut out = Embedded::new(self.file);
        let mut part = (first, start);
        loop {
            let (text, start) = part;
            let Some(body) = text.strip_suffix('\\').filter(|body| !body.ends_with('\\')) else {
                out.push(text, start);
                return Some((out, is_recipe));
            };
            let (body, end) = if is_recipe {
                (text, "\n")
            } else {
                (body.trim_end(), " ")
            };
            out.push(body, start);
            let place = Span::new(self.file, start + text.len()..start + text.len());
            out.stand_in(end, place);
            match self.line() {
                Some((next, start)) => {
                    let skip = if is_recipe {
                        usize::from(next.starts_with('\t'))
                    } else {
                        next.len() - next.trim_start().len()
                    };
                    part = (&next[skip..], start + skip);
                }
                None => return Some((out, is_recipe)),
            }
        }
    }

    fn statement(&mut self, line: &Embedded, is_recipe: bool) -> Option<Statement> {
        let text = line.text();
        if is_recipe {
            let skip = text.len() - text.trim_start_matches(['\t', ' ', '@', '-', '+']).len();
            let mut recipe = Embedded::new(self.file);
            recipe.push_part(line, skip..text.len());
            return (skip < text.len()).then_some(Statement::Recipe(recipe));
        }
        let end = comment(text);
        let text = &text[..end];
        let start = text.len() - text.trim_start().len();
        let word = text.split_whitespace().next()?;
        let behind = start + word.len();
        match word {
            "ifeq" | "ifneq" | "ifdef" | "ifndef" => {
                return Some(Statement::Conditional(emptiness(word, &text[behind..])));
            }
            "else" => return Some(Statement::Else(text[behind..].trim().is_empty())),
            "endif" => return Some(Statement::End),
            "include" | "-include" | "sinclude" => {
                let optional = word != "include";
                let paths = text[behind..].split_whitespace();
                return Some(Statement::Include(
                    paths.map(|path| (path.to_owned(), optional)).collect(),
                ));
            }
            "define" => return Some(self.define(line, text, behind)),
            "endef" | "vpath" | "undefine" | "load" => return None,
            _ => {}
        }
        Some(Self::other(line, text, start))
    }

    /// `export`, variables and rules.
    fn other(line: &Embedded, text: &str, start: usize) -> Statement {
        let (mut exported, mut unexported, mut from) = (false, false, start);
        while let Some(word) = text[from..].split_whitespace().next() {
            match word {
                "export" => exported = true,
                "unexport" => unexported = true,
                "override" | "private" => {}
                _ => break,
            }
            from += text[from..].len() - text[from..].trim_start().len() + word.len();
        }
        if let Some(assignment) = assignment(line, text, from, exported) {
            return Statement::Assign(assignment);
        }
        if exported || unexported {
            let names = words(text, from);
            return if exported {
                Statement::Export(names)
            } else {
                Statement::Unexport(names)
            };
        }
        match rule(line, text, start) {
            Some(rule) => Statement::Rule(rule),
            None if text.trim_start().starts_with("$(") || text.trim_start().starts_with("${") => {
                // A function that may make rules.
                Statement::Include(Vec::new())
            }
            None => {
                let shown: String = text.trim().chars().take(60).collect();
                Statement::Fault(format!(
                    "this line of a makefile is neither rule nor variable: {shown}"
                ))
            }
        }
    }

    /// `define NAME … endef`.
    fn define(&mut self, line: &Embedded, text: &str, from: usize) -> Statement {
        let names = words(text, from);
        let (name, range) = names.into_iter().next().unwrap_or_default();
        let mut value = Embedded::new(self.file);
        let mut depth = 0;
        while let Some((text, start)) = self.line() {
            match text.split_whitespace().next() {
                Some("define") => depth += 1,
                Some("endef") if depth == 0 => break,
                Some("endef") => depth -= 1,
                _ => {}
            }
            let end = self.at;
            value.push(&self.text[start..end], start);
        }
        Statement::Assign(Assignment {
            name,
            key: line.span(range),
            operator: Operator::Recursive,
            value,
            exported: false,
        })
    }
}

/// Where a comment begins.
fn comment(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(offset) = text[at..].find('#') {
        at += offset;
        let escaped = at > 0 && bytes[at - 1] == b'\\';
        // Inside of `$(shell …)` it is none.
        let before = &text[..at];
        let nested = before.matches("$(").count() > before.matches(')').count();
        if !escaped && !nested {
            return at;
        }
        at += 1;
    }
    text.len()
}

/// Words with their ranges.
fn words(text: &str, from: usize) -> Vec<(String, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = from;
    for word in text[from..].split_whitespace() {
        if let Some(offset) = text[at..].find(word) {
            found.push((word.to_owned(), at + offset..at + offset + word.len()));
            at += offset + word.len();
        }
    }
    found
}

/// `NAME operator value`, if the text from `from` on is one.
fn assignment(line: &Embedded, text: &str, from: usize, exported: bool) -> Option<Assignment> {
    let start = from + (text[from..].len() - text[from..].trim_start().len());
    let name_length = text[start..]
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"_.-/".contains(byte))
        .count();
    let name = start..start + name_length;
    let sign = name.end + (text[name.end..].len() - text[name.end..].trim_start().len());
    let signs = [
        (":::=", Operator::Set),
        ("::=", Operator::Set),
        (":=", Operator::Set),
        ("?=", Operator::Default),
        ("+=", Operator::Add),
        ("!=", Operator::Shell),
        ("=", Operator::Recursive),
    ];
    let (written, operator) = signs
        .into_iter()
        .find(|(written, _)| text[sign..].starts_with(written))?;
    if name.is_empty() {
        return None;
    }
    let behind = sign + written.len();
    let value = behind + (text[behind..].len() - text[behind..].trim_start().len());
    let end = text.trim_end().len().max(value);
    let mut embedded = Embedded::new(line.file());
    embedded.push_part(line, value..end);
    if value == end {
        let place = line.span(value.min(line.text().len())..value.min(line.text().len()));
        embedded.stand_in("", place);
    }
    Some(Assignment {
        name: text[name.clone()].to_owned(),
        key: line.span(name),
        operator,
        value: embedded,
        exported,
    })
}

fn rule(line: &Embedded, text: &str, start: usize) -> Option<Rule> {
    let colon = start + colon(&text[start..])?;
    let targets = words(&text[..colon], start);
    let mut from = colon + 1;
    if text[from..].starts_with(':') {
        from += 1;
    }
    let mut inner = from;
    let mut exported = false;
    while let Some(word) = text[inner..].split_whitespace().next() {
        match word {
            "export" => exported = true,
            "override" | "private" | "unexport" => {}
            _ => break,
        }
        inner += text[inner..].len() - text[inner..].trim_start().len() + word.len();
    }
    let assignment = assignment(line, text, inner, exported);
    let (needs, recipe) = match text[from..].find(';') {
        Some(offset) => {
            let mut recipe = Embedded::new(line.file());
            recipe.push_part(line, from + offset + 1..line.text().len());
            (&text[from..from + offset], Some(recipe))
        }
        None => (&text[from..], None),
    };
    let needs = if assignment.is_some() {
        Vec::new()
    } else {
        // Static patterns: `targets: pattern: needs`.
        let needs = needs.rsplit(": ").next().unwrap_or(needs);
        let needs = needs.split_whitespace().filter(|need| *need != "|");
        needs.map(str::to_owned).collect()
    };
    Some(Rule {
        targets,
        needs,
        recipe: recipe.filter(|_| assignment.is_none()),
        assignment,
    })
}

/// The first colon outside of references.
fn colon(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'{' => depth += 1,
            b')' | b'}' => depth = depth.saturating_sub(1),
            b':' if depth == 0 => return Some(at),
            _ => {}
        }
    }
    None
}

/// The variable that is empty where a condition holds.
fn emptiness(word: &str, condition: &str) -> Option<String> {
    let condition = condition.trim();
    if word == "ifndef" {
        return Some(condition.to_owned());
    }
    let inner = condition.strip_prefix('(')?.strip_suffix(')')?;
    let (first, last) = inner.rsplit_once(',')?;
    let (first, last) = (first.trim(), last.trim());
    let reference = match (first.is_empty(), last.is_empty()) {
        (false, true) => first,
        (true, false) => last,
        _ => return None,
    };
    let name = reference
        .strip_prefix("$(")
        .and_then(|rest| rest.strip_suffix(')'));
    let name = name.or_else(|| reference.strip_prefix("${")?.strip_suffix('}'))?;
    let name = name
        .strip_prefix("strip $(")
        .and_then(|rest| rest.strip_suffix(')'))
        .unwrap_or(name);
    (word == "ifeq" && super::expand::is_name(name)).then(|| name.to_owned())
}
