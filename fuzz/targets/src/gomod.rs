//! Targets in `gomod`.

use std::io::Cursor;

use ::gomod::goproxy::Source;
use ::gomod::pattern::{Patterns, path_match};
use ::gomod::query::Known;
use ::gomod::{
    ModFileError, ModulePath, ModuleVersion, ProxyList, ProxyRequest, Version, VersionQuery,
    dirhash, gover, modfile, modzip, path, pseudo, semver,
};

/// Longest text of an error. It ends in answers and logs.
const MAX_ERROR_BYTES: usize = 8 << 10;

/// Paths of requests: the one spelling of what is read leads back to it.
pub(crate) fn request_path(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match ProxyRequest::parse(&text) {
        Ok(request) => {
            let spelling = request.wire_path();
            assert_eq!(ProxyRequest::parse(&spelling), Ok(request));
            assert!(!spelling.contains("..") || !spelling.split('/').any(|part| part == ".."));
        }
        Err(error) => one_line(&error.to_string()),
    }
}

/// go.mod files: what is read strictly is read laxly too, and the same.
pub(crate) fn go_mod(data: &[u8]) {
    let bounded = |error: &ModFileError| assert!(error.to_string().len() <= 20 * MAX_ERROR_BYTES);
    let lax = modfile::parse_lax("go.mod", data);
    match modfile::parse_strict("go.mod", data) {
        Ok(strict) => {
            let lax = lax.unwrap_or_else(|error| panic!("refused laxly alone: {error}"));
            assert_eq!(lax.module, strict.module);
            assert_eq!(lax.go, strict.go);
            assert_eq!(lax.require, strict.require);
            assert_eq!(lax.retract, strict.retract);
        }
        Err(error) => bounded(&error),
    }
    if let Err(error) = modfile::parse_lax("go.mod", data) {
        bounded(&error);
    }
    let _ = modfile::module_path(data);
    let text = String::from_utf8_lossy(data);
    assert_eq!(
        modfile::unquote(&modfile::quote(&text)).as_deref(),
        Some(&*text)
    );
}

/// GOPROXY lists: what is printed reads the same.
pub(crate) fn goproxy(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match ProxyList::parse(&text) {
        Ok(list) => {
            let printed = list.to_string();
            match ProxyList::parse(&printed) {
                Ok(again) => assert_eq!(again.to_string(), printed),
                // What is hidden may have been what made an entry a host: its only dot.
                Err(error) => assert!(printed.contains("xxxxx"), "{printed} is refused: {error}"),
            }
            for entry in list.entries() {
                if let Source::Url(url) = &entry.source {
                    assert!(
                        url.starts_with("http") || url.starts_with("file://"),
                        "{url}"
                    );
                }
            }
        }
        Err(error) => assert!(!error.to_string().contains('\n')),
    }
}

/// Patterns: the first line against the others.
pub(crate) fn patterns(data: &[u8]) {
    // Go's rule takes time in proportion to pattern times name.
    let text = String::from_utf8_lossy(&data[..data.len().min(1024)]);
    let (globs, names) = text.split_once('\n').unwrap_or((&text, ""));
    let patterns = Patterns::parse(globs);
    for name in names.split('\n') {
        let below = format!("{name}/below");
        assert!(!patterns.matches(name) || patterns.matches(&below));
        let first = patterns.matching(name);
        assert!(first.is_none_or(|first| patterns.iter().any(|pattern| pattern == first)));
        let is_malformed = path_match(globs, "").is_err();
        assert_eq!(path_match(globs, name).is_err(), is_malformed);
    }
}

/// Versions and paths, a line each.
pub(crate) fn versions(data: &[u8]) {
    let text = String::from_utf8_lossy(&data[..data.len().min(4096)]);
    let lines: Vec<&str> = text.split('\n').take(8).collect();
    for line in &lines {
        let canonical = semver::canonical(line);
        assert_eq!(canonical.is_empty(), !semver::is_valid(line));
        assert_eq!(semver::canonical(&canonical), canonical);
        if let Ok(version) = Version::parse(line) {
            assert_eq!(Version::from_escaped(&version.escaped()), Ok(version));
        }
        if let Ok(base) = pseudo::pseudo_version_base(line)
            && !base.is_empty()
        {
            assert!(semver::compare(&base, line).is_lt(), "{base} {line}");
        }
        if let Ok(escaped) = path::escape_path(line) {
            assert_eq!(path::unescape_path(&escaped).as_deref(), Ok(*line));
        }
        if let Ok(plain) = path::unescape_version(line) {
            assert_eq!(path::escape_version(&plain).as_deref(), Ok(*line));
        }
        let _ = (
            pseudo::pseudo_version_time(line),
            path::check_file_path(line),
        );
        let _ = (gover::from_toolchain(line), gover::lang(line));
    }
    for (a, b) in lines
        .iter()
        .flat_map(|a| lines.iter().map(move |b| (*a, *b)))
    {
        assert_eq!(semver::compare(a, b), semver::compare(b, a).reverse());
        assert_eq!(gover::compare(a, b), gover::compare(b, a).reverse());
    }
}

/// Version queries: the first line against the versions of the others.
pub(crate) fn query(data: &[u8]) {
    let text = String::from_utf8_lossy(&data[..data.len().min(4096)]);
    let mut lines = text.split('\n');
    let first = lines.next().unwrap_or_default();
    let versions: Vec<Version> = lines.filter_map(|line| Version::parse(line).ok()).collect();
    let Ok(module) = ModulePath::parse("example.com/m") else {
        return;
    };
    match VersionQuery::parse(first) {
        Ok(query) => {
            assert_eq!(query.to_string(), first);
            let known = Known {
                current: versions.first(),
                ..Known::new(&module, &versions)
            };
            match known.resolve(&query) {
                Ok(version) => assert!(versions.contains(&version)),
                Err(error) => assert!(!error.to_string().contains('\n')),
            }
        }
        Err(error) => assert!(!error.to_string().contains('\n')),
    }
}

/// Module zips: what is accepted as a module has the hash that it has as a plain zip.
pub(crate) fn zip(data: &[u8]) {
    let module = ModulePath::parse("example.com/m")
        .and_then(|path| ModuleVersion::new(path, Version::parse("v1.0.0")?));
    let Ok(module) = module else { return };
    let hash = dirhash::zip(Cursor::new(data)).map_err(|error| error.to_string());
    match modzip::inspect(Cursor::new(data), &module) {
        Ok(inspection) => {
            assert_eq!(hash, Ok(inspection.h1));
            assert!(inspection.unpacked_bytes <= modzip::MAX_ZIP_BYTES);
        }
        Err(error) => one_line(&error.to_string()),
    }
    if let Err(text) = hash {
        one_line(&text);
    }
}

fn one_line(text: &str) {
    assert!(
        !text.contains('\n') && text.len() <= MAX_ERROR_BYTES,
        "{text}"
    );
}
