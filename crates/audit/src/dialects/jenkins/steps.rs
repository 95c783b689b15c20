//! Steps: scripts, builds, and what is wrapped around them.

use std::ops::Range;

use crate::block::{Block, Boundary, Call, Item, Located, System, Target};
use crate::dialects::shell::{Surroundings, read_script};
use crate::embedded::Embedded;
use crate::source::Span;
use crate::text::Text;

use super::agent::{environment_options, image_build};
use super::detail::Interpolation;
use super::groovy::{self, Kind};
use super::{Reading, Statement};

/// What steps find around them.
#[derive(Default)]
struct Around {
    kind: &'static str,
    image: Option<Located>,
    folder: Option<Text>,
    items: Vec<Item>,
}

impl Reading<'_> {
    /// Something with braces that is no part of a declarative pipeline: what it sets and where it runs,
    /// then what is inside.
    pub(super) fn wrapper(
        &mut self,
        name: &str,
        statement: &Statement,
        body: Range<usize>,
        depth: usize,
    ) -> Vec<Item> {
        let head = statement.head.clone();
        let Some(around) = self.around(name, &head) else {
            // Anything else only says when, or how often.
            let mut items = Vec::new();
            self.step(head, depth, &mut items);
            items.extend(self.items(body, depth + 1));
            return items;
        };
        let mut items = around.items;
        items.extend(self.items(body.clone(), depth + 1));
        let assigned = super::value::assigned(&items);
        let whole = head.start..(body.end + 1).min(self.tokens.len());
        let is_named = matches!(around.kind, "dir" | "pod container");
        let name = self.first_string(&head).filter(|_| is_named);
        let block = Block {
            name: name.unwrap_or_default(),
            kind: around.kind,
            span: self.span(&whole),
            system: System::Jenkins,
            boundary: Boundary::Child,
            image: around.image,
            folder: around.folder,
            starts: false,
            items,
        };
        std::iter::once(Item::Block(block))
            .chain(assigned)
            .collect()
    }

    /// What the steps inside of a wrapper find around them; `None` when it changes nothing.
    fn around(&self, name: &str, head: &Range<usize>) -> Option<Around> {
        let mut around = Around::default();
        match name.rsplit('.').next().unwrap_or_default() {
            "withEnv" => {
                around.kind = "withEnv";
                around.items = self.pairs(head);
            }
            "withCredentials" => {
                around.kind = "withCredentials";
                around.items = self.credentials(head);
            }
            "dir" => {
                around.kind = "dir";
                around.folder = head
                    .clone()
                    .find_map(|at| self.string(at))
                    .map(|string| string.text);
            }
            "container" => {
                around.kind = "pod container";
                let name = self.first_string(head);
                let known = self
                    .containers
                    .iter()
                    .rfind(|known| Some(&known.name) == name.as_ref());
                if let Some(known) = known {
                    around.image.clone_from(&known.image);
                    around.items.clone_from(&known.items);
                }
            }
            last => {
                let is_named = name == "docker.image" && self.has_word(head, "inside");
                if !is_named && last != "inside" {
                    return None;
                }
                around.kind = "docker image";
                let mut strings = head.clone().filter(|at| self.string(*at).is_some());
                let image = if is_named { strings.next() } else { None };
                let built = || Located {
                    text: Text::unknown("an image that the pipeline built"),
                    span: self.span(head),
                };
                around.image = Some(image.and_then(|at| self.string(at)).unwrap_or_else(built));
                let options = strings.next().and_then(|at| self.content(at));
                let options = options.map(|options| environment_options(&options.script));
                around.items = options.unwrap_or_default();
            }
        }
        Some(around)
    }

    fn has_word(&self, range: &Range<usize>, name: &str) -> bool {
        range.clone().any(|at| self.word(at) == Some(name))
    }

    /// A statement without braces of its own: whatever in it runs something.
    pub(super) fn step(&mut self, head: Range<usize>, depth: usize, items: &mut Vec<Item>) {
        if self
            .word(head.start)
            .is_some_and(|word| word.starts_with("env."))
        {
            items.extend(self.assignment(&head, "env"));
        }
        let mut at = head.start;
        while at < head.end {
            if let Some(Kind::Open('{', close)) = self.kind(at) {
                // A closure among the arguments: `parallel(a: { … })`.
                let close = (*close).min(head.end);
                items.extend(self.items(at + 1..close, depth + 1));
                at = close.max(at) + 1;
                continue;
            }
            if let Some(word) = self.word(at) {
                let word = word.to_owned();
                self.command(&word, at, head.end, items);
            }
            at += 1;
        }
    }

    fn command(&mut self, word: &str, at: usize, end: usize, items: &mut Vec<Item>) {
        let name = word.rsplit('.').next().unwrap_or_default();
        let is_called = matches!(
            self.kind(at + 1),
            Some(Kind::Open('(', _) | Kind::String(..) | Kind::Word(_))
        );
        if !is_called || at + 1 >= end {
            return;
        }
        match name {
            "sh" => items.push(self.shell(at, end)),
            "bat" | "powershell" | "pwsh" => {
                let span = self.span(&(at..end));
                let text = self.text.get(span.range()).unwrap_or_default();
                if text
                    .split(|c: char| !c.is_alphanumeric())
                    .any(|word| word == "go")
                {
                    items.push(Item::Lost {
                        span,
                        what: format!("the script runs in `{name}`, and only scripts of a POSIX shell or bash are read"),
                    });
                }
            }
            "build" if word == "docker.build" => items.extend(self.docker_build(at, end)),
            "load" if word == "load" => items.push(Item::Lost {
                span: self.span(&(at..end)),
                what: "a Groovy file is loaded and not read".to_owned(),
            }),
            _ if word == name && means_go(name) => items.push(Item::Lost {
                span: self.span(&(at..end)),
                what: format!("`{name}` may use Go, and shared libraries are not read"),
            }),
            _ => {}
        }
    }

    /// `sh '…'`: a shell of its own.
    fn shell(&mut self, at: usize, end: usize) -> Item {
        let argument = self.shell_argument(at + 1, end);
        let span = self.span(&(at..argument.end.max(at + 1)));
        let Some(script) = self.script(&argument) else {
            return Item::Lost {
                span,
                what: "the command of this `sh` is known only when it runs".to_owned(),
            };
        };
        let first = script
            .text()
            .lines()
            .map(str::trim)
            .find(|line| !line.is_empty() && !line.starts_with("#!"));
        let name = platform::secret::hide(first.unwrap_or_default());
        let around = Surroundings {
            system: System::Jenkins,
        };
        Item::Block(Block {
            name,
            kind: "step",
            span,
            system: System::Jenkins,
            boundary: Boundary::Child,
            image: None,
            folder: None,
            starts: false,
            items: read_script(&script, around),
        })
    }

    /// Where the script among the arguments of `sh` stands.
    fn shell_argument(&self, at: usize, end: usize) -> Range<usize> {
        let inner = match self.kind(at) {
            Some(Kind::Open('(', close)) => at + 1..(*close).min(end),
            _ => at..end,
        };
        let named = inner.clone().find(|at| {
            self.word(*at) == Some("script") && self.kind(at + 1) == Some(&Kind::Sign(':'))
        });
        let start = named.map_or(inner.start, |named| named + 2);
        let mut upto = start;
        while upto < inner.end {
            match self.kind(upto) {
                Some(Kind::Sign(',' | '.')) | None => break,
                Some(Kind::Open(_, close)) => upto = (*close + 1).max(upto + 1),
                _ => upto += 1,
            }
        }
        start..upto.min(inner.end)
    }

    /// The script of strings and what is put between them; `None` when there is no string.
    fn script(&mut self, argument: &Range<usize>) -> Option<Embedded> {
        let mut script = Embedded::new(self.file);
        let mut is_written = false;
        for at in argument.clone() {
            if let Some(content) = self.content(at) {
                is_written = true;
                for (name, range) in content.interpolated {
                    let span = Span::new(self.file, range);
                    self.detail
                        .interpolations
                        .push(Interpolation { name, span });
                }
                script.append(&content.script);
            } else if let Some(word) = self.word(at) {
                let shown = match groovy::expression(word).parts.as_slice() {
                    [crate::text::Part::Variable { name, .. }] => format!("${{{name}}}"),
                    _ => format!("${{{{ {word} }}}}"),
                };
                let offset = self.tokens[at].range.start;
                script.push(&shown, offset);
            }
        }
        is_written.then_some(script)
    }

    /// `docker.build('name', '-f Dockerfile --build-arg X=y .')`.
    fn docker_build(&self, at: usize, end: usize) -> Option<Item> {
        let Some(Kind::Open('(', close)) = self.kind(at + 1) else {
            return None;
        };
        let inner = at + 2..(*close).min(end);
        let strings: Vec<usize> = inner.filter(|at| self.string(*at).is_some()).collect();
        let options = strings.get(1).and_then(|at| self.content(*at));
        let build = options
            .map(|options| image_build(&options.script))
            .unwrap_or_default();
        Some(Item::Call(Call {
            span: self.span(&(at..(*close + 1).min(end))),
            target: Target::Image {
                file: build.file,
                context: build.context.unwrap_or_else(|| Text::literal(".")),
                stage: build.stage,
            },
            passes: build.passes,
            sudo: false,
        }))
    }
}

/// Whether a function's name has `go` in it as a word: `goBuild`, `runGo`, `build_go`.
fn means_go(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let starts = lower.starts_with("golang")
        || (lower.starts_with("go")
            && name[2..].starts_with(|c: char| c.is_ascii_uppercase() || c == '_'));
    starts
        || name.match_indices("Go").any(|(at, _)| {
            let rest = &name[at + 2..];
            at > 0
                && (rest.is_empty()
                    || rest.starts_with(|c: char| c.is_ascii_uppercase())
                    || rest.starts_with("lang"))
        })
        || lower.split('_').any(|part| part == "go")
}
