//! Names that no module may have.

use super::super::writer::{Item, zip};
use super::{Case, Refused, Stricter, add_name, both_named, case, named};

pub(super) const NAMES: &[Case] =
    &[
        case(
            "another module",
            Refused("path does not have prefix"),
            |_| zip(&[Item::new("example.com/other@v1.0.0/f", "")]),
        ),
        case(
            "another version",
            Refused("path does not have prefix"),
            |p| zip(&[Item::new(p.replace("@v1", "@v2") + "f", "")]),
        ),
        case(
            "the prefix without slash",
            Refused("path does not have prefix"),
            |p| zip(&[Item::new(p.trim_end_matches('/'), "")]),
        ),
        case("absolute", Refused("path does not have prefix"), |p| {
            zip(&[Item::new(format!("/{p}f"), "")])
        }),
        case("no name", Refused("path does not have prefix"), |_| {
            zip(&[Item::new("", "")])
        }),
        case(
            "absolute below the prefix",
            Refused("file path is not clean"),
            |p| named(p, "/etc/passwd"),
        ),
        case("escaping", Refused("file path is not clean"), |p| {
            named(p, "../../etc/passwd")
        }),
        case(
            "escaping further down",
            Refused("file path is not clean"),
            |p| named(p, "a/../../../b"),
        ),
        case(
            "escaping directory",
            Refused("file path is not clean"),
            |p| zip(&[Item::new(format!("{p}a/../"), "")]),
        ),
        case("a dot", Refused("file path is not clean"), |p| {
            named(p, "./a")
        }),
        case("two slashes", Refused("file path is not clean"), |p| {
            named(p, "a//b")
        }),
        case("backslashes", Refused("invalid char '\\\\'"), |p| {
            named(p, "..\\..\\b")
        }),
        case("a drive", Refused("invalid char ':'"), |p| named(p, "C:/b")),
        case(
            "a device",
            Refused("disallowed as path element component on Windows"),
            |p| named(p, "a/Nul.txt"),
        ),
        case(
            "a dot at the end",
            Refused("trailing dot in path element"),
            |p| named(p, "a./b"),
        ),
        case("three dots", Refused("invalid path element \"...\""), |p| {
            named(p, "a/.../b")
        }),
        case("NUL", Refused("invalid char '\\x00'"), |p| named(p, "a\0b")),
        case("a newline", Refused("invalid char '\\n'"), |p| {
            named(p, "a\nb")
        }),
        case("a mark", Refused("invalid char"), |p| named(p, "e\u{301}")),
        case("invalid UTF-8", Refused("invalid UTF-8"), |p| {
            zip(&[Item::new([p.as_bytes(), b"a\xffb"].concat(), "")])
        }),
        case(
            "names that differ in case",
            Refused("case-insensitive file name collision: \"a/b\" and \"a/B\""),
            |p| both_named(p, "a/b", "a/B"),
        ),
        case(
            "folders that differ in case",
            Refused("case-insensitive file name collision: \"a\" and \"A\""),
            |p| both_named(p, "a/b", "A/c"),
        ),
        case(
            "Kelvin",
            Refused("case-insensitive file name collision"),
            |p| both_named(p, "k", "\u{212A}"),
        ),
        case(
            "sigma",
            Refused("case-insensitive file name collision"),
            |p| both_named(p, "σ", "ς"),
        ),
        case(
            "a file and folder",
            Refused("entry \"a\" is both a file and a directory"),
            |p| both_named(p, "a/b", "a"),
        ),
        case(
            "twice the same name",
            Refused("multiple entries for file \"a\""),
            |p| both_named(p, "a", "a"),
        ),
        case(
            "go.mod below the root",
            Refused("go.mod file not in module root directory"),
            |p| named(p, "sub/go.mod"),
        ),
        case(
            "Go.Mod below the root",
            Refused("go.mod file not in module root directory"),
            |p| named(p, "sub/Go.Mod"),
        ),
        case(
            "GO.MOD",
            Refused("go.mod files must have lowercase names"),
            |p| named(p, "GO.MOD"),
        ),
        case(
            "another name in an extra field",
            Stricter("malformed at entry 0"),
            |p| {
                zip(&[Item::new(format!("{p}é"), "")
                    .central(|header| add_name(header, Some(b"evil")))])
            },
        ),
    ];
