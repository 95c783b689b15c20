//! The policy that a command is given: a file, or a web address.
//!
//! An address is https, or http on this machine. `#sha256=<64 hex>` behind it pins the policy's digest. Each
//! policy that was fetched is kept in the user's cache folder, for the day on which nobody answers there.

use std::path::{Path, PathBuf};
use std::time::Duration;

use platform::{EnvSnapshot, HttpClient, HttpOptions, HttpRequest, Limits};
use policy::Policy;
use url::{Host, Url};

use crate::failure::Failure;
use crate::output::tell;

/// The variable that names a policy when no flag does.
const VARIABLE: &str = "MODKEEP_POLICY";

/// Largest policy: one of a thousand rules has a tenth of it.
const POLICY_BYTES: u64 = 4 << 20;

/// How long an answer is waited for: a job that checks its environment is not to hang on it.
const PATIENCE: Duration = Duration::from_secs(10);

/// The policy of `--policy`, else of `MODKEEP_POLICY`; none when neither is given. Blocking.
///
/// # Errors
/// Wrong usage for a file that is not there, an address that is not to be trusted, and what is not a policy;
/// "could not be checked" for an address that does not answer while no copy of its policy is kept.
pub(crate) fn load(env: &EnvSnapshot, flag: Option<&str>) -> Result<Option<Policy>, Failure> {
    let named = flag.or_else(|| env.get(VARIABLE));
    named.map(|place| read(env, place)).transpose()
}

/// The policy at `place`. Blocking.
///
/// # Errors
/// As [`load`].
pub(crate) fn read(env: &EnvSnapshot, place: &str) -> Result<Policy, Failure> {
    if place.contains("://") {
        return Address::parse(place)?.read(env);
    }
    let bytes = std::fs::read(place)
        .map_err(|error| Failure::usage(format!("policy {place}: cannot be read: {error}")))?;
    parse(place, &bytes)
}

fn parse(place: &str, bytes: &[u8]) -> Result<Policy, Failure> {
    Policy::parse(place, bytes).map_err(|error| Failure::usage(&error).maybe_hint(error.hint()))
}

/// Where a policy is on the web.
struct Address {
    /// Without fragment.
    url: Url,
    /// The digest that it must have, as [`Policy`] writes it.
    pin: Option<String>,
}

/// Why nothing came.
enum NoAnswer {
    /// Nobody answered, or somebody in trouble: a kept copy will do.
    Away(String),
    /// It was refused.
    Refused(String),
}

