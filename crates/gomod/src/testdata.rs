//! Go's own test tables, for the tests of every module (`testdata/go/README.md`).

use serde_json::Value;

/// The rows of a table.
pub(crate) fn rows(json: &str) -> Vec<Value> {
    let rows: Vec<Value> = serde_json::from_str(json).unwrap();
    assert!(!rows.is_empty());
    rows
}

/// A text field of a row.
pub(crate) fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field]
        .as_str()
        .unwrap_or_else(|| panic!("no text {field} in {row}"))
}

/// A truth value of a row.
pub(crate) fn truth(row: &Value, field: &str) -> bool {
    row[field]
        .as_bool()
        .unwrap_or_else(|| panic!("no truth value {field} in {row}"))
}
