//! go.mod files that mean harm: size, depth, bytes that are no text, words that rewrite terminals.

use super::{module_path, parse_lax, parse_strict};

/// As large as a go.mod may be in a module zip.
const BYTES: usize = 16 << 20;

/// Both readings' error texts; both must refuse.
fn refusals(data: &[u8]) -> [String; 2] {
    [parse_strict("go.mod", data), parse_lax("go.mod", data)].map(|result| {
        let text = result.unwrap_err().to_string();
        assert!(text.len() < 20_000, "{} bytes", text.len());
        text
    })
}

#[test]
fn one_line_of_anything_is_read_or_refused_in_short() {
    for unit in [
        "a", "é", "( ", "a(", "[ ", "\"a\" ", "\\", "`", "// ", "\r", "\u{301}",
    ] {
        let mut data = b"require ".to_vec();
        while data.len() + unit.len() <= BYTES / 16 {
            data.extend_from_slice(unit.as_bytes());
        }
        for result in [parse_strict("go.mod", &data), parse_lax("go.mod", &data)] {
            if let Err(error) = result {
                assert!(error.to_string().len() < 1000, "{unit}");
            }
        }
        assert_eq!(module_path(&data), None);
    }
}

#[test]
fn long_words_are_shown_shortened() {
    let long = "x".repeat(BYTES / 8);
    for data in [
        format!("go {long}\n"),
        format!("require {long}.y/v2 v1.0.0\n"),
        format!("require x.y/{long} {long}\n"),
        format!("require x.y/v2 v1.0.0-{long}\n"),
    ] {
        for text in refusals(data.as_bytes()) {
            assert!(text.len() < 500, "{} bytes", text.len());
        }
    }
    for data in [
        format!("{long}\n"),
        format!("{long} (\n)\n"),
        format!("toolchain {long}\n"),
        format!("retract v1.0.0 {long}\n"),
        format!("replace x.y/v{long} => z.y v1.0.0\n"),
        format!("replace x.y/m => ./{long} v1.0.0\n"),
    ] {
        let text = parse_strict("go.mod", data.as_bytes());
        let text = text.map_or_else(|error| error.to_string(), |_| String::new());
        assert!(text.len() < 500, "{} bytes", text.len());
    }
}

#[test]
fn nothing_in_a_fault_rewrites_a_terminal_or_adds_a_line() {
    for data in [
        "go \"\x1b[2J\"\n",
        "toolchain \"\x1b[2J\"\n",
        "\"\x1b[2J\" x\n",
        "\"\\\n\x1b[2J\" x\n",
        "\"\x1b[2J\" (\n)\n",
        "\x1b[2J\n",
        "require \"\\x1b[2J\\n\" x\n",
        "require \"a\\x1b[2J\\n/v2\" v1.0.0\n",
        "require a \"\\x1b[2J\"\n",
        "replace \"\\x1b/v1\" => b v1.0.0\n",
        "replace a => \"./\\x1b\" v1.0.0\n",
        "retract v1.0.0 \"\x1b[2J\"\n",
        "retract a'\x1b[2J\n",
    ] {
        let error = parse_strict("go.mod", data.as_bytes()).unwrap_err();
        for fault in error.faults() {
            let text = fault.to_string();
            assert!(!text.contains(char::is_control), "{data:?}: {text:?}");
        }
    }
}

/// Two bytes a line would become fifty times as much memory.
#[test]
fn more_directives_than_any_module_has_are_refused() {
    for (block, line) in [
        ("retract", "v1\n"),
        ("ignore", "a\n"),
        ("require", "a v1.0.0\n"),
    ] {
        let data = format!("{block} (\n{})\n", line.repeat(1 << 16));
        assert!(parse_lax("go.mod", data.as_bytes()).is_ok(), "{block}");
        let data = format!("{block} (\n{})\n", line.repeat((1 << 16) + 1));
        for text in refusals(data.as_bytes()) {
            assert_eq!(
                text, "go.mod:65538: too many directives (limit is 65536)",
                "{block}"
            );
        }
    }
    // What is passed over does not count.
    let data = "tool (\n".to_owned() + &"a\n".repeat(100_000) + ")\nunknown\n";
    assert!(parse_lax("go.mod", data.as_bytes()).is_ok());
}

#[test]
fn blocks_do_not_nest() {
    let data = "require (\n".repeat(60_000);
    for text in refusals(data.as_bytes()) {
        assert!(
            text.contains("unterminated block started at go.mod:1:1"),
            "{text}"
        );
    }
    let data = format!("{}{}", "( ".repeat(100_000), ") ".repeat(100_000));
    assert!(parse_strict("go.mod", data.as_bytes()).is_err());
}

#[test]
fn thousands_of_faults_are_twenty() {
    let data = "?\n".repeat(60_000);
    let error = parse_strict("go.mod", data.as_bytes()).unwrap_err();
    assert_eq!(error.faults().len(), 20);
}

#[test]
fn a_comment_over_many_lines_is_kept_once() {
    let comment = format!("// {}\n", "why ".repeat(250_000));
    let data = format!("{comment}retract (\n{})\n", "v1.0.0\n".repeat(60_000));
    let file = parse_lax("go.mod", data.as_bytes()).unwrap();
    assert_eq!(file.retract.len(), 60_000);
    assert_eq!(file.retract[59_999].rationale.len(), 999_999);
}

#[test]
fn bytes_that_are_no_text_are_read_where_go_reads_them() {
    let file = parse_lax("go.mod", b"module x.y/m // \xff\xfe\ngo 1.21\n").unwrap();
    assert_eq!(file.module.unwrap().path, "x.y/m");
    let file = parse_strict("go.mod", b"module x.y/\xff\n").unwrap();
    assert_eq!(file.module.unwrap().path, "x.y/\u{fffd}");
    for text in refusals(b"require x.y/\xff \xff\n") {
        assert!(text.starts_with("go.mod:1"), "{text}");
    }
    for text in refusals(b"\xef\xbb\xbfmodule x.y/m\n") {
        assert_eq!(text, "go.mod:1: unexpected input character '\\ufeff'");
    }
    assert!(parse_lax("go.mod", &vec![0xff; 1 << 20]).is_ok());
    assert!(parse_lax("go.mod", &vec![0; 1 << 20]).is_err());
}
