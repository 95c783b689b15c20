//! What every [`Catalog`] has to do.

use gomod::ArtifactKind::{Info, Mod, Zip};
use jiff::Timestamp;

use super::{entry, module, publish};
use crate::{ArtifactStore, Catalog, MemoryStore, Totals};

/// Runs the suite on an empty catalog.
///
/// # Panics
/// When the catalog does not do what the contract says.
pub async fn catalog(catalog: &dyn Catalog) {
    empty(catalog).await;
    totals_follow(catalog).await;
    index_is_in_order_of_appearance(catalog).await;
    pages_cover_all_names_once(catalog).await;
    claims_are_made_once(catalog).await;
    rebuild_says_what_the_store_says(catalog).await;
    let a = module("example.com/claimed", "v1.0.0");
    let kept = catalog.claim(&a, Zip, "cc").await.unwrap();
    assert_eq!(kept, "bb", "a claim outlives a rebuild");
}

async fn claims_are_made_once(catalog: &dyn Catalog) {
    let a = module("example.com/claimed", "v1.0.0");
    let before = catalog.totals().await.unwrap();
    let claim = async |kind, sha256: &str| catalog.claim(&a, kind, sha256).await.unwrap();
    assert_eq!(claim(Zip, "aa").await, "aa");
    assert_eq!(claim(Zip, "aa").await, "aa", "claimed twice is claimed");
    assert_eq!(claim(Zip, "bb").await, "aa", "the first claim stands");
    assert_eq!(claim(Mod, "bb").await, "bb", "each kind has its own");
    catalog.release_claim(&a, Zip, "bb").await.unwrap();
    assert_eq!(claim(Zip, "bb").await, "aa", "only who has it gives it up");
    catalog.release_claim(&a, Zip, "aa").await.unwrap();
    assert_eq!(claim(Zip, "bb").await, "bb");
    assert_eq!(catalog.totals().await.unwrap(), before, "nothing is held");
    let racers = (0..8).map(|number| {
        let name = number.to_string();
        let raced = module("example.com/raced", "v1.0.0");
        async move { catalog.claim(&raced, Info, &name).await.unwrap() }
    });
    let stand = futures_util::future::join_all(racers).await;
    assert!(stand.windows(2).all(|pair| pair[0] == pair[1]), "{stand:?}");
}

async fn empty(catalog: &dyn Catalog) {
    catalog.record(Vec::new()).await.unwrap();
    assert_eq!(catalog.totals().await.unwrap(), Totals::default());
    assert!(catalog.index(None, 10).await.unwrap().is_empty());
    let page = catalog.page(None, 10).await.unwrap();
    assert!(page.modules.is_empty() && page.next.is_none());
}

async fn totals_follow(catalog: &dyn Catalog) {
    let (a, b) = (
        module("example.com/a", "v1.0.0"),
        module("example.com/b", "v1.0.0"),
    );
    let batch = vec![
        entry(&a, Info, 1, 100),
        entry(&a, Mod, 10, 101),
        entry(&a, Zip, 100, 102),
        entry(&b, Mod, 1000, 99),
    ];
    catalog.record(batch.clone()).await.unwrap();
    let wanted = Totals {
        info: 1,
        go_mod: 2,
        zip: 1,
        bytes: 1111,
    };
    assert_eq!(catalog.totals().await.unwrap(), wanted);
    catalog.record(batch).await.unwrap();
    assert_eq!(
        catalog.totals().await.unwrap(),
        wanted,
        "recorded twice, counted once"
    );
    catalog
        .record(vec![entry(&b, Mod, 1005, 500)])
        .await
        .unwrap();
    assert_eq!(
        catalog.totals().await.unwrap().bytes,
        1116,
        "a repaired artifact has its new size"
    );
    assert_eq!(wanted.objects(Mod), 2);
}

