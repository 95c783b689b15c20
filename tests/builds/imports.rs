//! `modkeep import`: what another proxy kept, or Go's own cache, is served by a new modkeep when nothing
//! else is there.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use testkit::{Go, Modkeep, ModkeepOptions, client, deadline};

use crate::comparison::WITHIN;
use crate::pair::{MODKEEP, Pair};

const IMPORTS: &str =
    "package m\n\nimport (\n\t_ \"a.example/top\"\n\t_ \"a.example/Upper/CamelCase\"\n)\n";

fn build(go: &Go) -> String {
    go.write("go.mod", "module main.example/m\n\ngo 1.21\n");
    go.write("m.go", IMPORTS);
    go.run("mod tidy").expect_ok();
    go.run("mod download all").expect_ok();
    go.run("list -deps ./...").expect_ok();
    go.read("go.sum").unwrap()
}

#[expect(clippy::disallowed_methods, reason = "test code")]
/// Runs `modkeep import` into `store`, before the pair's upstream.
fn import(pair: &mut Pair, layout: &str, tree: &Path, store: &Path, further: &[&str]) -> Output {
    let (url, sumdb) = (pair.straight().url(), pair.database().gosumdb());
    let mut command = Command::new(MODKEEP);
    command.env_clear().args(["import", layout]).arg(tree);
    command.arg("--store").arg(store);
    command.args(["--upstream", &url, "--sumdb", &sumdb]);
    command.args(further).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A modkeep on `store` that asks nobody.
fn alone(pair: &mut Pair, store: &Path) -> Modkeep {
    ModkeepOptions::new(MODKEEP, store)
        .args(&["--upstream", &pair.straight().url(), "--offline"])
        .args(&["--sumdb", &pair.database().gosumdb()])
        .start()
}

/// A folder laid out as Athens does, from the tree of a module cache: the same files under other names.
fn lay_out_as_athens(download: &Path, athens: &Path) {
    let mut folders = vec![download.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let file = entry.unwrap().path();
            if file.is_dir() {
                folders.push(file);
                continue;
            }
            let name = file.file_name().unwrap().to_str().unwrap();
            let Some((version, kind)) = name.rsplit_once('.') else {
                continue;
            };
            let name = match kind {
                "info" => format!("{version}.info"),
                "mod" => "go.mod".to_owned(),
                "zip" => "source.zip".to_owned(),
                _ => continue,
            };
            let module = file.parent().unwrap().parent().unwrap();
            let module = module.strip_prefix(download).unwrap().to_str().unwrap();
            let folder = athens.join(unescaped(module)).join(version);
            fs::create_dir_all(&folder).unwrap();
            fs::copy(&file, folder.join(name)).unwrap();
        }
    }
}

fn unescaped(path: &str) -> String {
    let mut text = String::new();
    let mut is_upper = false;
    for letter in path.chars() {
        match letter {
            '!' => is_upper = true,
            _ if std::mem::take(&mut is_upper) => text.push(letter.to_ascii_uppercase()),
            _ => text.push(letter),
        }
    }
    text
}

#[test]
fn a_build_runs_offline_from_what_was_imported() {
    deadline(WITHIN, || {
        let mut pair = Pair::start(&[]);
        let straight = pair.straight().url();
        let go = pair.go(&straight);
        let sums = build(&go);
        let place = tempfile::tempdir().unwrap();
        let athens = place.path().join("athens");
        lay_out_as_athens(&go.modcache().join("cache/download"), &athens);
        for (layout, tree) in [("cache", go.modcache()), ("athens", athens)] {
            let store = place.path().join(format!("store-of-{layout}"));
            let imported = import(&mut pair, layout, &tree, &store, &[]);
            assert_eq!(imported.status.code(), Some(0), "{}", said(&imported));
            let again = import(&mut pair, layout, &tree, &store, &[]);
            assert!(
                said(&again).starts_with("0 files taken in (0 B), "),
                "{}",
                said(&again)
            );
            // What the checksum database said is kept from the import too.
            let served = alone(&mut pair, &store);
            let catalog = client::get(served.authority(), "/catalog").text();
            assert!(catalog.contains("a.example/top"), "{catalog}");
            let mut offline = pair.go(served.url());
            offline.write("go.sum", &sums);
            offline.write("go.mod", &go.read("go.mod").unwrap());
            offline.write("m.go", IMPORTS);
            offline.set("GOFLAGS", "-modcacherw -mod=readonly");
            offline.run("list -deps ./...").expect_ok();
            assert_eq!(offline.read("go.sum").unwrap(), sums, "{layout}");
        }
    });
}

#[test]
fn damage_is_named_file_by_file_and_left_out() {
    deadline(WITHIN, || {
        let mut pair = Pair::start(&[]);
        let straight = pair.straight().url();
        let go = pair.go(&straight);
        build(&go);
        let download = go.modcache().join("cache/download");
        let module = download.join("a.example/top/@v");
        let version = fs::read_dir(&module).unwrap().find_map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            name.strip_suffix(".zip").map(str::to_owned)
        });
        let zip = module.join(format!("{}.zip", version.unwrap()));
        let whole = fs::read(&zip).unwrap();
        fs::write(&zip, &whole[..whole.len() - 10]).unwrap();
        let place = tempfile::tempdir().unwrap();
        let store = place.path().join("store");
        let imported = import(&mut pair, "cache", &download, &store, &["--format", "json"]);
        assert_eq!(imported.status.code(), Some(1), "{}", said(&imported));
        let report: serde_json::Value = serde_json::from_slice(&imported.stdout).unwrap();
        assert_eq!(report["schema"], 1);
        let findings = report["findings"].as_array().unwrap();
        assert_eq!(findings.len(), 1, "{report:#}");
        assert_eq!(findings[0]["rule"], "wrong");
        assert_eq!(findings[0]["path"], "a.example/top");
        assert_eq!(findings[0]["kind"], "zip");
        assert_eq!(findings[0]["file"], zip.to_str().unwrap());
        // Mended, the same command brings what was left out.
        fs::write(&zip, &whole).unwrap();
        let imported = import(&mut pair, "cache", &download, &store, &[]);
        assert_eq!(imported.status.code(), Some(0), "{}", said(&imported));
        assert!(
            said(&imported).starts_with("1 files taken in ("),
            "{}",
            said(&imported)
        );
    });
}

#[test]
fn what_is_no_folder_is_wrong_usage() {
    let mut pair = Pair::start(&[]);
    let place = tempfile::tempdir().unwrap();
    let store = place.path().join("store");
    let nothing = place.path().join("nothing");
    let imported = import(&mut pair, "athens", &nothing, &store, &[]);
    assert_eq!(imported.status.code(), Some(2), "{}", said(&imported));
    assert!(
        said(&imported).contains("nothing: No such file"),
        "{}",
        said(&imported)
    );
    assert!(!store.exists(), "no store is made for it");
}
