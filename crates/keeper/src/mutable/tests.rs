use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use gomod::{ArtifactKind, ModuleVersion, ProxyRequest};
use store::Receipt;
use testkit::{Module, Reply, Times, Upstream};

use super::answer;
use crate::answer::{CacheResult, Validity};
use crate::engine::Engine;
use crate::fixture::{Fixture, Setup, end, path, request, text};
use crate::{Answer, Error, Fetch, Request};

const LIST: &str = "example.com/m/@v/list";
const MINUTE: Duration = Duration::from_mins(1);

fn list() -> ProxyRequest {
    ProxyRequest::List(path("example.com/m"))
}

fn latest() -> ProxyRequest {
    ProxyRequest::Latest(path("example.com/m"))
}

fn query(query: &str) -> ProxyRequest {
    ProxyRequest::Query {
        path: path("example.com/m"),
        query: query.to_owned(),
    }
}

async fn ask(engine: &Arc<Engine>, what: ProxyRequest) -> Result<Answer, Error> {
    answer(engine, &request(what)).await
}

/// Publishes an artifact as if it had come from `source`.
async fn hold(engine: &Engine, module: &Module, kind: ArtifactKind, source: &str) {
    let bytes = match kind {
        ArtifactKind::Info => module.info_bytes(),
        ArtifactKind::Mod => module.mod_bytes(),
        ArtifactKind::Zip => module.zip_bytes(),
    };
    let name: ModuleVersion = module.name();
    let spool = engine.parts.artifacts.spool().await.unwrap();
    spool.file().write_all(&bytes).unwrap();
    let receipt = Receipt {
        kind,
        first_seen: engine.parts.clock.now(),
        source: source.to_owned(),
        sha256: crate::measure::sha256(&bytes),
        size: bytes.len() as u64,
        h1: None,
        proof: None,
    };
    engine
        .parts
        .artifacts
        .publish(&name, kind, spool, receipt)
        .await
        .unwrap();
}

