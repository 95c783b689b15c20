//! Notes and tree heads, well formed and not.

use proptest::prelude::*;

use super::*;
use crate::Signer;

const TEXT: &str = "go.sum database tree\n2\nnND/nri/U0xuHUrYSy0HtMeal2vzD9V4k/BO79C+QeI=\n";

fn signer(name: &str, seed: u8) -> Signer {
    Signer::from_seed(name, &[seed; 32]).unwrap()
}

fn database() -> Database {
    let key = signer("sum.example", 7).verifier_key();
    Database::parse(&key).unwrap().unwrap()
}

/// The signature line of a note by this signer.
fn line(signer: &Signer, text: &str) -> String {
    let note = String::from_utf8(signer.sign(text)).unwrap();
    note[text.len() + 1..].to_owned()
}

fn open(note: &str) -> Result<&str, Error> {
    super::open(&super::tests::database(), note.as_bytes())
}

#[test]
fn a_signed_note_opens() {
    let note = signer("sum.example", 7).sign(TEXT);
    let note = std::str::from_utf8(&note).unwrap();
    assert_eq!(open(note), Ok(TEXT));
    let (size, root) = parse_tree(TEXT).unwrap();
    assert_eq!(size, 2);
    assert_eq!(tree_text(size, &root), TEXT);
}

#[test]
fn other_signers_are_passed_over() {
    let ours = line(&signer("sum.example", 7), TEXT);
    let others = line(&signer("other.example", 8), TEXT) + &line(&signer("sum.example", 9), "x\n");
    for lines in [
        format!("{ours}{others}"),
        format!("{others}{ours}"),
        format!("{ours}{ours}"),
    ] {
        assert_eq!(open(&format!("{TEXT}\n{lines}")), Ok(TEXT));
    }
}

#[test]
fn a_note_without_our_signature_is_not_believed() {
    let ours = signer("sum.example", 7);
    let hash_of_other = {
        // The right signature under another key's hash.
        let line = line(&ours, TEXT);
        let (start, encoded) = line.trim_end().rsplit_once(' ').unwrap();
        let mut bytes = BASE64.decode(encoded.as_bytes()).unwrap();
        bytes[0] ^= 1;
        format!("{start} {}\n", BASE64.encode(&bytes))
    };
    for (lines, text) in [
        (
            line(&signer("sum.example", 8), TEXT),
            "no signature by sum.example+",
        ),
        (line(&signer("other.example", 7), TEXT), "no signature by"),
        (
            line(&ours, TEXT).replace("sum.example", "Sum.example"),
            "no signature by",
        ),
        (hash_of_other, "no signature by"),
        (
            line(&ours, "go.sum database tree\n"),
            "invalid signature for key sum.example+",
        ),
        // A wrong one counts even beside a right one.
        (
            line(&ours, TEXT) + &line(&ours, "x\n"),
            "invalid signature for key",
        ),
        (
            line(&ours, "x\n") + &line(&ours, TEXT),
            "invalid signature for key",
        ),
    ] {
        let error = open(&format!("{TEXT}\n{lines}")).unwrap_err();
        assert!(matches!(&error, Error::Signature(_)), "{error}");
        assert!(error.to_string().contains(text), "{error}");
    }
}

#[test]
fn a_signature_of_another_length_is_wrong() {
    let line = line(&signer("sum.example", 7), TEXT);
    let (start, encoded) = line.trim_end().rsplit_once(' ').unwrap();
    let bytes = BASE64.decode(encoded.as_bytes()).unwrap();
    for signature in [&bytes[..67], &bytes[..5], &[&bytes[..], &[0]].concat()] {
        let note = format!("{TEXT}\n{start} {}\n", BASE64.encode(signature));
        assert!(matches!(open(&note), Err(Error::Signature(_))));
    }
    let note = format!("{TEXT}\n{start} {}\n", BASE64.encode(&bytes[..4]));
    assert!(matches!(open(&note), Err(Error::Malformed(_))));
}

