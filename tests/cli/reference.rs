//! The pages of the documentation that are made from code.

use crate::run::Place;

#[test]
fn pages_name_what_there_is() {
    let place = Place::new();
    let table = [
        (
            "configuration",
            [
                "`--upstream-timeout`",
                "`MODKEEP_BASIC_PASSWORD`",
                "`zip_bytes`",
                "`token_file`",
            ],
        ),
        (
            "cli",
            [
                "## `modkeep serve`",
                "## `modkeep route`",
                "## `modkeep verify`",
                "Exit codes:",
            ],
        ),
        (
            "metrics",
            ["`modkeep_", "| counter |", "| gauge |", "| histogram |"],
        ),
        (
            "errors",
            ["## Integrity", "### GE36", "GOPRIVATE", "is not printed"],
        ),
    ];
    for (page, words) in table {
        let said = place.run(&["reference", page]);
        assert_eq!(said.code, Some(0));
        for word in words {
            assert!(said.out.contains(word), "{page}: {word}");
        }
    }
    assert!(!place.run(&["--help"]).out.contains("reference"));
}
