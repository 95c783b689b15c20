//! One command: which program it is, and what that means.

use std::ops::Range;

use tree_sitter::Node;

use crate::block::{Boundary, Call, Command, Item, Located, Run, Setting, Target, Tool};
use crate::embedded::Embedded;
use crate::text::{Part, Text};

use super::programs::{self, Program};
use super::statements::{Input, Reader};
use super::words::Word;

/// How many scripts may stand in each other: `sh -c 'bash -c "…"'`.
const MAX_NESTING: usize = 6;
/// How many calls of functions are inlined in one script.
const MAX_INLINED: usize = 300;

/// How a command is run.
#[derive(Clone, Debug, Default)]
pub(super) struct Manner {
    /// Variables for it alone.
    pub(super) settings: Vec<Setting>,
    /// Whether under `sudo`.
    pub(super) sudo: bool,
}

impl<'t> Reader<'t> {
    /// A command with its assignments in front.
    pub(super) fn command(&mut self, node: Node<'t>, out: &mut Vec<Item>) {
        if node.kind() == "variable_assignment" {
            self.substitutions(node, out);
            out.extend(self.assigned(node).map(Item::Set));
            return;
        }
        let (assignments, nodes) = self.parts(node, out);
        let mut manner = Manner::default();
        let first = nodes.first().map(Node::start_byte);
        for (assignment, next) in &assignments {
            let gap = &self.source.masked
                [assignment.end_byte()..next.or(first).unwrap_or(0).max(assignment.end_byte())];
            let ends = gap.replace("\\\n", "").contains('\n');
            let Some(mut setting) = self.assigned(*assignment) else {
                continue;
            };
            if nodes.is_empty() || ends {
                // The parser takes a line of assignments for part of the command on the next line.
                out.extend(manner.settings.drain(..).map(local));
                out.push(Item::Set(setting));
            } else {
                setting.how = "inline";
                setting.reach = crate::block::Reach::Block;
                manner.settings.push(setting);
            }
        }
        let words: Vec<Word> = nodes.iter().map(|node| self.source.word(*node)).collect();
        match words.first().and_then(Word::literal) {
            Some("export" | "declare" | "typeset" | "readonly" | "local") => {
                self.declare(&words, node, out);
            }
            _ => self.invoke(&words, manner, out),
        }
        self.input = None;
    }

