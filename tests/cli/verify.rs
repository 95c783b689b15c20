//! `modkeep verify`, alone and beside a server.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use testkit::{Database, Modkeep, ModkeepOptions, Module, Upstream, client};

use crate::run::{MODKEEP, Place, Said};

/// Far over what a disk needs, and only there so that a test ends.
const DISK: Duration = Duration::from_secs(30);

/// A store that a server has filled with one module, and the sources it came from.
struct Filled {
    place: Place,
    upstream: Upstream,
    gosumdb: String,
    server: Option<Modkeep>,
}

impl Filled {
    fn new() -> Self {
        let (upstream, database) = (Upstream::start(), Database::new("sum.test.example"));
        let module = Module::new("example.com/kept", "v1.0.0");
        upstream.add(&module);
        database.add(&module);
        upstream.relay(&database);
        let place = Place::new();
        let gosumdb = database.gosumdb();
        let server = ModkeepOptions::new(MODKEEP, &place.path().join("store"))
            .args(&["--upstream", &upstream.url(), "--sumdb", &gosumdb])
            .start();
        for kind in ["info", "mod", "zip"] {
            let answer = client::get(server.authority(), &format!("/{}", module.url_path(kind)));
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
        await_disk(&place.path().join("store"));
        Self {
            place,
            upstream,
            gosumdb,
            server: Some(server),
        }
    }

    /// The same with the server ended.
    fn ended(mut self) -> Self {
        assert_eq!(self.server.take().unwrap().terminate().code(), Some(0));
        self
    }

    fn verify(&self, further: &[&str]) -> Said {
        let url = self.upstream.url();
        let arguments = [
            "verify",
            "--store",
            "store",
            "--upstream",
            &url,
            "--sumdb",
            &self.gosumdb,
        ];
        self.place.run(&[&arguments, further].concat())
    }

    /// Changes a byte of the zip.
    fn damage(&self) {
        let zip: PathBuf = self
            .place
            .path()
            .join("store/cache/download/example.com/kept/@v/v1.0.0.zip");
        let mut bytes = std::fs::read(&zip).unwrap();
        bytes[10] ^= 1;
        // Files that are kept are read-only.
        std::fs::remove_file(&zip).unwrap();
        std::fs::write(&zip, bytes).unwrap();
    }
}

/// Answers go before the disk has them: waits until it has all three.
fn await_disk(store: &Path) {
    let folder = store.join("cache/download/example.com/kept/@v");
    let deadline = Instant::now() + DISK;
    while ["info", "mod", "zip"]
        .iter()
        .any(|kind| !folder.join(format!("v1.0.0.{kind}")).exists())
    {
        assert!(Instant::now() < deadline, "not on the disk");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_store_that_is_not_there_cannot_be_checked() {
    let said = Place::new().run(&["verify", "--store", "nowhere"]);
    assert_eq!((said.code, said.out.as_str()), (Some(3), ""));
    assert!(said.err.contains("nowhere"), "{}", said.err);
    let said = Place::new().run(&["verify", "--store", "nowhere", "--format", "json"]);
    assert_eq!(said.code, Some(3));
    let nothing = serde_json::json!({"schema": 1, "checked": 0, "bytes": 0, "findings": []});
    assert_eq!(said.json(), nothing);
}

#[test]
fn a_whole_store_is_well_beside_its_server() {
    let filled = Filled::new();
    let said = filled.verify(&[]);
    assert_eq!(
        (said.code, said.err.as_str()),
        (Some(0), ""),
        "{}",
        said.out
    );
    assert!(
        said.out.starts_with("3 files checked (") && said.out.ends_with("): 0 wrong\n"),
        "{}",
        said.out
    );
    let json = filled.verify(&["--format", "json"]).json();
    assert_eq!(
        (
            json["checked"].as_u64(),
            json["findings"].as_array().map(Vec::len)
        ),
        (Some(3), Some(0))
    );
}

#[test]
fn repair_needs_the_store_for_itself() {
    let said = Filled::new().verify(&["--repair"]);
    assert_eq!(said.code, Some(3));
    assert!(
        said.err.contains("another process uses this store"),
        "{}",
        said.err
    );
}

#[test]
fn what_has_changed_is_found_and_mended() {
    let filled = Filled::new().ended();
    filled.damage();
    let found = filled.verify(&[]);
    assert_eq!(found.code, Some(1), "{}{}", found.out, found.err);
    let mut lines = found.out.lines();
    let first = lines.next().unwrap();
    assert!(
        first.starts_with(
            "wrong example.com/kept@v1.0.0 zip: the bytes have changed: recorded sha256 "
        ),
        "{first}"
    );
    assert_eq!(
        lines.next(),
        Some("  fetch it again with `modkeep verify --repair`, while no server uses the store")
    );
    let json = filled.verify(&["--format", "json"]);
    assert_eq!(json.code, Some(1));
    let finding = &json.json()["findings"][0];
    assert_eq!(
        (
            finding["rule"].as_str(),
            finding["path"].as_str(),
            finding["kind"].as_str(),
            finding["repaired"].as_bool()
        ),
        (
            Some("damaged"),
            Some("example.com/kept"),
            Some("zip"),
            Some(false)
        )
    );
    let mended = filled.verify(&["--repair"]);
    assert_eq!(mended.code, Some(0), "{}{}", mended.out, mended.err);
    assert!(
        mended
            .out
            .starts_with("mended example.com/kept@v1.0.0 zip: "),
        "{}",
        mended.out
    );
    assert_eq!(filled.verify(&[]).code, Some(0));
}

#[test]
fn what_cannot_be_mended_now_is_not_served_and_stays_a_finding() {
    let mut filled = Filled::new().ended();
    filled.damage();
    filled.upstream.stop();
    let said = filled.verify(&["--repair"]);
    assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
    assert!(
        said.out.contains("it was moved aside and is not served"),
        "{}",
        said.out
    );
}
