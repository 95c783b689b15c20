//! How a value is written in each syntax. A policy's values have no line break and no control
//! character; everything else may stand in them.

/// In single quotes of a POSIX shell.
pub(crate) fn shell(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

/// In double quotes of YAML and JSON.
pub(crate) fn yaml(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', r"\\").replace('"', "\\\""))
}

/// In double quotes of a Dockerfile, where `$` would expand.
pub(crate) fn dockerfile(value: &str) -> String {
    let value = value.replace('\\', r"\\").replace('"', "\\\"");
    format!("\"{}\"", value.replace('$', r"\$"))
}

/// `"NAME=VALUE"` as systemd reads a list of assignments: quoted as in C, `%` doubled.
pub(crate) fn systemd(name: &str, value: &str) -> String {
    let value = value.replace('\\', r"\\").replace('"', "\\\"");
    format!("\"{name}={}\"", value.replace('%', "%%"))
}

/// The value of a line of environment.d(5): in double quotes where it needs them.
pub(crate) fn environment_d(value: &str) -> String {
    let is_plain =
        |letter: char| letter.is_ascii_alphanumeric() || "-._~:/,|*?@+=[]".contains(letter);
    if value.chars().all(is_plain) {
        return value.to_owned();
    }
    let value = value.replace('\\', r"\\").replace('"', "\\\"");
    format!("\"{}\"", value.replace('`', r"\`"))
}

/// In double quotes of HCL, where `${` and `%{` would begin a template.
pub(crate) fn hcl(value: &str) -> String {
    let value = value.replace('\\', r"\\").replace('"', "\\\"");
    format!("\"{}\"", value.replace("${", "$${").replace("%{", "%%{"))
}

/// In single quotes of Groovy.
pub(crate) fn groovy(value: &str) -> String {
    format!("'{}'", value.replace('\\', r"\\").replace('\'', r"\'"))
}

/// In single quotes of an expression of GitHub Actions.
pub(crate) fn expression(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}
