use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::unit::FaultKind;

/// A tree in one line: `{key: value}`, `[member]`, scalars as Rust writes strings.
fn show(node: Node<'_>) -> String {
    let tag = node.tag().map(|tag| format!("{tag} ")).unwrap_or_default();
    if node.is_mapping() {
        let entries = node.entries().into_iter();
        let entries: Vec<String> = entries
            .map(|entry| format!("{}: {}", entry.name(), show(entry.value)))
            .collect();
        return format!("{tag}{{{}}}", entries.join(", "));
    }
    if node.is_sequence() {
        let items: Vec<String> = node.items().map(show).collect();
        return format!("{tag}[{}]", items.join(", "));
    }
    match node.string() {
        Some(text) if node.is_plain() => format!("{tag}{text}"),
        Some(text) => format!("{tag}{text:?}"),
        None => format!("{tag}-"),
    }
}

fn read(source: &SourceFile) -> Yaml<'_> {
    Yaml::read(FileId(0), source)
}

#[test]
fn trees_hold_what_is_written() {
    let cases = [
        ("a: b\nc: [d, {e: f}]\n", "{a: b, c: [d, {e: f}]}"),
        ("a:\nb: ~\nc: ''\nd: null\n", "{a: -, b: -, c: \"\", d: -}"),
        ("a: 'it''s'\nb: \"x\\ty\"\n", "{a: \"it's\", b: \"x\\ty\"}"),
        (
            "a: |\n  x\n   y\nb: >-\n  x\n  y\n",
            "{a: \"x\\n y\\n\", b: \"x y\"}",
        ),
        (
            "\u{feff}a: b\r\nc: |\r\n  d\r\n  e\r\n",
            "{a: b, c: \"d\\ne\\n\"}",
        ),
        ("a: &x {b: c}\nd: *x\n", "{a: {b: c}, d: {b: c}}"),
        (
            "a: &x {b: c, d: e}\nf:\n  <<: *x\n  b: own\n",
            "{a: {b: c, d: e}, f: {b: own, d: e}}",
        ),
        (
            "x: &x {a: 1}\ny: &y {a: 2, b: 3}\nz: {<<: [*x, *y]}\n",
            "{x: {a: 1}, y: {a: 2, b: 3}, z: {a: 1, b: 3}}",
        ),
        (
            "s: !reference [.a, script]\n",
            "{s: !reference [.a, script]}",
        ),
        ("a: 1\na: 2\n", "{a: 2}"),
        ("--- # one\na: b\n---\nc: d\n", "{a: b}"),
        ("a: *.corp\nb: c\n", "{a: \"*.corp\", b: c}"),
        (
            "a: *.corp,git.x # why\nb: [*.y, z]\n",
            "{a: \"*.corp,git.x\", b: [\"*.y\", z]}",
        ),
        ("a: {{ .Values.x }}\nb: c\n", "{a: {{ .Values.x }}, b: c}"),
        (
            "{{- if .x }}\na: \"{{ .y | quote \"z\" }}\"\n{{- end }}\nb: c\n",
            "{a: \"{{ .y | quote \\\"z\\\" }}\", b: c}",
        ),
        (
            "a: ${{ env.X }}\nb: $[[ inputs.x ]]\n",
            "{a: ${{ env.X }}, b: $[[ inputs.x ]]}",
        ),
    ];
    for (text, expected) in cases {
        let source = SourceFile::new("a.yml", text.as_bytes());
        let yaml = read(&source);
        let root = yaml.root().map(show).unwrap_or_default();
        assert_eq!(root, expected, "{text}");
    }
}

