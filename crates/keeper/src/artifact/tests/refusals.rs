//! What is refused, and that nothing of it is kept.

use store::MemoryStore;

use super::*;

/// Asks for `kind`, expects an error, and that nothing was kept.
async fn refused(fixture: &Fixture, setup: &Setup, module: &Module, kind: ArtifactKind) -> Error {
    let engine = fixture.engine(setup);
    let error = ask(&engine, module, kind).await.unwrap_err();
    assert!(!stored(fixture, module, kind.as_str()).exists(), "{error}");
    assert!(engine.hot(&module.url_path(kind.as_str())).is_none());
    end(engine).await;
    error
}

#[tokio::test]
async fn a_checksum_mismatch_keeps_nothing() {
    for kind in [ArtifactKind::Mod, ArtifactKind::Zip] {
        let (fixture, _log, setup) = verified();
        let module = Module::new("example.com/m", "v1.0.0");
        fixture.upstream.add(&module);
        let forged = Module::new("example.com/m", "v1.0.0").directive("// evil");
        let bytes = right_bytes(&forged, kind);
        fixture.upstream.put(&module.url_path(kind.as_str()), bytes);
        let error = refused(&fixture, &setup, &module, kind).await;
        let Error::Integrity { text, upstream } = error else {
            panic!("{error:?}");
        };
        assert_eq!(upstream.as_deref(), Some(&*fixture.upstream.url()));
        for word in [
            "example.com/m@v1.0.0",
            "checksum mismatch",
            "sum.corp.example",
        ] {
            assert!(text.contains(word), "{text}");
        }
    }
}

#[tokio::test]
async fn a_version_that_the_database_does_not_know_is_denied_never_absent() {
    for kind in [ArtifactKind::Mod, ArtifactKind::Zip] {
        let (fixture, _log, setup) = verified();
        let module = Module::new("example.com/m", "v1.0.0");
        let bytes = right_bytes(&module, kind);
        fixture.upstream.put(&module.url_path(kind.as_str()), bytes);
        let error = refused(&fixture, &setup, &module, kind).await;
        let Error::Denied { text, .. } = error else {
            panic!("{error:?}");
        };
        assert!(text.contains("`nosumdb`"), "{text}");
    }
}

