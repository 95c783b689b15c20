//! Comments that say a finding is meant so, and the policy's `[[override]]`.
//!
//! `# modkeep: ignore[GP101,GP207] reason="…" until=2027-01-01` holds for its own line, for the line
//! below, and when that begins a block, for the block; above everything else it holds for the file.

use std::ops::RangeInclusive;

use jiff::civil::Date;
use policy::{Level, Policy};

use crate::finding::{Finding, Severity};
use crate::repository::Repository;
use crate::rules;
use crate::source::{FileId, SourceFile, Span};

/// What begins a suppression, behind the comment sign.
const MARK: &str = "modkeep: ignore[";

/// A suppression comment.
#[derive(Debug)]
struct Suppression {
    span: Span,
    rules: Vec<String>,
    /// The lines whose findings it covers.
    lines: RangeInclusive<usize>,
    /// Why it does not suppress.
    fault: Option<String>,
}

/// Takes away what is suppressed, and adds a finding GP905 for each suppression that is not in order.
pub(crate) fn apply(
    repository: &Repository,
    policy: Option<&Policy>,
    findings: &mut Vec<Finding>,
    today: Date,
) {
    let mut all = Vec::new();
    for (id, file) in repository.files() {
        if file.text().contains(MARK) {
            all.extend(read(id, file, today));
        }
    }
    let mut used = vec![false; all.len()];
    findings.retain(|finding| {
        let Some(span) = finding.span else {
            return true;
        };
        let line = repository.file(span.file).line(span);
        let mut keep = true;
        for (at, suppression) in all.iter().enumerate() {
            let covers = suppression.span.file == span.file
                && suppression.lines.contains(&line)
                && suppression
                    .rules
                    .iter()
                    .any(|rule| rule == finding.rule.id || rule == finding.rule.name);
            if covers {
                used[at] = true;
                keep &= suppression.fault.is_some();
            }
        }
        keep
    });
    let Some(rule) = rules::find("GP905") else {
        return;
    };
    for (suppression, used) in all.into_iter().zip(used) {
        let message = match suppression.fault {
            Some(fault) => fault,
            None if !used => format!(
                "nothing to suppress here: {} finds nothing that this comment covers; delete it",
                suppression.rules.join(", ")
            ),
            None => continue,
        };
        findings.push(Finding::new(rule, Some(suppression.span), message));
    }
    override_levels(repository, policy, findings, today);
}

/// Applies the policy's exceptions.
fn override_levels(
    repository: &Repository,
    policy: Option<&Policy>,
    findings: &mut Vec<Finding>,
    today: Date,
) {
    let overrides = policy.map_or(&[][..], |policy| &policy.overrides);
    findings.retain_mut(|finding| {
        let path = finding
            .span
            .map_or("", |span| repository.file(span.file).path.as_str());
        for one in overrides {
            if one.has_expired(today) || !one.covers(path, finding.rule.id, finding.rule.name) {
                continue;
            }
            match one.level {
                Level::Off => return false,
                Level::Info => finding.severity = Severity::Info,
                Level::Warning => finding.severity = Severity::Warning,
                Level::Error => finding.severity = Severity::Error,
            }
            break;
        }
        true
    });
    let Some(rule) = rules::find("GP905") else {
        return;
    };
    for one in overrides.iter().filter(|one| one.has_expired(today)) {
        let message = format!(
            "the policy's [[override]] in line {} ended on {} and does not hold any more: {} has to renew or delete it",
            one.line, one.until, one.owner
        );
        findings.push(Finding::new(rule, None, message));
    }
}

/// The suppressions of a file.
fn read(id: FileId, file: &SourceFile, today: Date) -> Vec<Suppression> {
    let lines: Vec<&str> = file.text().split('\n').collect();
    let head = lines
        .iter()
        .position(|line| !line.trim().is_empty() && !is_comment(line))
        .unwrap_or(lines.len());
    let mut found = Vec::new();
    let mut start = 0;
    for (index, line) in lines.iter().enumerate() {
        if let Some(at) = comment_with_mark(line) {
            let number = index + 1;
            let covered = if index < head {
                1..=lines.len()
            } else if is_comment(line) {
                number..=block_end(&lines, index)
            } else {
                number..=number
            };
            let text = line[at..].trim_end();
            let span = Span::new(id, start + at..start + at + text.len());
            let (rules, fault) = parse(text, today);
            found.push(Suppression {
                span,
                rules,
                lines: covered,
                fault,
            });
        }
        start += line.len() + 1;
    }
    found
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start_matches('\u{feff}').trim_start();
    line.starts_with(['#', ';']) || line.starts_with("//")
}

