//! What the directives of a go.mod file mean: the rules of `modfile.Parse` and `modfile.ParseLax`.

use std::ops::Range;
use std::sync::Arc;

use super::error::{MAX_FAULTS, ModFileError, ModFileFault};
use super::lexer::{Position, SourceText, SyntaxError};
use super::parser::{Before, Item, Line, Parser};
use super::quote::{quote, shorten, shown, unquote};
use super::{Exclude, Godebug, ModFile, ModuleLine, Replace, Require, Retract};
use crate::{path, semver};

/// Directives that a dependency's go.mod is read for.
const LAX_VERBS: [&str; 5] = ["go", "module", "retract", "require", "ignore"];

/// How many directives of a file are kept: twenty times those of the largest modules. Lines of two
/// bytes would otherwise become fifty times as much memory.
const MAX_DIRECTIVES: usize = 1 << 16;

/// Directives that may be written as a block.
const BLOCK_VERBS: [&str; 8] = [
    "module", "godebug", "require", "exclude", "replace", "retract", "tool", "ignore",
];

pub(super) fn interpret(
    name: &str,
    source: &SourceText<'_>,
    strict: bool,
) -> Result<ModFile, ModFileError> {
    let mut reader = Reader {
        name,
        text: source.as_str(),
        strict,
        file: ModFile::default(),
        faults: Vec::new(),
        directives: 0,
        block: None,
    };
    reader
        .read()
        .map_err(|error| ModFileError::new(vec![fault(name, error.position, error.message)]))?;
    if reader.faults.is_empty() {
        Ok(reader.file)
    } else {
        Err(ModFileError::new(reader.faults))
    }
}

fn fault(name: &str, position: Position, message: String) -> ModFileFault {
    ModFileFault {
        file: name.to_owned(),
        line: position.line,
        column: position.column,
        message,
    }
}

struct Reader<'a> {
    name: &'a str,
    text: &'a str,
    strict: bool,
    file: ModFile,
    faults: Vec<ModFileFault>,
    directives: usize,
    /// The block that lines are being read from, if it is one that is known.
    block: Option<Block<'a>>,
}

struct Block<'a> {
    verb: &'a str,
    before: Before,
    /// The text of the block's comments once a line has needed it: shared, for a large comment
    /// over many lines would otherwise multiply.
    comment: Option<Arc<str>>,
}

