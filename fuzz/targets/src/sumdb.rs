//! Targets in `sumdb`.

use ::gomod::{ModulePath, ModuleVersion, Version};
use ::sumdb::{Database, Error, Head, Signer, Tile, Verification};

/// Root hash of the tree notes made up here: nobody has tiles that make it.
const ROOT: &str = "nND/nri/U0xuHUrYSy0HtMeal2vzD9V4k/BO79C+QeI=";

/// Values of GOSUMDB: a name and a URL that are read can be read again.
pub(crate) fn gosumdb(data: &[u8]) {
    match Database::parse(&String::from_utf8_lossy(data)) {
        Ok(None) => assert_eq!(data, b"off"),
        Ok(Some(database)) => {
            assert!(!database.name().is_empty() && !database.name().ends_with('/'));
            assert!(!database.url().ends_with('/') && database.url().starts_with("http"));
            let value = format!("{} {}", ::gomod::defaults::GOSUMDB, database.url());
            assert!(
                matches!(Database::parse(&value), Ok(Some(again)) if again.url() == database.url())
            );
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// Signed tree heads. As they come: without the key nothing new can be signed, so that only what is
/// recorded opens. And signed by us, so that the text behind the signature is read too.
pub(crate) fn note(data: &[u8]) {
    if let Ok(Some(database)) = Database::parse(::gomod::defaults::GOSUMDB) {
        check_head(&database, data);
    }
    if let Some((signer, database)) = ours() {
        check_head(&database, &signer.sign(&String::from_utf8_lossy(data)));
    }
}

fn check_head(database: &Database, note: &[u8]) {
    match Head::open(database, note) {
        Ok(head) => {
            assert_eq!(head.note, note);
            let start = format!("go.sum database tree\n{}\n", head.size);
            assert!(note.starts_with(start.as_bytes()));
        }
        Err(error) => check_error(&error),
    }
}

/// Answers to lookups: as they come, and with a tree head signed by us behind them. What is no tile of
/// the tree never proves one.
pub(crate) fn lookup(data: &[u8]) {
    let module = || {
        Some(ModuleVersion {
            path: ModulePath::parse("example.com/a").ok()?,
            version: Version::parse("v1.2.3").ok()?,
        })
    };
    let (Some((signer, database)), Some(module)) = (ours(), module()) else {
        panic!("a key and a module can be named");
    };
    let head = signer.sign(&format!("go.sum database tree\n70000\n{ROOT}\n"));
    let with_head = [data, head.as_slice()].concat();
    for answer in [data, with_head.as_slice()] {
        match Verification::lookup(&database, None, &module, answer) {
            Ok(run) => {
                assert!(run.needs().len() <= 16);
                let fill = data.first().copied().unwrap_or_default();
                let bytes = |tile: &Tile| Some(vec![fill; tile.bytes_len()?]);
                assert!(matches!(run.conclude(bytes), Err(Error::Unproven(_))));
            }
            Err(error) => check_error(&error),
        }
    }
}

/// Paths of tiles: what is read is the one spelling.
pub(crate) fn tile_path(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Some(tile) = Tile::parse(&text) {
        assert_eq!(tile.path(), text);
        assert!(Tile::parse(&tile.full().path()).is_some());
    }
}

/// A key of our own, and the database it makes.
fn ours() -> Option<(Signer, Database)> {
    let signer = Signer::from_seed("sum.example", &[7; 32]).ok()?;
    let database = Database::parse(&signer.verifier_key()).ok()??;
    Some((signer, database))
}

/// An error is one line of bounded length.
fn check_error(error: &Error) {
    let text = error.to_string();
    assert!(!text.is_empty() && !text.contains('\n') && text.len() < 2000);
}
