use std::sync::Arc;
use std::time::Duration;

use sumdb::{Head, Verification, Verified};
use testkit::{Module, Reply, Times};

use super::{Asker, LogClient, Lookup};
use crate::Error;
use crate::engine::Engine;
use crate::fixture::{Fixture, LogServer, Setup, below, end, lookup_path, version};

fn client(engine: &Engine) -> &LogClient {
    engine.log.as_ref().unwrap()
}

fn is_proven(lookup: &Result<Lookup, Error>) -> bool {
    matches!(lookup, Ok(Lookup::Proven(_)))
}

/// A fixture whose upstream relays a log of 300 records with `modules`.
fn relayed(modules: &[Module]) -> (Fixture, LogServer, Setup) {
    let (fixture, mut server) = (Fixture::new(), LogServer::new());
    server.fill(300);
    for module in modules {
        server.add(module);
    }
    server.serve(&fixture.upstream);
    let setup = Setup {
        database: Some(server.database()),
        ..Setup::default()
    };
    (fixture, server, setup)
}

#[tokio::test]
async fn a_proven_record_is_kept_over_a_restart_without_network() {
    let module = Module::new("example.com/Upper", "v1.0.0");
    let (mut fixture, _, setup) = relayed(std::slice::from_ref(&module));
    let engine = fixture.engine(&setup);
    let Lookup::Proven(proven) = client(&engine).record(&module.name()).await.unwrap() else {
        panic!("unknown")
    };
    assert_eq!(proven.record.text, module.sum_lines());
    assert_eq!((proven.proof.record, proven.proof.tree), (300, 301));
    end(engine).await;
    fixture.upstream.stop();
    let engine = fixture.engine(&Setup {
        offline: true,
        ..setup.clone()
    });
    let again = client(&engine).record(&module.name()).await.unwrap();
    assert!(matches!(again, Lookup::Proven(again) if again.record == proven.record));
    assert!(
        client(&engine)
            .kept(&module.name())
            .await
            .unwrap()
            .is_some()
    );
    let unknown = client(&engine)
        .record(&version("example.com/other", "v1.0.0"))
        .await;
    let text = unknown.unwrap_err();
    assert!(matches!(&text, Error::Unavailable { .. }), "{text}");
    assert!(text.to_string().contains("offline"), "{text}");
}

#[tokio::test]
async fn fifty_askers_make_one_lookup() {
    let module = Module::new("example.com/m", "v1.0.0");
    let (fixture, _, setup) = relayed(std::slice::from_ref(&module));
    let engine = fixture.engine(&setup);
    let name = module.name();
    let asks = (0..50).map(|_| client(&engine).record(&name));
    let answers = futures_util::future::join_all(asks).await;
    assert!(answers.iter().all(is_proven));
    assert_eq!(fixture.upstream.count(&lookup_path(&name)), 1);
    let tiles = fixture.upstream.count(&below("tile/*"));
    client(&engine).record(&name).await.unwrap();
    assert_eq!(fixture.upstream.count(&below("tile/*")), tiles);
}

#[tokio::test]
async fn an_unknown_version_is_asked_for_again_after_seconds() {
    let (fixture, mut server, setup) = relayed(&[]);
    let module = Module::new("example.com/m", "v1.0.0");
    let engine = fixture.engine(&setup);
    for _ in 0..2 {
        let lookup = client(&engine).record(&module.name()).await.unwrap();
        assert!(
            matches!(lookup, Lookup::Unknown { text } if text.contains("does not know example.com/m@v1.0.0"))
        );
    }
    assert_eq!(fixture.upstream.count(&lookup_path(&module.name())), 1);
    server.add(&module);
    server.serve(&fixture.upstream);
    fixture.clock.advance(Duration::from_secs(10));
    assert!(is_proven(&client(&engine).record(&module.name()).await));
}

#[tokio::test]
async fn private_modules_are_refused_before_any_network() {
    let (fixture, _, setup) = relayed(&[]);
    let engine = fixture.engine(&Setup {
        private: "git.corp.example/Secret,*.inner.example",
        ..setup
    });
    for (path, refused) in [
        ("git.corp.example/Secret", true),
        ("git.corp.example/Secret/sub", true),
        ("a.inner.example/m", true),
        ("git.corp.example/secret", false),
        ("golang.org/toolchain", false),
    ] {
        let lookup = client(&engine).record(&version(path, "v0.0.1")).await;
        assert_eq!(
            matches!(lookup, Err(Error::Denied { .. })),
            refused,
            "{path}: {lookup:?}"
        );
    }
    assert_eq!(
        fixture
            .upstream
            .count(&below("lookup/git.corp.example/!secret*")),
        0
    );
    assert_eq!(fixture.upstream.count(&below("lookup/a.inner*")), 0);
}

