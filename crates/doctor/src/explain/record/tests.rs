use super::*;

fn records(log: &str) -> Vec<(usize, String)> {
    let mut records = Records::default();
    let mut found = Vec::new();
    let mut take = |record: Record| found.push((record.line, record.text));
    for (index, line) in log.split('\n').enumerate() {
        records.push(index + 1, line, &mut take);
    }
    records.finish(&mut take);
    found
}

fn check(log: &str, wanted: &[(usize, &str)]) {
    let wanted: Vec<_> = wanted
        .iter()
        .map(|(line, text)| (*line, (*text).to_owned()))
        .collect();
    assert_eq!(records(log), wanted, "{log:?}");
}

#[test]
fn lines_that_belong_together_are_one_record() {
    check("a\nb\n", &[(1, "a"), (2, "b")]);
    check(
        "go: m@v1: reading u: 404 Not Found\n\tserver response: not found: v1\n\tsecond line\nnext",
        &[
            (
                1,
                "go: m@v1: reading u: 404 Not Found\n\tserver response: not found: v1\n\tsecond line",
            ),
            (4, "next"),
        ],
    );
    check(
        "malformed go.sum:\n/a/go.sum:3: wrong number of fields 1",
        &[(
            1,
            "malformed go.sum:\n/a/go.sum:3: wrong number of fields 1",
        )],
    );
    check(
        "Building:\ngo: one\n    below\n  beside",
        &[(1, "Building:"), (2, "go: one\n    below"), (4, "  beside")],
    );
    check(
        "\tgo: one\n\tgo: two\n\tthree\n\t\tbelow",
        &[
            (1, "\tgo: one"),
            (2, "\tgo: two"),
            (3, "\tthree\n\t\tbelow"),
        ],
    );
}

#[test]
fn the_notice_of_a_mismatch_belongs_to_it() {
    let notice = "SECURITY ERROR\nThis download does NOT match.\nThe bits may have been replaced.\n\nFor more information, see 'go help module-auth'.";
    let mismatch = "verifying m@v1: checksum mismatch\n\tdownloaded: h1:a=\n\tgo.sum:     h1:b=";
    let whole = format!("{mismatch}\n\n{notice}");
    check(&format!("{whole}\nnext"), &[(1, &whole), (10, "next")]);
    check(&format!("{whole}\n\tnext"), &[(1, &whole), (10, "\tnext")]);
    check(
        &format!("{mismatch}\n\nother"),
        &[(1, mismatch), (5, "other")],
    );
}

#[test]
fn of_a_stack_of_imports_the_last_line_stays() {
    check(
        "go: main imports\n\tb imports\n\tc tested by\n\td.test imports\n\te: cannot find module providing package e: x\n\t\tmore",
        &[(1, "e: cannot find module providing package e: x\n\t\tmore")],
    );
}

#[test]
fn json_gives_its_error() {
    check(
        "{\n\t\"Path\": \"m\",\n\t\"Error\": \"m@v1: reading u: 404 Not Found\\n\\tserver response: no\"\n}",
        &[
            (1, "{\n\t\"Path\": \"m\","),
            (3, "m@v1: reading u: 404 Not Found\n\tserver response: no"),
            (4, "}"),
        ],
    );
    check(
        "{\"Path\":\"m\",\"Error\":\"m@v1: bad\"}\n\t\"Err\": \"worse\"",
        &[(1, "m@v1: bad"), (2, "worse")],
    );
    check(
        "{\"ImportPath\":\"m\",\"Action\":\"build-output\",\"Output\":\"go: a\\n\\tb\\n\"}",
        &[(1, "go: a\n\tb")],
    );
    check(
        "{\"log\":\"go: a\\n\",\"stream\":\"stderr\"}",
        &[(1, "go: a")],
    );
    check("\"Error\": not json", &[(1, "\"Error\": not json")]);
}

#[test]
fn a_record_has_an_end() {
    let log = format!("go: a\n{}", "\tx\n".repeat(3 * MAX_LINES));
    let found = records(&log);
    assert!(found.len() > 2);
    assert!(
        found
            .iter()
            .all(|(_, text)| text.lines().count() <= MAX_LINES)
    );
}
