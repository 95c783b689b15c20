use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use gomod::ModuleVersion;
use sumdb::{Database, Head, Tile, Verification};
use testkit::{Module, Reply, Times};

use super::{SumdbRequest, answer};
use crate::answer::Validity;
use crate::engine::Engine;
use crate::fixture::{Fixture, LogServer, Setup, below, end, lookup_path};
use crate::{Answer, Body, CacheResult, Error};

async fn ask(engine: &Arc<Engine>, request: SumdbRequest) -> Result<Answer, Error> {
    answer(engine, request).await
}

fn bytes(answer: &Answer) -> Bytes {
    match &answer.body {
        Body::Bytes(bytes) => bytes.clone(),
        other => panic!("no bytes at hand: {other:?}"),
    }
}

/// A `go` client with an emptied module cache: it has no tiles, perhaps a head.
struct Client {
    database: Database,
    head: Option<Head>,
    tiles: HashMap<Tile, Vec<u8>>,
}

impl Client {
    fn new(database: &Database, head: Option<Head>) -> Self {
        Self {
            database: database.clone(),
            head,
            tiles: HashMap::new(),
        }
    }

    /// Verifies one lookup as `go` does it, everything through the relay.
    async fn verify(
        &mut self,
        engine: &Arc<Engine>,
        module: &ModuleVersion,
    ) -> Result<String, Error> {
        let lookup = bytes(&ask(engine, SumdbRequest::Lookup(module.clone())).await?);
        let run =
            Verification::lookup(&self.database, self.head.as_ref(), module, &lookup).unwrap();
        for tile in run.needs() {
            let bytes = bytes(&ask(engine, SumdbRequest::Tile(*tile)).await?).to_vec();
            self.tiles.insert(*tile, bytes);
        }
        let verified = run.conclude(|tile| self.tiles.get(tile).cloned()).unwrap();
        self.head = Some(verified.head);
        Ok(verified.record.unwrap().text)
    }
}

fn module(n: u64) -> Module {
    Module::new(&format!("example.com/m{n}"), "v1.0.0")
}

fn setup_of(server: &LogServer) -> Setup {
    Setup {
        database: Some(server.database()),
        ..Setup::default()
    }
}

/// Sizes at which tiles of one, two and three levels fill and begin.
const SIZES: [u64; 7] = [3, 255, 256, 700, 65_535, 65_700, 131_900];

#[tokio::test]
async fn offline_every_lookup_ever_made_is_proven_to_clients_of_any_age() {
    let (mut fixture, mut server) = (Fixture::new(), LogServer::new());
    let setup = setup_of(&server);
    let database = server.database();
    let engine = fixture.engine(&setup);
    let mut heads = vec![None];
    for size in SIZES {
        server.fill(size);
        server.add(&module(size));
        server.serve(&fixture.upstream);
        let mut client = Client::new(&database, None);
        client.verify(&engine, &module(size).name()).await.unwrap();
        heads.push(client.head);
    }
    end(engine).await;
    fixture.upstream.stop();
    let offline = Setup {
        offline: true,
        ..setup
    };
    let engine = fixture.engine(&offline);
    for head in heads {
        for size in SIZES {
            // Each module by a client with nothing but that head.
            let mut client = Client::new(&database, head.clone());
            let text = client.verify(&engine, &module(size).name()).await;
            let age = head.as_ref().map(|head| head.size);
            assert_eq!(
                text.unwrap(),
                module(size).sum_lines(),
                "{size}, client at {age:?}"
            );
        }
    }
}

#[tokio::test]
async fn offline_a_client_from_elsewhere_gets_trouble_never_absence() {
    let (fixture, mut server) = (Fixture::new(), LogServer::new());
    server.fill(300);
    server.add(&module(1));
    server.serve(&fixture.upstream);
    let setup = setup_of(&server);
    let engine = fixture.engine(&setup);
    let mut client = Client::new(&server.database(), None);
    client.verify(&engine, &module(1).name()).await.unwrap();
    end(engine).await;
    server.fill(900);
    let newer = Head::open(&server.database(), &server.note()).unwrap();
    let engine = fixture.engine(&Setup {
        offline: true,
        ..setup
    });
    let mut client = Client::new(&server.database(), Some(newer));
    let error = client.verify(&engine, &module(1).name()).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable { .. }), "{error}");
    assert!(error.to_string().contains("newer tree"), "{error}");
    let unknown = ask(&engine, SumdbRequest::Lookup(module(2).name()))
        .await
        .unwrap_err();
    assert!(matches!(unknown, Error::Unavailable { .. }), "{unknown}");
}

#[tokio::test]
async fn a_tile_beyond_the_believed_head_refreshes_it() {
    let (fixture, mut server) = (Fixture::new(), LogServer::new());
    server.fill(300);
    server.add(&module(1));
    server.serve(&fixture.upstream);
    let engine = fixture.engine(&setup_of(&server));
    ask(&engine, SumdbRequest::Lookup(module(1).name()))
        .await
        .unwrap();
    server.fill(900);
    server.serve(&fixture.upstream);
    let newer = Head::open(&server.database(), &server.note()).unwrap();
    let mut client = Client::new(&server.database(), Some(newer));
    client.verify(&engine, &module(1).name()).await.unwrap();
    // Tiles that do not exist cost one refresh a second, and are absent.
    let latest = fixture.upstream.count(&below("latest"));
    for index in [4, 5, 6] {
        let tile = Tile {
            level: Some(0),
            index,
            width: 1,
        };
        let error = ask(&engine, SumdbRequest::Tile(tile)).await.unwrap_err();
        assert!(matches!(error, Error::Absent { .. }), "{error}");
    }
    assert_eq!(fixture.upstream.count(&below("latest")), latest);
}

