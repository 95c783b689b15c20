//! Files of `KEY=VALUE` lines that compose, docker or a script reads: `.env`.

use crate::block::{Block, Boundary, Item, Layer, Reach, Setting, System, When};
use crate::dialect::Dialect;
use crate::interpolate::{self, Style};
use crate::repository::Repository;
use crate::source::{FileId, Span};
use crate::text::Text;
use crate::unit::Unit;

/// Reads a file.
pub(crate) fn read(file: FileId, repository: &Repository) -> Unit {
    let mut unit = Unit::empty(file, Dialect::EnvFile);
    let text = repository.file(file).text();
    unit.blocks.push(Block {
        name: repository.file(file).path.clone(),
        kind: "env file",
        span: Span::new(file, 0..text.len()),
        system: System::Shell,
        boundary: Boundary::Open,
        image: None,
        folder: None,
        starts: false,
        items: settings(file, text).into_iter().map(Item::Set).collect(),
    });
    unit
}

/// Its settings, for whoever exports them.
pub(crate) fn settings(file: FileId, text: &str) -> Vec<Setting> {
    let mut found = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        found.extend(setting(file, line, at));
        at += line.len();
    }
    found
}

fn setting(file: FileId, line: &str, at: usize) -> Option<Setting> {
    let text = line.trim_end();
    let start = text.len() - text.trim_start_matches(['\u{feff}', ' ', '\t']).len();
    let behind = text[start..]
        .strip_prefix("export ")
        .map_or(start, |rest| text.len() - rest.len());
    let name = interpolate::name_at(&text[behind..]);
    let end = behind + name.len();
    let sign = end + (text[end..].len() - text[end..].trim_start().len());
    if name.is_empty() || !text[sign..].starts_with('=') {
        return None;
    }
    let begin = sign + 1 + (text[sign + 1..].len() - text[sign + 1..].trim_start().len());
    let written = &text[begin..];
    let quote = written
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '\''));
    let length = match quote.and_then(|quote| written[1..].find(quote)) {
        Some(length) => length + 2,
        None => written.find(" #").unwrap_or(written.len()),
    };
    let written = written[..length].trim_end();
    let inside = quote.and_then(|quote| written[1..].strip_suffix(quote));
    let value = match (quote, inside) {
        (Some('\''), Some(inside)) => Text::literal(inside),
        (_, Some(inside)) => interpolate::read(inside, Style::Compose),
        (_, None) => interpolate::read(written, Style::Compose),
    };
    Some(Setting {
        name: name.to_owned(),
        value,
        span: Span::new(file, at + begin..at + begin + written.len()),
        key: Span::new(file, at + behind..at + end),
        how: "env file",
        layer: Layer::Process,
        reach: Reach::Local,
        when: When::Always,
        rank: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialects::shown::shown_blocks;

    #[test]
    fn a_quote_without_end_is_a_letter() {
        let settings = settings(FileId(0), "A='b\u{e9}\nB=\"\u{e9}\nC='\n");
        let values: Vec<_> = settings.iter().map(|one| one.value.to_string()).collect();
        assert_eq!(values, ["'b\u{e9}", "\"\u{e9}", "'"]);
    }

    #[test]
    fn lines_are_settings() {
        let text = "\u{feff}GOPROXY=https://p,direct # note\nexport A = \"x $B\"\r\n#C=1\n D='$E'\nnope\nF=\"\nG=\n";
        let (_, unit) = super::super::outline::read(read, &[(".env", text)]);
        assert_eq!(
            shown_blocks(&unit.blocks, text),
            "env file \".env\" Open\n  GOPROXY=https://p,direct by env file at 1 Local\n  \
             A=\"x $B\" <x $B> by env file at 2 Local\n  D='$E' <$E> by env file at 4 Local\n  \
             F=\" by env file at 6 Local\n  G= by env file at 7 Local\n"
        );
    }
}
