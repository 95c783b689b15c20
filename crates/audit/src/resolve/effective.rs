//! From what is set at a point to what `go` takes it for there.
//!
//! The order is Go's: a variable of the process that is not empty, the user's file (where an empty
//! line counts), `$GOROOT/go.env`, the built-in default.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::block::Layer;
use crate::environment::{Candidate, Confidence, Environment, Outcome, Value, Variable};

use super::scope::{Held, Scope, Slot, is_of_interest};

/// Go's defaults, for names that have one.
const DEFAULTS: [(&str, &str); 6] = [
    ("GOPROXY", gomod::defaults::GOPROXY),
    ("GOSUMDB", gomod::defaults::GOSUMDB),
    ("GOTOOLCHAIN", gomod::defaults::GOTOOLCHAIN),
    ("GOVCS", "public:git|hg,private:all"),
    ("GOAUTH", "netrc"),
    ("GO111MODULE", ""),
];

/// The environment at a point. `sure`: whether nothing on the way there was lost.
pub(crate) fn environment(scope: &Scope, sure: bool) -> Environment {
    let mut variables = BTreeMap::new();
    let goenv = scope.slots.get("GOENV");
    let goenv = goenv.and_then(|slot| slot.process.as_ref());
    let reads_file = goenv.is_none_or(|held| held.value != Value::Known("off".to_owned()));
    for (name, slot) in &scope.slots {
        if !is_of_interest(name) {
            continue;
        }
        let slot = if reads_file || slot.user_file.is_none() {
            Cow::Borrowed(slot)
        } else {
            Cow::Owned(without_file(slot))
        };
        variables.insert(name.clone(), variable(name, &slot, sure));
    }
    for (name, default) in DEFAULTS {
        if !default.is_empty() {
            let slot = Slot::default();
            let made = || variable(name, &slot, sure);
            variables.entry(name.to_owned()).or_insert_with(made);
        }
    }
    let private = variables.get("GOPRIVATE").cloned();
    for name in ["GONOPROXY", "GONOSUMDB"] {
        fall_back(&mut variables, name, private.as_ref());
    }
    let variables = variables
        .into_iter()
        .map(|(name, variable)| (name, Arc::new(variable)));
    Environment {
        variables: variables.collect(),
    }
}

/// The same where `GOENV=off` leaves the user's file unread.
fn without_file(slot: &Slot) -> Slot {
    let mut slot = slot.clone();
    slot.user_file = None;
    for candidate in &mut slot.candidates {
        if candidate.layer == Some(Layer::UserFile) && candidate.outcome == Outcome::Used {
            candidate.outcome = Outcome::Invisible("GOENV=off leaves that file unread".to_owned());
        }
    }
    slot
}

fn variable(name: &str, slot: &Slot, sure: bool) -> Variable {
    let mut candidates = slot.candidates.clone();
    for candidate in &mut candidates {
        // Decided anew below; what was lost or invisible stays so.
        if candidate.outcome == Outcome::Used {
            candidate.outcome = Outcome::Lost("a later or stronger setting wins".to_owned());
        }
    }
    let is_go = name.starts_with("GO");
    let process = slot.process.as_ref();
    if let Some(held) = process.filter(|held| is_go && held.value.is_empty()) {
        let reason = "empty, which Go takes for unset".to_owned();
        candidates[held.candidate].outcome = Outcome::Lost(reason);
    }
    let process = process.filter(|held| !(is_go && held.value.is_empty()));
    let files = [slot.user_file.as_ref(), slot.goroot_file.as_ref()];
    let files = files.into_iter().flatten().filter(|_| is_go);
    let held: Option<&Held> = process.into_iter().chain(files).next();
    let mut confidence = if sure {
        Confidence::High
    } else {
        Confidence::Medium
    };
    if let Some(held) = held {
        candidates[held.candidate].outcome = Outcome::Used;
        return Variable {
            value: held.value.clone(),
            confidence,
            candidates: shared(candidates),
        };
    }
    if !sure {
        confidence = Confidence::Low;
    }
    let default = DEFAULTS.iter().find(|(known, _)| *known == name);
    let value = match default {
        Some((_, text)) if !text.is_empty() => Value::Known((*text).to_owned()),
        _ => Value::Unset,
    };
    if let Value::Known(_) = value {
        candidates.push(Candidate {
            span: None,
            how: "Go's default".to_owned(),
            value: value.clone(),
            layer: None,
            outcome: Outcome::Used,
            secret: false,
        });
    }
    Variable {
        value,
        confidence,
        candidates: shared(candidates),
    }
}

fn shared(candidates: Vec<Candidate>) -> Vec<Arc<Candidate>> {
    candidates.into_iter().map(Arc::new).collect()
}

/// GONOPROXY and GONOSUMDB are GOPRIVATE where they are empty, whoever set them so.
fn fall_back(variables: &mut BTreeMap<String, Variable>, name: &str, private: Option<&Variable>) {
    let own = variables.get(name);
    if own.is_some_and(|own| own.value.text().is_some() || matches!(own.value, Value::Unknown(_))) {
        return;
    }
    let Some(private) = private.filter(|private| private.value != Value::Unset) else {
        return;
    };
    let mut candidates = own.map(|own| own.candidates.clone()).unwrap_or_default();
    candidates.push(Arc::new(Candidate {
        span: None,
        how: "GOPRIVATE".to_owned(),
        value: private.value.clone(),
        layer: None,
        outcome: Outcome::Used,
        secret: false,
    }));
    let variable = Variable {
        value: private.value.clone(),
        confidence: private.confidence,
        candidates,
    };
    variables.insert(name.to_owned(), variable);
}
