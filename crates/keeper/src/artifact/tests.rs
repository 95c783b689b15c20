//! Artifacts over a scripted upstream with a checksum database of its own.

mod doubts;
mod early;
mod refusals;
mod replicas;
mod streams;

use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::future::join_all;
use gomod::{ArtifactKind, ProxyRequest};
use sumdb::Database;
use testkit::{Module, Reply, Times};

use crate::engine::Engine;
use crate::fixture::{Fixture, Setup, end, request, settle};
use crate::{Answer, Body, CacheResult, Error, Fetch, Request, Tier, Validity};

/// A fixture whose upstream relays a checksum database, and the way to use it.
fn verified() -> (Fixture, testkit::Database, Setup) {
    let fixture = Fixture::new();
    let log = testkit::Database::new("sum.corp.example");
    fixture.upstream.relay(&log);
    let setup = Setup {
        database: Database::parse(&log.gosumdb()).unwrap(),
        ..Setup::default()
    };
    (fixture, log, setup)
}

fn asks(module: &Module, kind: ArtifactKind) -> Request {
    request(ProxyRequest::Artifact {
        module: module.name(),
        kind,
    })
}

async fn ask(engine: &Arc<Engine>, module: &Module, kind: ArtifactKind) -> Result<Answer, Error> {
    engine.answer(&asks(module, kind)).await
}

fn right_bytes(module: &Module, kind: ArtifactKind) -> Vec<u8> {
    match kind {
        ArtifactKind::Info => module.info_bytes(),
        ArtifactKind::Mod => module.mod_bytes(),
        ArtifactKind::Zip => module.zip_bytes(),
    }
}

/// All bytes of an answer; `None` when its stream was cut.
async fn read(answer: Answer) -> Option<Vec<u8>> {
    match answer.body {
        Body::Bytes(bytes) => Some(bytes.to_vec()),
        Body::File { file, len } => {
            let mut bytes = vec![0; usize::try_from(len).unwrap()];
            file.read_exact_at(&mut bytes, 0).unwrap();
            Some(bytes)
        }
        Body::Stream { mut reader, len } => {
            let mut bytes = Vec::new();
            while let Some(chunk) = reader.chunk().await.ok()? {
                bytes.extend_from_slice(&chunk);
            }
            assert_eq!(bytes.len() as u64, len);
            Some(bytes)
        }
    }
}

/// Where the store has the artifact.
fn stored(fixture: &Fixture, module: &Module, suffix: &str) -> PathBuf {
    let download = fixture.folder.path().join("cache/download");
    download.join(module.url_path(suffix))
}

#[tokio::test]
async fn what_was_fetched_once_is_held() {
    let (fixture, _log, setup) = verified();
    let module = Module::new("github.com/BurntSushi/toml", "v1.0.0");
    fixture.upstream.add(&module);
    let engine = fixture.engine(&setup);
    for kind in ArtifactKind::ALL {
        let wire_path = module.url_path(kind.as_str());
        assert!(engine.hot(&wire_path).is_none());
        let first = ask(&engine, &module, kind).await.unwrap();
        assert_eq!((first.cache, first.tier), (CacheResult::Miss, None));
        assert_eq!(first.validity, Validity::Immutable);
        assert_eq!(first.upstream.as_deref(), Some(&*fixture.upstream.url()));
        let tag = first.etag.clone().unwrap();
        let hash = crate::measure::sha256(&right_bytes(&module, kind));
        assert_eq!(tag, format!("\"{hash}\""));
        assert_eq!(first.checksum.is_some(), kind != ArtifactKind::Info);
        assert_eq!(read(first).await.unwrap(), right_bytes(&module, kind));
        for spelling in [wire_path.clone(), wire_path.replace('!', "%21")] {
            let hot = engine.hot(&spelling).unwrap();
            assert_eq!(
                (hot.cache, hot.tier),
                (CacheResult::Hit, Some(Tier::Memory))
            );
            assert_eq!(hot.etag, Some(tag.clone()));
            assert_eq!(read(hot).await.unwrap(), right_bytes(&module, kind));
        }
        assert_eq!(fixture.upstream.count(&wire_path), 1);
    }
    end(engine).await;
}

#[tokio::test]
async fn only_what_is_asked_is_fetched() {
    let (fixture, _log, setup) = verified();
    let module = Module::new("example.com/m", "v1.0.0");
    fixture.upstream.add(&module);
    let engine = fixture.engine(&setup);
    ask(&engine, &module, ArtifactKind::Mod).await.unwrap();
    assert_eq!(fixture.upstream.count("example.com/*"), 1);
    let lookups = "sumdb/sum.corp.example/lookup/*";
    assert_eq!(fixture.upstream.count(lookups), 1);
    // The zip of the same version costs no further look-up.
    ask(&engine, &module, ArtifactKind::Zip).await.unwrap();
    assert_eq!(fixture.upstream.count(lookups), 1);
    end(engine).await;
}

