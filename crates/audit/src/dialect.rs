//! Which files are read, and as what.

/// A dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// A workflow of GitHub Actions.
    GitHubWorkflow,
    /// A composite or other action of GitHub.
    GitHubAction,
    /// GitLab CI.
    GitLab,
    /// A Jenkinsfile.
    Jenkinsfile,
    /// A Dockerfile or Containerfile.
    Dockerfile,
    /// A compose file.
    Compose,
    /// A bake file.
    Bake,
    /// A file of `KEY=VALUE` lines that compose, systemd or a script reads.
    EnvFile,
    /// `.dockerignore` or `.gitignore`.
    Ignore,
    /// A makefile.
    Makefile,
    /// A shell script.
    Shell,
    /// A file of `profile.d`.
    Profile,
    /// A systemd unit, drop-in or manager configuration.
    Systemd,
    /// `environment.d`, `/etc/environment`.
    HostEnvironment,
    /// A user's `go/env` file.
    GoEnvUser,
    /// A toolchain's `go.env`.
    GoEnvRoot,
    /// A netrc file.
    Netrc,
    /// A Kubernetes manifest.
    Kubernetes,
    /// go.mod.
    GoMod,
    /// go.sum or go.work.sum.
    GoSum,
    /// go.work.
    GoWork,
    /// vendor/modules.txt.
    VendorModules,
    /// A dialect that is recognised and not read yet, by its name: a finding GP902.
    Unread(&'static str),
}
