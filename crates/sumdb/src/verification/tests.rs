//! Whole runs against a log in memory, honest and not.

use super::*;
use crate::{Log, Signer};
use gomod::{ModulePath, Version};

fn module(number: u64) -> ModuleVersion {
    ModuleVersion {
        path: ModulePath::parse(&format!("example.com/m{number}")).unwrap(),
        version: Version::parse("v1.2.3").unwrap(),
    }
}

fn h1(seed: &str) -> String {
    format!("h1:{}", BASE64.encode(&tree::record_hash(seed.as_bytes())))
}

fn text(number: u64) -> String {
    let module = module(number);
    let (path, version) = (&module.path, &module.version);
    let (zip, go_mod) = (h1(&format!("zip {number}")), h1(&format!("mod {number}")));
    format!("{path} {version} {zip}\n{path} {version}/go.mod {go_mod}\n")
}

fn log(size: u64) -> Log {
    let mut log = Log::new();
    for number in 0..size {
        log.append(&text(number)).unwrap();
    }
    log
}

fn signer() -> Signer {
    Signer::from_seed("sum.example", &[7; 32]).unwrap()
}

fn database() -> Database {
    Database::parse(&signer().verifier_key()).unwrap().unwrap()
}

#[test]
fn lookups_of_many_sizes_verify() {
    let log = log(66_200);
    for size in [
        1, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 65_792, 66_200,
    ] {
        for id in [0, 1, size / 2, size - 1] {
            if id >= size {
                continue;
            }
            let answer = log.lookup_answer(&signer(), id, size).unwrap();
            let run = Verification::lookup(&database(), None, &module(id), &answer).unwrap();
            let verified = run.conclude(|tile| log.tile(tile)).unwrap();
            assert_eq!(verified.record.unwrap().text, text(id));
        }
    }
}
