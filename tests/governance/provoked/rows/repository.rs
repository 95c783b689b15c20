//! What this repository and version control make `go` say.

use super::*;

/// What stands in the repository, and what version control says.
pub(crate) const REPOSITORY: &[Row] = &[
    Row {
        id: "GE37",
        name: "go-sum-zip",
        files: &[
            REQUIRES,
            IMPORTS,
            (
                "go.sum",
                "rsc.example/quote v1.0.0 h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
            ),
        ],
        commands: &["mod download"],
        ..PLAIN
    },
    Row {
        id: "GE38",
        name: "go-sum-mod",
        files: &[
            REQUIRES,
            IMPORTS,
            (
                "go.sum",
                "rsc.example/quote v1.0.0/go.mod h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
            ),
        ],
        commands: &["list -m all"],
        ..PLAIN
    },
    Row {
        id: "GE45",
        name: "no-go-sum",
        files: &[REQUIRES, IMPORTS],
        commands: &["build ."],
        ..PLAIN
    },
    Row {
        id: "GE45",
        name: "no-mod-sum",
        files: &[
            (
                "go.mod",
                "module main.example/m\n\ngo 1.16\n\nrequire rsc.example/quote v1.0.0\n",
            ),
            IMPORTS,
        ],
        commands: &["list -m all"],
        ..PLAIN
    },
    Row {
        id: "GE46",
        name: "merge-mark",
        files: &[REQUIRES, IMPORTS, ("go.sum", "<<<<<<< HEAD\n")],
        commands: &["mod download"],
        releases: (24, 0),
        ..PLAIN
    },
    Row {
        id: "GE47",
        name: "untidy",
        files: &[
            (
                "go.mod",
                "module main.example/m\n\ngo 1.20\n\nrequire (\n\trsc.example/quote v1.0.0\n\trsc.example/quote v1.1.0\n)\n",
            ),
            IMPORTS,
        ],
        commands: &["build ."],
        ..PLAIN
    },
    Row {
        id: "GE48",
        name: "no-requirement",
        files: &[IMPORTS],
        commands: &["build ."],
        ..PLAIN
    },
    Row {
        id: "GE49",
        name: "nobody-has-it",
        files: &[(
            "main.go",
            "package main\n\nimport _ \"rsc.example/quote/none\"\n\nfunc main() {}\n",
        )],
        env: &[("GOPROXY", "file://{home}")],
        commands: &["mod tidy"],
        ..PLAIN
    },
    Row {
        id: "GE50",
        name: "vendor",
        files: &[
            REQUIRES,
            IMPORTS,
            (
                "vendor/modules.txt",
                "# rsc.example/quote v1.1.0\n## explicit\nrsc.example/quote\n",
            ),
        ],
        commands: &["build ."],
        ..PLAIN
    },
    Row {
        id: "GE51",
        name: "renamed",
        commands: &["get fork.example/quote@v1.0.0"],
        script: |u| {
            u.add(
                &Module::new("fork.example/quote", "v1.0.0").go_mod("module rsc.example/quote\n"),
            );
        },
        ..PLAIN
    },
    Row {
        id: "GE54",
        name: "no-such-package",
        commands: &["get rsc.example/quote/none@v1.0.0"],
        ..PLAIN
    },
    Row {
        id: "GE77",
        name: "no-replacement",
        files: &[
            (
                "go.mod",
                "module main.example/m\n\ngo 1.20\n\nrequire rsc.example/quote v1.0.0\n\nreplace rsc.example/quote => ../quote\n",
            ),
            IMPORTS,
        ],
        commands: &["build ."],
        ..PLAIN
    },
    Row {
        id: "GE82",
        name: "no-dot",
        commands: &["get quote@v1.0.0"],
        ..PLAIN
    },
    Row {
        id: "GE85",
        name: "versions-in-vendor",
        files: &[("vendor/modules.txt", "")],
        commands: &["list -mod=vendor -m -versions rsc.example/quote"],
        ..PLAIN
    },
    Row {
        id: "GE76",
        name: "no-checkout",
        files: &[(".git/HEAD", "nonsense\n")],
        env: &[("GOFLAGS", "-buildvcs=true")],
        commands: &["build -o {home}/out ."],
        ..PLAIN
    },
    Row {
        id: "GE53",
        name: "no-tag",
        env: TO_REPO,
        commands: &["get git.example/team/lib.git@v9.9.9"],
        ..PLAIN
    },
    Row {
        id: "GE52",
        name: "no-suffix",
        env: TO_REPO,
        commands: &["get git.example/team/lib.git@v2.0.0"],
        ..PLAIN
    },
    Row {
        id: "GE60",
        name: "no-git-login",
        env: discovery!("{proxy}"),
        commands: DISCOVER,
        script: challenge,
        ..PLAIN
    },
    Row {
        id: "GE61",
        name: "no-repository",
        env: discovery!("{proxy}"),
        commands: DISCOVER,
        script: found,
        ..PLAIN
    },
    Row {
        id: "GE62",
        name: "git-authority",
        env: discovery!("{tls}"),
        commands: DISCOVER,
        script: found,
        ..PLAIN
    },
    Row {
        id: "GE63",
        name: "ssh",
        env: discovery!("ssh://git@127.0.0.1:1"),
        commands: DISCOVER,
        script: found,
        ..PLAIN
    },
    Row {
        id: "GE64",
        name: "no-git",
        env: discovery!("{proxy}", ("PATH", "{home}")),
        commands: DISCOVER,
        script: found,
        ..PLAIN
    },
    Row {
        id: "GE65",
        name: "govcs",
        env: &[("GOPROXY", "direct"), ("GOVCS", "public:hg")],
        commands: &["get git.example/team/lib.git@v1.0.0"],
        ..PLAIN
    },
    Row {
        id: "GE65",
        name: "govcs-entry",
        env: &[("GOPROXY", "direct"), ("GOVCS", "git")],
        commands: &["get git.example/team/lib.git@v1.0.0"],
        ..PLAIN
    },
    Row {
        id: "GE05",
        name: "discovery",
        env: &[("GOPROXY", "direct"), ("HTTPS_PROXY", "http://127.0.0.1:1")],
        commands: DISCOVER,
        ..PLAIN
    },
    Row {
        id: "GE55",
        name: "discovery-404",
        env: DISCOVERY,
        commands: DISCOVER,
        script: |u| page(u, 404, "none"),
        ..PLAIN
    },
    Row {
        id: "GE56",
        name: "web-page",
        env: DISCOVERY,
        commands: DISCOVER,
        script: |u| page(u, 200, "<html><head></head></html>"),
        ..PLAIN
    },
    Row {
        id: "GE57",
        name: "other-path",
        env: DISCOVERY,
        commands: DISCOVER,
        script: |u| {
            page(
                u,
                200,
                "<html><head><meta name=\"go-import\" content=\"git.example/other git https://git.example/other\"></head></html>",
            );
        },
        ..PLAIN
    },
    Row {
        id: "GE59",
        name: "unknown-vcs",
        env: DISCOVERY,
        commands: DISCOVER,
        script: |u| {
            page(
                u,
                200,
                "<html><head><meta name=\"go-import\" content=\"git.example/team/lib rcs https://git.example/team/lib\"></head></html>",
            );
        },
        ..PLAIN
    },
];
