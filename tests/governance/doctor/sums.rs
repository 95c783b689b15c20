//! Faults of the checksum database.

use testkit::{Database, Module, Reply, Times};

use super::machine::{Machine, closed_port};

#[test]
fn a_relay_that_refuses() {
    let machine = Machine::new();
    let refusal = Reply::Status(403, "no database here".to_owned());
    machine.upstream.script("sumdb/*", Times::Always, refusal);
    machine.finds("sumdb.relay", "no database here");
}

#[test]
fn a_database_that_is_dead() {
    let mut machine = Machine::new();
    let absent = Reply::Status(404, "no relay".to_owned());
    machine.upstream.script("sumdb/*", Times::Always, absent);
    machine.finds("sumdb.direct", "sums.invalid");
    let value = format!(
        "{} http://127.0.0.1:{}",
        machine.database.gosumdb(),
        closed_port()
    );
    machine.set("GOSUMDB", &value);
    machine.finds("sumdb.direct", "is not reached");
}

#[test]
fn a_key_that_is_not_the_databases() {
    let mut machine = Machine::new();
    let other = Database::with_seed("sums.invalid", 7);
    machine.set("GOSUMDB", &other.gosumdb());
    machine.finds("sumdb.signature", "sums.invalid");
}

#[test]
fn a_module_that_the_database_does_not_have() {
    let machine = Machine::new();
    let module = Module::new("m.example/unrecorded", "v1.0.0");
    for kind in ["info", "mod", "zip"] {
        let bytes = match kind {
            "info" => module.info_bytes(),
            "mod" => module.mod_bytes(),
            _ => module.zip_bytes(),
        };
        machine.upstream.put(&module.url_path(kind), bytes);
    }
    machine.require("m.example/unrecorded", "v1.0.0");
    machine.finds("sumdb.lookup", "is not in sums.invalid");
}

/// Hashes that are not those of the signed tree.
#[test]
fn tiles_that_prove_nothing() {
    let machine = Machine::new();
    let tiles = "sumdb/sums.invalid/tile/*";
    machine
        .upstream
        .script(tiles, Times::Always, Reply::Body(vec![7; 32]));
    machine.finds("sumdb.lookup", "m.example/present@v1.0.0");
}

#[test]
fn no_verification_is_a_warning() {
    let mut machine = Machine::new();
    machine.set("GOSUMDB", "off");
    let (status, evidence) = machine.check("sumdb.value");
    assert_eq!(status, "warn", "{evidence}");
}
