//! The checks of a machine: from the variables to the modules, cheap and local
//! first, the network last.
//!
//! [`Situation::read`] gathers what the machine says of itself; [`examine`]
//! runs the groups one after the other and the probes of a group side by side.
//! A check whose ground another one has found broken is skipped and says which,
//! so that one fault is one failure.

mod advice;
mod catalogue;
mod certificate;
mod chain;
mod clock;
mod container;
mod dial;
mod endpoint;
mod env;
mod http;
mod interception;
mod leak;
mod netrc;
mod private;
mod proxy;
mod reach;
mod redact;
mod server;
mod situation;
mod storage;
mod sumdb;
mod tls;
mod toolchain;
mod values;

use std::sync::Arc;
use std::time::{Duration, Instant};

pub use advice::{Context, Setting, mended, settings};
pub use catalogue::{CATALOGUE, Description};
pub use redact::Redaction;
pub use situation::{Situation, Surroundings};

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// It could not be made, or there is nothing to check.
    Skip,
    /// As it must be.
    Ok,
    /// Works, but will surprise somebody.
    Warn,
    /// Builds fail, or get their modules past what was meant.
    Fail,
}

impl Status {
    /// As it stands in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// A group of checks, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Go's variables, folders and files.
    Env,
    /// The installed Go and the one that go.mod wants.
    Toolchain,
    /// GOPROXY and GONOPROXY.
    Chain,
    /// Names.
    Dns,
    /// Connections.
    Tcp,
    /// Proxies for HTTP itself: `HTTPS_PROXY` and the like.
    Proxy,
    /// Certificates.
    Tls,
    /// Certificates that somebody on the way has made.
    Interception,
    /// The module protocol.
    Http,
    /// The checksum database.
    Sumdb,
    /// Go itself as a module.
    ToolchainEndpoint,
    /// Private modules, netrc, git.
    Private,
    /// Who learns of which module.
    Leak,
    /// Container and CI system.
    Container,
    /// A modkeep in the chain.
    Server,
}

impl Group {
    /// Every group, in order.
    pub const ALL: [Self; 15] = [
        Self::Env,
        Self::Toolchain,
        Self::Chain,
        Self::Dns,
        Self::Tcp,
        Self::Proxy,
        Self::Tls,
        Self::Interception,
        Self::Http,
        Self::Sumdb,
        Self::ToolchainEndpoint,
        Self::Private,
        Self::Leak,
        Self::Container,
        Self::Server,
    ];

    /// Its name on the command line and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Env => "env",
            Self::Toolchain => "toolchain",
            Self::Chain => "chain",
            Self::Dns => "dns",
            Self::Tcp => "tcp",
            Self::Proxy => "proxy",
            Self::Tls => "tls",
            Self::Interception => "interception",
            Self::Http => "http",
            Self::Sumdb => "sumdb",
            Self::ToolchainEndpoint => "toolchain-endpoint",
            Self::Private => "private",
            Self::Leak => "leak",
            Self::Container => "container",
            Self::Server => "server",
        }
    }

    /// The group of this name; an error names the nearest.
    ///
    /// # Errors
    /// One line, when there is no such group.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wanted = text.trim().to_ascii_lowercase();
        if let Some(found) = Self::ALL.into_iter().find(|group| group.name() == wanted) {
            return Ok(found);
        }
        let names = Self::ALL.map(Self::name);
        match policy::document::nearest(&wanted, names) {
            Some(name) => Err(format!("no such group; did you mean {name:?}?")),
            None => Err(format!("no such group; there are {}", names.join(", "))),
        }
    }
}

/// A check that was made, or was to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Which: `tls.certificate`.
    pub id: &'static str,
    /// Its group.
    pub group: Group,
    /// What it was made on, when there may be several: an entry of GOPROXY, a module.
    pub subject: Option<String>,
    /// What came of it.
    pub status: Status,
    /// What was seen; for a skip, why it was not made.
    pub evidence: String,
    /// What to do; empty when there is nothing to do.
    pub remedy: String,
    /// How long it took.
    pub duration: Duration,
}

impl Check {
    fn new(id: &'static str, status: Status, evidence: String, remedy: String) -> Self {
        Self {
            id,
            group: catalogue::group_of(id),
            subject: None,
            status,
            evidence,
            remedy,
            duration: Duration::ZERO,
        }
    }

    fn ok(id: &'static str, evidence: impl Into<String>) -> Self {
        Self::new(id, Status::Ok, evidence.into(), String::new())
    }

    fn warn(id: &'static str, evidence: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(id, Status::Warn, evidence.into(), remedy.into())
    }

    fn fail(id: &'static str, evidence: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(id, Status::Fail, evidence.into(), remedy.into())
    }

