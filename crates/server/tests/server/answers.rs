//! Good answers: bytes, headers, parts, conditions.

use std::io::Write;

use testkit::{Module, Reply, Times};

use crate::fixture::{Server, Setup, exchange};

fn toml() -> Module {
    Module::new("github.com/BurntSushi/toml", "v1.2.0")
}

#[test]
fn every_endpoint_gives_its_bytes_with_its_headers() {
    let (server, module) = (Server::start(), toml());
    server.add(&module);
    let immutable = "public, max-age=86400, immutable";
    let mutable = "public, max-age=60, stale-if-error=86400";
    let text = "text/plain; charset=utf-8";
    for (suffix, body, content_type, cache_control) in [
        ("list", b"v1.2.0\n".to_vec(), text, mutable),
        ("info", module.info_bytes(), "application/json", immutable),
        ("mod", module.mod_bytes(), text, immutable),
        ("zip", module.zip_bytes(), "application/zip", immutable),
    ] {
        let path = match suffix {
            "list" => "/github.com/!burnt!sushi/toml/@v/list".to_owned(),
            suffix => format!("/{}", module.url_path(suffix)),
        };
        for (round, cache) in [("cold", "miss"), ("hot", "hit")] {
            let answer = server.get(&path);
            assert_eq!(
                (answer.status, &answer.body),
                (200, &body),
                "{path} {round}"
            );
            assert_eq!(answer.header("content-type"), content_type, "{path}");
            let given = answer.header("cache-control").to_owned();
            // Seconds may pass; what never changes has its day all the same.
            let given = given.replace("max-age=59,", "max-age=60,");
            assert_eq!(given, cache_control, "{path}");
            assert_eq!(answer.header("modkeep-cache"), cache, "{path}");
            assert_eq!(answer.header("content-length"), body.len().to_string());
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert!(!answer.headers.contains_key("transfer-encoding"));
        }
        let held = server.get(&path.replace('!', "%21"));
        assert_eq!(
            held.header("etag").len(),
            if suffix == "list" { 0 } else { 66 },
            "{path}"
        );
        let ranges = if suffix == "list" { "" } else { "bytes" };
        assert_eq!(held.header("accept-ranges"), ranges);
    }
    let at = "github.com/!burnt!sushi/toml/@latest";
    server.upstream.put(at, module.info_bytes());
    let latest = server.get("/github.com/!burnt!sushi/toml/@latest");
    assert_eq!(
        (latest.status, latest.header("content-type")),
        (200, "application/json")
    );
}

#[test]
fn head_tells_what_get_gives() {
    let (server, module) = (Server::start(), toml());
    server.add(&module);
    let path = format!("/{}", module.url_path("zip"));
    for _ in ["cold", "hot"] {
        let head = server.ask("HEAD", &path, &[]);
        assert_eq!((head.status, head.body.len()), (200, 0));
        assert_eq!(
            head.header("content-length"),
            module.zip_bytes().len().to_string()
        );
        assert_eq!(head.header("etag").len(), 66);
    }
    let absent = server.ask("HEAD", "/absent.example/@v/v1.0.0.zip", &[]);
    assert_eq!((absent.status, absent.body.len()), (404, 0));
    assert_ne!(absent.header("content-length"), "0");
    // Nothing of a body came: the connection goes on with the next answer.
    let mut stream = server.connect();
    write!(stream, "HEAD {path} HTTP/1.1\r\nHost: m\r\n\r\n").unwrap();
    assert_eq!(testkit::client::read_answer(&mut stream, true).status, 200);
    assert_eq!(exchange(&mut stream, "/healthz").text(), "ok\n");
}

#[test]
fn parts_and_conditions() {
    let server = Server::start();
    // Larger than a chunk, so that it is read from the file in parts.
    let module = toml().ballast(2 << 20);
    server.add(&module);
    let zip = module.zip_bytes();
    let (path, len) = (format!("/{}", module.url_path("zip")), zip.len());
    assert_eq!(server.get(&path).body, zip);
    let etag = server.get(&path).header("etag").to_owned();
    let last = format!("bytes={}-", len - 10);
    let behind = format!("bytes={len}-");
    for (headers, status, body) in [
        (vec![("Range", "bytes=0-0")], 206, &zip[..1]),
        (
            vec![("Range", "bytes=300000-899999")],
            206,
            &zip[300_000..900_000],
        ),
        (vec![("Range", last.as_str())], 206, &zip[len - 10..]),
        (vec![("Range", "bytes=-10")], 206, &zip[len - 10..]),
        (vec![("Range", "bytes=0-1,5-6")], 200, &zip[..]),
        (vec![("Range", "nonsense")], 200, &zip[..]),
        (
            vec![("Range", "bytes=0-0"), ("If-Range", &etag)],
            206,
            &zip[..1],
        ),
        (
            vec![("Range", "bytes=0-0"), ("If-Range", "\"other\"")],
            200,
            &zip[..],
        ),
        (vec![("If-None-Match", &etag)], 304, &[]),
        (vec![("If-None-Match", "*")], 304, &[]),
        (vec![("If-None-Match", "\"other\"")], 200, &zip[..]),
        (
            vec![("If-None-Match", &etag), ("Range", "bytes=0-0")],
            304,
            &[],
        ),
    ] {
        let answer = server.ask("GET", &path, &headers);
        assert_eq!(answer.status, status, "{headers:?}");
        assert!(
            answer.body == body,
            "{headers:?}: {} bytes",
            answer.body.len()
        );
        assert_eq!(answer.header("etag"), etag);
    }
    let part = server.ask("GET", &path, &[("Range", "bytes=5-9")]);
    assert_eq!(part.header("content-range"), format!("bytes 5-9/{len}"));
    assert_eq!(part.header("content-length"), "5");
    let refused = server.ask("GET", &path, &[("Range", &behind)]);
    assert_eq!(refused.status, 416);
    assert_eq!(refused.header("content-range"), format!("bytes */{len}"));
    let head = server.ask("HEAD", &path, &[("Range", "bytes=5-9")]);
    assert_eq!(
        (head.status, head.header("content-length")),
        (200, len.to_string().as_str())
    );
}

