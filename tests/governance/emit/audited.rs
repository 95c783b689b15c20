//! What is emitted is clean for the audit under the policy that it comes from.

use std::path::Path;

use super::ground::{CASES, Ground, TARGETS};
use crate::provoked::stage::MODKEEP;

/// Where a target's file stands in a repository that keeps its machine's files too.
fn place(target: &str) -> &str {
    match target {
        "profile.d" => "etc/profile.d/50-modkeep.sh",
        "pam" => "etc/environment",
        "systemd-system" => "etc/systemd/system/service.d/50-modkeep.conf",
        "systemd-user" => "etc/environment.d/50-modkeep.conf",
        "systemd-manager" => "etc/systemd/system.conf.d/50-modkeep.conf",
        "sudoers" => "etc/sudoers.d/modkeep",
        "dockerfile" => "Dockerfile",
        "compose" => "compose.modkeep.yaml",
        "bake" => "docker-bake.hcl",
        "github" => ".github/workflows/modkeep.yml",
        "gitlab" => ".gitlab-ci.yml",
        "jenkins" => "Jenkinsfile",
        "kubernetes" => "go-env.yaml",
        _ => "home/.config/go/env",
    }
}

/// The findings above info of a folder, a line each.
fn findings(ground: &Ground, folder: &str, policy: &str) -> String {
    let arguments = ["audit", folder, "--policy", policy, "--format", "json"];
    let said = ground.run(Path::new(MODKEEP), &arguments, &[]);
    let report: serde_json::Value =
        serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {}", said.err));
    let lines: Vec<_> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["severity"] != "info")
        .map(|one| {
            format!(
                "{}:{} {} {}",
                one["path"], one["line"], one["rule"], one["message"]
            )
        })
        .collect();
    lines.join("\n")
}

#[test]
fn every_file_is_clean_under_its_policy() {
    let ground = Ground::new();
    for case in &CASES {
        let policy = format!("{}.toml", case.name);
        for target in TARGETS {
            let folder = format!("{}-{target}", case.name);
            ground.write(
                &format!("{folder}/go.mod"),
                "module main.example/m\n\ngo 1.24\n",
            );
            let file = format!("{folder}/{}", place(target));
            let written = ground.emit(&[target, "--policy", &policy, "--write", &file]);
            assert_eq!(written.code, Some(0), "{folder}: {}", written.err);
            assert_eq!(findings(&ground, &folder, &policy), "", "{folder}");
        }
    }
}

/// The same files are not clean under a policy that says otherwise.
#[test]
fn another_policy_finds_the_drift() {
    let ground = Ground::new();
    for target in ["github", "dockerfile", "jenkins"] {
        ground.write(
            &format!("{target}/go.mod"),
            "module main.example/m\n\ngo 1.24\n",
        );
        let file = format!("{target}/{}", place(target));
        ground.emit(&[target, "--policy", "routed.toml", "--write", &file]);
        assert!(
            findings(&ground, target, "strict.toml").contains("GP0"),
            "{target}"
        );
    }
}
