//! Held artifacts that may not be served as they stand.

use std::fs;

use super::super::held::{self, Look, Served};
use super::*;

/// A keeper without a database, so that what it keeps is unproven.
fn unverified() -> (Fixture, Setup) {
    (Fixture::new(), Setup::default())
}

async fn fetch_once(fixture: &Fixture, setup: &Setup, module: &Module) {
    let engine = fixture.engine(setup);
    for kind in ArtifactKind::ALL {
        ask(&engine, module, kind).await.unwrap();
    }
    end(engine).await;
}

#[tokio::test]
async fn damaged_bytes_are_withdrawn_and_fetched_again() {
    for (damage, kind) in [
        ("flipped", ArtifactKind::Info),
        ("flipped", ArtifactKind::Mod),
        ("flipped", ArtifactKind::Zip),
        ("cut", ArtifactKind::Zip),
    ] {
        let (fixture, _log, setup) = verified();
        let module = Module::new("example.com/m", "v1.0.0");
        fixture.upstream.add(&module);
        fetch_once(&fixture, &setup, &module).await;
        let file = stored(&fixture, &module, kind.as_str());
        let mut bytes = fs::read(&file).unwrap();
        match damage {
            "cut" => bytes.truncate(10),
            _ => bytes[5] ^= 1,
        }
        fs::write(&file, bytes).unwrap();
        let engine = fixture.engine(&setup);
        let answer = ask(&engine, &module, kind).await.unwrap();
        assert_eq!(answer.cache, CacheResult::Miss);
        assert_eq!(read(answer).await.unwrap(), right_bytes(&module, kind));
        settle(&engine).await;
        assert_eq!(fs::read(&file).unwrap(), right_bytes(&module, kind));
        let wire_path = module.url_path(kind.as_str());
        assert_eq!(fixture.upstream.count(&wire_path), 2, "{damage} {kind}");
        end(engine).await;
    }
}

#[tokio::test]
async fn damaged_bytes_are_not_served_when_nobody_can_be_asked() {
    let (mut fixture, _log, setup) = verified();
    let module = Module::new("example.com/m", "v1.0.0");
    fixture.upstream.add(&module);
    fetch_once(&fixture, &setup, &module).await;
    fixture.upstream.stop();
    let file = stored(&fixture, &module, "mod");
    let mut bytes = fs::read(&file).unwrap();
    bytes[0] ^= 1;
    fs::write(&file, bytes).unwrap();
    let engine = fixture.engine(&setup);
    let error = ask(&engine, &module, ArtifactKind::Mod).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
    end(engine).await;
}

#[tokio::test]
async fn what_is_held_unproven_is_proven_without_a_fetch() {
    let (fixture, log, proving) = verified();
    let module = Module::new("example.com/m", "v1.0.0");
    fixture.upstream.add(&module);
    fetch_once(&fixture, &Setup::default(), &module).await;
    assert!(log.size() > 0);
    fixture.upstream.forget();
    let engine = fixture.engine(&proving);
    for kind in [ArtifactKind::Mod, ArtifactKind::Zip] {
        let answer = ask(&engine, &module, kind).await.unwrap();
        assert_eq!(answer.cache, CacheResult::Hit);
        assert_eq!(read(answer).await.unwrap(), right_bytes(&module, kind));
    }
    assert_eq!(fixture.upstream.count("example.com/*"), 0);
    let name = module.name();
    let held = engine.parts.artifacts.open(&name, ArtifactKind::Zip);
    let receipt = held.await.unwrap().unwrap().receipt.unwrap();
    assert_eq!(receipt.proof.unwrap().database, "sum.corp.example");
    end(engine).await;
}

#[tokio::test]
async fn what_is_held_and_not_the_worlds_gives_way_to_what_is() {
    for kind in [ArtifactKind::Mod, ArtifactKind::Zip] {
        let (fixture, _log, proving) = verified();
        let module = Module::new("example.com/m", "v1.0.0");
        fixture.upstream.add(&module);
        let forged = Module::new("example.com/m", "v1.0.0").directive("// evil");
        let wire_path = module.url_path(kind.as_str());
        fixture.upstream.put(&wire_path, right_bytes(&forged, kind));
        fetch_once(&fixture, &Setup::default(), &module).await;
        fixture.upstream.put(&wire_path, right_bytes(&module, kind));
        let engine = fixture.engine(&proving);
        let answer = ask(&engine, &module, kind).await.unwrap();
        assert_eq!(read(answer).await.unwrap(), right_bytes(&module, kind));
        end(engine).await;
    }
}

