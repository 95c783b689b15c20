//! What the checks are made on: the environment as `go` reads it, the module
//! in the folder, the entries of the chain, and the clients that ask them.

use std::path::PathBuf;
use std::time::Duration;

use goenv::{GoEnv, Looked, Lookup, Origin};
use gomod::goproxy::{ProxyList, Source};
use gomod::modfile::{ModFile, parse_strict};
use gomod::pattern::Patterns;
use platform::{
    Clock, EnvSnapshot, HttpClient, HttpOptions, Limits, Login, ProxyRules, trusted_authorities,
};
use policy::Policy;
use rustls::pki_types::CertificateDer;
use url::Url;

use super::netrc::Netrc;

/// How long one probe may take: far over what a proxy needs, and short enough for the sum of all.
pub(super) const PROBE: Duration = Duration::from_secs(3);

/// What the caller gives.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The environment of the process.
    pub env: EnvSnapshot,
    /// The current folder: its go.mod, or that of a folder above, counts.
    pub folder: PathBuf,
    /// The policy to judge by.
    pub policy: Option<Policy>,
    /// The time.
    pub clock: Clock,
}

/// Everything that the checks look at.
pub struct Situation {
    pub(super) env: EnvSnapshot,
    pub(super) go: GoEnv,
    pub(super) goroot: Option<PathBuf>,
    /// The Go that runs in full, as `1.26.8`; none when none is installed.
    pub(super) version: Option<String>,
    /// The toolchain on this machine that GOTOOLCHAIN led to, if it is not the installed one.
    pub(super) selected: Option<String>,
    /// The go.work that counts.
    pub(super) work: Option<PathBuf>,
    pub(super) module: Option<MainModule>,
    pub(super) policy: Option<Policy>,
    pub(super) clock: Clock,
    /// The entries of GOPROXY that are asked over HTTP, or why the list cannot be what is meant.
    pub(super) chain: Result<Vec<Entry>, String>,
    pub(super) list: Option<ProxyList>,
    /// One line about an environment file that Go reads and that was not read here.
    pub(super) unknown: Option<String>,
    /// The folder of a `file://` entry that is not there.
    pub(super) lacks: Option<PathBuf>,
    pub(super) proxies: Result<ProxyRules, String>,
    pub(super) netrc: Netrc,
    pub(super) authorities: Result<Vec<CertificateDer<'static>>, String>,
    pub(super) http: Result<HttpClient, String>,
    /// For one probe.
    pub(super) probe: Duration,
}

/// The go.mod that counts here.
pub(super) struct MainModule {
    pub(super) path: PathBuf,
    pub(super) file: Result<ModFile, String>,
}

/// An entry of the chain that is asked over HTTP.
#[derive(Clone)]
pub(super) struct Entry {
    /// As written, without a password.
    pub(super) written: String,
    /// Its base, without userinfo and without a slash at the end.
    pub(super) base: Url,
    /// What is sent to it.
    pub(super) login: Option<Login>,
    /// Whether the next entry is asked after 404 and 410.
    pub(super) next_on_absent: bool,
    /// Whether the next entry is asked after every failure.
    pub(super) next_on_error: bool,
}

impl Entry {
    /// The URL of `path`, which has no leading slash, below the base.
    pub(super) fn at(&self, path: &str) -> Option<Url> {
        let base = self.base.as_str().trim_end_matches('/');
        Url::parse(&format!("{base}/{path}")).ok()
    }

    /// `host:port`.
    pub(super) fn host(&self) -> (String, u16) {
        host_of(&self.base)
    }
}

/// Host and port of a web address.
pub(super) fn host_of(url: &Url) -> (String, u16) {
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    (host.to_owned(), url.port_or_known_default().unwrap_or(443))
}

