//! Statements of a script: what runs in which order, in which shell, and under which condition.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use tree_sitter::Node;

use crate::block::{Block, Boundary, Item, Located, Reach, Setting, System, When};
use crate::embedded::Embedded;
use crate::text::Text;
use crate::unit::{Fault, FaultKind};

use super::effect::{changes, default_only, range_of, writes};
use super::source::Source;
use super::words::Word;
use super::written::Unfinished;
use super::{Reading, Surroundings, UNQUOTED_PIPE};

/// How deep statements may nest; scripts that people write stay below twenty.
pub(super) const MAX_DEPTH: usize = 80;

/// Where the output of commands goes.
#[derive(Clone, Debug)]
pub(super) struct Output {
    /// The file.
    pub(super) path: Word,
    /// Whether what was there stays.
    pub(super) append: bool,
}

/// What a command reads.
#[derive(Clone, Debug)]
pub(super) enum Input {
    /// A text, and whether the shell expands references in it.
    Text(Embedded, bool),
    /// A file.
    File(Word),
    /// What a command prints.
    Unknown(String),
}

/// Goes through a script.
pub(super) struct Reader<'t> {
    pub(super) source: &'t Source<'t>,
    pub(super) around: Surroundings,
    /// In how many other scripts this one stands.
    pub(super) nesting: usize,
    /// By name; the newest of a name.
    pub(super) functions: HashMap<String, Node<'t>>,
    /// Functions that are being inlined.
    pub(super) active: Vec<String>,
    /// Functions that were called.
    pub(super) called: HashSet<String>,
    /// How many calls of functions were inlined.
    pub(super) inlined: usize,
    /// Whether all variables are exported when they are set: `set -a`.
    pub(super) exports_all: bool,
    /// Names that were exported.
    pub(super) exported: HashSet<String>,
    /// Where output goes.
    pub(super) output: Option<Output>,
    /// What stands in a file so far of a value over several lines that is not at its end.
    pub(super) unfinished: Option<Unfinished>,
    /// What the next command reads.
    pub(super) input: Option<Input>,
    /// Folders to go back to: each undoes one `pushd`.
    pub(super) folders: Vec<Text>,
    faults: Vec<Fault>,
    depth: usize,
}

impl<'t> Reader<'t> {
    pub(super) fn new(source: &'t Source<'t>, around: Surroundings, nesting: usize) -> Self {
        Self {
            source,
            around,
            nesting,
            functions: HashMap::new(),
            active: Vec::new(),
            called: HashSet::new(),
            inlined: 0,
            exports_all: false,
            exported: HashSet::new(),
            output: None,
            unfinished: None,
            input: None,
            folders: Vec::new(),
            faults: Vec::new(),
            depth: 0,
        }
    }