#[tokio::test]
async fn files_that_others_put_there_are_proven_or_compared() {
    let (fixture, log, setup) = verified();
    let module = Module::new("example.com/m", "v1.0.0");
    fixture.upstream.add(&module);
    assert!(log.size() > 0);
    for kind in ArtifactKind::ALL {
        let file = stored(&fixture, &module, kind.as_str());
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, right_bytes(&module, kind)).unwrap();
    }
    let engine = fixture.engine(&setup);
    for kind in ArtifactKind::ALL {
        let answer = ask(&engine, &module, kind).await.unwrap();
        assert_eq!(read(answer).await.unwrap(), right_bytes(&module, kind));
    }
    // Nothing vouches for an .info but its source.
    assert_eq!(fixture.upstream.count(&module.url_path("info")), 1);
    assert_eq!(fixture.upstream.count(&module.url_path("mod")), 0);
    assert_eq!(fixture.upstream.count(&module.url_path("zip")), 0);
    end(engine).await;
}

#[tokio::test]
async fn wrong_files_that_others_put_there_are_replaced() {
    for kind in ArtifactKind::ALL {
        let (fixture, _log, setup) = verified();
        let module = Module::new("example.com/m", "v1.0.0");
        fixture.upstream.add(&module);
        let file = stored(&fixture, &module, kind.as_str());
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        let other = Module::new("example.com/m", "v1.0.0")
            .at("2020-01-01T00:00:00Z")
            .directive("// evil");
        fs::write(&file, right_bytes(&other, kind)).unwrap();
        let engine = fixture.engine(&setup);
        let answer = ask(&engine, &module, kind).await.unwrap();
        assert_eq!(read(answer).await.unwrap(), right_bytes(&module, kind));
        settle(&engine).await;
        assert_eq!(fs::read(&file).unwrap(), right_bytes(&module, kind));
        end(engine).await;
    }
}

#[tokio::test]
async fn another_route_has_to_have_the_same() {
    let (fixture, setup) = unverified();
    let second = testkit::Upstream::start();
    let module = Module::new("example.com/m", "v1.0.0");
    fixture.upstream.add(&module);
    second.add(&module);
    // The same instant, written by another program.
    let info = r#"{"Time":"2024-03-01T13:00:00+01:00", "Version":"v1.0.0"}"#;
    second.put(&module.url_path("info"), info);
    fetch_once(&fixture, &setup, &module).await;
    let rerouted = Setup {
        chain: second.url(),
        ..Setup::default()
    };
    let engine = fixture.engine(&rerouted);
    for kind in ArtifactKind::ALL {
        let answer = ask(&engine, &module, kind).await.unwrap();
        assert_eq!(read(answer).await.unwrap(), right_bytes(&module, kind));
        assert_eq!(second.count(&module.url_path(kind.as_str())), 1);
    }
    end(engine).await;
    // Now the second source is on record.
    let engine = fixture.engine(&rerouted);
    for kind in ArtifactKind::ALL {
        let answer = ask(&engine, &module, kind).await.unwrap();
        assert_eq!(answer.cache, CacheResult::Hit);
        assert_eq!(second.count(&module.url_path(kind.as_str())), 1);
    }
    end(engine).await;
}

