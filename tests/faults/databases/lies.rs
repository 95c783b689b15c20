//! What checksum databases do wrong, row by row.

use testkit::{Database, Module, Reply, Step};

use super::stage::{NAME, Stage, filler};
use crate::row::{Ask, Retry, Want, drip, written};
use crate::zips::changed;

/// What is wrong with a database, and what is to become of it.
pub(super) struct Lie {
    pub(super) name: &'static str,
    pub(super) ask: Ask,
    pub(super) tell: Tell,
    pub(super) want: Want,
    pub(super) says: &'static str,
    pub(super) retry: Retry,
    /// Another module is fetched first, so that a head of the tree is known.
    pub(super) knows_head: bool,
    pub(super) after: After,
}

/// How it goes wrong.
pub(super) enum Tell {
    /// The lookup of the module is answered so.
    Lookup(Reply),
    /// The question whether the upstream relays the database is answered so.
    Supported(Reply),
    /// The right answer to the lookup is changed so.
    Answer(fn(&str) -> String),
    /// The upstream has other bytes, and the right answer is changed to have their line too.
    Line(fn(&str, &str) -> String),
    /// The database has this text as the module's record, signed with the right key.
    Record(fn(&Module) -> String),
    /// The one tile of the tree is answered so.
    Tile(fn(Vec<u8>) -> Reply),
    Set(fn(&Stage)),
}

/// What comes of it once all is well again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// All is well here too.
    Mended,
    /// What its key signed stands.
    Signed,
    /// Nothing is believed of the database any more, and the evidence is kept.
    Forked,
}

fn lie(name: &'static str, tell: Tell, status: u16, says: &'static str) -> Lie {
    Lie {
        name,
        ask: Ask::Zip,
        tell,
        want: Want::Refused(status),
        says,
        retry: Retry::Some,
        knows_head: false,
        after: After::Mended,
    }
}

/// A lie that no coming back will mend.
fn proven(name: &'static str, tell: Tell, says: &'static str) -> Lie {
    Lie {
        retry: Retry::Never,
        ..lie(name, tell, 502, says)
    }
}

impl Lie {
    fn for_mod(self) -> Self {
        let ask = Ask::Mod;
        Self { ask, ..self }
    }

    fn after_another(self) -> Self {
        Self {
            knows_head: true,
            ..self
        }
    }

    fn after(self, after: After) -> Self {
        Self { after, ..self }
    }
}