#[tokio::test]
async fn without_the_database_nothing_is_kept_and_the_client_is_told_to_come_back() {
    for kind in [ArtifactKind::Mod, ArtifactKind::Zip] {
        let (fixture, _log, setup) = verified();
        let module = Module::new("example.com/m", "v1.0.0");
        fixture.upstream.add(&module);
        let broken = Reply::Status(500, "broken".to_owned());
        fixture.upstream.script("sumdb/*", Times::Always, broken);
        let error = refused(&fixture, &setup, &module, kind).await;
        assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn an_info_needs_no_database() {
    let (fixture, _log, setup) = verified();
    let module = Module::new("example.com/m", "v1.0.0");
    fixture.upstream.add(&module);
    let broken = Reply::Status(500, "broken".to_owned());
    fixture.upstream.script("sumdb/*", Times::Always, broken);
    let engine = fixture.engine(&setup);
    ask(&engine, &module, ArtifactKind::Info).await.unwrap();
    end(engine).await;
}

#[tokio::test]
async fn a_zip_that_breaks_the_rules_is_the_upstreams_fault() {
    let (fixture, _log, setup) = verified();
    let module = Module::new("example.com/m", "v1.0.0");
    fixture.upstream.add(&module);
    let other = Module::new("example.com/m", "v1.0.1");
    fixture
        .upstream
        .put(&module.url_path("zip"), other.zip_bytes());
    let error = refused(&fixture, &setup, &module, ArtifactKind::Zip).await;
    let Error::BadUpstream { text, upstream } = error else {
        panic!("{error:?}");
    };
    assert!(text.contains("rules of module zips"), "{text}");
    assert_eq!(upstream.as_deref(), Some(&*fixture.upstream.url()));
}

#[tokio::test]
async fn a_private_module_is_neither_verified_nor_asked_of_a_public_upstream() {
    let (fixture, _log, setup) = verified();
    let module = Module::new("git.corp.example/m", "v1.0.0");
    for kind in ArtifactKind::ALL {
        let bytes = right_bytes(&module, kind);
        fixture.upstream.put(&module.url_path(kind.as_str()), bytes);
    }
    let setup = Setup {
        private: "git.corp.example",
        ..setup
    };
    let public = Setup {
        chain: "https://mirror.example,direct".to_owned(),
        ..setup.clone()
    };
    let error = refused(&fixture, &public, &module, ArtifactKind::Zip).await;
    assert!(matches!(error, Error::Denied { .. }), "{error:?}");
    // The fixture's own upstream is on loopback.
    let engine = fixture.engine(&setup);
    for kind in ArtifactKind::ALL {
        let answer = ask(&engine, &module, kind).await.unwrap();
        assert_eq!(read(answer).await.unwrap(), right_bytes(&module, kind));
    }
    assert_eq!(fixture.upstream.count("sumdb/*"), 0);
    end(engine).await;
}

#[tokio::test]
async fn toolchains_are_verified_whatever_the_patterns_say() {
    let (fixture, _log, setup) = verified();
    let module = Module::new("golang.org/toolchain", "v0.0.1-go1.21.13.linux-amd64");
    fixture
        .upstream
        .put(&module.url_path("zip"), module.zip_bytes());
    let setup = Setup {
        private: "golang.org",
        unverified: "golang.org/*",
        ..setup
    };
    let error = refused(&fixture, &setup, &module, ArtifactKind::Zip).await;
    assert!(error.to_string().contains("does not know"), "{error}");
}

#[tokio::test]
async fn a_full_store_is_said_plainly_and_works_again_once_there_is_room() {
    let (fixture, _log, setup) = verified();
    let module = Module::new("example.com/m", "v1.0.0").ballast(100_000);
    fixture.upstream.add(&module);
    let mut engine = fixture.engine(&setup);
    let parts = &mut Arc::get_mut(&mut engine).unwrap().parts;
    parts.artifacts = Arc::new(MemoryStore::with_limit(10_000));
    // The first is proven, and may be given before it turns out that there is no room.
    let first = ask(&engine, &module, ArtifactKind::Zip).await;
    assert!(
        matches!(first, Ok(_) | Err(Error::Store { .. })),
        "{first:?}"
    );
    settle(&engine).await;
    let error = ask(&engine, &module, ArtifactKind::Zip).await.unwrap_err();
    let Error::Store { text } = error else {
        panic!("{error:?}");
    };
    assert!(text.contains("full"), "{text}");
    ask(&engine, &module, ArtifactKind::Mod).await.unwrap();
    let parts = &mut Arc::get_mut(&mut engine).unwrap().parts;
    parts.artifacts = Arc::new(MemoryStore::new());
    ask(&engine, &module, ArtifactKind::Zip).await.unwrap();
    end(engine).await;
}

#[tokio::test]
async fn a_zip_that_cannot_be_proven_is_not_fetched_to_its_end() {
    let (fixture, _log, setup) = verified();
    let module = Module::new("example.com/m", "v1.0.0").ballast(300 << 10);
    fixture
        .upstream
        .put(&module.url_path("zip"), module.zip_bytes());
    // The gate stays closed: an answer that waited for the rest would never come.
    let gate = Reply::GateAfter("zip".to_owned(), 100_000);
    fixture
        .upstream
        .script(&module.url_path("zip"), Times::Always, gate);
    let error = refused(&fixture, &setup, &module, ArtifactKind::Zip).await;
    assert!(matches!(error, Error::Denied { .. }), "{error:?}");
}

/// A version that was absent once, and then came wrong, was a 404 again: `go`
/// went on to a place that nobody watches.
#[tokio::test]
async fn what_comes_wrong_is_not_absent_because_it_was_once() {
    let faults = [
        Reply::Body(br#"{"Version":"v9.9.9"}"#.to_vec()),
        Reply::Body(b"<html>".to_vec()),
    ];
    for fault in faults {
        for kind in [ArtifactKind::Info, ArtifactKind::Zip] {
            let fixture = Fixture::new();
            let module = Module::new("example.com/m", "v1.0.0");
            let engine = fixture.engine(&Setup::default());
            let absent = ask(&engine, &module, kind).await;
            assert!(matches!(absent, Err(Error::Absent { .. })), "{absent:?}");
            fixture.clock.advance(std::time::Duration::from_hours(1));
            fixture
                .upstream
                .script("example.com/*", Times::Always, fault.clone());
            let wrong = ask(&engine, &module, kind).await;
            assert!(matches!(wrong, Err(Error::BadUpstream { .. })), "{wrong:?}");
            end(engine).await;
        }
    }
}