#[test]
fn a_condition_on_a_cold_zip_waits_for_its_tag() {
    let (server, module) = (Server::start(), toml());
    server.add(&module);
    let path = format!("/{}", module.url_path("zip"));
    let part = server.ask("GET", &path, &[("Range", "bytes=0-3")]);
    assert_eq!((part.status, part.text().as_str()), (206, "PK\u{3}\u{4}"));
}

#[test]
fn old_clients_and_proxies_are_answered() {
    let (server, module) = (Server::start(), toml());
    server.add(&module);
    let path = module.url_path("zip");
    let old = server.raw(format!("GET /{path} HTTP/1.0\r\n\r\n"));
    assert_eq!((old.status, old.body), (200, module.zip_bytes()));
    let absolute = format!("GET http://goproxy.corp.example/{path} HTTP/1.1\r\nHost: x\r\n");
    let absolute = server.raw(format!("{absolute}Connection: close\r\n\r\n"));
    assert_eq!((absolute.status, absolute.body), (200, module.zip_bytes()));
}

#[test]
fn a_base_path_stands_before_everything() {
    let server = Server::with(Setup {
        base_path: "/go",
        ..Setup::default()
    });
    let module = toml();
    server.add(&module);
    assert_eq!(
        server.get(&format!("/go/{}", module.url_path("mod"))).body,
        module.mod_bytes()
    );
    assert_eq!(
        server
            .get(&format!("/go/{}", module.url_path("mod")))
            .header("modkeep-cache"),
        "hit"
    );
    assert_eq!(
        server.get("/go/sumdb/sum.corp.example/supported").status,
        200
    );
    assert_eq!(server.get("/healthz").status, 200);
    let outside = server.get(&format!("/{}", module.url_path("mod")));
    assert_eq!(outside.status, 404);
    assert_eq!(
        outside.text(),
        "nothing is here: this server answers below /go/\n"
    );
}

#[test]
fn the_checksum_database_is_relayed() {
    let (server, module) = (Server::start(), toml());
    server.add(&module);
    let base = "/sumdb/sum.corp.example";
    assert_eq!(server.get(&format!("{base}/supported")).status, 200);
    let lookup = server.get(&format!(
        "{base}/lookup/github.com/!burnt!sushi/toml@v1.2.0"
    ));
    assert_eq!(lookup.status, 200, "{}", lookup.text());
    assert_eq!(lookup.header("content-type"), "text/plain; charset=utf-8");
    assert!(
        lookup
            .text()
            .contains("github.com/BurntSushi/toml v1.2.0 h1:")
    );
    let tile = server.get(&format!("{base}/tile/8/0/000.p/1"));
    assert_eq!((tile.status, tile.body.len()), (200, 32));
    assert_eq!(tile.header("content-type"), "application/octet-stream");
    assert_eq!(server.get(&format!("{base}/latest")).status, 200);
    for (path, status) in [
        ("/sumdb/sum.golang.org/supported", 404),
        (
            "/sumdb/sum.corp.example/lookup/private.corp.example@v1.0.0",
            403,
        ),
        ("/sumdb/sum.corp.example/lookup/m.example@master", 404),
        ("/sumdb/sum.corp.example/tile/8/0/zzz", 404),
        ("/sumdb/sum.corp.example/lookup/%zz@v1.0.0", 400),
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        assert!(answer.text().ends_with('\n'));
    }
}

#[test]
fn only_what_is_held_when_fetching_is_switched_off() {
    let (server, module) = (Server::start(), toml());
    server.add(&module);
    let path = format!("/{}", module.url_path("mod"));
    let cold = server.ask("GET", &path, &[("Disable-Module-Fetch", "true")]);
    assert_eq!(cold.status, 404);
    assert!(
        cold.text().contains("not found: temporarily unavailable"),
        "{}",
        cold.text()
    );
    assert_eq!(server.upstream.count("*"), 0);
    assert_eq!(server.get(&path).status, 200);
    let held = server.ask("GET", &path, &[("Disable-Module-Fetch", "true")]);
    assert_eq!((held.status, held.body), (200, module.mod_bytes()));
}

#[test]
fn a_streamed_zip_that_breaks_off_is_cut() {
    let (server, module) = (Server::start(), toml().ballast(1 << 20));
    server.add(&module);
    let path = module.url_path("zip");
    let cut = Reply::CloseAfter(900_000);
    server.upstream.script(&path, Times::Always, cut);
    let answer = server.get(&format!("/{path}"));
    assert_eq!((answer.status, answer.complete), (200, false));
    server.counted(
        "modkeep_http_requests_total{route=\"zip\",method=\"GET\",code=\"502\",sli=\"bad\"",
    );
}

#[test]
fn a_streamed_zip_that_is_contradicted_is_never_whole() {
    let (server, module) = (Server::start(), toml().ballast(1 << 20));
    server.upstream.add(&module);
    // The database vouches for other bytes.
    server.database.add(&toml().ballast(1 << 19));
    let answer = server.get(&format!("/{}", module.url_path("zip")));
    assert!(
        answer.status == 502 || !answer.complete,
        "{}",
        answer.status
    );
    assert_ne!(answer.body, module.zip_bytes());
}
