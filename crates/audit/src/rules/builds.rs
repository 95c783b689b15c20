//! Stages of Dockerfiles: what they begin with, declare, set and run.

use std::collections::HashMap;

use crate::block::{Block, Item, Setting, Target};
use crate::dialects::dockerfile::detail::{
    Dockerfile, Instruction, InstructionKind, Mount, Pair, Stage,
};
use crate::finding::Edit;
use crate::images::{self, ImageFacts};
use crate::judgement::Judgement;
use crate::repository::Repository;
use crate::resolve::call::join;
use crate::site::Site;
use crate::source::{FileId, Span};
use crate::text::{Part, Text};
use crate::unit::{Detail, Unit};

/// How many defaults of arguments may refer to each other in a row.
const MAX_DEFAULTS: usize = 4;
/// Registries refuse longer names.
const MAX_NAME: usize = 1_024;

/// A Dockerfile with its place.
#[derive(Clone, Copy)]
pub(super) struct Build<'a> {
    /// The file.
    pub(super) file: FileId,
    /// What it says.
    pub(super) content: &'a Dockerfile,
}

/// All Dockerfiles of a repository.
pub(super) fn all<'a>(judgement: &Judgement<'a>) -> impl Iterator<Item = Build<'a>> + use<'a> {
    judgement.repository.units.iter().flat_map(read)
}

/// The Dockerfile that a file is, if it is one.
pub(super) fn of<'a>(judgement: &Judgement<'a>, file: FileId) -> Option<Build<'a>> {
    let unit = judgement.repository.unit(file)?;
    read(unit).next()
}

/// The Dockerfiles that a file is, or that stand in it.
fn read(unit: &Unit) -> impl Iterator<Item = Build<'_>> {
    let contents = match &unit.detail {
        Detail::Dockerfile(content) => std::slice::from_ref(&**content),
        Detail::Inline(contents) => contents,
        _ => &[],
    };
    contents.iter().map(|content| Build {
        file: unit.file,
        content,
    })
}

impl<'a> Build<'a> {
    /// Its stages, in order.
    pub(super) fn stages(self) -> impl Iterator<Item = StageOf<'a>> {
        (0..self.content.stages.len()).map(move |at| StageOf { build: self, at })
    }

    /// The `ARG`s in front of the first `FROM`.
    pub(super) fn globals(self) -> impl Iterator<Item = &'a Pair> {
        self.content.globals.iter().flat_map(arguments)
    }

    /// A text with the defaults of these `ARG`s, which may refer to each other.
    fn filled(self, text: &Text, depth: usize) -> Option<String> {
        let mut filled = String::new();
        for part in &text.parts {
            match part {
                Part::Literal(literal) => filled.push_str(literal),
                Part::Variable { name, .. } if depth < MAX_DEFAULTS => {
                    let pair = self.globals().find(|pair| pair.name == *name)?;
                    let default = &pair.value.as_ref()?.text;
                    filled.push_str(&self.filled(default, depth + 1)?);
                }
                _ => return None,
            }
            // No name of an image is longer.
            if filled.len() > MAX_NAME {
                return None;
            }
        }
        Some(filled)
    }

    /// Whether an `ARG` of this name stands in front of the first `FROM`.
    pub(super) fn has_global(self, name: &str) -> bool {
        self.globals().any(|pair| pair.name == name)
    }
}

/// A stage of a Dockerfile.
#[derive(Clone, Copy)]
pub(super) struct StageOf<'a> {
    /// Its Dockerfile.
    pub(super) build: Build<'a>,
    /// Its number there.
    pub(super) at: usize,
}