fn fixture() -> Fixture {
    let fixture = Fixture::new();
    fixture.upstream.put(LIST, "v1.1.0\nv1.0.0\n");
    fixture
        .upstream
        .put("example.com/m/@latest", r#"{"Version":"v1.1.0"}"#);
    let branch = r#"{"Version":"v1.1.1-0.20240301120000-abcdefabcdef"}"#;
    fixture.upstream.put("example.com/m/@v/main.info", branch);
    fixture
}

#[tokio::test]
async fn what_is_known_is_asked_for_once_in_its_time() {
    let fixture = fixture();
    let engine = fixture.engine(&Setup::default());
    for (what, wire) in [
        (list(), LIST),
        (latest(), "example.com/m/@latest"),
        (query("main"), "example.com/m/@v/main.info"),
    ] {
        let first = ask(&engine, what.clone()).await.unwrap();
        assert_eq!(
            (first.cache, first.validity),
            (CacheResult::Miss, Validity::Fresh { max_age: MINUTE }),
            "{wire}"
        );
        assert_eq!(first.upstream.as_deref(), Some(&*fixture.upstream.url()));
        fixture.clock.advance(Duration::from_secs(20));
        let again = ask(&engine, what.clone()).await.unwrap();
        assert_eq!(
            (again.cache, text(&again)),
            (CacheResult::Hit, text(&first))
        );
        assert_eq!(
            again.validity,
            Validity::Fresh {
                max_age: Duration::from_secs(40)
            }
        );
        assert_eq!(text(&engine.hot(wire).unwrap()), text(&first));
        fixture.clock.advance(Duration::from_secs(40));
        assert!(engine.hot(wire).is_none(), "{wire}");
        assert_eq!(ask(&engine, what).await.unwrap().cache, CacheResult::Miss);
        assert_eq!(fixture.upstream.count(wire), 2, "{wire}");
    }
}

#[tokio::test]
async fn fifty_askers_ask_once() {
    let fixture = fixture();
    let engine = fixture.engine(&Setup::default());
    let answers = futures_util::future::join_all((0..50).map(|_| ask(&engine, list()))).await;
    assert!(
        answers
            .iter()
            .all(|answer| text(answer.as_ref().unwrap()) == "v1.0.0\nv1.1.0\n")
    );
    assert_eq!(fixture.upstream.count(LIST), 1);
}

#[tokio::test]
async fn trouble_yields_to_what_is_known() {
    let table = [
        (Reply::Status(500, "x".into()), true),
        (Reply::Status(429, "x".into()), true),
        (Reply::Status(401, "x".into()), true),
        (Reply::ResetAfter(1), true),
        (Reply::Body(b"<!doctype html><html>".to_vec()), true),
        (Reply::Status(403, "not for you".into()), false),
        (Reply::Status(404, "gone".into()), false),
        (Reply::Status(410, "gone".into()), false),
    ];
    for (reply, stale) in table {
        for what in [list(), latest(), query("main")] {
            let fixture = fixture();
            let engine = fixture.engine(&Setup::default());
            let first = ask(&engine, what.clone()).await.unwrap();
            fixture.clock.advance(MINUTE);
            fixture.upstream.script("*", Times::Always, reply.clone());
            let then = ask(&engine, what.clone()).await;
            if !stale {
                assert!(then.is_err(), "{reply:?} {what:?}");
                continue;
            }
            let then = then.unwrap();
            assert_eq!(
                (then.validity, then.cache),
                (Validity::Stale, CacheResult::Stale),
                "{reply:?}"
            );
            assert_eq!(text(&then), text(&first));
            // A dead upstream is left alone for some seconds.
            let asked = fixture.upstream.count("*");
            assert_eq!(
                ask(&engine, what.clone()).await.unwrap().validity,
                Validity::Stale
            );
            assert_eq!(fixture.upstream.count("*"), asked);
            fixture.upstream.behave();
            fixture.clock.advance(MINUTE);
            assert_eq!(ask(&engine, what).await.unwrap().cache, CacheResult::Miss);
        }
    }
}

#[tokio::test]
async fn a_list_is_united_with_what_is_held_of_named_sources() {
    let fixture = fixture();
    let engine = fixture.engine(&Setup::default());
    let url = fixture.upstream.url();
    for (version, source) in [
        ("v0.9.0", &*url),
        ("v1.2.0", "https://elsewhere.example"),
        ("v1.3.0-0.20240301120000-abcdefabcdef", &*url),
    ] {
        hold(
            &engine,
            &Module::new("example.com/m", version),
            ArtifactKind::Info,
            source,
        )
        .await;
    }
    hold(
        &engine,
        &Module::new("example.com/m", "v1.4.0"),
        ArtifactKind::Mod,
        &url,
    )
    .await;
    assert_eq!(
        text(&ask(&engine, list()).await.unwrap()),
        "v0.9.0\nv1.0.0\nv1.1.0\n"
    );
    // Gone upstream: what is held is still listed.
    fixture.upstream.remove(LIST);
    fixture.clock.advance(MINUTE);
    let answer = ask(&engine, list()).await.unwrap();
    assert_eq!(
        (text(&answer), answer.cache),
        ("v0.9.0\n".into(), CacheResult::Miss)
    );
    assert_eq!(ask(&engine, list()).await.unwrap().cache, CacheResult::Hit);
}

#[tokio::test]
async fn an_empty_list_stays_an_empty_list() {
    let fixture = fixture();
    fixture.upstream.put(LIST, "");
    let engine = fixture.engine(&Setup::default());
    assert_eq!(text(&ask(&engine, list()).await.unwrap()), "");
    assert_eq!(text(&ask(&engine, list()).await.unwrap()), "");
    assert_eq!(fixture.upstream.count(LIST), 1);
}

#[tokio::test]
async fn absence_is_known_and_goes_stale_and_yields_to_what_is_held() {
    let mut fixture = fixture();
    fixture
        .upstream
        .remove(LIST)
        .remove("example.com/m/@latest");
    fixture.upstream.remove("example.com/m/@v/main.info");
    let engine = fixture.engine(&Setup::default());
    for what in [list(), latest(), query("main")] {
        for _ in 0..2 {
            let error = ask(&engine, what.clone()).await.unwrap_err();
            assert!(
                matches!(error, Error::Absent { lasting: false, .. }),
                "{error}"
            );
        }
    }
    assert_eq!(fixture.upstream.count("*"), 3);
    fixture.upstream.stop();
    fixture.clock.advance(MINUTE);
    for what in [list(), latest(), query("main")] {
        let error = ask(&engine, what).await.unwrap_err();
        assert!(
            matches!(error, Error::Absent { .. }),
            "known absence is served stale: {error}"
        );
    }
    let error = ask(&engine, query("other")).await.unwrap_err();
    assert!(
        error.yields_to_stale(),
        "never asked is not absent: {error}"
    );
    hold(
        &engine,
        &Module::new("example.com/m", "v1.0.0"),
        ArtifactKind::Info,
        &fixture.upstream.url(),
    )
    .await;
    assert_eq!(text(&ask(&engine, list()).await.unwrap()), "v1.0.0\n");
}

#[tokio::test]
async fn everything_survives_a_restart_with_the_upstream_gone() {
    let mut fixture = fixture();
    let engine = fixture.engine(&Setup::default());
    let mut before = Vec::new();
    for what in [list(), latest(), query("main")] {
        before.push(text(&ask(&engine, what).await.unwrap()));
    }
    ask(&engine, query("gone")).await.unwrap_err();
    end(engine).await;
    fixture.upstream.stop();
    fixture.clock.advance(Duration::from_hours(1000));
    let engine = fixture.engine(&Setup::default());
    for (what, before) in [list(), latest(), query("main")].into_iter().zip(&before) {
        let answer = ask(&engine, what).await.unwrap();
        assert_eq!((&text(&answer), answer.validity), (before, Validity::Stale));
    }
    let gone = ask(&engine, query("gone")).await;
    assert!(matches!(gone, Err(Error::Absent { .. })), "{gone:?}");
    let never = ask(&engine, query("never")).await;
    assert!(never.unwrap_err().yields_to_stale());
}

#[tokio::test]
async fn offline_and_cached_only_never_ask() {
    let fixture = fixture();
    let engine = fixture.engine(&Setup::default());
    ask(&engine, list()).await.unwrap();
    fixture.upstream.forget();
    fixture.clock.advance(MINUTE);
    let cached_only = |what| Request {
        fetch: Fetch::CachedOnly,
        ..request(what)
    };
    let answer = super::answer(&engine, &cached_only(list())).await.unwrap();
    assert_eq!(answer.validity, Validity::Stale);
    let error = super::answer(&engine, &cached_only(query("main")))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Absent { .. }), "{error}");
    assert_eq!(error.to_string(), "not found: temporarily unavailable");
    end(engine).await;
    let engine = fixture.engine(&Setup {
        offline: true,
        ..Setup::default()
    });
    assert_eq!(
        ask(&engine, list()).await.unwrap().validity,
        Validity::Stale
    );
    let error = ask(&engine, query("main")).await.unwrap_err();
    assert!(
        matches!(error, Error::Absent { .. }) && error.to_string().contains("offline"),
        "{error}"
    );
    assert_eq!(fixture.upstream.count("*"), 0);
}

