//! The words that labels may have. Each enum knows its words and which of them a value stands for.

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
    /// Fetched and not kept.
    Bypass,
    /// No cache was involved: an error, or nothing that is held.
    None,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

impl RouteLabel {
    /// Every word, as the metrics have it.
    pub(crate) const WORDS: &[&str] = &[
        "list",
        "latest",
        "info",
        "mod",
        "zip",
        "sumdb_supported",
        "sumdb_latest",
        "sumdb_lookup",
        "sumdb_tile",
        "admin",
        "other",
    ];

    /// Place among [`Self::WORDS`]. Health, metrics and the index share `admin`: none of them counts
    /// for the service level.
    pub(crate) fn place(self) -> usize {
        match self {
            Self::Health | Self::Metrics | Self::Admin => 9,
            Self::Other => 10,
            _ => self as usize,
        }
    }

    /// The word of this value.
    pub fn as_str(self) -> &'static str {
        Self::WORDS[self.place()]
    }
}

impl MethodLabel {
    /// Every word, as the metrics have it.
    pub(crate) const WORDS: &[&str] = &["GET", "HEAD", "other"];

    /// Place among [`Self::WORDS`].
    pub(crate) fn place(self) -> usize {
        self as usize
    }

    /// The word of this value.
    pub fn as_str(self) -> &'static str {
        Self::WORDS[self.place()]
    }
}

impl Sli {
    /// Every word, as the metrics have it.
    pub(crate) const WORDS: &[&str] = &["good", "bad", "excluded"];

    /// Place among [`Self::WORDS`].
    pub(crate) fn place(self) -> usize {
        self as usize
    }

    /// The word of this value.
    pub fn as_str(self) -> &'static str {
        Self::WORDS[self.place()]
    }
}

impl CacheLabel {
    /// Every word, as the metrics have it.
    pub(crate) const WORDS: &[&str] = &["hit", "miss", "stale", "bypass", "none"];

    /// Place among [`Self::WORDS`].
    pub(crate) fn place(self) -> usize {
        self as usize
    }

    /// The word of this value.
    pub fn as_str(self) -> &'static str {
        Self::WORDS[self.place()]
    }
}

impl KindLabel {
    /// Every word, as the metrics have it.
    pub(crate) const WORDS: &[&str] = &["list", "latest", "info", "mod", "zip", "sumdb"];

    /// Place among [`Self::WORDS`]. A query is answered by an `.info`.
    pub(crate) fn place(self) -> usize {
        match self {
            Self::List => 0,
            Self::Latest => 1,
            Self::Info | Self::Query => 2,
            Self::Mod => 3,
            Self::Zip => 4,
            Self::Sumdb => 5,
        }
    }

    /// The word of this value.
    pub fn as_str(self) -> &'static str {
        Self::WORDS[self.place()]
    }
}

impl TierLabel {
    /// Every word, as the metrics have it.
    pub(crate) const WORDS: &[&str] = &["memory", "disk"];

    /// Place among [`Self::WORDS`].
    pub(crate) fn place(self) -> usize {
        self as usize
    }

    /// The word of this value.
    pub fn as_str(self) -> &'static str {
        Self::WORDS[self.place()]
    }
}

impl UpstreamResult {
    /// Every word, as the metrics have it.
    pub(crate) const WORDS: &[&str] = &[
        "ok",
        "not_found",
        "denied",
        "rate_limited",
        "error",
        "timeout",
        "invalid",
    ];

    /// Place among [`Self::WORDS`].
    pub(crate) fn place(self) -> usize {
        self as usize
    }

    /// The word of this value.
    pub fn as_str(self) -> &'static str {
        Self::WORDS[self.place()]
    }
}

impl VerificationResult {
    /// Every word, as the metrics have it.
    pub(crate) const WORDS: &[&str] = &["ok", "mismatch", "absent", "error", "skipped"];

    /// Place among [`Self::WORDS`].
    pub(crate) fn place(self) -> usize {
        self as usize
    }

    /// The word of this value.
    pub fn as_str(self) -> &'static str {
        Self::WORDS[self.place()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_its_word() {
        assert_eq!(RouteLabel::List.as_str(), "list");
        assert_eq!(RouteLabel::SumdbTile.as_str(), "sumdb_tile");
        for admin in [RouteLabel::Health, RouteLabel::Metrics, RouteLabel::Admin] {
            assert_eq!(admin.as_str(), "admin");
        }
        assert_eq!(RouteLabel::Other.as_str(), "other");
        assert_eq!(MethodLabel::Other.as_str(), "other");
        assert_eq!(Sli::Excluded.as_str(), "excluded");
        assert_eq!(CacheLabel::None.as_str(), "none");
        assert_eq!(KindLabel::Query.as_str(), "info");
        assert_eq!(KindLabel::Sumdb.as_str(), "sumdb");
        assert_eq!(TierLabel::Disk.as_str(), "disk");
        assert_eq!(UpstreamResult::Invalid.as_str(), "invalid");
        assert_eq!(VerificationResult::Exempt.as_str(), "skipped");
    }
}
