//! Faults of logins, git and the secrecy of names.

use std::os::unix::fs::PermissionsExt;

use testkit::{Reply, Times, Upstream};

use super::machine::Machine;

fn netrc(machine: &Machine, text: &str, mode: u32) {
    machine.write("home/.netrc", text);
    let permissions = std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(machine.path("home/.netrc"), permissions).unwrap();
}

#[test]
fn a_netrc_that_go_does_not_use() {
    let login = "login build password s3cret";
    for (text, mode, says) in [
        (format!("machine 127.0.0.1 {login}"), 0o600, "port included"),
        (
            "machine a.example login build".to_owned(),
            0o600,
            "not both",
        ),
        (format!("machine a.example {login}"), 0o644, "mode 0644"),
    ] {
        let machine = Machine::new();
        netrc(&machine, &text, mode);
        machine.finds("private.netrc", says);
        assert!(!machine.run(&[]).out.contains("s3cret"));
    }
    let mut machine = Machine::new();
    machine.set("NETRC", "/nowhere/netrc");
    machine.finds("private.netrc", "cannot be read");
}

#[test]
fn a_repository_that_wants_a_login() {
    let host = Upstream::start();
    let refusal = Reply::Full {
        status: 401,
        headers: vec![(
            "WWW-Authenticate".to_owned(),
            "Basic realm=\"git\"".to_owned(),
        )],
        body: Vec::new(),
    };
    host.script("*", Times::Always, refusal);
    let mut machine = Machine::new();
    machine.set("GOPRIVATE", "git.corp.invalid");
    machine.require("git.corp.invalid/team/lib.git", "v1.0.0");
    let rule = format!(
        "[url \"{}/\"]\n\tinsteadOf = https://git.corp.invalid/\n",
        host.url()
    );
    machine.write("home/.gitconfig", &rule);
    machine.finds("private.git", "could not read Username");
}

#[test]
fn a_host_that_is_not_reached() {
    let mut machine = Machine::new();
    machine.set("GOPRIVATE", "git.corp.invalid");
    machine.require("git.corp.invalid/team/lib", "v1.0.0");
    machine.finds("private.metadata", "git.corp.invalid");
}

#[test]
fn a_private_path_that_is_told_to_the_database() {
    let machine = Machine::new();
    let proxy = machine.upstream.url();
    machine.write(
        "policy.toml",
        &format!("name = \"corp\"\n[client]\ngoproxy = \"{proxy}\"\nprivate = [\"m.example\"]\nsumdb = \"{}\"\n", machine.database.gosumdb()),
    );
    let policy = machine.text("policy.toml");
    machine.finds_with(
        &["--policy", &policy],
        "leak.paths",
        "m.example/present is looked up",
    );
}
