//! The words that labels may have.

/// What was asked, as a route of low cardinality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RouteLabel {
    /// `@v/list`.
    List,
    /// `@latest`.
    Latest,
    /// `.info`.
    Info,
    /// `.mod`.
    Mod,
    /// `.zip`.
    Zip,
    /// `/sumdb/NAME/supported`.
    SumdbSupported,
    /// `/sumdb/NAME/latest`.
    SumdbLatest,
    /// `/sumdb/NAME/lookup/...`.
    SumdbLookup,
    /// `/sumdb/NAME/tile/...`.
    SumdbTile,
    /// `/healthz` and `/readyz`.
    Health,
    /// `/metrics`.
    Metrics,
    /// `/index`, `/catalog`, `/version`.
    Admin,
    /// Anything else.
    Other,
}

/// The request's method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MethodLabel {
    /// GET.
    Get,
    /// HEAD.
    Head,
    /// Any other.
    Other,
}

/// Whether a request counts for the service level indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sli {
    /// 2xx.
    Good,
    /// 5xx, a 429 of our own, a truncated body.
    Bad,
    /// Every other 4xx, client aborts, health and metrics.
    Excluded,
}

/// How an answer was come by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CacheLabel {
    /// Held.
    Hit,
    /// Fetched.
    Miss,
    /// Held past its time.
    Stale,
    /// No cache was involved.
    Bypass,
}

/// A kind of thing that is looked up or fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KindLabel {
    /// A list.
    List,
    /// `@latest`.
    Latest,
    /// `.info` of a version.
    Info,
    /// `.info` of a query.
    Query,
    /// `.mod`.
    Mod,
    /// `.zip`.
    Zip,
    /// Anything of the checksum database.
    Sumdb,
}

/// Where something is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TierLabel {
    /// The byte cache.
    Memory,
    /// The store.
    Disk,
}

/// How an upstream answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UpstreamResult {
    /// 200.
    Ok,
    /// 404 or 410.
    NotFound,
    /// 401, 403 or 451.
    Denied,
    /// 429.
    RateLimited,
    /// 5xx or a broken connection.
    Error,
    /// Silence.
    Timeout,
    /// Something that is no answer.
    Invalid,
}

/// What a check against the checksum database said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VerificationResult {
    /// Proven.
    Ok,
    /// Contradicted.
    Mismatch,
    /// The database does not know the version.
    Unknown,
    /// The database could not be asked.
    Unavailable,
    /// Exempt by configuration.
    Exempt,
}
