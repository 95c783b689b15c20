//! The way to a checksum database.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use origin::{Fetched, OriginError};
use platform::Clock;
use sumdb::Database;

use crate::server::{Act, Server, answer, ok};
use crate::{Setup, kind_of, setup, setup_with, short};

/// A database that no proxy relays is looked for at its own URL.
fn database(url: Option<&str>) -> Database {
    let key = gomod::defaults::GOSUMDB_KEY;
    let value = match url {
        Some(url) => format!("{key} {url}"),
        None => key.to_owned(),
    };
    Database::parse(&value).unwrap().unwrap()
}

/// A relay of every database, or of none.
async fn relay(supported: Vec<u8>) -> Server {
    Server::start(move |path, _| {
        let reply = match path.rsplit('/').next() {
            Some("supported") => supported.clone(),
            Some("m@v1") => answer("404 Not Found", "", ""),
            _ => ok("relayed"),
        };
        vec![Act::Send(reply)]
    })
    .await
}

async fn ask(setup: &Setup, database: &Database, path: &str) -> Result<Fetched, OriginError> {
    let chains = [setup.chain.clone()];
    setup.origins.sumdb(&chains, database, path).await
}

#[tokio::test]
async fn the_first_relay_that_says_yes_is_used_and_remembered() {
    let no = relay(answer("404 Not Found", "", "")).await;
    let yes = relay(ok("")).await;
    let clock = Clock::manual("2026-01-01T00:00:00Z".parse().unwrap());
    let list = format!("{},{}", no.url, yes.url);
    let setup = setup_with(&list, short(), clock.clone(), Vec::new());
    let database = database(None);
    for _ in 0..3 {
        let answer = ask(&setup, &database, "tile/8/0/000").await.unwrap();
        assert_eq!(
            (answer.body, &*answer.upstream),
            ("relayed".into(), &*yes.url)
        );
    }
    let absent = ask(&setup, &database, "lookup/m@v1").await.unwrap_err();
    assert_eq!(kind_of(&absent), "absent");
    let name = database.name();
    let lines: Vec<String> = yes
        .heads()
        .iter()
        .map(|head| head.split(' ').nth(1).unwrap().to_owned())
        .collect();
    let tile = format!("/sumdb/{name}/tile/8/0/000");
    let wanted = [
        format!("/sumdb/{name}/supported"),
        tile.clone(),
        tile.clone(),
        tile,
        format!("/sumdb/{name}/lookup/m@v1"),
    ];
    assert_eq!(lines, wanted);
    assert_eq!(no.requests(), 1);

    clock.advance(Duration::from_hours(1));
    ask(&setup, &database, "latest").await.unwrap();
    assert_eq!(no.requests(), 2);
}

#[tokio::test]
async fn many_first_lookups_search_once() {
    let yes = relay(ok("")).await;
    let setup = setup(&yes.url);
    let database = database(None);
    let tasks: Vec<_> = (0..20)
        .map(|number| {
            let (origins, chains, database) = (
                setup.origins.clone(),
                [setup.chain.clone()],
                database.clone(),
            );
            tokio::spawn(async move {
                let path = format!("tile/8/0/{number:03}");
                origins.sumdb(&chains, &database, &path).await
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap().body, "relayed");
    }
    assert_eq!(yes.requests(), 21);
}

#[tokio::test]
async fn trouble_on_the_way_is_no_way_around() {
    let down = Server::same(answer("500 Internal Server Error", "", "")).await;
    let no = relay(answer("410 Gone", "", "")).await;
    let yes = relay(ok("")).await;
    let portal = relay(ok("<html>")).await;
    for (list, outcome) in [
        (format!("{},{}", down.url, yes.url), Err("unavailable")),
        (format!("{}|{}", down.url, yes.url), Ok(())),
        (format!("{}|{}", down.url, no.url), Err("unavailable")),
        (format!("{}|off", down.url), Err("unavailable")),
        (format!("{},{}", portal.url, yes.url), Err("invalid")),
    ] {
        let setup = setup(&list);
        let answer = ask(&setup, &database(None), "latest").await;
        let found = answer.as_ref().map(drop).map_err(kind_of);
        assert_eq!(found, outcome, "{list}");
    }
}

#[tokio::test]
async fn an_explicit_url_is_asked_directly() {
    let direct = Server::same(ok("direct")).await;
    let relay = relay(ok("")).await;
    let setup = setup(&relay.url);
    let database = database(Some(&format!("{}/db", direct.url)));
    let answer = ask(&setup, &database, "lookup/m@v1").await.unwrap();
    assert_eq!(answer.body, "direct");
    assert!(direct.heads()[0].starts_with("get /db/lookup/m@v1 "));
    assert_eq!(relay.requests(), 0);
    assert_eq!(setup.origins.circuits().len(), 2);
}

#[tokio::test]
async fn a_failed_relay_is_looked_for_anew() {
    let broken = Arc::new(AtomicBool::new(false));
    let server = Server::start({
        let broken = Arc::clone(&broken);
        move |path, _| {
            let down = broken.load(Ordering::Relaxed) && !path.ends_with("supported");
            let status = answer("500 Internal Server Error", "", "");
            vec![Act::Send(if down { status } else { ok("relayed") })]
        }
    })
    .await;
    let setup = setup(&server.url);
    let database = database(None);
    ask(&setup, &database, "latest").await.unwrap();
    broken.store(true, Ordering::Relaxed);
    let error = ask(&setup, &database, "latest").await.unwrap_err();
    assert_eq!(kind_of(&error), "unavailable");
    broken.store(false, Ordering::Relaxed);
    ask(&setup, &database, "latest").await.unwrap();
    let probes = server.heads();
    let probes = probes.iter().filter(|head| head.contains("/supported"));
    assert_eq!(probes.count(), 2);
}

#[tokio::test]
async fn answers_are_bounded_by_what_they_can_be() {
    let large = Server::start(|path, _| {
        let body = if path.ends_with("supported") {
            Vec::new()
        } else {
            vec![b'x'; 8193]
        };
        vec![Act::Send(ok(body))]
    })
    .await;
    let setup = setup(&large.url);
    let database = database(None);
    let tile = ask(&setup, &database, "tile/8/0/000").await.unwrap_err();
    assert_eq!(kind_of(&tile), "invalid", "{tile}");
    for path in ["tile/8/data/000", "lookup/m@v1.0.0", "latest"] {
        assert!(ask(&setup, &database, path).await.is_ok(), "{path}");
    }
}

/// A tile of the public database begins with `<`, and every client that needed it was told of a captive portal.
#[tokio::test]
async fn a_tile_may_begin_as_a_web_page_does() {
    let server = Server::start(move |path, _| {
        vec![Act::Send(match path.rsplit('/').next() {
            Some("supported") => ok(""),
            _ => ok("<\u{7f} any bytes"),
        })]
    })
    .await;
    let setup = setup(&server.url);
    let tile = ask(&setup, &database(None), "tile/8/1/128").await.unwrap();
    assert_eq!(tile.body, "<\u{7f} any bytes");
    let page = ask(&setup, &database(None), "lookup/m@v1").await;
    assert_eq!(kind_of(&page.unwrap_err()), "invalid");
}
