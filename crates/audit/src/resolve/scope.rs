//! What is known of the environment at one point of the way.

use std::collections::BTreeMap;

use crate::block::{Layer, Reach, Setting, System, When};
use crate::environment::{Candidate, Outcome, Value};
use crate::source::Span;
use crate::text::{Part, Text};

/// Names that matter to `go`, to what it starts and to how it reaches the network; besides all that
/// begin with `GO`.
const OTHER_NAMES: [&str; 27] = [
    "ALL_PROXY",
    "CI",
    "CURL_CA_BUNDLE",
    "DOCKER_BUILDKIT",
    "GIT_ASKPASS",
    "GIT_SSH_COMMAND",
    "GIT_SSL_CAINFO",
    "GIT_SSL_NO_VERIFY",
    "GIT_TERMINAL_PROMPT",
    "HOME",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NETRC",
    "NO_PROXY",
    "PATH",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "SUDO_USER",
    "USER",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "all_proxy",
    "https_proxy",
    "http_proxy",
    "no_proxy",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_GLOBAL",
];

/// How long a value may be, in bytes: Linux starts no program with a longer string (`MAX_ARG_STRLEN`), and values
/// that double would have no end.
const MAX_VALUE: usize = 128 << 10;

/// How much is shown of one that is longer, in bytes.
const SHOWN: usize = 64;

/// Whether a variable is reported at sites.
pub(crate) fn is_of_interest(name: &str) -> bool {
    name.starts_with("GO") || OTHER_NAMES.contains(&name)
}

/// A value that holds at this point.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) value: Value,
    /// Which candidate gave it.
    pub(crate) candidate: usize,
    rank: u8,
}

/// Variables that programs made with Go read when they run, and `go` does not.
const OF_PROGRAMS: [&str; 8] = [
    "GOCOVERDIR",
    "GODEBUG",
    "GOGC",
    "GOMAXPROCS",
    "GOMEMLIMIT",
    "GORACE",
    "GOTRACEBACK",
    "GOLANG_PROTOBUF_REGISTRATION_CONFLICT",
];

/// Whether a variable is one of `go` itself, and no program's that was made with it.
pub(crate) fn is_of_go(name: &str) -> bool {
    name.starts_with("GO") && !OF_PROGRAMS.contains(&name)
}

/// What is known of one variable.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slot {
    pub(crate) process: Option<Held>,
    /// A shell or make variable that is not exported.
    pub(crate) local: Option<Held>,
    pub(crate) user_file: Option<Held>,
    pub(crate) goroot_file: Option<Held>,
    /// Whether it is exported once it has a value.
    exported: bool,
    pub(crate) candidates: Vec<Candidate>,
}

/// The environment at one point.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    pub(crate) slots: BTreeMap<String, Slot>,
    /// Values that a caller hands over by name.
    pub(crate) passes: BTreeMap<String, Passed>,
    /// Whether an environment that no file describes is around all this, so that what nobody sets may
    /// still have a value.
    pub(crate) open: bool,
    /// Whether all that a shell sets is exported: a file that is sourced under `set -a`.
    pub(crate) exports_all: bool,
    /// Whether nobody is known who calls this, so that what a caller would hand over is unknown.
    pub(crate) given_unknown: bool,
}

/// What a caller hands over.
#[derive(Clone, Debug)]
pub(crate) struct Passed {
    pub(crate) value: Value,
    pub(crate) span: Span,
    pub(crate) how: String,
    pub(crate) secret: bool,
}

/// A value ready to be held, with where it comes from.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    pub(crate) name: String,
    pub(crate) value: Value,
    pub(crate) span: Option<Span>,
    pub(crate) how: String,
    pub(crate) layer: Layer,
    pub(crate) reach: Reach,
    pub(crate) when: When,
    pub(crate) rank: u8,
    pub(crate) secret: bool,
}

impl Scope {
    /// The value of a text here.
    pub(crate) fn expand(&self, text: &Text) -> Value {
        let mut out = String::new();
        let mut unknown = false;
        for part in &text.parts {
            match part {
                Part::Literal(literal) => out.push_str(literal),
                Part::Variable { name, fallback } => {
                    match self.reference(name, fallback.as_ref()) {
                        Value::Known(value) => out.push_str(&value),
                        Value::Unset => {}
                        Value::Unknown(written) => {
                            unknown = true;
                            out.push_str(&written);
                        }
                    }
                }
                Part::Unknown {
                    written, fallback, ..
                } => {
                    unknown = true;
                    out.push_str(written);
                    if let Some(fallback) = fallback {
                        out.push_str(" or ");
                        out.push_str(&fallback.to_string());
                    }
                }
            }
            if out.len() > MAX_VALUE {
                out.truncate(out.floor_char_boundary(SHOWN));
                out.push_str("… (too long for an environment)");
                return Value::Unknown(out);
            }
        }
        if unknown {
            Value::Unknown(out)
        } else {
            Value::Known(out)
        }
    }

