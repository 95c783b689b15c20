//! What a server is made of.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;

use keeper::Keeper;
use platform::{Clock, Limits};
use telemetry::Metrics;

/// Everything a server is made of.
pub struct ServerParts {
    /// Who answers.
    pub keeper: Keeper,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// Already bound.
    pub listener: TcpListener,
    /// Begins with a slash and does not end with one, or is empty.
    pub base_path: String,
    /// The one user, if clients have to log in.
    pub basic: Option<BasicUser>,
    /// Certificate and key, for HTTPS.
    pub tls: Option<TlsFiles>,
    /// Where a line is written for each request.
    pub access_log: AccessLog,
    /// Bounds.
    pub limits: Limits,
    /// Time.
    pub clock: Clock,
    /// Which modkeep this is.
    pub build: Build,
}

/// The one user that clients must be.
#[derive(Clone)]
pub struct BasicUser {
    /// Name.
    pub user: String,
    /// Password.
    pub password: String,
}

/// Files in PEM.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// Certificate chain.
    pub certificates: PathBuf,
    /// Private key.
    pub key: PathBuf,
}

/// Where the access log goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessLog {
    /// Nowhere.
    Off,
    /// Standard output.
    Stdout,
    /// A file, appended to; reopened when it was moved away.
    File(PathBuf),
}

/// Which modkeep this is.
#[derive(Clone, Debug)]
pub struct Build {
    /// Its version.
    pub version: &'static str,
    /// Its commit, or `unknown`.
    pub revision: &'static str,
    /// The compiler.
    pub rustc: &'static str,
    /// The digest of the policy that is enforced, `sha256:` and 64 hex digits, if there is one.
    pub policy: Option<String>,
}
