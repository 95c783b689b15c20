//! What the flags of `modkeep audit` do, and how it ends.

use std::fs;
use std::time::Duration;

use serde_json::Value;
use testkit::deadline;

use super::place::{Place, line};

/// So that a test ends.
const WITHIN: Duration = Duration::from_mins(3);

/// A workflow with one finding of severity error (line 3), and one warning (line 10).
const WORKFLOW: &str = "on: push\nenv:\n  GOSUMDB: 'off'\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go build ./...\n        env:\n          GOPROXY: direct\n";

/// A workflow with a warning alone.
const WARNED: &str = "on: push\nenv:\n  GOPROXY: direct\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go build ./...\n";

const CI: &str = ".github/workflows/ci.yml";

fn lines(place: &Place, arguments: &[&str]) -> Vec<String> {
    place.findings(arguments).iter().map(line).collect()
}

/// The errors alone: what else is found there grows with the rules.
fn errors(place: &Place, arguments: &[&str]) -> Vec<String> {
    let mut lines = lines(place, arguments);
    lines.retain(|line| line.starts_with("error"));
    lines
}

#[test]
fn exit_codes_tell_how_it_went() {
    deadline(WITHIN, || {
        let bad = Place::with(&[(CI, WORKFLOW)]);
        let warned = Place::with(&[(CI, WARNED)]);
        let clean = Place::with(&[("a.sh", "#!/bin/sh\ngo build\n")]);
        let broken = Place::with(&[("a.sh", "#!/bin/sh\ngo build\n"), (CI, "jobs: [\n")]);
        let empty = Place::with(&[("README.md", "nothing\n")]);
        let cases: &[(&Place, &[&str], i32)] = &[
            (&bad, &[], 1),
            (&bad, &["--exit-zero"], 0),
            (&bad, &["--fail-on", "error"], 1),
            (&warned, &[], 0),
            (&warned, &["--fail-on", "warning"], 1),
            (&warned, &["--fail-on=info"], 1),
            (&clean, &["--fail-on", "info"], 0),
            (&broken, &[], 0),
            (&broken, &["--strict"], 3),
            (&broken, &["--strict", "--exit-zero"], 3),
            (&empty, &[], 3),
            (&bad, &["nowhere"], 3),
            (&bad, &["--fail-on", "fatal"], 2),
            (&bad, &["--policy", "nowhere.toml"], 2),
            (&bad, &["--baseline", "nowhere.json"], 2),
            (&bad, &["--diff"], 2),
            (&bad, &["--trace", "a.yml"], 2),
            (&bad, &["--trace", "a.yml:x"], 2),
            (&bad, &["--trace", "a.yml:1"], 3),
            (&bad, &["--inventory"], 0),
            (&bad, &["--nonsense"], 2),
        ];
        for (place, arguments, code) in cases {
            let said = place.audit(arguments);
            assert_eq!(said.code, Some(*code), "{arguments:?}: {said:?}");
        }
        // JSON comes in every case but wrong usage.
        for arguments in [
            &["nowhere"][..],
            &["--trace", "a.yml:1"],
            &["--inventory", "nowhere"],
        ] {
            let mut all = vec!["--format", "json"];
            all.extend(arguments);
            let said = bad.audit(&all);
            assert_eq!(
                (said.code, said.json()["schema"].as_u64()),
                (Some(3), Some(1))
            );
            assert!(!said.err.is_empty());
        }
        assert_eq!(
            broken.audit(&["--strict", "--format", "json"]).json()["findings"][0]["rule"],
            "GP901"
        );
    });
}

#[test]
fn a_baseline_lets_only_new_findings_fail() {
    deadline(WITHIN, || {
        let place = Place::with(&[(CI, WORKFLOW)]);
        let known = place.beside("known.json").display().to_string();
        assert_eq!(place.audit(&["--write-baseline", &known]).code, Some(0));
        let written: Value = serde_json::from_str(&fs::read_to_string(&known).unwrap()).unwrap();
        for entry in written["entries"].as_array().unwrap() {
            assert!(
                entry["fingerprint"].is_string() && entry["created"].is_string(),
                "{entry}"
            );
        }
        let said = place.audit(&["--baseline", &known]);
        assert_eq!((said.code, said.out.trim()), (Some(0), "no findings"));
        // Lines that move change nothing, and what is new is seen.
        place.write(CI, &format!("# a comment\n\n{WORKFLOW}      - run: go vet ./...\n        env: {{GOFLAGS: -mod mod}}\n"));
        assert_eq!(
            errors(&place, &["--baseline", &known]),
            ["error GP407 .github/workflows/ci.yml:14"]
        );
        // An entry that has ended does not hold.
        let ended = fs::read_to_string(&known)
            .unwrap()
            .replace("\"created\"", "\"expiry\": \"2020-01-01\", \"created\"");
        fs::write(&known, ended).unwrap();
        assert_eq!(errors(&place, &["--baseline", &known]).len(), 2);
        // One that has grown old is told.
        fs::write(
            &known,
            fs::read_to_string(&known)
                .unwrap()
                .replace("\"created\": \"2", "\"created\": \"1")
                .replace("\"expiry\": \"2020-01-01\", ", ""),
        )
        .unwrap();
        let old = lines(&place, &["--baseline", &known]);
        assert!(old.iter().any(|line| line.contains("GP906")), "{old:?}");
    });
}

