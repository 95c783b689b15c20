//! What every [`ArtifactStore`] has to do.

use std::collections::BTreeSet;
use std::sync::Arc;

use gomod::ArtifactKind::{Info, Mod, Zip};
use gomod::ModuleVersion;

use super::{fetch, module, publish, read, receipt};
use crate::{ArtifactStore, Fresh, KindSet, Proof, Publication, Receipt, StoreError};

/// Runs the suite on an empty store.
///
/// # Panics
/// When the store does not do what the contract says.
pub async fn artifact_store(store: Arc<dyn ArtifactStore>) {
    absent(&*store).await;
    first_stays(&*store).await;
    receipts_are_amended(&*store).await;
    versions_in_order(&*store).await;
    withdrawn_is_gone_and_comes_back(&*store).await;
    wrong_receipts_are_refused(&*store).await;
    names_differ_by_case(&*store).await;
    walk_gives_all(&*store).await;
    of_many_one_is_stored(&store).await;
    a_batch_is_as_one_after_the_other(&*store).await;
    large_bodies_are_whole(&*store).await;
}

async fn absent(store: &dyn ArtifactStore) {
    let nothing = module("example.com/nothing", "v1.0.0");
    for kind in [Info, Mod, Zip] {
        assert!(store.open(&nothing, kind).await.unwrap().is_none());
        store.withdraw(&nothing, kind, "not there").await.unwrap();
    }
    assert!(store.versions(&nothing.path).await.unwrap().is_empty());
    assert_eq!(store.walk().unwrap().count(), 0);
    let long = module("example.com/long", &format!("v1.0.0-{}", "a".repeat(400)));
    assert!(
        store.open(&long, Zip).await.unwrap().is_none(),
        "a name too long for a file is not held"
    );
    store.probe().await.unwrap();
}

/// What is twice in a batch, there already, or not what its receipt says.
async fn a_batch_is_as_one_after_the_other(store: &dyn ArtifactStore) {
    let (a, b) = (
        module("example.com/batch", "v1.0.0"),
        module("example.com/batch", "v1.1.0"),
    );
    let fresh = async |module: &ModuleVersion, kind, bytes: &'static [u8], said: &[u8]| Fresh {
        module: module.clone(),
        kind,
        spool: store.spool_with(bytes.into()).await.unwrap(),
        receipt: receipt(kind, said),
    };
    publish(store, &a, Zip, b"zip").await.unwrap();
    let batch = vec![
        fresh(&a, Mod, b"mod", b"mod").await,
        fresh(&a, Zip, b"zip", b"zip").await,
        fresh(&b, Mod, b"mod", b"longer").await,
        fresh(&b, Info, b"info", b"info").await,
        fresh(&b, Info, b"info", b"info").await,
    ];
    let published = store.publish_all(batch).await;
    assert!(matches!(published[2], Err(StoreError::Damaged { .. })));
    let published: Vec<_> = published.into_iter().map(Result::ok).collect();
    assert_eq!(
        published,
        [
            Some(Publication::Stored),
            Some(Publication::Same),
            None,
            Some(Publication::Stored),
            Some(Publication::Same),
        ]
    );
    let held = store.open(&b, Info).await.unwrap().unwrap();
    assert_eq!(held.receipt, Some(receipt(Info, b"info")));
    assert_eq!(read(held), b"info");
    assert!(store.open(&b, Mod).await.unwrap().is_none());
    assert!(store.publish_all(Vec::new()).await.is_empty());
}

async fn first_stays(store: &dyn ArtifactStore) {
    let a = module("example.com/first", "v1.0.0");
    assert_eq!(
        publish(store, &a, Mod, b"module a").await.unwrap(),
        Publication::Stored
    );
    assert_eq!(
        publish(store, &a, Mod, b"module a").await.unwrap(),
        Publication::Same
    );
    let kept_sha256 = receipt(Mod, b"module a").sha256;
    assert_eq!(
        publish(store, &a, Mod, b"module b").await.unwrap(),
        Publication::Differs { kept_sha256 }
    );
    let held = store.open(&a, Mod).await.unwrap().unwrap();
    assert_eq!(
        (held.size, &held.receipt),
        (8, &Some(receipt(Mod, b"module a")))
    );
    assert_eq!(read(held), b"module a");
    assert!(
        store.open(&a, Info).await.unwrap().is_none(),
        "a .mod is a .mod only"
    );
    assert_eq!(
        publish(store, &a, Zip, b"").await.unwrap(),
        Publication::Stored,
        "empty bytes are bytes"
    );
    assert_eq!(fetch(store, &a, Zip).await.unwrap(), b"");
}

