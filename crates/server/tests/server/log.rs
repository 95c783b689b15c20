//! The access log.

use std::fs;

use server::AccessLog;
use testkit::Module;

use crate::fixture::{Server, Setup, eventually};

#[test]
fn every_request_has_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("access.log");
    let server = Server::with(Setup {
        access_log: Some(AccessLog::File(path.clone())),
        ..Setup::default()
    });
    let module = Module::new("github.com/BurntSushi/toml", "v1.2.0");
    server.add(&module);
    let zip = format!("/{}", module.url_path("zip"));
    server.ask(
        "GET",
        &format!("{zip}?token=hidden"),
        &[("User-Agent", "a\"b")],
    );
    server.get("/nothing.example/%0a/@v/list");
    // Moved away, as rotation does: the next line is in a new file.
    let line = |text: String| -> serde_json::Value { serde_json::from_str(&text).unwrap() };
    let mut lines = eventually("two lines", || {
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<_> = text.lines().map(str::to_owned).collect();
        (lines.len() == 2).then_some(lines)
    });
    fs::rename(&path, folder.path().join("access.log.1")).unwrap();
    server.get(&zip);
    server.end();
    lines.push(fs::read_to_string(&path).unwrap());

    assert!(!lines[0].contains("hidden"), "{}", lines[0]);
    let cold = line(lines[0].clone());
    for (field, value) in [
        ("url.path", zip.as_str()),
        ("http.request.method", "GET"),
        ("user_agent.original", "a\"b"),
        ("source.ip", "127.0.0.1"),
        ("event.action", "module.zip.get"),
        ("event.outcome", "success"),
        ("go.module", "github.com/BurntSushi/toml"),
        ("go.version", "v1.2.0"),
        ("go.artifact", "zip"),
        ("cache.result", "miss"),
        ("sli", "good"),
        ("service.version", "0.1.0"),
    ] {
        assert_eq!(cold[field], value, "{field} of {cold}");
    }
    assert_eq!(cold["http.response.status_code"], 200);
    assert_eq!(cold["http.response.body.bytes"], module.zip_bytes().len());
    let absent = line(lines[1].clone());
    assert_eq!(absent["http.response.status_code"], 404);
    assert_eq!(
        (&absent["sli"], &absent["event.outcome"]),
        (&"excluded".into(), &"failure".into())
    );
    let hot = line(lines[2].clone());
    assert_eq!(hot["cache.result"], "hit");
    assert_ne!(hot["event.id"], cold["event.id"]);
}
