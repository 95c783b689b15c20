//! Zips that are read while they arrive.

use super::*;

/// A zip of some 300 KB: over the part that is held back, and more than one batch.
fn large() -> Module {
    Module::new("example.com/m", "v1.0.0").ballast(300 << 10)
}

fn streamed(module: &Module) -> Request {
    Request {
        stream: true,
        ..asks(module, ArtifactKind::Zip)
    }
}

#[tokio::test]
async fn the_end_is_held_back_until_the_database_vouches() {
    let (fixture, _log, setup) = verified();
    let module = large();
    fixture.upstream.add(&module);
    let lookup = "sumdb/sum.corp.example/lookup/*";
    fixture
        .upstream
        .script(lookup, Times::Always, Reply::Gate("lookup".to_owned()));
    let engine = fixture.engine(&setup);
    let answer = engine.answer(&streamed(&module)).await.unwrap();
    assert!(answer.etag.is_none());
    let Body::Stream { mut reader, len } = answer.body else {
        panic!("the zip was waited for");
    };
    let zip = module.zip_bytes();
    assert_eq!(len, zip.len() as u64);
    let held_back = usize::try_from(engine.parts.limits.held_back_bytes).unwrap();
    let mut bytes = Vec::new();
    while bytes.len() < zip.len() - held_back {
        bytes.extend_from_slice(&reader.chunk().await.unwrap().unwrap());
    }
    assert_eq!(bytes.len(), zip.len() - held_back);
    let mut rest = Box::pin(reader.chunk());
    assert!(futures_util::poll!(rest.as_mut()).is_pending());
    fixture.upstream.open_gate("lookup");
    bytes.extend_from_slice(&rest.await.unwrap().unwrap());
    assert!(bytes == zip);
    assert_eq!(reader.chunk().await, Ok(None));
    end(engine).await;
}

#[tokio::test]
async fn a_client_that_hangs_up_cancels_nothing() {
    let (mut fixture, _log, setup) = verified();
    let module = large();
    fixture.upstream.add(&module);
    let gate = Reply::GateAfter("zip".to_owned(), 100_000);
    fixture
        .upstream
        .script(&module.url_path("zip"), Times::Always, gate);
    let engine = fixture.engine(&setup);
    let answer = engine.answer(&streamed(&module)).await.unwrap();
    assert!(matches!(answer.body, Body::Stream { .. }));
    drop(answer);
    fixture.upstream.open_gate("zip");
    engine.close().await;
    fixture.upstream.stop();
    let answer = ask(&engine, &module, ArtifactKind::Zip).await.unwrap();
    assert!(read(answer).await.unwrap() == module.zip_bytes());
    end(engine).await;
}

#[tokio::test]
async fn after_a_failure_those_without_a_byte_go_on_and_the_others_are_cut() {
    let (fixture, _log, setup) = verified();
    let module = large();
    let second = testkit::Upstream::start();
    fixture.upstream.add(&module);
    second.add(&module);
    // The first sends a zip of another version: it breaks the rules at its end.
    let other = Module::new("example.com/m", "v1.0.1").ballast(300 << 10);
    let zip_path = module.url_path("zip");
    fixture.upstream.put(&zip_path, other.zip_bytes());
    let gate = Reply::GateAfter("zip".to_owned(), 100_000);
    fixture.upstream.script(&zip_path, Times::Always, gate);
    second.script(&zip_path, Times::Always, Reply::Gate("second".to_owned()));
    let engine = fixture.engine(&Setup {
        chain: format!("{}|{}", fixture.upstream.url(), second.url()),
        ..setup
    });
    let early = engine.answer(&streamed(&module)).await.unwrap();
    assert!(matches!(early.body, Body::Stream { .. }));
    let patient = tokio::spawn({
        let engine = Arc::clone(&engine);
        let request = asks(&module, ArtifactKind::Zip);
        async move { engine.answer(&request).await }
    });
    fixture.upstream.open_gate("zip");
    assert_eq!(read(early).await, None, "the early reader was not cut");
    // Who comes now must not be given what is over.
    let request = streamed(&module);
    let mut late = Box::pin(engine.answer(&request));
    assert!(futures_util::poll!(late.as_mut()).is_pending());
    second.open_gate("second");
    assert!(read(late.await.unwrap()).await.unwrap() == module.zip_bytes());
    let patient = patient.await.unwrap().unwrap();
    assert!(read(patient).await.unwrap() == module.zip_bytes());
    assert_eq!(fixture.upstream.count(&zip_path), 1);
    assert_eq!(second.count(&zip_path), 1);
    end(engine).await;
}

