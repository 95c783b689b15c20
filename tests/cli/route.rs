//! `modkeep route`, for a `go` in an environment and for the server.

use serde_json::{Value, json};

use crate::run::Place;

/// Variables, the user's file, further arguments, and what is said.
type Case<'a> = (
    &'a [(&'a str, &'a str)],
    Option<&'a str>,
    &'a [&'a str],
    &'a str,
);

/// The steps of the only module of an answer, a word each: `source>` if the
/// next is asked after absence, `source>>` after any failure.
fn steps(answer: &Value) -> String {
    let modules = answer["modules"].as_array().unwrap();
    assert_eq!(
        (answer["schema"].as_u64(), modules.len()),
        (Some(1), 1),
        "{answer}"
    );
    let words = modules[0]["steps"].as_array().unwrap().iter().map(|step| {
        assert_eq!(step["on_denied"], step["on_error"], "{step}");
        let leads = match (
            step["on_absent"].as_str().unwrap(),
            step["on_error"].as_str().unwrap(),
        ) {
            ("next", "next") => ">>",
            ("next", "stop") => ">",
            ("stop", "stop") => "",
            (absent, error) => return format!("{absent} after absence, {error} after an error"),
        };
        format!("{}{leads}", step["source"].as_str().unwrap())
    });
    words.collect::<Vec<_>>().join(" ")
}

/// What a client in `variables`, with `user` as the user's file, is told of `rsc.io/quote`.
fn client(variables: &[(&str, &str)], user: Option<&str>, further: &[&str]) -> (Value, String) {
    let mut place = Place::new();
    if let Some(user) = user {
        place = place.with(".config/go/env", user);
    }
    let arguments = [
        &["route", "--format", "json", "rsc.io/quote@v1.5.2"],
        further,
    ]
    .concat();
    let said = place.run_in(variables, &arguments);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let answer = said.json();
    let told = steps(&answer);
    (answer, told)
}

#[test]
fn a_client_without_settings_follows_gos_default() {
    let (answer, _) = client(&[], None, &[]);
    let (first, second) = gomod::defaults::GOPROXY.split_once(',').unwrap();
    assert_eq!(
        answer,
        json!({"schema": 1, "modules": [{
            "path": "rsc.io/quote", "version": "v1.5.2", "pattern": null,
            "steps": [
                {"source": first, "on_absent": "next", "on_denied": "stop", "on_error": "stop"},
                {"source": second, "on_absent": "stop", "on_denied": "stop", "on_error": "stop"},
            ],
        }]})
    );
}

#[test]
fn a_client_follows_its_environment() {
    let list = ("GOPROXY", "https://a.example|https://b.example,direct");
    let table: [Case<'_>; 12] = [
        (
            &[list],
            None,
            &[],
            "https://a.example>> https://b.example> direct",
        ),
        (&[("GOPROXY", "off")], None, &[], "off"),
        (&[("GOPROXY", "direct")], None, &[], "direct"),
        (
            &[("GOPROXY", "corp.example/go")],
            None,
            &[],
            "corp.example/go",
        ),
        (
            &[("GOPROXY", "https://u:hunter2@a.example")],
            None,
            &[],
            "https://u:xxxxx@a.example",
        ),
        (
            &[],
            Some("GOPROXY=https://user.example\n"),
            &[],
            "https://user.example",
        ),
        (
            &[list],
            Some("GOPROXY=https://user.example\n"),
            &[],
            "https://a.example>> https://b.example> direct",
        ),
        (
            &[("GOPROXY", "")],
            Some("GOPROXY=https://old.example\nGOPROXY=https://user.example\n"),
            &[],
            "https://user.example",
        ),
        (&[list, ("GOPRIVATE", "rsc.io")], None, &[], "direct"),
        (
            &[("GOPROXY", "off"), ("GONOPROXY", "rsc.io/*")],
            None,
            &[],
            "direct",
        ),
        (
            &[
                ("GOPROXY", "off"),
                ("GOPRIVATE", "rsc.io"),
                ("GONOPROXY", "none"),
            ],
            None,
            &[],
            "off",
        ),
        (
            &[("GOPROXY", "https://a.example")],
            None,
            &["--go", "1.12"],
            "https://a.example",
        ),
    ];
    for (variables, user, further, wanted) in table {
        let (answer, told) = client(variables, user, further);
        assert_eq!(told, wanted, "{variables:?} {user:?}");
        assert!(!answer.to_string().contains("hunter2"));
    }
}

