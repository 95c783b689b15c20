//! The names that `go env -w` knows, and the systems that Go builds for.
//! (internal/cfg, `KnownEnv`; internal/platform, `List`.)

use crate::Release;

/// Names without the GO variables, in each release.
const OTHERS: &str = "AR CC CGO_CFLAGS CGO_CFLAGS_ALLOW CGO_CFLAGS_DISALLOW CGO_CPPFLAGS \
    CGO_CPPFLAGS_ALLOW CGO_CPPFLAGS_DISALLOW CGO_CXXFLAGS CGO_CXXFLAGS_ALLOW CGO_CXXFLAGS_DISALLOW \
    CGO_ENABLED CGO_FFLAGS CGO_FFLAGS_ALLOW CGO_FFLAGS_DISALLOW CGO_LDFLAGS CGO_LDFLAGS_ALLOW \
    CGO_LDFLAGS_DISALLOW CXX FC GCCGO GO_EXTLINK_ENABLED PKG_CONFIG";

/// The GO variables that may stand in a file, and since which Go 1.x.
const GO: [(&str, u32); 40] = [
    ("GO111MODULE", 11),
    ("GO386", 13),
    ("GOAMD64", 18),
    ("GOARCH", 11),
    ("GOARM", 13),
    ("GOARM64", 23),
    ("GOAUTH", 24),
    ("GOBIN", 11),
    ("GOCACHE", 11),
    ("GOCACHEPROG", 21),
    ("GOENV", 13),
    ("GOEXE", 11),
    ("GOEXPERIMENT", 17),
    ("GOFIPS140", 24),
    ("GOFLAGS", 11),
    ("GOGCCFLAGS", 11),
    ("GOHOSTARCH", 11),
    ("GOHOSTOS", 11),
    ("GOINSECURE", 14),
    ("GOMIPS", 13),
    ("GOMIPS64", 13),
    ("GOMODCACHE", 15),
    ("GONOPROXY", 13),
    ("GONOSUMDB", 13),
    ("GOOS", 11),
    ("GOPATH", 11),
    ("GOPPC64", 13),
    ("GOPRIVATE", 13),
    ("GOPROXY", 11),
    ("GORISCV64", 23),
    ("GOROOT", 11),
    ("GOSUMDB", 13),
    ("GOTMPDIR", 11),
    ("GOTOOLCHAIN", 21),
    ("GOTOOLDIR", 11),
    ("GOVCS", 16),
    ("GOVERSION", 16),
    ("GOWASM", 13),
    ("GOWORK", 18),
    ("GOMOD", 11),
];

/// Whether the release knows the name.
pub(super) fn is_known(name: &str, release: Release) -> bool {
    let other = OTHERS.split_whitespace().any(|other| other == name);
    other
        || GO
            .iter()
            .any(|(known, since)| *known == name && release.at_least(*since))
}

/// Architectures by system.
const PAIRS: [(&str, &str); 15] = [
    ("aix", "ppc64"),
    ("android", "386 amd64 arm arm64"),
    ("darwin", "amd64 arm64"),
    ("dragonfly", "amd64"),
    ("freebsd", "386 amd64 arm arm64 riscv64"),
    ("illumos", "amd64"),
    ("ios", "amd64 arm64"),
    ("js", "wasm"),
    (
        "linux",
        "386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x sparc64",
    ),
    ("netbsd", "386 amd64 arm arm64"),
    ("openbsd", "386 amd64 arm arm64 mips64 ppc64 riscv64"),
    ("plan9", "386 amd64 arm"),
    ("solaris", "amd64"),
    ("wasip1", "wasm"),
    ("windows", "386 amd64 arm arm64"),
];

/// Whether the release builds for the pair.
pub(super) fn is_pair(os: &str, arch: &str, release: Release) -> bool {
    match (os, arch) {
        ("windows", "arm") if release.at_least(26) => return false,
        ("openbsd", "riscv64") if !release.at_least(23) => return false,
        ("wasip1", _) if !release.at_least(21) => return false,
        _ => {}
    }
    let pairs = PAIRS.iter().filter(|(system, _)| *system == os);
    pairs
        .flat_map(|(_, list)| list.split(' '))
        .any(|known| known == arch && !arch.is_empty())
}