#[tokio::test]
async fn a_break_within_the_body_follows_the_chain() {
    for (separator, goes_on) in [("|", true), (",", false)] {
        let (fixture, _log, setup) = verified();
        let module = large();
        let second = testkit::Upstream::start();
        fixture.upstream.add(&module);
        second.add(&module);
        let zip_path = module.url_path("zip");
        let reset = Reply::ResetAfter(100_000);
        fixture.upstream.script(&zip_path, Times::Always, reset);
        let engine = fixture.engine(&Setup {
            chain: format!("{}{separator}{}", fixture.upstream.url(), second.url()),
            ..setup
        });
        let answer = ask(&engine, &module, ArtifactKind::Zip).await;
        if goes_on {
            assert!(read(answer.unwrap()).await.unwrap() == module.zip_bytes());
        } else {
            let error = answer.unwrap_err();
            assert!(matches!(error, Error::BadUpstream { .. }), "{error:?}");
            assert!(!stored(&fixture, &module, "zip").exists());
        }
        end(engine).await;
    }
}

#[tokio::test]
async fn a_zip_without_a_length_is_waited_for() {
    let (fixture, _log, setup) = verified();
    let module = large();
    fixture.upstream.add(&module);
    fixture
        .upstream
        .script(&module.url_path("zip"), Times::Always, Reply::NoLength);
    let engine = fixture.engine(&setup);
    let answer = engine.answer(&streamed(&module)).await.unwrap();
    assert!(answer.etag.is_some() && !matches!(answer.body, Body::Stream { .. }));
    assert!(read(answer).await.unwrap() == module.zip_bytes());
    end(engine).await;
}

#[tokio::test]
async fn a_stream_of_a_zip_that_is_not_the_worlds_is_cut() {
    let (fixture, log, setup) = verified();
    let module = large();
    fixture.upstream.add(&module);
    let forged = Module::new("example.com/m", "v1.0.0")
        .ballast(300 << 10)
        .file("evil.go", "package m\n");
    fixture
        .upstream
        .put(&module.url_path("zip"), forged.zip_bytes());
    let gate = Reply::GateAfter("zip".to_owned(), 100_000);
    fixture
        .upstream
        .script(&module.url_path("zip"), Times::Next(1), gate);
    let engine = fixture.engine(&setup);
    let answer = engine.answer(&streamed(&module)).await.unwrap();
    assert!(matches!(answer.body, Body::Stream { .. }));
    fixture.upstream.open_gate("zip");
    assert_eq!(read(answer).await, None);
    assert!(!stored(&fixture, &module, "zip").exists());
    assert!(log.size() > 0);
    end(engine).await;
}

#[tokio::test]
async fn a_small_zip_is_waited_for() {
    let (fixture, _log, setup) = verified();
    let module = Module::new("example.com/m", "v1.0.0");
    fixture.upstream.add(&module);
    let engine = fixture.engine(&setup);
    let answer = engine.answer(&streamed(&module)).await.unwrap();
    assert!(answer.etag.is_some() && matches!(answer.body, Body::Bytes(_)));
    end(engine).await;
}

#[tokio::test]
async fn a_stream_whose_bytes_are_not_kept_is_cut() {
    let (fixture, _log, _) = verified();
    let module = large();
    fixture.upstream.add(&module);
    let gate = Reply::GateAfter("zip".to_owned(), 100_000);
    fixture
        .upstream
        .script(&module.url_path("zip"), Times::Next(1), gate);
    let engine = fixture.engine(&Setup::default());
    let answer = engine.answer(&streamed(&module)).await.unwrap();
    assert!(matches!(answer.body, Body::Stream { .. }));
    // Meanwhile another program puts other bytes there.
    let other = Module::new("example.com/m", "v1.0.0").file("other.go", "package m\n");
    let file = stored(&fixture, &module, "zip");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, other.zip_bytes()).unwrap();
    fixture.upstream.open_gate("zip");
    assert_eq!(read(answer).await, None);
    // Nobody accounts for those, so they give way.
    let answer = ask(&engine, &module, ArtifactKind::Zip).await.unwrap();
    assert!(read(answer).await.unwrap() == module.zip_bytes());
    end(engine).await;
}
