use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::MetricKind;

const ROUTES: [RouteLabel; 13] = [
    RouteLabel::List,
    RouteLabel::Latest,
    RouteLabel::Info,
    RouteLabel::Mod,
    RouteLabel::Zip,
    RouteLabel::SumdbSupported,
    RouteLabel::SumdbLatest,
    RouteLabel::SumdbLookup,
    RouteLabel::SumdbTile,
    RouteLabel::Health,
    RouteLabel::Metrics,
    RouteLabel::Admin,
    RouteLabel::Other,
];

fn metrics() -> Metrics {
    Metrics::new("0.1.0", "abc", &["mirror.example".to_owned()])
}

fn sample(route: RouteLabel, code: u16) -> RequestSample {
    RequestSample {
        route,
        method: MethodLabel::Get,
        code,
        sli: Sli::Good,
        cache: CacheLabel::Hit,
        duration: Duration::from_millis(3),
        first_byte: Duration::from_millis(2),
        bytes: 10,
        aborted: false,
    }
}

/// Touches every metric once.
fn busy() -> Metrics {
    let metrics = metrics();
    metrics.built_by("1.95.0");
    metrics.request(&sample(RouteLabel::Zip, 200));
    metrics.in_flight(RouteLabel::Zip, 1);
    metrics.upstream(
        "mirror.example",
        KindLabel::Zip,
        UpstreamResult::Ok,
        Duration::from_secs(1),
    );
    metrics.upstream(
        "who.example",
        KindLabel::Query,
        UpstreamResult::Timeout,
        Duration::ZERO,
    );
    metrics.fallback("mirror.example", "direct", UpstreamResult::NotFound);
    metrics.circuit("mirror.example", 2);
    metrics.cache_lookup(KindLabel::Mod, TierLabel::Memory, false);
    metrics.verification(VerificationResult::Mismatch);
    metrics.flight_joined(true);
    metrics.auth_attempt(Some(false));
    metrics.log_line_dropped();
    metrics.storage([1, 2, 3], 400);
    metrics.scrubbed(true);
    metrics
}

#[test]
fn every_count_is_exposed() {
    let text = busy().expose(true);
    for line in [
        "modkeep_http_requests_total{route=\"zip\",method=\"GET\",code=\"200\",sli=\"good\",cache=\"hit\"} 1",
        "modkeep_http_request_duration_seconds_bucket{le=\"0.005\",route=\"zip\",cache=\"hit\"} 1",
        "modkeep_http_ttfb_seconds_sum{route=\"zip\",cache=\"hit\"} 0.002",
        "modkeep_http_response_bytes_total{route=\"zip\"} 10",
        "modkeep_http_requests_in_flight{route=\"zip\"} 1",
        "modkeep_upstream_requests_total{upstream=\"mirror.example\",kind=\"zip\",result=\"ok\"} 1",
        "modkeep_upstream_requests_total{upstream=\"other\",kind=\"info\",result=\"timeout\"} 1",
        "modkeep_upstream_fallbacks_total{from=\"mirror.example\",to=\"direct\",reason=\"not_found\"} 1",
        "modkeep_upstream_circuit_state{upstream=\"mirror.example\"} 2",
        "modkeep_cache_lookups_total{kind=\"mod\",tier=\"memory\",result=\"miss\"} 1",
        "modkeep_sumdb_verifications_total{result=\"mismatch\"} 1",
        "modkeep_sumdb_verifications_total{result=\"ok\"} 0",
        "modkeep_singleflight_waiters_total{result=\"joined\"} 1",
        "modkeep_auth_attempts_total{method=\"basic\",result=\"refused\"} 1",
        "modkeep_access_log_dropped_total 1",
        "modkeep_storage_objects{kind=\"zip\"} 3",
        "modkeep_storage_bytes{tier=\"disk\"} 400",
        "modkeep_scrub_objects_total{result=\"ok\"} 1",
        "modkeep_build_info{version=\"0.1.0\",revision=\"abc\",rustc=\"1.95.0\"} 1",
    ] {
        assert!(text.lines().any(|have| have == line), "{line}\n{text}");
    }
    assert!(text.ends_with("# EOF\n"));
}

