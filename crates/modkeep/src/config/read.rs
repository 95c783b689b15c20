//! From texts to the checked [`Config`].

use std::path::{Path, PathBuf};
use std::time::Duration;

use gomod::goproxy::ProxyList;
use gomod::pattern::Patterns;
use keeper::Freshness;
use platform::{EnvSnapshot, Limits};
use policy::Policy;
use policy::document::nearest;

use crate::config::credential::read_secret;
use crate::config::file::Extras;
use crate::config::layer::{Setting, Settings, Source};
use crate::config::value::{duration, size, switch};
use crate::config::{AccessLog, Basic, Config, LoadedPolicy, Sourcing};
use crate::failure::Failure;

/// Checks `settings` and puts them together.
pub(crate) fn config(
    env: &EnvSnapshot,
    settings: Settings,
    extras: Extras,
) -> Result<Config, Failure> {
    if let Some(redis) = settings.get("redis") {
        let hint = "leave it out: one process with one store needs no shared state";
        return Err(redis.failure("this version has no Redis yet").hint(hint));
    }
    let policy = policy(&settings)?;
    let origins = sourcing(&settings, policy.as_ref())?;
    let (sumdb, database) = checksum_database(&settings, policy.as_ref())?;
    Ok(Config {
        listen: listen(&settings)?,
        base_path: base_path(&settings)?,
        store: store(env, &settings)?,
        origins,
        database,
        sumdb,
        private: private(&settings, policy.as_ref())?,
        unverified: patterns(&settings, "nosumdb")?,
        freshness: freshness(&settings)?,
        offline: checked(&settings, "offline", switch)?.unwrap_or(false),
        basic: basic(&settings)?,
        tls: tls(&settings)?,
        extra_ca: settings.get("extra_ca").map(Setting::path),
        access_log: access_log(&settings),
        log: log(&settings)?,
        limits: limits(&settings, extras.limits)?,
        credentials: extras.credentials,
        limit_lines: extras.limit_lines,
        file: extras.path,
        policy,
        settings,
    })
}

