//! A checksum database that lies, or says nothing. The `go` here believes everything (GOSUMDB=off), so
//! that only modkeep stands between it and the lie.

use testkit::{Database, Module, Reply, Times, client, deadline};

use crate::comparison::WITHIN;
use crate::pair::Pair;

/// The module that is lied about, and that was not asked for before.
const VICTIM: &str = "a.example/victim";

fn victim() -> Module {
    Module::new(VICTIM, "v1.0.0")
}

/// A pair whose modkeep has seen the database's head.
fn acquainted() -> Pair {
    let pair = Pair::start(&[]);
    let go = pair.go(pair.through().url());
    go.run("mod download a.example/top@v1.0.0").expect_ok();
    pair
}

/// The victim is refused with each of `texts`, and nothing of it is kept; other things are still served.
fn refused(pair: &Pair, status: &str, texts: &[&str]) {
    let go = pair.go(pair.through().url()).env("GOSUMDB", "off");
    let said = go.run(&format!("mod download {VICTIM}@v1.0.0"));
    let said = said.expect_failure();
    assert!(said.contains(status), "{said}");
    assert!(said.contains("server response:"), "{said}");
    for text in texts {
        assert!(said.contains(text), "{text:?} in {said}");
    }
    let zip = format!("/{}", victim().url_path("zip"));
    let status = client::get(pair.through().authority(), &zip).status;
    assert!(status == 403 || status >= 500, "{status}");
    for suffix in ["v1.0.0.mod", "v1.0.0.zip"] {
        let kept = pair.kept(&format!("{VICTIM}/@v/{suffix}"));
        assert_eq!(kept, [""; 0], "{suffix}");
    }
    go.run("mod download a.example/top@v1.0.0").expect_ok();
}

#[test]
fn other_bytes_than_the_database_has() {
    deadline(WITHIN, || {
        let mut pair = acquainted();
        let other = victim().file("more.go", "package victim\n");
        pair.database().add(&other);
        for suffix in ["info", "mod", "zip"] {
            let bytes = match suffix {
                "info" => victim().info_bytes(),
                "mod" => victim().mod_bytes(),
                _ => victim().zip_bytes(),
            };
            pair.straight().put(&victim().url_path(suffix), bytes);
        }
        let go = pair.go(pair.through().url()).env("GOSUMDB", "off");
        let said = go.run(&format!("mod download {VICTIM}@v1.0.0"));
        let said = said.expect_failure();
        assert!(said.contains("checksum mismatch"), "{said}");
        assert!(said.contains("SECURITY"), "{said}");
        // Answered is not yet published (decision 0015); the end of a modkeep leaves nothing waiting.
        pair.restart(&[]);
        // Its go.mod is the right one.
        assert_eq!(pair.kept(&format!("{VICTIM}/@v/v1.0.0.zip")), [""; 0]);
        assert_eq!(pair.kept(&format!("{VICTIM}/@v/v1.0.0.mod")).len(), 1);
    });
}

#[test]
fn a_module_that_the_database_does_not_know() {
    deadline(WITHIN, || {
        let mut pair = acquainted();
        for (suffix, bytes) in [
            ("info", victim().info_bytes()),
            ("mod", victim().mod_bytes()),
            ("zip", victim().zip_bytes()),
        ] {
            pair.straight().put(&victim().url_path(suffix), bytes);
        }
        refused(
            &pair,
            "403 Forbidden",
            &["sums.example does not know", "nosumdb"],
        );
    });
}

#[test]
fn a_record_of_another_module_for_this_one() {
    deadline(WITHIN, || {
        let mut pair = acquainted();
        pair.straight().add(&victim());
        let lookup = "sums.example/lookup/c.example/base@v1.0.0";
        let other = pair.database().answer(lookup).unwrap();
        let path = format!("sumdb/sums.example/lookup/{VICTIM}@v1.0.0");
        pair.straight()
            .script(&path, Times::Always, Reply::Body(other));
        refused(&pair, "502", &["sums.example"]);
    });
}

#[test]
fn tiles_that_were_tampered_with() {
    deadline(WITHIN, || {
        let mut pair = acquainted();
        pair.straight().add(&victim());
        let size = pair.database().size();
        let mut tile = pair
            .database()
            .answer(&format!("sums.example/tile/8/0/000.p/{size}"))
            .unwrap();
        let last = tile.len() - 1;
        tile[last] ^= 1;
        pair.straight().script(
            "sumdb/sums.example/tile/*",
            Times::Always,
            Reply::Body(tile),
        );
        refused(&pair, "502", &["sums.example"]);
        // The lie left nothing behind that outlives the process: the truth is believed.
        pair.straight().behave();
        pair.restart(&[]);
        let go = pair.go(pair.through().url());
        go.run(&format!("mod download {VICTIM}@v1.0.0")).expect_ok();
    });
}

#[test]
fn a_head_signed_by_another_key() {
    deadline(WITHIN, || {
        let mut pair = acquainted();
        let other = Database::with_seed("sums.example", 2);
        pair.straight().relay(&other);
        pair.straight().add(&victim());
        refused(&pair, "502", &["sums.example"]);
    });
}

/// The same key signs another history.
#[test]
fn a_fork() {
    deadline(WITHIN, || {
        let mut pair = acquainted();
        let fork = Database::new("sums.example");
        pair.straight().relay(&fork);
        for number in 0..200 {
            fork.add_record(
                &format!("z.example/z@v1.{number}.0"),
                &format!(
                    "z.example/z v1.{number}.0 h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
                ),
            );
        }
        pair.straight().add(&victim());
        refused(&pair, "502", &["sums.example"]);
        let server = pair.through();
        assert!(
            server.comes_to_say(&["fork", "misbehav"]),
            "{}",
            server.said()
        );
        assert!(!pair.kept("/sumdb/").is_empty());
    });
}

#[test]
fn a_database_out_of_order() {
    deadline(WITHIN, || {
        let mut pair = acquainted();
        pair.straight().add(&victim());
        let out = Reply::Status(500, "out of order\n".to_owned());
        pair.straight().script("sumdb/*", Times::Always, out);
        refused(&pair, "503 Service Unavailable", &["sums.example"]);
        pair.straight().behave();
        // A failure is remembered for two seconds, but not beyond the process.
        pair.restart(&[]);
        let go = pair.go(pair.through().url());
        go.run(&format!("mod download {VICTIM}@v1.0.0")).expect_ok();
    });
}
