//! The checksum database: who answers for it, and whether what it says is proven.

use std::sync::Arc;
use std::time::Instant;

use sumdb::{Database, Head, Tile, Verification};
use url::Url;

use super::chain::without_defaults;
use super::http::{Answer, BEFORE_HTTP, ask};
use super::situation::{Entry, Situation};
use super::{Check, Done, side_by_side};

/// Largest answer to a lookup or a tile: a signed note and a record, or 8 KiB of hashes.
const ANSWER_BYTES: usize = 1 << 20;

/// Who answers for the database.
#[derive(Clone)]
enum Answerer {
    /// A proxy relays it.
    Relay(Entry),
    /// The database itself.
    Direct,
}

/// The checks of the group.
pub(super) async fn check(situation: &Arc<Situation>, done: &Done) -> Vec<Check> {
    let (value, database) = value(situation, done);
    let mut checks = vec![value];
    let Some(database) = database else {
        return checks;
    };
    let (relay, answerer) = relay(situation, done, &database).await;
    checks.extend(relay);
    let Some(answerer) = answerer else {
        checks.push(Check::skip(
            "sumdb.signature",
            "sumdb.relay failed: nobody answers",
        ));
        return checks;
    };
    let direct = direct(situation, &database, &answerer).await;
    let reached = direct.status != super::Status::Fail;
    checks.push(direct);
    if reached {
        checks.push(signature(situation, &database, &answerer).await);
        checks.push(lookup(situation, &database, &answerer).await);
    } else {
        checks.push(Check::skip("sumdb.signature", "sumdb.direct failed"));
    }
    checks
}

fn value(situation: &Situation, done: &Done) -> (Check, Option<Database>) {
    let id = "sumdb.value";
    if let Some(failed) = without_defaults(situation, done, "GOSUMDB") {
        let why = format!("{failed} failed: GOSUMDB is empty for it");
        return (Check::skip(id, why), None);
    }
    let text = situation.go.value("GOSUMDB");
    let whence = situation.origin("GOSUMDB");
    match Database::parse(text) {
        Ok(Some(database)) => {
            let wanted = situation
                .policy
                .as_ref()
                .map(|policy| policy.client.sumdb.as_str());
            let differs = wanted.and_then(|wanted| Database::parse(wanted).ok().flatten());
            let check = match differs {
                Some(other) if other.key_id() != database.key_id() => Check::fail(
                    id,
                    format!(
                        "GOSUMDB (set by {whence}) is {}, the policy says {}",
                        database.key_id(),
                        other.key_id()
                    ),
                    "set the value of the block at the end of this report",
                ),
                _ => Check::ok(id, format!("{} (set by {whence})", database.key_id())),
            };
            (check, Some(database))
        }
        Ok(None) => {
            let check = Check::warn(
                id,
                format!(
                    "GOSUMDB=off (set by {whence}): nothing that is not in go.sum is verified, and no toolchain can be fetched"
                ),
                "remove it, and name private modules in GONOSUMDB or GOPRIVATE instead",
            );
            (check, None)
        }
        Err(error) => {
            let remedy = if text.is_empty() {
                format!("remove the empty line GOSUMDB= from {whence}, or mend $GOROOT/go.env")
            } else {
                "write off, sum.golang.org, or NAME+HASH+KEY with a URL behind a blank if need be"
                    .to_owned()
            };
            (
                Check::fail(id, format!("{error} (GOSUMDB set by {whence})"), remedy),
                None,
            )
        }
    }
}