    fn reference(&self, name: &str, fallback: Option<&Text>) -> Value {
        let held = self.slots.get(name).and_then(|slot| {
            let local = slot.local.as_ref();
            local.or(slot.process.as_ref()).map(|held| &held.value)
        });
        match (held, fallback) {
            (Some(Value::Known(text)), Some(fallback)) if text.is_empty() => self.expand(fallback),
            (Some(value @ (Value::Known(_) | Value::Unknown(_))), _) => value.clone(),
            (_, Some(fallback)) => self.expand(fallback),
            (_, None) if self.open => Value::Unknown(format!("${name}")),
            (_, None) => Value::Known(String::new()),
        }
    }

    /// Whether a secret goes into a text here.
    fn takes_secret(&self, text: &Text) -> bool {
        text.has_secret()
            || text.parts.iter().any(|part| match part {
                Part::Variable { name, .. } => self.slots.get(name).is_some_and(|slot| {
                    let held = slot.local.as_ref().or(slot.process.as_ref());
                    held.is_some_and(|held| slot.candidates[held.candidate].secret)
                }),
                _ => false,
            })
    }

    /// A setting, expanded.
    pub(crate) fn offer(&self, setting: &Setting) -> Offer {
        Offer {
            name: setting.name.clone(),
            value: self.expand(&setting.value),
            span: Some(setting.span),
            how: setting.how.to_owned(),
            layer: setting.layer,
            reach: setting.reach,
            when: setting.when,
            rank: setting.rank,
            secret: self.takes_secret(&setting.value),
        }
    }

    /// Sets a variable, or notes why that has no effect.
    pub(crate) fn set(&mut self, mut offer: Offer, system: System) {
        if self.exports_all && offer.reach == Reach::Local {
            offer.reach = Reach::Block;
        }
        let open = self.open;
        let slot = self.slots.entry(offer.name.clone()).or_default();
        let (held, outcome) = slot.judge(&offer, system, open);
        slot.candidates.push(Candidate {
            span: offer.span,
            how: offer.how,
            value: offer.value.clone(),
            layer: Some(offer.layer),
            outcome,
            secret: offer.secret,
        });
        let Some(place) = held else {
            return;
        };
        let value = match offer.when {
            When::Perhaps => slot.perhaps(place, &offer.value),
            _ => offer.value,
        };
        let held = Some(Held {
            value,
            candidate: slot.candidates.len() - 1,
            rank: offer.rank,
        });
        match place {
            Place::Process => (slot.process, slot.local) = (held, None),
            Place::Local => slot.local = held,
            Place::UserFile => slot.user_file = held,
            // The first line of a key wins there.
            Place::GorootFile => slot.goroot_file = slot.goroot_file.take().or(held),
        }
    }

    /// Notes in the trace what takes effect only later.
    pub(crate) fn note_later(&mut self, offer: &Offer) {
        let slot = self.slots.entry(offer.name.clone()).or_default();
        slot.candidates.push(Candidate {
            span: offer.span,
            how: offer.how.clone(),
            value: offer.value.clone(),
            layer: Some(offer.layer),
            outcome: Outcome::Invisible(super::LATER.to_owned()),
            secret: offer.secret,
        });
    }

    /// Notes in the trace what never takes effect.
    pub(crate) fn note_invisible(&mut self, setting: &Setting, reason: &str) {
        let offer = self.offer(setting);
        let slot = self.slots.entry(offer.name).or_default();
        slot.candidates.push(Candidate {
            span: offer.span,
            how: offer.how,
            value: offer.value,
            layer: Some(offer.layer),
            outcome: Outcome::Invisible(reason.to_owned()),
            secret: offer.secret,
        });
    }

    /// Gives a declared name the caller's value, or its default.
    pub(crate) fn declare(&mut self, name: &str, default: Option<&Text>, span: Span) {
        let (value, at, how, secret) = match (self.passes.get(name), default) {
            (Some(passed), _) => (
                passed.value.clone(),
                passed.span,
                passed.how.clone(),
                passed.secret,
            ),
            (None, Some(default)) => {
                let secret = self.takes_secret(default);
                (
                    self.expand(default),
                    span,
                    "default of ARG".to_owned(),
                    secret,
                )
            }
            (None, None) if self.given_unknown => (
                Value::Unknown(format!("build argument {name}")),
                span,
                "ARG".to_owned(),
                false,
            ),
            (None, None) => return,
        };
        let offer = Offer {
            name: name.to_owned(),
            value,
            span: Some(at),
            how,
            layer: Layer::Process,
            reach: Reach::Block,
            when: When::Always,
            rank: 0,
            secret,
        };
        self.set(offer, System::Docker);
    }