/// `go env -w GOPRIVATE=rsc.io` with a CR before the line end names nothing that exists.
#[test]
fn a_carriage_return_at_the_end_of_a_pattern_is_part_of_it() {
    let user = "GOPRIVATE=corp.example,rsc.io\r\nGOPROXY=off\n";
    assert_eq!(client(&[], Some(user), &[]).1, "off");
    let user = "GOPRIVATE=rsc.io,corp.example\r\nGOPROXY=off\n";
    let (answer, told) = client(&[], Some(user), &[]);
    assert_eq!(
        (told.as_str(), answer["modules"][0]["pattern"].as_str()),
        ("direct", Some("rsc.io"))
    );
}

#[test]
fn a_list_that_go_refuses_is_a_finding_with_gos_reason() {
    let table: [Case<'_>; 5] = [
        (
            &[("GOPROXY", ",")],
            None,
            &[],
            "GOPROXY list is not the empty string, but contains no entries",
        ),
        (
            &[],
            Some("GOPROXY=\n"),
            &[],
            "GOPROXY list is not the empty string, but contains no entries",
        ),
        (
            &[("GOPROXY", "https://a.example,fallback")],
            None,
            &[],
            "invalid proxy URL missing scheme: fallback",
        ),
        (
            &[("GOPROXY", "https://a.example|direct")],
            None,
            &["--go", "1.14"],
            "invalid character \"|\" in host name",
        ),
        (
            &[("GOPROXY", "a.example")],
            None,
            &["--go", "1.12"],
            "invalid $GOPROXY setting",
        ),
    ];
    for (variables, user, further, reason) in table {
        let mut place = Place::new();
        if let Some(user) = user {
            place = place.with(".config/go/env", user);
        }
        let said = place.run_in(
            variables,
            &[&["route", "--format", "json", "rsc.io/quote"], further].concat(),
        );
        assert_eq!(said.code, Some(1), "{variables:?}");
        assert_eq!(said.json(), json!({"schema": 1, "modules": []}));
        assert!(said.err.contains(reason), "{variables:?}\n{}", said.err);
    }
}

/// A repackaged toolchain without its `go.env` has no defaults; with one, the first of two lines counts.
#[test]
fn the_go_env_of_the_toolchain_is_read() {
    let place = Place::new().with("go/VERSION", "go1.24.1\n");
    let root = place.path().join("go");
    let variables = [("GOROOT", root.to_str().unwrap())];
    let arguments = ["route", "--format", "json", "rsc.io/quote"];
    let without = place.run_in(&variables, &arguments);
    assert_eq!(without.code, Some(1));
    assert!(
        without.err.contains("contains no entries"),
        "{}",
        without.err
    );
    // Another release has a go.env of its own somewhere else.
    let other = place.run_in(&variables, &[&arguments[..], &["--go", "1.23"]].concat());
    assert_eq!(other.code, Some(0), "{}", other.err);
    let place = place.with(
        "go/go.env",
        "GOPROXY=https://first.example\nGOPROXY=https://second.example\n",
    );
    let with = place.run_in(&variables, &arguments);
    assert_eq!(steps(&with.json()), "https://first.example");
    let text = place.run_in(&variables, &["route", "rsc.io/quote"]).out;
    let first = format!(
        "rsc.io/quote: GOPROXY, set by {}/go.env:1, for Go 1.24\n",
        root.display()
    );
    assert!(text.starts_with(&first), "{text}");
}