/// Asks each proxy whether it relays, as Go does, and decides who answers.
async fn relay(
    situation: &Arc<Situation>,
    done: &Done,
    database: &Database,
) -> (Vec<Check>, Option<Answerer>) {
    let id = "sumdb.relay";
    if database.has_explicit_url() {
        let why = "GOSUMDB names an address: proxies are not asked";
        return (vec![Check::skip(id, why)], Some(Answerer::Direct));
    }
    if situation.chain.is_err() {
        return (
            vec![Check::skip(id, "chain.goproxy failed: Go asks nobody")],
            None,
        );
    }
    let mut before = BEFORE_HTTP.to_vec();
    before.extend(["http.answer", "http.portal", "http.login"]);
    let asks = situation.entries().iter().map(|entry| {
        let (situation, entry) = (Arc::clone(situation), entry.clone());
        let broken = done.broken(&before, Some(&entry.written));
        let path = format!("sumdb/{}/supported", database.name());
        async move {
            let start = Instant::now();
            let answer = match (broken, entry.at(&path)) {
                (Some(id), _) => Err(format!("see {id}")),
                (None, None) => Err("no address can be made of it".to_owned()),
                (None, Some(url)) => ask(&situation, url, Some(&entry), None, 4096)
                    .await
                    .map_err(|error| error.to_string()),
            };
            (entry, broken.is_some(), answer, start)
        }
    });
    let answers = side_by_side(asks.collect()).await;
    let mut checks = Vec::new();
    for (entry, skipped, answer, start) in answers {
        let (check, goes_on) = judge_relay(database, &entry, skipped, &answer);
        checks.push(check.about(&entry.written).since(start));
        match goes_on {
            Next::Here => return (checks, Some(Answerer::Relay(entry))),
            Next::Stop => return (checks, None),
            Next::On => {}
        }
    }
    if checks.is_empty() {
        checks.push(Check::skip(
            id,
            "no proxy in GOPROXY: the database itself is asked",
        ));
    }
    (checks, Some(Answerer::Direct))
}

/// What follows the answer of one entry.
enum Next {
    Here,
    On,
    Stop,
}

fn judge_relay(
    database: &Database,
    entry: &Entry,
    skipped: bool,
    answer: &Result<Answer, String>,
) -> (Check, Next) {
    let id = "sumdb.relay";
    let name = database.name();
    let on_error = if entry.next_on_error {
        Next::On
    } else {
        Next::Stop
    };
    match answer {
        Err(why) if skipped => (Check::skip(id, why.clone()), on_error),
        Err(why) => (
            Check::fail(
                id,
                format!(
                    "whether it relays {name} is not answered: {why}; Go then verifies nothing and fails"
                ),
                "see the log of the proxy for this request: it must answer 200, or 404 if it relays nothing",
            ),
            on_error,
        ),
        Ok(answer) if answer.status == 200 && !answer.is_page() => (
            Check::ok(
                id,
                format!("it relays {name}: every lookup goes through it, none to {name} itself"),
            ),
            Next::Here,
        ),
        Ok(answer) if matches!(answer.status, 404 | 410) => (
            Check::ok(
                id,
                format!(
                    "it does not relay {name} ({}): the next is asked",
                    answer.status
                ),
            ),
            Next::On,
        ),
        Ok(answer) => (
            Check::fail(
                id,
                format!(
                    "{} for {}/sumdb/{name}/supported, with {}: Go takes no answer but 200, 404 and 410, and fails every verification",
                    answer.status,
                    entry.written,
                    answer.reason()
                ),
                "let the proxy relay the database, or answer 404 there so that the database itself is asked",
            ),
            on_error,
        ),
    }
}

/// The URL of `path` at whoever answers.
fn at(database: &Database, answerer: &Answerer, path: &str) -> Option<Url> {
    match answerer {
        Answerer::Relay(entry) => entry.at(&format!("sumdb/{}/{path}", database.name())),
        Answerer::Direct => Url::parse(&format!("{}/{path}", database.url())).ok(),
    }
}

async fn fetch(
    situation: &Situation,
    database: &Database,
    answerer: &Answerer,
    path: &str,
) -> Result<Answer, String> {
    let entry = match answerer {
        Answerer::Relay(entry) => Some(entry),
        Answerer::Direct => None,
    };
    let url = at(database, answerer, path).ok_or("no address can be made of it")?;
    ask(situation, url, entry, None, ANSWER_BYTES)
        .await
        .map_err(|error| error.to_string())
}

async fn direct(situation: &Situation, database: &Database, answerer: &Answerer) -> Check {
    let id = "sumdb.direct";
    let start = Instant::now();
    if matches!(answerer, Answerer::Relay(_)) {
        return Check::skip(
            id,
            "a proxy relays it: no way to the database itself is needed",
        );
    }
    let check = match fetch(situation, database, answerer, "latest").await {
        Ok(answer) if answer.status < 500 && !answer.is_page() => Check::ok(
            id,
            format!(
                "{} answers in {} ms",
                database.url(),
                answer.took.as_millis()
            ),
        ),
        Ok(answer) => Check::fail(
            id,
            format!(
                "{} answers {} with {}",
                database.url(),
                answer.status,
                answer.reason()
            ),
            "let a proxy of the chain relay the database (modkeep does), or open the way to it",
        ),
        Err(why) => Check::fail(
            id,
            format!(
                "{} is not reached: {why}; no proxy relays it, so every verification fails",
                database.url()
            ),
            "let a proxy of the chain relay the database (modkeep does), or open the way to it; do not set GOSUMDB=off",
        ),
    };
    check.since(start)
}