#[tokio::test]
async fn latest_is_made_from_what_is_held_when_nobody_can_be_asked() {
    let mut fixture = fixture();
    let engine = fixture.engine(&Setup::default());
    let url = fixture.upstream.url();
    fixture.upstream.stop();
    let absent = ask(&engine, latest()).await.unwrap_err();
    assert!(absent.yields_to_stale(), "{absent}");
    let pseudo = Module::new("example.com/m", "v0.0.0-20240301120000-abcdefabcdef");
    let (release, newer) = (
        Module::new("example.com/m", "v1.0.0"),
        Module::new("example.com/m", "v1.1.0-rc.1"),
    );
    for (module, wanted) in [(&pseudo, &pseudo), (&newer, &newer), (&release, &release)] {
        hold(&engine, module, ArtifactKind::Info, &url).await;
        let answer = ask(&engine, latest()).await.unwrap();
        assert_eq!(
            (text(&answer).into_bytes(), answer.validity),
            (wanted.info_bytes(), Validity::Stale)
        );
    }
}

#[tokio::test]
async fn nothing_is_synthesised_when_the_newest_info_is_not_held() {
    let mut fixture = fixture();
    let engine = fixture.engine(&Setup::default());
    ask(&engine, list()).await.unwrap();
    hold(
        &engine,
        &Module::new("example.com/m", "v1.0.0"),
        ArtifactKind::Info,
        &fixture.upstream.url(),
    )
    .await;
    fixture.upstream.stop();
    let error = ask(&engine, latest()).await.unwrap_err();
    assert!(
        error.yields_to_stale(),
        "v1.1.0 is listed, its .info is not held: {error}"
    );
}

