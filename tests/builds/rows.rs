//! The rows of the table as data.

/// Commands, and what they show.
pub(crate) struct Row {
    /// What it is about.
    pub(crate) name: &'static str,
    /// Files beside or in place of the usual go.mod.
    pub(crate) files: &'static [(&'static str, &'static str)],
    /// What follows `go`, with variables before it as in a shell.
    pub(crate) commands: &'static [&'static str],
    /// What must be said, so that the row shows what it is there to show.
    pub(crate) says: &'static [&'static str],
}

const fn query(
    name: &'static str,
    command: &'static [&'static str],
    says: &'static [&'static str],
) -> Row {
    Row {
        name,
        files: &[],
        commands: command,
        says,
    }
}

const fn row(
    name: &'static str,
    files: &'static [(&'static str, &'static str)],
    commands: &'static [&'static str],
    says: &'static [&'static str],
) -> Row {
    Row {
        name,
        files,
        commands,
        says,
    }
}

/// Needs a.example/top v1.1.0 and nothing newer.
const NEEDS_TOP: (&str, &str) = (
    "go.mod",
    "module main.example/m\n\ngo 1.21\n\nrequire (\n\ta.example/top v1.1.0\n\tb.example/middle v0.1.0 // indirect\n\tc.example/base v1.0.0 // indirect\n)\n",
);

/// Imports it.
const IMPORTS_TOP: (&str, &str) = ("m.go", "package m\n\nimport _ \"a.example/top\"\n");

