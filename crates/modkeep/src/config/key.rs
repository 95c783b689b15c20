//! Every setting, once: its name in flags, in the environment and in
//! `modkeep.toml`, its default, and what it is for. Flags, reading, help and
//! the reference page are made from this list.

/// Which commands take a setting as a flag; bits.
pub(crate) mod scope {
    pub(crate) const SERVE: u8 = 1;
    pub(crate) const VERIFY: u8 = 2;
    pub(crate) const ROUTE: u8 = 4;
    pub(crate) const STORE: u8 = SERVE | VERIFY;
    pub(crate) const ALL: u8 = SERVE | VERIFY | ROUTE;
}

/// What a setting's text must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Any text; its reader checks it.
    Text,
    /// A file; in `modkeep.toml` relative to that file.
    Path,
    /// A store URL; a bare path or `disk:DIR` is relative as above.
    Store,
    /// `off`, `stdout` or a file, relative as above.
    Log,
    /// `true` or `false`.
    Switch,
    /// GOPRIVATE patterns; in `modkeep.toml` also a list.
    Patterns,
    /// `60s`, `5m`, `7d`.
    Duration,
    /// `64MiB`.
    Size,
    /// Shown to nobody, and no flag: others can read command lines.
    Secret,
}

/// A setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    /// Name in `modkeep.toml`; flag and variable are made from it.
    pub(crate) name: &'static str,
    /// What the value is called in the help.
    pub(crate) value: &'static str,
    /// The default, as a person would say it.
    pub(crate) default: &'static str,
    /// What it is for, in a sentence.
    pub(crate) help: &'static str,
    pub(crate) kind: Kind,
    pub(crate) scope: u8,
}

impl Key {
    /// `--upstream-timeout`, without the dashes before it.
    pub(crate) fn flag(&self) -> String {
        self.name.replace('_', "-")
    }

    /// `MODKEEP_UPSTREAM_TIMEOUT`.
    pub(crate) fn variable(&self) -> String {
        format!("{PREFIX}{}", self.name.to_uppercase())
    }

    /// Whether there is a flag for it in `scope`.
    pub(crate) fn has_flag(&self, scope: u8) -> bool {
        self.scope & scope != 0 && self.kind != Kind::Secret
    }
}

/// Variables that begin so are ours.
pub(crate) const PREFIX: &str = "MODKEEP_";

/// The setting that names the file; the file itself cannot hold it.
pub(crate) const CONFIG: Key = Key {
    name: "config",
    value: "FILE",
    default: "none",
    help: "Settings file, modkeep.toml; flags and MODKEEP_* variables go before it",
    kind: Kind::Path,
    scope: scope::ALL,
};

const fn key(
    name: &'static str,
    value: &'static str,
    default: &'static str,
    kind: Kind,
    scope: u8,
    help: &'static str,
) -> Key {
    Key {
        name,
        value,
        default,
        help,
        kind,
        scope,
    }
}