impl<'a> Reader<'a> {
    fn read(&mut self) -> Result<(), SyntaxError> {
        let mut parser = Parser::new(self.name, self.text)?;
        while let Some(item) = parser.next()? {
            match item {
                Item::Line(line) => {
                    self.block = None;
                    if let [verb, args @ ..] = line.tokens.as_slice() {
                        self.line(verb, args, &line)?;
                    }
                }
                Item::Block(head) => self.open_block(head),
                Item::BlockLine(line) => {
                    if let Some(verb) = self.block.as_ref().map(|block| block.verb) {
                        self.line(verb, &line.tokens, &line)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn open_block(&mut self, head: Line<'a>) {
        self.block = match head.tokens.as_slice() {
            &[verb] if BLOCK_VERBS.contains(&verb) => Some(Block {
                verb,
                before: head.before,
                comment: None,
            }),
            tokens => {
                if self.strict {
                    let message = format!("unknown block type: {}", shown(&tokens.join(" ")));
                    self.report(head.start, message);
                }
                None
            }
        };
    }

    fn report(&mut self, position: Position, message: String) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(fault(self.name, position, message));
        }
    }

    fn line(&mut self, verb: &str, args: &[&str], line: &Line<'_>) -> Result<(), SyntaxError> {
        if !self.strict && !LAX_VERBS.contains(&verb) {
            return Ok(());
        }
        self.directives += 1;
        if self.directives > MAX_DIRECTIVES {
            return Err(SyntaxError {
                position: line.start,
                message: format!("too many directives (limit is {MAX_DIRECTIVES})"),
            });
        }
        if let Err(message) = self.directive(verb, args, line) {
            self.report(line.start, message);
        }
        Ok(())
    }

    fn directive(&mut self, verb: &str, args: &[&str], line: &Line<'_>) -> Result<(), String> {
        match verb {
            "go" => self.go(args),
            "toolchain" => self.toolchain(args),
            "module" => self.module(args, line),
            "godebug" => self.godebug(args),
            "require" => {
                let (path, version) = versioned(verb, args)?;
                let indirect = is_indirect(line.suffix);
                self.file.require.push(Require {
                    path,
                    version,
                    indirect,
                });
                Ok(())
            }
            "exclude" => {
                let (path, version) = versioned(verb, args)?;
                self.file.exclude.push(Exclude { path, version });
                Ok(())
            }
            "replace" => {
                let replace = replacement(verb, args)?;
                self.file.replace.push(replace);
                Ok(())
            }
            "retract" => self.retract(verb, args, line),
            "tool" => {
                let path = single_string(verb, args)?;
                self.file.tool.push(path);
                Ok(())
            }
            "ignore" => {
                let path = single_string(verb, args)?;
                self.file.ignore.push(path);
                Ok(())
            }
            other => Err(format!("unknown directive: {}", shown(other))),
        }
    }

    fn go(&mut self, args: &[&str]) -> Result<(), String> {
        if self.file.go.is_some() {
            return Err("repeated go statement".to_owned());
        }
        let [version] = args else {
            return Err("go directive expects exactly one argument".to_owned());
        };
        let version = match *version {
            version if is_go_version(version) => Some(version),
            _ if self.strict => None,
            // A dependency may have been written for a Go that words versions in a new way.
            version => lax_go_version(version),
        }
        .ok_or_else(|| {
            let version = shown(version);
            format!("invalid go version '{version}': must match format 1.23.0")
        })?;
        self.file.go = Some(version.to_owned());
        Ok(())
    }

    fn toolchain(&mut self, args: &[&str]) -> Result<(), String> {
        if self.file.toolchain.is_some() {
            return Err("repeated toolchain statement".to_owned());
        }
        let [name] = args else {
            return Err("toolchain directive expects exactly one argument".to_owned());
        };
        // Looser than a Go version on purpose: later toolchains may be named in new ways.
        if !(*name == "default" || *name == "go1" || name.starts_with("go1.")) {
            let name = shown(name);
            return Err(format!(
                "invalid toolchain version '{name}': must match format go1.23.0 or default"
            ));
        }
        self.file.toolchain = Some((*name).to_owned());
        Ok(())
    }

    fn module(&mut self, args: &[&str], line: &Line<'_>) -> Result<(), String> {
        if self.file.module.is_some() {
            return Err("repeated module statement".to_owned());
        }
        let deprecated = deprecation(&self.comment(line)).to_owned();
        let module = self.file.module.insert(ModuleLine {
            path: String::new(),
            deprecated,
        });
        let [path] = args else {
            return Err("usage: module module/path".to_owned());
        };
        module.path = string(path).map_err(invalid_string)?;
        Ok(())
    }

    fn godebug(&mut self, args: &[&str]) -> Result<(), String> {
        let setting = match args {
            [setting] if !setting.contains(['"', '`', '\'', ',']) => setting.split_once('='),
            _ => None,
        };
        let (key, value) = setting.ok_or_else(|| "usage: godebug key=value".to_owned())?;
        self.file.godebug.push(Godebug {
            key: key.to_owned(),
            value: value.to_owned(),
        });
        Ok(())
    }

    fn retract(&mut self, verb: &str, args: &[&str], line: &Line<'_>) -> Result<(), String> {
        let (low, high, rest) = match interval(verb, args) {
            Ok(interval) => interval,
            Err(message) if self.strict => return Err(message),
            // A dependency may use a kind of interval that a later Go brings.
            Err(_) => return Ok(()),
        };
        if let Some(token) = rest.first()
            && self.strict
        {
            return Err(format!(
                "unexpected token after version: {}",
                quote(&shorten(token))
            ));
        }
        let rationale = self.comment(line);
        self.file.retract.push(Retract {
            low,
            high,
            rationale,
        });
        Ok(())
    }

    /// The text of the comments on a line, or of its block's if it has none of its own.
    fn comment(&mut self, line: &Line<'_>) -> Arc<str> {
        let text = self.text;
        let own = || comment_text(text, line.before.comments.clone(), line.suffix).into();
        if line.before.present || line.suffix.is_some() {
            return own();
        }
        match &mut self.block {
            None => own(),
            Some(block) => {
                let range = block.before.comments.clone();
                let shared = block
                    .comment
                    .get_or_insert_with(|| comment_text(text, range, None).into());
                Arc::clone(shared)
            }
        }
    }
}

fn comment_text(text: &str, whole_lines: Range<usize>, suffix: Option<&str>) -> String {
    let lines: Vec<&str> = text[whole_lines]
        .lines()
        .chain(suffix)
        .filter_map(|line| line.trim_start().strip_prefix("//"))
        .map(str::trim)
        .collect();
    lines.join("\n")
}

/// The first paragraph that begins with `Deprecated:`, without that word.
fn deprecation(comment: &str) -> &str {
    const MARK: &str = "Deprecated:";
    let start = if comment.starts_with(MARK) {
        Some(0)
    } else {
        comment.find("\n\nDeprecated:").map(|blank| blank + 2)
    };
    let Some(start) = start else { return "" };
    let message = comment[start + MARK.len()..].trim_start_matches(' ');
    message
        .split_once("\n\n")
        .map_or(message, |(paragraph, _)| paragraph)
}

fn is_indirect(suffix: Option<&str>) -> bool {
    let Some(comment) = suffix else { return false };
    let text = comment.strip_prefix("//").unwrap_or(comment);
    let mut words = text.split_whitespace();
    match (words.next(), words.next()) {
        (Some(word), None) => word == "indirect",
        (Some(word), Some(_)) => word == "indirect;",
        _ => false,
    }
}

/// The string that a token stands for. Only double quotes quote here: Go reserves the others, and
/// refuses back quotes too although its reference has them.
fn string(token: &str) -> Result<String, &'static str> {
    if token.starts_with('"') {
        unquote(token).ok_or("invalid syntax")
    } else if token.contains(['"', '\'', '`']) {
        Err("unquoted string cannot contain quote")
    } else {
        Ok(token.to_owned())
    }
}

fn invalid_string(reason: &'static str) -> String {
    format!("invalid quoted string: {reason}")
}

fn single_string(verb: &str, args: &[&str]) -> Result<String, String> {
    let [token] = args else {
        return Err(format!("{verb} directive expects exactly one argument"));
    };
    string(token).map_err(invalid_string)
}

/// The version that a token stands for, made canonical.
fn version(verb: &str, path: &str, token: &str) -> Result<String, String> {
    let text = version_text(verb, path, token)?;
    let mut canonical = semver::canonical(&text);
    if canonical.is_empty() {
        let reason = "must be of the form v1.2.3";
        return Err(invalid_version(verb, path, &text, reason));
    }
    if semver::build(&text) == "+incompatible" {
        canonical.push_str("+incompatible");
    }
    Ok(canonical)
}

/// The text that a token in the place of a version stands for.
fn version_text(verb: &str, path: &str, token: &str) -> Result<String, String> {
    string(token).map_err(|reason| invalid_version(verb, path, token, reason))
}

/// `path` is empty where no module is named.
fn invalid_version(verb: &str, path: &str, version: &str, reason: &str) -> String {
    let gap = if path.is_empty() { "" } else { " " };
    let (path, version) = (shown(path), quote(&shorten(version)));
    format!("{verb}{gap}{path}: version {version} invalid: {reason}")
}

fn path_major(path: &str) -> Result<&str, String> {
    path::split_path_version(path)
        .map(|(_, major)| major)
        .ok_or_else(|| "invalid module path".to_owned())
}

fn check_major(verb: &str, path: &str, version: &str, major: &str) -> Result<(), String> {
    path::check_path_major(version, major)
        .map_err(|error| format!("{verb} {}: {}", shown(path), shown(&error.to_string())))
}

fn versioned(verb: &str, args: &[&str]) -> Result<(String, String), String> {
    let [path, wanted] = args else {
        return Err(format!("usage: {verb} module/path v1.2.3"));
    };
    let path = string(path).map_err(invalid_string)?;
    let version = version(verb, &path, wanted)?;
    check_major(verb, &path, &version, path_major(&path)?)?;
    Ok((path, version))
}

fn replacement(verb: &str, args: &[&str]) -> Result<Replace, String> {
    let (old, new) = match args {
        [old, "=>", new @ ..] => ((old, None), new),
        [old, version, "=>", new @ ..] => ((old, Some(*version)), new),
        _ => return Err(replace_usage(verb)),
    };
    let (new, new_version) = match new {
        [new] => (new, None),
        [new, version] => (new, Some(*version)),
        _ => return Err(replace_usage(verb)),
    };
    let old_path = string(old.0).map_err(invalid_string)?;
    let major =
        path_major(&old_path).map_err(|error| format!("{verb} {}: {error}", shown(&old_path)))?;
    let old_version = match old.1 {
        None => None,
        Some(token) => {
            let old_version = version(verb, &old_path, token)?;
            check_major(verb, &old_path, &old_version, major)?;
            Some(old_version)
        }
    };
    let new_path = string(new).map_err(invalid_string)?;
    let new_version = match new_version {
        None => {
            check_directory(&new_path)?;
            None
        }
        Some(token) => {
            let new_version = version(verb, &new_path, token)?;
            if is_directory_path(&new_path) {
                return Err(format!(
                    "replacement module directory path {} cannot have version",
                    quote(&shorten(&new_path))
                ));
            }
            Some(new_version)
        }
    };
    Ok(Replace {
        old_path,
        old_version,
        new_path,
        new_version,
    })
}

fn replace_usage(verb: &str) -> String {
    format!(
        "usage: {verb} module/path [v1.2.3] => other/module v1.4\n\t or {verb} module/path [v1.2.3] => ../local/directory"
    )
}

fn check_directory(path: &str) -> Result<(), String> {
    let reason = if is_directory_path(path) {
        // As Go judges on every system but Windows, where modkeep does not run.
        if !path.contains('\\') {
            return Ok(());
        }
        "replacement directory appears to be Windows path (on a non-windows system)"
    } else if path.contains('@') {
        "replacement module must match format 'path version', not 'path@version'"
    } else {
        "replacement module without version must be directory path (rooted or starting with . or ..)"
    };
    Err(reason.to_owned())
}

/// Whether a replacement is a directory: rooted, or beginning with `.` or `..`, on any system.
fn is_directory_path(path: &str) -> bool {
    let drive =
        |bytes: &[u8]| bytes.len() >= 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':';
    matches!(path, "." | "..")
        || ["./", ".\\", "../", "..\\", "/", "\\"]
            .iter()
            .any(|start| path.starts_with(start))
        || drive(path.as_bytes())
}

type Interval<'a, 'b> = (String, String, &'a [&'b str]);

/// A version or `[low, high]`, and the tokens that follow it. The versions stay as they are written:
/// so Go leaves them, and compares them as such.
fn interval<'a, 'b>(verb: &str, args: &'a [&'b str]) -> Result<Interval<'a, 'b>, String> {
    let rest = match args {
        [] | ["(", ..] => return Err("expected '[' or version".to_owned()),
        ["[", rest @ ..] => rest,
        [single, rest @ ..] => {
            let version = version_text(verb, "", single)?;
            return Ok((version.clone(), version, rest));
        }
    };
    let [low, rest @ ..] = rest else {
        return Err("expected version after '['".to_owned());
    };
    let low = version_text(verb, "", low)?;
    let [",", rest @ ..] = rest else {
        return Err("expected ',' after version".to_owned());
    };
    let [high, rest @ ..] = rest else {
        return Err("expected version after ','".to_owned());
    };
    let high = version_text(verb, "", high)?;
    let ["]", rest @ ..] = rest else {
        return Err("expected ']' after version".to_owned());
    };
    Ok((low, high, rest))
}

