//! What only the network tells: whether each proxy answers and relays the checksum database, and whether
//! anybody gets past them.

use std::sync::Arc;
use std::time::Duration;

use audit::{Finding, Routing, Way};
use doctor::checks::{Check, Group, Situation, Status, Surroundings, examine};
use goenv::{GoEnv, working_folder};
use gomod::goproxy::{ProxyList, Source};
use platform::{Clock, EnvSnapshot, HttpClient, HttpOptions, HttpRequest, Limits};
use policy::{Direct, Policy};
use tokio::runtime::Builder;
use url::Url;

use crate::failure::Failure;

/// Time for everything: that of `modkeep doctor`.
const WITHIN: Duration = Duration::from_secs(15);

/// Time for one try to get past the proxies: far over what a host takes that can be reached.
const TRY: Duration = Duration::from_secs(3);

/// How many hosts of requirements are tried: one that is reached is enough, and most share a few.
const HOSTS: usize = 2;

/// What was seen.
pub(super) struct Online {
    /// What is wrong with the proxies.
    failed: Vec<Check>,
    /// The hosts that were reached without a proxy of the chain.
    reached: Vec<String>,
    /// Whether anything shows that there is a network at all: a proxy took a connection, or none is asked.
    is_shown: bool,
}

impl Online {
    /// Asks. Blocking.
    ///
    /// # Errors
    /// "Could not be checked" when nothing at all can be reached.
    pub(super) fn ask(
        env: &EnvSnapshot,
        policy: Option<&Policy>,
        routing: &Routing,
    ) -> Result<Self, Failure> {
        let folder = working_folder(env).ok_or_else(|| {
            Failure::unchecked("the current folder is gone: change to another one")
        })?;
        let situation = Arc::new(Situation::read(Surroundings {
            env: env.clone(),
            folder,
            policy: policy.cloned(),
            clock: Clock::system(),
        }));
        let runtime = Builder::new_multi_thread().enable_all().build();
        let runtime = runtime
            .map_err(|error| Failure::unchecked(format!("cannot start threads: {error}")))?;
        let targets = targets(&GoEnv::read(env, None), policy, routing);
        let groups = [Group::Dns, Group::Tcp, Group::Tls, Group::Sumdb];
        let asked = async {
            let proxies = examine(situation, &groups, WITHIN);
            tokio::join!(proxies, reached(env, &targets))
        };
        let (checks, reached) = runtime.block_on(asked);
        // A resolver that does not answer cannot be interrupted, and must not be waited for.
        runtime.shutdown_background();
        let mut connects = checks.iter().filter(|check| check.id == "tcp.connect");
        let connected = connects.clone().any(|check| check.status == Status::Ok);
        // Whoever refuses is there.
        let refused = connects.any(|check| check.evidence.contains("refused"));
        let is_sealed = matches!(routing.chain.as_deref(), Ok("off"));
        if !connected && !refused && reached.is_empty() && !is_sealed {
            let why = checks.iter().find(|check| check.status == Status::Fail);
            let why = why.map_or_else(String::new, |check| format!(": {}", check.evidence));
            return Err(Failure::unchecked(format!(
                "--online: there is no network here, nothing answers{why}"
            ))
            .hint("leave --online out to judge the variables and files alone"));
        }
        let is_asked = |check: &Check| {
            check.status == Status::Fail
                && (matches!(check.id, "dns.name" | "tcp.connect" | "sumdb.relay")
                    || check.group == Group::Tls)
        };
        Ok(Self {
            failed: checks.into_iter().filter(is_asked).collect(),
            reached,
            is_shown: connected || is_sealed,
        })
    }

    /// Whether nothing but the proxies can be reached; `None` where not even they can.
    pub(super) fn is_enforced(&self) -> Option<bool> {
        match self.reached.as_slice() {
            [] => self.is_shown.then_some(true),
            _ => Some(false),
        }
    }

    /// The hosts that were reached without a proxy of the chain.
    pub(super) fn reached(&self) -> &[String] {
        &self.reached
    }