    /// Not made; `why` names what is missing.
    fn skip(id: &'static str, why: impl Into<String>) -> Self {
        Self::new(id, Status::Skip, why.into(), String::new())
    }

    fn about(mut self, subject: &str) -> Self {
        self.subject = Some(subject.to_owned());
        self
    }

    fn since(mut self, start: Instant) -> Self {
        self.duration = start.elapsed();
        self
    }
}

/// The failures so far: what stands on a broken ground is not checked.
#[derive(Clone, Debug, Default)]
struct Done {
    checks: Vec<Check>,
}

impl Done {
    /// The first of `ids` that failed for `subject`, or for all.
    fn broken(&self, ids: &[&str], subject: Option<&str>) -> Option<&'static str> {
        self.checks
            .iter()
            .find(|check| {
                let concerns = check.subject.is_none() || check.subject.as_deref() == subject;
                // What could not be asked at all is no ground either.
                let unmade = check.status == Status::Skip && check.id == "http.answer";
                (check.status == Status::Fail || unmade) && concerns && ids.contains(&check.id)
            })
            .map(|check| check.id)
    }
}

/// Runs the groups `wanted`, each once, in their order; all of them when it is
/// empty. Ends by `within`: what is not made by then is skipped and says so.
pub async fn examine(situation: Arc<Situation>, wanted: &[Group], within: Duration) -> Vec<Check> {
    let until = tokio::time::Instant::now() + within;
    let mut done = Done::default();
    for group in Group::ALL {
        if !wanted.is_empty() && !wanted.contains(&group) {
            continue;
        }
        let made = tokio::time::timeout_at(until, run(group, &situation, &done)).await;
        let made = made.unwrap_or_else(|_| out_of_time(group, within));
        done.checks.extend(made);
    }
    // The one check of the environment that needs the network: last.
    if wanted.is_empty() || wanted.contains(&Group::Env) {
        let clock = tokio::time::timeout_at(until, clock::check(&situation, &done)).await;
        done.checks
            .push(clock.unwrap_or_else(|_| Check::skip("env.clock", too_late(within))));
    }
    done.checks.sort_by_key(|check| check.group);
    done.checks
}

fn too_late(within: Duration) -> String {
    format!(
        "not finished: the {within:?} for all checks are over; give more with --timeout or fewer with --group"
    )
}

fn out_of_time(group: Group, within: Duration) -> Vec<Check> {
    let of_group = CATALOGUE.iter().filter(|one| one.group == group);
    let skipped = of_group.map(|one| Check::skip(one.id, too_late(within)));
    skipped.collect()
}

/// The table: who makes the checks of a group.
async fn run(group: Group, situation: &Arc<Situation>, done: &Done) -> Vec<Check> {
    match group {
        Group::Env => env::check(situation).await,
        Group::Toolchain => toolchain::check(situation).await,
        Group::Chain => chain::check(situation, done),
        Group::Dns => reach::names(situation, done).await,
        Group::Tcp => reach::connections(situation, done).await,
        Group::Proxy => proxy::check(situation, done).await,
        Group::Tls => tls::check(situation, done).await,
        Group::Interception => interception::check(situation, done).await,
        Group::Http => http::check(situation, done).await,
        Group::Sumdb => sumdb::check(situation, done).await,
        Group::ToolchainEndpoint => endpoint::check(situation, done).await,
        Group::Private => private::check(situation, done).await,
        Group::Leak => leak::check(situation),
        Group::Container => container::check(situation).await,
        Group::Server => server::check(situation, done).await,
    }
}

/// Runs all of them side by side and gives their results in order. One that
/// panics is left out.
async fn side_by_side<T: Send + 'static>(
    futures: Vec<impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let running: Vec<_> = futures.into_iter().map(tokio::spawn).collect();
    let mut results = Vec::with_capacity(running.len());
    for one in running {
        results.extend(one.await);
    }
    results
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_group_names_the_nearest() {
        assert_eq!(Group::parse("TLS"), Ok(Group::Tls));
        assert_eq!(
            Group::parse("sumbd").unwrap_err(),
            "no such group; did you mean \"sumdb\"?"
        );
        assert!(Group::parse("zzzz").unwrap_err().contains("there are env"));
    }

    #[test]
    fn only_a_failure_of_the_same_subject_breaks_the_ground() {
        let done = Done {
            checks: vec![
                Check::fail("dns.name", "x", "y").about("a"),
                Check::ok("tcp.connect", "x").about("b"),
            ],
        };
        assert_eq!(done.broken(&["dns.name"], Some("a")), Some("dns.name"));
        assert_eq!(done.broken(&["dns.name"], Some("b")), None);
        assert_eq!(done.broken(&["tcp.connect"], Some("b")), None);
    }
}
