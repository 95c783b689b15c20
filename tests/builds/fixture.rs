//! What the upstream has: a module for each way in which modules differ.

use testkit::{Module, Reply, Times, Upstream};

/// The commit that `main` of a.example/branches is at.
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// Its version.
const PSEUDO: &str = "v1.0.1-0.20240501120000-0123456789ab";

/// Fills `upstream`.
pub(crate) fn fill(upstream: &Upstream) {
    for module in modules() {
        upstream.add(&module);
    }
    mutable(upstream);
    odd(upstream);
}

/// `M@V` of a package file that imports `imports`.
fn importing(path: &str, version: &str, imports: &[&str]) -> Module {
    let last = path.rsplit('/').next().unwrap();
    let mut source = format!("package {last}\n\n");
    for import in imports {
        source += &format!("import _ \"{import}\"\n");
    }
    Module::new(path, version).files(&[("source.go", &source)])
}

fn modules() -> Vec<Module> {
    [
        graph(),
        prereleases(),
        majors(),
        warnings(),
        nested(),
        programs(),
    ]
    .concat()
}

/// A small graph: a.example/top needs b.example/middle needs c.example/base.
fn graph() -> Vec<Module> {
    let mut modules: Vec<_> = ["v1.0.0", "v1.0.1", "v1.1.0"]
        .into_iter()
        .map(|version| Module::new("c.example/base", version))
        .collect();
    for (version, base) in [
        ("v0.1.0", "v1.0.0"),
        ("v0.1.1", "v1.0.0"),
        ("v0.2.0", "v1.0.1"),
    ] {
        let module = importing("b.example/middle", version, &["c.example/base"]);
        modules.push(module.require("c.example/base", base));
    }
    for (version, middle) in [
        ("v1.0.0", "v0.1.0"),
        ("v1.1.0", "v0.1.0"),
        ("v1.1.1", "v0.1.1"),
        ("v1.2.0", "v0.1.1"),
        ("v1.3.0-rc.1", "v0.2.0"),
    ] {
        let module = importing("a.example/top", version, &["b.example/middle"]);
        modules.push(module.require("b.example/middle", middle));
    }
    modules
}

fn prereleases() -> Vec<Module> {
    ["v0.1.0-alpha.1", "v0.1.0-beta.2", "v0.1.0-beta.11"]
        .into_iter()
        .map(|version| Module::new("a.example/pre", version))
        .collect()
}

fn majors() -> Vec<Module> {
    let mut modules: Vec<_> = [
        ("a.example/major", "v1.0.0"),
        ("a.example/major/v2", "v2.0.0"),
        ("a.example/major/v2", "v2.1.0"),
        ("a.example/major/v3", "v3.0.0-pre"),
        ("a.example/Upper/CamelCase", "v1.0.0"),
        ("a.example/Upper/CamelCase", "v1.1.0-RC1"),
        ("gopkg.in/shelf.v2", "v2.0.0"),
        ("gopkg.in/shelf.v2", "v2.1.0"),
        ("a.example/dotted.name", "v1.0.0"),
    ]
    .into_iter()
    .map(|(path, version)| Module::new(path, version))
    .collect();
    for version in ["v1.0.0", "v2.0.0+incompatible", "v3.1.0+incompatible"] {
        modules.push(Module::new("a.example/old", version).without_go_mod());
    }
    modules
}

fn warnings() -> Vec<Module> {
    let deprecated = "// Deprecated: use a.example/top.\nmodule a.example/deprecated\n\ngo 1.21\n";
    let retracted = |version| Module::new("a.example/retracted", version);
    let takes_back = retracted("v1.2.0")
        .directive("retract v1.1.0 // loses data")
        .directive("retract [v0.9.0, v0.9.9]");
    vec![
        Module::new("a.example/deprecated", "v1.0.0").go_mod(deprecated),
        retracted("v0.9.1"),
        retracted("v1.0.0"),
        retracted("v1.1.0"),
        takes_back,
        // The only one, and it takes itself back.
        Module::new("a.example/allretracted", "v1.0.0").directive("retract v1.0.0 // mistake"),
    ]
}