#[tokio::test]
async fn tiles_are_cut_and_tampered_ones_are_never_relayed() {
    let (fixture, mut server) = (Fixture::new(), LogServer::new());
    server.fill(700);
    server.add(&module(1));
    server.serve(&fixture.upstream);
    let engine = fixture.engine(&setup_of(&server));
    ask(&engine, SumdbRequest::Latest).await.unwrap();
    let first = Tile {
        level: Some(0),
        index: 0,
        width: 256,
    };
    fixture.upstream.script(
        &below(&first.path()),
        Times::Next(1),
        Reply::Body(vec![9; 8192]),
    );
    let error = ask(&engine, SumdbRequest::Tile(first)).await.unwrap_err();
    assert!(matches!(error, Error::Integrity { .. }), "{error}");
    let answer = ask(&engine, SumdbRequest::Tile(first)).await.unwrap();
    assert_eq!(bytes(&answer), server.log.tile(&first).unwrap());
    assert_eq!(answer.validity, Validity::Immutable);
    fixture.upstream.forget();
    let part = first.with_width(7);
    let answer = ask(&engine, SumdbRequest::Tile(part)).await.unwrap();
    assert_eq!(bytes(&answer), server.log.tile(&part).unwrap());
    assert_eq!(fixture.upstream.count("*"), 0, "cut from what is held");
    let data = Tile {
        level: None,
        index: 0,
        width: 256,
    };
    fixture
        .upstream
        .put(&below(&data.path()), server.log.tile(&data).unwrap());
    let answer = ask(&engine, SumdbRequest::Tile(data)).await.unwrap();
    assert_eq!(bytes(&answer), server.log.tile(&data).unwrap());
}

#[tokio::test]
async fn supported_is_known_and_latest_goes_stale() {
    let (mut fixture, mut server) = (Fixture::new(), LogServer::new());
    server.fill(5);
    server.serve(&fixture.upstream);
    let engine = fixture.engine(&setup_of(&server));
    ask(&engine, SumdbRequest::Supported).await.unwrap();
    assert_eq!(fixture.upstream.count("*"), 0);
    let first = ask(&engine, SumdbRequest::Latest).await.unwrap();
    assert_eq!(bytes(&first), server.note());
    server.fill(9);
    server.serve(&fixture.upstream);
    assert_eq!(
        bytes(&ask(&engine, SumdbRequest::Latest).await.unwrap()),
        bytes(&first)
    );
    fixture.clock.advance(Duration::from_mins(1));
    assert_eq!(
        bytes(&ask(&engine, SumdbRequest::Latest).await.unwrap()),
        server.note()
    );
    fixture.upstream.stop();
    fixture.clock.advance(Duration::from_mins(1));
    let stale = ask(&engine, SumdbRequest::Latest).await.unwrap();
    assert_eq!(
        (bytes(&stale), stale.validity),
        (server.note().into(), Validity::Stale)
    );
    ask(&engine, SumdbRequest::Supported).await.unwrap();
}

#[tokio::test]
async fn only_the_database_itself_makes_a_lookup_absent() {
    let (fixture, mut server) = (Fixture::new(), LogServer::new());
    server.fill(5);
    server.serve(&fixture.upstream);
    let engine = fixture.engine(&setup_of(&server));
    let name = module(1).name();
    for (status, absent) in [
        (500, false),
        (503, false),
        (403, false),
        (404, true),
        (410, true),
    ] {
        fixture.clock.advance(Duration::from_mins(1));
        fixture.upstream.script(
            &lookup_path(&name),
            Times::Next(1),
            Reply::Status(status, "so it is".into()),
        );
        let error = ask(&engine, SumdbRequest::Lookup(name.clone()))
            .await
            .unwrap_err();
        assert_eq!(
            matches!(error, Error::Absent { .. }),
            absent,
            "{status}: {error:?}"
        );
    }
    let none = fixture_without_database().await;
    assert!(matches!(none, Err(Error::Absent { .. })));
}

async fn fixture_without_database() -> Result<Answer, Error> {
    let fixture = Fixture::new();
    let engine = fixture.engine(&Setup::default());
    ask(&engine, SumdbRequest::Supported).await
}

#[tokio::test]
async fn what_was_fetched_is_a_miss_and_what_is_held_a_hit() {
    let (fixture, mut server) = (Fixture::new(), LogServer::new());
    server.fill(300);
    server.add(&module(1));
    server.serve(&fixture.upstream);
    let engine = fixture.engine(&setup_of(&server));
    let tile = Tile {
        level: Some(0),
        index: 0,
        width: 256,
    };
    let lookup = SumdbRequest::Lookup(module(1).name());
    let upstream = Some(Arc::from(fixture.upstream.url()));
    for request in [SumdbRequest::Latest, lookup, SumdbRequest::Tile(tile)] {
        let first = ask(&engine, request.clone()).await.unwrap();
        assert_eq!(first.cache, CacheResult::Miss, "{request:?}");
        if matches!(request, SumdbRequest::Lookup(_)) {
            assert_eq!(first.upstream, upstream);
        }
        let again = ask(&engine, request.clone()).await.unwrap();
        assert_eq!(
            (again.cache, again.upstream),
            (CacheResult::Hit, None),
            "{request:?}"
        );
    }
}