#[tokio::test]
async fn fifty_askers_make_one_request() {
    let (fixture, _log, setup) = verified();
    let module = Module::new("example.com/m", "v1.0.0").ballast(2 << 20);
    fixture.upstream.add(&module);
    let engine = fixture.engine(&setup);
    let askers = (0..50).map(|number| {
        let engine = Arc::clone(&engine);
        let mut request = asks(&module, ArtifactKind::Zip);
        request.stream = number % 2 == 0;
        tokio::spawn(async move { read(engine.answer(&request).await.unwrap()).await })
    });
    let zip = module.zip_bytes();
    for bytes in join_all(askers).await {
        assert!(bytes.unwrap().unwrap() == zip);
    }
    assert_eq!(fixture.upstream.count(&module.url_path("zip")), 1);
    end(engine).await;
}

#[tokio::test]
async fn a_restart_serves_what_is_held_with_the_upstream_gone() {
    let (mut fixture, _log, setup) = verified();
    let small = Module::new("example.com/m", "v1.0.0");
    let large = Module::new("example.com/m", "v1.1.0").ballast(2 << 20);
    fixture.upstream.add(&small).add(&large);
    let engine = fixture.engine(&setup);
    for module in [&small, &large] {
        for kind in ArtifactKind::ALL {
            ask(&engine, module, kind).await.unwrap();
        }
    }
    end(engine).await;
    fixture.upstream.stop();
    let offline = Setup {
        offline: true,
        ..setup.clone()
    };
    for setup in [&setup, &offline] {
        let engine = fixture.engine(setup);
        for module in [&small, &large] {
            for kind in ArtifactKind::ALL {
                let answer = ask(&engine, module, kind).await.unwrap();
                assert_eq!(
                    (answer.cache, answer.tier),
                    (CacheResult::Hit, Some(Tier::Disk))
                );
                assert_eq!(read(answer).await.unwrap(), right_bytes(module, kind));
            }
        }
        end(engine).await;
    }
}

#[tokio::test]
async fn the_catalog_has_what_was_published() {
    let (fixture, _log, setup) = verified();
    let module = Module::new("example.com/m", "v1.0.0");
    fixture.upstream.add(&module);
    let engine = fixture.engine(&setup);
    for kind in ArtifactKind::ALL {
        ask(&engine, &module, kind).await.unwrap();
    }
    engine.close().await;
    let totals = engine.parts.catalog.totals().await.unwrap();
    assert_eq!((totals.info, totals.go_mod, totals.zip), (1, 1, 1));
    end(engine).await;
}

#[tokio::test]
async fn what_is_not_held_and_may_not_be_fetched_is_absent() {
    let (fixture, _log, setup) = verified();
    let module = Module::new("example.com/m", "v1.0.0");
    fixture.upstream.add(&module);
    let engine = fixture.engine(&setup);
    let mut cached_only = asks(&module, ArtifactKind::Zip);
    cached_only.fetch = Fetch::CachedOnly;
    let error = engine.answer(&cached_only).await.unwrap_err();
    assert_eq!(error.to_string(), "not found: temporarily unavailable");
    assert!(matches!(error, Error::Absent { lasting: false, .. }));
    end(engine).await;
    let engine = fixture.engine(&Setup {
        offline: true,
        ..setup
    });
    let error = ask(&engine, &module, ArtifactKind::Zip).await.unwrap_err();
    assert!(error.to_string().contains("--offline"), "{error}");
    assert!(matches!(error, Error::Absent { lasting: false, .. }));
    assert_eq!(fixture.upstream.count("*"), 0);
    end(engine).await;
}

#[tokio::test]
async fn absence_is_remembered_and_outlives_the_upstream() {
    let (fixture, _log, setup) = verified();
    let module = Module::new("example.com/m", "v1.0.0");
    let wire_path = module.url_path("info");
    let engine = fixture.engine(&setup);
    for _ in 0..2 {
        let error = ask(&engine, &module, ArtifactKind::Info).await.unwrap_err();
        assert!(
            matches!(error, Error::Absent { lasting: true, .. }),
            "{error:?}"
        );
        assert_eq!(fixture.upstream.count(&wire_path), 1);
    }
    fixture.clock.advance(setup_absence());
    let broken = Reply::Status(500, "broken".to_owned());
    fixture
        .upstream
        .script("example.com/*", Times::Always, broken);
    let error = ask(&engine, &module, ArtifactKind::Info).await.unwrap_err();
    assert!(matches!(error, Error::Absent { .. }), "{error:?}");
    assert_eq!(fixture.upstream.count(&wire_path), 2);
    // It comes into being after all.
    fixture.upstream.behave().add(&module);
    ask(&engine, &module, ArtifactKind::Info).await.unwrap();
    end(engine).await;
}

fn setup_absence() -> std::time::Duration {
    crate::Freshness::default().absent_version
}
