//! Faults of the module protocol, staged by a scripted proxy.

use testkit::{Reply, Times};

use super::machine::Machine;

/// What the probe for a module that does not exist asks.
const ABSENT: &str = "modkeep-probe.invalid/*";

fn scripted(path: &str, reply: Reply) -> Machine {
    let machine = Machine::new();
    machine.upstream.script(path, Times::Always, reply);
    machine
}

fn status(status: u16, text: &str) -> Reply {
    Reply::Status(status, text.to_owned())
}

fn page(status: u16) -> Reply {
    Reply::Full {
        status,
        headers: vec![("Content-Type".to_owned(), "text/html".to_owned())],
        body: b"<!DOCTYPE html><title>Welcome</title>".to_vec(),
    }
}

#[test]
fn a_web_page_in_place_of_a_proxy() {
    scripted("*", page(200)).finds("http.portal", "web page");
    scripted("*", page(403)).finds("http.portal", "status 403");
    let machine = scripted("*", Reply::Redirect(302, "/login".to_owned()));
    machine.upstream.script("login", Times::Always, page(200));
    machine.finds("http.portal", "web page");
    let elsewhere = Reply::Redirect(302, "http://10.255.255.1/login".to_owned());
    scripted("*", elsewhere).finds("http.portal", "redirects");
}

#[test]
fn a_login_that_is_wanted() {
    scripted("*", status(401, "log in")).finds("http.login", "\"log in\"");
}

#[test]
fn a_proxy_that_says_nothing() {
    scripted("*", Reply::Silence).finds("http.answer", "says nothing");
}

#[test]
fn a_wrong_answer_for_what_does_not_exist() {
    scripted(ABSENT, status(500, "boom")).finds("http.absent", "500");
    scripted(ABSENT, status(200, "v1.0.0")).finds("http.absent", "200");
}

#[test]
fn a_wrong_answer_for_what_exists() {
    for (path, reply, id, says) in [
        (
            "*.info",
            status(403, "CVE-2026-0001: fixed in v1.2.4"),
            "http.present",
            "CVE-2026-0001",
        ),
        ("*.info", status(404, "not found"), "http.present", "404"),
        ("*.info", status(502, "upstream"), "http.present", "502"),
        (
            "*.info",
            Reply::Body(br#"{"Version":"v9.9.9"}"#.to_vec()),
            "http.present",
            "v9.9.9",
        ),
        (
            "*.info",
            Reply::Body(b"{}".to_vec()),
            "http.present",
            "no JSON",
        ),
        ("*.info", page(200), "http.portal", "web page"),
        ("*.zip", status(500, "disk"), "http.zip", "500"),
        (
            "*.zip",
            Reply::Body(b"nothing of the kind".to_vec()),
            "http.zip",
            "is none",
        ),
    ] {
        let machine = Machine::new();
        let path = machine.module.url_path(path.trim_start_matches("*."));
        machine.upstream.script(&path, Times::Always, reply);
        machine.finds(id, says);
    }
}

#[test]
fn a_clock_that_is_wrong() {
    let reply = Reply::Full {
        status: 404,
        headers: vec![
            ("Content-Type".to_owned(), "text/plain".to_owned()),
            (
                "Date".to_owned(),
                "Tue, 01 Jan 2019 00:00:00 GMT".to_owned(),
            ),
        ],
        body: b"not found\n".to_vec(),
    };
    scripted(ABSENT, reply).finds("env.clock", "ahead of");
}
