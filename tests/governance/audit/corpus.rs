//! Well-kept configurations, written after the habits of large Go projects: the audit finds no error on
//! them, and whatever else it finds is justified beside it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use testkit::deadline;

use super::archive::Archive;
use super::place::{Place, line};

/// So that a test ends.
const WITHIN: Duration = Duration::from_mins(5);

/// How many configurations there are at least.
const ENOUGH: usize = 40;

/// What stands for a justification that nobody has given yet.
const OPEN: &str = "?";

#[test]
fn well_kept_configurations_have_no_errors() {
    deadline(WITHIN, || {
        let all = Archive::all("corpus");
        assert!(all.len() >= ENOUGH, "{} configurations", all.len());
        let wrong: Vec<String> = all.iter().filter_map(|one| judge(one).err()).collect();
        assert!(wrong.is_empty(), "{}", wrong.concat());
    });
}

/// A line a finding: where it is, under which policies, and why it is right to say so.
fn judge(archive: &Archive) -> Result<(), String> {
    let place = Place::of(archive);
    let mut found: BTreeMap<(String, u64, String), Vec<&str>> = BTreeMap::new();
    let mut messages = String::new();
    for policy in archive.setting("policies").unwrap().split(' ') {
        let file = (policy != "none").then(|| place.policy(policy));
        let arguments = file.iter().flat_map(|file| ["--policy", file]);
        for finding in place.findings(&arguments.collect::<Vec<_>>()) {
            let at = (
                finding["path"].as_str().unwrap().to_owned(),
                finding["line"].as_u64().unwrap(),
                line(&finding),
            );
            if finding["severity"] == "error" {
                writeln!(messages, "{policy}: {} {}", at.2, finding["message"]).unwrap();
            }
            let policies = found.entry(at).or_default();
            if !policies.contains(&policy) {
                policies.push(policy);
            }
        }
    }
    let lines = found.iter().map(|((_, _, line), policies)| {
        let reason = reason(archive.expected("findings"), line);
        let policies: String = policies.join(" ");
        format!("{line} ({policies}): {reason}\n")
    });
    let text: String = lines.collect();
    let errors = text
        .lines()
        .filter(|line| line.starts_with("error"))
        .count();
    let open = text.lines().filter(|line| line.ends_with(OPEN)).count();
    let compared = archive.compare(&[("findings", text)]);
    if errors + open > 0 {
        return Err(format!(
            "{}: {errors} errors, {open} without reason\n{messages}{}",
            archive.name(),
            compared.err().unwrap_or_default()
        ));
    }
    compared
}

/// The justification of a finding: of the same line, else of the same rule in the same file.
fn reason(expected: &str, line: &str) -> String {
    let of_place = |line: &str| line.rsplit_once(':').unwrap().0.to_owned();
    let known: Vec<(&str, &str)> = expected
        .lines()
        .filter_map(|line| {
            let (place, rest) = line.split_once(" (")?;
            Some((place, rest.split_once("): ")?.1))
        })
        .collect();
    let same = known.iter().find(|(place, _)| *place == line);
    let near = || {
        known
            .iter()
            .find(|(place, _)| of_place(place) == of_place(line))
    };
    same.or_else(near)
        .map_or_else(|| OPEN.to_owned(), |(_, reason)| (*reason).to_owned())
}
