//! Which files are read, and as what: by name, and where the name says too little by the first bytes.

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
    /// A development container.
    DevContainer,
    /// go.mod.
    GoMod,
    /// go.sum or go.work.sum.
    GoSum,
    /// go.work.
    GoWork,
    /// vendor/modules.txt.
    VendorModules,
    /// A baseline of this program.
    Baseline,
    /// A dialect that is recognised and not read yet, by its name: a finding GP902.
    Unread(&'static str),
}

/// Dialects that are recognised and not read yet: how their path looks, and their name.
const UNREAD: [(&str, &str); 20] = [
    (".circleci/config.yml", "CircleCI"),
    ("azure-pipelines.yml", "Azure Pipelines"),
    ("azure-pipelines.yaml", "Azure Pipelines"),
    (".drone.yml", "Drone"),
    (".drone.yaml", "Drone"),
    (".woodpecker.yml", "Woodpecker"),
    (".woodpecker.yaml", "Woodpecker"),
    ("bitbucket-pipelines.yml", "Bitbucket Pipelines"),
    (".travis.yml", "Travis CI"),
    (".buildkite/pipeline.yml", "Buildkite"),
    (".buildkite/pipeline.yaml", "Buildkite"),
    (".goreleaser.yml", "goreleaser"),
    (".goreleaser.yaml", "goreleaser"),
    (".ko.yaml", "ko"),
    ("Earthfile", "Earthly"),
    ("MODULE.bazel", "Bazel"),
    ("WORKSPACE.bazel", "Bazel"),
    (".envrc", "direnv"),
    ("mise.toml", "mise"),
    (".mise.toml", "mise"),
];

/// How a path is to be read, as far as the path tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ByPath {
    /// As this dialect.
    Is(Dialect),
    /// It depends on the content: YAML that may be a Kubernetes manifest.
    MayBeKubernetes,
    /// It depends on the first line: a file that may be a script.
    MayBeScript,
    /// Not at all.
    Skip,
}

/// Judges a path below the audited root, `/` between its parts.
pub(crate) fn by_path(path: &str) -> ByPath {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if let Some(dialect) = by_place(path, folder, name).or_else(|| by_name(folder, name)) {
        return ByPath::Is(dialect);
    }
    let unread = UNREAD.iter().find(|(known, _)| {
        path.strip_suffix(known)
            .is_some_and(|front| front.is_empty() || front.ends_with('/'))
    });
    if let Some((_, system)) = unread {
        return ByPath::Is(Dialect::Unread(system));
    }
    match name.rsplit_once('.') {
        Some((_, "yml" | "yaml")) => ByPath::MayBeKubernetes,
        None | Some(("", _)) => ByPath::MayBeScript,
        Some(_) => ByPath::Skip,
    }
}

/// What the place of a file says.
fn by_place(path: &str, folder: &str, name: &str) -> Option<Dialect> {
    let is_in = |part: &str| {
        folder == part
            || folder.ends_with(&format!("/{part}"))
            || folder.contains(&format!("{part}/"))
    };
    let is_yaml = is_yaml(name);
    if is_yaml && (folder == ".github/workflows" || folder.ends_with("/.github/workflows")) {
        return Some(Dialect::GitHubWorkflow);
    }
    if folder == "profile.d" || folder.ends_with("/profile.d") {
        // Those of other shells are no scripts for sh.
        let other = [
            ("csh", "csh"),
            ("tcsh", "csh"),
            ("fish", "fish"),
            ("zsh", "zsh"),
        ];
        let other = other.iter().find(|(end, _)| has_end(name, end));
        return Some(other.map_or(Dialect::Profile, |(_, shell)| Dialect::Unread(shell)));
    }
    if is_in("systemd") && has_end(name, "env") {
        return Some(Dialect::EnvFile);
    }
    if is_in("systemd") && (has_end(name, "conf") || is_unit(name)) {
        return Some(Dialect::Systemd);
    }
    // Files that units name in `EnvironmentFile=`.
    if ["etc/default", "etc/sysconfig"]
        .iter()
        .any(|place| is_in(place))
    {
        return Some(Dialect::EnvFile);
    }
    if is_in("environment.d") && has_end(name, "conf") {
        return Some(Dialect::HostEnvironment);
    }
    if path == "etc/environment" || path.ends_with("/etc/environment") {
        return Some(Dialect::HostEnvironment);
    }
    if path == ".config/go/env" || path.ends_with("/.config/go/env") {
        return Some(Dialect::GoEnvUser);
    }
    if path == "vendor/modules.txt" || path.ends_with("/vendor/modules.txt") {
        return Some(Dialect::VendorModules);
    }
    None
}

