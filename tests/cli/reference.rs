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
            "rules/README",
            ["[GP001](GP001.md)", "goproxy-unset", "error", "high"],
        ),
        (
            "rules/GP001",
            ["# GP001 goproxy-unset", "## Wrong", "## Right", "```yaml"],
        ),
        (
            "errors",
            ["## Integrity", "### GE36", "GOPRIVATE", "is not printed"],
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    let said = place.run(&["reference", folder.path().to_str().unwrap()]);
    assert_eq!(said.code, Some(0));
    for (page, words) in table {
        let text = std::fs::read_to_string(folder.path().join(format!("{page}.md"))).unwrap();
        for word in words {
            assert!(text.contains(word), "{page}: {word}");
        }
    }
    assert!(!place.run(&["--help"]).out.contains("reference"));
}
