//! What scripts write to files: `$GITHUB_ENV`, Go's own files of settings, netrc.

use std::ops::Range;

use tree_sitter::Node;

use crate::block::{Item, Layer, Located, Reach, Setting, When, Write};
use crate::embedded::Embedded;
use crate::interpolate::{self, Style, name_at};
use crate::source::Span;
use crate::text::{Part, Text};

use super::commands::program_name;
use super::statements::{Input, Output, Reader, named};
use super::words::Word;

/// Why `export X=y` in `$GITHUB_ENV` sets nothing.
pub(crate) const EXPORT_IN_FILE: &str =
    "`export` becomes part of the name: lines of $GITHUB_ENV are KEY=VALUE";
/// Why a line at the end of `go.env` sets nothing.
pub(crate) const APPENDED: &str =
    "the first line of a key wins in $GOROOT/go.env, and it has one already";

/// A file that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Destination {
    /// `$GITHUB_ENV`, or `$BASH_ENV` of other systems: for the steps after this one.
    Later(&'static str),
    GorootFile,
    UserFile,
    Netrc,
}

/// Which file that matters a path is.
fn destination(path: &Text) -> Option<Destination> {
    if let [Part::Variable { name, .. }] = path.parts.as_slice() {
        return match name.as_str() {
            "GITHUB_ENV" => Some(Destination::Later("$GITHUB_ENV")),
            "BASH_ENV" => Some(Destination::Later("$BASH_ENV")),
            "NETRC" => Some(Destination::Netrc),
            _ => None,
        };
    }
    let shown = path.to_string();
    if shown.ends_with("/go.env") || shown == "go.env" {
        Some(Destination::GorootFile)
    } else if shown.ends_with(".config/go/env") || shown.contains("go env GOENV") {
        Some(Destination::UserFile)
    } else if [".netrc", "_netrc"].iter().any(|end| shown.ends_with(end)) {
        Some(Destination::Netrc)
    } else {
        None
    }
}

/// Lines of a file that several commands write, as far as they were written.
pub(super) struct Unfinished {
    destination: Destination,
    content: Embedded,
    expands: bool,
}

impl<'t> Reader<'t> {
    /// A statement with redirections.
    pub(super) fn redirected(&mut self, node: Node<'t>, out: &mut Vec<Item>) {
        let saved = self.output.clone();
        let mut follow = Vec::new();
        for child in named(node) {
            match child.kind() {
                "file_redirect" => self.file_redirect(child, out),
                "herestring_redirect" => self.here_string(child, out),
                "heredoc_redirect" => {
                    self.here_document(child, out);
                    follow.push(child);
                }
                _ => {}
            }
        }
        let output = self.output.clone();
        if let Some(body) = node.child_by_field_name("body") {
            self.opaque_output(body, out);
            let tee = follow
                .iter()
                .find_map(|child| Self::pipeline_of(*child))
                .and_then(|next| self.tee(next));
            if let Some(tee) = tee {
                self.output = Some(tee);
            }
            let pipe = follow.iter().find_map(|child| Self::pipeline_of(*child));
            let input = self.input.clone();
            self.statement(body, out);
            if let Some(pipe) = pipe {
                // `cat <<EOF | bash`.
                self.output.clone_from(&saved);
                self.input = input;
                self.statement(pipe, out);
            }
        }
        self.output = output;
        self.input = None;
        for child in follow {
            if let Some(right) = child.child_by_field_name("right") {
                self.output.clone_from(&saved);
                self.statement(right, out);
            }
        }
        self.output = saved;
    }