fn nested() -> Vec<Module> {
    vec![
        Module::new("a.example/outer", "v1.0.0").file("deep/pkg/pkg.go", "package pkg\n"),
        Module::new("a.example/outer/inner", "v0.1.0").file("leaf/leaf.go", "package leaf\n"),
        Module::new("a.example/outer/inner", "v0.2.0").file("leaf/leaf.go", "package leaf\n"),
    ]
}

fn programs() -> Vec<Module> {
    ["v1.0.0", "v1.1.0"]
        .into_iter()
        .map(|version| {
            Module::new("a.example/tool", version)
                .files(&[("main.go", "package main\n\nfunc main() {}\n")])
        })
        .collect()
}

/// Branches, commits, and modules without tags.
fn mutable(upstream: &Upstream) {
    upstream.add(&Module::new("a.example/branches", "v1.0.0"));
    let pseudo = Module::new("a.example/branches", PSEUDO).at("2024-05-01T12:00:00Z");
    upstream.add(&pseudo);
    for query in ["main", COMMIT, &COMMIT[..12], &COMMIT[..7], "feature.x"] {
        let path = format!("a.example/branches/@v/{query}.info");
        upstream.put(&path, pseudo.info_bytes());
    }
    // A tag that is no semantic version.
    let tag = Module::new("a.example/branches", "v1.0.0");
    upstream.put("a.example/branches/@v/release-1.info", tag.info_bytes());

    let untagged = "v0.0.0-20240301120000-abcdefabcdef";
    for (path, has_latest) in [("a.example/untagged", true), ("a.example/nolatest", false)] {
        let module = Module::new(path, untagged);
        upstream.add(&module);
        upstream.put(&format!("{path}/@v/list"), "");
        if has_latest {
            upstream.put(&format!("{path}/@latest"), module.info_bytes());
        }
    }
    let listed = Module::new("a.example/pseudolist", untagged);
    upstream.add(&listed);
    let list = format!("{untagged} 2024-03-01T12:00:00Z\n");
    upstream.put("a.example/pseudolist/@v/list", list);
    // Lines that Go passes over.
    upstream.add(&Module::new("a.example/oddlist", "v1.0.0"));
    let list = "v1.0.0\nnot a version\n\nv0.0.0-20240301120000-abcdefabcdef\n";
    upstream.put("a.example/oddlist/@v/list", list);
}

/// Answers that stop a command, and go.mod files that are not as they should be.
fn odd(upstream: &Upstream) {
    let text = "blocked by the security team: ticket 4711\n".to_owned();
    for (path, reply) in [
        ("a.example/denied/*", Reply::Status(403, text)),
        (
            "a.example/removed/*",
            Reply::Status(410, "gone for good\n".to_owned()),
        ),
        (
            "a.example/broken/*",
            Reply::Status(500, "out of order\n".to_owned()),
        ),
    ] {
        upstream.script(path, Times::Always, reply);
    }
    upstream.add(&Module::new("a.example/renamed", "v1.0.0").go_mod("module other.example/name\n"));
    let newer = "module a.example/newer\n\ngo 1.99\n";
    upstream.add(&Module::new("a.example/newer", "v1.0.0").go_mod(newer));
    let origin = r#"{"Version":"v1.0.0","Time":"2024-03-01T12:00:00Z","Origin":{"VCS":"git","URL":"https://a.example/origin","Hash":"0123456789abcdef0123456789abcdef01234567","Ref":"refs/tags/v1.0.0"}}"#;
    let with_origin = Module::new("a.example/origin", "v1.0.0");
    upstream.add(&with_origin);
    upstream.put(&with_origin.url_path("info"), origin);
    // Only its zip is missing.
    let zipless = Module::new("a.example/zipless", "v1.0.0");
    upstream.add(&zipless);
    upstream.remove(&zipless.url_path("zip"));
}
