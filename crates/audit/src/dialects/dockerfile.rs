//! Dockerfiles and Containerfiles.
//!
//! Each stage becomes a block that inherits nothing. `ARG` is a name that the caller of the build may
//! give a value, `ENV` wins over it. What a stage sets is repeated in a stage that begins with it.

pub(crate) mod detail;
mod instructions;
mod lines;

use std::collections::HashMap;

use crate::block::{Block, Boundary, Item, Layer, Located, Reach, Setting, System, When, Write};
use crate::dialect::Dialect;
use crate::embedded::Embedded;
use crate::interpolate::{self, Style};
use crate::repository::Repository;
use crate::source::{FileId, Span};
use crate::text::{Part, Text};
use crate::unit::{Detail, Fault, FaultKind, Unit};

use self::detail::{
    CopyInstruction, Dockerfile, Instruction, InstructionKind, Pair, RunInstruction, Stage,
};
use self::instructions::{exec, keyword, located, options, words};
use self::lines::Line;
use super::shell::{self, Surroundings};

/// `ENV` wins over `ARG` whatever comes later.
const ENV_RANK: u8 = 1;
/// What a shell sets in a `RUN` wins over both.
const RUN_RANK: u8 = 2;
/// More stages are not read: builders themselves stop far below.
const MAX_STAGES: usize = 500;

/// Why an `ARG` in front of `FROM` sets nothing in a stage.
pub(crate) const BEFORE_FROM: &str =
    "an ARG in front of FROM is seen in FROM lines only; a stage has to declare it again";

/// Reads a file.
pub(crate) fn read(file: FileId, repository: &Repository) -> Unit {
    read_text(file, repository.file(file).text())
}

/// Reads a text of a file: all of it.
pub(crate) fn read_text(file: FileId, text: &str) -> Unit {
    let mut reader = Reader {
        unit: Unit::empty(file, Dialect::Dockerfile),
        detail: Dockerfile::default(),
        blocks: Vec::new(),
        globals: HashMap::new(),
        posix: true,
    };
    for line in lines::read(file, text) {
        reader.line(&line);
    }
    if reader.detail.stages.is_empty() && reader.unit.faults.is_empty() {
        let message = "a Dockerfile without FROM builds nothing";
        let span = Span::new(file, 0..text.len().min(1));
        reader.unit.faults.push(Fault::syntax(span, message));
    }
    reader.unit.blocks = reader.blocks;
    reader.unit.detail = Detail::Dockerfile(Box::new(reader.detail));
    reader.unit
}

struct Reader {
    unit: Unit,
    detail: Dockerfile,
    blocks: Vec<Block>,
    /// `ARG`s in front of the first `FROM`.
    globals: HashMap<String, Pair>,
    /// Whether `RUN` is read by a shell that we can read.
    posix: bool,
}

impl Reader {
    fn line(&mut self, line: &Line) {
        let text = line.text.text();
        let Some((mut word, mut from)) = keyword(text, 0) else {
            self.fault(line);
            return;
        };
        let onbuild = word == "ONBUILD";
        if onbuild {
            match keyword(text, from) {
                Some(inner) => (word, from) = inner,
                None => return self.fault(line),
            }
        }
        if word == "FROM" {
            self.from(line, from);
            return;
        }
        let instruction = Instruction {
            span: line.span,
            onbuild,
            kind: instructions::kind(word, line, from),
        };
        if self.detail.stages.is_empty() {
            if let InstructionKind::Arg(pairs) = &instruction.kind {
                for pair in pairs {
                    self.globals.insert(pair.name.clone(), pair.clone());
                }
            } else {
                self.fault(line);
            }
            self.detail.globals.push(instruction);
            return;
        }
        if !onbuild {
            let items = self.items(&instruction, line, from);
            if let Some(block) = self.blocks.last_mut() {
                block.items.extend(items);
                block.span.end = line.span.end;
            }
        }
        if let Some(stage) = self.detail.stages.last_mut() {
            stage.instructions.push(instruction);
        }
    }

