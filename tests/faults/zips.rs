//! Zips that are broken, break the rules of module zips, or are not those of the world.

use testkit::{Module, Reply};

use crate::row::Ask::Zip;
use crate::row::{Behind, Row, Scene, Want, harmless, made, refused, replaced, written};

/// Zeros that inflate to more than is told: 32 MiB, packed to a thousandth. Odd, so that its bytes stand
/// in the headers only.
const BOMB: usize = (32 << 20) + 0x0012_3457;

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = broken();
    rows.extend(against_the_rules());
    rows.extend(not_the_worlds());
    rows.extend(chains());
    rows
}

/// Bytes that are no zip, or not all of one.
fn broken() -> Vec<Row> {
    const RULES: &str = "breaks the rules of module zips";
    const HTML: &[u8] = b"<!doctype html><p>Log in";
    let body = |name, body: &[u8], says| refused(name, Zip, Reply::Body(body.to_vec()), 502, says);
    let no_files = [&b"PK\x05\x06"[..], &[0; 18]].concat();
    let long = "HTTP/1.1 200 OK\nContent-Length: 600000000";
    let endless = Reply::Endless(vec![b'P'; 1 << 16]);
    vec![
        made("zip that ends in the middle", Zip, half, 502, RULES),
        made("large zip that ends in the middle", Zip, half, 502, RULES).large(),
        made("zip with one bit turned", Zip, bit_turned, 502, RULES),
        made(
            "zip with rubbish behind it",
            Zip,
            rubbish_behind,
            502,
            RULES,
        ),
        body("empty zip", b"", RULES),
        body("zip of noise", &[0x50, 0x4b, 3, 4, 0xff, 0xff], RULES),
        body("html for a zip", HTML, "web page"),
        body("text for a zip", b"temporarily out of order\n", RULES),
        body("zip with no files", &no_files, "checksum mismatch").never(),
        refused(
            "zip of 600 MB by its length",
            Zip,
            written(long, b"PK"),
            502,
            "larger than",
        ),
        refused("endless zip", Zip, endless, 502, "larger than"),
    ]
}

fn against_the_rules() -> Vec<Row> {
    let rules = |name, reply, says| {
        made(name, Zip, reply, 502, says).says("breaks the rules of module zips")
    };
    vec![
        rules(
            "escaping names",
            |scene| scene.zip_with("sub/evil.go", "../../../ev"),
            "not clean",
        ),
        rules(
            "backslash names",
            |scene| scene.zip_with("sub/evil.go", "sub\\evil.go"),
            "evil.go",
        ),
        rules(
            "absolute names",
            |scene| scene.zip_with(&prefix(scene), &format!("/{}", &prefix(scene)[1..])),
            "does not have prefix",
        ),
        rules(
            "wrong prefix",
            |scene| scene.zip_with(&prefix(scene), &prefix(scene).replace("v1.0.0", "v1.0.1")),
            "does not have prefix",
        ),
        rules(
            "names twice",
            |scene| scene.zip_with("/n.go", "/m.go"),
            "multiple entries",
        ),
        rules(
            "names that differ by case",
            |scene| scene.zip_with("/n.go", "/M.go"),
            "case-insensitive",
        ),
        rules(
            "go mod below",
            |scene| scene.zip_with("sub/evil.go", "subb/go.mod"),
            "not in module root",
        ),
        rules(
            "names that windows refuses",
            |scene| scene.zip_with("sub/evil.go", "sub/con.txt"),
            "con.txt",
        ),
        rules(
            "bomb that says too little",
            |scene| Reply::Body(bomb(scene, 1000)),
            "not the declared size",
        ),
        rules(
            "bomb that says what it is",
            |scene| Reply::Body(bomb(scene, 600 << 20)),
            "too large",
        ),
    ]
}

/// Whole zips that keep the rules, of other content.
fn not_the_worlds() -> Vec<Row> {
    let other = |scene: &Scene| Reply::Body(changed(scene.module).zip_bytes());
    vec![
        made(
            "zip that the database does not have so",
            Zip,
            other,
            502,
            "checksum mismatch",
        )
        .says("SECURITY")
        .never(),
        made(
            "large zip that the database does not have so",
            Zip,
            other,
            502,
            "checksum mismatch",
        )
        .large()
        .never(),
        made(
            "zip of another version",
            Zip,
            |scene| Reply::Body(version(scene.module, "v1.0.9").zip_bytes()),
            502,
            "does not have prefix",
        ),
        harmless("zip that nobody vouches for", Zip, |scene| {
            Reply::Body(scene.right())
        })
        .exempt(),
    ]
}

/// What a chain makes of it. Other bytes than the world's are an alarm, never a reason to look elsewhere.
fn chains() -> Vec<Row> {
    let cut = || made("", Zip, |_| Reply::CloseAfter(100), 502, "broke off");
    let rules = || made("", Zip, half, 502, "breaks the rules");
    let large = || made("", Zip, half, 502, "").large();
    let mismatch = || {
        let other = |scene: &Scene| Reply::Body(changed(scene.module).zip_bytes());
        made("", Zip, other, 502, "checksum mismatch").never()
    };
    let refused = Want::Refused(502);
    vec![
        cut().behind("cut zip and a comma", Behind::Comma, refused),
        cut().behind("cut zip and a pipe", Behind::Pipe, Want::Right),
        rules().behind("half zip and a comma", Behind::Comma, refused),
        rules().behind("half zip and a pipe", Behind::Pipe, Want::Right),
        // Whoever has had bytes is cut; nobody gets halves of two zips.
        large().behind("large half zip and a comma", Behind::Comma, Want::Cut(502)),
        mismatch().behind("other bytes and a comma", Behind::Comma, refused),
        mismatch().behind("other bytes and a pipe", Behind::Pipe, refused),
    ]
}

/// The same module with other content.
pub(crate) fn changed(module: &Module) -> Module {
    module.clone().file("more.go", "package m\n")
}

fn version(module: &Module, version: &str) -> Module {
    Module::new(&module.path, version)
}

fn half(scene: &Scene) -> Reply {
    let zip = scene.right();
    Reply::Body(zip[..zip.len() / 2].to_vec())
}

fn bit_turned(scene: &Scene) -> Reply {
    let mut zip = scene.right();
    // In the compressed bytes of the first file.
    let at = 30 + scene.module.path.len() + "@v1.0.0/go.mod".len() + 3;
    zip[at] ^= 4;
    Reply::Body(zip)
}

fn rubbish_behind(scene: &Scene) -> Reply {
    Reply::Body([scene.right(), b"rubbish".to_vec()].concat())
}

/// What every name in the zip begins with.
fn prefix(scene: &Scene) -> String {
    format!("{}@{}/", scene.module.path, scene.module.version)
}

/// A zip with a file of zeros that is said to have `told` bytes.
fn bomb(scene: &Scene, told: usize) -> Vec<u8> {
    let bytes = |size: usize| u32::try_from(size).unwrap().to_le_bytes();
    let zip = scene.module.clone().file("zeros.go", vec![0; BOMB]);
    replaced(&zip.zip_bytes(), &bytes(BOMB), &bytes(told))
}