impl Situation {
    /// Reads files and variables; asks nobody. Blocking.
    pub fn read(surroundings: Surroundings) -> Self {
        let Surroundings {
            env,
            folder,
            policy,
            clock,
        } = surroundings;
        let lookup = Lookup {
            folder: Some(folder),
            ..Lookup::here(&env)
        };
        let looked = lookup.run();
        let unknown = looked.unknown();
        let Looked { env: go, found, .. } = looked;
        let netrc = Netrc::load(&env);
        let list = ProxyList::parse(go.value("GOPROXY"));
        let chain = match &list {
            Ok(list) => match misread(list) {
                Some(why) => Err(why),
                None => Ok(entries(list, &netrc, sends_netrc(&go))),
            },
            Err(error) => Err(format!("refused by Go: {error}")),
        };
        let listed = listed(chain.as_deref().unwrap_or_default(), &go);
        let http = HttpClient::new(HttpOptions {
            limits: limits(),
            extra_ca: None,
            env: env.clone(),
            listed,
        });
        Self {
            unknown,
            version: found.version.as_deref().and_then(plain_version),
            module: find_module(&go),
            work: go_work(&go),
            proxies: ProxyRules::read(&env).map_err(|error| error.to_string()),
            authorities: trusted_authorities(&env).map_err(|error| error.to_string()),
            http: http.map_err(|error| error.to_string()),
            lacks: list.as_ref().ok().and_then(missing_folder),
            list: list.ok(),
            probe: PROBE,
            goroot: found.goroot,
            selected: found.selected,
            env,
            go,
            policy,
            clock,
            chain,
            netrc,
        }
    }

    /// The entries that are asked over HTTP; none when Go refuses the list.
    pub(super) fn entries(&self) -> &[Entry] {
        self.chain.as_deref().unwrap_or_default()
    }

    /// The requirements of go.mod that are fetched: path and version, none that is replaced by a folder.
    pub(super) fn requirements(&self) -> Vec<(String, String)> {
        let Some(Ok(file)) = self.module.as_ref().map(|module| &module.file) else {
            return Vec::new();
        };
        let fetched = file.require.iter().filter_map(|one| {
            let replace = file.replace.iter().find(|replace| {
                replace.old_path == one.path
                    && replace
                        .old_version
                        .as_ref()
                        .is_none_or(|version| *version == one.version)
            });
            match replace {
                None => Some((one.path.clone(), one.version.clone())),
                Some(replace) => Some((replace.new_path.clone(), replace.new_version.clone()?)),
            }
        });
        fetched.collect()
    }

    /// The patterns of `variable`.
    pub(super) fn patterns(&self, variable: &str) -> Patterns {
        Patterns::parse(self.go.value(variable))
    }

    /// The first requirement that comes through the chain and is verified by the database.
    pub(super) fn public_requirement(&self) -> Option<gomod::ModuleVersion> {
        let (direct, unverified) = (self.patterns("GONOPROXY"), self.patterns("GONOSUMDB"));
        self.requirements()
            .into_iter()
            .filter(|(path, _)| !direct.matches(path) && !unverified.matches(path))
            .find_map(|(path, version)| {
                let path = gomod::ModulePath::parse(&path).ok()?;
                let version = gomod::Version::parse(&version).ok()?;
                gomod::ModuleVersion::new(path, version).ok()
            })
    }

    /// Where the value of `name` was set, for people.
    pub(super) fn origin(&self, name: &str) -> String {
        match self.go.get(name).map(|variable| &variable.origin) {
            Some(Origin::Process) => "the environment".to_owned(),
            Some(Origin::UserFile { path, line } | Origin::GorootFile { path, line }) => {
                format!("{}:{line}", path.display())
            }
            Some(Origin::Follows(other)) => format!("{other}, {}", self.origin(other)),
            _ => "Go's default".to_owned(),
        }
    }
}

/// The deadlines of a probe in place of a server's.
fn limits() -> Limits {
    Limits {
        connect: PROBE,
        first_byte: PROBE,
        stall: PROBE,
        ..Limits::default()
    }
}

