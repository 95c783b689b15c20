use bytes::Bytes;
use jiff::Timestamp;

use super::*;
use crate::durable::recorded::Steps;

fn entry(body: &[u8]) -> StateEntry {
    StateEntry {
        body: Bytes::copy_from_slice(body),
        source: "https://mirror.example".to_owned(),
        fetched_at: "2026-01-02T03:04:05.000000006Z"
            .parse::<Timestamp>()
            .unwrap(),
    }
}

fn length(folder: &Path) -> u64 {
    fs::metadata(folder.join("journal")).unwrap().len()
}

#[tokio::test]
async fn state_survives_the_process_without_a_proper_end() {
    let folder = tempfile::tempdir().unwrap();
    let state = JournalState::open(folder.path()).unwrap();
    state.put("a", entry(b"1")).await.unwrap();
    state.put("b", entry(b"2")).await.unwrap();
    state.put("a", entry(b"3")).await.unwrap();
    state.remove("b").await.unwrap();
    std::mem::forget(state);
    let again = JournalState::open(folder.path()).unwrap();
    assert_eq!(again.get("a").await.unwrap(), Some(entry(b"3")));
    assert_eq!(again.get("b").await.unwrap(), None);
}

#[tokio::test]
async fn a_torn_tail_is_dropped_and_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let state = JournalState::open(folder.path()).unwrap();
    state.put("a", entry(b"1")).await.unwrap();
    let whole = length(folder.path());
    state.put("b", entry(&[7; 5000])).await.unwrap();
    drop(state);
    let file = File::options()
        .write(true)
        .open(folder.path().join("journal"))
        .unwrap();
    file.set_len(whole + 100).unwrap();
    let state = JournalState::open(folder.path()).unwrap();
    assert_eq!(state.get("a").await.unwrap(), Some(entry(b"1")));
    assert_eq!(state.get("b").await.unwrap(), None);
    state.put("c", entry(b"2")).await.unwrap();
    drop(state);
    let state = JournalState::open(folder.path()).unwrap();
    assert_eq!(state.get("a").await.unwrap(), Some(entry(b"1")));
    assert_eq!(state.get("c").await.unwrap(), Some(entry(b"2")));
}

#[tokio::test]
async fn the_journal_is_written_anew_when_it_is_mostly_garbage() {
    let folder = tempfile::tempdir().unwrap();
    let state = JournalState::open(folder.path()).unwrap();
    state.put("kept", entry(b"1")).await.unwrap();
    let body = vec![1; 512 * 1024];
    for _ in 0..40 {
        state.put("changing", entry(&body)).await.unwrap();
    }
    assert!(
        length(folder.path()) < GARBAGE_BYTES + 3 * 512 * 1024,
        "{}",
        length(folder.path())
    );
    drop(state);
    let state = JournalState::open(folder.path()).unwrap();
    assert_eq!(state.get("kept").await.unwrap(), Some(entry(b"1")));
    assert_eq!(state.get("changing").await.unwrap(), Some(entry(&body)));
    assert_eq!(
        fs::read_dir(folder.path().join("unfinished"))
            .unwrap()
            .count(),
        0
    );
}

#[tokio::test]
async fn the_end_of_the_live_records_is_reckoned_right() {
    let folder = tempfile::tempdir().unwrap();
    let state = JournalState::open(folder.path()).unwrap();
    for number in 0..50 {
        state
            .put(&format!("key {number}"), entry(&vec![2; number * 7]))
            .await
            .unwrap();
    }
    assert_eq!(live_bytes(&state.shared.entries()), length(folder.path()));
}

#[tokio::test]
async fn a_folder_removed_under_us_comes_back_with_all_that_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let state = JournalState::open(folder.path()).unwrap();
    state.put("a", entry(b"1")).await.unwrap();
    fs::remove_dir_all(folder.path()).unwrap();
    state.put("b", entry(b"2")).await.unwrap();
    drop(state);
    let state = JournalState::open(folder.path()).unwrap();
    assert_eq!(state.get("a").await.unwrap(), Some(entry(b"1")));
    assert_eq!(state.get("b").await.unwrap(), Some(entry(b"2")));
}

#[tokio::test]
async fn a_file_that_is_no_journal_is_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("journal"),
        b"modkeep state 9\nfrom the future",
    )
    .unwrap();
    let state = JournalState::open(folder.path()).unwrap();
    state.put("a", entry(b"1")).await.unwrap();
    drop(state);
    assert_eq!(
        JournalState::open(folder.path())
            .unwrap()
            .get("a")
            .await
            .unwrap(),
        Some(entry(b"1"))
    );
    assert_eq!(
        fs::read(folder.path().join("journal.aside-1")).unwrap(),
        b"modkeep state 9\nfrom the future"
    );
}

#[tokio::test]
async fn what_could_not_be_read_back_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let state = JournalState::open(folder.path()).unwrap();
    let refused = state.put("a", entry(&vec![0; FRAME_BYTES])).await;
    assert!(matches!(refused, Err(StoreError::Unsupported { .. })));
    assert_eq!(length(folder.path()), HEADER.len() as u64);
}

/// A journal that is written anew is on the disk before it takes the place of the old one, and its name
/// before anything relies on it; records are forced at the end at the latest.
#[tokio::test]
async fn the_steps_of_the_journal_have_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let (steps, state) = (Steps::default(), folder.path().join("state"));
    let journal = JournalState::open_observed(&state, Some(steps.observer())).unwrap();
    journal.put("a", entry(b"1")).await.unwrap();
    assert!(steps.take().is_empty(), "records are not forced one by one");
    drop(journal);
    assert_eq!(steps.take(), ["sync state/journal"]);

    let journal = JournalState::open_observed(&state, Some(steps.observer())).unwrap();
    fs::remove_file(state.join("journal")).unwrap();
    journal.put("b", entry(b"2")).await.unwrap();
    let folder_name = folder.path().file_name().unwrap().to_str().unwrap();
    let anew = [
        "sync unfinished".to_owned(),
        "rename state/journal".to_owned(),
        format!("sync-folder {folder_name}/state"),
    ];
    assert_eq!(steps.take(), anew);

    // With any of them failing nothing is lost: the next change writes it all again.
    for step in 1..=anew.len() {
        fs::remove_file(state.join("journal")).unwrap();
        steps.fail(step);
        let failed = journal.put("c", entry(b"3")).await;
        assert!(matches!(failed, Err(StoreError::Full { .. })), "{step}");
        steps.fail(0);
        journal
            .put("d", entry(&[b'4', u8::try_from(step).unwrap()]))
            .await
            .unwrap();
        let again = JournalState::open(&state).unwrap();
        for (key, body) in [("a", &b"1"[..]), ("b", b"2"), ("c", b"3")] {
            assert_eq!(
                again.get(key).await.unwrap(),
                Some(entry(body)),
                "{step} {key}"
            );
        }
    }
}

/// While a long journal was written anew, whoever had something to add took a
/// blocking thread.
#[test]
fn who_waits_for_the_journal_takes_no_thread() {
    let folder = tempfile::tempdir().unwrap();
    let state = JournalState::open(folder.path()).unwrap();
    let asked = state.clone();
    let held = state.shared.journal.lock().unwrap();
    let put = move || {
        let state = asked.clone();
        async move { state.put("a", entry(b"1")).await.unwrap() }
    };
    crate::blocking::assert_a_thread_is_free(put, || drop(held));
}
