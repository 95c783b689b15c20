//! The variables that `go env` prints: since when, and what each is when
//! nothing sets it. (cmd/go `internal/envcmd`, `MkEnv`, and `internal/cfg`.)

use super::compilers;
use super::{Origin, Setting, Sources};
use crate::files::{Os, cache_folder, user_file};
use crate::path::{clean, join};

/// A variable.
pub(super) struct Known {
    pub(super) name: &'static str,
    /// The Go 1.x that brought it.
    pub(super) since: u32,
    pub(super) kind: Kind,
}

/// The variables that stand earlier in the table.
pub(super) struct Earlier<'e>(pub(super) &'e [super::Variable]);

impl Earlier<'_> {
    pub(super) fn value(&self, name: &str) -> &str {
        let variable = self.0.iter().find(|variable| variable.name == name);
        variable.map_or("", |variable| variable.value.as_str())
    }
}

/// Value and origin.
pub(super) type Made = (String, Origin);

/// How it gets its value.
pub(super) enum Kind {
    /// From the process, the user's file, `go.env`, or else so.
    Setting(Fallback),
    /// As a setting, and then made of what is set, if anything is.
    Treated(fn(&Sources<'_>, Option<&Setting>, &Earlier<'_>) -> Made),
    /// From the process alone.
    ProcessOnly,
    /// Nobody sets it.
    Fact(fn(&Sources<'_>, &Earlier<'_>) -> String),
}