    fn pipeline_of(heredoc: Node<'t>) -> Option<Node<'t>> {
        let pipeline = named(heredoc)
            .into_iter()
            .find(|child| child.kind() == "pipeline")?;
        named(pipeline).into_iter().next()
    }

    fn file_redirect(&mut self, node: Node<'t>, out: &mut Vec<Item>) {
        self.substitutions(node, out);
        let Some(destination) = node.child_by_field_name("destination") else {
            return;
        };
        let sign = &self.source.masked[node.start_byte()..destination.start_byte()];
        let sign = sign.trim();
        if sign.starts_with('2') {
            return;
        }
        let path = self.source.word(destination);
        if sign.contains('<') {
            self.input = Some(Input::File(path));
        } else {
            self.output = Some(Output {
                path,
                append: sign.contains(">>"),
            });
        }
    }

    fn here_string(&mut self, node: Node<'t>, out: &mut Vec<Item>) {
        self.substitutions(node, out);
        if let Some(text) = named(node).into_iter().next_back() {
            let mut content = Embedded::new(self.source.script.file());
            self.source.dequoted(text.byte_range(), &mut content);
            self.input = Some(Input::Text(content, text.kind() != "raw_string"));
        }
    }

    fn here_document(&mut self, node: Node<'t>, out: &mut Vec<Item>) {
        let mut expands = true;
        let mut strips = false;
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            match child.kind() {
                "<<-" => strips = true,
                "heredoc_start" => {
                    expands = !self
                        .source
                        .text(child.byte_range())
                        .contains(['\'', '"', '\\']);
                }
                "heredoc_body" => {
                    if expands {
                        self.substitutions(child, out);
                    }
                    let content = self.document(child.byte_range(), strips);
                    self.input = Some(Input::Text(content, expands));
                }
                "file_redirect" => self.file_redirect(child, out),
                _ => {}
            }
        }
    }

    /// The text of a here-document; `<<-` takes leading tabs away.
    fn document(&self, range: Range<usize>, strips: bool) -> Embedded {
        let mut content = Embedded::new(self.source.script.file());
        let mut at = range.start;
        for line in self.source.text(range).split_inclusive('\n') {
            let tabs = if strips {
                line.len() - line.trim_start_matches('\t').len()
            } else {
                0
            };
            content.push_part(self.source.script, at + tabs..at + line.len());
            at += line.len();
        }
        content
    }

    /// The file that `tee` writes, if the statement is one.
    pub(super) fn tee(&self, node: Node<'t>) -> Option<Output> {
        let node = if node.kind() == "redirected_statement" {
            node.child_by_field_name("body")?
        } else {
            node
        };
        let words: Vec<Word> = named(node)
            .into_iter()
            .map(|child| self.source.word(child))
            .collect();
        let words = match words.split_first() {
            Some((first, rest)) if first.literal() == Some("sudo") => rest,
            _ => &words,
        };
        tee_output(words)
    }

    /// What a stage of a pipeline hands to the next one.
    pub(super) fn piped(&self, before: Node<'t>, stage: Node<'t>) -> Option<Input> {
        let words: Vec<Word> = named(before)
            .into_iter()
            .map(|child| self.source.word(child))
            .collect();
        if before.kind() == "command" && matches!(words.first()?.literal(), Some("echo" | "printf"))
        {
            let (content, expands) = self.printed(&words)?;
            return Some(Input::Text(content, expands));
        }
        let text = self.source.text(stage.byte_range());
        let is_shell = text
            .split_whitespace()
            .find(|word| *word != "sudo" && !word.contains('='))
            .is_some_and(|word| matches!(word.rsplit('/').next(), Some("sh" | "bash")));
        (is_shell && before.kind() != "redirected_statement")
            .then(|| Input::Unknown(self.source.text(before.byte_range()).to_owned()))
    }

    /// Output of a command that no file says, to a file of settings.
    fn opaque_output(&self, body: Node<'t>, out: &mut Vec<Item>) {
        let Some(output) = &self.output else { return };
        let Some(Destination::Later(file)) = destination(&output.path.text) else {
            return;
        };
        if body.kind() != "command" {
            return;
        }
        let name = body.child_by_field_name("name");
        let name = name.map(|name| program_name(&self.source.word(name).text));
        let name = name.unwrap_or_default();
        let from_file = name == "cat" && self.input.is_none();
        if from_file || !matches!(name.as_str(), "echo" | "printf" | "cat" | "tee") {
            let what = format!("the output of {name} goes to {file}");
            out.push(self.lost(body.byte_range(), what));
        }
    }

    /// `echo`, `printf`, `cat`.
    pub(super) fn prints(&mut self, words: &[Word], out: &mut Vec<Item>) {
        let input = self.input.take();
        let Some(output) = self.output.clone() else {
            return;
        };
        if destination(&output.path.text).is_none() {
            return;
        }
        let content = if words[0].literal() == Some("cat") {
            match input {
                Some(Input::Text(content, expands)) => Some((content, expands)),
                _ => None,
            }
        } else {
            self.printed(words)
        };
        if let Some((content, expands)) = content {
            self.write(&content, expands, &output, out);
        }
    }

