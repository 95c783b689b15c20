//! `go` itself: what it runs, and what `go env -w` writes.

use crate::block::{Boundary, Item, Layer, Located, Reach, Setting, Tool};
use crate::text::Text;

use super::commands::{Manner, span_of};
use super::statements::Reader;
use super::words::Word;

impl Reader<'_> {
    /// A `go` command; `version` when its name says one.
    pub(super) fn go(
        &mut self,
        version: Option<String>,
        words: &[Word],
        manner: Manner,
        out: &mut Vec<Item>,
    ) {
        if let [go, option, folder, rest @ ..] = words
            && option.literal() == Some("-C")
        {
            let place = Item::Folder(self.located(folder));
            let mut shorter = vec![go.clone()];
            shorter.extend_from_slice(rest);
            let mut items = vec![place];
            self.go(version, &shorter, manner, &mut items);
            self.child("command", span_of(words), items, out);
            return;
        }
        let written = self.env_file(words);
        let run = self.run(words, Tool::Go, manner);
        match version {
            Some(version) => {
                let toolchain = Item::Toolchain {
                    version: Located {
                        text: Text::literal(version),
                        span: self.source.script.span(words[0].range.clone()),
                    },
                    local: None,
                };
                let items = vec![toolchain, run];
                let block = self.block("command", Boundary::Child, span_of(words), items);
                out.push(Item::Block(block));
            }
            None => out.push(run),
        }
        out.extend(written);
    }

    /// What `go env -w` and `go env -u` do to the user's file. `GOENV=off` does not keep them from it.
    fn env_file(&self, words: &[Word]) -> Vec<Item> {
        let mut rest = words.iter().skip(1);
        if rest.next().and_then(Word::literal) != Some("env") {
            return Vec::new();
        }
        let is = |word: &Word, option: &str| {
            word.literal()
                .is_some_and(|text| text.trim_start_matches('-') == option && text.starts_with('-'))
        };
        let (mut writes, mut unsets) = (false, false);
        let mut items = Vec::new();
        for word in rest {
            if is(word, "w") {
                writes = true;
            } else if is(word, "u") {
                unsets = true;
            } else if writes {
                if let Some(assignment) = word.assignment(0) {
                    let setting = self.handed(assignment, "go env -w");
                    items.push(Item::Set(Setting {
                        layer: Layer::UserFile,
                        reach: Reach::Block,
                        ..setting
                    }));
                }
            } else if unsets && let Some(name) = word.literal() {
                items.push(Item::Unset {
                    name: name.to_owned(),
                    layer: Layer::UserFile,
                    span: self.source.script.span(word.range.clone()),
                });
            }
        }
        items
    }
}
