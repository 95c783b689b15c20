//! What is emitted is clean for the programs that check such files.

use testkit::Upstream;

use super::ground::{CASES, Ground, tool};

/// Runs a checker on `file`: it must find nothing and say nothing to standard error.
fn clean(ground: &Ground, program: &str, arguments: &[&str], variables: &[(&str, &str)]) {
    let said = ground.run(&tool(program), arguments, variables);
    assert_eq!(
        (said.code, said.err.as_str()),
        (Some(0), ""),
        "{program} {arguments:?}: {}",
        said.out
    );
}

#[test]
fn shellcheck_is_content() {
    let ground = Ground::new();
    for case in &CASES {
        ground.write("50-modkeep.sh", &ground.block("profile.d", case.name));
        clean(&ground, "shellcheck", &["--shell=sh", "50-modkeep.sh"], &[]);
    }
    ground.write("ci.yml", &ground.block("gitlab", "strict"));
    let file = ground.yaml("ci.yml");
    for (name, script) in [
        ("check.sh", &file["modkeep-check"]["script"][0]),
        ("before.sh", &file[".go-env"]["before_script"][0]),
    ] {
        ground.write(name, script.as_str().unwrap());
        clean(&ground, "shellcheck", &["--shell=sh", name], &[]);
    }
}

#[test]
fn systemd_is_content() {
    let ground = Ground::new();
    ground.write("units/a.service", "[Service]\nExecStart=/bin/true\n");
    let units = format!("{}:", ground.path().join("units").display());
    for case in &CASES {
        ground.write(
            "units/a.service.d/50-modkeep.conf",
            &ground.block("systemd-system", case.name),
        );
        clean(
            &ground,
            "systemd-analyze",
            &["verify", "a.service"],
            &[("SYSTEMD_UNIT_PATH", &units)],
        );
        // The manager reads the same assignments in a section of its own.
        let manager = ground.block("systemd-manager", case.name);
        let settings = |text: &str| -> Vec<String> {
            let lines = text.lines().filter(|line| line.contains("Environment="));
            lines
                .map(|line| line.trim_start_matches("Default").to_owned())
                .collect()
        };
        assert!(manager.contains("\n[Manager]\nDefaultEnvironment=\"GOPROXY="));
        assert_eq!(
            settings(&manager),
            settings(&ground.block("systemd-system", case.name))
        );
    }
}

/// The unit's checker does see a mistake in a drop-in.
#[test]
fn systemd_finds_a_mistake() {
    let ground = Ground::new();
    ground.write("units/a.service", "[Service]\nExecStart=/bin/true\n");
    ground.write(
        "units/a.service.d/50-modkeep.conf",
        "[Service]\nEnvironment=\"GOPROXY=https://p%z\n",
    );
    let units = format!("{}:", ground.path().join("units").display());
    let said = ground.run(
        &tool("systemd-analyze"),
        &["verify", "a.service"],
        &[("SYSTEMD_UNIT_PATH", &units)],
    );
    assert!(said.err.contains("50-modkeep.conf:2"), "{}", said.err);
}

#[test]
fn visudo_is_content() {
    let ground = Ground::new();
    for case in &CASES {
        let written = ground.emit(&[
            "sudoers",
            "--policy",
            &format!("{}.toml", case.name),
            "--write",
            "modkeep",
        ]);
        assert_eq!(written.code, Some(0), "{}", written.err);
        let said = ground.run(&tool("visudo"), &["-cf", "modkeep"], &[]);
        assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    }
}

#[test]
fn actionlint_and_the_schema_of_workflows_are_content() {
    let ground = Ground::new();
    for case in &CASES {
        ground.write("a.yml", &ground.block("github", case.name));
        clean(&ground, "actionlint", &["-no-color", "a.yml"], &[]);
        schema(&ground, &["vendor.github-workflows", "a.yml"]);
    }
}

#[test]
fn the_schemas_of_gitlab_and_compose_are_content() {
    let ground = Ground::new();
    for case in &CASES {
        ground.write("gitlab.yml", &ground.block("gitlab", case.name));
        schema(
            &ground,
            &[
                "vendor.gitlab-ci",
                "--data-transform",
                "gitlab-ci",
                "gitlab.yml",
            ],
        );
        ground.write("compose.yaml", &ground.block("compose", case.name));
        schema(&ground, &["vendor.compose-spec", "compose.yaml"]);
    }
}

fn schema(ground: &Ground, arguments: &[&str]) {
    let arguments = [&["--builtin-schema"], arguments].concat();
    let said = ground.run(&tool("check-jsonschema"), &arguments, &[]);
    assert_eq!(
        said.code,
        Some(0),
        "{arguments:?}: {}{}",
        said.out,
        said.err
    );
}

#[test]
fn hadolint_is_content() {
    let ground = Ground::new();
    for case in &CASES {
        ground.write("Dockerfile", &ground.block("dockerfile", case.name));
        clean(&ground, "hadolint", &["--no-color", "Dockerfile"], &[]);
    }
}

/// A job runs what it fetched only when that is what the policy names.
#[test]
fn a_file_with_another_digest_is_not_run() {
    let ground = Ground::new();
    let upstream = Upstream::start();
    upstream.put("modkeep", "#!/bin/sh\nprintf '%s\\n' \"$@\" > arguments\n");
    ground.write("served", "#!/bin/sh\nprintf '%s\\n' \"$@\" > arguments\n");
    let digest = ground.run(&tool("sha256sum"), &["served"], &[]).out;
    let right = digest.split_whitespace().next().unwrap();
    let wrong = "0".repeat(64);
    for (digest, runs) in [(wrong.as_str(), false), (right, true)] {
        let install = format!(
            "[audit]\ninstall = {{ url = \"{}/modkeep\", sha256 = \"{digest}\" }}\n",
            upstream.url()
        );
        ground.write("install.toml", &format!("{}{install}", CASES[0].policy));
        ground.write("ci.yml", &ground.block("gitlab", "install"));
        let script = ground.yaml("ci.yml")["modkeep-check"]["script"][0].clone();
        let said = ground.run(&tool("sh"), &["-c", script.as_str().unwrap()], &[]);
        assert_eq!(said.code == Some(0), runs, "{}{}", said.out, said.err);
        assert_eq!(ground.path().join("arguments").exists(), runs);
    }
    let wanted = "check\n--assert\nGOPROXY==https://a.example|https://b.example,direct\n--assert\nGOPRIVATE==git.corp.example,*.in.corp.example\n";
    assert_eq!(ground.read("arguments"), wanted);
}