#[tokio::test]
async fn a_list_never_shrinks_because_an_upstream_was_down() {
    let (fixture, second) = (fixture(), Upstream::start());
    second.put(LIST, "v1.0.0\nv1.5.0\n");
    for (separator, while_down, after) in [
        ("|", "v1.0.0\nv1.1.0\nv1.5.0\n", "v1.0.0\nv1.1.0\n"),
        (",", "v1.0.0\nv1.1.0\n", "v1.0.0\nv1.1.0\n"),
    ] {
        let chain = format!("{}{separator}{}", fixture.upstream.url(), second.url());
        let engine = fixture.engine(&Setup {
            chain,
            ..Setup::default()
        });
        fixture.clock.advance(MINUTE);
        assert_eq!(text(&ask(&engine, list()).await.unwrap()), after);
        fixture
            .upstream
            .script("*", Times::Always, Reply::Status(500, "down".into()));
        for _ in 0..3 {
            fixture.clock.advance(MINUTE);
            assert_eq!(
                text(&ask(&engine, list()).await.unwrap()),
                while_down,
                "{separator}"
            );
        }
        fixture.upstream.behave();
        fixture.clock.advance(MINUTE);
        assert_eq!(text(&ask(&engine, list()).await.unwrap()), after);
        end(engine).await;
    }
}