#[test]
fn malformed_notes_are_refused() {
    let line = line(&signer("sum.example", 7), TEXT);
    let signed = format!("{TEXT}\n{line}");
    for note in [
        String::new(),
        "\n".into(),
        "\n\n".into(),
        TEXT.into(),
        format!("{TEXT}\n"),
        format!("{TEXT}{line}"),
        signed.trim_end().into(),
        format!("{signed}\n"),
        format!("{signed}x\n"),
        format!("{signed} "),
        signed.replace('\n', "\r\n"),
        signed.replace("tree", "tr\0ee"),
        signed.replace("tree", "tr\tee"),
        signed.replace("tree", "tr\u{1f}ee"),
        signed.replace('\u{2014}', "-"),
        signed.replace("\u{2014} ", "\u{2014}"),
        signed.replace("sum.example ", "sum.example"),
        signed.replace("sum.example ", " "),
        signed.replace("sum.example ", "sum+example "),
        signed.replace("sum.example ", "sum\u{a0}example "),
        signed.replace("sum.example ", "sum.example  "),
        format!("{TEXT}\n{}", line.trim_end().to_owned() + "=\n"),
    ] {
        let error = open(&note).unwrap_err();
        assert!(matches!(error, Error::Malformed(_)), "{note:?}: {error}");
        assert_eq!(error.to_string().lines().count(), 1);
    }
    let bytes = signed.replace("tree", "tr\u{e9}e").into_bytes();
    let broken: Vec<_> = bytes.into_iter().filter(|byte| *byte != 0xc3).collect();
    assert!(matches!(
        super::open(&database(), &broken),
        Err(Error::Malformed(_))
    ));
}

#[test]
fn signatures_and_length_are_bounded() {
    let ours = line(&signer("sum.example", 7), TEXT);
    let other = line(&signer("other.example", 8), TEXT);
    let note = format!("{TEXT}\n{}{ours}", other.repeat(99));
    assert_eq!(open(&note), Ok(TEXT));
    let note = format!("{TEXT}\n{ours}{}", other.repeat(100));
    assert!(
        open(&note)
            .unwrap_err()
            .to_string()
            .contains("more than 100 signatures")
    );
    let long = format!("{TEXT}{}\n", "x".repeat(NOTE_BYTES));
    let note = String::from_utf8(signer("sum.example", 7).sign(&long)).unwrap();
    assert!(
        open(&note)
            .unwrap_err()
            .to_string()
            .contains("over the limit")
    );
}

#[test]
fn tree_heads_have_one_form() {
    let root = "nND/nri/U0xuHUrYSy0HtMeal2vzD9V4k/BO79C+QeI=";
    for text in [
        format!("go.sum database tree\n0\n{root}\n"),
        format!("go.sum database tree\n9223372036854775807\n{root}\n"),
        format!("go.sum database tree\n2\n{root}\nmore\nlines\n"),
    ] {
        assert!(parse_tree(&text).is_ok(), "{text}");
    }
    for text in [
        String::new(),
        "go.sum database tree\n".into(),
        format!("go.sum database tree\n2\n{root}"),
        format!("go.sum database trees\n2\n{root}\n"),
        format!("go.sum database tree \n2\n{root}\n"),
        format!(" go.sum database tree\n2\n{root}\n"),
        format!("go.sum database tree\n02\n{root}\n"),
        format!("go.sum database tree\n+2\n{root}\n"),
        format!("go.sum database tree\n-2\n{root}\n"),
        format!("go.sum database tree\n 2\n{root}\n"),
        format!("go.sum database tree\n2 \n{root}\n"),
        format!("go.sum database tree\n\n{root}\n"),
        format!("go.sum database tree\n0x2\n{root}\n"),
        format!("go.sum database tree\n9223372036854775808\n{root}\n"),
        format!("go.sum database tree\n18446744073709551616\n{root}\n"),
        "go.sum database tree\n2\nnND/nri/U0xuHUrYSy0HtMeal2vzD9V4k/BO79C+QQ==\n".into(),
        format!("go.sum database tree\n2\n{root}{root}\n"),
        format!("go.sum database tree\n2\n {root}\n"),
        "go.sum database tree\n2\n\n".into(),
    ] {
        assert!(
            matches!(parse_tree(&text), Err(Error::Malformed(_))),
            "{text:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_changed_byte_opens_to_another_text(at in 0usize..200, flip in 1u8..) {
        let mut note = signer("sum.example", 7).sign(TEXT);
        let at = at % note.len();
        note[at] ^= flip;
        if let Ok(text) = super::open(&database(), &note) {
            prop_assert_eq!(text, TEXT);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>, text in "\\PC{0,30}\n\n(\u{2014} \\PC{0,20}\n){0,3}") {
        prop_assert!(super::open(&database(), &bytes).is_err());
        prop_assert!(open(&text).is_err());
        let _ = parse_tree(&text);
    }
}