async fn receipts_are_amended(store: &dyn ArtifactStore) {
    let a = module("example.com/amended", "v1.0.0");
    publish(store, &a, Mod, b"m").await.unwrap();
    publish(store, &a, Zip, b"z").await.unwrap();
    let proof = Some(Proof {
        database: "sum.golang.org".to_owned(),
        record: 7,
        tree: 9,
    });
    let newer = Receipt {
        proof,
        ..receipt(Mod, b"m")
    };
    store.amend(&a, newer.clone()).await.unwrap();
    assert_eq!(
        store.open(&a, Mod).await.unwrap().unwrap().receipt,
        Some(newer.clone())
    );
    assert_eq!(
        store.open(&a, Zip).await.unwrap().unwrap().receipt,
        Some(receipt(Zip, b"z"))
    );
    let held = store.versions(&a.path).await.unwrap();
    assert_eq!(held[0].receipt(Mod), Some(&newer));
    let unheld = module("example.com/unheld", "v1.0.0");
    store.amend(&unheld, receipt(Info, b"i")).await.unwrap();
    assert!(
        store.open(&unheld, Info).await.unwrap().is_none(),
        "a receipt is no artifact"
    );
    assert!(store.versions(&unheld.path).await.unwrap().is_empty());
}

async fn versions_in_order(store: &dyn ArtifactStore) {
    let path = "example.com/many";
    for version in [
        "v1.10.0",
        "v1.2.0",
        "v1.2.0-rc.1",
        "v1.9.9",
        "v0.0.0-20200101000000-0123456789ab",
    ] {
        publish(store, &module(path, version), Info, version.as_bytes())
            .await
            .unwrap();
    }
    publish(store, &module(path, "v1.9.9"), Zip, b"z")
        .await
        .unwrap();
    let held = store.versions(&module(path, "v1.2.0").path).await.unwrap();
    let versions: Vec<_> = held.iter().map(|held| held.version.as_str()).collect();
    assert_eq!(
        versions,
        [
            "v0.0.0-20200101000000-0123456789ab",
            "v1.2.0-rc.1",
            "v1.2.0",
            "v1.9.9",
            "v1.10.0"
        ]
    );
    assert_eq!(held[3].kinds, KindSet::from_iter([Info, Zip]));
    assert_eq!(held[3].receipts().count(), 2);
    assert_eq!(held[4].receipt(Zip), None);
}

async fn withdrawn_is_gone_and_comes_back(store: &dyn ArtifactStore) {
    let a = module("example.com/withdrawn", "v1.0.0");
    publish(store, &a, Info, b"i").await.unwrap();
    for bytes in [&b"bad"[..], b"worse", b"good"] {
        assert_eq!(
            publish(store, &a, Zip, bytes).await.unwrap(),
            Publication::Stored
        );
        let open = store.open(&a, Zip).await.unwrap().unwrap();
        if bytes != b"good" {
            store.withdraw(&a, Zip, "its hash is wrong").await.unwrap();
            assert!(store.open(&a, Zip).await.unwrap().is_none());
            assert_eq!(
                store.versions(&a.path).await.unwrap()[0].kinds,
                KindSet::from_iter([Info])
            );
            assert_eq!(
                store.versions(&a.path).await.unwrap()[0].receipts().count(),
                1
            );
        }
        assert_eq!(read(open), bytes, "who reads it goes on reading it");
    }
    assert_eq!(
        store.open(&a, Zip).await.unwrap().unwrap().receipt,
        Some(receipt(Zip, b"good"))
    );
}