    /// Takes a variable out of a layer.
    pub(crate) fn unset(&mut self, name: &str, layer: Layer) {
        let Some(slot) = self.slots.get_mut(name) else {
            return;
        };
        match layer {
            Layer::Process => (slot.process, slot.local) = (None, None),
            Layer::UserFile => slot.user_file = None,
            Layer::GorootFile => slot.goroot_file = None,
        }
        for candidate in &mut slot.candidates {
            if candidate.layer == Some(layer) && candidate.outcome == Outcome::Used {
                candidate.outcome = Outcome::Lost("taken away by unset".to_owned());
            }
        }
    }

    /// Lets child processes see a variable of the shell, now or once it is set.
    pub(crate) fn export(&mut self, name: &str) {
        let slot = self.slots.entry(name.to_owned()).or_default();
        slot.exported = true;
        if let Some(held) = slot.local.take() {
            slot.candidates[held.candidate].outcome = Outcome::Used;
            slot.process = Some(held);
        }
    }

    /// Takes everything out of the process that `keep` does not name: what `env -i` or `sudo` do.
    pub(crate) fn drop_process(&mut self, reason: &str, keep: impl Fn(&str) -> bool) {
        for (name, slot) in &mut self.slots {
            if keep(name) {
                continue;
            }
            if slot.process.take().is_some() {
                for candidate in &mut slot.candidates {
                    if candidate.layer == Some(Layer::Process) && candidate.outcome == Outcome::Used
                    {
                        candidate.outcome = Outcome::Invisible(reason.to_owned());
                    }
                }
            }
        }
    }

    /// The same, as work that inherits nothing sees it: what was tried stays in the trace.
    pub(crate) fn closed(&self, reason: &str) -> Self {
        let mut inner = Self::default();
        for (name, slot) in &self.slots {
            if !is_of_interest(name) {
                continue;
            }
            let mut candidates = slot.candidates.clone();
            for candidate in &mut candidates {
                if candidate.outcome == Outcome::Used {
                    candidate.outcome = Outcome::Invisible(reason.to_owned());
                }
            }
            let slot = Slot {
                candidates,
                ..Slot::default()
            };
            inner.slots.insert(name.clone(), slot);
        }
        inner
    }
}

/// Where a value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Process,
    Local,
    UserFile,
    GorootFile,
}

impl Slot {
    /// Where an offer goes, or nowhere; and what the trace says of it.
    fn judge(&mut self, offer: &Offer, system: System, open: bool) -> (Option<Place>, Outcome) {
        match offer.layer {
            Layer::UserFile => return (Some(Place::UserFile), Outcome::Used),
            Layer::GorootFile => return (Some(Place::GorootFile), Outcome::Used),
            Layer::Process => {}
        }
        let has_value = match &self.process {
            Some(held) => !held.value.is_empty(),
            None => false,
        };
        match offer.when {
            When::IfUnset if has_value => {
                let reason = "it has a value already".to_owned();
                return (None, Outcome::Lost(reason));
            }
            When::IfInherited if self.process.is_none() && !open => {
                let reason = "make does not export it".to_owned();
                return (Some(Place::Local), Outcome::Invisible(reason));
            }
            When::IfInherited if self.process.is_none() => {
                let reason = "make exports it only if it came from the environment".to_owned();
                return (Some(Place::Local), Outcome::Invisible(reason));
            }
            _ => {}
        }
        if offer.reach == Reach::Local {
            // A shell goes on exporting what it exported once.
            if !self.exported && (self.process.is_none() || system == System::Make) {
                let reason = "not exported".to_owned();
                return (Some(Place::Local), Outcome::Invisible(reason));
            }
        }
        if let Some(held) = &self.process
            && offer.rank < held.rank
        {
            let winner = &self.candidates[held.candidate].how;
            return (
                None,
                Outcome::Lost(format!("{winner} wins over {}", offer.how)),
            );
        }
        (Some(Place::Process), Outcome::Used)
    }

    /// The value after a setting that may or may not have happened.
    fn perhaps(&mut self, place: Place, value: &Value) -> Value {
        let before = match place {
            Place::Process => self.process.as_ref(),
            Place::Local => self.local.as_ref(),
            Place::UserFile => self.user_file.as_ref(),
            Place::GorootFile => self.goroot_file.as_ref(),
        };
        match before {
            Some(held) if held.value == *value => value.clone(),
            _ => {
                let shown = match value {
                    Value::Known(text) | Value::Unknown(text) => text.as_str(),
                    Value::Unset => "",
                };
                Value::Unknown(format!("{shown} (only under a condition)"))
            }
        }
    }
}