    /// The whole script.
    pub(super) fn read(&mut self, root: Node<'t>) -> Reading {
        let mut items = Vec::new();
        self.statement(root, &mut items);
        items.extend(self.cut_short());
        let mut uncalled: Vec<(String, Node<'t>)> = self
            .functions
            .iter()
            .filter(|(name, _)| !self.called.contains(*name))
            .map(|(name, body)| (name.clone(), *body))
            .collect();
        uncalled.sort_by_key(|(_, body)| body.start_byte());
        let mut functions = Vec::new();
        for (name, body) in uncalled {
            let mut inner = Vec::new();
            self.active.push(name.clone());
            self.statement(body, &mut inner);
            self.active.pop();
            if !inner.is_empty() {
                let mut block = self.block("function", Boundary::Child, body.byte_range(), inner);
                block.name = name;
                functions.push(block);
            }
        }
        Reading {
            items,
            faults: std::mem::take(&mut self.faults),
            functions,
        }
    }

    /// A block at a range of the script.
    pub(super) fn block(
        &self,
        kind: &'static str,
        boundary: Boundary,
        range: Range<usize>,
        items: Vec<Item>,
    ) -> Block {
        Block {
            name: String::new(),
            kind,
            span: self.source.script.span(range),
            system: self.around.system,
            boundary,
            image: None,
            folder: None,
            starts: false,
            items,
        }
    }

    pub(super) fn lost(&self, range: Range<usize>, what: impl Into<String>) -> Item {
        Item::Lost {
            span: self.source.script.span(range),
            what: what.into(),
        }
    }

    pub(super) fn located(&self, word: &Word) -> Located {
        Located {
            text: word.text.clone(),
            span: self.source.script.span(word.range.clone()),
        }
    }

    /// One statement, in the shell that is the current one.
    pub(super) fn statement(&mut self, node: Node<'t>, out: &mut Vec<Item>) {
        if self.depth >= MAX_DEPTH {
            out.push(self.lost(
                node.byte_range(),
                "this script nests too deeply to be followed",
            ));
            return;
        }
        self.depth += 1;
        match node.kind() {
            "comment" | "heredoc_body" | "heredoc_start" | "heredoc_end" => {}
            "program"
            | "compound_statement"
            | "do_group"
            | "else_clause"
            | "variable_assignments"
            | "negated_command" => self.children(node, out),
            "ERROR" => {
                self.fault(node);
                self.children(node, out);
            }
            "subshell" | "command_substitution" | "process_substitution" => {
                let mut inner = Vec::new();
                let (exports_all, folders) = (self.exports_all, self.folders.clone());
                self.children(node, &mut inner);
                (self.exports_all, self.folders) = (exports_all, folders);
                self.child("subshell", node.byte_range(), inner, out);
            }
            "list" => self.list(node, out),
            "pipeline" => self.pipeline(node, out),
            "if_statement" => self.conditional(node, out),
            "case_statement" => self.case(node, out),
            "while_statement" | "for_statement" | "c_style_for_statement" => {
                self.repeated(node, out);
            }
            "function_definition" => {
                let name = node.child_by_field_name("name");
                let body = node.child_by_field_name("body");
                if let (Some(name), Some(body)) = (name, body) {
                    let name = self.source.text(name.byte_range()).to_owned();
                    self.functions.insert(name, body);
                }
            }
            "redirected_statement" => self.redirected(node, out),
            "command" | "declaration_command" | "unset_command" | "variable_assignment" => {
                self.command(node, out);
            }
            _ => self.substitutions(node, out),
        }
        self.depth -= 1;
    }

    fn children(&mut self, node: Node<'t>, out: &mut Vec<Item>) {
        for child in named(node) {
            self.statement(child, out);
        }
    }

    fn collect(&mut self, node: Node<'t>) -> Vec<Item> {
        let mut items = Vec::new();
        self.statement(node, &mut items);
        items
    }

    fn fault(&mut self, node: Node<'_>) {
        // One fault a script says enough; what follows is often the same mistake. What is there of a part that
        // cannot be parsed is read all the same, so that a script without Go has nothing to hide in it.
        if !self.faults.is_empty() || !self.source.mentions_go() {
            return;
        }
        let range = node.byte_range();
        let text = self.source.text(range.clone());
        let template = text.contains("{{") || text.contains("{%") || text.contains("<%");
        let first = text.trim().lines().next().unwrap_or_default();
        let shown: String = first.chars().take(60).collect();
        self.faults.push(Fault {
            span: self.source.script.span(range),
            message: format!("this part of the script cannot be parsed: {shown}"),
            kind: if template {
                FaultKind::Template
            } else {
                FaultKind::Syntax
            },
        });
    }

    /// Items of a shell of their own. What changes nothing needs none.
    pub(super) fn child(
        &self,
        kind: &'static str,
        range: Range<usize>,
        items: Vec<Item>,
        out: &mut Vec<Item>,
    ) {
        if !items.iter().any(changes) {
            out.extend(items);
            return;
        }
        // What is for the steps after this one is so whichever shell wrote it.
        let is_later =
            |item: &Item| matches!(item, Item::Set(setting) if setting.reach == Reach::Later);
        let (later, items) = items.into_iter().partition(is_later);
        out.push(Item::Block(self.block(kind, Boundary::Child, range, items)));
        out.extend::<Vec<Item>>(later);
    }

    /// `a && b || c`, from left to right.
    fn list(&mut self, node: Node<'t>, out: &mut Vec<Item>) {
        let mut links = Vec::new();
        let mut first = node;
        while first.kind() == "list" {
            let (Some(left), Some(right)) = (first.named_child(0), first.named_child(1)) else {
                break;
            };
            let or = self.source.masked[left.end_byte()..right.start_byte()].contains("||");
            links.push((or, right));
            first = left;
        }
        self.statement(first, out);
        let mut before = first;
        for (or, right) in links.into_iter().rev() {
            self.link(before, or, right, out);
            before = right;
        }
    }

    /// What stands behind `&&` or `||`.
    fn link(&mut self, before: Node<'t>, or: bool, right: Node<'t>, out: &mut Vec<Item>) {
        let items = self.collect(right);
        if !or && !self.is_test(before) {
            // Scripts go on only where it went well.
            out.extend(items);
            return;
        }
        let empty = self.emptiness(before).filter(|(_, empty)| *empty != or);
        let name = empty.map(|(name, _)| name);
        self.branches(
            vec![(items, self.leaves(right))],
            false,
            name.as_deref(),
            out,
        );
    }

    /// Ways, one of which is gone. `complete`: no way around all of them. `unless`: a variable that is
    /// empty where the first way is gone.
    fn branches(
        &mut self,
        ways: Vec<(Vec<Item>, bool)>,
        complete: bool,
        unless: Option<&str>,
        out: &mut Vec<Item>,
    ) {
        let mut kept = Vec::new();
        for (at, (items, leaves)) in ways.into_iter().enumerate() {
            let items = match unless.filter(|_| at == 0) {
                Some(name) => default_only(name, items, out),
                None => items,
            };
            if leaves {
                // The script ends in it: what it sets, nobody sees afterwards.
                let range = range_of(&items);
                match range {
                    Some(span) if items.iter().any(changes) => {
                        let mut block = self.block("branch", Boundary::Child, 0..0, items);
                        block.span = span;
                        out.push(Item::Block(block));
                    }
                    _ => out.extend(items),
                }
            } else {
                kept.push(items);
            }
        }
        let matters = |item: &Item| changes(item) || writes(item);
        if !kept.iter().flatten().any(matters) {
            out.extend(kept.into_iter().flatten());
            return;
        }
        if !complete {
            kept.push(Vec::new());
        }
        out.push(Item::Branches(kept));
    }

    /// Whether a way ends the script or the function.
    fn leaves(&self, node: Node<'t>) -> bool {
        let mut last = node;
        while matches!(
            last.kind(),
            "compound_statement" | "do_group" | "else_clause" | "list"
        ) {
            match named(last)
                .into_iter()
                .rfind(|child| child.kind() != "comment")
            {
                Some(child) => last = child,
                None => return false,
            }
        }
        let text = self.source.text(last.byte_range());
        let first = text.split_whitespace().next().unwrap_or_default();
        matches!(first, "exit" | "return" | "exec")
    }

    /// Whether a command asks rather than does.
    fn is_test(&self, node: Node<'t>) -> bool {
        if matches!(node.kind(), "test_command" | "negated_command") {
            return true;
        }
        let text = self.source.text(node.byte_range());
        let mut words = text.split_whitespace();
        match words.next() {
            Some("[" | "test" | "grep" | "egrep" | "which" | "type" | "hash" | "diff" | "cmp") => {
                true
            }
            Some("command") => words.next().is_some_and(|word| word.starts_with('-')),
            Some("git") => matches!(words.next(), Some("diff" | "grep")),
            _ => false,
        }
    }

    /// The variable that a test looks at, and whether the test is that it is empty.
    fn emptiness(&self, node: Node<'t>) -> Option<(String, bool)> {
        let text = self.source.text(node.byte_range()).trim();
        let text = text.strip_prefix("test ").unwrap_or(text);
        let text = text.trim_start_matches('[').trim_end_matches(']').trim();
        let (empty, operand) = match text.split_once(char::is_whitespace)? {
            ("-z", operand) => (true, operand),
            ("-n", operand) => (false, operand),
            _ => return None,
        };
        let operand = operand.trim().trim_matches('"').strip_prefix('$')?;
        let operand = operand.trim_start_matches('{').trim_end_matches('}');
        let name = crate::interpolate::name_at(operand);
        let rest = &operand[name.len()..];
        (!name.is_empty() && matches!(rest, "" | ":-" | "-" | "+x" | ":+x" | "+set"))
            .then(|| (name.to_owned(), empty))
    }

    fn conditional(&mut self, node: Node<'t>, out: &mut Vec<Item>) {
        let mut ways = Vec::new();
        let mut unless = None;
        let mut complete = false;
        let parts = std::iter::once(node).chain(
            named(node)
                .into_iter()
                .filter(|child| matches!(child.kind(), "elif_clause" | "else_clause")),
        );
        for part in parts {
            let mut items = Vec::new();
            let mut leaves = false;
            let mut in_condition = part.kind() != "else_clause";
            let mut cursor = part.walk();
            for child in part.children(&mut cursor) {
                match child.kind() {
                    "then" => in_condition = false,
                    "elif_clause" | "else_clause" => break,
                    _ if !child.is_named() => {}
                    _ if in_condition && part == node => {
                        let empty = self.emptiness(child).filter(|(_, empty)| *empty);
                        unless = empty.map(|(name, _)| name);
                        self.statement(child, out);
                    }
                    _ => {
                        self.statement(child, &mut items);
                        leaves = child.kind() != "comment" && self.leaves(child);
                    }
                }
            }
            complete |= part.kind() == "else_clause";
            ways.push((items, leaves));
        }
        self.branches(ways, complete, unless.as_deref(), out);
    }

    fn case(&mut self, node: Node<'t>, out: &mut Vec<Item>) {
        let mut ways = Vec::new();
        let mut complete = false;
        for item in named(node) {
            if item.kind() != "case_item" {
                self.substitutions(item, out);
                continue;
            }
            let mut items = Vec::new();
            let mut leaves = false;
            let mut cursor = item.walk();
            let mut more = cursor.goto_first_child();
            while more {
                let child = cursor.node();
                if cursor.field_name() == Some("value") {
                    complete |= self.source.text(child.byte_range()) == "*";
                } else if child.is_named() && child.kind() != "comment" {
                    self.statement(child, &mut items);
                    leaves = self.leaves(child);
                }
                more = cursor.goto_next_sibling();
            }
            ways.push((items, leaves));
        }
        self.branches(ways, complete, None, out);
    }

    /// Loops. A body that certainly runs is read once; another perhaps.
    fn repeated(&mut self, node: Node<'t>, out: &mut Vec<Item>) {
        let mut sure = false;
        let mut body = None;
        let mut cursor = node.walk();
        let mut more = cursor.goto_first_child();
        while more {
            let child = cursor.node();
            match cursor.field_name() {
                Some("body") => body = Some(child),
                Some("variable") => {
                    let name = self.source.text(child.byte_range()).to_owned();
                    let value = Text::unknown(format!("${name}"));
                    let places = (child.byte_range(), child.byte_range());
                    out.push(Item::Set(self.setting(name, value, places, "for")));
                }
                Some("value") => {
                    sure |= matches!(child.kind(), "word" | "number" | "raw_string")
                        && !self.source.text(child.byte_range()).contains(['*', '?']);
                    self.substitutions(child, out);
                }
                _ if child.is_named() => self.statement(child, out),
                _ => {}
            }
            more = cursor.goto_next_sibling();
        }
        let Some(body) = body else { return };
        let items = self.collect(body);
        if sure {
            out.extend(items);
        } else {
            self.branches(vec![(items, false)], false, None, out);
        }
    }

    /// `a | b | c`: each in a shell of its own.
    fn pipeline(&mut self, node: Node<'t>, out: &mut Vec<Item>) {
        let stages: Vec<Node<'t>> = named(node)
            .into_iter()
            .filter(|child| child.kind() != "comment")
            .collect();
        if let Some(item) = self.unquoted_pipe(&stages) {
            out.push(item);
            // What follows the first | is the rest of a value, not commands.
            if let Some(first) = stages.first() {
                self.substitutions(*first, out);
            }
            return;
        }
        for (at, stage) in stages.iter().enumerate() {
            let tee = stages.get(at + 1).and_then(|next| self.tee(*next));
            let saved = tee.map(|output| self.output.replace(output));
            // What goes to `tee` was written where it was printed.
            if at > 0 && self.input.is_none() && self.tee(*stage).is_none() {
                self.input = self.piped(stages[at - 1], *stage);
            }
            let (exports_all, folders) = (self.exports_all, self.folders.clone());
            let items = self.collect(*stage);
            (self.exports_all, self.folders) = (exports_all, folders);
            if let Some(saved) = saved {
                self.output = saved;
            }
            self.child("pipeline", stage.byte_range(), items, out);
            self.input = None;
        }
    }

    /// `NAME=https://a|direct` without quotes.
    fn unquoted_pipe(&self, stages: &[Node<'t>]) -> Option<Item> {
        let (first, rest) = stages.split_first()?;
        let mut end = first.end_byte();
        for next in rest {
            let glued = next.start_byte() == end + 1 && next.kind() == "command";
            let name = next.child_by_field_name("name").filter(|_| glued)?;
            end = name.end_byte();
        }
        let whole = first.start_byte()..first.end_byte();
        let text = &self.source.masked[whole.clone()];
        let start = whole.start + text.rfind(char::is_whitespace).map_or(0, |blank| blank + 1);
        let word = self.source.text(start..end);
        let skip = if word.starts_with("--") {
            word.find('=')
                .filter(|_| word.starts_with("--build-arg="))?
                + 1
        } else {
            0
        };
        let name = crate::interpolate::name_at(&word[skip..]);
        let value = word[skip + name.len()..].strip_prefix('=')?;
        if name.is_empty() || value.contains(['\'', '"']) {
            return None;
        }
        let key = start + skip..start + skip + name.len();
        let text = crate::interpolate::read(value, crate::interpolate::Style::Shell);
        let setting = self.setting(name.to_owned(), text, (key.end + 1..end, key), "export");
        Some(Item::Invisible {
            setting,
            reason: UNQUOTED_PIPE.to_owned(),
        })
    }

    /// A setting of this shell. `places`: of the value and of the key.
    pub(super) fn setting(
        &self,
        name: String,
        value: Text,
        places: (Range<usize>, Range<usize>),
        how: &'static str,
    ) -> Setting {
        let exported = self.exports_all || self.exported.contains(&name);
        Setting {
            name,
            value,
            span: self.source.script.span(places.0),
            key: self.source.script.span(places.1),
            how,
            layer: crate::block::Layer::Process,
            reach: if exported || self.around.system == System::Host && how == "export" {
                Reach::Block
            } else {
                Reach::Local
            },
            when: When::Always,
            rank: 0,
        }
    }

    /// Commands inside words, `$(…)`, and what `${X:=y}` sets.
    pub(super) fn substitutions(&mut self, node: Node<'t>, out: &mut Vec<Item>) {
        let mut pending = vec![node];
        while let Some(node) = pending.pop() {
            match node.kind() {
                "command_substitution" | "process_substitution" => self.statement(node, out),
                "ERROR" => {
                    self.fault(node);
                    pending.extend(named(node).into_iter().rev());
                }
                "expansion"
                    if self
                        .source
                        .text(node.byte_range())
                        .contains(['=', '(', '`']) =>
                {
                    self.assigning(node, out);
                    pending.extend(named(node).into_iter().rev());
                }
                _ => pending.extend(named(node).into_iter().rev()),
            }
        }
    }

    /// `${X:=y}`.
    fn assigning(&self, node: Node<'t>, out: &mut Vec<Item>) {
        let written = self.source.text(node.byte_range());
        let inner = &written[2.min(written.len())..];
        let name = crate::interpolate::name_at(inner);
        let rest = &inner[name.len()..];
        let sign = rest.len() - rest.strip_prefix(':').unwrap_or(rest).len();
        if name.is_empty() || !rest[sign..].starts_with('=') {
            return;
        }
        let Some(crate::text::Part::Variable {
            fallback: Some(value),
            ..
        }) = self.source.word(node).text.parts.into_iter().next()
        else {
            return;
        };
        let key = node.start_byte() + 2..node.start_byte() + 2 + name.len();
        let places = (key.end + sign + 1..node.end_byte() - 1, key);
        let mut setting = self.setting(name.to_owned(), value, places, "${:=}");
        setting.when = When::IfUnset;
        out.push(Item::Set(setting));
    }
}

/// The named children.
pub(super) fn named(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).collect()
}
