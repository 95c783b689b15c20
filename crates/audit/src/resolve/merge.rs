//! What holds after one of several ways was gone.

use crate::environment::Value;

use super::scope::{Held, Scope, Slot};

/// The environment after one of `ways`, all of which began at `before`: a value is known only where all
/// agree.
pub(super) fn merge(before: &Scope, ways: Vec<Scope>) -> Scope {
    let mut ways = ways.into_iter();
    let Some(mut merged) = ways.next() else {
        return before.clone();
    };
    for other in ways {
        let names: Vec<_> = merged
            .slots
            .keys()
            .chain(other.slots.keys())
            .cloned()
            .collect();
        for name in names {
            let known = before.slots.get(&name);
            let known = known.map_or(0, |slot| slot.candidates.len());
            let own = merged.slots.entry(name.clone()).or_default();
            let empty = Slot::default();
            let theirs = other.slots.get(&name).unwrap_or(&empty);
            merge_slot(own, theirs, known);
        }
    }
    merged
}

fn merge_slot(own: &mut Slot, theirs: &Slot, known: usize) {
    let shift = own.candidates.len().saturating_sub(known);
    own.candidates
        .extend(theirs.candidates.iter().skip(known).cloned());
    let moved = |held: &Held| {
        let mut held = held.clone();
        if held.candidate >= known {
            held.candidate += shift;
        }
        held
    };
    let both = |own: &Option<Held>, theirs: &Option<Held>| match (own, theirs.as_ref().map(moved)) {
        (None, None) => None,
        (Some(one), Some(other)) if one.value == other.value => Some(one.clone()),
        (Some(one), None) => Some(uncertain(one.clone())),
        (_, Some(other)) => Some(uncertain(other)),
    };
    own.process = both(&own.process, &theirs.process);
    own.local = both(&own.local, &theirs.local);
    own.user_file = both(&own.user_file, &theirs.user_file);
    own.goroot_file = both(&own.goroot_file, &theirs.goroot_file);
}

/// The same, as something that may or may not hold.
fn uncertain(mut held: Held) -> Held {
    if let Value::Known(text) = &held.value {
        held.value = Value::Unknown(format!("{text} (only under a condition)"));
    }
    held
}