#[tokio::test]
async fn an_answer_without_the_line_is_an_integrity_failure_and_not_kept() {
    let (fixture, mut server, setup) = relayed(&[]);
    let (asked, other) = (
        Module::new("example.com/m", "v1.0.0"),
        Module::new("example.com/n", "v1.0.0"),
    );
    server.append(asked.name(), &other.sum_lines());
    server.serve(&fixture.upstream);
    let engine = fixture.engine(&setup);
    let error = client(&engine).record(&asked.name()).await.unwrap_err();
    assert!(matches!(error, Error::Integrity { .. }), "{error}");
    assert!(client(&engine).kept(&asked.name()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_tampered_tile_is_never_kept() {
    let module = Module::new("example.com/m", "v1.0.0");
    let (fixture, _, setup) = relayed(std::slice::from_ref(&module));
    let engine = fixture.engine(&setup);
    fixture.upstream.script(
        &below("tile/8/0/001.p/45"),
        Times::Always,
        Reply::Body(vec![7; 45 * 32]),
    );
    let error = client(&engine).record(&module.name()).await.unwrap_err();
    assert!(matches!(error, Error::Integrity { .. }), "{error}");
    let files = engine.parts.log_files.as_ref().unwrap();
    let tile = sumdb::Tile {
        level: Some(0),
        index: 1,
        width: 45,
    };
    assert_eq!(files.tile(&tile).unwrap(), None);
    assert_eq!(files.head().unwrap(), None);
    fixture.upstream.behave();
    fixture.clock.advance(Duration::from_secs(2));
    assert!(is_proven(&client(&engine).record(&module.name()).await));
    assert!(files.tile(&tile).unwrap().is_some());
}

#[tokio::test]
async fn a_kept_tile_that_rotted_is_fetched_again() {
    let module = Module::new("example.com/m", "v1.0.0");
    let (fixture, _, setup) = relayed(std::slice::from_ref(&module));
    let engine = fixture.engine(&setup);
    assert!(is_proven(&client(&engine).record(&module.name()).await));
    let tile = sumdb::Tile {
        level: Some(0),
        index: 1,
        width: 45,
    };
    let files = engine.parts.log_files.clone().unwrap();
    let right = files.tile(&tile).unwrap();
    files.put_tile(&tile, &[7; 45 * 32]).unwrap();
    end(engine).await;
    let engine = fixture.engine(&setup);
    assert!(is_proven(&client(&engine).record(&module.name()).await));
    assert_eq!(files.tile(&tile).unwrap(), right);
}

#[tokio::test]
async fn a_partial_tile_that_is_absent_is_cut_from_the_full_one() {
    let (fixture, mut server) = (Fixture::new(), LogServer::new());
    let module = Module::new("example.com/m", "v1.0.0");
    server.fill(10);
    server.add(&module);
    server.serve(&fixture.upstream);
    let mut grown = server.clone();
    grown.fill(256);
    let full = sumdb::Tile {
        level: Some(0),
        index: 0,
        width: 256,
    };
    fixture
        .upstream
        .put(&below(&full.path()), grown.log.tile(&full).unwrap());
    fixture.upstream.remove(&below("tile/8/0/000.p/11"));
    let engine = fixture.engine(&Setup {
        database: Some(server.database()),
        ..Setup::default()
    });
    assert!(is_proven(&client(&engine).record(&module.name()).await));
}

#[tokio::test]
async fn an_older_head_is_believed_only_as_a_part_of_the_newer() {
    let (early, late) = (
        Module::new("example.com/m", "v1.0.0"),
        Module::new("example.com/m", "v1.1.0"),
    );
    let (fixture, mut server, setup) = relayed(std::slice::from_ref(&early));
    let older = server.clone();
    server.fill(700);
    server.add(&late);
    server.serve(&fixture.upstream);
    let engine = fixture.engine(&setup);
    assert!(is_proven(&client(&engine).record(&late.name()).await));
    older.serve(&fixture.upstream);
    assert!(is_proven(&client(&engine).record(&early.name()).await));
    assert_eq!(client(&engine).head().await.unwrap().size, 701);
}

#[tokio::test]
async fn a_fork_is_kept_as_evidence_and_ends_all_belief() {
    let (first, second) = (
        Module::new("example.com/m", "v1.0.0"),
        Module::new("example.com/n", "v1.0.0"),
    );
    let (fixture, server, setup) = relayed(std::slice::from_ref(&first));
    let engine = fixture.engine(&setup);
    assert!(is_proven(&client(&engine).record(&first.name()).await));
    // Another log under the same key.
    let mut forked = LogServer::new();
    forked.add(&second);
    forked.fill(500);
    forked.serve(&fixture.upstream);
    let error = client(&engine).record(&second.name()).await.unwrap_err();
    assert!(matches!(error, Error::Integrity { .. }), "{error}");
    assert!(
        error.to_string().contains("contradict") && error.to_string().contains("forks"),
        "{error}"
    );
    assert!(
        !error
            .to_string()
            .contains(fixture.folder.path().to_str().unwrap()),
        "{error}"
    );
    assert!(
        client(&engine).record(&first.name()).await.is_err(),
        "nothing is believed any more"
    );
    let evidence = client(&engine).forked().await.unwrap();
    let evidence = std::fs::read_to_string(evidence).unwrap();
    assert!(
        evidence.contains(
            std::str::from_utf8(&server.note())
                .unwrap()
                .lines()
                .nth(2)
                .unwrap()
        )
    );
    end(engine).await;
    server.serve(&fixture.upstream);
    let engine = fixture.engine(&setup);
    assert!(
        client(&engine).record(&first.name()).await.is_err(),
        "a restart forgets no fork"
    );
    assert!(crate::health::health(&engine).await.forked.is_some());
}

#[tokio::test]
async fn trouble_at_the_database_is_trouble_and_soon_forgotten() {
    let module = Module::new("example.com/m", "v1.0.0");
    let (fixture, _, setup) = relayed(std::slice::from_ref(&module));
    let engine = fixture.engine(&setup);
    for (reply, what) in [
        (Reply::Status(500, "out of order".into()), "500"),
        (Reply::Body(b"<html>log in</html>".to_vec()), "a portal"),
        (Reply::Body(Vec::new()), "nothing"),
    ] {
        fixture
            .upstream
            .script(&below("lookup/*"), Times::Next(1), reply);
        let error = client(&engine).record(&module.name()).await.unwrap_err();
        assert!(error.yields_to_stale(), "{what}: {error}");
        fixture.clock.advance(Duration::from_secs(30));
    }
    fixture.upstream.script(
        &below("tile/*"),
        Times::Always,
        Reply::Status(404, "no".into()),
    );
    let error = client(&engine).record(&module.name()).await.unwrap_err();
    assert!(
        error.yields_to_stale(),
        "a missing tile is never absence: {error}"
    );
    // The other tiles of that proof may still be under way; who asks for them
    // would share what becomes of them.
    engine.tasks.close();
    engine.tasks.wait().await;
    engine.tasks.reopen();
    fixture.upstream.behave();
    fixture.clock.advance(Duration::from_secs(30));
    assert!(is_proven(&client(&engine).record(&module.name()).await));
}

#[tokio::test]
async fn a_hung_database_holds_up_nothing_that_is_kept() {
    let (kept, hung) = (
        Module::new("example.com/m", "v1.0.0"),
        Module::new("example.com/n", "v1.0.0"),
    );
    let (fixture, _, setup) = relayed(&[kept.clone(), hung.clone()]);
    let engine = fixture.engine(&setup);
    assert!(is_proven(&client(&engine).record(&kept.name()).await));
    end(engine).await;
    let engine = fixture.engine(&setup);
    fixture
        .upstream
        .script(&below("*"), Times::Always, Reply::Gate("hung".into()));
    let waiting = tokio::spawn({
        let (engine, hung) = (Arc::clone(&engine), hung.name());
        async move { client(&engine).record(&hung).await }
    });
    assert!(is_proven(&client(&engine).record(&kept.name()).await));
    fixture.upstream.open_gate("hung");
    assert!(is_proven(&waiting.await.unwrap()));
}

#[tokio::test]
async fn heads_race_and_every_proof_ends() {
    let modules: Vec<Module> = (0..20)
        .map(|n| Module::new(&format!("example.com/m{n}"), "v1.0.0"))
        .collect();
    let (fixture, mut server) = (Fixture::new(), LogServer::new());
    // Each answer carries a head of its own.
    for (n, module) in modules.iter().enumerate() {
        server.fill(20 * n as u64);
        server.add(module);
        server.serve(&fixture.upstream);
        fixture.upstream.script(
            &lookup_path(&module.name()),
            Times::Always,
            Reply::Body({
                let mut answer =
                    format!("{}\n{}\n", server.log.size() - 1, module.sum_lines()).into_bytes();
                answer.extend_from_slice(&server.note());
                answer
            }),
        );
    }
    let engine = fixture.engine(&Setup {
        database: Some(server.database()),
        ..Setup::default()
    });
    let names: Vec<_> = modules.iter().map(Module::name).collect();
    let answers =
        futures_util::future::join_all(names.iter().map(|name| client(&engine).record(name))).await;
    assert!(answers.iter().all(is_proven), "{answers:?}");
    assert_eq!(
        client(&engine).head().await.unwrap().size,
        server.log.size()
    );
}

#[test]
fn a_tree_covers_what_it_holds() {
    let covers = |size, level, index, width| {
        super::covers(
            size,
            sumdb::Tile {
                level,
                index,
                width,
            },
        )
    };
    assert!(covers(256, Some(0), 0, 256) && covers(256, Some(1), 0, 1) && covers(5, None, 0, 5));
    assert!(!covers(255, Some(0), 0, 256) && !covers(255, Some(1), 0, 1) && !covers(5, None, 0, 6));
    assert!(!covers(u64::MAX, Some(0), u64::MAX, 1) && !covers(9, Some(255), 0, 1));
}

#[tokio::test]
async fn a_silent_database_is_waited_for_so_long_and_no_longer() {
    let module = Module::new("example.com/m", "v1.0.0");
    let (fixture, _, setup) = relayed(std::slice::from_ref(&module));
    let engine = fixture.engine(&setup);
    fixture
        .upstream
        .script(&below("*"), Times::Always, Reply::Silence);
    let waiting = tokio::spawn({
        let (engine, name) = (Arc::clone(&engine), module.name());
        async move { client(&engine).record(&name).await }
    });
    fixture.clock.wait_for_sleepers(1).await;
    fixture
        .clock
        .advance(engine.parts.limits.sumdb_call * 2 + Duration::from_secs(1));
    let error = waiting.await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
}

/// The head of `server`, proven against `believed`.
fn proven_head(server: &LogServer, believed: Option<&Head>) -> Verified {
    let (database, note) = (server.database(), server.note());
    let run = Verification::latest(&database, believed, &note).unwrap();
    run.conclude(|tile| server.log.tile(tile)).unwrap()
}

/// Of two proofs made at the same time against one head, the later one was
/// believed without a proof that it goes with the earlier one.
#[tokio::test]
async fn two_heads_that_grew_out_of_one_are_not_both_believed() {
    let (fixture, server, setup) = relayed(&[]);
    let engine = fixture.engine(&setup);
    client(&engine).latest(Duration::ZERO).await.unwrap();
    let inner = &client(&engine).inner;
    let believed = inner.head().await.unwrap();
    let (mut one, mut other) = (server.clone(), server);
    one.add(&Module::new("example.com/one", "v1.0.0"));
    other.add(&Module::new("example.com/other", "v1.0.0"));
    other.fill(310);
    let first = proven_head(&one, believed.as_deref());
    let second = proven_head(&other, believed.as_deref());
    assert!(inner.advance(believed.as_ref(), &first).await.unwrap());
    assert!(!inner.advance(believed.as_ref(), &second).await.unwrap());
    let newest = inner.head().await.unwrap().unwrap();
    assert_eq!(newest.note, first.head.note);
    other.serve(&fixture.upstream);
    let forked = client(&engine).latest(Duration::ZERO).await.unwrap_err();
    assert!(matches!(forked, Error::Integrity { .. }), "{forked}");
}

/// Clients that asked for a record and hung up could have any number of
/// lookups under way.
#[tokio::test]
async fn lookups_for_clients_are_bounded_and_take_none_from_fetches() {
    let module = Module::new("example.com/m", "v1.0.0");
    let (fixture, _, setup) = relayed(std::slice::from_ref(&module));
    let engine = fixture.engine(&setup);
    let client = client(&engine);
    let all = u32::try_from(super::RELAYED_LOOKUPS).unwrap();
    let taken = client.inner.relayed.acquire_many(all).await.unwrap();
    let refused = client.find(&module.name(), Asker::Client).await;
    assert!(
        matches!(refused, Err(Error::Overloaded { .. })),
        "{refused:?}"
    );
    assert!(is_proven(&client.record(&module.name()).await));
    // What is proven needs no place.
    client.find(&module.name(), Asker::Client).await.unwrap();
    drop(taken);
}
