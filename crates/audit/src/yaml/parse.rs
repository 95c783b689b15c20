//! From the parser's events to a tree.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle, StructureStyle};

use super::mask::{Masked, mask};
use super::{Content, MAX_BYTES, MAX_DEPTH, MAX_NODES, MAX_REPEATED, Stored, Style, Yaml, align};
use crate::source::{FileId, Span};
use crate::unit::{Fault, FaultKind};

/// Most faults that are kept of a file: one who has more mends the first.
const MAX_FAULTS: usize = 100;

/// Reads a text.
pub(super) fn read(file: FileId, text: &str) -> Yaml<'_> {
    if text.len() > MAX_BYTES {
        let mut yaml = Builder::new(file, text, None).yaml;
        let message = format!(
            "the file has {} bytes, and none of more than {MAX_BYTES} is read",
            text.len()
        );
        yaml.faults.push(Fault {
            span: Span::new(file, 0..0),
            message,
            kind: FaultKind::Limit,
        });
        return yaml;
    }
    let plainly = Builder::new(file, text, None).run(text);
    if plainly.broken_at == usize::MAX && !plainly.is_template {
        return plainly.yaml;
    }
    let Some(masked) = mask(text) else {
        return plainly.yaml;
    };
    let mut again = Builder::new(file, text, Some(&masked)).run(&masked.text);
    // Should masking have made it worse, the mistake is another one.
    if again.broken_at < plainly.broken_at {
        return plainly.yaml;
    }
    again.note_templates();
    again.yaml
}

/// A collection that is not closed yet. Its node is reserved, with size zero.
struct Open {
    id: u32,
    children: Vec<u32>,
    is_mapping: bool,
    is_flow: bool,
}

/// A tree in the making.
struct Builder<'a, 'm> {
    yaml: Yaml<'a>,
    masked: Option<&'m Masked>,
    open: Vec<Open>,
    anchors: HashMap<usize, u32>,
    /// The end of the last thing read: a block scalar's header stands behind it.
    last_end: usize,
    repeated: usize,
    /// Where the first mistake of the format stands.
    broken_at: usize,
    /// Whether something stands there that is YAML by chance, and means a template.
    is_template: bool,
}

impl<'a, 'm> Builder<'a, 'm> {
    fn new(file: FileId, text: &'a str, masked: Option<&'m Masked>) -> Self {
        Self {
            yaml: Yaml {
                file,
                text,
                nodes: Vec::new(),
                roots: Vec::new(),
                faults: Vec::new(),
                duplicates: Vec::new(),
            },
            masked,
            open: Vec::new(),
            anchors: HashMap::new(),
            last_end: 0,
            repeated: 0,
            broken_at: usize::MAX,
            is_template: false,
        }
    }

    /// Reads all documents; behind a mistake it goes on with the next one.
    fn run(mut self, text: &str) -> Self {
        let mut options = Options::default();
        options.emit_unresolved_aliases = true;
        options.set_emit_comments(false);
        let mut parser = Parser::new_from_str_with_options(text, options);
        while let Some(next) = parser.next_event() {
            match next {
                Ok((event, span)) => {
                    let range = span.byte_range().unwrap_or_default();
                    let tag = span.tag_span();
                    let tag = tag.and_then(|tag| tag.slice(text)).map(Box::from);
                    if !self.event(&event, range, tag) {
                        break;
                    }
                }
                Err(error) => {
                    let at = error.marker().byte_offset().unwrap_or(text.len());
                    self.broken_at = self.broken_at.min(at);
                    self.fault(at..at, message(error.kind()), FaultKind::Syntax);
                    self.close_all();
                    let goes_on = self.yaml.faults.len() < MAX_FAULTS
                        && matches!(parser.proceed_next_document(), Ok(true));
                    if !goes_on {
                        break;
                    }
                }
            }
        }
        self.close_all();
        self
    }

