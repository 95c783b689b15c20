use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use gomod::{ArtifactKind, ProxyRequest, dirhash};
use store::Receipt;
use testkit::{Module, Reply, Times};

use super::{Flaw, VerifyOptions, VerifyReport, verify_store};
use crate::engine::Engine;
use crate::fixture::{Fixture, LogServer, Setup, below, end, request, settle};

const KEPT: VerifyOptions = VerifyOptions {
    repair: false,
    online: false,
};
const ONLINE: VerifyOptions = VerifyOptions {
    repair: false,
    online: true,
};
const REPAIR: VerifyOptions = VerifyOptions {
    repair: true,
    online: true,
};

fn module() -> Module {
    Module::new("example.com/m", "v1.0.0")
}

/// An upstream with one module, and its database.
fn fixture() -> (Fixture, Setup) {
    let (fixture, mut server) = (Fixture::new(), LogServer::new());
    server.fill(9);
    server.add(&module());
    server.serve(&fixture.upstream);
    fixture.upstream.add(&module());
    let setup = Setup {
        database: Some(server.database()),
        ..Setup::default()
    };
    (fixture, setup)
}

async fn fill(engine: &Arc<Engine>) {
    for kind in ArtifactKind::ALL {
        let what = ProxyRequest::Artifact {
            module: module().name(),
            kind,
        };
        engine.answer(&request(what)).await.unwrap();
    }
    settle(engine).await;
}

async fn verify(engine: &Arc<Engine>, options: VerifyOptions) -> VerifyReport {
    verify_store(engine, options, |_| {}).await.unwrap()
}

fn file(fixture: &Fixture, suffix: &str) -> PathBuf {
    let place = format!("cache/download/example.com/m/@v/v1.0.0.{suffix}");
    fixture.folder.path().join(place)
}

