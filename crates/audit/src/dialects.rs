//! The front ends, one a dialect: each makes blocks of a file.
//!
//! A front end takes the file and the repository (for what the dialect itself includes, as GitLab's
//! `include`) and never fails: what it cannot read is a fault of the unit.

mod bake;
mod compose;
pub(crate) mod devcontainer;
pub(crate) mod dockerfile;
mod envfile;
pub(crate) mod github;
pub(crate) mod gitlab;
mod go_env_file;
mod host_environment;
pub(crate) mod jenkins;
pub(crate) mod kubernetes;
mod make;
mod netrc;
#[cfg(test)]
pub(crate) mod outline;
mod recursive;
pub(crate) mod shell;
#[cfg(test)]
pub(crate) mod shown;
pub(crate) mod systemd;

use crate::dialect::Dialect;
use crate::repository::Repository;
use crate::source::FileId;
use crate::unit::Unit;

/// Reads a file; `None` where a dialect has nothing that runs or is set.
pub(crate) fn read(dialect: Dialect, file: FileId, repository: &Repository) -> Option<Unit> {
    match dialect {
        Dialect::GoEnvUser | Dialect::GoEnvRoot => {
            Some(go_env_file::read(dialect, file, repository))
        }
        Dialect::GitHubWorkflow | Dialect::GitHubAction => Some(github::read(file, repository)),
        Dialect::GitLab => Some(gitlab::read(file, repository)),
        Dialect::Dockerfile => Some(dockerfile::read(file, repository)),
        Dialect::Bake => Some(bake::read(file, repository)),
        Dialect::Compose => Some(compose::read(file, repository)),
        Dialect::EnvFile => Some(envfile::read(file, repository)),
        Dialect::Makefile => Some(make::read(file, repository)),
        Dialect::Shell | Dialect::Profile => Some(shell::read(file, repository)),
        Dialect::Jenkinsfile => Some(jenkins::read(file, repository)),
        Dialect::Systemd => Some(systemd::read(file, repository)),
        Dialect::HostEnvironment => Some(host_environment::read(file, repository)),
        Dialect::Kubernetes => Some(kubernetes::read(file, repository)),
        Dialect::DevContainer => Some(devcontainer::read(file, repository)),
        Dialect::Netrc => Some(netrc::read(file, repository)),
        Dialect::Unread(_) => Some(Unit::empty(file, dialect)),
        _ => None,
    }
}