    /// Takes an event in; `false` when a limit is reached.
    fn event(&mut self, event: &Event<'_>, range: Range<usize>, tag: Option<Box<str>>) -> bool {
        let end = range.end;
        match event {
            Event::Scalar(value, style, anchor, _) => {
                let id = self.scalar(value, *style, range, tag);
                self.name(*anchor, id);
                self.add(id);
            }
            Event::UnresolvedAlias(_) => {
                let content = Content::Scalar {
                    style: Style::Alias,
                    value: None,
                    body: None,
                };
                self.note_alias(range.clone());
                let id = self.store(content, range, None);
                self.add(id);
            }
            Event::Alias(anchor) => self.alias(*anchor, range),
            Event::SequenceStart(style, anchor, _) | Event::MappingStart(style, anchor, _) => {
                let is_mapping = matches!(event, Event::MappingStart(..));
                let id = self.store(Content::Sequence(Vec::new()), range, tag);
                self.name(*anchor, id);
                self.open.push(Open {
                    id,
                    children: Vec::new(),
                    is_mapping,
                    is_flow: *style == StructureStyle::Flow,
                });
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(Some(end)),
            Event::DocumentEnd => self.close_all(),
            _ => {}
        }
        self.last_end = self.last_end.max(end);
        self.is_within_limits(end)
    }

    fn is_within_limits(&mut self, at: usize) -> bool {
        let message = if self.open.len() > MAX_DEPTH {
            format!("nested deeper than {MAX_DEPTH} levels; what follows is not read")
        } else if self.yaml.nodes.len() > MAX_NODES {
            format!("more than {MAX_NODES} values; what follows is not read")
        } else {
            return true;
        };
        self.fault(at..at, message, FaultKind::Limit);
        false
    }

    fn fault(&mut self, range: Range<usize>, message: impl Into<String>, kind: FaultKind) {
        if self.yaml.faults.len() < MAX_FAULTS {
            self.yaml.faults.push(Fault {
                span: Span::new(self.yaml.file, range),
                // What is quoted from the file may hold line ends.
                message: message.into().replace(['\n', '\r'], " "),
                kind,
            });
        }
    }

    /// Stores a node; of a collection it is what the node holds until it is closed.
    fn store(&mut self, content: Content, range: Range<usize>, tag: Option<Box<str>>) -> u32 {
        let span = Span::new(self.yaml.file, range);
        let size = usize::from(matches!(content, Content::Scalar { .. }));
        self.yaml.nodes.push(Stored {
            content,
            start: span.start,
            end: span.end,
            tag,
            height: 0,
            size,
        });
        u32::try_from(self.yaml.nodes.len() - 1).unwrap_or_default()
    }

    /// Remembers the anchor of a node; zero is none.
    fn name(&mut self, anchor: usize, id: u32) {
        if anchor > 0 {
            self.anchors.insert(anchor, id);
        }
    }

    /// Puts a node where the parser is.
    fn add(&mut self, id: u32) {
        match self.open.last_mut() {
            Some(open) => open.children.push(id),
            None => self.yaml.roots.push(id),
        }
    }

    fn scalar(
        &mut self,
        value: &str,
        style: ScalarStyle,
        range: Range<usize>,
        tag: Option<Box<str>>,
    ) -> u32 {
        let text = self.yaml.text;
        let is_masked = self.masked.filter(|masked| masked.touches(&range));
        let is_alias = is_masked.is_some_and(|masked| {
            style == ScalarStyle::Plain && masked.asterisks.binary_search(&range.start).is_ok()
        });
        if is_alias {
            self.note_alias(range.clone());
        }
        let style = match style {
            ScalarStyle::Plain if range.is_empty() => Style::Absent,
            ScalarStyle::Plain if is_alias => Style::Alias,
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::Single,
            ScalarStyle::DoubleQuoted => Style::Double,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        };
        let restored = is_masked.map(|masked| {
            let made = align::embedded(self.yaml.file, &masked.text, range.clone(), style, value);
            masked.restore(&made, text)
        });
        let value = restored.as_deref().unwrap_or(value);
        let is_block = matches!(style, Style::Literal | Style::Folded);
        // The span of a block has its header in it, which is no part of the value.
        let is_raw = style == Style::Absent || !is_block && text.get(range.clone()) == Some(value);
        let value = (!is_raw).then(|| Box::from(value));
        let whole = if is_block {
            self.with_header(&range)
        } else {
            range.clone()
        };
        let body = is_block.then(|| Span::new(self.yaml.file, range));
        let content = Content::Scalar {
            style,
            value,
            body: body.map(|body| (body.start, body.end)),
        };
        self.store(content, whole, tag)
    }

    /// A block scalar with its header and without the line feeds at its end.
    fn with_header(&self, body: &Range<usize>) -> Range<usize> {
        let text = self.yaml.text;
        let between = text.get(self.last_end..body.start).unwrap_or_default();
        // The header ends the last line that is not blank; the rest of that line can be a comment only.
        let line = between.trim_end().rfind('\n').map_or(0, |feed| feed + 1);
        let header = between[line..]
            .match_indices(['|', '>'])
            .map(|(at, _)| line + at);
        let is_apart = |at: &usize| {
            let before = between[..*at].bytes().next_back();
            before.is_none_or(|byte| byte.is_ascii_whitespace())
        };
        let start = header
            .filter(is_apart)
            .map(|at| self.last_end + at)
            .next()
            .unwrap_or(body.start);
        let upto = text.get(start..body.end).unwrap_or_default();
        start..start + upto.trim_end().len()
    }

    /// Notes a value that is an alias by its asterisk and names no anchor.
    fn note_alias(&mut self, range: Range<usize>) {
        let key = match self.open.last() {
            Some(open) if open.is_mapping && open.children.len() % 2 == 1 => open.children.last(),
            _ => None,
        };
        let key = key.and_then(|id| self.raw(*id)).unwrap_or_default();
        let written = self.yaml.text.get(range.clone()).unwrap_or_default();
        let message = format!(
            "`{written}` begins with `*` without quotes: YAML takes it for an alias, and no anchor has this name"
        );
        let kind = FaultKind::Alias {
            key: key.to_owned(),
        };
        self.fault(range, message, kind);
    }

    fn raw(&self, id: u32) -> Option<&'a str> {
        let node = self.yaml.nodes.get(id as usize)?;
        self.yaml.text.get(node.start as usize..node.end as usize)
    }

