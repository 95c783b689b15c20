//! What every [`SharedState`] has to do.

use bytes::Bytes;
use jiff::Timestamp;

use crate::{SharedState, StateEntry};

/// Runs the suite on empty state.
///
/// # Panics
/// When the state does not do what the contract says.
pub async fn shared_state(state: &dyn SharedState) {
    newest_counts(state).await;
    any_key_and_body(state).await;
}

async fn newest_counts(state: &dyn SharedState) {
    assert_eq!(state.get("list example.com/a").await.unwrap(), None);
    state.remove("list example.com/a").await.unwrap();

    let first = entry(b"v1.0.0\n");
    state
        .put("list example.com/a", first.clone())
        .await
        .unwrap();
    assert_eq!(
        state.get("list example.com/a").await.unwrap(),
        Some(first.clone())
    );
    assert_eq!(
        state.get("list example.com/").await.unwrap(),
        None,
        "a key is a whole key"
    );

    let second = entry(b"v1.0.0\nv1.1.0\n");
    state
        .put("list example.com/a", second.clone())
        .await
        .unwrap();
    assert_eq!(state.get("list example.com/a").await.unwrap(), Some(second));
    state.remove("list example.com/a").await.unwrap();
    assert_eq!(state.get("list example.com/a").await.unwrap(), None);
}

async fn any_key_and_body(state: &dyn SharedState) {
    let binary = StateEntry {
        body: (0..=255).collect(),
        source: String::new(),
        ..entry(b"")
    };
    for key in ["", "\0", "schlüssel\n", &"k".repeat(3000)] {
        state.put(key, binary.clone()).await.unwrap();
        assert_eq!(
            state.get(key).await.unwrap(),
            Some(binary.clone()),
            "{key:?}"
        );
    }
    state.put("empty", entry(b"")).await.unwrap();
    assert_eq!(
        state.get("empty").await.unwrap().unwrap().body,
        Bytes::new(),
        "empty is not absent"
    );

    state.remove("empty").await.unwrap();
    assert_eq!(state.get("empty").await.unwrap(), None);
    assert_eq!(
        state.get("schlüssel\n").await.unwrap(),
        Some(binary),
        "others stay"
    );
}

fn entry(body: &'static [u8]) -> StateEntry {
    StateEntry {
        body: Bytes::from_static(body),
        source: "https://mirror.example".to_owned(),
        fetched_at: "2026-03-04T05:06:07.000000008Z"
            .parse::<Timestamp>()
            .unwrap(),
    }
}