/// Turns the last but one byte of a file.
fn rot(path: &PathBuf) {
    let mut bytes = std::fs::read(path).unwrap();
    let at = bytes.len() - 2;
    bytes[at] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

/// Publishes other bytes than the rest of the world has.
async fn forge(engine: &Engine, proof: Option<store::Proof>) {
    let other = module().file("evil.go", "package m\n");
    let bytes = other.zip_bytes();
    let spool = engine.parts.artifacts.spool().await.unwrap();
    spool.file().write_all(&bytes).unwrap();
    let receipt = Receipt {
        kind: ArtifactKind::Zip,
        first_seen: engine.parts.clock.now(),
        source: "https://mirror.example".to_owned(),
        sha256: crate::measure::sha256(&bytes),
        size: bytes.len() as u64,
        h1: Some(dirhash::zip(std::io::Cursor::new(&bytes)).unwrap()),
        proof,
    };
    let artifacts = &engine.parts.artifacts;
    artifacts
        .publish(&module().name(), ArtifactKind::Zip, spool, receipt)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_good_store_has_no_findings() {
    let (fixture, setup) = fixture();
    let engine = fixture.engine(&setup);
    fill(&engine).await;
    let seen = Mutex::new(Vec::new());
    let report = verify_store(&engine, KEPT, |progress| {
        seen.lock().unwrap().push(progress);
    });
    let report = report.await.unwrap();
    assert!(
        report.findings.is_empty() && report.unchecked.is_empty(),
        "{report:?}"
    );
    let bytes =
        module().info_bytes().len() + module().mod_bytes().len() + module().zip_bytes().len();
    assert_eq!((report.checked, report.bytes), (3, bytes as u64));
    let seen = seen.into_inner().unwrap();
    let last = seen.last().unwrap();
    assert_eq!(
        (seen.len(), last.checked, last.total, last.bytes),
        (3, 3, Some(3), bytes as u64)
    );
}

#[tokio::test]
async fn each_flaw_is_found_and_repaired() {
    type Case = (&'static str, fn(&Fixture), fn(&Flaw) -> bool, usize);
    let table: [Case; 6] = [
        (
            "info",
            |it| rot(&file(it, "info")),
            |flaw| matches!(flaw, Flaw::Malformed(_)),
            1,
        ),
        (
            "mod",
            |it| rot(&file(it, "mod")),
            |flaw| matches!(flaw, Flaw::Damaged { .. }),
            1,
        ),
        (
            "zip",
            |it| rot(&file(it, "zip")),
            |flaw| matches!(flaw, Flaw::Malformed(_) | Flaw::Damaged { .. }),
            1,
        ),
        (
            "cut",
            |it| std::fs::write(file(it, "zip"), "PK").unwrap(),
            |flaw| matches!(flaw, Flaw::Damaged { .. }),
            1,
        ),
        (
            "folder",
            |it| {
                std::fs::remove_file(file(it, "mod")).unwrap();
                std::fs::create_dir(file(it, "mod")).unwrap();
            },
            |flaw| matches!(flaw, Flaw::Damaged { .. }),
            1,
        ),
        (
            "receipt",
            |it| std::fs::remove_file(file(it, "receipt")).unwrap(),
            |flaw| matches!(flaw, Flaw::Unaccounted(_)),
            3,
        ),
    ];
    for (what, harm, expected, count) in table {
        let (fixture, setup) = fixture();
        let engine = fixture.engine(&setup);
        fill(&engine).await;
        harm(&fixture);
        let found = verify(&engine, KEPT).await;
        assert_eq!(found.findings.len(), count, "{what}: {found:?}");
        assert!(
            found
                .findings
                .iter()
                .all(|it| expected(&it.flaw) && !it.repaired),
            "{what}: {found:?}"
        );
        let repaired = verify(&engine, REPAIR).await;
        assert_eq!(repaired.findings.len(), count, "{what}: {repaired:?}");
        assert!(
            repaired.findings.iter().all(|it| it.repaired),
            "{what}: {repaired:?}"
        );
        let after = verify(&engine, KEPT).await;
        assert!(
            after.findings.is_empty() && after.checked == 3,
            "{what}: {after:?}"
        );
    }
}

#[tokio::test]
async fn without_an_origin_nothing_is_repaired_and_what_is_wrong_is_aside() {
    let (fixture, setup) = fixture();
    let engine = fixture.engine(&setup);
    fill(&engine).await;
    rot(&file(&fixture, "mod"));
    fixture.upstream.script(
        "example.com/*",
        Times::Always,
        Reply::Status(500, "down".into()),
    );
    let report = verify(&engine, REPAIR).await;
    assert!(
        matches!(&*report.findings, [one] if !one.repaired),
        "{report:?}"
    );
    assert!(!file(&fixture, "mod").exists());
}

#[tokio::test]
async fn what_the_database_contradicts_is_found_even_with_a_receipt() {
    let (fixture, setup) = fixture();
    let engine = fixture.engine(&setup);
    forge(&engine, None).await;
    let report = verify(&engine, KEPT).await;
    assert!(
        report.findings.is_empty() && report.unchecked.len() == 1,
        "{report:?}"
    );
    let report = verify(&engine, ONLINE).await;
    let right = dirhash::zip(std::io::Cursor::new(module().zip_bytes())).unwrap();
    assert!(
        matches!(&*report.findings, [one] if matches!(&one.flaw, Flaw::Contradicted { database, .. } if *database == right)),
        "{report:?}"
    );
    // The record is kept now, and needs no network.
    fixture
        .upstream
        .script("*", Times::Always, Reply::Status(500, "down".into()));
    assert_eq!(verify(&engine, KEPT).await.findings.len(), 1);
    fixture.upstream.behave();
    let report = verify(&engine, REPAIR).await;
    assert!(report.findings.iter().all(|it| it.repaired), "{report:?}");
    assert!(verify(&engine, KEPT).await.findings.is_empty());
}

#[tokio::test]
async fn a_forged_proof_does_not_help() {
    let (fixture, setup) = fixture();
    let engine = fixture.engine(&setup);
    let proof = store::Proof {
        database: "sum.corp.example".to_owned(),
        record: 9,
        tree: 10,
    };
    forge(&engine, Some(proof)).await;
    let report = verify(&engine, ONLINE).await;
    assert!(
        matches!(&*report.findings, [one] if matches!(one.flaw, Flaw::Contradicted { .. })),
        "{report:?}"
    );
}

#[tokio::test]
async fn proofs_found_later_are_added_to_the_receipts() {
    let (fixture, setup) = fixture();
    let engine = fixture.engine(&Setup::default());
    fill(&engine).await;
    end(engine).await;
    let engine = fixture.engine(&setup);
    let unproven = |report: &VerifyReport| report.unchecked.len();
    assert_eq!(unproven(&verify(&engine, KEPT).await), 2, ".mod and .zip");
    fixture.upstream.script(
        &below("*"),
        Times::Always,
        Reply::Status(503, "down".into()),
    );
    let down = verify(&engine, ONLINE).await;
    assert!(down.findings.is_empty() && unproven(&down) == 2, "{down:?}");
    fixture.upstream.behave();
    fixture.clock.advance(std::time::Duration::from_mins(1));
    assert_eq!(unproven(&verify(&engine, ONLINE).await), 0);
    let held = engine
        .parts
        .artifacts
        .versions(&module().name().path)
        .await
        .unwrap();
    let proven = held[0].receipts().filter(|receipt| receipt.proof.is_some());
    assert_eq!(proven.count(), 2);
}