    /// Puts the node of an anchor here, unless it holds this place itself or there would be too much of it.
    fn alias(&mut self, anchor: usize, range: Range<usize>) {
        let target = self.anchors.get(&anchor).copied();
        let node = target.and_then(|id| self.yaml.nodes.get(id as usize));
        let (height, size) = node.map_or((0, 0), |node| (node.height, node.size));
        let message = if size == 0 {
            "this alias stands inside of its own anchor".to_owned()
        } else if self.open.len() + height > MAX_DEPTH {
            format!("aliases nest deeper than {MAX_DEPTH} levels; this one is not followed")
        } else if self.repeated.saturating_add(size) > MAX_REPEATED {
            format!("aliases repeat more than {MAX_REPEATED} values; this one is not followed")
        } else {
            self.repeated += size;
            return self.add(target.unwrap_or_default());
        };
        let kind = if size == 0 {
            FaultKind::Syntax
        } else {
            FaultKind::Limit
        };
        self.fault(range.clone(), message, kind);
        let content = Content::Scalar {
            style: Style::Absent,
            value: None,
            body: None,
        };
        let id = self.store(content, range.start..range.start, None);
        self.add(id);
    }

    fn close_all(&mut self) {
        while !self.open.is_empty() {
            self.close(None);
        }
        self.anchors.clear();
    }

    /// Closes the innermost collection; a flow collection ends at `end`, a block with its last member.
    fn close(&mut self, end: Option<usize>) {
        let Some(open) = self.open.pop() else {
            return;
        };
        let nodes = &self.yaml.nodes;
        let children = || open.children.iter().map(|id| &nodes[*id as usize]);
        let height = children().map(|node| node.height + 1).max().unwrap_or(0);
        let size = children().fold(1, |size: usize, node| size.saturating_add(node.size));
        let begin = nodes[open.id as usize].start;
        let last = children().map(|node| node.end).max().unwrap_or(begin);
        let end = match end {
            Some(end) if open.is_flow => u32::try_from(end).unwrap_or(u32::MAX),
            // The member may be an alias of something that stands elsewhere.
            _ => last
                .max(begin)
                .min(u32::try_from(self.last_end).unwrap_or(u32::MAX)),
        };
        let is_template = open.is_mapping
            && open.is_flow
            && children()
                .next()
                .is_some_and(|key| matches!(key.content, Content::Mapping(_)));
        self.is_template |= is_template;
        let content = if open.is_mapping {
            let mut children = open.children;
            if children.len() % 2 == 1 {
                // The text broke off behind a key.
                children.pop();
            }
            let pairs: Vec<(u32, u32)> = children
                .chunks_exact(2)
                .map(|pair| (pair[0], pair[1]))
                .collect();
            self.find_duplicates(&pairs);
            Content::Mapping(pairs)
        } else {
            Content::Sequence(open.children)
        };
        let node = &mut self.yaml.nodes[open.id as usize];
        node.content = content;
        node.end = end.max(node.start);
        node.height = height;
        node.size = size;
        self.add(open.id);
    }

    /// Notes keys that stand twice. Merge keys may.
    fn find_duplicates(&mut self, pairs: &[(u32, u32)]) {
        let mut seen = HashSet::new();
        for (key, _) in pairs {
            let node = &self.yaml.nodes[*key as usize];
            let range = node.start as usize..node.end as usize;
            let name = match &node.content {
                Content::Scalar {
                    value: Some(value), ..
                } => value,
                Content::Scalar { .. } => self.yaml.text.get(range.clone()).unwrap_or_default(),
                _ => continue,
            };
            if name != "<<" && !seen.insert(name) && self.yaml.duplicates.len() < MAX_FAULTS {
                self.yaml.duplicates.push(Span::new(self.yaml.file, range));
            }
        }
    }

    /// Says that templates stand in the file, once.
    fn note_templates(&mut self) {
        let first = self.masked.and_then(|masked| masked.templates.first());
        if let Some(first) = first.cloned() {
            let message = "a template stands here that some other program fills in; what it makes is not seen";
            self.fault(first, message, FaultKind::Template);
        }
    }
}

/// What is wrong, in words that need no specification beside them.
fn message(kind: &ErrorKind) -> String {
    match kind {
        ErrorKind::TabNotAllowed | ErrorKind::TabInBlockIndentation => {
            "a tab indents this line; YAML allows only blanks".to_owned()
        }
        ErrorKind::UnexpectedCharacter { character } => {
            format!("a value cannot begin with {character:?}; put it in quotes")
        }
        kind => {
            let text = kind.to_string();
            let line = text.lines().next().unwrap_or_default();
            format!("this is not YAML: {line}")
        }
    }
}