#[test]
fn spans_are_what_stands_in_the_file() {
    let text =
        "a: 'x'\nb:  \"y\" # c\nc: |- # > d\n  one\n  two\n\nd: {e: f} \ng:\n  - h\n\n# end\n";
    let source = SourceFile::new("a.yml", text.as_bytes());
    let yaml = read(&source);
    let root = yaml.root().unwrap();
    let raw: Vec<&str> = root
        .entries()
        .iter()
        .map(|entry| entry.value.raw())
        .collect();
    assert_eq!(
        raw,
        ["'x'", "\"y\"", "|- # > d\n  one\n  two", "{e: f}", "- h"]
    );
    assert_eq!(root.raw(), text.trim_end_matches("\n\n# end\n"));
}

#[test]
fn embedded_texts_know_their_places() {
    let text = "a: |\n    go build\n      x\n\n    go test\nb: >\n  go\n  vet\n\n  go mod\nc: go\n  run x\nd: 'go ''a'''\ne: \"go \\\"b\\\" \\\n  c\"\nf: |2\n     go x\r\n   \ty\r\n";
    let source = SourceFile::new("a.yml", text.as_bytes());
    let yaml = read(&source);
    for entry in yaml.root().unwrap().entries() {
        let script = entry.value.embedded();
        let value = entry.value.text().unwrap();
        assert_eq!(script.text(), value, "{}", entry.name());
        for (at, character) in value.char_indices() {
            let place = source.slice(script.span(at..at + character.len_utf8()));
            let is_joint = character.is_whitespace() && place.chars().all(char::is_whitespace);
            assert!(
                place == character.to_string() || is_joint,
                "{}: {character:?} of {value:?} stands at {place:?}",
                entry.name()
            );
        }
    }
}

/// The value is the very text that stands there, and yet the header is none of it.
#[test]
fn a_block_of_one_line_is_without_its_header() {
    for (text, value) in [
        ("a:\n  - run: |\n      go vet\n", "go vet\n"),
        ("a: >\n  go vet\nb: c\n", "go vet\n"),
        ("a: |-\n  go vet", "go vet"),
    ] {
        let source = SourceFile::new("a.yml", text.as_bytes());
        let yaml = read(&source);
        let mut node = yaml.root().unwrap().get("a").unwrap();
        while let Some(inner) = node.each().first().and_then(|item| item.get("run")) {
            node = inner;
        }
        assert_eq!(node.text(), Some(value), "{text:?}");
        let script = node.embedded();
        assert_eq!(source.slice(script.span(0..6)), "go vet", "{text:?}");
    }
}

#[test]
fn mistakes_are_named_and_what_stands_before_them_is_kept() {
    let syntax = |key: &str| (key.to_owned(), FaultKind::Syntax);
    let cases = [
        (
            "a: b\nc:\n\td: e\n",
            "a tab indents",
            syntax("d: e"),
            "{a: b}",
        ),
        (
            "a: b\nc: @d\n",
            "cannot begin with '@'",
            syntax("@d"),
            "{a: b}",
        ),
        ("a: b\nc: [d\n", "not YAML", syntax(""), "{a: b, c: []}"),
        (
            "a: &x [*x]\n",
            "inside of its own anchor",
            syntax("*x]"),
            "{a: [-]}",
        ),
        (
            "env:\n  GOPRIVATE: *.corp,*.b\n  x: y\n",
            "`*.corp,*.b` begins with `*`",
            (
                "*.corp,*.b".to_owned(),
                FaultKind::Alias {
                    key: "GOPRIVATE".to_owned(),
                },
            ),
            "{env: {GOPRIVATE: \"*.corp,*.b\", x: y}}",
        ),
        (
            "a: {{ b }}\n",
            "template",
            ("{{ b }}".to_owned(), FaultKind::Template),
            "{a: {{ b }}}",
        ),
    ];
    for (text, message, (at, kind), tree) in cases {
        let source = SourceFile::new("a.yml", text.as_bytes());
        let yaml = read(&source);
        let [fault] = yaml.faults.as_slice() else {
            unreachable!("{text}: {:?}", yaml.faults);
        };
        assert!(fault.message.contains(message), "{}", fault.message);
        assert!(
            source.text()[fault.span.range().start..].starts_with(&at),
            "{text}: {fault:?}"
        );
        assert_eq!(fault.kind, kind);
        assert_eq!(yaml.root().map(show).as_deref(), Some(tree));
    }
}

