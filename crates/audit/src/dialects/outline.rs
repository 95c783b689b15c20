//! Blocks as lines of text, for the tests of front ends.

use std::fmt::Write as _;

use crate::block::{Block, Boundary, Item, Layer, Reach, Setting, Target, When};
use crate::repository::Repository;
use crate::source::FileId;
use crate::unit::Unit;

/// What a front end makes of the first of these files.
pub(crate) fn read(
    front_end: fn(FileId, &Repository) -> Unit,
    files: &[(&str, &str)],
) -> (Repository, Unit) {
    let repository =
        Repository::from_files(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    let file = files.first().and_then(|(path, _)| repository.find(path));
    let unit = front_end(file.unwrap_or(FileId(0)), &repository);
    (repository, unit)
}

/// The blocks of a unit, an item a line, with the line of the file that it stands on.
pub(crate) fn outline(repository: &Repository, unit: &Unit) -> String {
    let mut out = String::new();
    for fault in &unit.faults {
        let line = repository.file(fault.span.file).line(fault.span);
        let _ = writeln!(out, "{line} fault {}", fault.message);
    }
    for block in &unit.blocks {
        show_block(repository, block, 0, &mut out);
    }
    out
}

fn show_block(repository: &Repository, block: &Block, depth: usize, out: &mut String) {
    let line = repository.file(block.span.file).line(block.span);
    let _ = write!(
        out,
        "{}{line} {} {:?}",
        "  ".repeat(depth),
        block.kind,
        block.name
    );
    if block.boundary != Boundary::Child {
        let _ = write!(out, " {:?}", block.boundary);
    }
    if block.starts {
        out.push_str(" starts");
    }
    if let Some(image) = &block.image {
        let _ = write!(out, " image={}", image.text);
    }
    if let Some(folder) = &block.folder {
        let _ = write!(out, " folder={folder}");
    }
    out.push('\n');
    show_items(repository, &block.items, depth + 1, out);
}

fn show_items(repository: &Repository, items: &[Item], depth: usize, out: &mut String) {
    let place = "  ".repeat(depth);
    for item in items {
        match item {
            // The runner's own are the same everywhere.
            Item::Set(setting) if setting.how == "runner" => {}
            Item::Block(block) => show_block(repository, block, depth, out),
            Item::Branches(ways) => {
                for (at, way) in ways.iter().enumerate() {
                    let _ = writeln!(out, "{place}way {at}");
                    show_items(repository, way, depth + 1, out);
                }
            }
            item => {
                let _ = writeln!(out, "{place}{}", show_item(repository, item));
            }
        }
    }
}

fn show_item(repository: &Repository, item: &Item) -> String {
    let line = |span: crate::source::Span| repository.file(span.file).line(span);
    let all = |settings: &[Setting]| -> Vec<String> {
        let shown = settings.iter().map(|setting| show(repository, setting));
        shown.collect()
    };
    match item {
        Item::Enclosed { block, passes } => {
            format!("enclosed {} passes={}", block.kind, passes.len())
        }
        Item::Set(setting) => show(repository, setting),
        Item::Unset { name, span, .. } => format!("{} unset {name}", line(*span)),
        Item::Export { name, span } => format!("{} export {name}", line(*span)),
        Item::Folder(folder) => format!("{} cd {}", line(folder.span), folder.text),
        Item::Invisible { setting, reason } => {
            format!("invisible {}: {reason}", show(repository, setting))
        }
        Item::Declare {
            name,
            default,
            span,
        } => {
            let default = default.as_ref().map(|default| format!("={default}"));
            format!(
                "{} declare {name}{}",
                line(*span),
                default.unwrap_or_default()
            )
        }
        Item::Toolchain { version, local } => {
            format!("{} go {} local={local:?}", line(version.span), version.text)
        }
        Item::Run(run) => {
            let settings = all(&run.settings);
            format!(
                "{} run {} {settings:?}",
                line(run.span),
                run.words.join(" ")
            )
        }
        Item::Command(command) => {
            let words = command.words.iter().map(|word| word.text.to_string());
            format!(
                "{} command {}",
                line(command.span),
                words.collect::<Vec<_>>().join(" ")
            )
        }
        Item::Write(write) => format!("{} write {}", line(write.path.span), write.path.text),
        Item::Call(call) => {
            let passes = all(&call.passes);
            format!(
                "{} call {} {passes:?}",
                line(call.span),
                target(&call.target)
            )
        }
        Item::Lost { span, what } => format!("{} lost: {what}", line(*span)),
        Item::Block(_) | Item::Branches(_) => String::new(),
    }
}

fn target(target: &Target) -> String {
    let shown = |text: &Option<crate::text::Text>| match text {
        Some(text) => text.to_string(),
        None => "-".to_owned(),
    };
    match target {
        Target::Goal { name, .. } => format!("goal {name}"),
        Target::Script { path, sourced, .. } => format!("script {path} sourced={sourced}"),
        Target::Make {
            file,
            folder,
            targets,
        } => format!("make {} {} {targets:?}", shown(file), shown(folder)),
        Target::Image {
            file,
            context,
            stage,
        } => format!("image {} {context} {}", shown(file), shown(stage)),
        Target::Compose { file, names, bake } => {
            format!("compose {} {names:?} bake={bake}", shown(file))
        }
        Target::Workflow {
            path,
            sees_environment,
        } => format!("workflow {path} sees={sees_environment}"),
    }
}

/// A setting: line, name, value, and what is not as usual. What stands in the file follows where it is
/// not the value itself.
fn show(repository: &Repository, setting: &Setting) -> String {
    let line = repository.file(setting.span.file).line(setting.span);
    let mut shown = format!("{line} {} {}={}", setting.how, setting.name, setting.value);
    let raw = repository.slice(setting.span);
    if raw != setting.value.to_string() {
        let _ = write!(shown, " <{raw}>");
    }
    if setting.layer != Layer::Process {
        let _ = write!(shown, " {:?}", setting.layer);
    }
    if setting.reach != Reach::Block {
        let _ = write!(shown, " {:?}", setting.reach);
    }
    if setting.when != When::Always {
        let _ = write!(shown, " {:?}", setting.when);
    }
    if setting.rank > 0 {
        let _ = write!(shown, " rank={}", setting.rank);
    }
    if setting.value.has_secret() {
        shown.push_str(" secret");
    }
    shown
}