#[tokio::test]
async fn what_a_source_said_that_is_not_named_any_longer_is_unknown() {
    let (fixture, other) = (fixture(), Upstream::start());
    let engine = fixture.engine(&Setup::default());
    ask(&engine, list()).await.unwrap();
    ask(&engine, query("gone")).await.unwrap_err();
    end(engine).await;
    other.put(LIST, "v2.0.0+incompatible\n");
    other.put("example.com/m/@v/gone.info", r#"{"Version":"v1.0.0"}"#);
    let engine = fixture.engine(&Setup {
        chain: other.url(),
        ..Setup::default()
    });
    assert_eq!(
        text(&ask(&engine, list()).await.unwrap()),
        "v2.0.0+incompatible\n"
    );
    ask(&engine, query("gone")).await.unwrap();
}

#[tokio::test]
async fn private_modules_follow_the_rule_of_their_chain() {
    let fixture = fixture();
    let public = Setup {
        chain: "https://mirror.example".into(),
        private: "example.com",
        ..Setup::default()
    };
    let engine = fixture.engine(&public);
    for what in [list(), latest(), query("main")] {
        let error = ask(&engine, what).await.unwrap_err();
        assert!(matches!(error, Error::Denied { .. }), "{error}");
    }
    end(engine).await;
    let engine = fixture.engine(&Setup {
        private: "example.com",
        ..Setup::default()
    });
    ask(&engine, list()).await.unwrap();
}

#[tokio::test]
async fn absence_of_versions_is_remembered_longer_and_over_restarts() {
    let fixture = fixture();
    let engine = fixture.engine(&Setup::default());
    let name = Module::new("example.com/m", "v9.0.0+incompatible").name();
    let url: Arc<str> = fixture.upstream.url().into();
    let error = Error::Absent {
        text: "no such tag".into(),
        lasting: true,
        upstream: Some(url),
    };
    engine
        .remember_absent(&name, ArtifactKind::Mod, &error)
        .await;
    end(engine).await;
    let engine = fixture.engine(&Setup::default());
    fixture.clock.advance(Duration::from_secs(599));
    let known = engine.known_absent(&name, ArtifactKind::Mod).await.unwrap();
    assert_eq!(known.to_string(), "no such tag");
    assert!(
        engine
            .known_absent(&name, ArtifactKind::Zip)
            .await
            .is_none()
    );
    fixture.clock.advance(Duration::from_secs(1));
    assert!(
        engine
            .known_absent(&name, ArtifactKind::Mod)
            .await
            .is_none()
    );
    assert!(
        engine
            .last_known_absent(&name, ArtifactKind::Mod)
            .await
            .is_some()
    );
    engine.forget_absent(&name, ArtifactKind::Mod).await;
    assert!(
        engine
            .last_known_absent(&name, ArtifactKind::Mod)
            .await
            .is_none()
    );
}

/// A web page in place of a list that was absent once was a 404 again.
#[tokio::test]
async fn what_comes_wrong_is_not_absent_because_it_was_once() {
    let fixture = Fixture::new();
    let engine = fixture.engine(&Setup::default());
    for what in [list(), latest(), query("main")] {
        let absent = ask(&engine, what.clone()).await.unwrap_err();
        assert!(matches!(absent, Error::Absent { .. }), "{absent}");
    }
    fixture.clock.advance(MINUTE);
    let page = Reply::Body(b"<!doctype html><html>".to_vec());
    fixture.upstream.script("*", Times::Always, page);
    for what in [list(), latest(), query("main")] {
        for _ in 0..2 {
            let wrong = ask(&engine, what.clone()).await.unwrap_err();
            assert!(matches!(wrong, Error::BadUpstream { .. }), "{wrong}");
        }
    }
}

/// Absence that the old sources had told hid what a new source has.
#[tokio::test]
async fn what_was_absent_is_asked_for_when_a_source_joins() {
    let (fixture, new) = (fixture(), Upstream::start());
    let engine = fixture.engine(&Setup::default());
    let module = Module::new("example.com/m", "v1.7.0");
    let info = ProxyRequest::Artifact {
        module: module.name(),
        kind: ArtifactKind::Info,
    };
    ask(&engine, query("gone")).await.unwrap_err();
    engine.answer(&request(info.clone())).await.unwrap_err();
    end(engine).await;
    new.put("example.com/m/@v/gone.info", r#"{"Version":"v1.0.0"}"#);
    new.add(&module);
    let engine = fixture.engine(&Setup {
        chain: format!("{},{}", new.url(), fixture.upstream.url()),
        ..Setup::default()
    });
    ask(&engine, query("gone")).await.unwrap();
    engine.answer(&request(info)).await.unwrap();
}

/// What had been kept by a clock that went ahead stayed fresh until the right
/// one had come so far.
#[tokio::test]
async fn what_lies_ahead_is_not_fresh() {
    let mut fixture = fixture();
    let right = fixture.clock.now();
    let engine = fixture.engine(&Setup::default());
    fixture.clock.advance(Duration::from_hours(1000));
    ask(&engine, list()).await.unwrap();
    ask(&engine, query("gone")).await.unwrap_err();
    end(engine).await;
    fixture.clock = platform::Clock::manual(right);
    fixture.upstream.put(LIST, "v1.2.0\n");
    let gone = r#"{"Version":"v1.0.0"}"#;
    fixture.upstream.put("example.com/m/@v/gone.info", gone);
    let engine = fixture.engine(&Setup::default());
    assert_eq!(text(&ask(&engine, list()).await.unwrap()), "v1.2.0\n");
    ask(&engine, query("gone")).await.unwrap();
}

/// `@latest` made from what is held was not held against its receipt.
#[tokio::test]
async fn damaged_bytes_are_no_latest() {
    for damage in ["flipped", "cut"] {
        let mut fixture = fixture();
        let engine = fixture.engine(&Setup::default());
        let module = Module::new("example.com/m", "v1.9.0");
        let url = fixture.upstream.url();
        hold(&engine, &module, ArtifactKind::Info, &url).await;
        fixture.upstream.stop();
        ask(&engine, latest()).await.unwrap();
        let download = fixture.folder.path().join("cache/download");
        let file = download.join(module.url_path("info"));
        let mut bytes = std::fs::read(&file).unwrap();
        match damage {
            "cut" => bytes.truncate(5),
            _ => bytes[14] ^= 1,
        }
        std::fs::write(&file, bytes).unwrap();
        let error = ask(&engine, latest()).await.unwrap_err();
        assert!(error.yields_to_stale(), "{damage}: {error}");
    }
}

/// With all seats taken, who wanted to join a question under way was refused.
#[tokio::test]
async fn who_joins_a_question_needs_no_seat() {
    let fixture = fixture();
    fixture
        .upstream
        .script("*", Times::Always, Reply::Gate("list".into()));
    let engine = fixture.engine(&Setup::default());
    let mut first = Box::pin(ask(&engine, list()));
    while fixture.upstream.count(LIST) == 0 {
        assert!(futures_util::poll!(first.as_mut()).is_pending());
        tokio::task::yield_now().await;
    }
    let limit = engine.parts.limits.flights;
    let seats: Vec<_> = (1..limit).map(|_| engine.flight_seat().unwrap()).collect();
    let mut second = Box::pin(ask(&engine, list()));
    assert!(futures_util::poll!(second.as_mut()).is_pending());
    fixture.upstream.open_gate("list");
    assert_eq!(text(&first.await.unwrap()), text(&second.await.unwrap()));
    drop(seats);
}