/// What a setting is when it is empty.
pub(super) enum Fallback {
    Value(&'static str),
    /// Compiled in up to Go 1.20; in `go.env` from 1.21 on.
    Shipped(&'static str),
    /// The value of another variable.
    Of(&'static str),
}

const fn known(name: &'static str, since: u32, kind: Kind) -> Known {
    Known { name, since, kind }
}

const fn setting(name: &'static str, since: u32, value: &'static str) -> Known {
    known(name, since, Kind::Setting(Fallback::Value(value)))
}

const fn shipped(name: &'static str, since: u32, value: &'static str) -> Known {
    known(name, since, Kind::Setting(Fallback::Shipped(value)))
}

/// Each after those that it is made from.
pub(super) const KNOWN: [Known; 53] = [
    setting("GO111MODULE", 11, ""),
    known("GOHOSTOS", 11, Kind::Fact(|s, _| s.found.os().to_owned())),
    known(
        "GOHOSTARCH",
        11,
        Kind::Fact(|s, _| s.found.arch().to_owned()),
    ),
    known("GOOS", 11, Kind::Treated(|s, set, _| or(set, s.found.os()))),
    known(
        "GOARCH",
        11,
        Kind::Treated(|s, set, _| or(set, s.found.arch())),
    ),
    known("GOAMD64", 18, Kind::Setting(Fallback::Value("v1"))),
    setting("GOAUTH", 24, "netrc"),
    setting("GOBIN", 11, ""),
    known("GOCACHE", 11, Kind::Treated(build_cache)),
    known("GODEBUG", 23, Kind::ProcessOnly),
    known("GOENV", 13, Kind::Fact(user_file_name)),
    known("GOEXE", 11, Kind::Fact(program_suffix)),
    setting("GOEXPERIMENT", 17, ""),
    setting("GOFLAGS", 11, ""),
    setting("GOINSECURE", 14, ""),
    known("GOMOD", 11, Kind::Fact(module_file)),
    known("GOPATH", 11, Kind::Treated(gopath)),
    known("GOMODCACHE", 15, Kind::Treated(module_cache)),
    setting("GOPRIVATE", 13, ""),
    known("GONOPROXY", 13, Kind::Setting(Fallback::Of("GOPRIVATE"))),
    known("GONOSUMDB", 13, Kind::Setting(Fallback::Of("GOPRIVATE"))),
    shipped("GOPROXY", 11, gomod::defaults::GOPROXY),
    known("GOROOT", 11, Kind::Treated(goroot)),
    shipped("GOSUMDB", 13, gomod::defaults::GOSUMDB),
    setting("GOTMPDIR", 11, ""),
    shipped("GOTOOLCHAIN", 21, "auto"),
    setting("GOVCS", 16, ""),
    known(
        "GOVERSION",
        16,
        Kind::Fact(|s, _| s.found.version.clone().unwrap_or_default()),
    ),
    known("GOWORK", 18, Kind::Treated(work_file)),
    setting("GOCACHEPROG", 24, ""),
    setting("GOFIPS140", 24, "off"),
    setting("GO386", 11, "sse2"),
    setting("GOARM", 11, "7"),
    setting("GOARM64", 23, "v8.0"),
    setting("GOMIPS", 11, "hardfloat"),
    setting("GOMIPS64", 11, "hardfloat"),
    setting("GOPPC64", 11, "power8"),
    setting("GORISCV64", 23, "rva20u64"),
    setting("GOWASM", 11, ""),
    setting("AR", 11, "ar"),
    known("CC", 11, Kind::Treated(compilers::c)),
    known("CXX", 11, Kind::Treated(compilers::cplusplus)),
    known("GCCGO", 11, Kind::Treated(compilers::gccgo)),
    known("CGO_ENABLED", 11, Kind::Treated(compilers::cgo)),
    known("CGO_CFLAGS", 11, Kind::Treated(compilers::flags)),
    known("CGO_CPPFLAGS", 11, Kind::Treated(compilers::no_flags)),
    known("CGO_CXXFLAGS", 11, Kind::Treated(compilers::flags)),
    known("CGO_FFLAGS", 11, Kind::Treated(compilers::flags)),
    known("CGO_LDFLAGS", 11, Kind::Treated(compilers::flags)),
    known("PKG_CONFIG", 11, Kind::Treated(compilers::pkg_config)),
    known("GOTOOLDIR", 11, Kind::Fact(compilers::tool_folder)),
    known("GOTELEMETRY", 23, Kind::Fact(compilers::telemetry_mode)),
    known(
        "GOTELEMETRYDIR",
        23,
        Kind::Fact(compilers::telemetry_folder),
    ),
];

impl Known {
    /// A variable of a processor is printed for that one only.
    pub(super) fn is_printed(&self, earlier: &Earlier<'_>) -> bool {
        let arch = earlier.value("GOARCH");
        match self.name {
            "GO386" => arch == "386",
            "GOAMD64" => arch == "amd64",
            "GOARM" => arch == "arm",
            "GOARM64" => arch == "arm64",
            "GOMIPS" => matches!(arch, "mips" | "mipsle"),
            "GOMIPS64" => matches!(arch, "mips64" | "mips64le"),
            "GOPPC64" => matches!(arch, "ppc64" | "ppc64le"),
            "GORISCV64" => arch == "riscv64",
            "GOWASM" => arch == "wasm",
            _ => true,
        }
    }
}

/// What is set, unless it is empty.
fn given(set: Option<&Setting>) -> Option<Made> {
    let set = set.filter(|set| !set.value.is_empty())?;
    Some((set.value.clone(), set.origin.clone()))
}

pub(super) fn or(set: Option<&Setting>, default: &str) -> Made {
    given(set).unwrap_or_else(|| (default.to_owned(), Origin::Default))
}

/// (cmd/go/internal/cache, `DefaultDir`.)
fn build_cache(sources: &Sources<'_>, set: Option<&Setting>, _: &Earlier<'_>) -> Made {
    if let Some((value, origin)) = given(set) {
        let used = is_absolute(&value, sources.os) || value == "off";
        return (if used { value } else { "off".to_owned() }, origin);
    }
    let folder = cache_folder(sources.env, sources.os, sources.release);
    let value = folder.map_or_else(|| "off".to_owned(), |folder| join(&folder, "go-build"));
    (value, Origin::Default)
}

fn user_file_name(sources: &Sources<'_>, _: &Earlier<'_>) -> String {
    user_file(sources.env, sources.os, sources.release)
        .map(|path| path.display().to_string())
        .unwrap_or_default()
}

fn program_suffix(_: &Sources<'_>, earlier: &Earlier<'_>) -> String {
    let suffix = match earlier.value("GOOS") {
        "windows" => ".exe",
        _ => "",
    };
    suffix.to_owned()
}

/// Empty outside module mode; the null device in it, where there is no module.
/// A workspace changes nothing here. (cmd/go/internal/modload, `Init`.)
fn module_file(sources: &Sources<'_>, earlier: &Earlier<'_>) -> String {
    let null = match sources.os {
        Os::Windows => "NUL",
        Os::Unix | Os::Mac => "/dev/null",
    };
    let found = sources.found.module.as_ref();
    match (earlier.value("GO111MODULE"), found) {
        ("off", _) | ("auto", None) => String::new(),
        (_, Some(file)) => file.display().to_string(),
        (_, None) => null.to_owned(),
    }
}

fn home(sources: &Sources<'_>) -> Option<String> {
    let name = match sources.os {
        Os::Windows => "USERPROFILE",
        Os::Unix | Os::Mac => "HOME",
    };
    sources.env.get(name).map(str::to_owned)
}

/// `$HOME/go`, unless that is GOROOT. (go/build, `defaultGOPATH`.)
fn default_gopath(sources: &Sources<'_>) -> String {
    let Some(home) = home(sources) else {
        return String::new();
    };
    let folder = join(&home, "go");
    match sources.env.get("GOROOT") {
        Some(goroot) if clean(goroot) == folder => String::new(),
        _ => folder,
    }
}

/// A default that is relative, since HOME is, is given up. (cmd/go, `main`.)
fn gopath(sources: &Sources<'_>, set: Option<&Setting>, _: &Earlier<'_>) -> Made {
    let default = default_gopath(sources);
    let usable = is_absolute(&default, sources.os);
    or(set, if usable { &default } else { "" })
}

fn module_cache(sources: &Sources<'_>, set: Option<&Setting>, earlier: &Earlier<'_>) -> Made {
    let separator = match sources.os {
        Os::Windows => ';',
        Os::Unix | Os::Mac => ':',
    };
    let listed = match earlier.value("GOPATH") {
        // One that was given up counts here still.
        "" => default_gopath(sources),
        gopath => gopath.to_owned(),
    };
    let first = listed.split(separator).next().unwrap_or_default();
    or(set, &join(first, "pkg/mod"))
}

/// The toolchain that GOTOOLCHAIN leads to brings its own.
fn goroot(sources: &Sources<'_>, set: Option<&Setting>, _: &Earlier<'_>) -> Made {
    let found = sources.found.goroot.as_ref();
    let found = found
        .map(|path| path.display().to_string())
        .unwrap_or_default();
    match set.filter(|_| sources.found.selected.is_none()) {
        Some(set) if set.origin == Origin::Process => (set.value.clone(), Origin::Process),
        Some(set) if !set.value.is_empty() && !matches!(set.origin, Origin::GorootFile { .. }) => {
            (clean(&set.value), set.origin.clone())
        }
        _ => (found, Origin::Default),
    }
}

/// (cmd/go/internal/modload, `FindGoWork`.)
fn work_file(sources: &Sources<'_>, set: Option<&Setting>, _: &Earlier<'_>) -> Made {
    let found = sources.found.work.as_ref();
    let found = found
        .map(|path| path.display().to_string())
        .unwrap_or_default();
    match given(set) {
        Some((value, origin)) if value != "auto" => (value, origin),
        _ => (found, Origin::Default),
    }
}

fn is_absolute(path: &str, os: Os) -> bool {
    match os {
        Os::Unix | Os::Mac => path.starts_with('/'),
        Os::Windows => {
            path.starts_with(r"\\") || matches!(path.as_bytes(), [_, b':', b'\\' | b'/', ..])
        }
    }
}
