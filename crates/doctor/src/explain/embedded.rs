//! Errors and output inside JSON: `go mod download -json`, `go list -json`, `go build -json`, and the logs of
//! containers. Line by line, so that an object need not be whole.

/// Members that hold an error of `go`.
const ERRORS: [&str; 2] = ["\"Error\":", "\"Err\":"];
/// Members that hold a piece of output.
const OUTPUTS: [&str; 2] = ["\"Output\":", "\"log\":"];

/// The error that a line of JSON holds.
pub(super) fn error(line: &str) -> Option<String> {
    ERRORS.iter().find_map(|member| string(line, member))
}

/// The output that a line of JSON holds.
pub(super) fn output(line: &str) -> Option<String> {
    if !line.trim_start().starts_with('{') {
        return None;
    }
    OUTPUTS.iter().find_map(|member| string(line, member))
}

/// The string behind `member`, which is not within another string: an object or a line begins before it.
fn string(line: &str, member: &str) -> Option<String> {
    let start = line.find(member)?;
    let before = line[..start].trim_end();
    if !(before.is_empty() || before.ends_with(['{', ','])) {
        return None;
    }
    let value = &line[start + member.len()..];
    let mut values = serde_json::Deserializer::from_str(value).into_iter::<String>();
    values.next()?.ok().filter(|text| !text.is_empty())
}
