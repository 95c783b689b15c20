//! Writes that are killed at each step, and undone.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::Timestamp;
use tempfile::TempDir;

use super::*;

struct Place {
    folder: TempDir,
    stamp: Stamp,
}

impl Place {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            stamp: Stamp {
                actor: "gopher".to_owned(),
                policy: None,
                clock: Clock::manual(Timestamp::UNIX_EPOCH),
            },
        }
    }

    fn target(&self) -> Target {
        Target {
            file: self.folder.path().join("go/env"),
            wins: Wins::Last,
        }
    }

    fn put(&self, content: &str) {
        fs::create_dir_all(self.folder.path().join("go")).unwrap();
        fs::write(self.target().file, content).unwrap();
    }

    fn content(&self) -> Option<String> {
        fs::read_to_string(self.target().file).ok()
    }

    fn set(&self, key: &str, value: &str) -> Result<Written, Error> {
        // Names of backups differ by the time.
        self.stamp.clock.advance(std::time::Duration::from_secs(1));
        write(&self.target(), &[change(key, value)], None, &self.stamp)
    }

    fn undo(&self) -> Result<Written, Error> {
        undo(&self.target(), None, &self.stamp)
    }

    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path().join("go")).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

fn change(key: &str, value: &str) -> Change {
    Change {
        key: key.to_owned(),
        value: Some(value.to_owned()),
    }
}

/// The file is the old or the new one wherever a writer dies; the next one
/// works, and undoing leads back byte for byte.
#[test]
fn a_writer_may_die_at_every_step() {
    use Step::{BackedUp, Journaled, Locked, Renamed, Synced, Verified, Written};
    const OLD: &str = "# mine\nGOPROXY=https://old.example\nodd line";
    const NEW: &str = "# mine\nGOPROXY=new\nodd line";
    for step in [
        Locked, BackedUp, Journaled, Written, Synced, Renamed, Verified,
    ] {
        let place = Place::new();
        place.put(OLD);
        let mut die = |now: Step| assert!(now != step, "killed");
        let changes = [change("GOPROXY", "new")];
        let died = catch_unwind(AssertUnwindSafe(|| {
            write_observed(&place.target(), &changes, None, &place.stamp, &mut die)
        }));
        assert!(died.is_err(), "{step:?} is passed");
        let renamed = matches!(step, Renamed | Verified);
        let left = if renamed { NEW } else { OLD };
        assert_eq!(place.content().as_deref(), Some(left), "{step:?}");
        let next = place.set("GOFLAGS", "-v").unwrap();
        assert!(next.notes.is_empty(), "{step:?}: {:?}", next.notes);
        place.undo().unwrap();
        assert_eq!(place.content().as_deref(), Some(left), "{step:?}");
        if renamed {
            place.undo().unwrap();
            assert_eq!(place.content().as_deref(), Some(OLD), "{step:?}");
        }
        assert!(matches!(place.undo(), Err(Error::NoTarget(_))), "{step:?}");
        assert!(
            !place.files().contains(&"env.modkeep-new".to_owned()),
            "{step:?}"
        );
    }
}

#[test]
fn undoing_steps_back_one_change_each_and_removes_what_was_made() {
    let place = Place::new();
    let mut contents = vec![place.content()];
    for number in 0..4 {
        place.set("GOFLAGS", &format!("-p={number}")).unwrap();
        contents.push(place.content());
    }
    for content in contents.iter().rev().skip(1) {
        place.undo().unwrap();
        assert_eq!(place.content(), *content);
    }
    assert_eq!(place.files(), ["env.lock", "env.modkeep.log"]);
    assert!(matches!(place.undo(), Err(Error::NoTarget(_))));
    place
        .set("A", "1")
        .unwrap_or_else(|error| panic!("{error}"));
    place.undo().unwrap();
    assert_eq!(place.content(), None);
}