async fn index_is_in_order_of_appearance(catalog: &dyn Catalog) {
    let all = catalog.index(None, 10).await.unwrap();
    let paths: Vec<_> = all.iter().map(|line| line.path.as_str()).collect();
    assert_eq!(
        paths,
        ["example.com/b", "example.com/a"],
        "one line a version, the first seen first"
    );
    assert_eq!(
        all[0].timestamp,
        Timestamp::from_second(99).unwrap(),
        "the time it was first seen stays"
    );

    // Late in the catalog, early by its time: who read the index before has
    // to find it all the same when he goes on.
    let late: Vec<_> = (0..5)
        .map(|n| {
            entry(
                &module("example.com/late", &format!("v1.0.{n}")),
                Info,
                1,
                50,
            )
        })
        .collect();
    catalog.record(late).await.unwrap();
    let more = catalog.index(Some(all[1].timestamp), 10).await.unwrap();
    assert_eq!(more[0], all[1], "since is inclusive");
    assert_eq!(more.len(), 6);
    assert!(
        more.windows(2)
            .all(|pair| pair[0].timestamp < pair[1].timestamp),
        "no two at the same time"
    );

    let (mut since, mut read) = (None, Vec::new());
    loop {
        let lines = catalog.index(since, 2).await.unwrap();
        assert!(lines.len() <= 2);
        let fresh: Vec<_> = lines
            .into_iter()
            .filter(|line| read.last() != Some(line))
            .collect();
        let Some(last) = fresh.last() else { break };
        since = Some(last.timestamp);
        read.extend(fresh);
    }
    assert_eq!(
        read,
        catalog.index(None, 100).await.unwrap(),
        "read in small steps, each line once"
    );
    assert!(
        catalog
            .index(Some(Timestamp::MAX), 10)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        catalog
            .index(Some(Timestamp::MIN), 100)
            .await
            .unwrap()
            .len(),
        7
    );
}

async fn pages_cover_all_names_once(catalog: &dyn Catalog) {
    let whole = catalog.page(None, 100).await.unwrap();
    assert_eq!((whole.modules.len(), &whole.next), (7, &None));
    let (mut token, mut read) = (None, Vec::new());
    for _ in 0..10 {
        let page = catalog.page(token.as_deref(), 3).await.unwrap();
        assert!(page.modules.len() <= 3);
        read.extend(page.modules);
        token = page.next;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(read, whole.modules);
    assert_eq!(
        catalog.page(None, 7).await.unwrap().next,
        None,
        "the last page knows that it is the last"
    );
    for odd in ["zzz", "@", "example.com/a", "example.com/a@v9", "%00'\";"] {
        assert!(
            catalog.page(Some(odd), 3).await.is_ok(),
            "any token is a position: {odd}"
        );
    }
}

async fn rebuild_says_what_the_store_says(catalog: &dyn Catalog) {
    let store = MemoryStore::new();
    let (x, y) = (
        module("example.com/x", "v1.0.0"),
        module("example.com/y", "v2.0.0+incompatible"),
    );
    publish(&store, &x, Zip, b"zip").await.unwrap();
    publish(&store, &x, Info, b"info").await.unwrap();
    publish(&store, &y, Mod, b"go.mod").await.unwrap();
    store
        .amend(&module("example.com/z", "v1.0.0"), super::receipt(Zip, b""))
        .await
        .unwrap();
    for _ in 0..2 {
        catalog.rebuild(&store).await.unwrap();
        let wanted = Totals {
            info: 1,
            go_mod: 1,
            zip: 1,
            bytes: 13,
        };
        assert_eq!(catalog.totals().await.unwrap(), wanted);
        let names: Vec<_> = catalog
            .page(None, 10)
            .await
            .unwrap()
            .modules
            .into_iter()
            .map(|m| (m.path, m.version))
            .collect();
        let expected =
            [&x, &y].map(|m| (m.path.as_str().to_owned(), m.version.as_str().to_owned()));
        assert_eq!(names, expected);
        let lines = catalog.index(None, 10).await.unwrap();
        assert!(
            lines[0].timestamp < lines[1].timestamp,
            "the same time in the receipts, yet no two the same"
        );
        assert_eq!(lines[0].timestamp, super::receipt(Zip, b"").first_seen);
    }
    catalog.record(vec![entry(&x, Mod, 1, 0)]).await.unwrap();
    assert_eq!(
        catalog.totals().await.unwrap().go_mod,
        2,
        "it goes on from there"
    );
}