    /// `tee -a file <<EOF`.
    pub(super) fn tees(&mut self, words: &[Word], out: &mut Vec<Item>) {
        let Some(Input::Text(content, expands)) = self.input.take() else {
            return;
        };
        if let Some(output) = tee_output(words)
            && self.output.is_none()
        {
            self.write(&content, expands, &output, out);
        }
    }

    /// What `echo` or `printf` prints, and whether the shell expanded references in it.
    fn printed(&self, words: &[Word]) -> Option<(Embedded, bool)> {
        let (command, mut rest) = words.split_first()?;
        let mut content = Embedded::new(self.source.script.file());
        let single = |word: &Word| self.source.text(word.range.clone()).starts_with('\'');
        let expands = !rest.iter().all(single) || rest.is_empty();
        if command.literal() == Some("printf") {
            let (format, arguments) = rest.split_first()?;
            self.formatted(format, arguments, &mut content);
            return Some((content, expands || !arguments.is_empty()));
        }
        let mut escapes = false;
        while let Some((first, after)) = rest.split_first() {
            match first.literal() {
                Some("-n" | "-E") => {}
                Some("-e" | "-ne" | "-en") => escapes = true,
                _ => break,
            }
            rest = after;
        }
        for (at, word) in rest.iter().enumerate() {
            if at > 0 {
                content.stand_in(" ", self.place_of(word.range.start));
            }
            let mut text = Embedded::new(self.source.script.file());
            self.source.dequoted(word.range.clone(), &mut text);
            if escapes {
                lines_of(&text, &mut content);
            } else {
                let whole = 0..text.text().len();
                content.push_part(&text, whole);
            }
        }
        Some((content, expands))
    }

    fn place_of(&self, at: usize) -> Span {
        self.source.script.span(at..at)
    }

    /// `printf FORMAT ARGUMENT…`; the format is used once.
    fn formatted(&self, format: &Word, arguments: &[Word], content: &mut Embedded) {
        let mut text = Embedded::new(self.source.script.file());
        self.source.dequoted(format.range.clone(), &mut text);
        let mut with_lines = Embedded::new(self.source.script.file());
        lines_of(&text, &mut with_lines);
        let mut arguments = arguments.iter();
        let bytes = with_lines.text().as_bytes();
        let mut start = 0;
        let mut at = 0;
        while at < bytes.len() {
            if bytes[at] == b'%' && matches!(bytes.get(at + 1), Some(b's' | b'q' | b'b' | b'%')) {
                content.push_part(&with_lines, start..at);
                if bytes[at + 1] == b'%' {
                    content.push_part(&with_lines, at..at + 1);
                } else if let Some(argument) = arguments.next() {
                    self.source.dequoted(argument.range.clone(), content);
                }
                at += 1;
                start = at + 1;
            }
            at += 1;
        }
        content.push_part(&with_lines, start..bytes.len());
    }

    /// Lines that go to a file.
    fn write(&mut self, content: &Embedded, expands: bool, output: &Output, out: &mut Vec<Item>) {
        let Some(destination) = destination(&output.path.text) else {
            return;
        };
        if destination == Destination::Netrc {
            out.push(Item::Write(Write {
                path: self.located(&output.path),
                content: Located {
                    text: value(content.text(), expands),
                    span: content.span(0..content.text().len()),
                },
                append: output.append,
            }));
            return;
        }
        let before = self.unfinished.take_if(|it| it.destination == destination);
        let (content, expands) = match before {
            Some(before) => {
                let mut whole = before.content;
                if !whole.text().ends_with('\n') {
                    whole.stand_in("\n", content.span(0..0));
                }
                whole.append(content);
                (whole, before.expands || expands)
            }
            None => (content.clone(), expands),
        };
        self.lines(&content, (expands, output.append), destination, out);
    }

    /// A value over several lines that no command of the script ends.
    pub(super) fn cut_short(&mut self) -> Option<Item> {
        let content = self.unfinished.take()?.content;
        Some(Item::Lost {
            span: content.span(0..content.text().trim_end().len()),
            what: "the end of this value over several lines is not in the script".to_owned(),
        })
    }