    fn fault(&mut self, line: &Line) {
        // One says enough: a file that is no Dockerfile has one a line.
        if !self.unit.faults.is_empty() {
            return;
        }
        let text = line.text.text();
        let shown: String = text.chars().take(60).collect();
        let template = text.contains("{{") || text.contains("{%") || text.contains("<%");
        self.unit.faults.push(Fault {
            span: line.span,
            message: format!("this is no instruction of a Dockerfile, or not here: {shown}"),
            kind: if template {
                FaultKind::Template
            } else {
                FaultKind::Syntax
            },
        });
    }

    /// `FROM image AS name`.
    fn from(&mut self, line: &Line, from: usize) {
        let (_, from) = options(&line.text, from);
        let words = words(line.text.text(), from);
        let Some(image) = words.first() else {
            return self.fault(line);
        };
        if self.detail.stages.len() >= MAX_STAGES {
            return self.fault(line);
        }
        let image = located(&line.text, image.clone());
        let is_as = |range: &std::ops::Range<usize>| {
            line.text.text()[range.clone()].eq_ignore_ascii_case("as")
        };
        let name = match words.as_slice() {
            [_, word, name, ..] if is_as(word) => Some(located(&line.text, name.clone())),
            _ => None,
        };
        let base = image.text.as_literal().and_then(|base| self.stage(base));
        let mut items = self.invisible();
        let image_text = match base {
            Some(base) => {
                items = inherited(&self.blocks[base].items);
                self.blocks[base].image.clone()
            }
            None => Some(Located {
                text: self.with_globals(&image.text),
                span: image.span,
            }),
        };
        let shown = name.as_ref().map(|name| name.text.to_string());
        self.blocks.push(Block {
            name: shown.unwrap_or_else(|| self.detail.stages.len().to_string()),
            kind: "stage",
            span: line.span,
            system: System::Docker,
            boundary: Boundary::Closed,
            image: image_text,
            folder: None,
            starts: false,
            items,
        });
        self.detail.stages.push(Stage {
            name,
            image,
            base,
            span: line.span,
            instructions: Vec::new(),
        });
        self.posix = true;
    }

    /// The stage of a name or number.
    fn stage(&self, name: &str) -> Option<usize> {
        self.blocks
            .iter()
            .rposition(|block| block.name.eq_ignore_ascii_case(name))
    }

    /// `ARG`s in front of `FROM`, which no stage sees.
    fn invisible(&self) -> Vec<Item> {
        let mut globals: Vec<&Pair> = self.globals.values().collect();
        globals.sort_by_key(|pair| pair.key);
        let invisible = globals.into_iter().map(|pair| Item::Invisible {
            setting: setting(pair, "ARG", 0),
            reason: BEFORE_FROM.to_owned(),
        });
        invisible.collect()
    }

    /// A `FROM`'s image with the defaults of the `ARG`s in front.
    fn with_globals(&self, image: &Text) -> Text {
        let parts = image.parts.iter().map(|part| match part {
            Part::Variable {
                name,
                fallback: None,
            } => Part::Variable {
                name: name.clone(),
                fallback: self.globals.get(name).and_then(|pair| {
                    let value = pair.value.as_ref()?;
                    Some(value.text.clone())
                }),
            },
            part => part.clone(),
        });
        Text {
            parts: parts.collect(),
        }
    }

