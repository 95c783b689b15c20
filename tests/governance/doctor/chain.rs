//! Faults on the way to the proxies: names, ports, HTTP proxies.

use testkit::{Reply, Times, Upstream};

use super::machine::{Machine, closed_port};

#[test]
fn a_name_that_nobody_knows() {
    let mut machine = Machine::new();
    machine.set("GOPROXY", "https://goproxy.corp.invalid");
    machine.finds("dns.name", "goproxy.corp.invalid");
}

#[test]
fn a_port_that_is_closed() {
    let mut machine = Machine::new();
    let port = closed_port();
    machine.set("GOPROXY", &format!("http://127.0.0.1:{port}"));
    machine.finds("tcp.connect", "refused");
}

#[test]
fn an_http_proxy_that_is_dead() {
    let mut machine = Machine::new();
    let port = closed_port();
    machine.set("GOPROXY", "https://goproxy.corp.invalid");
    machine.set("HTTPS_PROXY", &format!("http://127.0.0.1:{port}"));
    machine.finds("tcp.connect", "the HTTP proxy of HTTPS_PROXY");
}

#[test]
fn an_http_proxy_that_wants_a_login() {
    for (scheme, variable) in [("https", "HTTPS_PROXY"), ("http", "HTTP_PROXY")] {
        let gate = Upstream::start();
        gate.script(
            "*",
            Times::Always,
            Reply::Status(407, "who are you".to_owned()),
        );
        let mut machine = Machine::new();
        machine.set("GOPROXY", &format!("{scheme}://goproxy.corp.invalid"));
        machine.set(
            variable,
            &gate.url().replace("http://", "http://me:s3cret@"),
        );
        machine.finds("proxy.connect", "wants a login");
        let said = machine.run(&[]);
        assert!(!said.out.contains("s3cret"), "{}", said.out);
    }
}

#[test]
fn an_http_proxy_that_does_not_let_through() {
    let gate = Upstream::start();
    gate.script("*", Times::Always, Reply::Status(403, "blocked".to_owned()));
    let mut machine = Machine::new();
    machine.set("GOPROXY", "https://goproxy.corp.invalid");
    machine.set("HTTPS_PROXY", &gate.url());
    machine.finds("proxy.connect", "does not let through");
}

/// An entry that is asked after any failure is examined like the others.
#[test]
fn each_entry_is_examined() {
    let mut machine = Machine::new();
    let port = closed_port();
    let url = machine.upstream.url();
    machine.set("GOPROXY", &format!("http://127.0.0.1:{port}|{url}"));
    machine.finds("tcp.connect", "refused");
    let (status, evidence) = machine.check("chain.order");
    assert_eq!(status, "ok");
    assert!(evidence.contains("after 404, 403, 5xx"), "{evidence}");
}

#[test]
fn a_chain_that_is_not_the_policys() {
    let machine = Machine::new();
    let sums = machine.database.gosumdb();
    machine.write(
        "policy.toml",
        &format!("name = \"corp\"\n[client]\ngoproxy = \"https://goproxy.corp.example\"\nsumdb = \"{sums}\"\n"),
    );
    let policy = machine.text("policy.toml");
    machine.finds_with(
        &["--policy", &policy],
        "chain.policy",
        "no proxy of the policy",
    );
    let said = machine.run(&["--policy", &policy]);
    let block = "export GOPROXY='https://goproxy.corp.example'\n";
    assert!(said.out.contains(block), "{}", said.out);
}

/// An environment that verifies nothing was called conforming, since its chain was the policy's.
#[test]
fn an_environment_that_goes_past_the_policy() {
    for (name, value, said) in [
        ("GONOSUMDB", "*", "exempts from verification"),
        ("GOPRIVATE", "other.example", "sends past the proxy"),
        ("GONOPROXY", "rsc.example", "sends past the proxy"),
    ] {
        let mut machine = Machine::new();
        let (url, sums) = (machine.upstream.url(), machine.database.gosumdb());
        machine.write(
            "policy.toml",
            &format!("name = \"corp\"\n[client]\ngoproxy = \"{url}\"\nsumdb = \"{sums}\"\ndirect = \"private-only\"\nprivate = [\"git.corp.example\"]\n"),
        );
        machine.set("GOPROXY", &url);
        machine.set(name, value);
        let policy = machine.text("policy.toml");
        machine.finds_with(&["--policy", &policy], "chain.policy", said);
    }
}