#[test]
fn exposition_and_catalogue_agree() {
    let classic = busy().expose(false);
    assert!(!classic.contains("# EOF"));
    let types: Vec<_> = classic
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "))
        .collect();
    let expected: Vec<_> = catalogue::catalogue()
        .iter()
        .map(|doc| match doc.kind {
            MetricKind::Info => format!("{} gauge", doc.name),
            kind => format!("{} {kind}", doc.name),
        })
        .collect();
    assert_eq!(types, expected);
    for line in classic.lines().filter(|line| !line.starts_with('#')) {
        let (name, labels) = parse(line);
        let doc = catalogue::catalogue()
            .iter()
            .find(|doc| match doc.kind {
                MetricKind::Histogram => name.starts_with(doc.name),
                _ => name == doc.name,
            })
            .expect(line);
        assert_eq!(labels, doc.labels.iter().copied().collect(), "{line}");
    }
}

/// Name and label names of a sample, without a bucket's bound.
fn parse(line: &str) -> (&str, BTreeSet<&str>) {
    let name = line.split(['{', ' ']).next().unwrap();
    let inner = line
        .split_once('{')
        .map_or("", |(_, rest)| rest.rsplit_once('}').unwrap().0);
    let names = inner.split("\",").filter_map(|pair| pair.split_once("=\""));
    (
        name,
        names
            .map(|(name, _)| name)
            .filter(|name| *name != "le")
            .collect(),
    )
}

#[test]
fn names_of_units_and_kinds_follow_the_rules() {
    for doc in catalogue::catalogue() {
        assert_eq!(
            doc.kind == MetricKind::Counter,
            doc.name.ends_with("_total"),
            "{}",
            doc.name
        );
        assert_eq!(
            doc.kind == MetricKind::Info,
            doc.name.ends_with("_info"),
            "{}",
            doc.name
        );
        assert!(doc.kind != MetricKind::Histogram || doc.name.ends_with("_seconds"));
        assert!(doc.help.ends_with('.') && !doc.help.contains('\n'));
        assert!(doc.buckets.is_sorted());
    }
}

#[test]
fn steps_of_chains_are_bounded() {
    let upstreams: Vec<_> = (0..40).map(|n| format!("{n}.example")).collect();
    let metrics = Metrics::new("", "", &upstreams);
    for from in &upstreams {
        for to in &upstreams {
            metrics.fallback(from, to, UpstreamResult::Error);
        }
    }
    let text = metrics.expose(true);
    let steps = text
        .lines()
        .filter(|l| l.starts_with("modkeep_upstream_fallbacks_total{"));
    assert_eq!(steps.count(), STEPS + 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// What a server can say: the level follows from the status, and only what is kept has a cache result.
    #[test]
    fn random_requests_stay_below_two_thousand_series(
        requests in prop::collection::vec((0..13usize, 0..3u8, 0..600u16, 0..4u8), 3000)
    ) {
        let metrics = metrics();
        for (route, method, code, cache) in requests {
            let mut sample = sample(ROUTES[route], code);
            sample.method = match method {
                0 => MethodLabel::Get,
                1 => MethodLabel::Head,
                _ => MethodLabel::Other,
            };
            sample.sli = match code {
                200..400 => Sli::Good,
                500.. => Sli::Bad,
                _ => Sli::Excluded,
            };
            let kept = code < 400 && route < 9 && sample.method != MethodLabel::Other;
            sample.cache = match cache {
                _ if !kept => CacheLabel::None,
                0 => CacheLabel::Hit,
                1 => CacheLabel::Miss,
                2 => CacheLabel::Stale,
                _ => CacheLabel::None,
            };
            metrics.request(&sample);
        }
        let text = metrics.expose(false);
        let series = text.lines().filter(|line| !line.starts_with('#')).count();
        prop_assert!(series < 2000, "{} series", series);
    }
}

#[test]
fn every_label_has_words_or_values_of_the_configuration() {
    let free = [
        "code", "upstream", "from", "to", "version", "revision", "rustc",
    ];
    for metric in crate::catalogue() {
        for label in metric.labels {
            let words = metric.words(label);
            assert_eq!(words.is_empty(), free.contains(label), "{metric:?} {label}");
        }
    }
}