/// Questions about versions.
pub(crate) const QUERIES: &[Row] = &[
    query(
        "versions",
        &["list -m -versions a.example/top"],
        &["a.example/top v1.0.0 v1.1.0 v1.1.1 v1.2.0 v1.3.0-rc.1\n"],
    ),
    query(
        "versions as JSON",
        &["list -m -versions -json a.example/pre"],
        &["\"v0.1.0-beta.11\""],
    ),
    query(
        "versions of a module without tags",
        &["list -m -versions a.example/untagged"],
        &["a.example/untagged\n"],
    ),
    query(
        "versions without and with the retracted",
        &[
            "list -m -versions a.example/retracted",
            "list -m -versions -retracted a.example/retracted",
        ],
        &[
            "a.example/retracted v1.0.0 v1.2.0\n",
            "a.example/retracted v0.9.1 v1.0.0 v1.1.0 v1.2.0\n",
        ],
    ),
    query(
        "versions of a list with odd lines",
        &["list -m -versions a.example/oddlist"],
        &["a.example/oddlist v1.0.0\n"],
    ),
    query(
        "versions from before modules",
        &["list -m -versions a.example/old"],
        &["v1.0.0 v2.0.0+incompatible v3.1.0+incompatible\n"],
    ),
    query(
        "latest release",
        &["list -m -json a.example/top@latest"],
        &["\"Version\": \"v1.2.0\""],
    ),
    query(
        "latest of pre-releases only",
        &["list -m a.example/pre@latest"],
        &["a.example/pre v0.1.0-beta.11\n"],
    ),
    query(
        "latest without tags",
        &["list -m a.example/untagged@latest"],
        &["v0.0.0-20240301120000-abcdefabcdef\n"],
    ),
    query(
        "latest from before modules",
        &["list -m a.example/old@latest"],
        &["a.example/old v3.1.0+incompatible\n"],
    ),
    query(
        "an empty list and no latest",
        &["list -m a.example/nolatest@latest"],
        &["no matching versions for query \"latest\""],
    ),
    query(
        "a list of pseudo-versions and no latest",
        &["list -m a.example/pseudolist@latest"],
        &["v0.0.0-20240301120000-abcdefabcdef\n"],
    ),
    query(
        "latest when all is retracted",
        &[
            "list -m a.example/allretracted@latest",
            "list -m -retracted a.example/allretracted@latest",
        ],
        &["a.example/allretracted v1.0.0 (retracted)\n"],
    ),
    query(
        "a branch",
        &["list -m -json a.example/branches@main"],
        &["\"Version\": \"v1.0.1-0.20240501120000-0123456789ab\""],
    ),
    query(
        "commits by their long and short names",
        &[
            "list -m a.example/branches@0123456789abcdef0123456789abcdef01234567",
            "list -m a.example/branches@0123456789ab",
            "list -m a.example/branches@0123456",
        ],
        &["a.example/branches v1.0.1-0.20240501120000-0123456789ab\n"],
    ),
    query(
        "a branch with a dot, a tag that is no version",
        &[
            "list -m a.example/branches@feature.x",
            "list -m a.example/branches@release-1",
        ],
        &["a.example/branches v1.0.0\n"],
    ),
    query(
        "a pseudo-version",
        &["list -m a.example/branches@v1.0.1-0.20240501120000-0123456789ab"],
        &["a.example/branches v1.0.1-0.20240501120000-0123456789ab\n"],
    ),
    query(
        "prefixes of versions",
        &[
            "list -m a.example/top@v1",
            "list -m a.example/top@v1.1",
            "list -m a.example/top@v1.1.0",
        ],
        &["top v1.2.0\n", "top v1.1.1\n", "top v1.1.0\n"],
    ),
    query(
        "comparisons",
        &[
            "list -m a.example/top@<v1.2",
            "list -m a.example/top@<=v1.1.0",
            "list -m a.example/top@>v1.0.0",
            "list -m a.example/top@>=v1.2.1",
        ],
        &["top v1.1.1\n", "top v1.1.0\n", "top v1.3.0-rc.1\n"],
    ),
    row(
        "upgrade and patch of what is required",
        &[NEEDS_TOP],
        &[
            "list -m a.example/top@upgrade",
            "list -m a.example/top@patch",
        ],
        &["top v1.2.0\n", "top v1.1.1\n"],
    ),
    query(
        "major versions",
        &[
            "list -m -versions a.example/major",
            "list -m -versions a.example/major/v2",
            "list -m a.example/major/v2@latest",
            "list -m a.example/major/v3@latest",
        ],
        &["major/v2 v2.0.0 v2.1.0\n", "major/v3 v3.0.0-pre\n"],
    ),
    query(
        "upper case in path and version",
        &[
            "list -m -versions a.example/Upper/CamelCase",
            "list -m a.example/Upper/CamelCase@v1.1.0-RC1",
        ],
        &["a.example/Upper/CamelCase v1.1.0-RC1\n"],
    ),
    query(
        "a major version behind a dot",
        &[
            "list -m -versions gopkg.in/shelf.v2",
            "list -m gopkg.in/shelf.v2@latest",
        ],
        &["gopkg.in/shelf.v2 v2.1.0\n"],
    ),
    query(
        "where a version comes from",
        &["list -m -json a.example/origin@v1.0.0"],
        &["\"Ref\": \"refs/tags/v1.0.0\""],
    ),
    row(
        "what could be newer",
        &[NEEDS_TOP],
        &[
            "mod download",
            "list -m -u all",
            "list -m -u -json a.example/top",
        ],
        &["a.example/top v1.1.0 [v1.2.0]"],
    ),
    row(
        "retracted and deprecated requirements",
        &[(
            "go.mod",
            "module main.example/m\n\ngo 1.21\n\nrequire (\n\ta.example/deprecated v1.0.0\n\ta.example/retracted v1.1.0\n)\n",
        )],
        &["mod download all", "list -m -u all"],
        &[
            "v1.1.0 (retracted) [v1.2.0]",
            "a.example/deprecated v1.0.0 (deprecated)",
        ],
    ),
];

