//! The pages beside the protocol.

use testkit::Module;

use crate::fixture::{Server, eventually};

#[test]
fn small_pages() {
    let server = Server::start();
    assert_eq!(server.get("/healthz").text(), "ok\n");
    let ready = server.get("/readyz");
    assert_eq!(ready.status, 200);
    assert!(
        ready
            .text()
            .starts_with("ready\nstore: ok\ndraining: no\nupstream "),
        "{}",
        ready.text()
    );
    let version = server.get("/version");
    assert_eq!(version.header("content-type"), "application/json");
    assert_eq!(
        version.text(),
        r#"{"version":"0.1.0","revision":"test","rustc":"1.95.0"}"#
    );
    let front = server.get("/").text();
    assert!(
        front.contains(&format!("GOPROXY=http://{}\n", server.authority)),
        "{front}"
    );
    assert_eq!(
        server.get("/robots.txt").text(),
        "User-agent: *\nDisallow: /\n"
    );
    for path in ["/ui/", "/api/v1/x", "/favicon.ico", "/nothing"] {
        let answer = server.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(
            answer.text().lines().count() == 1,
            "{path}: {}",
            answer.text()
        );
    }
}

#[test]
fn what_is_held_is_listed() {
    let server = Server::start();
    for version in ["v1.0.0", "v1.1.0"] {
        let module = Module::new("github.com/BurntSushi/toml", version);
        server.add(&module);
        assert_eq!(
            server.get(&format!("/{}", module.url_path("mod"))).status,
            200
        );
    }
    // The catalog follows in batches.
    let lines = eventually("two versions", || {
        let index = server.get("/index").text();
        (index.lines().count() == 2).then_some(index)
    });
    for line in lines.lines() {
        assert!(
            line.starts_with("{\"Path\":\"github.com/BurntSushi/toml\",\"Version\":\"v1."),
            "{line}"
        );
    }
    let catalog = server.get("/catalog?pagesize=1").text();
    let first =
        r#"{"modules":[{"module":"github.com/BurntSushi/toml","version":"v1.0.0"}],"next":""#;
    assert!(catalog.starts_with(first), "{catalog}");
    let token = catalog[first.len()..]
        .trim_end_matches("\"}")
        .replace('@', "%40");
    let next = server
        .get(&format!("/catalog?pagesize=1&token={token}"))
        .text();
    assert!(next.contains("\"version\":\"v1.1.0\""), "{next}");
    assert_eq!(server.get("/index?limit=1").text().lines().count(), 1);
    assert_eq!(server.get("/index?since=2100-01-01T00:00:00Z").text(), "");
    let refused = server.get("/index?limit=none");
    assert_eq!(
        (refused.status, refused.text().as_str()),
        (400, "limit=none: not a number from 1 to 2000\n")
    );
    assert!(
        server
            .metrics()
            .contains("modkeep_storage_objects{kind=\"mod\"} 2\n")
    );
}

#[test]
fn metrics_in_both_formats() {
    let server = Server::start();
    let module = Module::new("m.example", "v1.0.0");
    server.add(&module);
    server.get(&format!("/{}", module.url_path("zip")));
    server.get(&format!("/{}", module.url_path("zip")));
    let classic = server.get("/metrics");
    assert_eq!(
        classic.header("content-type"),
        "text/plain; version=0.0.4; charset=utf-8"
    );
    for cache in ["miss", "hit"] {
        let line = format!(
            "modkeep_http_requests_total{{route=\"zip\",method=\"GET\",code=\"200\",sli=\"good\",cache=\"{cache}\"}} 1\n"
        );
        assert!(classic.text().contains(&line), "{line}{}", classic.text());
    }
    assert!(
        classic
            .text()
            .contains("# TYPE modkeep_http_requests_total counter\n")
    );
    assert!(classic.text().contains("rustc=\"1.95.0\""));
    let accept = "application/openmetrics-text;version=1.0.0,text/plain;q=0.5";
    let open = server.ask("GET", "/metrics", &[("Accept", accept)]);
    assert!(
        open.header("content-type")
            .starts_with("application/openmetrics-text; version=1.0.0")
    );
    assert!(open.text().ends_with("# EOF\n"));
}