#[test]
fn an_undo_is_no_change_and_a_change_after_it_can_be_undone() {
    let place = Place::new();
    place.put("A=0\n");
    for value in ["1", "2", "3"] {
        place.set("A", value).unwrap();
    }
    place.undo().unwrap();
    place.undo().unwrap();
    place.set("A", "4").unwrap();
    place.undo().unwrap();
    assert_eq!(place.content().as_deref(), Some("A=1\n"));
    place.undo().unwrap();
    assert_eq!(place.content().as_deref(), Some("A=0\n"));
}

#[test]
fn the_newest_five_contents_are_kept_and_reached_by_their_digest() {
    let place = Place::new();
    place.put("A=0\n");
    for value in 1..9 {
        place.set("A", &value.to_string()).unwrap();
    }
    let kept = place.files();
    let kept: Vec<_> = kept
        .iter()
        .filter(|name| name.contains(".modkeep-"))
        .collect();
    assert_eq!(kept.len(), 5, "{kept:?}");
    let to = digest(b"A=4\n");
    undo(&place.target(), Some(&to), &place.stamp).unwrap();
    assert_eq!(place.content().as_deref(), Some("A=4\n"));
    place.undo().unwrap();
    assert_eq!(place.content().as_deref(), Some("A=3\n"));
    let older = place.undo();
    assert!(
        matches!(older, Err(Error::NoTarget(_))),
        "A=2 is kept no more"
    );
    let to = digest(b"A=0\n");
    let gone = undo(&place.target(), Some(&to), &place.stamp);
    assert!(matches!(gone, Err(Error::NoTarget(_))));
}

/// What another program wrote is not undone with what we wrote.
#[test]
fn an_undo_does_not_lose_what_others_wrote() {
    let place = Place::new();
    place.put("A=0\n");
    place.set("A", "1").unwrap();
    place.put("A=1\nB=2\n");
    assert!(matches!(place.undo(), Err(Error::ConcurrentChange { .. })));
    assert_eq!(place.content().as_deref(), Some("A=1\nB=2\n"));
    undo(&place.target(), Some(&digest(b"A=0\n")), &place.stamp).unwrap();
    assert_eq!(place.content().as_deref(), Some("A=0\n"));
}

/// A `go env -w` that had opened the file before it was replaced.
#[test]
fn what_is_written_into_the_replaced_file_is_kept_too() {
    let place = Place::new();
    place.put("A=0\n");
    let file = place.target().file;
    let opened = fs::OpenOptions::new().write(true).open(&file).unwrap();
    let mut once = Some(opened);
    let mut go = |step: Step| {
        if step == Step::Renamed
            && let Some(mut file) = once.take()
        {
            use std::io::Write;
            file.set_len(0).unwrap();
            file.write_all(b"A=0\nB=2\n").unwrap();
        }
    };
    let changes = [change("C", "3")];
    let written = write_observed(&place.target(), &changes, None, &place.stamp, &mut go).unwrap();
    assert_eq!(place.content().as_deref(), Some("A=0\nC=3\nB=2\n"));
    assert_eq!(written.notes.len(), 1, "{:?}", written.notes);
}

/// A `go env -w` that was stopped between truncating the file and writing it.
#[test]
fn a_file_that_was_seen_empty_amid_a_write_is_whole_again() {
    let place = Place::new();
    place.put("");
    let file = place.target().file;
    let mut once = Some(fs::OpenOptions::new().write(true).open(&file).unwrap());
    let mut go = |step: Step| {
        if step == Step::Renamed
            && let Some(mut file) = once.take()
        {
            use std::io::Write;
            file.write_all(b"# c\nA=0\nB=2\n").unwrap();
        }
    };
    let changes = [change("C", "3")];
    write_observed(&place.target(), &changes, None, &place.stamp, &mut go).unwrap();
    assert_eq!(place.content().as_deref(), Some("# c\nA=0\nB=2\nC=3\n"));
}