/// What changes go.mod, and what fetches.
pub(crate) const GETS: &[Row] = &[
    query(
        "get",
        &["get a.example/top"],
        &[
            "go: added a.example/top v1.2.0",
            "c.example/base v1.0.0 h1:",
        ],
    ),
    query(
        "get a prefix",
        &["get a.example/top@v1.1"],
        &["added a.example/top v1.1.1"],
    ),
    query(
        "get a pre-release",
        &["get a.example/top@v1.3.0-rc.1"],
        &["added b.example/middle v0.2.0"],
    ),
    query(
        "get a branch",
        &["get a.example/branches@main"],
        &["added a.example/branches v1.0.1-0.20240501120000-0123456789ab"],
    ),
    query(
        "get without tags",
        &["get a.example/untagged"],
        &["added a.example/untagged v0.0.0-20240301120000-abcdefabcdef"],
    ),
    query(
        "get from before modules",
        &["get a.example/old@v2"],
        &["added a.example/old v2.0.0+incompatible"],
    ),
    query(
        "get several",
        &[
            "get a.example/top@v1.0.0 c.example/base@v1.1.0 gopkg.in/shelf.v2 a.example/Upper/CamelCase",
        ],
        &[
            "added gopkg.in/shelf.v2 v2.1.0",
            "added a.example/Upper/CamelCase v1.0.0",
        ],
    ),
    row(
        "get -u",
        &[NEEDS_TOP, IMPORTS_TOP],
        &["get -u ./..."],
        &[
            "upgraded a.example/top v1.1.0 => v1.2.0",
            "upgraded c.example/base v1.0.0 => v1.1.0",
        ],
    ),
    row(
        "get -u=patch",
        &[NEEDS_TOP, IMPORTS_TOP],
        &["get -u=patch ./..."],
        &[
            "upgraded a.example/top v1.1.0 => v1.1.1",
            "upgraded c.example/base v1.0.0 => v1.0.1",
        ],
    ),
    row(
        "get @none and a downgrade",
        &[NEEDS_TOP],
        &["get a.example/top@v1.0.0", "get a.example/top@none"],
        &[
            "downgraded a.example/top v1.1.0 => v1.0.0",
            "removed a.example/top v1.0.0",
        ],
    ),
    query(
        "get a package in a folder of a module",
        &["get a.example/outer/deep/pkg"],
        &["added a.example/outer v1.0.0"],
    ),
    query(
        "get a package in a nested module",
        &["get a.example/outer/inner/leaf"],
        &["added a.example/outer/inner v0.2.0"],
    ),
    query(
        "get a package in a nested module by version",
        &["get a.example/outer/inner/leaf@v0.1.0"],
        &["added a.example/outer/inner v0.1.0"],
    ),
    query(
        "get a retracted version",
        &["get a.example/retracted@v1.1.0"],
        &["retracted by module author: loses data"],
    ),
    query(
        "get a deprecated module",
        &["get a.example/deprecated"],
        &["module a.example/deprecated is deprecated: use a.example/top."],
    ),
    row(
        "tidy",
        &[IMPORTS_TOP],
        &["mod tidy"],
        &[
            "go: found a.example/top in a.example/top v1.2.0",
            "b.example/middle v0.1.1 // indirect",
        ],
    ),
    row(
        "tidy by nested path",
        &[(
            "m.go",
            "package m\n\nimport (\n\t_ \"a.example/outer/deep/pkg\"\n\t_ \"a.example/outer/inner/leaf\"\n)\n",
        )],
        &["mod tidy"],
        &["go: found a.example/outer/inner/leaf in a.example/outer/inner v0.2.0"],
    ),
    query(
        "download as JSON",
        &[
            "mod download -json a.example/top@v1.2.0 a.example/origin@v1.0.0 a.example/old@v3.1.0+incompatible",
        ],
        &["\"Sum\": \"h1:", "\"VCS\": \"git\""],
    ),
    query(
        "download a query as JSON",
        &["mod download -json a.example/branches@main a.example/pre@latest"],
        &["\"Query\": \"main\""],
    ),
    row(
        "download the graph",
        &[NEEDS_TOP],
        &["mod download", "mod download -x all", "mod verify"],
        &["all modules verified"],
    ),
    row(
        "graph and why",
        &[NEEDS_TOP, IMPORTS_TOP],
        &[
            "mod graph",
            "mod tidy",
            "mod why -m c.example/base",
            "mod why a.example/top",
        ],
        &[
            "a.example/top@v1.1.0 b.example/middle@v0.1.0",
            "b.example/middle\nc.example/base",
        ],
    ),
    query(
        "install a program",
        &[
            "install a.example/tool@latest",
            "install a.example/tool@v1.0.0",
        ],
        &[
            "go: downloading a.example/tool v1.1.0",
            "go: downloading a.example/tool v1.0.0",
        ],
    ),
    row(
        "replace by another module and by a folder",
        &[
            (
                "go.mod",
                "module main.example/m\n\ngo 1.21\n\nrequire (\n\ta.example/gone v1.0.0\n\ta.example/top v1.1.0\n)\n\nreplace a.example/gone => a.example/pre v0.1.0-beta.2\n\nreplace c.example/base v1.0.0 => ./base\n",
            ),
            ("base/go.mod", "module c.example/base\n"),
            ("base/base.go", "package base\n"),
            IMPORTS_TOP,
        ],
        &[
            "mod tidy -e",
            "list -m all",
            "mod download -json a.example/top",
        ],
        &["c.example/base v1.0.0 => ./base"],
    ),
    row(
        "replace a module that is nowhere",
        &[(
            "go.mod",
            "module main.example/m\n\ngo 1.21\n\nrequire a.example/gone v1.0.0\n\nreplace a.example/gone => a.example/branches v1.0.0\n",
        )],
        &["mod download -json", "list -m all"],
        &["a.example/gone v1.0.0 => a.example/branches v1.0.0"],
    ),
    row(
        "exclude",
        &[(
            "go.mod",
            "module main.example/m\n\ngo 1.21\n\nexclude a.example/top v1.2.0\n",
        )],
        &["get a.example/top"],
        &["added a.example/top v1.1.1"],
    ),
    row(
        "workspace",
        &[
            ("go.work", "go 1.21\n\nuse (\n\t./one\n\t./two\n)\n"),
            (
                "one/go.mod",
                "module main.example/one\n\ngo 1.21\n\nrequire a.example/top v1.1.0\n",
            ),
            ("one/one.go", "package one\n\nimport _ \"a.example/top\"\n"),
            (
                "two/go.mod",
                "module main.example/two\n\ngo 1.21\n\nrequire c.example/base v1.1.0\n",
            ),
            ("two/two.go", "package two\n\nimport _ \"c.example/base\"\n"),
        ],
        &["list -m all", "list -deps ./one ./two", "work sync"],
        &["a.example/top v1.1.0", "c.example/base v1.1.0"],
    ),
    row(
        "vendor",
        &[NEEDS_TOP, IMPORTS_TOP],
        &[
            "mod tidy",
            "mod vendor",
            "GOFLAGS=-mod=vendor GOPROXY=off list -deps ./...",
        ],
        &[
            "# a.example/top v1.1.0",
            "[exit 0]\nc.example/base\nb.example/middle\na.example/top\n",
        ],
    ),
    row(
        "requirements are added by -mod=mod",
        &[IMPORTS_TOP],
        &["GOFLAGS=-mod=mod list -deps ./..."],
        &["require a.example/top v1.2.0"],
    ),
    row(
        "a go.sum that is there is believed and kept to",
        &[
            NEEDS_TOP,
            (
                "go.sum",
                "a.example/top v1.1.0 h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
            ),
        ],
        &["mod download a.example/top"],
        &["SECURITY ERROR"],
    ),
];