    fn lines(
        &mut self,
        content: &Embedded,
        (expands, appends): (bool, bool),
        destination: Destination,
        out: &mut Vec<Item>,
    ) {
        let mut at = 0;
        let mut lines = content.text().split_inclusive('\n');
        while let Some(line) = lines.next() {
            let start = at;
            at += line.len();
            let text = line.trim_end_matches(['\n', '\r']);
            let Some(found) = key_of(text) else { continue };
            let values = match found.delimiter {
                None => start + found.value..start + text.len(),
                Some(delimiter) => {
                    // A value over several lines, up to a line that is the delimiter.
                    let begin = at;
                    let mut end = at;
                    let mut ended = false;
                    for line in lines.by_ref() {
                        at += line.len();
                        if line.trim_end() == delimiter {
                            ended = true;
                            break;
                        }
                        end = begin.max(at - (line.len() - line.trim_end_matches('\n').len()));
                    }
                    if !ended {
                        let mut rest = Embedded::new(content.file());
                        rest.push_part(content, start..content.text().len());
                        self.unfinished = Some(Unfinished {
                            destination,
                            content: rest,
                            expands,
                        });
                        return;
                    }
                    begin..end
                }
            };
            let written = content.text().get(values.clone()).unwrap_or_default();
            let key = content.span(start + found.name.start..start + found.name.end);
            let span = content.span(values);
            let name = text[found.name.clone()].to_owned();
            let setting = line_setting(name, value(written, expands), (span, key), destination);
            out.push(match destination {
                Destination::Later("$GITHUB_ENV") if found.exports => Item::Invisible {
                    setting,
                    reason: EXPORT_IN_FILE.to_owned(),
                },
                Destination::GorootFile if appends && has_line(&setting.name) => Item::Invisible {
                    setting,
                    reason: APPENDED.to_owned(),
                },
                _ => Item::Set(setting),
            });
        }
    }
}

/// Whether `$GOROOT/go.env` has a line of this key as it comes.
fn has_line(key: &str) -> bool {
    matches!(key, "GOPROXY" | "GOSUMDB" | "GOTOOLCHAIN")
}

/// The value of a line: references of the shell, or none.
fn value(text: &str, expands: bool) -> Text {
    if expands {
        interpolate::read(text, Style::Shell)
    } else {
        Text::literal(text)
    }
}

fn line_setting(
    name: String,
    value: Text,
    (span, key): (Span, Span),
    destination: Destination,
) -> Setting {
    let (how, layer, reach) = match destination {
        Destination::Later(file) => (file, Layer::Process, Reach::Later),
        Destination::GorootFile => ("$GOROOT/go.env", Layer::GorootFile, Reach::Block),
        Destination::UserFile | Destination::Netrc => {
            ("go/env file", Layer::UserFile, Reach::Block)
        }
    };
    Setting {
        name,
        value,
        span,
        key,
        how,
        layer,
        reach,
        when: When::Always,
        rank: 0,
    }
}

/// The beginning of a line `NAME=value` or `NAME<<delimiter`.
struct Key<'a> {
    name: Range<usize>,
    value: usize,
    delimiter: Option<&'a str>,
    exports: bool,
}

fn key_of(line: &str) -> Option<Key<'_>> {
    let exports = line.starts_with("export ");
    let start = if exports { "export ".len() } else { 0 };
    let name = name_at(&line[start..]);
    let end = start + name.len();
    if name.is_empty() {
        return None;
    }
    let delimiter = line[end..].strip_prefix("<<").map(str::trim);
    (delimiter.is_some() || line[end..].starts_with('=')).then_some(Key {
        name: start..end,
        value: end + 1,
        delimiter,
        exports,
    })
}

/// A text with `\n` as line ends.
fn lines_of(text: &Embedded, out: &mut Embedded) {
    let mut start = 0;
    while let Some(offset) = text.text()[start..].find("\\n") {
        let at = start + offset;
        out.push_part(text, start..at);
        out.stand_in("\n", text.span(at..at + 2));
        start = at + 2;
    }
    out.push_part(text, start..text.text().len());
}

fn tee_output(words: &[Word]) -> Option<Output> {
    let (first, rest) = words.split_first()?;
    if first.literal() != Some("tee") {
        return None;
    }
    let append = rest
        .iter()
        .any(|word| matches!(word.literal(), Some("-a" | "--append")));
    let path = rest
        .iter()
        .find(|word| !word.shown().starts_with('-'))?
        .clone();
    Some(Output { path, append })
}