/// Where a comment with the mark begins in a line.
fn comment_with_mark(line: &str) -> Option<usize> {
    let mark = line.find(MARK)?;
    let before = line[..mark].trim_end();
    ["#", "//", ";"]
        .iter()
        .find(|sign| before.ends_with(**sign))
        .map(|sign| before.len() - sign.len())
}

/// The last line that a comment on a line of its own covers: the next line that is no comment, and what is
/// indented deeper below it.
fn block_end(lines: &[&str], comment: usize) -> usize {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_blank = |line: &str| line.trim().is_empty();
    let first =
        (comment + 1..lines.len()).find(|at| !is_blank(lines[*at]) && !is_comment(lines[*at]));
    let Some(first) = first else {
        return lines.len();
    };
    let level = indent(lines[first]);
    let mut last = first;
    for (at, line) in lines.iter().enumerate().skip(first + 1) {
        let goes_on = indent(line) > level || lines[at - 1].trim_end().ends_with('\\');
        if !is_blank(line) && !goes_on {
            break;
        }
        last = at;
    }
    last + 1
}

/// The rules of a comment, and why it does not hold.
fn parse(text: &str, today: Date) -> (Vec<String>, Option<String>) {
    let behind = text.split_once(MARK).map_or("", |(_, behind)| behind);
    let Some((list, rest)) = behind.split_once(']') else {
        let fault = "the suppression lacks its `]`: write `modkeep: ignore[GP101] reason=\"…\"`";
        return (Vec::new(), Some(fault.to_owned()));
    };
    let names = list
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    for name in &mut names {
        let Some(rule) = rules::find(name) else {
            let fault = format!("the suppression names `{name}`, which is no rule");
            return (names, Some(fault));
        };
        rule.id.clone_into(name);
    }
    if names.is_empty() {
        return (names, Some("the suppression names no rule".to_owned()));
    }
    let reason = attribute(rest, "reason");
    if reason.is_none_or(|reason| reason.trim().is_empty()) {
        let fault = "the suppression gives no reason, so it does not hold: add reason=\"…\"";
        return (names, Some(fault.to_owned()));
    }
    let fault = attribute(rest, "until").and_then(|until| match until.parse::<Date>() {
        Err(_) => Some(format!("`until={until}` is no date: write until=2027-01-31")),
        Ok(until) if until < today => Some(format!(
            "the suppression ended on {until} and does not hold any more: mend the finding or renew it"
        )),
        Ok(_) => None,
    });
    (names, fault)
}

/// The value of `name="…"` or `name=…`.
fn attribute<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (_, behind) = text.split_once(&format!("{name}="))?;
    match behind.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => behind.split_whitespace().next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Date {
        jiff::civil::date(2026, 6, 1)
    }

    #[test]
    fn comments_cover_their_line_their_block_or_the_file() {
        let mark = "modkeep: ignore[GP003] reason=\"x\"";
        for (text, lines) in [
            (format!("a: 1 # {mark}\nb: 2\n"), 1..=1),
            (format!("k: v\n# {mark}\nb: 2\nc: 3\n"), 2..=3),
            (
                format!("k: v\njobs:\n  # {mark}\n  b:\n    env:\n\n      c: 3\n  d: 1\n"),
                3..=7,
            ),
            (format!("# {mark}\nb: 2\nc: 3\n"), 1..=4),
            (format!("FROM a\n# {mark}\nRUN a \\\n  b\nRUN c\n"), 2..=4),
        ] {
            let found = read(FileId(0), &SourceFile::new("f", text.as_bytes()), today());
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].lines, lines, "{text}");
            assert_eq!(found[0].fault, None, "{text}");
        }
    }

    #[test]
    fn what_is_not_in_order_does_not_hold() {
        for (text, says) in [
            ("# modkeep: ignore[GP003]", "no reason"),
            ("# modkeep: ignore[GP003] reason=\"\"", "no reason"),
            ("# modkeep: ignore[] reason=\"x\"", "names no rule"),
            ("# modkeep: ignore[XX1] reason=\"x\"", "`XX1`"),
            ("# modkeep: ignore[GP003 reason=\"x\"", "lacks its `]`"),
            (
                "# modkeep: ignore[GP003] reason=\"x\" until=2026-05-31",
                "ended on 2026-05-31",
            ),
            (
                "# modkeep: ignore[GP003] reason=\"x\" until=soon",
                "no date",
            ),
        ] {
            let fault = parse(text, today()).1.unwrap();
            assert!(fault.contains(says), "{text}: {fault}");
        }
        let good = "# modkeep: ignore[gp003,goproxy-direct-only] reason=\"x y\" until=2026-06-01";
        assert_eq!(parse(good, today()), (vec!["GP003".to_owned(); 2], None));
    }
}