const POLICY: &str = r#"
name = "corp"
[client]
goproxy = "https://goproxy.corp.example"
private = ["git.corp.example", "*.internal.corp.example"]
[[route]]
match = ["git.corp.example"]
from = "vcs"
[[route]]
match = ["tools.internal.corp.example"]
from = "https://tools.example"
[[route]]
match = ["github.com/corp", "github.com/other"]
from = "https://mirror-a.example"
[[route]]
match = ["*"]
from = "https://mirror-a.example,http://10.0.0.7:3000|direct"
"#;

#[test]
fn the_server_follows_its_policy() {
    let table = [
        (
            "rsc.io/quote",
            Some("*"),
            "https://mirror-a.example> http://10.0.0.7:3000>> direct",
        ),
        ("git.corp.example/x", Some("git.corp.example"), "vcs"),
        (
            "github.com/other/lib",
            Some("github.com/other"),
            "https://mirror-a.example",
        ),
        // Private, by a route that was written for it.
        (
            "tools.internal.corp.example/x",
            Some("tools.internal.corp.example"),
            "https://tools.example",
        ),
        // Private, by the route for everything: only what is at home is asked.
        (
            "a.internal.corp.example/x",
            Some("*"),
            "http://10.0.0.7:3000>> direct",
        ),
    ];
    let place = Place::new()
        .with("policy.toml", POLICY)
        .with("modkeep.toml", "policy = \"policy.toml\"\n");
    for (path, pattern, wanted) in table {
        for source in [["--policy", "policy.toml"], ["--config", "modkeep.toml"]] {
            let said = place.run(&[&["route", "--format", "json", path], &source[..]].concat());
            assert_eq!(said.code, Some(0), "{}", said.err);
            let answer = said.json();
            assert_eq!(
                (
                    steps(&answer).as_str(),
                    answer["modules"][0]["pattern"].as_str()
                ),
                (wanted, pattern),
                "{path}"
            );
        }
    }
}

/// Rules that this version does not enforce keep a server from starting, not a question from being answered.
#[test]
fn rules_do_not_keep_a_route_from_being_told() {
    let policy = format!("{POLICY}[[rule]]\nmatch = [\"rsc.io\"]\naction = \"deny\"\n");
    let place = Place::new().with("policy.toml", &policy);
    assert_eq!(
        place
            .run(&["route", "--policy", "policy.toml", "rsc.io/quote"])
            .code,
        Some(0)
    );
}

#[test]
fn people_are_told_what_is_left_out() {
    let policy = POLICY.replace(",http://10.0.0.7:3000|direct", "");
    let place = Place::new().with("policy.toml", &policy);
    let said = place.run(&[
        "route",
        "--policy",
        "policy.toml",
        "a.internal.corp.example/x",
        "rsc.io/quote@latest",
    ]);
    assert_eq!(
        said.out,
        "\
a.internal.corp.example/x: route pattern \"*\"
     left out: https://mirror-a.example, which is public; the module is private by pattern \"*.internal.corp.example\"
     nobody is asked: answered with 403; add a [[route]] with match = [\"*.internal.corp.example\"] that names its source

rsc.io/quote@latest: route pattern \"*\"
     source                    absent  denied  error
   1 https://mirror-a.example  stop    stop    stop

absent: 404, 410; denied: 401, 403; error: 5xx, a refused connection, silence
"
    );
}

#[test]
fn wrong_questions_are_wrong_usage() {
    let place = Place::new().with("policy.toml", POLICY);
    let table: [(&[&str], &str); 5] = [
        (&["route"], "required arguments were not provided"),
        (&["route", "quote"], "missing dot in first path element"),
        (&["route", "rsc.io/quote@"], "no version behind the @"),
        (
            &["route", "--go", "2.0", "rsc.io/quote"],
            "not a Go version from 1.11 on",
        ),
        (
            &[
                "route",
                "--go",
                "1.20",
                "--policy",
                "policy.toml",
                "rsc.io/quote",
            ],
            "--go is for a client's answer",
        ),
    ];
    for (arguments, wanted) in table {
        let said = place.run(arguments);
        assert_eq!(
            (said.code, said.out.as_str()),
            (Some(2), ""),
            "{arguments:?}"
        );
        assert!(said.err.contains(wanted), "{arguments:?}\n{}", said.err);
    }
}
