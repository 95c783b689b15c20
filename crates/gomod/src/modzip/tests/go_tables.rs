//! The tables of x/mod's own zip tests.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use super::module;
use super::writer::{Item, zip};
use crate::modzip::inspect;

/// One file of the tables: its head, and its entries by name.
struct Table {
    head: String,
    items: Vec<(String, String)>,
}

impl Table {
    fn read(file: &Path) -> Self {
        let text = fs::read_to_string(file).unwrap();
        let mut head = String::new();
        let mut items: Vec<(String, String)> = Vec::new();
        for line in text.split_inclusive('\n') {
            let name = line
                .strip_prefix("-- ")
                .and_then(|rest| rest.strip_suffix(" --\n"));
            match (name, items.last_mut()) {
                (Some("want"), _) => {}
                (Some(name), _) => items.push((name.to_owned(), String::new())),
                (None, Some((_, content))) => content.push_str(line),
                (None, None) => head.push_str(line),
            }
        }
        Self { head, items }
    }

    fn value(&self, key: &str) -> Option<&str> {
        self.head
            .lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
    }
}

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata/go/zip")
        .join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

#[test]
fn unzip_table() {
    for file in files("unzip") {
        let table = Table::read(&file);
        let items: Vec<Item> = table
            .items
            .iter()
            .map(|(name, content)| Item::new(name.as_str(), content.as_str()))
            .collect();
        let module = module(
            table.value("path").unwrap(),
            table.value("version").unwrap(),
        );
        // What is wrong with a path or version is told where they are parsed.
        let Ok(module) = module else {
            let name = file.file_stem().unwrap().to_str().unwrap();
            assert!(
                name.starts_with("bad_mod_path") || name == "bad_version",
                "{name}"
            );
            continue;
        };
        let result = inspect(Cursor::new(zip(&items)), &module);
        match table.value("wantErr") {
            None => assert_eq!(result.unwrap().h1, table.value("hash").unwrap(), "{file:?}"),
            Some(expected) => {
                // Names stand in quotes here.
                let text = result.unwrap_err().to_string();
                let unquoted = text.replacen('"', "", 2);
                assert!(
                    text.contains(expected) || unquoted.contains(expected),
                    "{file:?}: {text}"
                );
            }
        }
    }
}

/// Go lists everything that is wrong with a zip. Here the first fault refuses it, so that the zip
/// is put together entry by entry, without those that are refused.
#[test]
fn check_zip_table() {
    for file in files("check_zip") {
        let table = Table::read(&file);
        let module = module(
            table.value("path").unwrap(),
            table.value("version").unwrap(),
        )
        .unwrap();
        let mut items = Vec::new();
        let (mut valid, mut invalid) = (Vec::new(), Vec::new());
        for (name, content) in &table.items {
            items.push(Item::new(name.as_str(), content.as_str()));
            match inspect(Cursor::new(zip(&items)), &module) {
                Ok(_) => valid.push(name.clone()),
                Err(error) => {
                    items.pop();
                    invalid.push((name.clone(), error.to_string()));
                }
            }
        }
        let section = |title: &str| -> Vec<String> {
            let (_, rest) = table.head.split_once(&format!("{title}:\n")).unwrap();
            rest.lines()
                .take_while(|line| !line.is_empty())
                .map(str::to_owned)
                .collect()
        };
        assert_eq!(valid, section("\nvalid"), "{file:?}");
        let expected = section("\ninvalid");
        assert_eq!(invalid.len(), expected.len(), "{invalid:?}");
        for ((name, text), line) in invalid.iter().zip(&expected) {
            let reason = line.strip_prefix(name).unwrap().trim_start_matches(": ");
            assert!(text.ends_with(reason), "{text}");
        }
    }
}
