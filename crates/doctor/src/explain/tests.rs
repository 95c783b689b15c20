use super::*;

fn one(log: &str) -> Explanation {
    let mut report = explain(log.as_bytes(), Place::Shell);
    assert_eq!(report.explanations.len(), 1, "{log}: {report:#?}");
    report.explanations.remove(0)
}

#[test]
fn a_missing_version_is_explained() {
    let found = one("go: downloading rsc.io/quote v1.5.9\n\
         go: rsc.io/quote@v1.5.9: reading http://127.0.0.1:9/rsc.io/quote/@v/v1.5.9.info: 404 Not Found\n\
         \tserver response: not found: rsc.io/quote@v1.5.9: invalid version\n");
    assert_eq!((found.id, found.line), ("GE16", 2));
    assert_eq!(found.class, Some(Class::Configuration));
    assert!(found.known);
    assert!(
        found.cause.contains("rsc.io/quote v1.5.9"),
        "{}",
        found.cause
    );
    assert!(
        found.remedy.contains("export GOPRIVATE='rsc.io'"),
        "{}",
        found.remedy
    );
}
