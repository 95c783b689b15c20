//! Items as text, and tables of texts with what is read in them: for tests of the front ends.

use std::fmt::Write as _;

use crate::block::{Block, Item, Layer, Reach, Setting, Target, When};
use crate::source::Span;

/// Checks a table: cases separated by lines of `---`, each a text, a line `=>`, and what is read in it.
pub(crate) fn check_table(table: &str, read: impl Fn(&str) -> String) {
    let mut wrong = String::new();
    for case in table.trim_end().split("\n---\n") {
        let (text, expected) = case.split_once("\n=>\n").unwrap_or((case, ""));
        let found = read(&format!("{text}\n"));
        if found.trim_end() != expected.trim_end() {
            let _ = writeln!(wrong, "{text}\n=>\n{}\n---", found.trim_end());
        }
    }
    assert!(wrong.is_empty(), "these are read otherwise:\n{wrong}");
}

/// Blocks in short: a line each, their items indented.
pub(crate) fn shown_blocks(blocks: &[Block], text: &str) -> String {
    let mut out = String::new();
    for block in blocks {
        let _ = write!(out, "{} {:?}", block.kind, block.name);
        if let Some(image) = &block.image {
            let _ = write!(out, " from {}", image.text);
        }
        if let Some(folder) = &block.folder {
            let _ = write!(out, " in {folder}");
        }
        let starts = if block.starts { " starts" } else { "" };
        let _ = writeln!(out, " {:?}{starts}", block.boundary);
        shown(&block.items, text, 1, &mut out);
    }
    out
}

/// Items in short: one line each, blocks indented.
pub(crate) fn shown(items: &[Item], script: &str, depth: usize, out: &mut String) {
    let at = |span: Span| script.get(span.range()).unwrap_or("?").replace('\n', "~");
    for item in items {
        let _ = write!(out, "{}", "  ".repeat(depth));
        let _ = match item {
            Item::Set(setting) => writeln!(out, "{}", set(setting, script)),
            Item::Unset { name, layer, .. } => writeln!(out, "unset {name} {layer:?}"),
            Item::Export { name, .. } => writeln!(out, "export {name}"),
            Item::Folder(folder) => writeln!(out, "folder {}", folder.text),
            Item::Invisible { setting, .. } => writeln!(out, "invisible {}", set(setting, script)),
            Item::Toolchain { version, .. } => writeln!(out, "toolchain {}", version.text),
            Item::Run(run) => {
                let settings: Vec<_> = run.settings.iter().map(|one| set(one, script)).collect();
                let sudo = if run.sudo { "sudo " } else { "" };
                let _ = write!(out, "run {sudo}{}", run.words.join(" "));
                let with = if settings.is_empty() { "" } else { " with " };
                writeln!(out, "{with}{}", settings.join(", "))
            }
            Item::Command(command) => writeln!(out, "command {}", at(command.span)),
            Item::Write(write) => {
                writeln!(out, "write {}: {}", write.path.text, write.content.text)
            }
            Item::Lost { what, .. } => writeln!(out, "lost {what}"),
            Item::Call(call) => {
                let passes: Vec<_> = call.passes.iter().map(|one| set(one, script)).collect();
                let sudo = if call.sudo { "sudo " } else { "" };
                let _ = write!(out, "call {sudo}{}", target(&call.target));
                let with = if passes.is_empty() { "" } else { " with " };
                writeln!(out, "{with}{}", passes.join(", "))
            }
            Item::Block(block) => {
                let _ = writeln!(out, "{} {:?}", block.kind, block.boundary);
                shown(&block.items, script, depth + 1, out);
                Ok(())
            }
            Item::Enclosed { block, passes } => {
                let passes: Vec<_> = passes.iter().map(|one| set(one, script)).collect();
                let image = block.image.as_ref().map(|image| image.text.to_string());
                let _ = writeln!(
                    out,
                    "{} {} [{}]",
                    block.kind,
                    image.unwrap_or_default(),
                    passes.join(", ")
                );
                shown(&block.items, script, depth + 1, out);
                Ok(())
            }
            Item::Branches(ways) => {
                let _ = writeln!(out, "branches");
                for way in ways {
                    let _ = writeln!(out, "{}way", "  ".repeat(depth + 1));
                    shown(way, script, depth + 2, out);
                }
                Ok(())
            }
            Item::Declare { name, default, .. } => match default {
                Some(default) => writeln!(out, "declare {name}={default}"),
                None => writeln!(out, "declare {name}"),
            },
        };
    }
}

/// A setting: name, value as written, value as read where that differs, how, and what is unusual.
fn set(setting: &Setting, script: &str) -> String {
    let in_text = |span: Span| script.get(span.range()).unwrap_or_default();
    // What stands in another file is not shown.
    let is_here = in_text(setting.key).contains(&setting.name);
    let written = if is_here {
        in_text(setting.span)
    } else {
        "…"
    };
    let written = written.replace('\n', "~");
    let value = setting.value.to_string();
    let mut text = format!("{}={written}", setting.name);
    if value != written {
        let _ = write!(text, " <{}>", value.replace('\n', "~"));
    }
    let line = script[..setting.span.range().start.min(script.len())]
        .matches('\n')
        .count()
        + 1;
    let _ = write!(text, " by {} at {line}", setting.how);
    if setting.reach != Reach::Block {
        let _ = write!(text, " {:?}", setting.reach);
    }
    if setting.when != When::Always {
        let _ = write!(text, " {:?}", setting.when);
    }
    if setting.layer != Layer::Process {
        let _ = write!(text, " {:?}", setting.layer);
    }
    if setting.rank != 0 {
        let _ = write!(text, " rank {}", setting.rank);
    }
    text
}

fn target(target: &Target) -> String {
    let text = |text: &Option<crate::text::Text>| {
        text.as_ref()
            .map_or_else(String::new, |text| format!(" {text}"))
    };
    match target {
        Target::Script {
            path,
            sourced,
            exports,
        } => format!(
            "script {path}{}{}",
            if *sourced { " sourced" } else { "" },
            if *exports { " exports" } else { "" }
        ),
        Target::Make {
            file,
            folder,
            targets,
        } => {
            format!("make{}{} {targets:?}", text(file), text(folder))
        }
        Target::Image {
            file,
            context,
            stage,
        } => {
            format!("image {context}{}{}", text(file), text(stage))
        }
        Target::Compose { file, names, bake } => {
            format!(
                "{}{} {names:?}",
                if *bake { "bake" } else { "compose" },
                text(file)
            )
        }
        Target::Goal { name, .. } => format!("goal {name}"),
        Target::Workflow { path, .. } => format!("workflow {path}"),
    }
}
