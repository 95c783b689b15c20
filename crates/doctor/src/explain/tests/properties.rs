//! What holds for logs of any kind.

use proptest::prelude::*;

use crate::explain::{Explainer, Place, explain, redact};

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read(log in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _ = explain(&log, Place::Shell);
    }

    #[test]
    fn pieces_make_no_difference(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("go: "), Just("\n"), Just("\t"), Just("verifying m.b/c@v1: checksum mismatch"), Just("\n\n"),
                Just("SECURITY ERROR"), Just("downloaded: h1:a="), Just("go.sum: h1:b="), Just("\r"), Just("\x1b[1m"),
                Just("{\"Error\":\"x: 404 Not Found\"}"), Just("reading http://h/m.b/@v/list: "), Just("404 Not Found"),
                Just("For more information"), Just("a imports"), Just("    "), Just("é"),
            ],
            0..40,
        ),
        size in 1_usize..20,
    ) {
        let log = parts.concat();
        let mut explainer = Explainer::new(Place::GitHub);
        for piece in log.as_bytes().chunks(size) {
            explainer.push(piece);
        }
        prop_assert_eq!(explainer.finish(), explain(log.as_bytes(), Place::GitHub));
    }

    #[test]
    fn no_password_survives(
        scheme in "https?|ssh|git\\+ssh",
        user in "[a-z]{1,8}",
        password in "[!#-~]{1,5}S3CR3T[!#-~]{0,5}",
        before in "(go: |Get \"|reading |parse \"|')",
        behind in "(\": EOF|: 404 Not Found|/m\\.example/m/@v/list\": EOF|')",
    ) {
        let text = format!("go: m.example/m@v1.0.0: {before}{scheme}://{user}:{password}@h.example{behind}");
        prop_assert!(!redact(&text).contains("S3CR3T"), "{}", redact(&text));
        let report = explain(text.as_bytes(), Place::Shell);
        prop_assert!(!format!("{report:?}").contains("S3CR3T"), "{report:?}");
    }
}

#[test]
fn a_log_without_end_is_read_in_bounded_room() {
    let mut explainer = Explainer::new(Place::Shell);
    let line = vec![b'x'; 10 << 20];
    explainer.push(&line);
    for index in 0..5000 {
        explainer
            .push(format!("\ngo: m{index}.example/m@v1.0.0: Get \"http://h/x\": EOF").as_bytes());
    }
    let report = explainer.finish();
    assert_eq!(report.cut_lines, 1);
    assert_eq!(report.explanations.len(), 1000);
    assert_eq!(report.left_off, 4000);
}