impl<'a> StageOf<'a> {
    /// The stage.
    pub(super) fn stage(self) -> &'a Stage {
        &self.build.content.stages[self.at]
    }

    /// Itself, the stage that it begins with, and so on; the furthest first.
    pub(super) fn chain(self) -> Vec<&'a Stage> {
        let stages = &self.build.content.stages;
        let next = |stage: &&'a Stage| stages.get(stage.base?);
        let mut chain: Vec<_> = std::iter::successors(Some(self.stage()), next).collect();
        chain.reverse();
        chain
    }

    /// Whether it is `other` or begins with it.
    pub(super) fn begins_with(self, other: Self) -> bool {
        let mut chain = self.chain().into_iter();
        chain.any(|stage| stage.span == other.stage().span)
    }

    /// What is done in it and in the stages that it begins with, in order.
    pub(super) fn instructions(self) -> Vec<&'a Instruction> {
        let chain = self.chain().into_iter();
        chain.flat_map(own).collect()
    }

    /// What is done in it alone, in order.
    pub(super) fn own(self) -> impl Iterator<Item = &'a Instruction> {
        own(self.stage())
    }

    /// The `ARG` of this name that it sees somewhere.
    pub(super) fn declaration(self, name: &str) -> Option<&'a Pair> {
        let all = self.instructions().into_iter();
        all.flat_map(arguments).find(|pair| pair.name == name)
    }

    /// The image that its chain begins with, as written.
    pub(super) fn image(self) -> &'a Text {
        match self.chain().first() {
            Some(first) => &first.image.text,
            None => &self.stage().image.text,
        }
    }

    /// What is known of that image, with the defaults of the `ARG`s in front of the first `FROM`.
    pub(super) fn facts(self) -> Option<ImageFacts> {
        images::facts(&self.build.filled(self.image(), 0)?)
    }

    /// Whether it is the image that is shipped.
    pub(super) fn is_last(self) -> bool {
        self.at + 1 == self.build.content.stages.len()
    }

    /// Its name for people.
    pub(super) fn title(self) -> String {
        match &self.stage().name {
            Some(name) => format!("stage {}", name.text),
            None => format!("stage {}", self.at),
        }
    }
}

fn own(stage: &Stage) -> impl Iterator<Item = &Instruction> {
    let all = stage.instructions.iter();
    all.filter(|instruction| !instruction.onbuild)
}

/// The names that an `ARG` declares.
pub(super) fn arguments(instruction: &Instruction) -> &[Pair] {
    match &instruction.kind {
        InstructionKind::Arg(pairs) => pairs,
        _ => &[],
    }
}

/// The variables that an `ENV` sets.
pub(super) fn variables(instruction: &Instruction) -> &[Pair] {
    match &instruction.kind {
        InstructionKind::Env(pairs) => pairs,
        _ => &[],
    }
}

/// Where the value of a pair stands, or its name when there is none.
pub(super) fn place(pair: &Pair) -> Span {
    pair.value.as_ref().map_or(pair.key, |value| value.span)
}

/// A pair's value as written; empty when there is none.
pub(super) fn written(pair: &Pair) -> String {
    let value = pair.value.as_ref();
    value
        .map(|value| value.text.to_string())
        .unwrap_or_default()
}

/// Whether a text refers to a variable and has nothing to put in its place.
pub(super) fn text_refers(text: &Text, name: &str) -> bool {
    text.parts
        .iter()
        .any(|part| matches!(part, Part::Variable { name: found, fallback: None } if found == name))
}

/// Whether an instruction needs the value of a variable: it refers to it, has nothing to put in its
/// place, and did not set it itself.
pub(super) fn refers(repository: &Repository, instruction: &Instruction, name: &str) -> bool {
    let value = |pair: &Pair| {
        let value = pair.value.as_ref();
        value.is_some_and(|value| text_refers(&value.text, name))
    };
    match &instruction.kind {
        InstructionKind::Arg(pairs) | InstructionKind::Env(pairs) => pairs.iter().any(value),
        InstructionKind::Run(run) => {
            let given = |mount: &Mount| {
                mount
                    .field("env")
                    .is_some_and(|env| env.text.to_string() == name)
            };
            !run.mounts.iter().any(given) && script_refers(repository.slice(run.command), name)
        }
        _ => false,
    }
}

/// Whether a script uses `$NAME` or `${NAME}` before it sets it.
fn script_refers(script: &str, name: &str) -> bool {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    for (at, _) in script.match_indices(name) {
        let (before, behind) = (&script[..at], &script[at + name.len()..]);
        if behind.starts_with(is_word) {
            continue;
        }
        let is_reference = before.ends_with('$') && !before.ends_with("\\$")
            || before.ends_with("${") && behind.starts_with('}');
        if is_reference {
            return true;
        }
        // `NAME=value` before any use; `NAME=$NAME` is one.
        let value = behind
            .strip_prefix('=')
            .map(|rest| rest.trim_start_matches('"'));
        let is_own = value.is_some_and(|value| {
            value.starts_with(&format!("${name}")) || value.starts_with(&format!("${{{name}}}"))
        });
        if value.is_some() && !is_own && !before.ends_with(is_word) {
            return false;
        }
    }
    false
}

