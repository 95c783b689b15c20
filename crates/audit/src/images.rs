//! What well-known images bring: Go and its version, what they export, and which programs are in them.

/// What an image brings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ImageFacts {
    /// The version of Go, as far as the tag says it.
    pub(crate) go: Option<String>,
    /// Variables that it exports.
    pub(crate) environment: Vec<(&'static str, &'static str)>,
    /// Which of [`KNOWN`] it has; `None`: the name does not say.
    holds: Option<&'static [&'static str]>,
    /// How packages are installed in it, where that can be done at all.
    pub(crate) installer: Option<Installer>,
}

/// A program that installs packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Installer {
    /// Alpine's and Wolfi's.
    Apk,
    /// Debian's and Ubuntu's.
    Apt,
    /// Fedora's and that of the distributions of Red Hat.
    Dnf,
}

/// What is known of images: programs by their names, and the certificates that TLS needs.
const KNOWN: [&str; 6] = ["go", "git", "hg", "svn", "ssh", CERTIFICATES];

/// The name of the bundle of certificates in [`ImageFacts::holds`].
pub(crate) const CERTIFICATES: &str = "ca-certificates";

/// Debian's variants of the official images of Go begin with `buildpack-deps:scm`.
const GO_ON_DEBIAN: &[&str] = &KNOWN;
/// Those of Alpine bring Go and certificates, and no version control.
const GO_ON_ALPINE: &[&str] = &["go", CERTIFICATES];
const CERTIFICATES_ONLY: &[&str] = &[CERTIFICATES];
const SOURCE_CONTROL: &[&str] = &["git", "hg", "svn", "ssh", CERTIFICATES];
const NOTHING: &[&str] = &[];

/// Images other than Go's own: the name, what is in them, and how packages are
/// installed.
const OTHERS: [(&str, &[&str], Option<Installer>); 16] = [
    ("scratch", NOTHING, None),
    ("busybox", NOTHING, None),
    // apk itself needs the certificates.
    ("alpine", CERTIFICATES_ONLY, Some(Installer::Apk)),
    ("debian", NOTHING, Some(Installer::Apt)),
    ("ubuntu", NOTHING, Some(Installer::Apt)),
    ("fedora", CERTIFICATES_ONLY, Some(Installer::Dnf)),
    ("rockylinux", CERTIFICATES_ONLY, Some(Installer::Dnf)),
    ("almalinux", CERTIFICATES_ONLY, Some(Installer::Dnf)),
    ("centos", CERTIFICATES_ONLY, Some(Installer::Dnf)),
    ("amazonlinux", CERTIFICATES_ONLY, Some(Installer::Dnf)),
    ("oraclelinux", CERTIFICATES_ONLY, Some(Installer::Dnf)),
    ("buildpack-deps", SOURCE_CONTROL, Some(Installer::Apt)),
    ("gcr.io/distroless/static", CERTIFICATES_ONLY, None),
    ("gcr.io/distroless/base", CERTIFICATES_ONLY, None),
    ("gcr.io/distroless/cc", CERTIFICATES_ONLY, None),
    ("cgr.dev/chainguard/static", CERTIFICATES_ONLY, None),
];

impl ImageFacts {
    /// Whether something of [`KNOWN`] is in it: `go`, `git`, `hg`, `svn`, `ssh`, [`CERTIFICATES`]. `None`: the
    /// name does not say.
    pub(crate) fn holds(&self, what: &str) -> Option<bool> {
        let holds = self.holds?;
        KNOWN.contains(&what).then(|| holds.contains(&what))
    }
}

/// What is known of an image; `None` for all that are not known.
pub(crate) fn facts(image: &str) -> Option<ImageFacts> {
    let (name, tag) = name_and_tag(image);
    if official(name) == "golang" {
        return Some(golang(tag));
    }
    let name = distroless(official(name));
    let (_, holds, installer) = OTHERS.iter().find(|(known, ..)| *known == name)?;
    Some(ImageFacts {
        holds: match (name, tag) {
            // It has a smaller variant; a digest hides which one it is.
            ("buildpack-deps", Some(tag)) if tag.ends_with("curl") => Some(CERTIFICATES_ONLY),
            ("buildpack-deps", None) => None,
            _ => Some(holds),
        },
        installer: *installer,
        ..ImageFacts::default()
    })
}

