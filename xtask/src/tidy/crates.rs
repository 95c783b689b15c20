//! Which crate may use which, and which crates of others may be used at all.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;

use anyhow::Result;
use cargo_metadata::{DependencyKind, MetadataCommand, Package};

use crate::shell::{cargo, root};

/// Each of our crates and what it may use: the drawing of ARCHITECTURE.md, as data. Dependencies for
/// tests do not count.
const LAYERS: [(&str, &[&str]); 18] = [
    ("gomod", &[]),
    ("sumdb", &["gomod"]),
    ("policy", &["gomod"]),
    ("platform", &[]),
    ("telemetry", &[]),
    ("goenv", &["gomod", "platform"]),
    ("store", &["gomod", "sumdb", "platform"]),
    ("origin", &["gomod", "sumdb", "platform"]),
    (
        "keeper",
        &[
            "gomod",
            "sumdb",
            "policy",
            "platform",
            "telemetry",
            "store",
            "origin",
        ],
    ),
    (
        "server",
        &[
            "gomod",
            "sumdb",
            "policy",
            "platform",
            "telemetry",
            "store",
            "origin",
            "keeper",
        ],
    ),
    ("audit", &["gomod", "policy", "goenv", "platform"]),
    ("doctor", &["gomod", "sumdb", "policy", "goenv", "platform"]),
    ("emit", &["gomod", "policy", "goenv", "telemetry"]),
    (
        "modkeep",
        &[
            "gomod",
            "sumdb",
            "policy",
            "platform",
            "telemetry",
            "goenv",
            "store",
            "origin",
            "keeper",
            "server",
            "audit",
            "doctor",
            "emit",
        ],
    ),
    ("testkit", &["gomod", "sumdb"]),
    ("bench", &["gomod", "sumdb", "testkit"]),
    (
        "fuzz-targets",
        &[
            "gomod", "sumdb", "policy", "goenv", "server", "origin", "store", "keeper", "audit",
            "doctor",
        ],
    ),
    ("xtask", &["testkit", "gomod"]),
];

/// Crates that must not be in the tree, and why.
const BANNED: [(&str, &str); 6] = [
    ("ring", "one provider of TLS for the tree: aws-lc-rs"),
    ("openssl-sys", "one provider of TLS for the tree: aws-lc-rs"),
    ("native-tls", "one provider of TLS for the tree: aws-lc-rs"),
    ("rsa", "open advisory about timing"),
    ("oci-distribution", "no longer kept"),
    ("serde_yaml", "no positions, no longer kept"),
];

/// Licences that may be linked in.
const LICENCES: [&str; 12] = [
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "Unicode-3.0",
    "BSL-1.0",
    "CDLA-Permissive-2.0",
    "0BSD",
    "Unlicense",
];

/// Crates that stand twice in the tree, and why that is borne.
const TWICE: [(&str, &str); 1] = [(
    "syn",
    "procedural macros move to version 3 one by one; it is only built, never linked in",
)];

/// All that is wrong with the crates.
pub(super) fn check() -> Result<Vec<String>> {
    let mut metadata = MetadataCommand::new();
    let metadata = metadata
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()?;
    let mut faults: Vec<String> = metadata.packages.iter().flat_map(check_layer).collect();
    check_packages(&tree("normal,build,dev")?, &mut faults);
    // What only tests use may stand twice: a second opinion brings its own versions.
    check_versions(&tree("normal,build")?, &mut faults);
    Ok(faults)
}

/// The tree as it is built, along these edges; metadata also names what optional features would bring.
fn tree(edges: &str) -> Result<String> {
    let mut tree = cargo(&["tree", "--workspace", "--all-features", "--locked"]);
    tree.args(["--prefix", "none", "--format", "{p}\t{l}", "--edges", edges]);
    let output = tree.stderr(Stdio::null()).output()?;
    Ok(String::from_utf8(output.stdout)?)
}

