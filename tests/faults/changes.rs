//! Upstreams that change their mind about what was right once.

use std::process::Command;

use testkit::{Module, Reply, Times};

use crate::row::Ask::{Info, List, Mod, Zip};
use crate::row::{Ask, Fault, Row, Want};
use crate::site::{MODKEEP, Plot, Site};
use crate::zips::changed;

fn right(name: &'static str) -> Row {
    Row::new(name, List, Fault::Set(|_| ()), Want::Right)
}

/// A server, and one module at its upstream that does right.
fn one(row: Row) -> (Site, Plot) {
    let mut site = Site::start(vec![row]);
    let plot = site.plots.remove(0);
    (site, plot)
}

fn expect(site: &Site, ask: Ask, module: &Module, status: u16, body: &[u8]) {
    let answer = site.get(&ask.path(module));
    let text = answer.text();
    assert_eq!((answer.status, answer.complete), (status, true), "{text}");
    if status == 200 {
        assert!(answer.body == body, "{ask:?}: {text}");
    }
}

/// Whatever an upstream makes of a version later, it stays what it was.
#[test]
fn a_kept_version_never_changes() {
    for row in [right("verified"), right("nobody vouches").exempt()] {
        let (site, plot) = one(row);
        let module = &plot.module;
        for ask in [Info, Mod, Zip] {
            expect(&site, ask, module, 200, &ask.right(module));
        }
        let other = changed(module)
            .at("2025-01-01T00:00:00Z")
            .directive("retract v0.9.0");
        for ask in [Info, Mod, Zip] {
            plot.upstream.put(&ask.path(module), ask.right(&other));
        }
        plot.upstream.forget();
        for ask in [Info, Mod, Zip] {
            expect(&site, ask, module, 200, &ask.right(module));
        }
        for kind in ["info", "mod", "zip"] {
            assert_eq!(plot.upstream.count(&module.url_path(kind)), 0);
        }
        assert_eq!(site.end().verified, Some(0));
    }
}

/// A file that went away under the server is fetched again, and has to be what it was.
#[test]
fn a_lost_file_comes_back_as_it_was_or_not_at_all() {
    let (site, plot) = one(right("lost"));
    let module = &plot.module;
    let other = changed(module).directive("retract v0.9.0");
    for ask in [Mod, Zip] {
        let path = ask.path(module);
        expect(&site, ask, module, 200, &ask.right(module));
        std::fs::remove_file(site.kept(&path)).unwrap();
        plot.upstream.put(&path, ask.right(&other));
        // The server may have it in memory still.
        let answer = site.get(&path);
        assert!(
            answer.status == 502 || answer.body == ask.right(module),
            "{}",
            answer.status
        );
        plot.upstream.put(&path, ask.right(module));
        expect(&site, ask, module, 200, &ask.right(module));
    }
    assert_eq!(site.end().verified, Some(0));
}

/// A list loses what its upstream takes out of it, but nothing that is held, and nothing to trouble.
#[test]
fn a_list_never_shrinks_by_trouble() {
    const ALL: &str = "v1.0.0\nv1.1.0\nv1.2.0\n";
    let table = [
        (
            "shorter",
            Reply::Body(b"v1.2.0\n".to_vec()),
            "v1.0.0\nv1.2.0\n",
            "miss",
        ),
        ("empty", Reply::Body(Vec::new()), "v1.0.0\n", "miss"),
        (
            "absent",
            Reply::Status(404, "gone".into()),
            "v1.0.0\n",
            "miss",
        ),
        ("busy", Reply::Status(500, "busy".into()), ALL, "stale"),
        ("html", Reply::Body(b"<html>".to_vec()), ALL, "stale"),
        (
            "rubbish",
            Reply::Body(b"gone fishing".to_vec()),
            ALL,
            "stale",
        ),
        ("cut", Reply::CloseAfter(3), ALL, "stale"),
        ("reset", Reply::ResetAfter(3), ALL, "stale"),
        ("silent", Reply::Silence, ALL, "stale"),
    ];
    let mut site = Site::start(table.iter().map(|(name, ..)| right(name)).collect());
    for (plot, (name, reply, list, cache)) in std::mem::take(&mut site.plots).iter().zip(table) {
        let path = List.path(&plot.module);
        plot.upstream.put(&path, ALL);
        expect(&site, List, &plot.module, 200, ALL.as_bytes());
        expect(&site, Info, &plot.module, 200, &plot.module.info_bytes());
        site.kept(&Info.path(&plot.module));
        plot.upstream.script(&path, Times::Always, reply);
        let answer = site.get(&path);
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (200, list),
            "{name}"
        );
        assert_eq!(answer.header("modkeep-cache"), cache, "{name}");
    }
}

/// `go` takes the names of fields in any case. What is served must not be called damaged later.
#[test]
fn an_info_in_small_letters_is_served_and_verified() {
    let (site, plot) = one(right("small letters"));
    let module = &plot.module;
    let info = br#"{"version":"v1.0.0","time":"2024-03-01T12:00:00Z"}"#;
    plot.upstream.put(&Info.path(module), *info);
    expect(&site, Info, module, 200, info);
    let left = site.end();
    assert_eq!(left.verified, Some(0), "{}", left.findings);
}

/// `modkeep verify` does find what is wrong: the tables rely on it.
#[test]
fn verify_finds_a_changed_file() {
    let (site, plot) = one(right("changed"));
    let module = &plot.module;
    expect(&site, Mod, module, 200, &module.mod_bytes());
    std::fs::write(site.kept(&Mod.path(module)), "module example.com/evil\n").unwrap();
    let store = site.store();
    let verify = Command::new(MODKEEP)
        .args([
            "verify",
            "--store",
            store.to_str().unwrap(),
            "--upstream",
            "off",
            "--sumdb",
            "off",
        ])
        .env_clear()
        .output()
        .unwrap();
    assert_eq!(verify.status.code(), Some(1));
}