/// What is not there, or not as it should be.
pub(crate) const ERRORS: &[Row] = &[
    query(
        "versions of an unknown module",
        &["list -m -versions a.example/gone"],
        &["a.example/gone/@v/list: 404 Not Found"],
    ),
    query(
        "latest of an unknown module",
        &["list -m a.example/gone@latest"],
        &["404 Not Found"],
    ),
    query(
        "get an unknown module",
        &["get a.example/gone"],
        &["404 Not Found"],
    ),
    query(
        "an unknown version",
        &[
            "list -m a.example/top@v1.9.9",
            "get a.example/top@v1.9.9",
            "mod download a.example/top@v1.9.9",
        ],
        &["a.example/top/@v/v1.9.9.info: 404 Not Found"],
    ),
    query(
        "an unknown branch",
        &["list -m a.example/top@develop", "get a.example/top@develop"],
        &["invalid version: reading PROXY/a.example/top/@v/develop.info: 404 Not Found"],
    ),
    query(
        "no version matches",
        &[
            "list -m a.example/top@v7",
            "list -m a.example/top@>v9",
            "get a.example/top@<v0.1",
        ],
        &[
            "no matching versions for query \"v7\"",
            "no matching versions for query \"<v0.1\"",
        ],
    ),
    query(
        "an unknown package in a known module",
        &["get a.example/outer/nothere"],
        &[
            "module a.example/outer@upgrade found (v1.0.0), but does not contain package a.example/outer/nothere",
        ],
    ),
    query(
        "a branch with a slash",
        &["list -m a.example/branches@feature/x"],
        &["disallowed version string"],
    ),
    query(
        "paths that are none",
        &[
            "get nodot/x",
            "list -m a.example/UPPER~1@latest",
            "get a.example/top@v1.0.0+meta",
        ],
        &["[exit 1]"],
    ),
    query(
        "a version that is not of the path's major",
        &[
            "list -m a.example/top@v2.0.0",
            "list -m a.example/major/v2@v1.0.0",
            "get a.example/major/v2@v3",
        ],
        &["[exit 1]"],
    ),
    query(
        "v2 of a module with go.mod needs its suffix",
        &["get a.example/major@v2.0.0"],
        &["[exit 1]"],
    ),
    query(
        "a go.mod that names another module",
        &["get a.example/renamed"],
        &["module declares its path as: other.example/name"],
    ),
    query(
        "a module that wants a newer go",
        &["get a.example/newer"],
        &["requires go >= 1.99"],
    ),
    query(
        "what an upstream denies",
        &[
            "list -m -versions a.example/denied",
            "get a.example/denied",
            "get a.example/denied/pkg@v1.0.0",
        ],
        &["403 Forbidden", "blocked by the security team: ticket 4711"],
    ),
    query(
        "what is gone for good",
        &[
            "list -m -versions a.example/removed",
            "get a.example/removed@v1.0.0",
        ],
        &["a.example/removed/@v/list: 404 Not Found"],
    ),
    query(
        "an upstream out of order",
        &["list -m -versions a.example/broken", "get a.example/broken"],
        &[
            "503 Service Unavailable",
            "500 Internal Server Error",
            "out of order",
        ],
    ),
    query(
        "a zip that is missing",
        &[
            "mod download a.example/zipless@v1.0.0",
            "get a.example/zipless",
        ],
        &["a.example/zipless/@v/v1.0.0.zip: 404 Not Found"],
    ),
    row(
        "a requirement that is nowhere",
        &[(
            "go.mod",
            "module main.example/m\n\ngo 1.21\n\nrequire a.example/gone v1.0.0\n",
        )],
        &["mod graph", "mod tidy", "list -m all"],
        &["a.example/gone@v1.0.0: reading PROXY/a.example/gone/@v/v1.0.0.mod: 404 Not Found"],
    ),
    row(
        "an import that is nowhere",
        &[("m.go", "package m\n\nimport _ \"a.example/gone/pkg\"\n")],
        &["mod tidy", "list -deps ./..."],
        &["cannot find module providing package a.example/gone/pkg"],
    ),
    query(
        "a program that is none",
        &[
            "install a.example/top@v1.0.0",
            "install a.example/outer/deep/pkg@latest",
        ],
        &["not a main package"],
    ),
];