#[test]
fn suppressions_hold_only_in_order() {
    let with = |comment: &str| WORKFLOW.replace("'off'", &format!("'off' {comment}"));
    deadline(WITHIN, move || {
        let cases: &[(&str, &[&str])] = &[
            (
                "# modkeep: ignore[GP201] reason=\"a test\"",
                &["warning GP003"],
            ),
            (
                "# modkeep: ignore[GP201] reason=\"a test\" until=2999-01-01",
                &["warning GP003"],
            ),
            (
                "# modkeep: ignore[GP201]",
                &["error GP201", "warning GP003", "warning GP905"],
            ),
            (
                "# modkeep: ignore[GP201] reason=\"a test\" until=2020-01-01",
                &["error GP201", "warning GP003", "warning GP905"],
            ),
            (
                "# modkeep: ignore[GP999] reason=\"a test\"",
                &["error GP201", "warning GP003", "warning GP905"],
            ),
        ];
        for (comment, expected) in cases {
            let place = Place::with(&[(CI, &with(comment))]);
            let mut found: Vec<String> = lines(&place, &[])
                .iter()
                .map(|line| line.rsplit_once(' ').unwrap().0.to_owned())
                .filter(|line| {
                    ["GP201", "GP003", "GP905"]
                        .iter()
                        .any(|rule| line.ends_with(rule))
                })
                .collect();
            found.sort();
            assert_eq!(found, *expected, "{comment}");
            let all = lines(&place, &["--no-ignores"]);
            assert!(
                all.iter().any(|line| line.contains("GP201")),
                "{comment}: {all:?}"
            );
        }
    });
}

/// The example of the trace: a value that an image build does not get.
#[test]
fn the_trace_says_where_a_value_was_lost() {
    deadline(WITHIN, || {
        let place = Place::with(&[
            (
                CI,
                "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example\njobs:\n  build:\n    runs-on: x\n    steps:\n      - name: build\n        run: make release\n",
            ),
            (
                "Makefile",
                "release:\n\tdocker build -f build/Dockerfile --target app .\n",
            ),
            (
                "build/Dockerfile",
                "ARG GOPROXY=https://goproxy.corp.example\nFROM golang:1.24 AS app\nCOPY go.mod go.sum ./\nRUN go mod download\n",
            ),
            ("go.mod", "module a.example\n\ngo 1.24\n"),
        ]);
        let said = place.audit(&["--trace", "build/Dockerfile:4"]);
        assert_eq!(said.code, Some(0), "{said:?}");
        let text = &said.out;
        for part in [
            "step \"build\"",
            "make release",
            "docker build -f build/Dockerfile --target app",
            "GOPROXY = @DEFAULT@,direct",
            "[confidence high]",
            ".github/workflows/ci.yml:3",
            "invisible",
            "build/Dockerfile:1",
            "<- used",
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
        let json = place
            .audit(&["--trace", "build/Dockerfile:4", "--format", "json"])
            .json();
        let site = &json["sites"][0];
        assert!(site["variables"].to_string().contains("GOPROXY"), "{json}");
    });
}

#[test]
fn the_inventory_lists_all_sites_of_all_repositories() {
    deadline(WITHIN, || {
        let place = Place::new();
        for (name, value) in [
            ("one", "direct"),
            ("group/two", "fallback"),
            ("group/three", "https://a.example"),
        ] {
            fs::create_dir_all(place.at(&format!("{name}/.git"))).unwrap();
            place.write(&format!("{name}/{CI}"), &WARNED.replace("direct", value));
        }
        let said = place.audit(&["--repos", "--inventory", "--format", "json"]);
        let sites = said.json()["sites"].clone();
        let sites = sites.as_array().unwrap();
        let shown: Vec<_> = sites
            .iter()
            .map(|site| {
                let word = |key: &str| site[key].as_str().unwrap();
                (
                    word("path").to_owned(),
                    word("verdict").to_owned(),
                    site["variables"]["GOPROXY"].as_str().unwrap().to_owned(),
                )
            })
            .collect();
        let path = |name: &str| format!("{name}/{CI}");
        assert_eq!(
            shown,
            [
                (
                    path("group/three"),
                    "ok".to_owned(),
                    "https://a.example".to_owned()
                ),
                (path("group/two"), "error".to_owned(), "fallback".to_owned()),
                (path("one"), "warning".to_owned(), "direct".to_owned()),
            ]
        );
        for site in sites {
            assert_eq!(
                (site["line"].as_u64(), site["system"].as_str()),
                (Some(8), Some("github"))
            );
            assert_eq!(site["command"], "go build ./...");
        }
        let csv = place
            .audit(&["--repos", "--inventory", "--format", "csv"])
            .out;
        assert_eq!(csv.lines().count(), 4, "{csv}");
        let text = place.audit(&["--repos", "--inventory"]).out;
        assert!(text.contains("3 sites"), "{text}");
        // The same repositories, judged.
        assert_eq!(
            lines(&place, &["--repos"]),
            [
                format!("error GP012 {}:3", path("group/two")),
                format!("warning GP003 {}:3", path("one")),
            ]
        );
    });
}

/// What `--fix` does is what `--fix --diff` shows, and only that.
#[test]
fn a_diff_changes_nothing() {
    deadline(WITHIN, || {
        let text = WORKFLOW.replace("direct", "https://a.example,Direct");
        let place = Place::with(&[(CI, &text)]);
        let said = place.audit(&["--fix", "--diff", "--exit-zero"]);
        assert!(
            said.out
                .contains("+          GOPROXY: https://a.example,direct"),
            "{said:?}"
        );
        assert_eq!(place.read(CI), text);
        place.audit(&["--fix"]);
        assert_eq!(place.read(CI), text.replace("Direct", "direct"));
    });
}
