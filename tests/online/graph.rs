//! A real graph of several hundred modules, and a real program.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use testkit::{Go, deadline};

use crate::network::{WITHIN, cut_off, online, straight, through};

/// A few programs with many dependencies.
const GO_MOD: &str = include_str!("testdata/go.mod");

const PROGRAM: &str = "golang.org/x/tools/cmd/stringer@latest";

/// How many modules the graph has at least.
const SEVERAL_HUNDRED: usize = 300;

/// Downloads the graph into an empty module cache, believing nothing but the checksum database.
fn download(go: &Go) -> Files {
    go.clean_modcache();
    go.write("go.mod", GO_MOD);
    go.write("go.sum", "");
    let said = go.run("mod download -json all").expect_ok();
    let modules = said.matches("\"Zip\":").count();
    assert!(modules >= SEVERAL_HUNDRED, "{modules} modules");
    go.run(&format!("install -trimpath {PROGRAM}")).expect_ok();
    files(&go.modcache().join("cache/download"))
}

/// Contents by path.
type Files = BTreeMap<String, Vec<u8>>;

fn files(root: &Path) -> Files {
    let mut files = Files::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(root).unwrap().to_str().unwrap();
            files.insert(name.to_owned(), fs::read(&path).unwrap());
        }
    }
    files
}

/// The record in an answer to a lookup: the signed head below it may be another one each time.
fn record(answer: &[u8]) -> &[u8] {
    let end = answer.windows(2).position(|pair| pair == b"\n\n");
    &answer[..end.unwrap()]
}

/// Every file is the same. The database's tree has grown between two downloads, so of its answers the
/// records are compared.
fn compare(found: &Files, wanted: &Files, what: &str) {
    let is_tile = |name: &str| name.starts_with("sumdb/") && name.contains("/tile/");
    let names = |files: &Files| -> Vec<String> {
        let names = files.keys().filter(|name| !is_tile(name));
        names.cloned().collect()
    };
    assert_eq!(names(found), names(wanted), "{what}");
    for (name, wanted) in wanted.iter().filter(|(name, _)| !is_tile(name)) {
        let found = &found[name];
        let same = if name.starts_with("sumdb/") && name.contains("/lookup/") {
            record(found) == record(wanted)
        } else {
            found == wanted
        };
        assert!(same, "{what}: {name}");
    }
}

#[test]
fn a_graph_and_a_program_are_those_of_the_default_chain_online_and_cut_off() {
    deadline(WITHIN, || {
        let place = tempfile::tempdir().unwrap();
        let (store, buildcache) = (place.path().join("store"), place.path().join("build"));
        let share = |go: Go| go.env("GOCACHE", buildcache.to_str().unwrap());
        let direct = share(straight());
        let wanted = download(&direct);

        let modkeep = online(&store);
        let go = share(through(&modkeep));
        compare(&download(&go), &wanted, "through modkeep");
        compare_programs(&direct, &go);
        assert_eq!(modkeep.terminate().code(), Some(0));

        let modkeep = cut_off(&store);
        let mut go = go;
        go.set("GOPROXY", modkeep.url());
        // The tree head that it has seen is kept, then forgotten.
        go.clean_modcache();
        go.run("mod download github.com/golangci/golangci-lint@v1.55.2")
            .expect_ok();
        go.forget_heads();
        compare(&download(&go), &wanted, "cut off");
        // No request of those would have been answered.
        let missing = go.run("mod download rsc.io/quote@v1.5.2").expect_failure();
        assert!(missing.contains("503 Service Unavailable"), "{missing}");
    });
}

fn compare_programs(one: &Go, other: &Go) {
    let program = |go: &Go| fs::read(go.gopath().join("bin/stringer")).unwrap();
    assert!(program(one) == program(other), "{PROGRAM}");
}
