use std::time::Duration;

use http::Request;
use telemetry::{CacheLabel, MethodLabel, RouteLabel};

use super::*;

fn facts(path: &str, base: &str) -> Facts {
    let request = Request::builder()
        .uri(path)
        .header(USER_AGENT, "a\u{9}b\"c")
        .body(())
        .unwrap();
    let mut facts = Facts::new(&request.into_parts().0, base, [127, 0, 0, 1].into());
    facts.user = Some("ci".to_owned());
    facts
}

fn render(facts: &Facts) -> String {
    let sample = RequestSample {
        route: RouteLabel::Zip,
        method: MethodLabel::Get,
        code: 200,
        sli: Sli::Good,
        cache: CacheLabel::Hit,
        duration: Duration::from_micros(1500),
        first_byte: Duration::from_micros(500),
        bytes: 7,
        aborted: false,
    };
    let line = Line {
        facts,
        sample: &sample,
        now: "2026-01-02T15:04:05Z".parse().unwrap(),
        version: "0.1.0",
        number: 255,
    };
    String::from_utf8(line.render()).unwrap()
}

#[test]
fn a_line_names_what_was_asked() {
    let mut facts = facts("/go/github.com/%21azure/x/@v/v1.0.0-!r!c1.zip?a=b", "/go");
    facts.tier = Some("memory");
    facts.upstream = Some("https://mirror.example".into());
    facts.checksum = Some("h1:abc=".into());
    assert_eq!(
        render(&facts),
        "{\"@timestamp\":\"2026-01-02T15:04:05Z\",\"ecs.version\":\"9.0.0\",\
         \"event.id\":\"19b7f3cba88-ff\",\"event.kind\":\"event\",\"event.category\":[\"web\"],\
         \"event.action\":\"module.zip.get\",\"event.outcome\":\"success\",\"event.duration\":1500000,\
         \"http.request.id\":\"19b7f3cba88-ff\",\"http.request.method\":\"GET\",\
         \"http.response.status_code\":200,\"http.response.body.bytes\":7,\
         \"url.path\":\"/go/github.com/%21azure/x/@v/v1.0.0-!r!c1.zip\",\"source.ip\":\"127.0.0.1\",\
         \"user_agent.original\":\"a\\tb\\\"c\",\"client.user.name\":\"ci\",\
         \"service.name\":\"modkeep\",\"service.version\":\"0.1.0\",\
         \"package.name\":\"github.com/Azure/x\",\"package.version\":\"v1.0.0-RC1\",\
         \"package.type\":\"go\",\"package.checksum\":\"h1:abc=\",\
         \"go.module\":\"github.com/Azure/x\",\"go.version\":\"v1.0.0-RC1\",\
         \"go.artifact\":\"zip\",\"go.route\":\"zip\",\"cache.tier\":\"memory\",\"cache.result\":\"hit\",\
         \"upstream.name\":\"https://mirror.example\",\"sli\":\"good\"}\n"
    );
}

#[test]
fn what_is_no_module_has_no_names() {
    let line = render(&facts("/robots.txt", ""));
    assert!(
        !line.contains("go.module") && !line.contains("package."),
        "{line}"
    );
    // Longer than anybody needs: cut, and still one line.
    let line = render(&facts(&format!("/{}", "a".repeat(10_000)), ""));
    assert!(line.len() < 4000 && line.lines().count() == 1);
}

#[test]
fn a_slow_writer_costs_lines_not_time() {
    let metrics = Arc::new(Metrics::new("", "", &[]));
    let (lines, _queue) = sync_channel(1);
    let log = LogQueue {
        lines,
        metrics: Arc::clone(&metrics),
    };
    let facts = facts("/x", "");
    for number in 0..3 {
        log.write(&Line {
            facts: &facts,
            sample: &RequestSample {
                route: RouteLabel::Other,
                method: MethodLabel::Get,
                code: 404,
                sli: Sli::Excluded,
                cache: CacheLabel::None,
                duration: Duration::ZERO,
                first_byte: Duration::ZERO,
                bytes: 0,
                aborted: false,
            },
            now: Timestamp::UNIX_EPOCH,
            version: "0.1.0",
            number,
        });
    }
    let text = metrics.expose(false);
    assert!(
        text.contains("modkeep_access_log_dropped_total 2\n"),
        "{text}"
    );
}

#[test]
fn an_unwritable_place_is_told_at_the_start() {
    let metrics = Arc::new(Metrics::new("", "", &[]));
    let target = AccessLog::File("/nowhere/access.log".into());
    let Err(error) = start(&target, &metrics) else {
        panic!("a log in a folder that is not there");
    };
    assert!(
        error
            .to_string()
            .starts_with("open the access log /nowhere/access.log: "),
        "{error}"
    );
    assert!(start(&AccessLog::Off, &metrics).unwrap().is_none());
}
