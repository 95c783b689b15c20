//! Tables and properties of the editor.

use proptest::prelude::*;

use super::*;

fn set(key: &str, value: &str) -> Change {
    Change {
        key: key.to_owned(),
        value: Some(value.to_owned()),
    }
}

fn unset(key: &str) -> Change {
    Change {
        key: key.to_owned(),
        value: None,
    }
}

fn check(before: &str, changes: &[Change], wins: Wins, wanted: &str) {
    let after = edit(before.as_bytes(), changes, wins);
    assert_eq!(String::from_utf8_lossy(&after), wanted, "{before:?}");
}

#[test]
fn lines_are_changed_where_they_stand() {
    use Wins::{First, Last};
    check("", &[set("GOPROXY", "a")], Last, "GOPROXY=a\n");
    check("# c", &[set("A", "1")], Last, "# c\nA=1\n");
    check("A=1\n# c\nB=2\n", &[set("A", "3")], Last, "A=3\n# c\nB=2\n");
    check("A=1\nB=2\nA=3\n", &[set("A", "4")], Last, "B=2\nA=4\n");
    check("A=1\nB=2\nA=3\n", &[set("A", "4")], First, "A=4\nB=2\n");
    check("A=1\nA=3\n", &[set("A", "3")], Last, "A=3\n");
    check("A=1\r\nB=2\r\n", &[set("A", "1")], Last, "A=1\nB=2\r\n");
    check("A=1", &[set("A", "1")], Last, "A=1");
    check("A=1", &[set("B", "1")], Last, "A=1\nB=1\n");
    check("a=1\n A=1\n", &[unset("A")], Last, "a=1\n A=1\n");
    check("A=1\nB=2\nA=3\n", &[unset("A")], Last, "B=2\n");
    check(
        "\u{feff}A=1\n",
        &[set("A", "2")],
        Last,
        "\u{feff}A=1\nA=2\n",
    );
    check("AB=1\n", &[set("A", "2")], Last, "AB=1\nA=2\n");
}

#[test]
fn several_change_in_one_step() {
    let changes = [set("A", "1"), unset("B"), set("C", "3")];
    check("# x\nB=2\n", &changes, Wins::Last, "# x\nA=1\nC=3\n");
}

#[test]
fn the_difference_names_what_goes_and_comes() {
    let told = difference(b"# c\nA=1\nB=2\n", b"# c\nA=3\nB=2\nC=4\n");
    assert_eq!(told, ["-A=1", "+A=3", "+C=4"]);
    assert!(difference(b"A=1\n", b"A=1\n").is_empty());
}

#[test]
fn changes_are_found_by_key() {
    let found = changes_between(b"A=1\nB=2\n", b"B=3\nC=4\n", Wins::Last);
    assert_eq!(found, [unset("A"), set("B", "3"), set("C", "4")]);
}

/// Lines as files have them, odd ones too, and whole files of them.
fn file() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        "[ABC]=[ -~]{0,4}".prop_map(String::into_bytes),
        "[ABC]=[a-z]{0,3}\r".prop_map(String::into_bytes),
        "(#|a=|=| A=1|A)[a-z]{0,3}".prop_map(String::into_bytes),
        proptest::collection::vec(any::<u8>(), 0..6),
    ];
    (proptest::collection::vec(line, 0..8), any::<bool>()).prop_map(|(lines, ended)| {
        let mut bytes = lines.join(&b'\n');
        if ended {
            bytes.push(b'\n');
        }
        bytes
    })
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = ("[ABCD]", proptest::option::of("[ -~]{0,5}"))
        .prop_map(|(key, value)| Change { key, value });
    proptest::collection::vec(change, 0..4).prop_map(|mut changes| {
        changes.sort_by(|a, b| a.key.cmp(&b.key));
        changes.dedup_by(|a, b| a.key == b.key);
        changes
    })
}

fn wins() -> impl Strategy<Value = Wins> {
    prop_oneof![Just(Wins::Last), Just(Wins::First)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn edits_do_what_they_say_and_nothing_else(
        before in file(), changes in changes(), wins in wins(),
    ) {
        let after = edit(&before, &changes, wins);
        for change in &changes {
            let found = value(&after, &change.key, wins);
            prop_assert_eq!(found, change.value.as_deref().map(str::as_bytes));
        }
        let untouched = |bytes: &[u8]| -> Vec<Vec<u8>> {
            let is_changed = |line: &&[u8]| {
                let key = key_of(line);
                changes.iter().any(|change| key == Some(change.key.as_bytes()))
            };
            lines(bytes)
                .into_iter()
                .filter(|line| !is_changed(line))
                .map(|line| line.strip_suffix(b"\n").unwrap_or(line).to_vec())
                .collect()
        };
        prop_assert_eq!(untouched(&before), untouched(&after));
    }

    #[test]
    fn edits_are_idempotent(before in file(), changes in changes(), wins in wins()) {
        let once = edit(&before, &changes, wins);
        prop_assert_eq!(&edit(&once, &changes, wins), &once);
        prop_assert_eq!(edit(&before, &[], wins), before);
    }

    #[test]
    fn found_changes_lead_there(before in file(), after in file(), wins in wins()) {
        let found = changes_between(&before, &after, wins);
        let made = edit(&before, &found, wins);
        let left = changes_between(&made, &after, wins);
        // What is no text cannot be written again.
        let is_text = |change: &Change| {
            !change.value.as_ref().is_some_and(|value| value.contains('\u{fffd}'))
        };
        prop_assert!(!left.iter().any(is_text), "{:?}", left);
    }

    /// What the editor takes for a line of a key is what Go's reader takes for one.
    #[test]
    fn editor_and_reader_agree(before in file(), wins in wins()) {
        let read = crate::EnvFile::parse(std::path::PathBuf::new(), &before);
        for key in ["A", "B", "C", "D"] {
            let found = match wins {
                Wins::Last => read.last(key),
                Wins::First => read.first(key),
            };
            let ours = value(&before, key, wins).map(String::from_utf8_lossy);
            prop_assert_eq!(found.map(|(value, _)| value), ours.as_deref());
        }
    }
}
