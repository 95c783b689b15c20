//! The variables that decide where modules come from.

/// Their names. Rules about reach and scope speak of these only: what `GOFLAGS` or `GOOS` say is the
/// business of a build.
pub(super) const NAMES: [&str; 10] = [
    "GOPROXY",
    "GOPRIVATE",
    "GONOPROXY",
    "GONOSUMDB",
    "GOSUMDB",
    "GOINSECURE",
    "GOAUTH",
    "GOVCS",
    "GOTOOLCHAIN",
    "NETRC",
];

/// Whether a variable is one of them.
pub(super) fn is_one(name: &str) -> bool {
    NAMES.contains(&name)
}