/// What may be on loopback and private addresses, since somebody has written it down.
fn listed(entries: &[Entry], go: &GoEnv) -> Vec<Url> {
    let mut listed: Vec<Url> = entries.iter().map(|entry| entry.base.clone()).collect();
    if let Ok(Some(database)) = sumdb::Database::parse(go.value("GOSUMDB")) {
        listed.extend(Url::parse(database.url()));
    }
    listed
}

/// Whether `go` sends the logins of netrc: since Go 1.24 GOAUTH may say otherwise.
fn sends_netrc(go: &GoEnv) -> bool {
    let methods = go.get("GOAUTH").map(|variable| variable.value.as_str());
    methods.is_none_or(|text| text.split(';').any(|method| method.trim() == "netrc"))
}

fn entries(list: &ProxyList, netrc: &Netrc, sends_netrc: bool) -> Vec<Entry> {
    let count = list.entries().len();
    let entry = |(index, entry): (usize, &gomod::goproxy::ProxyEntry)| {
        let Source::Url(written) = &entry.source else {
            return None;
        };
        let mut base = Url::parse(written).ok()?;
        if base.scheme() == "file" {
            return None;
        }
        let login = login(&base, Some(netrc).filter(|_| sends_netrc));
        base.set_username("").ok()?;
        base.set_password(None).ok()?;
        let has_next = index + 1 < count;
        Some(Entry {
            written: entry.written.clone(),
            base,
            login,
            next_on_absent: has_next,
            next_on_error: has_next && entry.fall_back_on_error,
        })
    };
    list.entries()
        .iter()
        .enumerate()
        .filter_map(entry)
        .collect()
}

/// Separators that Go takes for a part of the URL.
fn misread(list: &ProxyList) -> Option<String> {
    let is_misread = |entry: &&gomod::goproxy::ProxyEntry| {
        let text = &entry.written;
        text.contains(';') || text.contains(char::is_whitespace) || text.contains("%20")
    };
    let entry = list.entries().iter().find(is_misread)?;
    let text = &entry.written;
    Some(format!(
        "{text:?} is one entry for Go, since `;` and blanks separate nothing"
    ))
}

/// The folder of the first `file://` entry that is no folder.
fn missing_folder(list: &ProxyList) -> Option<PathBuf> {
    let folders = list
        .entries()
        .iter()
        .filter_map(|entry| match &entry.source {
            Source::Url(url) => url.strip_prefix("file://").map(PathBuf::from),
            _ => None,
        });
    let mut folders = folders.filter(|folder| !folder.is_dir());
    folders.next()
}

/// What `go` sends to a host: never over plain http.
fn login(url: &Url, netrc: Option<&Netrc>) -> Option<Login> {
    if url.scheme() != "https" {
        return None;
    }
    if let Some(password) = url.password() {
        return Some(Login::Basic {
            user: url.username().to_owned(),
            password: password.to_owned(),
        });
    }
    let host = match url.port() {
        Some(port) => format!("{}:{port}", url.host_str()?),
        None => url.host_str()?.to_owned(),
    };
    netrc?.login(&host)
}

/// `go1.26.8 X:boringcrypto` as `1.26.8`.
fn plain_version(name: &str) -> Option<String> {
    let word = name
        .split_whitespace()
        .find_map(|word| word.strip_prefix("go"))?;
    let version = word.split('-').next()?;
    gomod::gover::is_valid(version).then(|| version.to_owned())
}

/// The go.work that counts.
fn go_work(go: &GoEnv) -> Option<PathBuf> {
    let path = go.value("GOWORK");
    (!matches!(path, "" | "off")).then(|| PathBuf::from(path))
}

/// The go.mod that counts: Go calls it the null device when there is none.
fn find_module(go: &GoEnv) -> Option<MainModule> {
    let path = PathBuf::from(go.value("GOMOD"));
    if !path.ends_with("go.mod") {
        return None;
    }
    let name = path.display().to_string();
    let file = match std::fs::read(&path) {
        Ok(bytes) => parse_strict(&name, &bytes).map_err(|error| error.to_string()),
        Err(error) => Err(format!("{name}: {error}")),
    };
    Some(MainModule { path, file })
}
