//! What items do to those behind them.

use crate::block::{Boundary, Item, Layer, Reach, Target, When};
use crate::source::Span;

/// Whether an item changes what comes after it.
pub(super) fn changes(item: &Item) -> bool {
    match item {
        Item::Set(setting) => setting.layer == Layer::Process && setting.reach != Reach::Later,
        Item::Unset { .. } | Item::Export { .. } | Item::Folder(_) | Item::Toolchain { .. } => true,
        Item::Branches(ways) => ways.iter().flatten().any(changes),
        Item::Block(block) => block.boundary == Boundary::Open && block.items.iter().any(changes),
        Item::Call(call) => matches!(call.target, Target::Script { sourced: true, .. }),
        _ => false,
    }
}

/// Whether an item writes a file of settings.
pub(super) fn writes(item: &Item) -> bool {
    match item {
        Item::Set(_) => true,
        Item::Block(block) => block.items.iter().any(writes),
        _ => false,
    }
}

/// What a way sets when a variable is empty: only if it has no value. The rest is given back.
pub(super) fn default_only(name: &str, items: Vec<Item>, out: &mut Vec<Item>) -> Vec<Item> {
    let mut rest = Vec::new();
    for item in items {
        match item {
            Item::Set(mut setting) if setting.name == name => {
                setting.when = When::IfUnset;
                out.push(Item::Set(setting));
            }
            Item::Export {
                name: exported,
                span,
            } if exported == name => {
                out.push(Item::Export {
                    name: exported,
                    span,
                });
            }
            item => rest.push(item),
        }
    }
    rest
}

/// Where the first of the items stands.
pub(super) fn range_of(items: &[Item]) -> Option<Span> {
    items.iter().find_map(|item| match item {
        Item::Set(setting) => Some(setting.key),
        Item::Unset { span, .. } | Item::Export { span, .. } | Item::Lost { span, .. } => {
            Some(*span)
        }
        Item::Run(run) => Some(run.span),
        Item::Block(block) => Some(block.span),
        Item::Call(call) => Some(call.span),
        _ => None,
    })
}