async fn wrong_receipts_are_refused(store: &dyn ArtifactStore) {
    let a = module("example.com/wrong", "v1.0.0");
    for wrong in [receipt(Zip, b"longer"), receipt(Mod, b"zip")] {
        let spool = store.spool().await.unwrap();
        std::io::Write::write_all(&mut spool.file(), b"zip").unwrap();
        let refused = store.publish(&a, Zip, spool, wrong).await;
        assert!(
            matches!(refused, Err(StoreError::Damaged { .. })),
            "{refused:?}"
        );
        assert!(store.open(&a, Zip).await.unwrap().is_none());
    }
    let spool = store.spool().await.unwrap();
    let path = spool.path().to_path_buf();
    drop(spool);
    assert!(!path.exists(), "a spool that is dropped is removed");
}

async fn names_differ_by_case(store: &dyn ArtifactStore) {
    let (upper, lower) = (
        module("example.com/Case", "v1.0.0-RC"),
        module("example.com/case", "v1.0.0-rc"),
    );
    publish(store, &upper, Info, b"upper").await.unwrap();
    assert!(store.open(&lower, Info).await.unwrap().is_none());
    publish(store, &lower, Info, b"lower").await.unwrap();
    assert_eq!(fetch(store, &upper, Info).await.unwrap(), b"upper");
    assert_eq!(store.versions(&upper.path).await.unwrap().len(), 1);
}

async fn walk_gives_all(store: &dyn ArtifactStore) {
    let nested = module("example.com/first/v2/nested", "v2.0.0+incompatible");
    publish(store, &nested, Mod, b"m").await.unwrap();
    let found: Vec<_> = store
        .walk()
        .unwrap()
        .map(|item| item.map(|(m, k)| (m.to_string(), k)).unwrap())
        .collect();
    let distinct: BTreeSet<_> = found.iter().cloned().collect();
    assert_eq!(found.len(), distinct.len(), "each artifact once");
    for (name, kind) in [
        ("example.com/first@v1.0.0", Mod),
        ("example.com/first/v2/nested@v2.0.0+incompatible", Mod),
        ("example.com/Case@v1.0.0-RC", Info),
        ("example.com/withdrawn@v1.0.0", Zip),
    ] {
        assert!(distinct.contains(&(name.to_owned(), kind)), "{name}");
    }
    assert!(
        !distinct
            .iter()
            .any(|(name, _)| name.contains("unheld") || name.contains("wrong"))
    );
}

async fn of_many_one_is_stored(store: &Arc<dyn ArtifactStore>) {
    let racers: Vec<_> = (0..16_u8)
        .map(|number| {
            let store = Arc::clone(store);
            let a = module("example.com/race", "v1.0.0");
            tokio::spawn(async move {
                (
                    number,
                    publish(&*store, &a, Zip, &[number / 4; 9]).await.unwrap(),
                )
            })
        })
        .collect();
    let (mut stored, mut same, mut kept) = (Vec::new(), Vec::new(), BTreeSet::new());
    for racer in racers {
        match racer.await.unwrap() {
            (number, Publication::Stored) => stored.push(number / 4),
            (number, Publication::Same) => same.push(number / 4),
            (_, Publication::Differs { kept_sha256 }) => {
                kept.insert(kept_sha256);
            }
        }
    }
    assert_eq!((stored.len(), same.len(), kept.len()), (1, 3, 1));
    let bytes = fetch(&**store, &module("example.com/race", "v1.0.0"), Zip)
        .await
        .unwrap();
    assert_eq!(bytes, vec![stored[0]; 9]);
    assert!(same.iter().all(|number| *number == stored[0]));
    assert!(kept.contains(&receipt(Zip, &bytes).sha256));
}

async fn large_bodies_are_whole(store: &dyn ArtifactStore) {
    let a = module("example.com/large", "v1.0.0");
    let bytes: Vec<u8> = (0..3_000_000_u32)
        .map(|number| number.to_le_bytes()[1])
        .collect();
    publish(store, &a, Zip, &bytes).await.unwrap();
    let held = store.open(&a, Zip).await.unwrap().unwrap();
    assert_eq!(held.size, 3_000_000);
    assert!(read(held) == bytes);
}