/// The sites of each `RUN`, by its span.
pub(super) struct Runs<'a> {
    by_instruction: HashMap<Span, Vec<&'a Site>>,
}

impl<'a> Runs<'a> {
    /// Sorts the sites of all `RUN`s.
    pub(super) fn of(judgement: &Judgement<'a>) -> Self {
        Self::among(judgement.sites)
    }

    fn among(sites: &'a [Site]) -> Self {
        let mut by_instruction: HashMap<Span, Vec<&'a Site>> = HashMap::new();
        for site in sites {
            for crumb in site.trail.iter().filter(|crumb| &*crumb.what == "RUN") {
                by_instruction.entry(crumb.span).or_default().push(site);
            }
        }
        Self { by_instruction }
    }

    /// What a `RUN` runs.
    pub(super) fn at(&self, instruction: &Instruction) -> &[&'a Site] {
        self.by_instruction
            .get(&instruction.span)
            .map_or(&[], Vec::as_slice)
    }

    /// Whether a `RUN` may fetch modules.
    pub(super) fn downloads(&self, instruction: &Instruction) -> bool {
        self.at(instruction).iter().any(|site| site.may_download())
    }

    /// Whether a `RUN` may fetch what go.mod asks for: all but `go install tool@version`.
    pub(super) fn downloads_module(&self, instruction: &Instruction) -> bool {
        let is_tool = |site: &Site| site.words.iter().any(|word| word.contains('@'));
        let mut sites = self.at(instruction).iter();
        sites.any(|site| site.may_download() && !is_tool(site))
    }
}

/// All items of blocks, with those inside of them.
pub(super) fn items<'a>(blocks: &'a [Block]) -> Vec<&'a Item> {
    let mut found = Vec::new();
    let mut todo: Vec<&'a Item> = blocks.iter().rev().flat_map(|block| &block.items).collect();
    while let Some(item) = todo.pop() {
        match item {
            Item::Block(block) | Item::Enclosed { block, .. } => todo.extend(&block.items),
            Item::Branches(ways) => todo.extend(ways.iter().flatten()),
            item => found.push(item),
        }
    }
    found
}

/// The settings of blocks, with those inside of them.
pub(super) fn settings(blocks: &[Block]) -> Vec<&Setting> {
    let mut found = Vec::new();
    for item in items(blocks) {
        if let Item::Set(setting) = item {
            found.push(setting);
        }
    }
    found
}

/// The build arguments that calls in all files hand over.
pub(super) fn passed<'a>(judgement: &Judgement<'a>) -> Vec<&'a Setting> {
    let mut found = Vec::new();
    for unit in &judgement.repository.units {
        for item in items(&unit.blocks) {
            if let Item::Call(call) = item
                && matches!(call.target, Target::Image { .. })
            {
                found.extend(&call.passes);
            }
        }
    }
    found
}

/// Whether the modules that a site needs lie in the repository, or it says so.
pub(super) fn has_vendor(judgement: &Judgement<'_>, site: &Site) -> bool {
    let flags = site.environment.text("GOFLAGS").unwrap_or_default();
    let mut words = site
        .words
        .iter()
        .map(String::as_str)
        .chain(flags.split(' '));
    if words.any(|word| word.trim_start_matches('-') == "mod=vendor") {
        return true;
    }
    let repository = judgement.repository;
    let file = &repository.file(site.span.file).path;
    let beside = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut folders = site.folder.iter().map(String::as_str).chain([beside]);
    folders.any(|folder| {
        let path = join(folder, "vendor/modules.txt");
        repository.find(&path).is_some()
    })
}

/// Whether an instruction copies modules that another stage has downloaded.
pub(super) fn copies_modules(instruction: &Instruction) -> bool {
    let InstructionKind::Copy(copy) = &instruction.kind else {
        return false;
    };
    let mut sources = copy.sources.iter().map(|source| source.text.to_string());
    copy.from.is_some()
        && sources.any(|source| source.contains("pkg/mod") || source.contains("vendor"))
}

/// Whether a span lies in another.
pub(super) fn is_inside(inner: Span, outer: Span) -> bool {
    inner.file == outer.file && inner.start >= outer.start && inner.end <= outer.end
}