    /// The assignments, each with where the next begins, and the words of a command; what runs inside
    /// them comes first.
    fn parts(
        &mut self,
        node: Node<'t>,
        out: &mut Vec<Item>,
    ) -> (Vec<(Node<'t>, Option<usize>)>, Vec<Node<'t>>) {
        let mut assignments: Vec<(Node<'t>, Option<usize>)> = Vec::new();
        let mut words = Vec::new();
        let mut cursor = node.walk();
        let mut more = cursor.goto_first_child();
        while more {
            let child = cursor.node();
            let is_word = child.is_named() || cursor.field_name() == Some("argument");
            match child.kind() {
                "variable_assignment" if words.is_empty() => {
                    if let Some((_, next)) = assignments.last_mut() {
                        *next = Some(child.start_byte());
                    }
                    self.substitutions(child, out);
                    assignments.push((child, None));
                }
                "file_redirect" | "comment" | "herestring_redirect" => {
                    self.substitutions(child, out);
                }
                "export" | "declare" | "typeset" | "readonly" | "local" | "unset" | "unsetenv" => {
                    words.push(child);
                }
                _ if is_word => {
                    self.substitutions(child, out);
                    words.push(child);
                }
                _ => {}
            }
            more = cursor.goto_next_sibling();
        }
        (assignments, words)
    }

    /// Runs words as a command.
    pub(super) fn invoke(&mut self, words: &[Word], manner: Manner, out: &mut Vec<Item>) {
        let Some(first) = words.first() else {
            out.extend(manner.settings.into_iter().map(local));
            return;
        };
        let name = program_name(&first.text);
        if let Some(body) = self.function(&name) {
            self.inline(&name, body, words, manner, out);
            return;
        }
        if self.wrapped(&name, words, &manner, out) || self.builtin(&name, words, &manner, out) {
            return;
        }
        match programs::program(&name) {
            Program::Go(version) => self.go(version, words, manner, out),
            Program::RunsGo => {
                let asks = |word: &Word| {
                    matches!(
                        word.literal(),
                        Some("version" | "help" | "--version" | "--help" | "-h")
                    )
                };
                if words.len() != 2 || !asks(&words[1]) {
                    out.push(self.run(words, Tool::RunsGo(name), manner));
                }
            }
            Program::Opaque(what) => {
                let what = format!("{name} runs what {what} says, which is not read");
                out.push(self.lost(span_of(words), what));
            }
            Program::Noted => {
                let command = Item::Command(Command {
                    span: self.source.script.span(span_of(words)),
                    words: words.iter().map(|word| self.located(word)).collect(),
                });
                self.place(vec![command], manner, span_of(words), out);
            }
            Program::Wrapper | Program::Other => self.other(&name, words, manner, out),
        }
    }

    fn function(&self, name: &str) -> Option<Node<'t>> {
        let body = self.functions.get(name).copied()?;
        (!self.active.iter().any(|active| active == name)).then_some(body)
    }

    /// A call of a function of the script.
    fn inline(
        &mut self,
        name: &str,
        body: Node<'t>,
        words: &[Word],
        manner: Manner,
        out: &mut Vec<Item>,
    ) {
        self.called.insert(name.to_owned());
        if self.inlined >= MAX_INLINED {
            out.push(self.lost(
                span_of(words),
                format!("{name} is called too often to be followed"),
            ));
            return;
        }
        self.inlined += 1;
        self.active.push(name.to_owned());
        let mut items = Vec::new();
        self.statement(body, &mut items);
        self.active.pop();
        // A function that runs its arguments: `retry go build`.
        self.tail(&words[1..], Manner::default(), &mut items);
        self.place(items, manner, span_of(words), out);
    }

    /// Items with variables for them alone.
    pub(super) fn place(
        &self,
        items: Vec<Item>,
        manner: Manner,
        range: Range<usize>,
        out: &mut Vec<Item>,
    ) {
        if manner.settings.is_empty() {
            out.extend(items);
            return;
        }
        let mut inner: Vec<Item> = manner.settings.into_iter().map(Item::Set).collect();
        inner.extend(items);
        self.child("command", range, inner, out);
    }

    /// A command that uses Go.
    pub(super) fn run(&self, words: &[Word], tool: Tool, manner: Manner) -> Item {
        let mut shown: Vec<String> = words.iter().map(Word::shown).collect();
        if tool == Tool::Go
            && let Some(first) = shown.first_mut()
        {
            "go".clone_into(first);
        }
        Item::Run(Run {
            span: self.source.script.span(span_of(words)),
            words: shown,
            tool,
            settings: manner.settings,
            sudo: manner.sudo,
        })
    }

    /// A call without anything handed over.
    pub(super) fn call(&self, range: Range<usize>, target: Target) -> Item {
        Item::Call(Call {
            span: self.source.script.span(range),
            target,
            passes: Vec::new(),
            sudo: false,
        })
    }

    /// Commands of the shell itself, and what is called like them. Whether it was one.
    fn builtin(
        &mut self,
        name: &str,
        words: &[Word],
        manner: &Manner,
        out: &mut Vec<Item>,
    ) -> bool {
        match name {
            "echo" | "printf" | "cat" => self.prints(words, out),
            "tee" => self.tees(words, out),
            "set" => self.set_options(words),
            "unset" => self.unset(words, out),
            "cd" | "pushd" | "popd" => self.change_folder(name, words, out),
            "." | "source" => {
                if let Some(path) = words.get(1) {
                    let target = Target::Script {
                        path: path.text.clone(),
                        sourced: true,
                        exports: self.exports_all,
                    };
                    out.push(self.call(span_of(words), target));
                }
            }
            "eval" => self.evaluate(words, out),
            "sh" | "bash" | "dash" | "zsh" | "ash" | "ksh" => self.shell(words, manner, out),
            "cmd" | "cmd.exe" => {
                out.push(self.lost(span_of(words), "commands of cmd.exe are not read"));
            }
            "make" | "gmake" | "mingw32-make" => self.make(words, manner, out),
            "read" | "mapfile" | "readarray" => {
                for word in words
                    .iter()
                    .skip(1)
                    .filter(|word| !word.shown().starts_with('-'))
                {
                    if let Some(variable) = word.literal() {
                        let places = (word.range.clone(), word.range.clone());
                        let value = Text::unknown(format!("${variable}"));
                        out.push(Item::Set(self.setting(
                            variable.to_owned(),
                            value,
                            places,
                            "read",
                        )));
                    }
                }
            }
            ":" | "true" | "false" | "exit" | "return" | "test" | "[" | "break" | "continue"
            | "wait" | "trap" | "shift" | "sleep" | "grep" | "which" | "type" | "hash" => {}
            _ => return self.container(name, words, manner, out),
        }
        true
    }

    /// `cd`, `pushd`, `popd`.
    fn change_folder(&mut self, name: &str, words: &[Word], out: &mut Vec<Item>) {
        let target = words.iter().skip(1).find(|word| {
            word.literal()
                .is_none_or(|text| text == "-" || !text.starts_with('-'))
        });
        let span = self.source.script.span(span_of(words));
        let back = |path: &Text| match path.as_literal() {
            Some(path) if !path.starts_with('/') && !path.split('/').any(|part| part == "..") => {
                let parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
                Text::literal(vec![".."; parts.count()].join("/"))
            }
            _ => Text::unknown("the folder before"),
        };
        if target.is_some_and(|word| is_here(&word.shown())) {
            return;
        }
        let text = match target {
            _ if name == "popd" => match self.folders.pop() {
                Some(text) => text,
                None => return,
            },
            Some(word) if word.literal() == Some("-") => match self.folders.pop() {
                Some(text) => text,
                None => Text::unknown("the folder before"),
            },
            Some(word) => {
                self.folders.push(back(&word.text));
                word.text.clone()
            }
            None => Text::variable("HOME"),
        };
        out.push(Item::Folder(Located { text, span }));
    }

    /// `eval`: only what is written there can be followed.
    fn evaluate(&mut self, words: &[Word], out: &mut Vec<Item>) {
        let rest = &words[1..];
        let shown = rest.iter().map(Word::shown).collect::<Vec<_>>().join(" ");
        if shown.contains("ssh-agent") || shown.contains("docker-machine") {
            return;
        }
        if rest.iter().all(|word| word.literal().is_some()) && !rest.is_empty() {
            let mut script = Embedded::new(self.source.script.file());
            self.source.dequoted(span_of(rest), &mut script);
            let items = self.nested(&script);
            out.extend(items);
            return;
        }
        out.push(self.lost(span_of(words), "eval runs a text that no file says"));
    }

    /// A shell that is started: `sh -c '…'`, `bash script.sh`, `bash <<EOF`.
    pub(super) fn shell(&mut self, words: &[Word], manner: &Manner, out: &mut Vec<Item>) {
        let input = self.input.take();
        let (command, file) = shell_arguments(words);
        let mut items = Vec::new();
        if let Some(command) = command {
            let mut script = Embedded::new(self.source.script.file());
            self.source.dequoted(command.range.clone(), &mut script);
            items = self.nested(&script);
            if matches!(
                command.text.parts.as_slice(),
                [Part::Variable { .. } | Part::Unknown { .. }]
            ) {
                items = vec![self.lost(
                    command.range.clone(),
                    "a shell runs a text that no file says",
                )];
            }
        } else if let Some(path) = file {
            let mut call = self.call(
                span_of(words),
                Target::Script {
                    path: path.text.clone(),
                    sourced: false,
                    exports: false,
                },
            );
            if let Item::Call(call) = &mut call {
                call.sudo = manner.sudo;
            }
            items.push(call);
        } else {
            match input {
                Some(Input::Text(script, _)) => items = self.nested(&script),
                Some(Input::File(path)) => items.push(self.call(
                    span_of(words),
                    Target::Script {
                        path: path.text,
                        sourced: false,
                        exports: false,
                    },
                )),
                Some(Input::Unknown(command)) => {
                    let what = format!("a shell runs what `{command}` prints");
                    items.push(self.lost(span_of(words), what));
                }
                None => {}
            }
        }
        let mut inner: Vec<Item> = manner.settings.iter().cloned().map(Item::Set).collect();
        inner.extend(items);
        self.child("shell", span_of(words), inner, out);
    }

    /// A script inside this one.
    pub(super) fn nested(&mut self, script: &Embedded) -> Vec<Item> {
        if self.nesting >= MAX_NESTING {
            return vec![Item::Lost {
                span: script.span(0..script.text().len()),
                what: "scripts inside scripts nest too deeply to be followed".to_owned(),
            }];
        }
        let within = (self.nesting + 1, self.source.folder);
        super::read_nested(script, self.around, within).items
    }

    /// A command that nothing is known of: a script of the repository, or one that runs its arguments.
    fn other(&mut self, name: &str, words: &[Word], manner: Manner, out: &mut Vec<Item>) {
        let first = &words[0];
        let shown = first.shown();
        let in_variable = match first.text.parts.as_slice() {
            [Part::Variable { name, .. }] => Some(name.clone()),
            _ => None,
        };
        let second = words.get(1).and_then(Word::literal).unwrap_or_default();
        let is_verb = programs::is_verb(second);
        match in_variable {
            Some(variable)
                if programs::holds_go(&variable) || is_verb && variable.contains("GO") =>
            {
                self.go(None, words, manner, out);
                return;
            }
            Some(variable) if variable == "MAKE" => {
                self.make(words, &manner, out);
                return;
            }
            _ => {}
        }
        let is_script = is_script(name);
        let is_relative = shown.contains('/')
            && !shown.starts_with(['/', '~', '$'])
            && !FOREIGN.iter().any(|end| shown.ends_with(end));
        let mut items = Vec::new();
        if is_script || is_relative {
            let target = Target::Script {
                path: first.text.clone(),
                sourced: false,
                exports: false,
            };
            let mut call = self.call(span_of(words), target);
            if let Item::Call(call) = &mut call {
                call.sudo = manner.sudo;
            }
            items.push(call);
        }
        let mut inside = Manner {
            settings: Vec::new(),
            sudo: manner.sudo,
        };
        let mut settings = manner.settings;
        if items.is_empty() {
            inside.settings = std::mem::take(&mut settings);
        }
        let found = self.tail(&words[1..], inside, &mut items);
        if !found && items.is_empty() && is_unknown(&first.text) && self.source.mentions_go() {
            let what = format!("which command {shown} is, no file says");
            items.push(self.lost(span_of(words), what));
        }
        let manner = Manner {
            settings,
            sudo: false,
        };
        self.place(items, manner, span_of(words), out);
    }

    /// A `go` command among the arguments of another one. Whether there was one.
    fn tail(&mut self, words: &[Word], manner: Manner, out: &mut Vec<Item>) -> bool {
        let at = words.windows(2).position(|pair| {
            let is_go = matches!(
                programs::program(&program_name(&pair[0].text)),
                Program::Go(_)
            );
            is_go && pair[1].literal().is_some_and(programs::is_verb)
        });
        let after_dashes = words.iter().position(|word| word.literal() == Some("--"));
        let known = after_dashes.filter(|at| {
            words.get(at + 1).is_some_and(|word| {
                let name = program_name(&word.text);
                matches!(name.as_str(), "make" | "sh" | "bash")
                    || programs::program(&name) == Program::RunsGo
            })
        });
        match at.or(known.map(|at| at + 1)) {
            Some(at) => {
                self.invoke(&words[at..], manner, out);
                true
            }
            None => false,
        }
    }

    /// Work that inherits nothing but what is handed over.
    pub(super) fn enclosed(
        &self,
        kind: &'static str,
        range: Range<usize>,
        (passes, items): (Vec<Setting>, Vec<Item>),
        out: &mut Vec<Item>,
    ) {
        out.push(Item::Enclosed {
            block: self.block(kind, Boundary::Closed, range, items),
            passes,
        });
    }
}

/// A setting for one command, when there is no command.
fn local(mut setting: Setting) -> Item {
    setting.how = "assignment";
    setting.reach = crate::block::Reach::Local;
    Item::Set(setting)
}

/// What a shell is given: the text behind `-c`, or a file.
fn shell_arguments(words: &[Word]) -> (Option<&Word>, Option<&Word>) {
    let mut rest = words.iter().skip(1);
    let mut command = None;
    let mut file = None;
    while let Some(word) = rest.next() {
        let shown = word.shown();
        match shown.strip_prefix(['-', '+']) {
            Some(long) if long.starts_with('-') => {
                if matches!(long, "-rcfile" | "-init-file") {
                    rest.next();
                }
            }
            Some("") => {}
            Some(options) if shown.starts_with('-') && options.contains('c') => {
                command = rest.next();
                break;
            }
            // The script comes by the input, and what follows are its arguments.
            Some(options) if shown.starts_with('-') && options.contains('s') => break,
            Some(options) => {
                if options.ends_with(['o', 'O']) {
                    rest.next();
                }
            }
            None => {
                file = Some(word);
                break;
            }
        }
    }
    (command, file)
}

/// Whether a folder is the one that a script is in already: `cd "$(pwd -P)"`.
fn is_here(folder: &str) -> bool {
    matches!(folder, "$(pwd)" | "$(pwd -P)" | "$PWD" | "`pwd`")
}

/// Ends of names of programs in languages that no shell reads.
const FOREIGN: [&str; 7] = [".exe", ".js", ".jar", ".php", ".pl", ".py", ".rb"];

/// Whether a program is a script, by its name.
pub(super) fn is_script(name: &str) -> bool {
    [".sh", ".bash"].iter().any(|end| name.ends_with(end))
}

/// From the first word to the last.
pub(super) fn span_of(words: &[Word]) -> Range<usize> {
    match (words.first(), words.last()) {
        (Some(first), Some(last)) => first.range.start..last.range.end,
        _ => 0..0,
    }
}

/// The last part of a program's path; empty when no file says it.
pub(super) fn program_name(text: &Text) -> String {
    let last = match text.parts.as_slice() {
        [Part::Literal(name)] => name.rsplit('/').next().unwrap_or_default(),
        [.., Part::Literal(end)] => match end.rsplit_once('/') {
            Some((_, name)) => name,
            None => "",
        },
        _ => "",
    };
    last.trim_start_matches(['@', '\\']).to_owned()
}

/// Whether a command is known only when it runs. Arguments of a script or function are its caller's.
fn is_unknown(text: &Text) -> bool {
    match text.parts.first() {
        Some(Part::Variable { .. }) => text.parts.len() == 1,
        Some(Part::Unknown { written, .. }) => {
            text.parts.len() == 1
                && !written.starts_with("$@")
                && !written.starts_with("${@")
                && !written.starts_with("$*")
                && written
                    .as_bytes()
                    .get(1)
                    .is_some_and(|byte| !byte.is_ascii_digit())
        }
        _ => false,
    }
}
