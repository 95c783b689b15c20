use proptest::prelude::*;

use super::*;

const PSEUDO: &str = "v0.0.0-20180207000608-0eeff89b0690";

fn parse(path: &str) -> ProxyRequest {
    ProxyRequest::parse(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn artifact(path: &str, version: &str, kind: ArtifactKind) -> ProxyRequest {
    let path = ModulePath::parse(path).unwrap();
    let version = Version::parse(version).unwrap();
    let module = ModuleVersion::new(path, version).unwrap();
    ProxyRequest::Artifact { module, kind }
}

fn query(path: &str, query: &str) -> ProxyRequest {
    ProxyRequest::Query {
        path: ModulePath::parse(path).unwrap(),
        query: query.to_owned(),
    }
}

#[test]
fn every_endpoint() {
    let quote = ModulePath::parse("rsc.io/quote").unwrap();
    assert_eq!(
        parse("rsc.io/quote/@v/list"),
        ProxyRequest::List(quote.clone())
    );
    assert_eq!(parse("rsc.io/quote/@latest"), ProxyRequest::Latest(quote));
    for kind in ArtifactKind::ALL {
        for (path, version) in [
            ("rsc.io/quote", "v1.5.2"),
            ("rsc.io/quote", "v1.5.2-pre1"),
            ("rsc.io/quote/v3", "v3.0.0"),
            ("rsc.io/quote", "v2.0.0+incompatible"),
            ("rsc.io/quote", PSEUDO),
            ("gopkg.in/yaml.v2", "v2.4.0"),
            ("gopkg.in/yaml.v1", PSEUDO),
            ("golang.org/toolchain", "v0.0.1-go1.21.13.linux-amd64"),
            ("golang.org/toolchain", "v0.0.1-go1.24rc1.windows-arm64"),
            ("golang.org/fips140", "v1.0.0-c2097c7c"),
        ] {
            let request = parse(&format!("{path}/@v/{version}.{kind}"));
            assert_eq!(request, artifact(path, version, kind));
            assert_eq!(request.path().as_str(), path);
        }
    }
}

#[test]
fn capitals_come_escaped_and_the_mark_raw_or_encoded() {
    let expected = artifact(
        "github.com/Azure/azure-SDK",
        "v1.0.0-RC1",
        ArtifactKind::Mod,
    );
    for path in [
        "github.com/!azure/azure-!s!d!k/@v/v1.0.0-!r!c1.mod",
        "github.com/%21azure/azure-%21s%21d%21k/@v/v1.0.0-%21r%21c1.mod",
        "github.com/%21azure/%61zure-!s!d!k/%40v/v1.0.0-!r!c1%2Emod",
    ] {
        assert_eq!(parse(path), expected);
    }
    assert_eq!(
        expected.wire_path(),
        "github.com/!azure/azure-!s!d!k/@v/v1.0.0-!r!c1.mod"
    );
}

#[test]
fn what_is_no_canonical_version_is_a_query_of_info() {
    for (wire, revision) in [
        ("master", "master"),
        ("!h!e!a!d", "HEAD"),
        ("3ef0cec634e0", "3ef0cec634e0"),
        ("v1.2.3+meta", "v1.2.3+meta"),
        ("v1.2.3%2Bmeta", "v1.2.3+meta"),
        ("v1.2.3.4", "v1.2.3.4"),
        ("v1.2.x", "v1.2.x"),
        ("1.2.3", "1.2.3"),
        ("release-1.2.info", "release-1.2.info"),
        ("list", "list"),
        ("a+b", "a+b"),
        ("a%20b", "a b"),
        ("a%23b", "a#b"),
        ("100%25", "100%"),
        ("%2521x", "%21x"),
        ("feature@2", "feature@2"),
    ] {
        let request = parse(&format!("rsc.io/quote/@v/{wire}.info"));
        assert_eq!(request, query("rsc.io/quote", revision));
    }
}

#[test]
fn one_spelling_each() {
    for (given, spelling) in [
        ("rsc.io/quote/%40v/list", "rsc.io/quote/@v/list"),
        ("rsc.io/%71uote/@latest", "rsc.io/quote/@latest"),
        ("rsc.io/q/@v/a%2Bb.info", "rsc.io/q/@v/a+b.info"),
        ("rsc.io/q/@v/a b.info", "rsc.io/q/@v/a%20b.info"),
        ("rsc.io/q/@v/a%2cb[c].info", "rsc.io/q/@v/a%2Cb%5Bc%5D.info"),
        ("rsc.io/q/@v/%21h%40!x.info", "rsc.io/q/@v/!h@!x.info"),
    ] {
        assert_eq!(parse(given).wire_path(), spelling);
        assert_eq!(parse(spelling).wire_path(), spelling);
    }
}

#[test]
fn what_is_no_endpoint_is_not_found() {
    for path in [
        "",
        "@latest",
        "@v/list",
        "favicon.ico",
        "rsc.io/quote",
        "rsc.io/quote/list",
        "rsc.io/quote/@",
        "rsc.io/quote/@v",
        "rsc.io/quote/@v/",
        "rsc.io/quote/@v/list/",
        "rsc.io/quote/@V/list",
        "rsc.io/quote/@latest/",
        "rsc.io/quote/@latest.info",
        "rsc.io/quote/@v/v1.0.0",
        "rsc.io/quote/@v/v1.0.0.ziphash",
        "rsc.io/quote/@v/v1.0.0.zip/",
        "rsc.io/quote/@v/v1.0.0.ZIP",
    ] {
        let error = ProxyRequest::parse(path).unwrap_err();
        assert!(
            matches!(error, RequestError::NotFound(_)),
            "{path}: {error}"
        );
        assert!(!error.to_string().contains('\n'));
    }
}

#[test]
fn malformed_paths_and_versions_are_named() {
    for (path, text) in [
        ("toml/@latest", "missing dot in first path element"),
        ("go/@v/list", "missing dot in first path element"),
        ("/rsc.io/quote/@latest", "empty path element"),
        ("rsc.io//quote/@latest", "double slash"),
        ("rsc.io/quote//@latest", "trailing slash"),
        ("rsc.io/./quote/@latest", "invalid path element \".\""),
        ("rsc.io/../quote/@latest", "invalid path element \"..\""),
        ("rsc.io/%2e%2e/quote/@latest", "invalid path element \"..\""),
        ("rsc.io/Quote/@latest", "invalid escaped module path"),
        ("rsc.io/quot!/@latest", "invalid escaped module path"),
        ("rsc.io/!!quote/@latest", "invalid escaped module path"),
        ("rsc.io/é/@latest", "invalid escaped module path"),
        ("rsc.io/quote/v1/@latest", "invalid version"),
        ("rsc.io/a%0ab/@latest", "invalid char '\\n'"),
        ("rsc.io/con/@v/list", "disallowed as path element"),
        ("rsc.io%2fquote/@latest", "a slash must not be encoded"),
        ("rsc.io/q/@v/a%2Fb.info", "a slash must not be encoded"),
        ("rsc.io/q/@v/a/b.info", "invalid escaped version"),
        ("rsc.io/q/@v//b.info", "invalid escaped version"),
        ("rsc.io/q/@v/../b.info", "invalid escaped version"),
        ("rsc.io/q/@v/..info", "invalid escaped version"),
        ("rsc.io/q/@v/.info", "invalid escaped version"),
        ("rsc.io/q/@v/RC1.info", "invalid escaped version"),
        ("rsc.io/q/@v/<v1.2.info", "invalid escaped version"),
        ("rsc.io/q/@v/%3E=v1.2.info", "invalid escaped version"),
        ("rsc.io/q/@v/a%5cb.info", "invalid escaped version"),
        (
            "rsc.io/q/@v/v2.0.0.info",
            "rsc.io/q@v2.0.0: invalid version: should be v0 or v1, not v2",
        ),
        (
            "rsc.io/q/v2/@v/v1.0.0.zip",
            "rsc.io/q/v2@v1.0.0: invalid version: should be v2, not v1",
        ),
        (
            "rsc.io/q/@v/master.mod",
            "rsc.io/q@master: unrecognized version",
        ),
        (
            "rsc.io/q/@v/v1.2.zip",
            "rsc.io/q@v1.2: unrecognized version",
        ),
        (
            "rsc.io/q/@v/v1.2.3+meta.mod",
            "rsc.io/q@v1.2.3+meta: unrecognized version",
        ),
        ("rsc.io/q/@v/latest.info", "rsc.io/q@latest: not a revision"),
        (
            "rsc.io/q/@v/upgrade.info",
            "rsc.io/q@upgrade: not a revision",
        ),
        ("rsc.io/q/@v/patch.info", "rsc.io/q@patch: not a revision"),
        ("rsc.io/q/@v/v1.info", "rsc.io/q@v1: not a revision"),
        ("rsc.io/q/@v/v1.2.info", "rsc.io/q@v1.2: not a revision"),
    ] {
        let error = ProxyRequest::parse(path).unwrap_err();
        assert!(
            matches!(error, RequestError::Malformed(_)),
            "{path}: {error}"
        );
        assert!(error.to_string().contains(text), "{path}: {error}");
        assert!(!error.to_string().contains('\n'));
    }
}

#[test]
fn only_broken_escapes_are_bad_requests() {
    for path in [
        "rsc.io/%",
        "rsc.io/%2",
        "rsc.io/%zz/@latest",
        "rsc.io/%+1/@latest",
        "rsc.io/q/@v/%",
        "rsc.io/%ff/@latest",
        "rsc.io/%c3%28/@latest",
        "rsc.io/q%00/@latest",
        "rsc.io/q\0/@latest",
        "rsc.io/q/@v/v1.0.0%00.info",
    ] {
        let error = ProxyRequest::parse(path).unwrap_err();
        assert!(
            matches!(error, RequestError::BadEscape(_)),
            "{path}: {error}"
        );
        assert!(!error.to_string().contains('\n'));
    }
}

#[test]
fn endless_paths_are_refused_in_few_words() {
    let element = "a".repeat(MAX_ELEMENT_BYTES);
    let deep = "/b".repeat(MAX_PATH_BYTES / 2);
    assert!(ProxyRequest::parse(&format!("rsc.io/{element}/@latest")).is_ok());
    for path in [
        format!("rsc.io/{element}a/@latest"),
        format!("rsc.io{deep}/@latest"),
        format!("rsc.io/{}/@latest", "%61".repeat(65_536)),
        format!("rsc.io/q/@v/{element}.info"),
        format!("rsc.io/q/@v/v1.0.0-{element}.zip"),
    ] {
        let error = ProxyRequest::parse(&path).unwrap_err();
        assert!(matches!(error, RequestError::Malformed(_)), "{error}");
        assert!(error.to_string().contains(" is longer than "), "{error}");
        assert!(error.to_string().len() < 400);
    }
    // Within the limits, and still not repeated at length.
    let deep = format!("rsc.io{}", "/b".repeat(900));
    for path in [
        format!("{deep}/con/@latest"),
        format!("{deep}/@v/v2.0.0.info"),
        format!("{deep}/@v/master.zip"),
        format!("{deep}/@v/A.info"),
        format!("{deep}/@v/x"),
        deep,
    ] {
        let error = ProxyRequest::parse(&path).unwrap_err();
        assert!(error.to_string().len() <= MAX_TEXT_BYTES, "{error}");
    }
}

fn module_path() -> impl Strategy<Value = String> {
    let host = "[a-z0-9]{1,6}(-[a-z0-9]{1,3})?\\.[a-z]{2,4}";
    let element = "[A-Za-z0-9_][A-Za-z0-9_.~-]{0,8}[A-Za-z0-9_]";
    (host, proptest::collection::vec(element, 0..4)).prop_map(|(host, elements)| {
        std::iter::once(host)
            .chain(elements)
            .collect::<Vec<_>>()
            .join("/")
    })
}

fn request() -> impl Strategy<Value = ProxyRequest> {
    let version = prop_oneof![
        "v[01]\\.(0|[1-9][0-9]{0,3})\\.(0|[1-9][0-9]{0,3})(-[A-Za-z][A-Za-z0-9.-]{0,6}[a-zA-Z])?",
        "v[2-9]\\.[0-9]\\.[0-9](-[A-Z]{1,3})?\\+incompatible",
    ];
    let query = "[A-Za-z0-9#$%&()+,=@\\[\\]^_{} ~-][A-Za-z0-9#$%&()+,.=@\\[\\]^_{} ~-]{0,20}";
    (module_path(), version, query, 0..4usize).prop_filter_map(
        "no module path, version or query",
        |(path, version, query, which)| {
            let path = ModulePath::parse(&path).ok()?;
            if let Some(kind) = ArtifactKind::ALL.get(which) {
                let version = Version::parse(&version).ok()?;
                let module = ModuleVersion::new(path, version).ok()?;
                return Some(ProxyRequest::Artifact {
                    module,
                    kind: *kind,
                });
            }
            path::escape_version(&query).ok()?;
            let query_is_sent = Version::parse(&query).is_err() && !is_answered_by_list(&query);
            query_is_sent.then_some(ProxyRequest::Query { path, query })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn the_spelling_leads_back(request in request()) {
        let spelling = request.wire_path();
        prop_assert_eq!(ProxyRequest::parse(&spelling), Ok(request.clone()));
        let as_go_sends = spelling.replace('!', "%21");
        prop_assert_eq!(ProxyRequest::parse(&as_go_sends), Ok(request));
    }

    #[test]
    fn any_text_is_read_or_refused_in_one_line(
        path in "(rsc\\.io|[a-z./!%@]{0,8})/[^\\r\\n]{0,20}(/@v/[^\\r\\n]{0,20}(\\.info|\\.mod|)|/@latest)?"
    ) {
        match ProxyRequest::parse(&path) {
            Ok(request) => {
                let spelling = request.wire_path();
                prop_assert_eq!(ProxyRequest::parse(&spelling), Ok(request));
            }
            Err(error) => prop_assert!(!error.to_string().contains(['\n', '\r', '\0'])),
        }
    }
}