pub(super) fn lies() -> Vec<Lie> {
    [
        troubles(),
        ways(),
        unreadable(),
        others(),
        lines(),
        tiles(),
        heads(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Lookups that are not answered.
fn troubles() -> Vec<Lie> {
    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n";
    let lookup = |name, reply, status, says| lie(name, Tell::Lookup(reply), status, says);
    let text = |status, text: &str| Reply::Status(status, text.to_owned());
    let long = || Reply::Body(vec![b'1'; 3 << 20]);
    let unknown = |name| Lie {
        retry: Retry::Never,
        ..lookup(name, text(404, "no such record"), 403, "does not know")
    };
    vec![
        unknown("unknown"),
        unknown("unknown for a mod").for_mod(),
        lookup("500", text(500, "out of order"), 503, "out of order"),
        lookup("429", text(429, "slowly"), 503, "slowly").for_mod(),
        lookup("silence", Reply::Silence, 504, "did not answer"),
        lookup("silence for a mod", Reply::Silence, 504, "did not answer").for_mod(),
        lookup("dripping", drip(HEAD, &[b'1'; 99]), 504, NAME),
        lookup("silence within", Reply::StallAfter(20), 504, NAME),
        lookup(
            "reset",
            Reply::Steps(vec![Step::Reset]),
            503,
            "before it answered",
        ),
        lookup("cut", Reply::CloseAfter(20), 502, "broke off"),
        lookup(
            "html",
            Reply::Body(b"<html>Log in".to_vec()),
            502,
            "web page",
        ),
        lookup("huge", long(), 502, "more than 2097152 bytes"),
        lookup(
            "endless",
            Reply::Endless(b"1\n".repeat(9000)),
            502,
            "more than 2097152 bytes",
        )
        .for_mod(),
        lookup(
            "gzip bomb",
            Reply::GzipBomb(64 << 20),
            502,
            "more than 2097152 bytes",
        ),
    ]
}

/// Upstreams of which it is not known whether they relay the database, and none that does.
fn ways() -> Vec<Lie> {
    let way = |name, reply, status, says| lie(name, Tell::Supported(reply), status, says);
    let text = |status| Reply::Status(status, "no".to_owned());
    vec![
        way("supported 500", text(500), 503, "500 Internal Server Error"),
        way("supported silence", Reply::Silence, 504, "did not answer"),
        way(
            "supported html",
            Reply::Body(b"<html>".to_vec()),
            502,
            "web page",
        ),
        way("supported 404 and no way", text(404), 503, NAME),
        way("supported 410 and no way", text(410), 503, NAME).for_mod(),
    ]
}

/// Answers that are none.
fn unreadable() -> Vec<Lie> {
    let body = |name, body: &str| lie(name, Tell::Lookup(Reply::Body(body.into())), 502, NAME);
    let answer = |name, change| lie(name, Tell::Answer(change), 502, NAME);
    vec![
        body("empty", ""),
        body("rubbish", "hello\n"),
        body("noise", "\0\u{1}\u{fffd}\n\n\n"),
        answer("no head", |answer| {
            format!("{}\n\n", answer.split_once("\n\n").unwrap().0)
        }),
        answer("unsigned", |answer| {
            answer[..answer.find('\u{2014}').unwrap()].to_owned()
        }),
        answer("no number", |answer| format!("x{answer}")),
        proven(
            "number too large",
            Tell::Answer(|answer| format!("9{answer}")),
            NAME,
        ),
        proven(
            "signature of something else",
            Tell::Answer(|answer| {
                answer
                    .replacen("go.sum", "go.sub", 1)
                    .replacen("h1:", "h1:A", 1)
            }),
            NAME,
        ),
    ]
}

/// Answers of others.
fn others() -> Vec<Lie> {
    vec![
        proven(
            "another key",
            Tell::Set(|stage| {
                let other = Database::with_seed(NAME, 2);
                other.add(&stage.module);
                stage.upstream.relay(&other);
            }),
            NAME,
        ),
        proven(
            "another name",
            Tell::Set(|stage| {
                let other = Database::new("other.invalid");
                other.add(&stage.module);
                let answer = other.answer(&stage.lookup_path("other.invalid"));
                stage.lookup(Reply::Body(answer.unwrap()));
            }),
            NAME,
        ),
        proven(
            "another module",
            Tell::Set(|stage| {
                let path = format!("{NAME}/lookup/{}@v1.0.0", stage.first.path);
                stage.lookup(Reply::Body(stage.database.answer(&path).unwrap()));
            }),
            NAME,
        ),
    ]
}

/// Records without the line that is needed, with others, or with lines that nothing proves.
fn lines() -> Vec<Lie> {
    let record = |name, text| proven(name, Tell::Record(text), NAME);
    let mismatch = |name, text| {
        let says = "checksum mismatch";
        proven(name, Tell::Record(text), says).after(After::Signed)
    };
    vec![
        mismatch("other hashes", |module| changed(module).sum_lines()),
        mismatch("other hash of the mod", |module| {
            module.clone().directive("retract v0.1.0").sum_lines()
        })
        .for_mod(),
        record("line of a longer version", |module| {
            module.sum_lines().replace("v1.0.0", "v1.0.0-evil")
        }),
        record("line of a longer path", |module| {
            module.sum_lines().replace("example/m", "example/m/n")
        }),
        record("no line for the mod", |module| {
            let lines = module.sum_lines();
            format!("{}\n", lines.lines().next().unwrap())
        })
        .for_mod(),
        record("no line for the zip", |module| {
            let lines = module.sum_lines();
            format!("{}\n", lines.lines().nth(1).unwrap())
        }),
        proven(
            "line added to the record",
            Tell::Line(|answer, line| answer.replacen("\n\n", &format!("\n{line}\n\n"), 1)),
            NAME,
        ),
        proven(
            "line put before the record",
            Tell::Line(|answer, line| answer.replacen('\n', &format!("\n{line}\n"), 1)),
            NAME,
        ),
        lie(
            "line added behind the head",
            Tell::Line(|answer, line| format!("{answer}\n{line}\n")),
            502,
            NAME,
        ),
        proven(
            "line added to the head",
            Tell::Line(|answer, line| {
                answer.replacen("\n\n\u{2014}", &format!("\n{line}\n\n\u{2014}"), 1)
            }),
            NAME,
        ),
    ]
}

/// Tiles that are not those of the tree.
fn tiles() -> Vec<Lie> {
    let tile = |name, reply, status| lie(name, Tell::Tile(reply), status, NAME);
    let tampered = |mut tile: Vec<u8>| {
        tile[5] ^= 1;
        Reply::Body(tile)
    };
    vec![
        proven("tampered tile", Tell::Tile(tampered), NAME),
        proven(
            "tile of zeros",
            Tell::Tile(|tile| Reply::Body(vec![0; tile.len()])),
            NAME,
        )
        .for_mod(),
        tile(
            "truncated tile",
            |tile| Reply::Body(tile[1..].to_vec()),
            502,
        ),
        tile("tile cut short", |_| Reply::CloseAfter(9), 502),
        tile("no tile", |_| Reply::Status(404, "none".into()), 502),
        tile("html for a tile", |_| Reply::Body(b"<html>".to_vec()), 502),
        tile("huge tile", |_| Reply::Body(vec![7; 9000]), 502),
        tile("silent tile", |_| Reply::Silence, 504),
        tile("busy tile", |_| Reply::Status(503, "busy".into()), 503),
        tile(
            "tile at no place",
            |_| {
                written(
                    "HTTP/1.1 302 Found\nLocation: http://[\nContent-Length: 0",
                    b"",
                )
            },
            502,
        ),
    ]
}

/// Heads of a tree that is another than it was, or older.
fn heads() -> Vec<Lie> {
    let forked = |name, set| {
        let lie = proven(name, Tell::Set(set), "contradict each other");
        lie.after_another().after(After::Forked)
    };
    vec![
        forked("larger tree of other records", |stage| {
            let fillers: Vec<Module> = (100..109).map(filler).collect();
            let modules: Vec<&Module> = fillers.iter().chain([&stage.module]).collect();
            stage.relay_other(&modules);
        }),
        forked("tree of the same size", |stage| {
            let fillers: Vec<Module> = (0..5).map(filler).collect();
            let modules: Vec<&Module> = fillers
                .iter()
                .chain([&stage.first, &stage.module])
                .collect();
            stage.relay_other(&modules);
        }),
        forked("smaller tree of other records", |stage| {
            stage.relay_other(&[&stage.module, &stage.first]);
        }),
        proven(
            "head from before the record",
            Tell::Set(|stage| stage.lookup_at(1)),
            NAME,
        )
        .after_another(),
        // Servers of one database may be behind one another.
        Lie {
            want: Want::Right,
            ..lie(
                "head from before the known one",
                Tell::Set(|stage| stage.lookup_at(6)),
                200,
                "",
            )
            .after_another()
        },
    ]
}
