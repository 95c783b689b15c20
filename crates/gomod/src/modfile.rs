//! go.mod files: reading them strictly (the main module's) and laxly (a dependency's).
//!
//! Follows the Go Modules Reference, section "go.mod files", and the behaviour of
//! `golang.org/x/mod/modfile`: the same lines are accepted and refused, with Go's texts and positions.
//! A file is read in one pass and only what its directives say is kept, so that memory stays in
//! proportion to the file even when it is hostile. Nothing here writes or edits a go.mod; the one
//! text that is made is the synthetic go.mod of a module that has none.

mod directive;
mod error;
#[cfg(test)]
mod hostile;
mod lexer;
mod parser;
mod quote;

use std::sync::Arc;

pub use error::{ModFileError, ModFileFault};
pub use quote::{auto_quote, quote, unquote};
pub(crate) use quote::{shorten, shown};

use crate::ModulePath;
use lexer::SourceText;

/// What a go.mod file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModFile {
    /// The `module` line; none when the file has no such line.
    pub module: Option<ModuleLine>,
    /// The Go version of the `go` line, without the prefix `go`: `1.21`, `1.22rc1`.
    pub go: Option<String>,
    /// The name of the `toolchain` line: `go1.22.1` or `default`. Only read strictly.
    pub toolchain: Option<String>,
    /// `require` lines in the order of the file.
    pub require: Vec<Require>,
    /// `exclude` lines. Only read strictly.
    pub exclude: Vec<Exclude>,
    /// `replace` lines. Only read strictly.
    pub replace: Vec<Replace>,
    /// `retract` lines.
    pub retract: Vec<Retract>,
    /// `godebug` lines. Only read strictly.
    pub godebug: Vec<Godebug>,
    /// Package paths of `tool` lines. Only read strictly.
    pub tool: Vec<String>,
    /// Directory paths of `ignore` lines.
    pub ignore: Vec<String>,
}

/// The `module` line of a go.mod file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleLine {
    /// The module path as written (unquoted); it has not been checked.
    pub path: String,
    /// The text after `Deprecated:` in the comments of the line; empty when there is none.
    pub deprecated: String,
}

/// One `require` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Require {
    /// The module path; only its major suffix has been checked, against the version.
    pub path: String,
    /// The canonical version.
    pub version: String,
    /// Whether the line has the comment `// indirect`.
    pub indirect: bool,
}

/// One `exclude` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclude {
    /// The module path.
    pub path: String,
    /// The canonical version.
    pub version: String,
}

/// One `replace` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replace {
    /// The path that is replaced.
    pub old_path: String,
    /// The version that is replaced; none for all of them.
    pub old_version: Option<String>,
    /// The other module's path, or a directory.
    pub new_path: String,
    /// The other module's version; none for a directory.
    pub new_version: Option<String>,
}

/// One `retract` line: every version from `low` to `high`, both included, by [`crate::semver::compare`].
/// Both stand as written and have not been checked; Go compares them so, and an invalid one is below
/// all versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retract {
    /// The lowest version retracted.
    pub low: String,
    /// The highest version retracted; equal to `low` for a single version.
    pub high: String,
    /// The reason, from the comments of the line or else of its block. Shared, because all lines of
    /// a block may have the block's.
    pub rationale: Arc<str>,
}

/// One `godebug` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Godebug {
    /// The setting's name.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// Reads the go.mod file of a main module: every line must be understood.
///
/// `name` is the file's name as it is to stand in error texts.
pub fn parse_strict(name: &str, data: &[u8]) -> Result<ModFile, ModFileError> {
    directive::interpret(name, &SourceText::new(data), true)
}

/// Reads the go.mod file of a dependency: unknown directives, and those that only matter in a main
/// module (exclude, replace, toolchain, godebug, tool), are passed over whatever they hold.
///
/// `name` is the file's name as it is to stand in error texts.
pub fn parse_lax(name: &str, data: &[u8]) -> Result<ModFile, ModFileError> {
    directive::interpret(name, &SourceText::new(data), false)
}

/// The module path that a go.mod file declares, read without regard for the rest of the file, as
/// Go's `modfile.ModulePath` does; none when there is no such line or its quoting is broken.
pub fn module_path(data: &[u8]) -> Option<String> {
    for line in data.split(|&byte| byte == b'\n') {
        let code = match line.windows(2).position(|pair| pair == b"//") {
            Some(comment) => &line[..comment],
            None => line,
        };
        let text = String::from_utf8_lossy(code);
        let Some(rest) = text.trim().strip_prefix("module") else {
            continue;
        };
        let path = rest.trim_start();
        if path.len() == rest.len() || path.is_empty() {
            continue;
        }
        let path = if path.starts_with(['"', '`']) {
            unquote(path)?
        } else {
            path.to_owned()
        };
        return Some(path).filter(|path| !path.is_empty());
    }
    None
}

/// The go.mod that Go assumes for a module without one: the module line alone, byte for byte.
/// Clients tell by exactly this text that a module has no go.mod.
pub fn synthetic(path: &ModulePath) -> String {
    format!("module {}\n", auto_quote(path.as_str()))
}

#[cfg(test)]
mod tests;