    /// What is wrong.
    pub(super) fn findings(&self, policy: Option<&Policy>) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Some(rule) = audit::find("GP908") {
            for check in &self.failed {
                let subject = check.subject.as_deref().unwrap_or("GOPROXY");
                let message = format!("{subject}: {}; {}", check.evidence, check.remedy);
                let message = message.trim_end_matches("; ");
                findings.push(Finding::new(rule, None, message).about("GOPROXY", subject));
            }
        }
        let forbids = policy.filter(|policy| policy.client.direct != Direct::Allowed);
        if let (Some(rule), Some(policy), Some(false)) =
            (audit::find("GP909"), forbids, self.is_enforced())
        {
            let message = format!(
                "the policy `{}` lets nobody past its proxy, but {} can be reached from here; close it in the network",
                policy.name,
                self.reached.join(", ")
            );
            findings.push(Finding::new(rule, None, message));
        }
        for finding in &mut findings {
            "live".clone_into(&mut finding.site);
            finding.severity = super::observed(policy, finding.severity);
        }
        findings
    }
}

/// Whom `go` would ask if it went past the proxies: the checksum database, Go's default proxy, the hosts
/// of requirements.
fn targets(go: &GoEnv, policy: Option<&Policy>, routing: &Routing) -> Vec<Url> {
    let database = sumdb::Database::parse(go.value("GOSUMDB")).ok().flatten();
    let database = database.map(|database| format!("{}/latest", database.url()));
    let default = ProxyList::parse(gomod::defaults::GOPROXY).ok();
    let default = default.and_then(|list| match &list.entries().first()?.source {
        Source::Url(url) => Some(url.clone()),
        Source::Direct | Source::Off => None,
    });
    let mut hosts: Vec<&str> = routing
        .modules
        .iter()
        .filter(|(_, way)| matches!(way, Way::Public | Way::Corporate))
        .filter_map(|(path, _)| path.split('/').next())
        .collect();
    hosts.dedup();
    let hosts = hosts
        .into_iter()
        .take(HOSTS)
        .map(|host| format!("https://{host}/"));
    let own = proxies(go);
    let urls = database.into_iter().chain(default).chain(hosts);
    urls.filter_map(|url| Url::parse(&url).ok())
        .filter(|url| {
            let host = url.host_str().unwrap_or_default();
            !own.iter().any(|own| own.origin() == url.origin())
                && !policy.is_some_and(|policy| policy.approves(host))
        })
        .collect()
}

/// The proxies of the chain: to reach those is no way past them.
fn proxies(go: &GoEnv) -> Vec<Url> {
    let Ok(list) = ProxyList::parse(go.value("GOPROXY")) else {
        return Vec::new();
    };
    let url = |entry: &gomod::goproxy::ProxyEntry| match &entry.source {
        Source::Url(url) => Url::parse(url).ok(),
        Source::Direct | Source::Off => None,
    };
    list.entries().iter().filter_map(url).collect()
}

/// The targets that answer as themselves. What refuses, or says that it is forbidden, stands in the way.
async fn reached(env: &EnvSnapshot, targets: &[Url]) -> Vec<String> {
    let limits = Limits {
        connect: TRY,
        first_byte: TRY,
        ..Limits::default()
    };
    let client = HttpClient::new(HttpOptions {
        limits,
        extra_ca: None,
        env: env.clone(),
        listed: targets.to_vec(),
    });
    let Ok(client) = client else {
        return Vec::new();
    };
    let mut tries = tokio::task::JoinSet::new();
    for url in targets.iter().cloned() {
        let client = client.clone();
        tries.spawn(async move {
            let host = url.host_str().unwrap_or_default().to_owned();
            let request = HttpRequest {
                url,
                headers: http::HeaderMap::new(),
                login: None,
                first_byte: Some(TRY),
                configured: true,
            };
            let answer = client.get(request).await.ok()?;
            let goes = answer.status.is_success() || answer.status.is_redirection();
            goes.then_some(host)
        });
    }
    let mut reached: Vec<String> = tries.join_all().await.into_iter().flatten().collect();
    reached.sort();
    reached.dedup();
    reached
}