async fn signature(situation: &Situation, database: &Database, answerer: &Answerer) -> Check {
    let id = "sumdb.signature";
    let start = Instant::now();
    let answer = match fetch(situation, database, answerer, "latest").await {
        Ok(answer) => answer,
        Err(why) => {
            return Check::fail(
                id,
                format!("the signed tree is not answered: {why}"),
                "see the log of whoever relays it",
            );
        }
    };
    let check = match answer.status {
        200 => match Head::open(database, &answer.body) {
            Ok(head) => Check::ok(
                id,
                format!(
                    "a tree of {} records, signed by {}",
                    head.size,
                    database.key_id()
                ),
            ),
            Err(error) => Check::fail(
                id,
                error.to_string(),
                "the key in GOSUMDB is not the one of this database, or somebody changes its answers: compare the key with whoever runs the database",
            ),
        },
        404 | 410 => Check::skip(
            id,
            "it does not give the newest tree, which only auditors ask for",
        ),
        status => Check::fail(
            id,
            format!(
                "the signed tree is answered with {status} and {}",
                answer.reason()
            ),
            "see the log of whoever relays it",
        ),
    };
    check.since(start)
}

async fn lookup(situation: &Situation, database: &Database, answerer: &Answerer) -> Check {
    let id = "sumdb.lookup";
    let start = Instant::now();
    let Some(module) = situation.public_requirement() else {
        return Check::skip(id, "no go.mod with a requirement that is verified");
    };
    let name = format!("{}@{}", module.path, module.version);
    let path = format!(
        "lookup/{}@{}",
        module.path.escaped(),
        module.version.escaped()
    );
    let answer = match fetch(situation, database, answerer, &path).await {
        Ok(answer) => answer,
        Err(why) => {
            return Check::fail(
                id,
                format!("{name}: {why}"),
                "see the log of whoever relays the database",
            );
        }
    };
    let check = match answer.status {
        200 => prove(situation, database, answerer, &module, &answer.body).await,
        404 | 410 => Check::fail(
            id,
            format!(
                "{name} is not in {} ({}, with {})",
                database.name(),
                answer.status,
                answer.reason()
            ),
            "a private module belongs in GOPRIVATE or GONOSUMDB; for a public one check path and version in go.mod",
        ),
        status => Check::fail(
            id,
            format!("{name}: {status}, with {}", answer.reason()),
            "whoever answers for the database is in trouble: see its log for this request",
        ),
    };
    check.since(start)
}

/// Proves the record in the signed tree, as Go does.
async fn prove(
    situation: &Situation,
    database: &Database,
    answerer: &Answerer,
    module: &gomod::ModuleVersion,
    answer: &[u8],
) -> Check {
    let id = "sumdb.lookup";
    let name = format!("{}@{}", module.path, module.version);
    let distrust = "the key in GOSUMDB is not the one of this database, or its answers are changed on the way: do not build until that is known";
    let run = match Verification::lookup(database, None, module, answer) {
        Ok(run) => run,
        // The signature is told by the check before.
        Err(sumdb::Error::Signature(_)) => return Check::skip(id, "sumdb.signature failed"),
        Err(error) => return Check::fail(id, format!("{name}: {error}"), distrust),
    };
    let mut tiles = Vec::new();
    for tile in run.needs() {
        if let Some(bytes) = fetch_tile(situation, database, answerer, tile).await {
            tiles.push((*tile, bytes));
        }
    }
    let given = |wanted: &Tile| {
        let found = tiles.iter().find(|(tile, _)| tile == wanted);
        found.map(|(_, bytes)| bytes.clone())
    };
    match run.conclude(given) {
        Ok(verified) => Check::ok(
            id,
            format!(
                "{name} is proven in a tree of {} records",
                verified.head.size
            ),
        ),
        Err(error) => Check::fail(id, format!("{name}: {error}"), distrust),
    }
}

/// A tile, or the full one where a partial one is gone.
async fn fetch_tile(
    situation: &Situation,
    database: &Database,
    answerer: &Answerer,
    tile: &Tile,
) -> Option<Vec<u8>> {
    for wanted in [*tile, tile.full()] {
        let answer = fetch(situation, database, answerer, &wanted.path())
            .await
            .ok()?;
        if answer.status == 200 {
            return Some(answer.body);
        }
    }
    None
}
