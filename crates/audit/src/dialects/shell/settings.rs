//! Commands of the shell that set, export and take away variables.

use tree_sitter::Node;

use crate::block::{Item, Layer, Reach, Setting, Target};
use crate::text::Text;

use super::statements::{Reader, named};
use super::words::{Assignment, Word};

impl<'t> Reader<'t> {
    /// A setting that only the command behind it sees, or that is exported.
    pub(super) fn handed(&self, assignment: Assignment, how: &'static str) -> Setting {
        let key = assignment.whole.start..assignment.whole.start + assignment.name.len();
        let places = (assignment.range, key);
        let mut setting = self.setting(assignment.name, assignment.value, places, how);
        setting.reach = Reach::Block;
        setting
    }

    /// `NAME=value` as the parser found it; `NAME+=value` adds to what there was.
    pub(super) fn assigned(&self, node: Node<'t>) -> Option<Setting> {
        let name = node.child_by_field_name("name")?;
        let key = name.byte_range();
        let mut value = Text::default();
        let written = self.source.text(key.clone()).to_owned();
        let span = match node.child_by_field_name("value") {
            Some(node) => {
                value = self.source.word(node).text;
                node.byte_range()
            }
            None => node.end_byte()..node.end_byte(),
        };
        if self.source.masked[key.end..span.start.max(key.end)].starts_with("+=") {
            let mut whole = Text::variable(written.clone());
            whole.parts.extend(value.parts);
            value = whole;
        }
        (name.kind() == "variable_name")
            .then(|| self.setting(written, value, (span, key), "assignment"))
    }

    /// `export`, `declare`, `typeset`, `readonly`, `local`.
    pub(super) fn declare(&mut self, words: &[Word], node: Node<'t>, out: &mut Vec<Item>) {
        let Some((command, rest)) = words.split_first() else {
            return;
        };
        let mut exports = command.literal() == Some("export");
        let mut takes_away = false;
        for word in rest {
            let shown = word.shown();
            if let Some(options) = shown.strip_prefix(['-', '+']) {
                exports |= shown.starts_with('-') && options.contains('x');
                takes_away |= (shown.starts_with('-') && exports && options.contains('n'))
                    || (shown.starts_with('+') && options.contains('x'));
                continue;
            }
            self.declare_one(word, exports, takes_away, out);
        }
        if exports {
            self.export_lines(node, out);
        }
    }

    fn declare_one(&mut self, word: &Word, exports: bool, takes_away: bool, out: &mut Vec<Item>) {
        if let Some(assignment) = word.assignment(0) {
            if exports {
                self.exported.insert(assignment.name.clone());
                out.push(Item::Set(self.handed(assignment, "export")));
            } else {
                let key = assignment.whole.start..assignment.whole.start + assignment.name.len();
                let places = (assignment.range, key);
                out.push(Item::Set(self.setting(
                    assignment.name,
                    assignment.value,
                    places,
                    "assignment",
                )));
            }
            return;
        }
        let Some(name) = word.literal().filter(|name| is_name(name)) else {
            if exports && word.shown().contains('=') {
                let what = format!("which variable `{}` sets, no file says", word.shown());
                out.push(self.lost(word.range.clone(), what));
            }
            return;
        };
        let span = self.source.script.span(word.range.clone());
        let name = name.to_owned();
        if takes_away {
            self.exported.remove(&name);
            out.push(Item::Unset {
                name,
                layer: Layer::Process,
                span,
            });
        } else if exports {
            self.exported.insert(name.clone());
            out.push(Item::Export { name, span });
        }
    }

    /// `export $(cat .env)`: the lines of a file, exported.
    pub(super) fn export_lines(&mut self, node: Node<'t>, out: &mut Vec<Item>) {
        for child in named(node) {
            if child.kind() != "command_substitution" {
                continue;
            }
            let text = self.source.text(child.byte_range());
            let inner = text.trim_start_matches("$(").trim_end_matches(')');
            let file = inner
                .split(['|', ';', '&'])
                .next()
                .unwrap_or_default()
                .split_whitespace()
                .map(|word| word.trim_matches(['"', '\'']))
                .rfind(|word| word.contains(".env") || word.ends_with("env"));
            let span = self.source.script.span(child.byte_range());
            match file {
                Some(path) => out.push(self.call(
                    child.byte_range(),
                    Target::Script {
                        path: crate::interpolate::read(path, crate::interpolate::Style::Shell),
                        sourced: true,
                        exports: true,
                    },
                )),
                None => out.push(Item::Lost {
                    span,
                    what: format!("variables are exported that {text} prints"),
                }),
            }
        }
    }

    /// `unset A B`.
    pub(super) fn unset(&mut self, words: &[Word], out: &mut Vec<Item>) {
        for word in words.iter().skip(1) {
            if let Some(name) = word.literal().filter(|name| is_name(name)) {
                self.exported.remove(name);
                out.push(Item::Unset {
                    name: name.to_owned(),
                    layer: Layer::Process,
                    span: self.source.script.span(word.range.clone()),
                });
            }
        }
    }

    /// `set -a`, `set -o allexport` and back.
    pub(super) fn set_options(&mut self, words: &[Word]) {
        let mut words = words.iter().skip(1).map(Word::shown);
        while let Some(word) = words.next() {
            let on = word.starts_with('-');
            if !on && !word.starts_with('+') || word == "--" {
                return;
            }
            let long = word.contains('o') && words.next().is_some_and(|name| name == "allexport");
            if long || word.contains('a') {
                self.exports_all = on;
            }
        }
    }
}

/// Whether a text is the name of a variable.
fn is_name(text: &str) -> bool {
    !text.is_empty() && crate::interpolate::name_at(text) == text
}