#[tokio::test]
async fn another_route_with_other_bytes_changes_nothing() {
    for kind in ArtifactKind::ALL {
        let (fixture, setup) = unverified();
        let second = testkit::Upstream::start();
        let module = Module::new("example.com/m", "v1.0.0");
        fixture.upstream.add(&module);
        fetch_once(&fixture, &setup, &module).await;
        let other = Module::new("example.com/m", "v1.0.0")
            .at("2020-01-01T00:00:00Z")
            .directive("// other");
        second.add(&other);
        let engine = fixture.engine(&Setup {
            chain: second.url(),
            ..Setup::default()
        });
        let error = ask(&engine, &module, kind).await.unwrap_err();
        assert!(matches!(error, Error::Integrity { .. }), "{error:?}");
        end(engine).await;
        // Under its own route the kept one is served as before.
        fixture.upstream.forget();
        let engine = fixture.engine(&setup);
        let answer = ask(&engine, &module, kind).await.unwrap();
        assert_eq!(read(answer).await.unwrap(), right_bytes(&module, kind));
        assert_eq!(fixture.upstream.count("*"), 0);
        end(engine).await;
    }
}

#[tokio::test]
async fn an_upstream_that_changes_a_version_changes_nothing_here() {
    let (fixture, setup) = unverified();
    let module = Module::new("example.com/m", "v1.0.0");
    fixture.upstream.add(&module);
    fetch_once(&fixture, &setup, &module).await;
    fixture
        .upstream
        .add(&Module::new("example.com/m", "v1.0.0").directive("// new"));
    let engine = fixture.engine(&setup);
    let answer = ask(&engine, &module, ArtifactKind::Mod).await.unwrap();
    assert_eq!(read(answer).await.unwrap(), module.mod_bytes());
    end(engine).await;
}

#[tokio::test]
async fn another_route_may_have_packed_the_same_files_otherwise() {
    let (fixture, setup) = unverified();
    let second = testkit::Upstream::start();
    let files = [("a.go", "package m\n"), ("b.go", "package m\n")];
    let empty = Module::new("example.com/m", "v1.0.0");
    let pack = |module: Module, (name, content): (&str, &str)| module.file(name, content);
    let first = files.into_iter().fold(empty.clone(), pack);
    let reversed = files.into_iter().rev().fold(empty, pack);
    assert_ne!(first.zip_bytes(), reversed.zip_bytes());
    fixture.upstream.add(&first);
    second.add(&reversed);
    fetch_once(&fixture, &setup, &first).await;
    let engine = fixture.engine(&Setup {
        chain: second.url(),
        ..Setup::default()
    });
    let answer = ask(&engine, &first, ArtifactKind::Zip).await.unwrap();
    assert_eq!(read(answer).await.unwrap(), first.zip_bytes());
    end(engine).await;
}

#[tokio::test]
async fn damage_found_in_doubt_is_damage_and_no_contradiction() {
    let (fixture, setup) = unverified();
    let second = testkit::Upstream::start();
    let module = Module::new("example.com/m", "v1.0.0");
    fixture.upstream.add(&module);
    second.add(&module);
    fetch_once(&fixture, &setup, &module).await;
    // Of the same length and shape, but not what was published.
    let other = module.clone().at("2020-01-01T00:00:00Z");
    let file = stored(&fixture, &module, "info");
    fs::write(&file, other.info_bytes()).unwrap();
    let engine = fixture.engine(&Setup {
        chain: second.url(),
        ..Setup::default()
    });
    let answer = ask(&engine, &module, ArtifactKind::Info).await.unwrap();
    assert_eq!(read(answer).await.unwrap(), module.info_bytes());
    assert_eq!(fs::read(&file).unwrap(), module.info_bytes());
    end(engine).await;
}

#[tokio::test]
async fn a_receipt_without_a_source_accounts_for_nothing() {
    let (fixture, setup) = unverified();
    let module = Module::new("example.com/m", "v1.0.0");
    fixture.upstream.add(&module);
    fetch_once(&fixture, &setup, &module).await;
    let engine = fixture.engine(&setup);
    let name = module.name();
    let held = engine.parts.artifacts.open(&name, ArtifactKind::Mod);
    let mut receipt = held.await.unwrap().unwrap().receipt.unwrap();
    receipt.source.clear();
    engine.parts.artifacts.amend(&name, receipt).await.unwrap();
    let changed = module.directive("// changed");
    fixture.upstream.add(&changed);
    let answer = ask(&engine, &changed, ArtifactKind::Mod).await.unwrap();
    assert_eq!(read(answer).await.unwrap(), changed.mod_bytes());
    end(engine).await;
}