/// What the name of a file says.
fn by_name(folder: &str, name: &str) -> Option<Dialect> {
    let lower = name.to_ascii_lowercase();
    let starts = |front: &str| name == front || name.starts_with(&format!("{front}."));
    Some(match name {
        "action.yml" | "action.yaml" => Dialect::GitHubAction,
        ".gitlab-ci.yml" | ".gitlab-ci.yaml" => Dialect::GitLab,
        "GNUmakefile" | "makefile" | "Makefile" => Dialect::Makefile,
        ".devcontainer.json" | "devcontainer.json" => Dialect::DevContainer,
        "go.mod" => Dialect::GoMod,
        "go.sum" | "go.work.sum" => Dialect::GoSum,
        "go.work" => Dialect::GoWork,
        "go.env" => Dialect::GoEnvRoot,
        ".netrc" | "_netrc" | "netrc" => Dialect::Netrc,
        ".dockerignore" | ".gitignore" => Dialect::Ignore,
        ".env" => Dialect::EnvFile,
        "modkeep-baseline.json" | ".modkeep-baseline.json" => Dialect::Baseline,
        "docker-bake.hcl"
        | "docker-bake.json"
        | "docker-bake.override.hcl"
        | "docker-bake.override.json" => Dialect::Bake,
        _ if name.ends_with(".dockerignore") => Dialect::Ignore,
        _ if starts("Dockerfile") || starts("Containerfile") || lower.ends_with(".dockerfile") => {
            Dialect::Dockerfile
        }
        _ if name.starts_with("Dockerfile-") || name.starts_with("Dockerfile_") => {
            Dialect::Dockerfile
        }
        _ if name.starts_with("Jenkinsfile") || lower.ends_with(".jenkinsfile") => {
            Dialect::Jenkinsfile
        }
        _ if is_yaml(name)
            && (name.starts_with("compose") || name.starts_with("docker-compose")) =>
        {
            Dialect::Compose
        }
        _ if is_yaml(name) && folder.ends_with(".gitlab/ci") => Dialect::GitLab,
        _ if name.ends_with(".gitlab-ci.yml") || name.ends_with(".gitlab-ci.yaml") => {
            Dialect::GitLab
        }
        _ if has_end(name, "mk") || starts("Makefile") => Dialect::Makefile,
        _ if has_end(name, "sh") || has_end(name, "bash") => Dialect::Shell,
        _ if has_end(name, "env") || name.starts_with(".env.") => Dialect::EnvFile,
        _ if is_unit(name) || is_drop_in(folder, name) => Dialect::Systemd,
        _ => return None,
    })
}

fn is_yaml(name: &str) -> bool {
    has_end(name, "yml") || has_end(name, "yaml")
}

/// Whether a name is one of a systemd unit whose processes may use Go, or that starts one.
fn is_unit(name: &str) -> bool {
    ["service", "socket", "timer", "mount", "swap"]
        .iter()
        .any(|end| has_end(name, end))
}

/// Whether a file is a drop-in of a unit: `ci.service.d/50-go.conf`.
fn is_drop_in(folder: &str, name: &str) -> bool {
    let owner = folder
        .rsplit('/')
        .next()
        .and_then(|folder| folder.strip_suffix(".d"));
    has_end(name, "conf") && owner.is_some_and(is_unit)
}

/// Whether a name ends in a dot and `end`, in whatever case.
fn has_end(name: &str, end: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, found)| found.eq_ignore_ascii_case(end))
}

/// Whether a file begins like a shell script.
pub(crate) fn is_shell(head: &[u8]) -> bool {
    let Some(line) = head.strip_prefix(b"#!") else {
        return false;
    };
    let line = line.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let mut words = line
        .split_whitespace()
        .map(|word| word.rsplit('/').next().unwrap_or(word));
    let shell = match words.next() {
        Some("env") => words.find(|word| !word.starts_with('-') && !word.contains('=')),
        word => word,
    };
    matches!(shell, Some("sh" | "bash" | "dash" | "ash" | "ksh" | "zsh"))
}

