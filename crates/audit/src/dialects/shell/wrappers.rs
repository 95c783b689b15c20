//! Commands that run their arguments: `env`, `sudo`, `su -c`, `timeout` and the like.

use crate::block::{Boundary, Item, Layer, Setting};
use crate::embedded::Embedded;
use crate::text::Text;

use super::commands::{Manner, is_script, span_of};
use super::programs::{self, Program};
use super::statements::Reader;
use super::words::Word;

/// What `env` does to the environment of its command.
struct EnvChanges {
    empty: bool,
    before: Vec<Item>,
    settings: Vec<Setting>,
}

/// Options of `sudo` that take the next word.
const SUDO_VALUES: &str = "ughpCrtUDTR";

impl Reader<'_> {
    /// Whether the command was one that runs its arguments.
    pub(super) fn wrapped(
        &mut self,
        name: &str,
        words: &[Word],
        manner: &Manner,
        out: &mut Vec<Item>,
    ) -> bool {
        match name {
            "env" => self.env(words, manner, out),
            "sudo" | "doas" => self.sudo(words, manner, out),
            "su" | "runuser" => self.su(words, manner, out),
            _ if programs::program(name) == Program::Wrapper => {
                return self.wrapper(name, words, manner, out);
            }
            _ => return false,
        }
        true
    }

    /// `time go build`, `timeout 5 go build`, `xargs -n1 go vet`. False when nothing is run by it that
    /// is known: then it may be a command of that name.
    fn wrapper(
        &mut self,
        name: &str,
        words: &[Word],
        manner: &Manner,
        out: &mut Vec<Item>,
    ) -> bool {
        let asks = |word: &Word| matches!(word.literal(), Some("-v" | "-V"));
        if name == "command" && words.get(1).is_some_and(asks) {
            return true;
        }
        let direct = matches!(
            name,
            "time" | "command" | "builtin" | "exec" | "nohup" | "setsid" | "chronic" | "unbuffer"
        );
        let start = if direct {
            words
                .iter()
                .skip(1)
                .position(|word| !word.shown().starts_with('-'))
        } else {
            words.iter().skip(1).position(|word| self.is_command(word))
        };
        match start {
            Some(start) => {
                self.invoke(&words[start + 1..], manner.clone(), out);
                true
            }
            None => false,
        }
    }

    /// Whether a word can be the command that a wrapper runs.
    fn is_command(&self, word: &Word) -> bool {
        let name = super::commands::program_name(&word.text);
        if self.functions.contains_key(&name) || programs::program(&name) != Program::Other {
            return true;
        }
        matches!(
            name.as_str(),
            "make"
                | "sh"
                | "bash"
                | "env"
                | "sudo"
                | "docker"
                | "podman"
                | "echo"
                | "printf"
                | "grep"
        ) || is_script(&name)
            || matches!(word.text.parts.as_slice(), [crate::text::Part::Variable { name, .. }]
                if programs::holds_go(name) || name == "MAKE")
    }

    /// `env -i -u X -C folder NAME=value command`.
    fn env(&mut self, words: &[Word], manner: &Manner, out: &mut Vec<Item>) {
        let mut empty = false;
        let mut before = Vec::new();
        let mut settings = Vec::new();
        let mut at = 1;
        while let Some(word) = words.get(at) {
            let shown = word.shown();
            at += 1;
            if let Some(assignment) = word.assignment(0) {
                settings.push(self.handed(assignment, "env"));
            } else if matches!(shown.as_str(), "-" | "-i" | "--ignore-environment") {
                empty = true;
            } else if let Some(name) = option(&shown, "-u", "--unset", words, &mut at) {
                before.push(Item::Unset {
                    name,
                    layer: Layer::Process,
                    span: self.source.script.span(word.range.clone()),
                });
            } else if let Some(folder) = option(&shown, "-C", "--chdir", words, &mut at) {
                before.push(Item::Folder(crate::block::Located {
                    text: Text::literal(folder),
                    span: self.source.script.span(word.range.clone()),
                }));
            } else if matches!(shown.as_str(), "-S" | "--split-string") {
                let script = words.get(at).map(|word| {
                    let mut script = Embedded::new(self.source.script.file());
                    self.source.dequoted(word.range.clone(), &mut script);
                    script
                });
                before.extend(
                    script
                        .map(|script| self.nested(&script))
                        .unwrap_or_default(),
                );
                at = words.len();
            } else if !shown.starts_with('-') {
                at -= 1;
                break;
            }
        }
        let rest = words.get(at..).unwrap_or_default();
        let changes = EnvChanges {
            empty,
            before,
            settings,
        };
        self.env_command(words, rest, (changes, manner), out);
    }

    /// The command of `env`, in the environment that it makes.
    fn env_command(
        &mut self,
        words: &[Word],
        rest: &[Word],
        (changes, manner): (EnvChanges, &Manner),
        out: &mut Vec<Item>,
    ) {
        let EnvChanges {
            empty,
            before,
            settings,
        } = changes;
        if before.is_empty() && !empty {
            let mut manner = manner.clone();
            manner.settings.extend(settings);
            if !rest.is_empty() {
                self.invoke(rest, manner, out);
            }
            return;
        }
        let mut inner = before;
        let range = span_of(words);
        let sudo = manner.sudo;
        if empty {
            self.invoke(
                rest,
                Manner {
                    settings: Vec::new(),
                    sudo,
                },
                &mut inner,
            );
            self.enclosed("env -i", range, (settings, inner), out);
        } else {
            self.invoke(rest, Manner { settings, sudo }, &mut inner);
            let mut items: Vec<Item> = manner.settings.iter().cloned().map(Item::Set).collect();
            items.extend(inner);
            out.push(Item::Block(self.block(
                "command",
                Boundary::Child,
                range,
                items,
            )));
        }
    }

    /// `sudo -E NAME=value command`: what is set in front of it does not arrive, unless it is kept.
    fn sudo(&mut self, words: &[Word], manner: &Manner, out: &mut Vec<Item>) {
        let mut keeps_all = false;
        let mut settings: Vec<Setting> = Vec::new();
        let mut at = 1;
        while let Some(word) = words.get(at) {
            let shown = word.shown();
            at += 1;
            if let Some(assignment) = word.assignment(0).filter(|_| !shown.starts_with('-')) {
                settings.push(self.handed(assignment, "sudo"));
            } else if shown == "--preserve-env" {
                keeps_all = true;
            } else if let Some(names) = shown.strip_prefix("--preserve-env=") {
                settings.extend(names.split(',').map(|name| {
                    let mut kept = self.setting(
                        name.to_owned(),
                        Text::variable(name),
                        (word.range.clone(), word.range.clone()),
                        "sudo --preserve-env",
                    );
                    kept.reach = crate::block::Reach::Block;
                    kept
                }));
            } else if shown == "--" {
                break;
            } else if shown.starts_with("--") {
                if !shown.contains('=')
                    && matches!(shown.as_str(), "--user" | "--group" | "--chdir")
                {
                    at += 1;
                }
            } else if let Some(options) = shown.strip_prefix('-') {
                keeps_all |= options.contains('E');
                if options.ends_with(|last| SUDO_VALUES.contains(last)) {
                    at += 1;
                }
            } else {
                at -= 1;
                break;
            }
        }
        let rest = words.get(at..).unwrap_or_default();
        let mut inner = Vec::new();
        let inside = Manner {
            settings,
            sudo: !keeps_all,
        };
        self.invoke(rest, inside, &mut inner);
        self.place(
            inner,
            Manner {
                settings: manner.settings.clone(),
                sudo: false,
            },
            span_of(words),
            out,
        );
    }

    /// `su user -c '…'`.
    fn su(&mut self, words: &[Word], manner: &Manner, out: &mut Vec<Item>) {
        let is_command = |word: &Word| {
            matches!(
                word.literal(),
                Some("-c" | "-lc" | "--command" | "--session-command")
            )
        };
        let range = span_of(words);
        if let Some(at) = words.iter().position(is_command)
            && let Some(word) = words.get(at + 1)
        {
            let mut script = Embedded::new(self.source.script.file());
            self.source.dequoted(word.range.clone(), &mut script);
            let items = self.nested(&script);
            let logs_in = words
                .iter()
                .any(|word| matches!(word.literal(), Some("-" | "-l" | "-lc" | "--login")));
            if logs_in {
                self.enclosed("su -", range, (Vec::new(), items), out);
            } else {
                let mut inner: Vec<Item> = manner.settings.iter().cloned().map(Item::Set).collect();
                inner.extend(items);
                self.child("su", range, inner, out);
            }
        } else if let Some(at) = words.iter().position(|word| word.literal() == Some("--")) {
            self.invoke(&words[at + 1..], manner.clone(), out);
        }
    }
}

/// The value of an option: glued, behind `=`, or the next word.
fn option(shown: &str, short: &str, long: &str, words: &[Word], at: &mut usize) -> Option<String> {
    if shown == short || shown == long {
        let value = words.get(*at)?.shown();
        *at += 1;
        return Some(value);
    }
    if let Some(rest) = shown
        .strip_prefix(long)
        .and_then(|rest| rest.strip_prefix('='))
    {
        return Some(rest.to_owned());
    }
    if shown.starts_with("--") {
        return None;
    }
    shown.strip_prefix(short).map(str::to_owned)
}