/// Name and tag; no tag where a digest alone says which image it is.
fn name_and_tag(image: &str) -> (&str, Option<&str>) {
    let (front, digest) = match image.split_once('@') {
        Some((front, _)) => (front, true),
        None => (image, false),
    };
    match front.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
        _ if digest => (front, None),
        _ => (front, Some("latest")),
    }
}

/// The name of an official image without registry, also where a mirror of the registry serves it: the
/// name space `library` is theirs alone.
fn official(name: &str) -> &str {
    if let Some(rest) = name.strip_prefix("docker.io/")
        && !rest.contains('/')
    {
        return rest;
    }
    match name.rsplit_once("library/") {
        Some((front, rest)) if front.is_empty() || front.ends_with('/') => rest,
        _ => name,
    }
}

/// The name of a distroless image without its release: `static-debian12` is `static`.
fn distroless(name: &str) -> &str {
    match name.rsplit_once("-debian") {
        Some((front, _)) if name.starts_with("gcr.io/distroless/") => {
            front.strip_suffix("-nossl").unwrap_or(front)
        }
        _ => name,
    }
}

/// The official images of Go.
fn golang(tag: Option<&str>) -> ImageFacts {
    let version = tag
        .unwrap_or_default()
        .split('-')
        .next()
        .unwrap_or_default();
    let is_version = version.starts_with(|first: char| first.is_ascii_digit());
    let (holds, installer) = match tag {
        None => (None, None),
        Some(tag) if tag.contains("alpine") => (Some(GO_ON_ALPINE), Some(Installer::Apk)),
        Some(tag) if tag.contains("windows") || tag.contains("nanoserver") => (None, None),
        Some(_) => (Some(GO_ON_DEBIAN), Some(Installer::Apt)),
    };
    ImageFacts {
        go: is_version.then(|| version.to_owned()),
        environment: vec![("GOTOOLCHAIN", "local"), ("GOPATH", "/go")],
        holds,
        installer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The version, and what is inside: `+git`, not: `-git`, or not known: `?git`.
    fn shown(image: &str) -> String {
        let Some(facts) = facts(image) else {
            return "unknown".to_owned();
        };
        let mut shown = facts.go.clone().unwrap_or_default();
        for what in ["go", "git", CERTIFICATES] {
            let sign = match facts.holds(what) {
                Some(true) => " +",
                Some(false) => " -",
                None => " ?",
            };
            shown.push_str(sign);
            shown.push_str(what);
        }
        assert_eq!(facts.holds("perl"), None, "{image}");
        shown
    }

    #[test]
    fn names_and_tags_say_what_is_inside() {
        let table = [
            ("golang:1.24", "1.24 +go +git +ca-certificates"),
            ("golang", " +go +git +ca-certificates"),
            (
                "docker.io/library/golang:1.24.3-alpine3.20@sha256:00",
                "1.24.3 +go -git +ca-certificates",
            ),
            (
                "mirror.example/library/golang:alpine",
                " +go -git +ca-certificates",
            ),
            ("golang@sha256:00", " ?go ?git ?ca-certificates"),
            (
                "golang:1.24-windowsservercore",
                "1.24 ?go ?git ?ca-certificates",
            ),
            ("scratch", " -go -git -ca-certificates"),
            ("debian:12-slim", " -go -git -ca-certificates"),
            ("docker.io/alpine:3.20", " -go -git +ca-certificates"),
            (
                "gcr.io/distroless/static-debian12:nonroot",
                " -go -git +ca-certificates",
            ),
            ("buildpack-deps:bookworm-curl", " -go -git +ca-certificates"),
            ("buildpack-deps:bookworm", " -go +git +ca-certificates"),
            ("registry.corp.example/golang:1.24", "unknown"),
            ("corp/alpine", "unknown"),
            ("x:5000/debian", "unknown"),
        ];
        for (image, expected) in table {
            assert_eq!(shown(image), expected, "{image}");
        }
    }

    #[test]
    fn an_installer_is_known_where_there_is_one() {
        for (image, installer) in [
            ("golang:1.24-alpine", Some(Installer::Apk)),
            ("golang:1.24-bookworm", Some(Installer::Apt)),
            ("fedora:41", Some(Installer::Dnf)),
            ("busybox", None),
        ] {
            assert_eq!(facts(image).and_then(|facts| facts.installer), installer);
        }
    }
}
