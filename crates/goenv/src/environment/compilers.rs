//! The variables about compilers and processors. (cmd/go `internal/cfg` and `internal/work`.)

use super::variables::{Earlier, Made, or};
use super::{Origin, Setting, Sources};
use crate::check::quoted_words;
use crate::path::join;

/// The flags of each compiler, when nobody sets others.
const FLAGS: &str = "-O2 -g";
const FLAGS_BEFORE: &str = "-g -O2";
/// From this release on they stand in that order.
const FLAGS_SINCE: u32 = 20;

/// From this release on cgo is off where there is no C compiler.
const LOOKS_FOR_COMPILER_SINCE: u32 = 20;

/// The C compiler when nobody names one.
fn default_compiler(system: &str, of_gcc: &'static str, of_clang: &'static str) -> &'static str {
    match system {
        "darwin" | "ios" | "freebsd" | "openbsd" => of_clang,
        _ => of_gcc,
    }
}

pub(super) fn c(_: &Sources<'_>, set: Option<&Setting>, earlier: &Earlier<'_>) -> Made {
    or(set, default_compiler(earlier.value("GOOS"), "gcc", "clang"))
}

pub(super) fn cplusplus(_: &Sources<'_>, set: Option<&Setting>, earlier: &Earlier<'_>) -> Made {
    or(
        set,
        default_compiler(earlier.value("GOOS"), "g++", "clang++"),
    )
}

/// The program where it is on PATH, else its name.
pub(super) fn gccgo(sources: &Sources<'_>, set: Option<&Setting>, _: &Earlier<'_>) -> Made {
    let (name, origin) = or(set, "gccgo");
    let program = sources.found.programs.get(&name);
    let value = program.map_or(name, |path| path.display().to_string());
    (value, origin)
}

/// `1` or `0`; any other word counts for nothing.
pub(super) fn cgo(sources: &Sources<'_>, set: Option<&Setting>, earlier: &Earlier<'_>) -> Made {
    if let Some(set) = set.filter(|set| matches!(set.value.as_str(), "0" | "1")) {
        return (set.value.clone(), set.origin.clone());
    }
    let (os, arch) = (earlier.value("GOOS"), earlier.value("GOARCH"));
    let is_native = (os, arch) == (earlier.value("GOHOSTOS"), earlier.value("GOHOSTARCH"));
    let is_supported = !matches!(
        (os, arch),
        ("linux", "ppc64" | "sparc64") | ("plan9" | "js" | "wasip1", _)
    );
    let compiler = default_compiler(os, "gcc", "clang");
    let has_compiler = !sources.release.at_least(LOOKS_FOR_COMPILER_SINCE)
        || sources.env.get("CC").is_some()
        || sources.found.programs.contains_key(compiler);
    let on = is_native && is_supported && has_compiler;
    (if on { "1" } else { "0" }.to_owned(), Origin::Default)
}

pub(super) fn flags(sources: &Sources<'_>, set: Option<&Setting>, _: &Earlier<'_>) -> Made {
    let default = if sources.release.at_least(FLAGS_SINCE) {
        FLAGS
    } else {
        FLAGS_BEFORE
    };
    words(or(set, default))
}

pub(super) fn no_flags(_: &Sources<'_>, set: Option<&Setting>, _: &Earlier<'_>) -> Made {
    words(or(set, ""))
}

/// The program of a command, without what stands behind it.
pub(super) fn pkg_config(_: &Sources<'_>, set: Option<&Setting>, _: &Earlier<'_>) -> Made {
    let (command, origin) = or(set, "pkg-config");
    let program = quoted_words(&command).ok();
    let program = program.and_then(|words| words.first().map(|word| (*word).to_owned()));
    (program.unwrap_or(command), origin)
}

/// Words as Go joins them: a blank between, quotes where one has a blank
/// or a quote. (cmd/internal/quoted, `Join`.)
fn words((text, origin): Made) -> Made {
    let Ok(words) = quoted_words(&text) else {
        return (text, origin);
    };
    let quote = |word: &&str| {
        let blank = word.contains([' ', '\t', '\n', '\r']);
        match (blank, word.contains('\''), word.contains('"')) {
            (_, true, true) => None,
            (_, true, false) => Some(format!("\"{word}\"")),
            (true, ..) | (_, _, true) => Some(format!("'{word}'")),
            (false, false, false) => Some((*word).to_owned()),
        }
    };
    let quoted: Option<Vec<String>> = words.iter().map(quote).collect();
    let value = quoted.map_or_else(|| words.join(" "), |quoted| quoted.join(" "));
    (value, origin)
}

pub(super) fn tool_folder(_: &Sources<'_>, earlier: &Earlier<'_>) -> String {
    let (os, arch) = (earlier.value("GOHOSTOS"), earlier.value("GOHOSTARCH"));
    join(earlier.value("GOROOT"), &format!("pkg/tool/{os}_{arch}"))
}

/// (golang.org/x/telemetry, `Dir`.)
pub(super) fn telemetry_folder(sources: &Sources<'_>, _: &Earlier<'_>) -> String {
    let folder = sources.found.telemetry.as_ref();
    folder.map_or_else(String::new, |(folder, _)| folder.display().to_string())
}

/// (golang.org/x/telemetry, `Mode`.) No folder: off.
pub(super) fn telemetry_mode(sources: &Sources<'_>, _: &Earlier<'_>) -> String {
    let telemetry = sources.found.telemetry.as_ref();
    telemetry.map_or_else(|| "off".to_owned(), |(_, mode)| mode.clone())
}
