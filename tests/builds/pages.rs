//! The pages beside modules.

use testkit::{client, deadline};

use crate::comparison::WITHIN;
use crate::pair::Pair;

#[test]
fn every_page_answers_and_tells_what_was_done() {
    deadline(WITHIN, || {
        let pair = Pair::start(&[]);
        let authority = pair.through().authority();
        let go = pair.go(pair.through().url());
        go.run("mod download a.example/top@v1.0.0 a.example/Upper/CamelCase@v1.0.0")
            .expect_ok();
        let page = |path: &str| {
            let answer = client::get(authority, path);
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            answer.text()
        };
        assert_eq!(page("/healthz"), "ok\n");
        assert!(!page("/readyz").is_empty());
        let version: serde_json::Value = serde_json::from_str(&page("/version")).unwrap();
        assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
        assert!(page("/").contains("GOPROXY"));

        // The catalog follows in batches; once a restart would have it, so has this.
        let index = page("/index");
        for line in index.lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(line["Timestamp"].as_str().unwrap().ends_with('Z'), "{line}");
        }
        let catalog: serde_json::Value = serde_json::from_str(&page("/catalog")).unwrap();
        assert!(catalog["modules"].is_array(), "{catalog}");

        let metrics = page("/metrics");
        for line in [
            "modkeep_sumdb_verifications_total{result=\"ok\"} 4",
            "modkeep_http_requests_total{route=\"zip\"",
            "modkeep_upstream_requests_total{upstream=",
            "modkeep_storage_bytes{",
            "modkeep_build_info{version=",
        ] {
            assert!(metrics.contains(line), "{line} in\n{metrics}");
        }
        assert!(!metrics.contains("a.example"), "{metrics}");
    });
}

/// The catalog is rebuilt from the receipts when it is lost.
#[test]
fn the_index_and_the_catalog_name_what_is_held() {
    deadline(WITHIN, || {
        let mut pair = Pair::start(&[]);
        let go = pair.go(pair.through().url());
        go.run("mod download a.example/top@v1.0.0 a.example/Upper/CamelCase@v1.0.0")
            .expect_ok();
        pair.restart(&[]);
        let authority = pair.through().authority();
        let index = client::get(authority, "/index").text();
        let catalog = client::get(authority, "/catalog").text();
        for path in ["a.example/top", "a.example/Upper/CamelCase"] {
            assert!(index.contains(&format!("\"Path\":\"{path}\"")), "{index}");
            assert!(
                catalog.contains(&format!("\"module\":\"{path}\"")),
                "{catalog}"
            );
        }
        let later = client::get(authority, "/index?since=2999-01-01T00:00:00Z").text();
        assert_eq!(later, "");
        let one = client::get(authority, "/index?limit=1").text();
        assert_eq!(one.lines().count(), 1, "{one}");
    });
}