/// A store that was carried to a place with other upstreams, or with none.
#[tokio::test]
async fn bug_a_proven_version_lost_its_info_with_its_upstream() {
    let (fixture, _log, setup) = verified();
    let module = Module::new("example.com/m", "v1.0.0");
    fixture.upstream.add(&module);
    fetch_once(&fixture, &setup, &module).await;
    for (chain, offline) in [("off", false), ("http://127.0.0.1:1", true)] {
        let chain = chain.to_owned();
        let setup = Setup {
            chain,
            offline,
            ..setup.clone()
        };
        let engine = fixture.engine(&setup);
        for kind in ArtifactKind::ALL {
            let answer = ask(&engine, &module, kind).await.unwrap();
            assert_eq!(read(answer).await.unwrap(), right_bytes(&module, kind));
        }
        end(engine).await;
    }
}

/// Nobody vouches for it, so only its own source does.
#[tokio::test]
async fn an_unproven_version_is_not_served_without_its_upstream() {
    let (fixture, setup) = unverified();
    let module = Module::new("example.com/m", "v1.0.0");
    fixture.upstream.add(&module);
    fetch_once(&fixture, &setup, &module).await;
    let setup = Setup {
        chain: "off".to_owned(),
        ..setup
    };
    let engine = fixture.engine(&setup);
    for kind in ArtifactKind::ALL {
        assert!(ask(&engine, &module, kind).await.is_err(), "{kind}");
    }
    end(engine).await;
}

/// Of many readers of damaged bytes the slow ones withdrew what had been fetched
/// anew for the fast ones.
#[tokio::test]
async fn a_slow_reader_of_damaged_bytes_withdraws_no_others() {
    for damage in ["flipped", "cut"] {
        let (fixture, _log, setup) = verified();
        let module = Module::new("example.com/m", "v1.0.0");
        fixture.upstream.add(&module);
        fetch_once(&fixture, &setup, &module).await;
        let file = stored(&fixture, &module, "zip");
        let mut bytes = fs::read(&file).unwrap();
        match damage {
            "cut" => bytes.truncate(10),
            _ => bytes[5] ^= 1,
        }
        fs::write(&file, bytes).unwrap();
        let engine = fixture.engine(&setup);
        let wanted = super::super::Wanted {
            module: module.name(),
            kind: ArtifactKind::Zip,
            key: module.url_path("zip"),
            fetch: Fetch::Allowed,
            missing: None,
        };
        let slow = held::look(&engine, &wanted).await.unwrap();
        ask(&engine, &module, ArtifactKind::Zip).await.unwrap();
        engine.artifacts.landed(&wanted.key).await;
        if let Look::Good(held, receipt) = slow {
            let served = held::serve(&engine, &wanted, held, &receipt).await.unwrap();
            assert!(matches!(served, Served::Damaged(_)), "{damage}");
        }
        assert_eq!(
            fs::read(&file).unwrap(),
            right_bytes(&module, ArtifactKind::Zip)
        );
        end(engine).await;
    }
}

/// What a database had proven that was configured once was served as if the one
/// that has to vouch now had proven it.
#[tokio::test]
async fn the_proof_of_another_database_is_none() {
    let (fixture, _log, setup) = verified();
    let module = Module::new("example.com/m", "v1.0.0");
    fixture.upstream.add(&module);
    fetch_once(&fixture, &setup, &module).await;
    let other = testkit::Database::new("other.corp.example");
    other.add(&module);
    fixture.upstream.relay(&other);
    let setup = Setup {
        database: Database::parse(&other.gosumdb()).unwrap(),
        ..setup
    };
    let engine = fixture.engine(&setup);
    for kind in [ArtifactKind::Mod, ArtifactKind::Zip] {
        ask(&engine, &module, kind).await.unwrap();
        let held = engine.parts.artifacts.open(&module.name(), kind).await;
        let receipt = held.unwrap().unwrap().receipt.unwrap();
        assert_eq!(receipt.proof.unwrap().database, "other.corp.example");
        let wire_path = module.url_path(kind.as_str());
        assert_eq!(fixture.upstream.count(&wire_path), 1, "{kind}");
    }
    end(engine).await;
}
