//! Variables whose references are followed where they are used and not where they are set, so that what they
//! refer to may stand below: those that make sets by `=`, and those of GitLab.

use std::collections::{HashMap, HashSet};

use crate::block::{Item, Setting};
use crate::dialects::github::detail::{in_order, references};

/// How many variables one may refer to through others that all stand below, before the rest is left as it is.
const MAX_CHAIN: usize = 8;

/// The recursive variables that refer to what stands below them, needs first: what they are in the end.
pub(super) fn settled(items: &[Item], is_recursive: impl Fn(&Setting) -> bool) -> Vec<Setting> {
    let stale = stale(items, is_recursive);
    let settings = items
        .iter()
        .enumerate()
        .filter_map(|(at, item)| match item {
            Item::Set(setting) if stale.contains(&at) => Some(setting.clone()),
            _ => None,
        });
    let mut ordered = in_order(settings.collect());
    ordered.reverse();
    ordered
}

/// Puts recursive variables that refer to what stands below them behind it. One that is read before keeps its
/// place too.
pub(super) fn settle(items: &mut Vec<Item>, is_recursive: impl Fn(&Setting) -> bool) {
    let settled = settled(items, &is_recursive);
    let stale = stale(items, is_recursive);
    if stale.is_empty() {
        return;
    }
    let mut read = HashSet::new();
    for (at, item) in items.iter().enumerate() {
        if !stale.contains(&at) {
            note_read(item, &mut read);
        }
    }
    let mut kept = Vec::with_capacity(items.len());
    for (at, item) in items.drain(..).enumerate() {
        match item {
            Item::Set(setting) if stale.contains(&at) => {
                if read.contains(&setting.name) {
                    kept.push(Item::Set(setting));
                }
            }
            item => kept.push(item),
        }
    }
    kept.extend(settled.into_iter().map(Item::Set));
    *items = kept;
}

/// Where each variable is set last.
fn last_places(items: &[Item]) -> HashMap<String, usize> {
    let mut last = HashMap::new();
    for (at, item) in items.iter().enumerate() {
        for_each_setting(item, &mut |setting| {
            last.insert(setting.name.clone(), at);
        });
    }
    last
}

/// The recursive variables that refer, be it through others, to what is set below them.
fn stale(items: &[Item], is_recursive: impl Fn(&Setting) -> bool) -> HashSet<usize> {
    let last = last_places(items);
    let candidates: Vec<(usize, &Setting)> = items
        .iter()
        .enumerate()
        .filter_map(|(at, item)| match item {
            Item::Set(setting) if is_recursive(setting) && last.get(&setting.name) == Some(&at) => {
                Some((at, setting))
            }
            _ => None,
        })
        .collect();
    let mut stale = HashSet::new();
    for _ in 0..MAX_CHAIN {
        let before = stale.len();
        for (at, setting) in &candidates {
            let below = references(&setting.value).into_iter().any(|name| {
                name != setting.name
                    && last
                        .get(name)
                        .is_some_and(|other| other > at || stale.contains(other))
            });
            if below {
                stale.insert(*at);
            }
        }
        if stale.len() == before {
            break;
        }
    }
    stale
}

/// Notes the variables whose values are taken at this place.
fn note_read(item: &Item, read: &mut HashSet<String>) {
    for_each_setting(item, &mut |setting| {
        read.extend(references(&setting.value).into_iter().map(str::to_owned));
    });
}

fn for_each_setting(item: &Item, visit: &mut impl FnMut(&Setting)) {
    match item {
        Item::Set(setting) => visit(setting),
        Item::Branches(ways) => {
            for item in ways.iter().flatten() {
                for_each_setting(item, visit);
            }
        }
        _ => {}
    }
}
