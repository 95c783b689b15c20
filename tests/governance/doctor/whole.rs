//! The command as a whole: quiet on a machine without faults, its flags, its
//! exit codes.

use super::machine::Machine;

#[test]
fn a_machine_without_faults_is_left_alone() {
    Machine::new().is_well(&[]);
    Machine::with_modkeep(&[]).is_well(&[]);
}

#[test]
fn a_server_with_another_policy() {
    let other = "name = \"corp\"\n[client]\ngoproxy = \"http://127.0.0.1:1\"\n";
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("policy.toml");
    std::fs::write(&file, other).unwrap();
    let policy = file.to_str().unwrap();
    let machine = Machine::with_modkeep(&["--policy", policy]);
    let url = machine.server().url();
    let text = format!(
        "name = \"corp\"\n[client]\ngoproxy = \"{url}\"\nsumdb = \"{}\"\n",
        machine.database.gosumdb()
    );
    machine.write("policy.toml", &text);
    let ours = machine.text("policy.toml");
    machine.finds_with(&["--policy", &ours], "server.policy", "it enforces sha256:");
}

#[test]
fn groups_are_chosen_by_name() {
    let machine = Machine::new();
    let said = machine.run(&["--group", "chain", "--group", "dns", "--format", "json"]);
    let checks = said.checks();
    assert!(
        checks
            .iter()
            .all(|one| one["group"] == "chain" || one["group"] == "dns")
    );
    assert!(checks.iter().any(|one| one["id"] == "dns.name"));
    let wrong = machine.run(&["--group", "sumbd"]);
    assert_eq!(wrong.code, Some(2), "{}", wrong.err);
    assert!(wrong.err.contains("\"sumdb\""), "{}", wrong.err);
}

#[test]
fn what_is_not_finished_is_skipped() {
    let machine = Machine::new();
    machine
        .upstream
        .set_latency(std::time::Duration::from_secs(2));
    let said = machine.run(&["--timeout", "300ms", "--group", "http", "--format", "json"]);
    assert!(
        said.checks().iter().all(|one| one["status"] == "skip"),
        "{}",
        said.out
    );
    assert_eq!(said.code, Some(3));
}

#[test]
fn a_warning_fails_only_when_it_is_told_to() {
    let mut machine = Machine::new();
    machine.set("GOSUMDB", "off");
    assert_eq!(machine.run(&[]).code, Some(0));
    assert_eq!(machine.run(&["--strict"]).code, Some(1));
}

#[test]
fn hosts_are_hidden_on_demand() {
    let mut machine = Machine::new();
    machine.set("GOPROXY", "https://user:s3cret@goproxy.corp.invalid,direct");
    machine.set("GOPRIVATE", "*.secret-project.invalid");
    let shown = machine.run(&[]);
    assert!(shown.out.contains("goproxy.corp.invalid"), "{}", shown.out);
    for format in ["text", "json"] {
        let said = machine.run(&["--redact", "--format", format]);
        for word in ["s3cret", "corp.invalid", "secret-project"] {
            assert!(!said.out.contains(word), "{word}: {}", said.out);
        }
    }
    assert!(!shown.out.contains("s3cret"), "{}", shown.out);
}

#[test]
fn the_settings_are_in_the_syntax_of_the_ci_system() {
    let mut machine = Machine::new();
    machine
        .set("GITLAB_CI", "true")
        .set("GOPRIVATE", "a.example, b.example");
    let said = machine.run(&[]);
    let block = "variables:\n  GOPROXY: \"";
    assert!(said.out.contains(block), "{}", said.out);
    assert!(
        said.out.contains("  GOPRIVATE: \"a.example,b.example\"\n"),
        "{}",
        said.out
    );
}

#[test]
fn a_policy_that_is_none_is_wrong_usage() {
    let machine = Machine::new();
    let said = machine.run(&["--policy", "/nowhere.toml"]);
    assert_eq!(said.code, Some(2), "{}", said.err);
    assert!(said.err.contains("/nowhere.toml"), "{}", said.err);
}