    fn items(&mut self, instruction: &Instruction, line: &Line, from: usize) -> Vec<Item> {
        match &instruction.kind {
            InstructionKind::Arg(pairs) => pairs.iter().map(|pair| self.declare(pair)).collect(),
            InstructionKind::Env(pairs) => environment(pairs),
            InstructionKind::Run(run) => self.run(run, line, from),
            InstructionKind::Copy(copy) => written(copy, line),
            InstructionKind::Workdir(folder) => match folder.text.as_literal() {
                // Where the context was copied to is not known; below it, folders are those of the context.
                Some(path) if !path.starts_with('/') => vec![Item::Folder(folder.clone())],
                _ => Vec::new(),
            },
            InstructionKind::Words("SHELL", words) => {
                let shell = words
                    .first()
                    .map(|word| word.text.to_string())
                    .unwrap_or_default();
                let shell = shell
                    .rsplit(['/', '\\'])
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                let shell = shell.trim_end_matches(".exe");
                self.posix = matches!(shell, "sh" | "bash" | "ash" | "dash" | "zsh");
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn declare(&self, pair: &Pair) -> Item {
        let global = self.globals.get(&pair.name);
        let value = pair
            .value
            .as_ref()
            .or(global.and_then(|global| global.value.as_ref()));
        Item::Declare {
            name: pair.name.clone(),
            default: value.map(|value| value.text.clone()),
            span: value.map_or(pair.key, |value| value.span),
        }
    }

    /// What a `RUN` does, in a shell of its own.
    fn run(&self, run: &RunInstruction, line: &Line, from: usize) -> Vec<Item> {
        let mut items = Vec::new();
        for mount in &run.mounts {
            if let Some(name) = mount.field("env") {
                items.push(Item::Set(Setting {
                    name: name.text.to_string(),
                    value: Text {
                        parts: vec![Part::Unknown {
                            written: "a secret of the build".to_owned(),
                            secret: true,
                            fallback: None,
                        }],
                    },
                    ..plain(name.span, mount.span, "secret mount", RUN_RANK)
                }));
            }
        }
        let (_, from) = options(&line.text, from);
        let (script, is_exec) = script(line, from);
        if is_exec || self.posix {
            let around = Surroundings {
                system: System::Docker,
            };
            items.extend(shell::read_script(&script, around));
        } else {
            items.push(Item::Lost {
                span: line.span,
                what: "the SHELL of this RUN is not read".to_owned(),
            });
        }
        if items.is_empty() {
            return Vec::new();
        }
        settle(&mut items, line.span);
        vec![Item::Block(Block {
            name: String::new(),
            kind: "RUN",
            span: line.span,
            system: System::Docker,
            boundary: Boundary::Child,
            image: None,
            folder: None,
            starts: false,
            items,
        })]
    }
}

/// A netrc whose content stands in a here-document of a `COPY`.
fn written(copy: &CopyInstruction, line: &Line) -> Vec<Item> {
    let path = copy.destination.as_ref();
    let netrc = path.filter(|path| path.text.to_string().ends_with("netrc"));
    let (Some(path), Some(document)) = (netrc, line.documents.first()) else {
        return Vec::new();
    };
    let content = document.body.text();
    vec![Item::Write(Write {
        path: path.clone(),
        content: Located {
            text: if document.expands {
                interpolate::read(content, Style::Docker)
            } else {
                Text::literal(content)
            },
            span: document.body.span(0..content.len()),
        },
        append: false,
    })]
}

/// The script of a `RUN`, and whether it is given as words.
fn script(line: &Line, from: usize) -> (Embedded, bool) {
    let text = &line.text;
    let mut script = Embedded::new(line.span.file);
    if let Some(ranges) = exec(text.text(), from) {
        for range in ranges {
            // Words that no shell looks at.
            script.stand_in(" '", text.span(range.start..range.start + 1));
            script.push_part(text, range.start + 1..range.end - 1);
            script.stand_in("'", text.span(range.end - 1..range.end));
        }
        return (script, true);
    }
    let rest = from.min(text.text().len())..text.text().len();
    if line.documents.is_empty() {
        script.push_part(text, rest);
        return (script, false);
    }
    let mut words = text.text()[rest.clone()].split_whitespace();
    if words.all(|word| word.contains("<<")) {
        // The document is the script.
        for document in &line.documents {
            let whole = 0..document.body.text().len();
            script.push_part(&document.body, whole);
        }
        let first = script.text().lines().next().unwrap_or_default();
        if first.starts_with("#!") && !first.contains("sh") {
            script = Embedded::new(line.span.file);
        }
        return (script, false);
    }
    let end = rest.end;
    script.push_part(text, rest);
    script.stand_in("\n", text.span(end..end));
    for document in &line.documents {
        script.push_part(&document.whole, 0..document.whole.text().len());
    }
    (script, false)
}

/// `ENV`: what refers to a name of the same instruction sees the value before.
fn environment(pairs: &[Pair]) -> Vec<Item> {
    let refers = |pair: &Pair| {
        pair.value.as_ref().is_some_and(|value| {
            value.text.parts.iter().any(|part| {
                matches!(part, Part::Variable { name, .. }
                    if *name != pair.name && pairs.iter().any(|other| other.name == *name))
            })
        })
    };
    let (first, rest): (Vec<&Pair>, Vec<&Pair>) = pairs.iter().partition(|pair| refers(pair));
    let ordered = first.into_iter().chain(rest);
    ordered
        .map(|pair| Item::Set(setting(pair, "ENV", ENV_RANK)))
        .collect()
}

fn setting(pair: &Pair, how: &'static str, rank: u8) -> Setting {
    let value = pair.value.as_ref();
    Setting {
        name: pair.name.clone(),
        value: value.map(|value| value.text.clone()).unwrap_or_default(),
        ..plain(
            value.map_or(pair.key, |value| value.span),
            pair.key,
            how,
            rank,
        )
    }
}

fn plain(span: Span, key: Span, how: &'static str, rank: u8) -> Setting {
    Setting {
        name: String::new(),
        value: Text::default(),
        span,
        key,
        how,
        layer: Layer::Process,
        reach: Reach::Block,
        when: When::Always,
        rank,
    }
}

/// Makes items of a `RUN`: settings win over `ENV`, and commands stand where the instruction begins.
fn settle(items: &mut [Item], instruction: Span) {
    for item in items {
        match item {
            Item::Set(setting) => setting.rank = RUN_RANK,
            Item::Run(run) if run.span.file == instruction.file => {
                run.span.start = instruction.start;
            }
            Item::Block(block) | Item::Enclosed { block, .. } => {
                settle(&mut block.items, instruction);
            }
            Item::Branches(ways) => {
                for way in ways {
                    settle(way, instruction);
                }
            }
            _ => {}
        }
    }
}

/// What a stage leaves to one that begins with it: variables, files, tools that were installed.
fn inherited(items: &[Item]) -> Vec<Item> {
    let mut kept = Vec::new();
    for item in items {
        match item {
            Item::Set(_) | Item::Unset { .. } | Item::Declare { .. } | Item::Folder(_) => {
                kept.push(item.clone());
            }
            Item::Invisible { .. } | Item::Command(_) => kept.push(item.clone()),
            Item::Block(block) => {
                let inner = inherited(&block.items);
                if !inner.is_empty() {
                    kept.push(Item::Block(Block {
                        items: inner,
                        ..block.clone()
                    }));
                }
            }
            Item::Branches(ways) => {
                let ways: Vec<_> = ways.iter().map(|way| inherited(way)).collect();
                if ways.iter().any(|way| !way.is_empty()) {
                    kept.push(Item::Branches(ways));
                }
            }
            _ => {}
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dialects::shown::{check_table, shown_blocks};

    fn shown_text(text: &str) -> String {
        let unit = read_text(FileId(0), text);
        let faults = unit
            .faults
            .iter()
            .map(|fault| format!("fault {}\n", fault.message));
        faults.collect::<String>() + &shown_blocks(&unit.blocks, text)
    }

    #[test]
    fn instructions_are_read() {
        check_table(include_str!("../../testdata/dockerfile.txt"), shown_text);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn any_file_is_read(
            lines in prop::collection::vec("(FROM|ARG|ENV|RUN|COPY|SHELL|ONBUILD|#)[ -~é\\\\]{0,30}", 0..8),
            end in "[\r\n]{0,2}",
        ) {
            let text = lines.join("\n") + &end;
            let unit = read_text(FileId(0), &text);
            for block in unit.blocks {
                prop_assert!(block.span.range().end <= text.len());
            }
        }
    }
}