/// The edit that puts a line below the one where a span ends.
pub(super) fn insert_below(repository: &Repository, span: Span, line: &str) -> Edit {
    let text = repository.file(span.file).text();
    let end = span.range().end.min(text.len());
    let rest = text.get(end..).unwrap_or_default();
    let before = text.get(..span.range().start).unwrap_or_default();
    let begin = before.rfind('\n').map_or(0, |feed| feed + 1);
    let blanks = &before[begin..];
    let blanks = if blanks.trim().is_empty() { blanks } else { "" };
    let (at, text) = match rest.find('\n') {
        Some(feed) => {
            let cr = if rest[..feed].ends_with('\r') {
                "\r"
            } else {
                ""
            };
            (end + feed + 1, format!("{blanks}{line}{cr}\n"))
        }
        None => (text.len(), format!("\n{blanks}{line}")),
    };
    Edit {
        span: Span::new(span.file, at..at),
        text,
    }
}

/// The edit that takes an instruction away with all its lines.
pub(super) fn delete(repository: &Repository, instruction: &Instruction) -> Edit {
    let file = repository.file(instruction.span.file);
    let text = file.text();
    let range = instruction.span.range();
    let start = text[..range.start.min(text.len())]
        .rfind('\n')
        .map_or(0, |feed| feed + 1);
    let end = text
        .get(range.end..)
        .and_then(|rest| rest.find('\n'))
        .map_or(text.len(), |feed| range.end + feed + 1);
    Edit {
        span: Span::new(instruction.span.file, start..end),
        text: String::new(),
    }
}

/// The edits that declare a name in stages, once where one begins with another.
pub(super) fn declaring(repository: &Repository, stages: &[StageOf<'_>], name: &str) -> Vec<Edit> {
    let is_first = |stage: &&StageOf<'_>| {
        let mut others = stages.iter().filter(|other| other.at != stage.at);
        !others.any(|other| stage.begins_with(*other))
    };
    let first = stages.iter().filter(is_first);
    first
        .map(|stage| insert_below(repository, stage.stage().span, &format!("ARG {name}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_needs_what_it_uses_before_it_sets_it() {
        for (script, needs) in [
            ("echo $GOPROXY", true),
            ("go env -w GOPROXY=\"$GOPROXY\"", true),
            ("GOPROXY=${GOPROXY} go build", true),
            ("GOPROXY=https://p && echo $GOPROXY", false),
            ("echo ${GOPROXY:-direct}", false),
            ("echo \\$GOPROXY", false),
            ("echo $GOPROXYS $MY_GOPROXY", false),
            ("export MY_GOPROXY=x; echo $GOPROXY", true),
        ] {
            assert_eq!(script_refers(script, "GOPROXY"), needs, "{script}");
        }
    }

    #[test]
    fn defaults_of_arguments_name_the_image() {
        let text = "ARG V=1.25\nARG I=golang:${V}-alpine\nARG LOOP=$LOOP\nFROM ${I}\nFROM $LOOP\nFROM $NONE\n";
        let repository = Repository::from_files([("Dockerfile", text.as_bytes())]);
        let build = read(&repository.units[0]).next().unwrap();
        let versions = build
            .stages()
            .map(|stage| stage.facts().map(|facts| facts.go));
        let versions: Vec<_> = versions.collect();
        assert_eq!(versions, [Some(Some("1.25".to_owned())), None, None]);
    }

    #[test]
    fn lines_come_and_go_whole() {
        let text = "FROM a\r\nRUN b \\\r\n c\r\nRUN d";
        let files = [("Dockerfile", text.as_bytes())];
        let repository = Repository::from_files(files);
        let Detail::Dockerfile(content) = &repository.units[0].detail else {
            panic!("no Dockerfile");
        };
        let stage = &content.stages[0];
        let edit = insert_below(&repository, stage.span, "ARG X");
        assert_eq!((edit.span.range(), edit.text.as_str()), (8..8, "ARG X\r\n"));
        let gone = delete(&repository, &stage.instructions[0]);
        assert_eq!(gone.span.range(), 8..21);
        let last = insert_below(&repository, stage.instructions[1].span, "ARG X");
        assert_eq!(last.text, "\nARG X");
    }
}
