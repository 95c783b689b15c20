//! What is printed: each format as those who read it want it, several in one run, and never a secret.

use std::collections::HashSet;
use std::fs;
use std::time::Duration;

use serde_json::Value;
use testkit::deadline;

use super::archive::{Archive, neutral};
use super::place::Place;

/// So that a test ends.
const WITHIN: Duration = Duration::from_mins(3);

/// A repository with findings of every severity, some with a fix, one with two places.
fn place() -> Place {
    Place::with(&[
        (
            ".github/workflows/ci.yml",
            "on: push\nenv:\n  GOPROXY: https://mirror.example,Direct\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go build ./...\n      - run: go test ./... # 100%\n        env: {GOPRIVATE: 'a.example, b.example'}\n",
        ),
        (
            "build it/Dockerfile",
            "FROM golang:1.24\nENV GOSUMDB=off GOPROXY=direct\nRUN go build ./...\n",
        ),
        (
            ".gitlab-ci.yml",
            "image: golang:1.24\nvariables:\n  GOPROXY: https://a.example,https://b.example\n\u{e4}:\n  script: [go build]\n",
        ),
    ])
}

fn format(place: &Place, name: &str) -> String {
    let said = place.audit(&["--format", name]);
    assert_eq!(said.code, Some(1), "{said:?}");
    said.out
}

/// What the standard asks of the parts that are used.
#[test]
fn sarif_is_sarif() {
    deadline(WITHIN, || {
        let place = place();
        let log: Value = serde_json::from_str(&format(&place, "sarif")).unwrap();
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        let driver = &run["tool"]["driver"];
        assert_eq!(driver["name"], "modkeep");
        assert_eq!(run["invocations"][0]["executionSuccessful"], true);
        let rules = driver["rules"].as_array().unwrap();
        for rule in rules {
            assert!(rule["id"].as_str().unwrap().starts_with("modkeep/GP"));
            assert!(rule["helpUri"].as_str().unwrap().starts_with("https://"));
            assert!(
                !rule["shortDescription"]["text"]
                    .as_str()
                    .unwrap()
                    .is_empty()
            );
        }
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), place.findings(&[]).len());
        let mut fingerprints = HashSet::new();
        for result in results {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
            let fingerprint = &result["partialFingerprints"]["modkeep/v1"];
            assert!(
                fingerprints.insert(fingerprint.to_string()),
                "{fingerprint}"
            );
            check_sarif_result(result);
        }
        assert!(results.iter().any(|result| result["fixes"].is_array()));
    });
}

fn check_sarif_result(result: &Value) {
    let level = result["level"].as_str().unwrap();
    assert!(["error", "warning", "note"].contains(&level), "{level}");
    assert!(!result["message"]["text"].as_str().unwrap().is_empty());
    let place = &result["locations"][0]["physicalLocation"];
    let uri = place["artifactLocation"]["uri"].as_str().unwrap();
    assert!(!uri.contains(' ') && uri.is_ascii(), "{uri}");
    let region = &place["region"];
    let at = |key: &str| region[key].as_u64().unwrap();
    assert!(at("startLine") >= 1 && at("startColumn") >= 1);
    assert!((at("startLine"), at("startColumn")) <= (at("endLine"), at("endColumn")));
    for fix in result["fixes"].as_array().into_iter().flatten() {
        let change = &fix["artifactChanges"][0];
        let replacement = &change["replacements"][0];
        assert!(replacement["deletedRegion"]["byteOffset"].is_u64());
        assert!(replacement["insertedContent"]["text"].is_string());
    }
}

#[test]
fn gitlab_has_its_mandatory_fields() {
    deadline(WITHIN, || {
        let issues: Value = serde_json::from_str(&format(&place(), "gitlab")).unwrap();
        let mut fingerprints = HashSet::new();
        for issue in issues.as_array().unwrap() {
            for key in ["description", "check_name", "fingerprint", "severity"] {
                assert!(!issue[key].as_str().unwrap().is_empty(), "{key}: {issue}");
            }
            let severity = issue["severity"].as_str().unwrap();
            assert!(["info", "minor", "major", "critical", "blocker"].contains(&severity));
            assert!(fingerprints.insert(issue["fingerprint"].to_string()));
            assert!(issue["location"]["path"].is_string());
            assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() >= 1);
        }
        assert!(!fingerprints.is_empty());
    });
}

#[test]
fn junit_has_a_suite_a_file_and_a_case_a_finding() {
    deadline(WITHIN, || {
        let place = place();
        let text = format(&place, "junit");
        let count = |what: &str| text.matches(what).count();
        let findings = place.findings(&[]).len();
        assert!(text.starts_with("<?xml version=\"1.0\""));
        assert_eq!(count("<testcase "), findings);
        assert_eq!(count("<failure "), findings);
        assert_eq!(count("<testsuite "), 3);
        assert!(text.contains(&format!("failures=\"{findings}\"")), "{text}");
        for tag in ["testsuites", "testsuite", "testcase", "failure"] {
            assert_eq!(
                count(&format!("<{tag} ")),
                count(&format!("</{tag}>")),
                "{tag}"
            );
        }
        assert!(!text.contains("-> go build"), "{text}");
        let clean = Place::with(&[("a.sh", "#!/bin/sh\ngo build\n")]);
        let said = clean.audit(&["--format", "junit"]);
        assert!(said.out.contains("failures=\"0\""), "{said:?}");
    });
}

