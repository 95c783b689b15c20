//! Zips that go wrong when a client has had a part of them already: it never gets a whole one.

use testkit::{Module, Reply, Step, Times, client};

use crate::row::Ask::Zip;
use crate::row::{Behind, Fault, GATE, Row, Scene, Want};
use crate::site::Site;
use crate::zips::changed;

/// The bytes that come before the gate.
const BEGUN: usize = 150_000;

pub(crate) fn rows() -> Vec<Row> {
    let broken = |name, make| {
        let mut row = Row::new(name, Zip, Fault::Made(make), Want::Broken);
        row.ballast = 400_000;
        row
    };
    vec![
        broken("stream that is reset", |scene| {
            after(&scene.right(), vec![Step::Reset])
        }),
        broken("stream that is closed", |scene| {
            after(&scene.right(), vec![])
        }),
        broken("stream that falls silent", |scene| {
            after(&scene.right(), vec![Step::Wait("(silence)".into())])
        }),
        broken("stream that lacks a byte", |scene| {
            let zip = scene.right();
            let rest = zip[BEGUN..zip.len() - 1].to_vec();
            after(&zip, vec![Step::Send(rest)])
        }),
        broken("stream with a wrong end", |scene| {
            let zip = scene.right();
            let mut rest = zip[BEGUN..].to_vec();
            rest[1000] ^= 1;
            after(&zip, vec![Step::Send(rest)])
        }),
        broken("stream with zeros at the end", |scene| {
            let zip = scene.right();
            let rest = vec![0; zip.len() - BEGUN];
            after(&zip, vec![Step::Send(rest)])
        }),
        broken("stream of other bytes", |scene| {
            let zip = changed(scene.module).zip_bytes();
            let rest = zip[BEGUN..].to_vec();
            after(&zip, vec![Step::Send(rest)])
        }),
    ]
}

/// The head and the beginning of `zip`, then what follows once the client has something of it.
fn after(zip: &[u8], rest: Vec<Step>) -> Reply {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", zip.len());
    let mut steps = vec![
        Step::Send(head.into_bytes()),
        Step::Send(zip[..BEGUN].to_vec()),
        Step::Wait(GATE.to_owned()),
    ];
    steps.extend(rest);
    Reply::Steps(steps)
}

/// One whose bytes cannot be taken back is cut; one that still waits is served by the next source.
#[test]
fn who_has_no_byte_yet_goes_on_along_the_chain() {
    let fault = Fault::Made(|scene: &Scene| after(&scene.right(), vec![Step::Reset]));
    let mut row =
        Row::new("", Zip, fault, Want::Broken).behind("two clients", Behind::Pipe, Want::Broken);
    row.ballast = 400_000;
    let mut site = Site::start(vec![row]);
    let mut plot = site.plots.remove(0);
    plot.break_it(&site.stranger);
    let (path, module): (String, &Module) = (Zip.path(&plot.module), &plot.module);
    // The one behind waits too, so that the second client comes before the end.
    let behind = plot.behind.as_ref().unwrap();
    behind.script(
        &path,
        Times::Next(1),
        Reply::Gate("both are here".to_owned()),
    );
    let authority = site.server.authority();
    let second = std::thread::scope(|scope| {
        let first = site.watch(&path, &plot.upstream);
        assert!(first.status == 200 && !first.complete, "{}", first.status);
        assert!(module.zip_bytes().starts_with(&first.body));
        let second = scope.spawn(|| client::get(authority, &format!("/{path}")));
        while behind.count(&path) == 0 {
            std::thread::yield_now();
        }
        behind.open_gate("both are here");
        second.join().unwrap()
    });
    assert_eq!((second.status, second.complete), (200, true));
    assert!(second.body == module.zip_bytes());
    assert_eq!((plot.upstream.count(&path), behind.count(&path)), (1, 1));
    let left = site.end();
    assert_eq!(left.spooled, Vec::<std::path::PathBuf>::new());
    assert_eq!(left.verified, Some(0), "{}", left.findings);
}