#[test]
fn a_mistake_does_not_hide_the_next_document() {
    let source = SourceFile::new("a.yml", *b"a: @b\n---\nc: d\n");
    let yaml = read(&source);
    let trees: Vec<String> = yaml.documents().map(show).collect();
    assert_eq!(
        (trees.last().map(String::as_str), yaml.faults.len()),
        (Some("{c: d}"), 1)
    );
}

#[test]
fn booleans_and_duplicates_are_noticed() {
    let source = SourceFile::new("a.yml", *b"a: off\nb: 'off'\nc: Yes\nd: x\na: 1\n");
    let yaml = read(&source);
    let root = yaml.root().unwrap();
    let booleans: Vec<Option<bool>> = root.written().map(|entry| entry.value.boolean()).collect();
    assert_eq!(booleans, [Some(false), None, Some(true), None, None]);
    let duplicates: Vec<usize> = yaml
        .duplicates
        .iter()
        .map(|span| source.line(*span))
        .collect();
    assert_eq!(duplicates, [5]);
}

#[test]
fn exploding_anchors_are_cut_short() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let alias = format!("*a{}", level - 1);
        let members = vec![alias; 10].join(", ");
        let _ = writeln!(text, "a{level}: &a{level} [{members}]");
    }
    let source = SourceFile::new("a.yml", text.into_bytes());
    let yaml = read(&source);
    let shown = yaml.root().map(show).unwrap();
    assert!(shown.len() < 10 * MAX_REPEATED);
    assert!(
        yaml.faults
            .iter()
            .any(|fault| fault.kind == FaultKind::Limit)
    );
}

#[test]
fn depth_and_number_of_values_are_limited() {
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let wide = "- a\n".repeat(MAX_NODES + 10);
    let chain = (0..200).map(|at| format!("k{at}: &k{at} [*k{}]\n", at - 1));
    let chain = format!("k-1: &k-1 x\n{}", chain.collect::<String>());
    for text in [deep, wide, chain] {
        let source = SourceFile::new("a.yml", text.into_bytes());
        let yaml = read(&source);
        assert!(
            yaml.faults
                .iter()
                .any(|fault| fault.kind == FaultKind::Limit)
        );
        for document in yaml.documents() {
            let _ = show(document);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_a_tree_within_its_file(text in "([-a:|>'\"*&{}\\[\\]#?! \t\r\n,$%<é]|\n  |: |- |\\{\\{|\\}\\}){0,60}") {
        let source = SourceFile::new("a.yml", text.clone().into_bytes());
        let yaml = read(&source);
        for document in yaml.documents() {
            check(document, &source);
        }
        for fault in &yaml.faults {
            prop_assert!(fault.span.end as usize <= text.len() + 1);
        }
    }

    #[test]
    fn quoted_texts_come_back(value in "[ -~é\n]{0,40}") {
        let quoted = serde_json::to_string(&value).unwrap();
        let source = SourceFile::new("a.yml", format!("k: {quoted}\n").into_bytes());
        let yaml = read(&source);
        let node = yaml.root().and_then(|root| root.get("k")).unwrap();
        prop_assert_eq!(node.text(), Some(value.as_str()));
        prop_assert_eq!(node.raw(), quoted);
        let script = node.embedded();
        prop_assert_eq!(script.text(), value);
    }
}

/// All of a tree lies in the file, and can be walked.
fn check(node: Node<'_>, source: &SourceFile) {
    assert!(source.text().get(node.span().range()).is_some());
    let script = node.embedded();
    assert!(script.span(0..script.text().len()).range().start <= source.text().len());
    for entry in node.entries() {
        check(entry.key, source);
        check(entry.value, source);
        assert!(entry.key.text().is_none() || node.get(entry.name()).is_some());
    }
    for item in node.items() {
        check(item, source);
    }
}
