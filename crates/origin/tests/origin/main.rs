//! Origins against a small scripted server on loopback.
#![expect(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod chains;
mod circuits;
mod databases;
mod logins;
mod server;
mod zips;

use std::fmt::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gomod::{ModulePath, ModuleVersion, ProxyList, Version};
use origin::{Chain, Credential, Event, OriginError, OriginParts, Origins};
use platform::{Clock, EnvSnapshot, Limits};

/// Limits that let a test see every deadline at once.
fn short() -> Limits {
    Limits {
        first_byte: Duration::from_millis(200),
        stall: Duration::from_millis(200),
        retry_start: Duration::from_millis(1),
        ..Limits::default()
    }
}

/// Origins over one list, with what they told their observer.
struct Setup {
    origins: Origins,
    chain: Chain,
    told: Arc<Mutex<Vec<String>>>,
}

fn setup(list: &str) -> Setup {
    setup_with(list, short(), Clock::system(), Vec::new())
}

fn setup_with(list: &str, limits: Limits, clock: Clock, credentials: Vec<Credential>) -> Setup {
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let list = ProxyList::parse(list).unwrap();
    let parts = OriginParts {
        limits,
        clock,
        env: EnvSnapshot::default(),
        extra_ca: None,
        credentials,
        observe: Arc::new({
            let told = Arc::clone(&told);
            move |event: &Event<'_>| told.lock().unwrap().push(in_short(event))
        }),
    };
    let origins = Origins::new(parts, &[&list]).unwrap();
    let chain = origins.chain(&list);
    Setup {
        origins,
        chain,
        told,
    }
}

impl Setup {
    /// What was told since the last call.
    fn told(&self) -> Vec<String> {
        std::mem::take(&mut self.told.lock().unwrap())
    }
}

fn in_short(event: &Event<'_>) -> String {
    match event {
        Event::Exchange { kind, error, .. } => {
            let mut text = (*kind).to_owned();
            if let Some(error) = error {
                write!(text, " {}", kind_of(error)).unwrap();
            }
            text
        }
        Event::Fallback { error, .. } => format!("fallback {}", kind_of(error)),
        Event::Circuit { state, .. } => format!("circuit {state:?}"),
    }
}

fn kind_of(error: &OriginError) -> &'static str {
    match error {
        OriginError::Absent { .. } => "absent",
        OriginError::Denied { .. } => "denied",
        OriginError::Credentials { .. } => "credentials",
        OriginError::RateLimited { .. } => "limited",
        OriginError::Unavailable { .. } => "unavailable",
        OriginError::Timeout { .. } => "timeout",
        OriginError::Invalid { .. } => "invalid",
        OriginError::Truncated { .. } => "truncated",
        OriginError::Disabled { .. } => "disabled",
    }
}

fn module() -> ModuleVersion {
    let path = ModulePath::parse("a.example/M").unwrap();
    ModuleVersion::new(path, Version::parse("v1.0.0").unwrap()).unwrap()
}