impl Address {
    fn parse(place: &str) -> Result<Self, Failure> {
        let shown = platform::secret::hide(place);
        let refuse = |why: String| Failure::usage(format!("policy {shown}: {why}"));
        let mut url =
            Url::parse(place).map_err(|error| refuse(format!("no web address: {error}")))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(
                refuse("a login does not belong into the address".to_owned())
                    .hint("let the policy be read without one: it holds no secret"),
            );
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => {
                return Err(
                    refuse("over http anybody on the way could write it".to_owned())
                        .hint("use https; http is for loopback alone"),
                );
            }
            other => {
                return Err(refuse(format!("{other} is neither https nor http"))
                    .hint("name a file by its path, without a scheme"));
            }
        }
        let pin = url.fragment().map(|fragment| pin(fragment).ok_or(fragment));
        let pin = pin.transpose().map_err(|fragment| {
            refuse(format!("#{fragment} is no digest"))
                .hint("write #sha256= and 64 hexadecimal digits")
        })?;
        url.set_fragment(None);
        Ok(Self { url, pin })
    }

    fn read(&self, env: &EnvSnapshot) -> Result<Policy, Failure> {
        let kept = self.kept(env);
        let bytes = match fetch(env, &self.url) {
            Ok(bytes) => bytes,
            Err(NoAnswer::Refused(why)) => return Err(self.unchecked(&why)),
            Err(NoAnswer::Away(why)) => {
                let copy = kept
                    .as_deref()
                    .and_then(|file| Some((file, std::fs::read(file).ok()?)));
                let Some((file, bytes)) = copy else {
                    return Err(self.unchecked(&why));
                };
                let policy = self.judge(&bytes)?;
                tell(&format!(
                    "modkeep: warning: policy {}: {why}; the copy of it in {} is used",
                    self.url,
                    file.display()
                ));
                return Ok(policy);
            }
        };
        let policy = self.judge(&bytes)?;
        // A copy that cannot be kept is missed another day, not today.
        let _ = kept.map(|file| keep(&file, &bytes));
        Ok(policy)
    }

    /// The policy, if it is one and has the digest that was asked for.
    fn judge(&self, bytes: &[u8]) -> Result<Policy, Failure> {
        let policy = parse(self.url.as_str(), bytes)?;
        match &self.pin {
            Some(pin) if *pin != policy.digest => Err(Failure::usage(format!(
                "policy {}: its digest is {}, not {pin}",
                self.url, policy.digest
            ))
            .hint("if the policy was changed on purpose, pin the new digest")),
            _ => Ok(policy),
        }
    }

    fn unchecked(&self, why: &str) -> Failure {
        Failure::unchecked(format!("policy {}: {why}", self.url))
    }

    /// Where its copy is kept; none without a cache folder.
    fn kept(&self, env: &EnvSnapshot) -> Option<PathBuf> {
        let absolute = |path: PathBuf| path.is_absolute().then_some(path);
        let given = env.get("XDG_CACHE_HOME").map(PathBuf::from);
        let home = || Some(Path::new(env.get("HOME")?).join(".cache"));
        let folder = given.or_else(home).and_then(absolute)?;
        let digest = goenv::digest(self.url.as_str().as_bytes());
        let name = digest.strip_prefix("sha256:").unwrap_or(&digest);
        Some(folder.join("modkeep/policies").join(format!("{name}.toml")))
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The digest in a fragment, as [`Policy`] writes it.
fn pin(fragment: &str) -> Option<String> {
    let hex = fragment.strip_prefix("sha256=")?;
    let is_digest = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_digest.then(|| format!("sha256:{}", hex.to_ascii_lowercase()))
}

/// Puts a copy into `file`, whole or not at all.
fn keep(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = file.parent().unwrap_or(file);
    std::fs::create_dir_all(folder)?;
    let mut copy = tempfile::NamedTempFile::new_in(folder)?;
    std::io::Write::write_all(&mut copy, bytes)?;
    copy.persist(file)?;
    Ok(())
}

fn fetch(env: &EnvSnapshot, url: &Url) -> Result<Vec<u8>, NoAnswer> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| NoAnswer::Refused(error.to_string()))?;
    let got = runtime.block_on(async {
        let client = HttpClient::new(HttpOptions {
            limits: Limits {
                connect: PATIENCE,
                ..Limits::default()
            },
            extra_ca: None,
            env: env.clone(),
            listed: vec![url.clone()],
        })?;
        let response = client
            .get(HttpRequest {
                url: url.clone(),
                headers: http::HeaderMap::new(),
                login: None,
                first_byte: Some(PATIENCE),
                configured: true,
            })
            .await?;
        let status = response.status;
        Ok::<_, platform::HttpError>((status, response.body.collect(POLICY_BYTES).await?))
    });
    match got {
        Ok((status, body)) if status.as_u16() == 200 => Ok(body.to_vec()),
        Ok((status, _)) if status.is_server_error() || status.as_u16() == 429 => {
            Err(NoAnswer::Away(format!("answered with {status}")))
        }
        Ok((status, _)) => Err(NoAnswer::Refused(format!("answered with {status}"))),
        Err(
            error @ (platform::HttpError::Connect(_)
            | platform::HttpError::Timeout { .. }
            | platform::HttpError::Truncated(_)),
        ) => Err(NoAnswer::Away(error.to_string())),
        Err(error) => Err(NoAnswer::Refused(error.to_string())),
    }
}