/// All settings, in the order in which they are shown.
pub(crate) const KEYS: [Key; 25] = [
    key(
        "listen",
        "ADDR",
        "127.0.0.1:8080",
        Kind::Text,
        scope::SERVE,
        "Address and port to listen on; `:8080` is every address of the machine",
    ),
    key(
        "base_path",
        "PATH",
        "none",
        Kind::Text,
        scope::SERVE,
        "Path under which everything is served, such as /go",
    ),
    key(
        "store",
        "URL",
        "the user's data folder",
        Kind::Store,
        scope::STORE,
        "Where modules are kept: disk:DIR, a bare path, or memory:",
    ),
    key(
        "upstream",
        "LIST",
        "Go's own default",
        Kind::Text,
        scope::ALL,
        "Where modules come from, in Go's GOPROXY grammar; `off` for nowhere",
    ),
    key(
        "upstream_timeout",
        "DURATION",
        "60s to the first byte, 30s between bytes",
        Kind::Duration,
        scope::STORE,
        "How long a silent upstream is waited for",
    ),
    key(
        "policy",
        "FILE",
        "none",
        Kind::Path,
        scope::ALL,
        "Policy file: its routes say where modules come from, its [client] what is private",
    ),
    key(
        "sumdb",
        "VALUE",
        "client.sumdb of the policy, then Go's own default",
        Kind::Text,
        scope::STORE,
        "Checksum database to verify against, in Go's GOSUMDB grammar; `off` for none",
    ),
    key(
        "private",
        "PATTERNS",
        "none",
        Kind::Patterns,
        scope::STORE,
        "Modules that no public upstream or checksum database may hear of, as in GOPRIVATE; beside client.private of the policy",
    ),
    key(
        "nosumdb",
        "PATTERNS",
        "none",
        Kind::Patterns,
        scope::STORE,
        "Further modules that are not verified against the checksum database, as in GONOSUMDB",
    ),
    key(
        "offline",
        "true|false",
        "false",
        Kind::Switch,
        scope::STORE,
        "Ask no upstream at all: answer from the store",
    ),
    key(
        "list_ttl",
        "DURATION",
        "60s",
        Kind::Duration,
        scope::SERVE,
        "How long a version list is fresh",
    ),
    key(
        "latest_ttl",
        "DURATION",
        "60s",
        Kind::Duration,
        scope::SERVE,
        "How long an @latest answer is fresh",
    ),
    key(
        "query_ttl",
        "DURATION",
        "60s",
        Kind::Duration,
        scope::SERVE,
        "How long the answer for a branch, tag or commit is fresh",
    ),
    key(
        "absent_ttl",
        "DURATION",
        "60s",
        Kind::Duration,
        scope::SERVE,
        "How long the absence of a module, branch or tag is believed",
    ),
    key(
        "absent_version_ttl",
        "DURATION",
        "10m",
        Kind::Duration,
        scope::SERVE,
        "How long the absence of a version is believed",
    ),
    key(
        "byte_cache",
        "SIZE",
        "64MiB",
        Kind::Size,
        scope::SERVE,
        "Memory for hot answers",
    ),
    key(
        "basic_user",
        "NAME",
        "none",
        Kind::Text,
        scope::SERVE,
        "User that clients must be, by HTTP Basic",
    ),
    key(
        "basic_password",
        "TEXT",
        "none",
        Kind::Secret,
        scope::SERVE,
        "Password of that user",
    ),
    key(
        "basic_password_file",
        "FILE",
        "none",
        Kind::Path,
        scope::SERVE,
        "File that holds the password of that user",
    ),
    key(
        "tls_cert",
        "FILE",
        "none",
        Kind::Path,
        scope::SERVE,
        "Certificate chain in PEM: serve HTTPS",
    ),
    key(
        "tls_key",
        "FILE",
        "none",
        Kind::Path,
        scope::SERVE,
        "Private key of the certificate, in PEM",
    ),
    key(
        "extra_ca",
        "FILE",
        "none",
        Kind::Path,
        scope::STORE,
        "Further certificate authorities to trust upstream, in PEM",
    ),
    key(
        "access_log",
        "off|stdout|FILE",
        "stdout",
        Kind::Log,
        scope::SERVE,
        "Where a line of JSON is written for each request",
    ),
    key(
        "redis",
        "URL",
        "none",
        Kind::Text,
        scope::SERVE,
        "Shared state of several replicas; not in this version",
    ),
    key(
        "log",
        "LEVEL",
        "info",
        Kind::Text,
        scope::STORE,
        "What is logged to standard error: error, warn, info, debug or trace",
    ),
];

/// The setting called `name`.
#[cfg(test)]
pub(crate) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_word_in_three_spellings() {
        let key = find("upstream_timeout").unwrap();
        assert_eq!(
            (key.flag().as_str(), key.variable().as_str()),
            ("upstream-timeout", "MODKEEP_UPSTREAM_TIMEOUT")
        );
        let mut names: Vec<_> = KEYS.iter().map(|key| key.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), KEYS.len());
    }

    #[test]
    fn secrets_have_no_flag() {
        assert!(!find("basic_password").unwrap().has_flag(scope::SERVE));
        assert!(find("basic_password_file").unwrap().has_flag(scope::SERVE));
    }
}
