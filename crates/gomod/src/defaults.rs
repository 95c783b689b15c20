//! What Go uses when nothing is set: the values of `$GOROOT/go.env` and the checksum database's key.
//!
//! The only place that names the hosts behind Go's defaults; everything else takes them from here.

/// GOPROXY as shipped in go.env since Go 1.21, and compiled in since 1.13.
pub const GOPROXY: &str = "https://proxy.golang.org,direct";

/// GOSUMDB as shipped in go.env since Go 1.21, and compiled in since 1.13.
pub const GOSUMDB: &str = "sum.golang.org";

/// The verifier key that `go` knows for [`GOSUMDB`] (cmd/go, `modfetch/key.go`).
pub const GOSUMDB_KEY: &str =
    "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";

/// A GOSUMDB value that means [`GOSUMDB`] at this host, where the other one is not reachable, without
/// asking proxies for a relay (cmd/go, `modfetch/sumdb.go`).
pub const GOSUMDB_ALIAS: &str = "sum.golang.google.cn";

/// GOTOOLCHAIN as shipped in go.env since Go 1.21.
pub const GOTOOLCHAIN: &str = "auto";