/// A `go env -w` that had read the file before ours was there.
#[test]
fn a_change_that_is_overwritten_is_made_again() {
    let place = Place::new();
    place.put("A=0\n");
    let file = place.target().file;
    let mut times = 2;
    let mut go = |step: Step| {
        if step == Step::Renamed && times > 0 {
            times -= 1;
            fs::write(&file, format!("A=0\nB={times}\n")).unwrap();
        }
    };
    let changes = [change("C", "3")];
    let written = write_observed(&place.target(), &changes, None, &place.stamp, &mut go).unwrap();
    assert_eq!(place.content().as_deref(), Some("A=0\nB=0\nC=3\n"));
    assert_eq!(written.notes.len(), 2);
    place.undo().unwrap();
    assert_eq!(place.content().as_deref(), Some("A=0\nB=0\n"));

    let mut always = |step: Step| {
        if step == Step::Renamed {
            fs::write(&file, "A=9\n").unwrap();
        }
    };
    let lost = write_observed(&place.target(), &changes, None, &place.stamp, &mut always);
    assert!(matches!(lost, Err(Error::ConcurrentChange { .. })));
    assert_eq!(place.content().as_deref(), Some("A=9\n"));
}

#[test]
fn a_loss_that_came_later_is_told_by_the_next_writer() {
    let place = Place::new();
    place.set("A", "1").unwrap();
    place.put("B=2\n");
    let written = place.set("C", "3").unwrap();
    assert_eq!(written.notes.len(), 1, "{:?}", written.notes);
    assert!(written.notes[0].contains(": A is not what modkeep set last"));
    assert!(place.set("D", "4").unwrap().notes.is_empty());
}

#[test]
fn only_an_expected_file_is_changed() {
    let place = Place::new();
    let target = place.target();
    let changes = [change("A", "1")];
    let empty = digest(b"");
    write(&target, &changes, Some(&empty), &place.stamp).unwrap();
    let wrong = write(&target, &changes, Some(&empty), &place.stamp);
    assert!(matches!(wrong, Err(Error::ConcurrentChange { .. })));
    let right = digest(b"A=1\n");
    assert!(preview(&target, &changes, Some(&right)).is_ok());
}

#[cfg(unix)]
#[test]
fn mode_stays_and_backups_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.put("A=0\n");
    let file = place.target().file;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    let backup = place.set("A", "1").unwrap().backup.unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode(&file), mode(&backup)), (0o640, 0o600));
    let fresh = Place::new();
    fresh.set("A", "1").unwrap();
    assert_eq!(mode(&fresh.target().file), 0o644);
}

/// As root, writing to `/dev/null` would else replace it.
#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_not_replaced() {
    let place = Place::new();
    fs::create_dir_all(place.target().file).unwrap();
    assert!(matches!(place.set("A", "1"), Err(Error::Io { .. })));
}

#[test]
fn a_journal_line_that_was_cut_does_not_hide_the_next() {
    let place = Place::new();
    place.set("A", "1").unwrap();
    let log = place.target().file.with_file_name("env.modkeep.log");
    let mut bytes = fs::read(&log).unwrap();
    bytes.extend_from_slice(b"{\"action\":\"cha");
    fs::write(&log, bytes).unwrap();
    place.set("A", "2").unwrap();
    place.undo().unwrap();
    assert_eq!(place.content().as_deref(), Some("A=1\n"));
}

#[test]
fn values_of_secret_names_are_not_in_the_journal() {
    let place = Place::new();
    place.set("GOAUTH", "git /hunter2").unwrap();
    place
        .set("GOPROXY", "https://me:hunter2@a.example")
        .unwrap();
    let log = fs::read_to_string(place.target().file.with_file_name("env.modkeep.log")).unwrap();
    assert_eq!(log.lines().count(), 2);
    assert!(!log.contains("hunter2"), "{log}");
    assert!(log.contains("\"keys\":[\"GOPROXY\"]"), "{log}");
}
