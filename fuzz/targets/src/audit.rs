//! Targets in `audit`: the front ends, through the repository as an audit reads it.

use ::audit::{Audit, Item, Options, Repository, Span};

/// Workflows of GitHub.
pub(crate) fn github(data: &[u8]) {
    read(".github/workflows/a.yml", data);
    read("a/action.yml", data);
}

/// Pipelines of GitLab, one that includes itself by another file.
pub(crate) fn gitlab(data: &[u8]) {
    read(".gitlab-ci.yml", data);
}

/// Jenkinsfiles.
pub(crate) fn jenkins(data: &[u8]) {
    read("Jenkinsfile", data);
}

/// Shell scripts.
pub(crate) fn shell(data: &[u8]) {
    read("a.sh", data);
    read("etc/profile.d/go.sh", data);
}

/// Dockerfiles.
pub(crate) fn dockerfile(data: &[u8]) {
    read("Dockerfile", data);
}

/// Makefiles.
pub(crate) fn makefile(data: &[u8]) {
    read("Makefile", data);
}

/// Files of docker compose, and the files of settings beside them.
pub(crate) fn compose(data: &[u8]) {
    read("compose.yaml", data);
    read(".env", data);
}

/// Files of docker buildx bake, in both forms.
pub(crate) fn bake(data: &[u8]) {
    read("docker-bake.hcl", data);
    read("docker-bake.json", data);
}

/// systemd units with a drop-in and a file of settings, and the configuration of the manager.
pub(crate) fn systemd(data: &[u8]) {
    read("etc/systemd/system/a.service", data);
    read("etc/systemd/system.conf.d/a.conf", data);
    read_all(&[
        (
            "a.service",
            b"[Service]\nEnvironmentFile=/etc/default/a\nExecStart=go build\n",
        ),
        ("a.service.d/b.conf", data),
        ("etc/default/a", data),
    ]);
}

/// Files of settings of a host, and netrc files.
pub(crate) fn host_environment(data: &[u8]) {
    read("etc/environment.d/a.conf", data);
    read("etc/environment", data);
    read(".netrc", data);
    read(".devcontainer/devcontainer.json", data);
}

/// Manifests of Kubernetes, one beside a `ConfigMap` that it may name.
pub(crate) fn kubernetes(data: &[u8]) {
    let mut manifest = b"apiVersion: v1\nkind: Pod\n".to_vec();
    manifest.extend_from_slice(data);
    read_all(&[
        ("a.yaml", &manifest),
        (
            "b.yaml",
            b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {GOPROXY: off}\n",
        ),
    ]);
}

/// Files of Go beside go.mod, and both kinds of `go/env` files.
pub(crate) fn go_files(data: &[u8]) {
    for path in [
        "go.sum",
        "go.work",
        "vendor/modules.txt",
        ".config/go/env",
        "go/go.env",
    ] {
        read(path, data);
    }
}

/// Files of logins, and files of what git and docker pass over.
pub(crate) fn netrc(data: &[u8]) {
    for path in [".netrc", ".gitignore", ".dockerignore"] {
        read(path, data);
    }
}

/// Reads and judges a repository of one file: whatever its bytes, all places lie in it.
fn read(path: &str, data: &[u8]) {
    read_all(&[(path, data)]);
}

fn read_all(files: &[(&str, &[u8])]) {
    let audit = Audit::of(
        Repository::from_files(files.iter().copied()),
        None,
        &Options::default(),
    );
    let repository = &audit.repository;
    let holds = |span: Span| {
        assert!(span.start <= span.end, "{span:?} ends before it begins");
        let len = repository.file(span.file).bytes().len();
        assert!(span.start as usize <= len, "{span:?} of {len} bytes");
    };
    for unit in &repository.units {
        for fault in &unit.faults {
            holds(fault.span);
            assert!(!fault.message.contains("mistake in modkeep"));
            assert!(!fault.message.contains('\n') && fault.message.len() < 4096);
        }
        for block in &unit.blocks {
            holds(block.span);
            walk(&block.items, &holds);
        }
    }
    for finding in &audit.findings {
        assert!(!finding.message.is_empty());
    }
}

fn walk(items: &[Item], holds: &dyn Fn(Span)) {
    for item in items {
        match item {
            Item::Set(setting) | Item::Invisible { setting, .. } => {
                holds(setting.span);
                holds(setting.key);
            }
            Item::Block(block) => {
                holds(block.span);
                walk(&block.items, holds);
            }
            Item::Enclosed { block, passes } => {
                holds(block.span);
                for setting in passes {
                    holds(setting.span);
                }
                walk(&block.items, holds);
            }
            Item::Branches(ways) => ways.iter().for_each(|way| walk(way, holds)),
            Item::Run(run) => holds(run.span),
            Item::Call(call) => holds(call.span),
            Item::Lost { span, .. } => holds(*span),
            _ => {}
        }
    }
}
