//! `env diff`.

use serde_json::Value;

use super::ground::{Ground, Said};

const POLICY: &str = "name = \"corp\"\n[client]\ngoproxy = \"https://goproxy.corp.example\"\nprivate = [\"git.corp.example\", \"b.example\"]\n";

fn snapshot(ground: &Ground, name: &str, variables: &[(&str, &str)]) {
    let said = ground.modkeep_with(variables, &["show", "--format", "json"]);
    assert_eq!(said.code, 0, "{said:?}");
    ground.write(&format!("work/{name}"), &said.out);
}

fn diff(ground: &Ground, arguments: &[&str]) -> Said {
    ground.modkeep(&[&["diff"], arguments, &["--format", "json"]].concat())
}

fn states(said: &Said) -> Vec<(String, String)> {
    let rows = said.json()["variables"].as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    rows.iter()
        .map(|row| (text(&row["name"]), text(&row["state"])))
        .collect()
}

fn told(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter()
        .map(|(name, state)| ((*name).to_owned(), (*state).to_owned()))
        .collect()
}

#[test]
fn two_snapshots_differ_in_what_was_set() {
    let ground = Ground::new();
    let other = Ground::new();
    snapshot(
        &ground,
        "a.json",
        &[("GOPROXY", "https://me:one@a.example")],
    );
    snapshot(
        &ground,
        "b.json",
        &[("GOPROXY", "https://me:two@a.example"), ("GOBIN", "/bin")],
    );
    snapshot(&other, "c.json", &[("GOPROXY", "https://me:one@a.example")]);
    let same = diff(&ground, &["a.json", "a.json"]);
    assert_eq!((same.code, states(&same)), (0, Vec::new()));
    let differ = diff(&ground, &["a.json", "b.json"]);
    let rows = [("GOBIN", "drifted"), ("GOPROXY", "drifted")];
    assert_eq!(
        (differ.code, states(&differ)),
        (1, told(&rows)),
        "{differ:?}"
    );
    assert!(
        !differ.out.contains("one@") && !differ.out.contains("two@"),
        "{differ:?}"
    );
    // Another home is no drift.
    let home = other.at("work/c.json").display().to_string();
    assert_eq!(diff(&ground, &["a.json", &home]).code, 0);
    let here = diff(&ground, &["a.json"]);
    assert_eq!(
        (here.code, states(&here)),
        (1, told(&[("GOPROXY", "drifted")]))
    );
}

#[test]
fn a_snapshot_is_held_against_a_policy() {
    let ground = Ground::new();
    ground.write("work/policy.toml", POLICY);
    let policy = ["--policy", "policy.toml"];
    snapshot(&ground, "bare.json", &[]);
    let bare = diff(&ground, &[&["bare.json"], &policy[..]].concat());
    let rows = [
        ("GOPROXY", "drifted"),
        ("GOPRIVATE", "unset"),
        ("GOSUMDB", "conforming"),
    ];
    assert_eq!((bare.code, states(&bare)), (1, told(&rows)), "{bare:?}");
    assert_eq!(ground.modkeep(&["set", "--policy", "policy.toml"]).code, 0);
    snapshot(&ground, "good.json", &[]);
    let good = diff(&ground, &[&["good.json"], &policy[..]].concat());
    assert_eq!(
        (good.code, &good.json()["verdict"]),
        (0, &Value::from("consistent")),
        "{good:?}"
    );
    let over = [
        ("GOPROXY", "direct"),
        ("GOPRIVATE", "b.example,git.corp.example/"),
    ];
    snapshot(&ground, "over.json", &over);
    let over = diff(&ground, &[&["over.json"], &policy[..]].concat());
    let rows = [
        ("GOPROXY", "shadowed"),
        ("GOPRIVATE", "conforming"),
        ("GOSUMDB", "conforming"),
    ];
    assert_eq!((over.code, states(&over)), (1, told(&rows)), "{over:?}");
    assert_eq!(
        over.json()["variables"][0]["fix"],
        "remove GOPROXY from environment"
    );
    // Letter case of a host and a slash at the end say the same.
    snapshot(
        &ground,
        "case.json",
        &[("GOPROXY", "https://GoProxy.corp.example/")],
    );
    assert_eq!(
        diff(&ground, &[&["case.json"], &policy[..]].concat()).code,
        0
    );
}

#[test]
fn what_is_no_snapshot_is_named() {
    let ground = Ground::new();
    ground
        .write("work/broken.json", "{")
        .write("work/other.json", "{\"schema\":2}");
    for name in ["absent.json", "broken.json", "other.json", "."] {
        let said = diff(&ground, &[name, name]);
        assert!(said.code == 2 && said.err.contains(name), "{said:?}");
    }
}
