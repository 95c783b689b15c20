//! The life of a circuit breaker, and upstreams that hang.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use origin::{Asked, CircuitState};
use platform::{Clock, Limits};

use crate::server::{Act, Server, answer, ok};
use crate::{kind_of, module, setup_with, short};

const INFO: &str = r#"{"Version":"v1.0.0"}"#;

#[tokio::test]
async fn a_circuit_opens_tries_by_one_request_and_closes() {
    let up = Arc::new(AtomicBool::new(false));
    let server = Server::start({
        let up = Arc::clone(&up);
        move |_, _| {
            let status = answer("500 Internal Server Error", "", "");
            let up = up.load(Ordering::Relaxed);
            vec![Act::Send(if up { ok(INFO) } else { status })]
        }
    })
    .await;
    let clock = Clock::manual("2026-01-01T00:00:00Z".parse().unwrap());
    let limits = short();
    let pause = limits.circuit_pause;
    let setup = setup_with(&server.url, limits, clock.clone(), Vec::new());
    let module = module();
    let fetch = async || {
        setup
            .origins
            .fetch(&setup.chain, Asked::Info(&module))
            .await
    };
    for _ in 0..5 {
        assert!(fetch().await.is_err());
    }
    assert_eq!(setup.told().last().unwrap(), "circuit Open");
    assert_eq!(setup.origins.circuits()[0].1, CircuitState::Open);

    let refused = fetch().await.unwrap_err();
    assert_eq!(kind_of(&refused), "unavailable");
    assert_eq!(refused.retry_after(), Some(pause));
    assert_eq!(server.requests(), 5);
    assert!(setup.told().is_empty());

    clock.advance(pause);
    assert!(fetch().await.is_err());
    let told = ["circuit HalfOpen", "info unavailable", "circuit Open"];
    assert_eq!(setup.told(), told);
    assert_eq!(server.requests(), 6);

    up.store(true, Ordering::Relaxed);
    assert!(fetch().await.is_err());
    clock.advance(pause);
    assert_eq!(fetch().await.unwrap().body, INFO);
    assert_eq!(setup.told(), ["circuit HalfOpen", "info", "circuit Closed"]);
    assert_eq!(fetch().await.unwrap().body, INFO);
}

#[tokio::test]
async fn absence_opens_no_circuit() {
    let server = Server::same(answer("404 Not Found", "", "")).await;
    let setup = setup_with(&server.url, short(), Clock::system(), Vec::new());
    let module = module();
    for _ in 0..8 {
        let error = setup
            .origins
            .fetch(&setup.chain, Asked::Info(&module))
            .await;
        assert_eq!(kind_of(&error.unwrap_err()), "absent");
    }
    assert_eq!(setup.origins.circuits()[0].1, CircuitState::Closed);
}

/// A thousand requests that waited for one silent upstream took every seat there was for fetches.
#[tokio::test]
async fn only_so_many_wait_for_an_upstream_that_hangs() {
    let silent = Server::start(|_, _| vec![Act::Stall]).await;
    let limits = Limits {
        fetches_per_upstream: 1,
        waiting_per_upstream: 2,
        first_byte: Duration::from_mins(1),
        ..short()
    };
    let setup = setup_with(&silent.url, limits, Clock::system(), Vec::new());
    let module = module();
    let fetch = || setup.origins.fetch(&setup.chain, Asked::Info(&module));
    let mut waiting: Vec<_> = (0..3).map(|_| Box::pin(fetch())).collect();
    let mut context = Context::from_waker(Waker::noop());
    for fetch in &mut waiting {
        assert!(fetch.as_mut().poll(&mut context).is_pending());
    }
    let refused = fetch().await.unwrap_err();
    assert_eq!(kind_of(&refused), "unavailable");
    assert!(refused.to_string().contains("2 wait already"), "{refused}");
}

#[tokio::test]
async fn one_upstream_that_hangs_starves_no_other() {
    let silent = Server::start(|_, _| vec![Act::Stall]).await;
    let good = Server::same(ok(INFO)).await;
    let limits = Limits {
        fetches_per_upstream: 2,
        first_byte: Duration::from_mins(1),
        ..short()
    };
    let list = format!("{}|{}", silent.url, good.url);
    let setup = setup_with(&list, limits, Clock::system(), Vec::new());
    let healthy = setup
        .origins
        .chain(&gomod::ProxyList::parse(&good.url).unwrap());
    let module = module();
    let hanging: Vec<_> = (0..4)
        .map(|_| {
            let (origins, chain, module) =
                (setup.origins.clone(), setup.chain.clone(), module.clone());
            tokio::spawn(async move { origins.fetch(&chain, Asked::Info(&module)).await })
        })
        .collect();
    while silent.requests() < 2 {
        tokio::task::yield_now().await;
    }
    for _ in 0..4 {
        let fetched = setup.origins.fetch(&healthy, Asked::Info(&module)).await;
        assert_eq!(fetched.unwrap().body, INFO);
    }
    assert_eq!(silent.requests(), 2, "no more than there are places");
    for task in hanging {
        task.abort();
    }
}

/// Tries of one request are not requests: else two unlucky ones would close off an
/// upstream that serves a hundred others.
#[tokio::test]
async fn a_request_counts_once_however_often_it_was_tried() {
    let server = Server::same(answer("503 Busy", "", "")).await;
    let limits = Limits {
        tries: 3,
        circuit_failures: 3,
        retry_start: Duration::from_millis(1),
        ..short()
    };
    let setup = setup_with(&server.url, limits, Clock::system(), Vec::new());
    let module = module();
    for failed in 1..=3 {
        assert_eq!(setup.origins.circuits()[0].1, CircuitState::Closed);
        let fetched = setup
            .origins
            .fetch(&setup.chain, Asked::Info(&module))
            .await;
        assert!(fetched.is_err());
        assert_eq!(server.requests(), failed * 3);
    }
    assert_eq!(setup.origins.circuits()[0].1, CircuitState::Open);
}
