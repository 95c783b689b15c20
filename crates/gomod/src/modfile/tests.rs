use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::testdata::{rows, text};

/// What a parser answers, in the form of the table of x/mod's answers.
fn answer(result: Result<ModFile, ModFileError>) -> Value {
    let file = match result {
        Ok(file) => file,
        Err(error) => return Value::from(error.to_string()),
    };
    let text = |option: Option<String>| option.unwrap_or_default();
    let mut object = serde_json::Map::new();
    if let Some(module) = file.module {
        object.insert("module".to_owned(), json!(module.path));
        object.insert("deprecated".to_owned(), json!(module.deprecated));
    }
    for (key, value) in [("go", file.go), ("toolchain", file.toolchain)] {
        if let Some(value) = value {
            object.insert(key.to_owned(), json!(value));
        }
    }
    let require = file
        .require
        .into_iter()
        .map(|line| json!([line.path, line.version, line.indirect]));
    let exclude = file
        .exclude
        .into_iter()
        .map(|line| json!([line.path, line.version]));
    let replace = file.replace.into_iter().map(|line| {
        json!([
            line.old_path,
            text(line.old_version),
            line.new_path,
            text(line.new_version)
        ])
    });
    let retract = file
        .retract
        .into_iter()
        .map(|line| json!([line.low, line.high, &*line.rationale]));
    let godebug = file
        .godebug
        .into_iter()
        .map(|line| json!([line.key, line.value]));
    for (key, list) in [
        ("require", require.collect::<Vec<_>>()),
        ("exclude", exclude.collect()),
        ("replace", replace.collect()),
        ("retract", retract.collect()),
        ("godebug", godebug.collect()),
        (
            "tool",
            file.tool.into_iter().map(|path| json!([path])).collect(),
        ),
        (
            "ignore",
            file.ignore.into_iter().map(|path| json!([path])).collect(),
        ),
    ] {
        if !list.is_empty() {
            object.insert(key.to_owned(), Value::from(list));
        }
    }
    Value::Object(object)
}

#[test]
fn files_are_read_as_by_go() {
    for row in rows(include_str!("../../testdata/go/modfile-parse.json")) {
        let data = text(&row, "in").as_bytes();
        assert_eq!(
            answer(parse_strict("go.mod", data)),
            row["strict"],
            "strict: {row}"
        );
        assert_eq!(answer(parse_lax("go.mod", data)), row["lax"], "lax: {row}");
        assert_eq!(
            module_path(data).unwrap_or_default(),
            text(&row, "modulePath"),
            "{row}"
        );
    }
}

#[test]
fn deprecations_and_rationales_are_go_s() {
    for row in rows(include_str!(
        "../../testdata/go/modfile-moduleDeprecatedTests.json"
    )) {
        let file = parse_strict("in", text(&row, "in").as_bytes()).unwrap();
        assert_eq!(file.module.unwrap().deprecated, text(&row, "want"), "{row}");
    }
    for row in rows(include_str!(
        "../../testdata/go/modfile-retractRationaleTests.json"
    )) {
        let file = parse_strict("in", text(&row, "in").as_bytes()).unwrap();
        let rationales: Vec<_> = file.retract.iter().map(|line| &*line.rationale).collect();
        assert_eq!(rationales, [text(&row, "want")], "{row}");
    }
}

#[test]
fn module_lines_are_found_as_by_go() {
    for row in rows(include_str!(
        "../../testdata/go/modfile-modulePathTests.json"
    )) {
        let bytes = row["input"].as_array().unwrap().iter();
        let data: Vec<u8> = bytes
            .map(|byte| byte.as_u64().unwrap().try_into().unwrap())
            .collect();
        assert_eq!(
            module_path(&data).unwrap_or_default(),
            text(&row, "expected"),
            "{row}"
        );
    }
}

#[test]
fn bytes_that_are_no_text_stand_as_replacements() {
    let file = parse_strict("go.mod", b"module x.y/m // \xff\nrequire x.y/\xff v1.0.0\n").unwrap();
    assert_eq!(file.require[0].path, "x.y/\u{fffd}");
}

#[test]
fn the_synthetic_file_is_one_module_line() {
    let path = ModulePath::parse("example.com/m/v2").unwrap();
    assert_eq!(synthetic(&path), "module example.com/m/v2\n");
    let file = parse_strict("go.mod", synthetic(&path).as_bytes()).unwrap();
    assert_eq!(file.module.unwrap().path, path.as_str());
}

/// Files made of what go.mod files are made of.
fn file() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        "(module|go|toolchain|require|exclude|replace|retract|godebug|tool|ignore|other)",
        "(x\\.y/[a-c](/v2)?|v[012]\\.0\\.[01](\\+incompatible)?|1\\.2[0-4](rc1)?|go1\\.21|a=b|\\./d|=>)",
        "[ \t]",
        "(\r?\n|\\(\r?\n|\\)\r?\n|// indirect\n|// Deprecated: x\n)",
        "[\\[\\],\"`'(){}/*\\\\;é\u{feff}]",
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.join(" ").into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn what_is_read_strictly_is_read_laxly_too(data in file()) {
        let strict = parse_strict("go.mod", &data);
        let lax = parse_lax("go.mod", &data);
        if let (Ok(strict), Ok(lax)) = (&strict, &lax) {
            prop_assert_eq!(&strict.module, &lax.module);
            prop_assert_eq!(&strict.go, &lax.go);
            prop_assert_eq!(&strict.require, &lax.require);
            prop_assert_eq!(&strict.retract, &lax.retract);
            prop_assert!(lax.replace.is_empty() && lax.exclude.is_empty() && lax.tool.is_empty());
        }
        prop_assert!(strict.is_err() || lax.is_ok());
    }

    #[test]
    fn any_bytes_are_read_or_refused(data in proptest::collection::vec(any::<u8>(), 0..64)) {
        for result in [parse_strict("go.mod", &data), parse_lax("go.mod", &data)] {
            if let Err(error) = result {
                prop_assert!(!error.faults().is_empty());
            }
        }
        let _ = module_path(&data);
    }
}