#[test]
fn github_sees_the_worst_ten_and_the_summary_has_all() {
    deadline(WITHIN, || {
        let place = Place::new();
        let step =
            |at: usize| format!("      - run: go test ./a{at}\n        env: {{GOPROXY: direct}}\n");
        let steps = (0..14).map(step).collect::<Vec<_>>().concat();
        place.write(
            ".github/workflows/a.yml",
            &format!(
                "on: push\nenv:\n  GOSUMDB: 'off'\njobs:\n  a:\n    runs-on: x\n    steps:\n{steps}"
            ),
        );
        let summary = place.beside("summary.md");
        let said = place
            .command(&["--format", "github"])
            .env("GITHUB_STEP_SUMMARY", &summary)
            .output()
            .unwrap();
        let out = String::from_utf8(said.stdout).unwrap();
        let lines: Vec<_> = out.lines().collect();
        assert!(
            lines[0].starts_with(
                "::error file=.github/workflows/a.yml,line=3,endLine=3,col=12,title=GP"
            ),
            "{out}"
        );
        let annotations = lines.iter().filter(|line| line.contains("file="));
        assert_eq!(annotations.count(), 10, "{out}");
        assert!(lines[10].starts_with("::notice title=modkeep::"), "{out}");
        let summary = fs::read_to_string(summary).unwrap();
        let findings = place.findings(&[]);
        assert_eq!(summary.matches("GP003").count(), 14, "{summary}");
        assert_eq!(
            summary
                .lines()
                .filter(|line| line.starts_with("| "))
                .count(),
            findings.len() + 1
        );
    });
}

#[test]
fn several_formats_come_from_one_run() {
    deadline(WITHIN, || {
        let place = place();
        let file = |name: &str| format!("{}", place.beside(name).display());
        let (sarif, junit) = (file("a.sarif"), file("a.xml"));
        let said = place.audit(&[
            "--format",
            &format!("sarif={sarif}"),
            "--format",
            &format!("junit={junit}"),
            "--format",
            "json",
        ]);
        assert_eq!(said.code, Some(1));
        assert!(said.json()["findings"].is_array());
        let written = fs::read_to_string(sarif).unwrap();
        assert_eq!(neutral(&written), format(&place, "sarif"));
        assert_eq!(
            fs::read_to_string(junit)
                .unwrap()
                .matches("<testsuites")
                .count(),
            1
        );
        // Two cannot both go to standard output, and an unknown one is no format.
        for wrong in [
            &["--format", "json", "--format", "text"][..],
            &["--format", "yaml"],
            &["--format", "csv"],
            &["--format", "sarif="],
        ] {
            let said = place.audit(wrong);
            assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{wrong:?}");
        }
        // What is no file is written to, not replaced.
        let pipe = place.beside("pipe");
        assert!(
            std::process::Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        let reader = std::process::Command::new("cat")
            .arg(&pipe)
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        place.audit(&["--format", &format!("json={}", pipe.display())]);
        let read = reader.wait_with_output().unwrap().stdout;
        assert!(serde_json::from_slice::<Value>(&read).unwrap()["findings"].is_array());
    });
}

/// What must never be printed: a password, and tokens by their shape.
const SECRETS: [&str; 5] = [
    "hunter2secret",
    "ghp_0123456789abcdefABCDEF0123456789abcd",
    "glpat-0123456789abcdefABCD",
    "s3cretinnetrc",
    "AKIAABCDEFGHIJKLMNOP",
];

#[test]
fn secrets_are_printed_nowhere() {
    deadline(WITHIN, || {
        let archive = Archive::one("testdata/secrets.txt");
        let place = Place::of(&archive);
        let baseline = place.beside("known.json").display().to_string();
        let policy = place.policy("enforced");
        let mut commands: Vec<Vec<&str>> = vec![
            vec!["--write-baseline", &baseline],
            vec!["--fix=all", "--diff"],
            vec!["--inventory"],
            vec!["--inventory", "--format", "json"],
            vec!["--inventory", "--format", "csv"],
            vec!["--policy", &policy, "--format", "json"],
            vec!["--policy", &policy, "--fix=all", "--diff"],
        ];
        for name in ["text", "json", "sarif", "junit", "github", "gitlab"] {
            commands.push(vec!["--format", name]);
        }
        let traces: Vec<String> = archive
            .files
            .iter()
            .flat_map(|(path, text)| {
                (1..=text.lines().count()).map(move |line| format!("{path}:{line}"))
            })
            .collect();
        for trace in &traces {
            commands.push(vec!["--trace", trace]);
            commands.push(vec!["--trace", trace, "--format", "json"]);
        }
        for command in commands {
            let said = place.audit(&command);
            let written = fs::read_to_string(&baseline).unwrap_or_default();
            for text in [&said.out, &said.err, &written] {
                let leak = text
                    .lines()
                    .find(|line| SECRETS.iter().any(|secret| line.contains(secret)));
                assert_eq!(leak, None, "{command:?}");
            }
        }
    });
}
