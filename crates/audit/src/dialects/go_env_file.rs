//! Go's own files: the user's `go/env` and a toolchain's `go.env`.

use crate::block::{Block, Boundary, Item, Layer, Reach, Setting, System, When};
use crate::dialect::Dialect;
use crate::repository::Repository;
use crate::source::{FileId, Span};
use crate::text::Text;
use crate::unit::Unit;

/// Reads the lines as `go` does: `KEY=VALUE`, the value raw to the end of the line; a line whose first
/// byte is no capital letter is ignored.
pub(crate) fn read(dialect: Dialect, file: FileId, repository: &Repository) -> Unit {
    let source = repository.file(file);
    let text = source.text();
    let layer = match dialect {
        Dialect::GoEnvRoot => Layer::GorootFile,
        _ => Layer::UserFile,
    };
    let mut items = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        // A carriage return stays in the value, as it does for Go.
        let line = line.strip_suffix('\n').unwrap_or(line);
        let is_setting = line.starts_with(|first: char| first.is_ascii_uppercase());
        if let (true, Some((key, value))) = (is_setting, line.split_once('=')) {
            let value_at = at + key.len() + 1;
            items.push(Item::Set(Setting {
                name: key.to_owned(),
                value: Text::literal(value),
                span: Span::new(file, value_at..value_at + value.len()),
                key: Span::new(file, at..at + key.len()),
                how: match layer {
                    Layer::GorootFile => "GOROOT/go.env",
                    _ => "go/env file",
                },
                layer,
                reach: Reach::Block,
                when: When::Always,
                rank: 0,
            }));
        }
    }
    let mut unit = Unit::empty(file, dialect);
    unit.blocks.push(Block {
        name: source.path.clone(),
        kind: "file",
        span: Span::new(file, 0..text.len()),
        system: System::Host,
        boundary: Boundary::Closed,
        image: None,
        folder: None,
        starts: true,
        items,
    });
    unit
}
