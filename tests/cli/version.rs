//! `modkeep version`.

use crate::run::Place;

#[test]
fn the_version_is_told_to_people_and_programs() {
    let place = Place::new();
    let text = place.run(&["version"]);
    assert_eq!(text.code, Some(0));
    let version = env!("CARGO_PKG_VERSION");
    assert!(
        text.out
            .starts_with(&format!("modkeep {version}\nrevision ")),
        "{}",
        text.out
    );
    let json = place.run(&["version", "--format", "json"]).json();
    assert_eq!(
        (json["schema"].as_u64(), json["version"].as_str()),
        (Some(1), Some(version))
    );
    assert!(
        json["rustc"].as_str().unwrap().starts_with("rustc 1."),
        "{json}"
    );
    assert_eq!(
        json["features"],
        serde_json::json!(["store-disk", "store-memory"])
    );
    assert_eq!(
        place.run(&["--version"]).out,
        format!("modkeep {version}\n")
    );
}
