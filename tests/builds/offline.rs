//! What was fetched once is there when nothing else is: after a restart, with every upstream down, and
//! as files.

use std::path::Path;

use testkit::{Go, Module, client, deadline};

use crate::comparison::WITHIN;
use crate::pair::Pair;

const IMPORTS: &str = "package m\n\nimport (\n\t_ \"a.example/top\"\n\t_ \"a.example/old\"\n\t_ \"a.example/Upper/CamelCase\"\n)\n";

/// Lays the build out anew: nothing is known but what it imports.
fn lay_out(go: &Go) {
    go.clean_modcache();
    go.write("go.mod", "module main.example/m\n\ngo 1.21\n");
    go.write("go.sum", "");
    go.write("m.go", IMPORTS);
}

/// Resolves and downloads all that the build needs; gives back its go.sum.
fn build(go: &Go) -> String {
    lay_out(go);
    go.run("mod tidy").expect_ok();
    go.run("mod download all").expect_ok();
    go.run("list -deps ./...").expect_ok();
    go.read("go.sum").unwrap()
}

/// The lookups of the checksum database are answered too: `go` believes no one else, and its module
/// cache, where it keeps them, is empty.
#[test]
fn builds_go_on_with_every_upstream_down() {
    deadline(WITHIN, || {
        let mut pair = Pair::start(&[]);
        let mut go = pair.go(pair.through().url());
        let sums = build(&go);
        assert!(sums.contains("a.example/top v1.2.0 h1:"), "{sums}");
        pair.straight().stop();
        assert_eq!(build(&go), sums, "the same process, the head kept");
        go.forget_heads();
        assert_eq!(build(&go), sums, "the same process, the head forgotten");
        for arguments in [
            &[][..],
            &["--offline"],
            &["--upstream", "off"],
            // Carried to another place.
            &["--offline", "--upstream", "http://127.0.0.1:1"],
        ] {
            pair.restart(arguments);
            go.set("GOPROXY", pair.through().url());
            assert_eq!(build(&go), sums, "{arguments:?}, the head kept");
            go.forget_heads();
            assert_eq!(build(&go), sums, "{arguments:?}, the head forgotten");
            lay_out(&go);
            go.set("GOFLAGS", "-modcacherw -mod=mod");
            go.run("list -deps ./...").expect_ok();
            go.set("GOFLAGS", "-modcacherw");
        }
    });
}

/// One client has seen an older head of the database than the other, when the network goes: both go on.
#[test]
fn clients_with_heads_of_different_age_go_on_offline() {
    deadline(WITHIN, || {
        let mut pair = Pair::start(&[]);
        let early = pair.go(pair.through().url());
        let sums = build(&early);
        for number in 0..300 {
            let version = format!("v1.{number}.0");
            let module = Module::new("a.example/later", &version);
            if number % 100 == 0 {
                pair.straight().add(&module);
            } else {
                let key = format!("a.example/later@{version}");
                pair.database().add_record(&key, &module.sum_lines());
            }
        }
        let late = pair.go(pair.through().url());
        late.run("mod download a.example/later@v1.100.0")
            .expect_ok();
        pair.straight().stop();
        for mut go in [early, late] {
            pair.restart(&["--offline"]);
            go.set("GOPROXY", pair.through().url());
            assert_eq!(build(&go), sums);
            go.run("mod download a.example/later@v1.100.0").expect_ok();
        }
    });
}

#[test]
fn lists_latest_queries_and_absence_survive_a_restart() {
    deadline(WITHIN, || {
        let mut pair = Pair::start(&[]);
        let asked = [
            "/a.example/top/@v/list",
            "/a.example/untagged/@latest",
            "/a.example/branches/@v/main.info",
            "/a.example/gone/@v/list",
            "/a.example/top/@v/develop.info",
        ];
        let answers = |pair: &Pair| {
            asked.map(|path| {
                let answer = client::get(pair.through().authority(), path);
                (path, answer.status, answer.text())
            })
        };
        let before = answers(&pair);
        let statuses = before.each_ref().map(|(_, status, _)| *status);
        assert_eq!(statuses, [200, 200, 200, 404, 404]);
        pair.straight().stop();
        for arguments in [
            &["--list-ttl", "1ms", "--absent-ttl", "1ms"][..],
            &["--offline"],
        ] {
            pair.restart(arguments);
            assert_eq!(answers(&pair), before, "{arguments:?}");
        }
    });
}

#[test]
fn offline_what_is_not_held_is_absent() {
    deadline(WITHIN, || {
        let mut pair = Pair::start(&["--offline"]);
        let authority = pair.through().authority().to_owned();
        for path in [
            "/a.example/top/@v/list",
            "/a.example/top/@v/v1.0.0.info",
            "/a.example/top/@v/v1.0.0.mod",
            "/a.example/top/@v/v1.0.0.zip",
            "/a.example/untagged/@latest",
        ] {
            let answer = client::get(&authority, path);
            assert_eq!(answer.status, 404, "{path}: {}", answer.text());
            assert!(answer.text().contains("offline"), "{}", answer.text());
        }
        assert_eq!(pair.straight().seen(), []);
    });
}

#[test]
fn disable_module_fetch_asks_no_upstream() {
    deadline(WITHIN, || {
        let mut pair = Pair::start(&[]);
        let authority = pair.through().authority().to_owned();
        for path in [
            "/a.example/top/@v/list",
            "/a.example/untagged/@latest",
            "/a.example/branches/@v/main.info",
            "/a.example/top/@v/v1.0.0.info",
            "/a.example/top/@v/v1.0.0.mod",
            "/a.example/top/@v/v1.0.0.zip",
        ] {
            let only_held =
                || client::request(&authority, "GET", path, &[("Disable-Module-Fetch", "true")]);
            pair.straight().forget();
            let miss = only_held();
            assert_eq!(miss.status, 404, "{path}: {}", miss.text());
            assert!(miss.text().contains("temporarily unavailable"));
            assert_eq!(pair.straight().seen(), [], "{path}");
            let fetched = client::get(&authority, path);
            pair.straight().forget();
            let hit = only_held();
            assert_eq!((hit.status, hit.body), (200, fetched.body), "{path}");
            assert_eq!(pair.straight().seen(), [], "{path}");
        }
    });
}

/// The store's folder is a module cache of `go`, and so is a copy of it.
#[test]
fn the_store_is_a_proxy_of_files() {
    deadline(WITHIN, || {
        let mut pair = Pair::start(&[]);
        let sums = build(&pair.go(pair.through().url()));
        // Answered is not yet published (decision 0015); the end of a modkeep leaves nothing waiting.
        pair.restart(&[]);
        let copy = tempfile::tempdir().unwrap();
        copy_folder(&pair.store(), copy.path());
        for store in [pair.store(), copy.path().to_owned()] {
            let files = format!("file://{}", store.join("cache/download").display());
            let go = pair.go(&files).env("GOSUMDB", "off");
            let held = go.run("list -m -versions a.example/top").expect_ok();
            assert_eq!(held, "a.example/top v1.2.0\n");
            lay_out(&go);
            go.run("mod tidy").expect_ok();
            go.run("mod verify").expect_ok();
            assert_eq!(go.read("go.sum").unwrap(), sums, "{files}");
        }
    });
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
