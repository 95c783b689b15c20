//! What a request's path asks for. Pure: paths come as they were sent, percent-encoded, without query.

use std::borrow::Cow;

use telemetry::RouteLabel;

/// What a path asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target<'a> {
    /// `/`: what this is.
    Root,
    /// `/robots.txt`.
    Robots,
    /// `/healthz`: the process runs.
    Healthz,
    /// `/readyz`: it can serve.
    Readyz,
    /// `/version`.
    Version,
    /// `/metrics`.
    Metrics,
    /// `/index`: the feed of module versions.
    Index,
    /// `/catalog`: module versions by name.
    Catalog,
    /// `/sumdb/` and what stands behind it.
    Sumdb(&'a str),
    /// Anything else: a request of the Go module proxy protocol, or nothing.
    Module(&'a str),
    /// Not below the base path.
    Outside,
}

impl<'a> Target<'a> {
    /// Reads `path` below `base`, which is empty or begins with a slash and does not end with one.
    /// Health answers at the root too, where probes look for it.
    pub(crate) fn parse(base: &str, path: &'a str) -> Self {
        match path {
            "/healthz" => return Self::Healthz,
            "/readyz" => return Self::Readyz,
            _ => {}
        }
        let Some(rest) = path.strip_prefix(base) else {
            return Self::Outside;
        };
        let Some(rest) = rest.strip_prefix('/') else {
            return if rest.is_empty() && path == base {
                Self::Root
            } else {
                Self::Outside
            };
        };
        match rest {
            "" => Self::Root,
            "robots.txt" => Self::Robots,
            "healthz" => Self::Healthz,
            "readyz" => Self::Readyz,
            "version" => Self::Version,
            "metrics" => Self::Metrics,
            "index" => Self::Index,
            "catalog" => Self::Catalog,
            _ => match rest.strip_prefix("sumdb/") {
                Some(request) => Self::Sumdb(request),
                None => Self::Module(rest),
            },
        }
    }

    /// The label that metrics and logs count it under.
    pub(crate) fn label(self) -> RouteLabel {
        match self {
            Self::Healthz | Self::Readyz => RouteLabel::Health,
            Self::Metrics => RouteLabel::Metrics,
            Self::Root | Self::Robots | Self::Version | Self::Index | Self::Catalog => {
                RouteLabel::Admin
            }
            Self::Sumdb(request) => sumdb_label(request),
            Self::Module(request) => module_label(request),
            Self::Outside => RouteLabel::Other,
        }
    }

    /// Whether it is answered to anybody, even where clients have to log in: who probes has no password.
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::Healthz | Self::Readyz)
    }

    /// Path below the base of what the keeper may have ready.
    pub(crate) fn wire_path(self, base: &str, path: &'a str) -> Option<&'a str> {
        match self {
            Self::Sumdb(_) | Self::Module(_) => path.get(base.len() + 1..),
            _ => None,
        }
    }
}

fn module_label(request: &str) -> RouteLabel {
    if request.ends_with("/@latest") {
        return RouteLabel::Latest;
    }
    // Only the last `/@v/` can stand before the file's name.
    let Some((_, file)) = request.rsplit_once("/@v/") else {
        return RouteLabel::Other;
    };
    if file == "list" {
        return RouteLabel::List;
    }
    match file.rsplit_once('.').map(|(_, kind)| kind) {
        Some("info") => RouteLabel::Info,
        Some("mod") => RouteLabel::Mod,
        Some("zip") => RouteLabel::Zip,
        _ => RouteLabel::Other,
    }
}

fn sumdb_label(request: &str) -> RouteLabel {
    if request.contains("/lookup/") {
        RouteLabel::SumdbLookup
    } else if request.contains("/tile/") {
        RouteLabel::SumdbTile
    } else if request.ends_with("/supported") {
        RouteLabel::SumdbSupported
    } else if request.ends_with("/latest") {
        RouteLabel::SumdbLatest
    } else {
        RouteLabel::Other
    }
}

