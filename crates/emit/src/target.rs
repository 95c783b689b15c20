//! Whom settings can be written for, and where their files go.

use std::fmt;

/// Whom settings are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Login shells, by `/etc/profile.d`.
    ProfileD,
    /// Logins through PAM, by `/etc/environment`.
    Pam,
    /// Services of systemd, by a drop-in.
    SystemdSystem,
    /// The sessions of systemd's users, by `environment.d`.
    SystemdUser,
    /// Everything that systemd starts, by its own configuration.
    SystemdManager,
    /// What runs through sudo.
    Sudoers,
    /// A Dockerfile of two stages.
    Dockerfile,
    /// Docker compose.
    Compose,
    /// Docker buildx bake.
    Bake,
    /// GitHub Actions.
    Github,
    /// GitLab CI.
    Gitlab,
    /// Jenkins, a declarative pipeline.
    Jenkins,
    /// Kubernetes, a `ConfigMap` and a pod.
    Kubernetes,
    /// The user file of `go env -w`.
    GoEnv,
}

impl Target {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 14] = [
        Self::ProfileD,
        Self::Pam,
        Self::SystemdSystem,
        Self::SystemdUser,
        Self::SystemdManager,
        Self::Sudoers,
        Self::Dockerfile,
        Self::Compose,
        Self::Bake,
        Self::Github,
        Self::Gitlab,
        Self::Jenkins,
        Self::Kubernetes,
        Self::GoEnv,
    ];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        self.facts().0
    }

    /// Where its file goes when no other path is named; None for the user file of Go, which each
    /// user has elsewhere. Relative ones are from the root of a repository.
    pub const fn path(self) -> Option<&'static str> {
        match self {
            Self::GoEnv => None,
            _ => Some(self.facts().1),
        }
    }

    /// Whom it reaches, and what it needs, in a line.
    pub const fn summary(self) -> &'static str {
        self.facts().2
    }

    /// Permission bits of a new file.
    pub const fn mode(self) -> u32 {
        match self {
            // sudo refuses a file that others could change.
            Self::Sudoers => 0o440,
            _ => 0o644,
        }
    }

    /// What begins a comment.
    pub(crate) const fn comment(self) -> &'static str {
        match self {
            Self::Jenkins => "//",
            _ => "#",
        }
    }

    const fn facts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::ProfileD => (
                "profile.d",
                "/etc/profile.d/50-modkeep.sh",
                "login shells; not cron, systemd, sudo, docker exec or CI agents",
            ),
            Self::Pam => (
                "pam",
                "/etc/environment",
                "logins through PAM: ssh, su, cron, graphical ones; from the next login on",
            ),
            Self::SystemdSystem => (
                "systemd-system",
                "/etc/systemd/system/service.d/50-modkeep.conf",
                "services; for one alone name /etc/systemd/system/UNIT.service.d/50-modkeep.conf; needs daemon-reload and a restart of the units",
            ),
            Self::SystemdUser => (
                "systemd-user",
                "/etc/environment.d/50-modkeep.conf",
                "user services and sessions; needs a new login; not system services",
            ),
            Self::SystemdManager => (
                "systemd-manager",
                "/etc/systemd/system.conf.d/50-modkeep.conf",
                "everything systemd starts; needs daemon-reexec and a restart of the units",
            ),
            Self::Sudoers => (
                "sudoers",
                "/etc/sudoers.d/modkeep",
                "lets sudo pass the variables on; check with visudo -cf first",
            ),
            Self::Dockerfile => (
                "dockerfile",
                "Dockerfile",
                "an image built in two stages, with a cache mount and netrc as a secret mount",
            ),
            Self::Compose => (
                "compose",
                "compose.modkeep.yaml",
                "build arguments for docker compose: -f compose.yaml -f compose.modkeep.yaml",
            ),
            Self::Bake => (
                "bake",
                "docker-bake.hcl",
                "build arguments for docker buildx bake: targets inherit _go",
            ),
            Self::Github => (
                "github",
                ".github/workflows/modkeep.yml",
                "a workflow of GitHub Actions with the settings for all its jobs",
            ),
            Self::Gitlab => (
                "gitlab",
                ".gitlab/modkeep.yml",
                "GitLab CI: include it, and let jobs extend .go-env",
            ),
            Self::Jenkins => ("jenkins", "Jenkinsfile", "a declarative pipeline"),
            Self::Kubernetes => (
                "kubernetes",
                "go-env.yaml",
                "a ConfigMap go-env, and a pod that reads it",
            ),
            Self::GoEnv => (
                "go-env",
                "",
                "the file of go env -w, for one user; `modkeep env set --policy` edits one that is in use",
            ),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn names_and_paths_are_each_one_of_a_kind() {
        let mut names: Vec<_> = Target::ALL.iter().map(|target| target.name()).collect();
        let mut paths: Vec<_> = Target::ALL.iter().map(|target| target.path()).collect();
        names.sort_unstable();
        names.dedup();
        paths.sort_unstable();
        paths.dedup();
        assert_eq!((names.len(), paths.len()), (14, 14));
    }
}
