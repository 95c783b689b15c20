//! What well-known images bring: the version of Go, and what they export.

/// What an image brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ImageFacts {
    /// The version of Go, as far as the tag says it.
    pub(crate) go: Option<String>,
    /// Variables that it exports.
    pub(crate) environment: Vec<(&'static str, &'static str)>,
}

/// What is known of an image; `None` for all that are not known.
pub(crate) fn facts(image: &str) -> Option<ImageFacts> {
    let name = image.split('@').next().unwrap_or(image);
    let (name, tag) = match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        _ => (name, "latest"),
    };
    let is_official = matches!(
        name,
        "golang" | "library/golang" | "docker.io/golang" | "docker.io/library/golang"
    );
    if !is_official {
        return None;
    }
    let version = tag.split('-').next().unwrap_or_default();
    let is_version = version.starts_with(|first: char| first.is_ascii_digit());
    Some(ImageFacts {
        go: is_version.then(|| version.to_owned()),
        environment: vec![("GOTOOLCHAIN", "local"), ("GOPATH", "/go")],
    })
}