/// The text that `encoded` stands for, decoded once; `+` stays. `None` for a broken escape, for bytes
/// that are no text, and for an escaped slash, which would move the borders of the path's elements.
pub(crate) fn percent_decode(encoded: &str) -> Option<Cow<'_, str>> {
    if !encoded.contains('%') {
        return Some(Cow::Borrowed(encoded));
    }
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        let value = u8::try_from(digit()? * 16 + digit()?).ok()?;
        if value == b'/' {
            return None;
        }
        bytes.push(value);
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_what_they_ask_for() {
        for (base, path, expected) in [
            ("", "/", Target::Root),
            ("", "/healthz", Target::Healthz),
            ("", "/healthz/", Target::Module("healthz/")),
            ("", "/metrics", Target::Metrics),
            ("", "/index", Target::Index),
            (
                "",
                "/sumdb/a.example/b/latest",
                Target::Sumdb("a.example/b/latest"),
            ),
            ("", "/sumdb", Target::Module("sumdb")),
            (
                "",
                "/a.example/m/@v/list",
                Target::Module("a.example/m/@v/list"),
            ),
            (
                "",
                "//a.example/@v/list",
                Target::Module("/a.example/@v/list"),
            ),
            ("", "*", Target::Outside),
            ("", "", Target::Root),
            ("/go", "/go", Target::Root),
            ("/go", "/go/", Target::Root),
            ("/go", "/go/version", Target::Version),
            ("/go", "/readyz", Target::Readyz),
            ("/go", "/go/readyz", Target::Readyz),
            ("/go", "/version", Target::Outside),
            ("/go", "/gone/@v/list", Target::Outside),
            (
                "/go",
                "/go/gone.example/@v/list",
                Target::Module("gone.example/@v/list"),
            ),
        ] {
            assert_eq!(Target::parse(base, path), expected, "{base} {path}");
        }
    }

    #[test]
    fn labels_are_few() {
        for (path, label) in [
            ("/m.example/@v/list", RouteLabel::List),
            ("/m.example/@latest", RouteLabel::Latest),
            ("/m.example/@v/v1.0.0.info", RouteLabel::Info),
            ("/m.example/@v/v1.0.0.mod", RouteLabel::Mod),
            ("/m.example/@v/v1.0.0.zip", RouteLabel::Zip),
            ("/m.example/@v/v1.0.0.exe", RouteLabel::Other),
            ("/wp-login.php", RouteLabel::Other),
            ("/archive.zip", RouteLabel::Other),
            ("/sumdb/s/supported", RouteLabel::SumdbSupported),
            ("/sumdb/s/latest", RouteLabel::SumdbLatest),
            ("/sumdb/s/lookup/m@v1.0.0", RouteLabel::SumdbLookup),
            ("/sumdb/s/tile/8/0/000", RouteLabel::SumdbTile),
            ("/sumdb/s", RouteLabel::Other),
            ("/readyz", RouteLabel::Health),
            ("/catalog", RouteLabel::Admin),
        ] {
            assert_eq!(Target::parse("", path).label(), label, "{path}");
        }
    }

    #[test]
    fn the_keeper_sees_no_base_path() {
        let path = "/go/sumdb/s/latest";
        let target = Target::parse("/go", path);
        assert_eq!(target.wire_path("/go", path), Some("sumdb/s/latest"));
        assert_eq!(Target::Root.wire_path("/go", "/go"), None);
    }

    #[test]
    fn escapes_are_decoded_once() {
        for (encoded, decoded) in [
            ("a+b", Some("a+b")),
            ("%21azure", Some("!azure")),
            ("%2521", Some("%21")),
            ("%c3%A4", Some("ä")),
            ("%", None),
            ("%2", None),
            ("%zz", None),
            ("%+1", None),
            ("%ff", None),
            ("a%2Fb", None),
        ] {
            assert_eq!(percent_decode(encoded).as_deref(), decoded, "{encoded}");
        }
    }
}