fn check_layer(package: &Package) -> Vec<String> {
    let name = package.name.as_str();
    let Some((_, allowed)) = LAYERS.iter().find(|(layer, _)| *layer == name) else {
        return vec![format!("{name} has no row in the table of layers")];
    };
    let ours = |name: &str| LAYERS.iter().any(|(layer, _)| *layer == name);
    let used = package
        .dependencies
        .iter()
        .filter(|edge| edge.kind != DependencyKind::Development && ours(&edge.name));
    used.filter(|edge| !allowed.contains(&edge.name.as_str()))
        .map(|edge| format!("{name} may not use {}", edge.name))
        .collect()
}

/// Checks the lines of `cargo tree`: `name v1.2.3 (note)`, a tab, the licence.
fn check_packages(tree: &str, faults: &mut Vec<String>) {
    let foreign = foreign_lines(tree);
    for line in &foreign {
        let (package, licence) = line.split_once('\t').unwrap_or((line, ""));
        let mut words = package.split(' ');
        let name = words.next().unwrap_or_default();
        if let Some((_, why)) = BANNED.iter().find(|(banned, _)| *banned == name) {
            faults.push(format!("{name} is banned: {why}"));
        }
        if words.skip(1).any(|note| note != "(proc-macro)") {
            faults.push(format!("{package} comes from outside the crate registry"));
        }
        if !is_allowed(licence) {
            faults.push(format!(
                "{name} has the licence {licence:?}, which is not on the list"
            ));
        }
    }
    if foreign.is_empty() {
        faults.push("cargo tree says nothing".to_owned());
    }
}

/// Checks the same lines for crates that stand in them more than once.
fn check_versions(tree: &str, faults: &mut Vec<String>) {
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in foreign_lines(tree) {
        let mut words = line.split([' ', '\t']);
        let (name, version) = (words.next(), words.next());
        let versions = versions.entry(name.unwrap_or_default()).or_default();
        versions.insert(version.unwrap_or_default());
    }
    for (name, versions) in versions.iter().filter(|(_, versions)| versions.len() > 1) {
        if TWICE.iter().all(|(twice, _)| twice != name) {
            faults.push(format!(
                "{name} stands more than once in the tree: {versions:?}"
            ));
        }
    }
}

/// The lines about crates of others, each once.
fn foreign_lines(tree: &str) -> BTreeSet<&str> {
    let lines = tree.lines().map(|line| line.trim_end_matches(" (*)"));
    lines
        .filter(|line| {
            let name = line.split(' ').next().unwrap_or_default();
            !name.is_empty() && LAYERS.iter().all(|(ours, _)| *ours != name)
        })
        .collect()
}

/// Whether a licence expression can be met from the list: one side of each OR, both of each AND.
fn is_allowed(expression: &str) -> bool {
    let plain = expression.replace(['(', ')'], " ").replace('/', " OR ");
    plain.split(" OR ").any(|choice| {
        choice
            .split(" AND ")
            .all(|licence| LICENCES.contains(&licence.trim()))
    })
}

#[cfg(test)]
mod tests {
    use super::{check_packages, check_versions, is_allowed};

    #[test]
    fn the_tree_is_judged() {
        let tree = "gomod v0.1.0 (/a/b)\tApache-2.0\nring v0.17.0\tISC\nring v0.17.0\tISC (*)\na v1.0.0 (proc-macro)\tMIT\na v2.0.0\tMIT\nb v1.0.0 (https://git.example/b)\tGPL-3.0";
        let mut faults = Vec::new();
        check_packages(tree, &mut faults);
        assert_eq!(faults.len(), 3, "{faults:#?}");
        check_versions(tree, &mut faults);
        assert_eq!(faults.len(), 4, "{faults:#?}");
    }

    #[test]
    fn licence_expressions_are_read() {
        for good in [
            "MIT",
            "MIT OR GPL-3.0",
            "MIT/Apache-2.0",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "ISC AND MIT",
        ] {
            assert!(is_allowed(good), "{good}");
        }
        for bad in ["GPL-3.0-or-later", "MIT AND GPL-3.0", "MPL-2.0", "none"] {
            assert!(!is_allowed(bad), "{bad}");
        }
    }
}