/// The setting called `name`, read by `read`.
fn checked<T>(
    settings: &Settings,
    name: &str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<T>, Failure> {
    settings
        .get(name)
        .map(|setting| read(&setting.text).map_err(|reason| setting.failure(reason)))
        .transpose()
}

fn policy(settings: &Settings) -> Result<Option<LoadedPolicy>, Failure> {
    let Some(setting) = settings.get("policy") else {
        return Ok(None);
    };
    let path = setting.path();
    let bytes = std::fs::read(&path)
        .map_err(|error| setting.failure(format!("cannot be read: {error}")))?;
    let policy = Policy::parse(&path.display().to_string(), &bytes)
        .map_err(|error| Failure::usage(&error).maybe_hint(error.hint()))?;
    Ok(Some(LoadedPolicy { path, policy }))
}

fn sourcing(settings: &Settings, policy: Option<&LoadedPolicy>) -> Result<Sourcing, Failure> {
    let upstream = settings.get("upstream");
    let routed = policy.filter(|loaded| !loaded.policy.routes.is_empty());
    match (upstream, routed) {
        (Some(upstream), Some(loaded)) => {
            let file = loaded.path.display();
            let reason =
                format!("the policy {file} has [[route]], which says where modules come from");
            Err(upstream.failure(reason).hint("leave out one of the two"))
        }
        (None, Some(_)) => Ok(Sourcing::Routes),
        (Some(upstream), None) => {
            let list = ProxyList::parse(&upstream.text).map_err(|error| upstream.failure(error))?;
            Ok(Sourcing::List(list, upstream.source.clone()))
        }
        (None, None) => {
            let list = ProxyList::parse(gomod::defaults::GOPROXY).map_err(Failure::usage)?;
            Ok(Sourcing::List(list, Source::Default))
        }
    }
}

type Sumdb = ((String, Source), Option<sumdb::Database>);

fn checksum_database(settings: &Settings, policy: Option<&LoadedPolicy>) -> Result<Sumdb, Failure> {
    if let Some(setting) = settings.get("sumdb") {
        let database =
            sumdb::Database::parse(&setting.text).map_err(|error| setting.failure(error))?;
        return Ok(((setting.text.clone(), setting.source.clone()), database));
    }
    let default = gomod::defaults::GOSUMDB;
    let (text, source) = match policy {
        Some(loaded) if loaded.policy.client.sumdb != default => (
            loaded.policy.client.sumdb.clone(),
            Source::Policy(loaded.path.clone()),
        ),
        _ => (default.to_owned(), Source::Default),
    };
    let database = sumdb::Database::parse(&text).map_err(|error| match &source {
        Source::Policy(path) => Failure::usage(format!(
            "{}: client.sumdb = {text:?}: {error}",
            path.display()
        )),
        _ => Failure::usage(error),
    })?;
    Ok(((text, source), database))
}

fn listen(settings: &Settings) -> Result<String, Failure> {
    let Some(setting) = settings.get("listen") else {
        return Ok("127.0.0.1:8080".to_owned());
    };
    match setting.text.rsplit_once(':') {
        Some((host, port)) if port.parse::<u16>().is_ok() => {
            // As Go's servers do; both families where the system has both.
            Ok(if host.is_empty() {
                format!("[::]:{port}")
            } else {
                setting.text.clone()
            })
        }
        _ => Err(setting.failure("must be HOST:PORT or :PORT")),
    }
}

fn base_path(settings: &Settings) -> Result<String, Failure> {
    let read = |text: &str| {
        let path = text.strip_suffix('/').unwrap_or(text);
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "/-._~".contains(letter);
        let dots = path.split('/').any(|part| part == "." || part == "..");
        let well = path.is_empty() || (path.starts_with('/') && !path.contains("//"));
        if well && !dots && path.chars().all(plain) {
            Ok(path.to_owned())
        } else {
            Err("must be a path such as /go, of letters, digits and -._~".to_owned())
        }
    };
    Ok(checked(settings, "base_path", read)?.unwrap_or_default())
}

fn store(env: &EnvSnapshot, settings: &Settings) -> Result<Option<String>, Failure> {
    let Some(setting) = settings.get("store") else {
        return Ok(data_folder(env).map(|folder| format!("disk:{}", folder.display())));
    };
    for (scheme, place) in [("s3://", "S3"), ("oci://", "an OCI registry")] {
        if setting.text.starts_with(scheme) {
            let hint = "name a folder, such as --store /var/lib/modkeep";
            return Err(setting
                .failure(format!("this version keeps nothing in {place} yet"))
                .hint(hint));
        }
    }
    let folder = setting.text.strip_prefix("disk:").unwrap_or(&setting.text);
    if setting.text.starts_with("memory:") || folder.contains("://") || folder.is_empty() {
        return Ok(Some(setting.text.clone()));
    }
    Ok(Some(format!(
        "disk:{}",
        setting.beside_the_file(folder).display()
    )))
}

/// Where the system keeps data of this user (XDG Base Directory
/// Specification): kept for good, unlike a cache.
fn data_folder(env: &EnvSnapshot) -> Option<PathBuf> {
    let data = env
        .get("XDG_DATA_HOME")
        .map(PathBuf::from)
        .filter(|folder| folder.is_absolute());
    let folder = data.or_else(|| Some(Path::new(env.get("HOME")?).join(".local/share")))?;
    Some(folder.join("modkeep"))
}

fn private(settings: &Settings, policy: Option<&LoadedPolicy>) -> Result<Patterns, Failure> {
    let mut all: Vec<String> = patterns(settings, "private")?
        .iter()
        .map(str::to_owned)
        .collect();
    if let Some(loaded) = policy {
        all.extend(loaded.policy.client.private.iter().map(str::to_owned));
    }
    Ok(Patterns::parse(&all.join(",")))
}

/// Patterns; what Go would silently ignore is refused.
fn patterns(settings: &Settings, name: &str) -> Result<Patterns, Failure> {
    let read = |text: &str| {
        for pattern in text.split(',').filter(|pattern| !pattern.is_empty()) {
            if pattern
                .chars()
                .any(|letter| letter.is_whitespace() || letter.is_control())
            {
                return Err(format!(
                    "{pattern:?} has white space, which Go does not trim: it would match nothing"
                ));
            }
            if gomod::pattern::path_match(pattern, "").is_err() {
                return Err(format!("{pattern:?} is malformed: Go would ignore it"));
            }
        }
        Ok(Patterns::parse(text))
    };
    Ok(checked(settings, name, read)?.unwrap_or_else(|| Patterns::parse("")))
}

fn freshness(settings: &Settings) -> Result<Freshness, Failure> {
    let default = Freshness::default();
    let time = |name, default| Ok(checked(settings, name, duration)?.unwrap_or(default));
    Ok(Freshness {
        list: time("list_ttl", default.list)?,
        latest: time("latest_ttl", default.latest)?,
        query: time("query_ttl", default.query)?,
        absent: time("absent_ttl", default.absent)?,
        absent_version: time("absent_version_ttl", default.absent_version)?,
    })
}

fn basic(settings: &Settings) -> Result<Option<Basic>, Failure> {
    let user = settings.get("basic_user");
    let (direct, in_file) = (
        settings.get("basic_password"),
        settings.get("basic_password_file"),
    );
    let password = match (direct, in_file) {
        (Some(direct), Some(file)) => {
            return Err(file.failure(format!(
                "the password is set too, by {}: one is enough",
                direct.source
            )));
        }
        (Some(direct), None) => Some((direct, direct.text.clone())),
        (None, Some(file)) => Some((
            file,
            read_secret(&file.path()).map_err(|reason| file.failure(reason))?,
        )),
        (None, None) => None,
    };
    match (user, password) {
        (None, None) => Ok(None),
        (Some(user), _) if user.text.contains(':') => {
            Err(user.failure("a user of HTTP Basic has no colon"))
        }
        (Some(user), Some((_, password))) => Ok(Some(Basic {
            user: user.text.clone(),
            password,
        })),
        (Some(user), None) => Err(user
            .failure("there is no password for this user")
            .hint("name its file with --basic-password-file, or set MODKEEP_BASIC_PASSWORD")),
        (None, Some((password, _))) => Err(password
            .failure("there is no user for this password")
            .hint("name it with --basic-user")),
    }
}

fn tls(settings: &Settings) -> Result<Option<(PathBuf, PathBuf)>, Failure> {
    match (settings.get("tls_cert"), settings.get("tls_key")) {
        (None, None) => Ok(None),
        (Some(cert), Some(key)) => Ok(Some((cert.path(), key.path()))),
        (Some(cert), None) => Err(cert
            .failure("HTTPS needs the key too")
            .hint("name it with --tls-key")),
        (None, Some(key)) => Err(key
            .failure("HTTPS needs the certificate too")
            .hint("name it with --tls-cert")),
    }
}

fn access_log(settings: &Settings) -> AccessLog {
    match settings.get("access_log") {
        None => AccessLog::Stdout,
        Some(setting) => match setting.text.as_str() {
            "off" => AccessLog::Off,
            "stdout" => AccessLog::Stdout,
            _ => AccessLog::File(setting.path()),
        },
    }
}

const LEVELS: [&str; 5] = ["error", "warn", "info", "debug", "trace"];

fn log(settings: &Settings) -> Result<String, Failure> {
    let Some(setting) = settings.get("log") else {
        return Ok("info".to_owned());
    };
    let directives = setting.text.contains('=')
        && setting
            .text
            .parse::<tracing_subscriber::EnvFilter>()
            .is_ok();
    if LEVELS.contains(&setting.text.as_str()) || directives {
        return Ok(setting.text.clone());
    }
    let near = nearest(&setting.text, LEVELS).map(|near| format!("did you mean {near}?"));
    Err(setting
        .failure(format!("must be one of {}", LEVELS.join(", ")))
        .maybe_hint(near))
}

fn limits(settings: &Settings, mut limits: Limits) -> Result<Limits, Failure> {
    if let Some(bytes) = checked(settings, "byte_cache", size)? {
        limits.byte_cache_bytes = bytes;
    }
    let positive = |text: &str| match duration(text)? {
        Duration::ZERO => Err("must be more than nothing".to_owned()),
        time => Ok(time),
    };
    if let Some(time) = checked(settings, "upstream_timeout", positive)? {
        limits.first_byte = time;
        limits.stall = time;
    }
    Ok(limits)
}