/// Whether a go line's version is well formed: `1.21`, `1.21.3`, `1.21rc1`, `1.21.3beta1`.
fn is_go_version(text: &str) -> bool {
    let Some((_, rest)) = major_minor(text) else {
        return false;
    };
    let rest = match rest.strip_prefix('.') {
        None => rest,
        Some(patch) => match number(patch, true) {
            None => return false,
            Some((_, rest)) => rest,
        },
    };
    let digits = rest.trim_start_matches(|c: char| c.is_ascii_lowercase());
    rest.is_empty()
        || (digits.len() < rest.len()
            && !digits.is_empty()
            && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `major.minor` of a go line's version that is not well formed, with whatever follows.
fn lax_go_version(text: &str) -> Option<&str> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let (version, rest) = major_minor(text)?;
    let odd = !rest.starts_with(|c: char| c.is_ascii_digit()) && !rest.contains('\n');
    (!rest.is_empty() && odd).then_some(version)
}

fn major_minor(text: &str) -> Option<(&str, &str)> {
    let (_, rest) = number(text, false)?;
    let (_, rest) = number(rest.strip_prefix('.')?, true)?;
    Some(text.split_at(text.len() - rest.len()))
}

/// A decimal number without leading zeros at the start of `text`, and what follows it.
fn number(text: &str, zero: bool) -> Option<(&str, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    match digits.as_bytes() {
        [] => None,
        [b'0'] => zero.then_some((digits, rest)),
        // "01" is the number 0 and the rest "1", as a regular expression would match it.
        [b'0', ..] => zero.then(|| text.split_at(1)),
        _ => Some((digits, rest)),
    }
}

#[cfg(test)]
mod tests;
