//! Each way of setting a variable in a script, and each way of running Go.

use proptest::prelude::*;

use super::*;
use crate::dialects::outline;
use crate::dialects::shown::{check_table, shown, shown_blocks};

fn read_text(script: &str) -> String {
    let embedded = Embedded::piece(FileId(0), script, 0);
    let around = Surroundings {
        system: System::Shell,
    };
    let mut out = String::new();
    shown(&read_script(&embedded, around), script, 0, &mut out);
    out
}

#[test]
fn settings_and_commands_are_read() {
    check_table(include_str!("../../../testdata/shell.txt"), read_text);
}

#[test]
fn a_file_is_a_block_and_its_uncalled_functions_are_blocks() {
    let text = "#!/bin/sh\nbuild() { go build; }\nused() { go vet; }\nused\n";
    let (_, unit) = outline::read(read, &[("hack/lib.sh", text)]);
    assert_eq!(
        shown_blocks(&unit.blocks, text),
        "script \"lib.sh\" Child\n  run go vet\nfunction \"build\" Child\n  run go build\n"
    );
    let text = "\u{feff}export GOPROXY=https://p\nif then (\n";
    let (repository, unit) = outline::read(read, &[("etc/profile.d/go.sh", text)]);
    assert_eq!((unit.dialect, unit.faults.len()), (Dialect::Profile, 1));
    let Some(Item::Set(setting)) = unit.blocks[0].items.first() else {
        unreachable!("{:?}", unit.blocks);
    };
    assert_eq!(repository.slice(setting.span), "https://p");
}

#[test]
fn the_folder_of_a_script_is_known() {
    let text = "cd \"$(dirname \"$0\")/..\"\nD=$(cd \"$(dirname \"${BASH_SOURCE[0]}\")/../x\" && pwd)\n\
                . \"$D/lib.sh\"\ncd $(git rev-parse --show-toplevel)\n";
    let (_, unit) = outline::read(read, &[("hack/ci/a.sh", text)]);
    let shown = shown_blocks(&unit.blocks, text);
    for expected in [
        "folder /hack/ci/..",
        "call script $D/lib.sh sourced",
        "folder /.",
    ] {
        assert!(shown.contains(expected), "{shown}");
    }
}

#[test]
fn deep_and_wide_scripts_end() {
    for script in [
        "( ".repeat(20_000),
        "$(".repeat(20_000),
        "\"$(".repeat(5_000),
        "if a; then ".repeat(5_000),
        "${a:-".repeat(5_000),
        "a && ".repeat(20_000),
        "f() { f; f; f; }; f\n".repeat(200),
        format!("{}true", "f() { g; g; }; g() { f; f; }; f; ".repeat(50)),
        "<<A ".repeat(5_000),
        "{ ".repeat(20_000),
        "case a in a) ".repeat(3_000),
        format!("sh -c \"{}\"", "sh -c '".repeat(3_000)),
        "x".repeat(MAX_SCRIPT + 1),
    ] {
        let embedded = Embedded::piece(FileId(0), &script, 0);
        let reading = read_nested(
            &embedded,
            Surroundings {
                system: System::Shell,
            },
            (0, None),
        );
        assert!(reading.faults.len() < 2);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn any_script_is_read(script in "[a-cX$(){}<>|&;'\"\\\\`=\n éGO-]{0,80}") {
        let embedded = Embedded::piece(FileId(0), &script, 0);
        for item in read_script(&embedded, Surroundings { system: System::GitHub }) {
            if let Item::Set(setting) = item {
                prop_assert!(setting.span.range().end <= script.len());
            }
        }
    }
}