/// Whether YAML looks like a Kubernetes manifest.
pub(crate) fn is_kubernetes(text: &[u8]) -> bool {
    let has_key = |key: &[u8]| {
        text.split(|byte| *byte == b'\n').any(|line| {
            line.strip_prefix(key)
                .is_some_and(|rest| rest.trim_ascii_start().first() == Some(&b':'))
        })
    };
    has_key(b"apiVersion") && has_key(b"kind")
}

/// What the content of a YAML file says whose name says nothing: a manifest, or something that a pipeline
/// of GitLab may include.
pub(crate) fn by_content(text: &[u8]) -> Option<Dialect> {
    if is_kubernetes(text) {
        return Some(Dialect::Kubernetes);
    }
    let is_part = text.split(|byte| *byte == b'\n').any(|line| {
        let Some(end) = line.iter().position(|byte| *byte == b':') else {
            return false;
        };
        let key = &line[..end];
        match key.trim_ascii_start() {
            b"script" | b"before_script" | b"extends" => true,
            b"variables" | b"include" | b"default" | b"workflow" | b"stages" => {
                !key.starts_with(b" ")
            }
            // A hidden job.
            _ => key.starts_with(b".") && key.len() > 1,
        }
    });
    is_part.then_some(Dialect::GitLab)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_tell_dialects() {
        for (path, dialect) in [
            (".github/workflows/ci.yml", Dialect::GitHubWorkflow),
            ("sub/.github/workflows/ci.yaml", Dialect::GitHubWorkflow),
            ("tools/setup/action.yml", Dialect::GitHubAction),
            (".gitlab-ci.yml", Dialect::GitLab),
            ("Jenkinsfile.release", Dialect::Jenkinsfile),
            ("build/Dockerfile.dev", Dialect::Dockerfile),
            ("app.dockerfile", Dialect::Dockerfile),
            ("Containerfile", Dialect::Dockerfile),
            ("docker-compose.prod.yml", Dialect::Compose),
            ("compose.yaml", Dialect::Compose),
            ("docker-bake.hcl", Dialect::Bake),
            ("rules.mk", Dialect::Makefile),
            ("etc/profile.d/50-go.sh", Dialect::Profile),
            ("etc/profile.d/go.csh", Dialect::Unread("csh")),
            ("etc/systemd/system/ci.service.d/50.conf", Dialect::Systemd),
            ("deploy/app.service", Dialect::Systemd),
            ("deploy/app.service.d/go.conf", Dialect::Systemd),
            ("etc/default/ci", Dialect::EnvFile),
            ("etc/environment.d/50-go.conf", Dialect::HostEnvironment),
            ("etc/environment", Dialect::HostEnvironment),
            ("home/u/.config/go/env", Dialect::GoEnvUser),
            ("usr/local/go/go.env", Dialect::GoEnvRoot),
            ("vendor/modules.txt", Dialect::VendorModules),
            (".netrc", Dialect::Netrc),
            (".env", Dialect::EnvFile),
            (".circleci/config.yml", Dialect::Unread("CircleCI")),
        ] {
            assert_eq!(by_path(path), ByPath::Is(dialect), "{path}");
        }
        assert_eq!(by_path("k8s/app.yaml"), ByPath::MayBeKubernetes);
        assert_eq!(by_path("scripts/build"), ByPath::MayBeScript);
        assert_eq!(by_path("main.go"), ByPath::Skip);
        assert_eq!(by_path("pkg/systemd/main.go"), ByPath::Skip);
    }

    #[test]
    fn first_bytes_tell_the_rest() {
        for (head, is) in [
            (&b"#!/bin/sh\n"[..], true),
            (b"#!/usr/bin/env -S bash -e\n", true),
            (b"#! /usr/bin/env zsh", true),
            (b"#!/usr/bin/python3\n", false),
            (b"go build", false),
        ] {
            assert_eq!(is_shell(head), is, "{head:?}");
        }
        assert!(is_kubernetes(b"apiVersion: v1\nkind: Pod\n"));
        assert!(!is_kubernetes(b"a:\n  apiVersion: v1\nkind: x"));
        assert_eq!(by_content(b"a:\n  script:\n"), Some(Dialect::GitLab));
        assert_eq!(by_content(b".a:\n  image: x\n"), Some(Dialect::GitLab));
        assert_eq!(by_content(b"a:\n  variables:\n"), None);
    }
}
