//! Each snippet of the article that modkeep began with, as a small repository: what the audit finds, what
//! it leaves alone although the article calls it wrong, and what it mends.

use std::time::Duration;

use testkit::deadline;

use super::archive::Archive;
use super::place::{Place, line};

/// So that a test ends.
const WITHIN: Duration = Duration::from_mins(5);

#[test]
fn every_snippet_of_the_article_is_judged() {
    deadline(WITHIN, || {
        let wrong: Vec<String> = Archive::all("article")
            .iter()
            .filter_map(|archive| judge(archive).err())
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.concat());
    });
}

/// Text, JSON, and what the two kinds of fixes change.
fn judge(archive: &Archive) -> Result<(), String> {
    let place = Place::of(archive);
    let policy = archive.setting("policy").map(|name| place.policy(name));
    let with = |arguments: &[&str]| {
        let mut all: Vec<&str> = arguments.to_vec();
        if let Some(policy) = &policy {
            all.extend(["--policy", policy]);
        }
        place.audit(&all)
    };
    let text = with(&[]);
    let json = with(&["--format", "json"]);
    // What is left is in another file: the diff stands alone.
    let rest = format!("json={}", place.beside("rest.json").display());
    let safe = with(&["--fix", "--diff", "--exit-zero", "--format", &rest]);
    let all = with(&["--fix=all", "--diff", "--exit-zero", "--format", &rest]);
    let compared = archive.compare(&[
        ("text", text.out.clone()),
        ("json", json.out.clone()),
        ("mended", safe.out),
        ("mended/all", all.out),
    ]);
    // What was found decides the exit code.
    let has_error = json.out.contains(r#""severity": "error""#);
    assert_eq!(text.code, Some(i32::from(has_error)), "{}", archive.name());
    assert_eq!(json.code, text.code, "{}", archive.name());
    check_mending(archive, &place, &with);
    compared
}

/// Mending leaves fewer findings, none that is new, and nothing to mend.
fn check_mending(archive: &Archive, place: &Place, with: &dyn Fn(&[&str]) -> super::place::Said) {
    let rules = || {
        let said = with(&["--format", "json"]);
        let findings = said.json()["findings"].clone();
        let findings = findings.as_array().unwrap().clone();
        let rules = findings.iter().map(|finding| {
            let text = line(finding);
            text.rsplit_once(':').unwrap().0.to_owned()
        });
        rules.collect::<Vec<String>>()
    };
    for fix in ["--fix", "--fix=all"] {
        let before = rules();
        with(&[fix]);
        let after = rules();
        let new = after.iter().filter(|rule| !before.contains(rule));
        assert_eq!(new.count(), 0, "{}: {before:?} {after:?}", archive.name());
        let files = || {
            let files = archive.files.iter();
            let texts = files.map(|(path, _)| place.read(path));
            texts.collect::<Vec<String>>()
        };
        let once = files();
        with(&[fix]);
        assert_eq!(files(), once, "{} {fix} twice", archive.name());
    }
}

/// All snippets in one repository, each in a folder of its own: none hides what another one shows.
#[test]
fn the_whole_article_is_one_repository() {
    deadline(WITHIN, || {
        let whole = Place::new();
        let mut wanted = Vec::new();
        for archive in Archive::all("article") {
            let name = archive.name();
            for (path, text) in &archive.files {
                whole.write(&format!("{name}/{path}"), text);
            }
            let findings = Place::of(&archive).findings(&[]);
            let errors = findings.iter().map(line);
            let errors = errors.filter(|line| line.starts_with("error"));
            wanted.extend(errors.map(|line| {
                let (rule, place) = line.rsplit_once(' ').unwrap();
                format!("{rule} {name}/{place}")
            }));
        }
        let found: Vec<String> = whole.findings(&[]).iter().map(line).collect();
        let missing: Vec<_> = wanted.iter().filter(|line| !found.contains(line)).collect();
        assert!(missing.is_empty(), "{missing:#?}\n{found:#?}");
    });
}
