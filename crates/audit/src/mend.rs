//! Applying fixes: each is tried, the result is read and judged again, and what makes anything worse is
//! dropped.

use std::collections::{BTreeMap, HashMap};

use policy::Policy;

use crate::audit::{Audit, Options};
use crate::finding::{Edit, Finding, Fix, Safety};
use crate::fix;
use crate::generated;
use crate::site::Act;
use crate::source::FileId;

/// How often fixes are sought anew at most: what one fix uncovers another may mend.
const PASSES: usize = 5;

/// How often the repository is judged anew for fixes that are tried alone: each costs as much as an audit.
const TRIES: usize = 200;

/// What was mended.
#[derive(Debug)]
pub struct Mended {
    /// The audit of what came out.
    pub audit: Audit,
    /// The files that changed, whole.
    pub changed: BTreeMap<FileId, Vec<u8>>,
    /// What was done: rule and title.
    pub applied: Vec<String>,
    /// What was not, because it would have made something worse.
    pub dropped: Vec<String>,
}

/// Applies the fixes of an audit; the unsafe ones too if `all`.
pub fn mend(audit: Audit, policy: Option<&Policy>, options: &Options, all: bool) -> Mended {
    let mut mended = Mended {
        audit,
        changed: BTreeMap::new(),
        applied: Vec::new(),
        dropped: Vec::new(),
    };
    let mut tries = 0;
    for _ in 0..PASSES {
        let fixes = chosen(&mended.audit, policy, all, &[]);
        if fixes.is_empty() {
            break;
        }
        let edits: Vec<Edit> = fixes
            .iter()
            .flat_map(|(_, fix)| fix.edits.clone())
            .collect();
        if let Some(next) = tried(&mended.audit, &edits, policy, options) {
            mended
                .applied
                .extend(fixes.into_iter().map(|(name, _)| name));
            keep(&mut mended, next);
            continue;
        }
        // Together they do harm: one after the other, the harmful ones stand out.
        if !one_by_one(&mut mended, policy, options, all, &mut tries) {
            break;
        }
    }
    mended
}

/// Tries fixes one after the other, anew after each that is applied, since places move and what did harm
/// before may do none now. Whether any was applied.
fn one_by_one(
    mended: &mut Mended,
    policy: Option<&Policy>,
    options: &Options,
    all: bool,
    tries: &mut usize,
) -> bool {
    let before = mended.applied.len();
    mended.dropped.clear();
    while *tries < TRIES {
        let fixes = chosen(&mended.audit, policy, all, &mended.dropped);
        let Some((name, fix)) = fixes.into_iter().next() else {
            break;
        };
        *tries += 1;
        match tried(&mended.audit, &fix.edits, policy, options) {
            Some(next) => {
                mended.applied.push(name);
                mended.dropped.clear();
                keep(mended, next);
            }
            None => mended.dropped.push(name),
        }
    }
    mended.applied.len() > before
}

fn keep(mended: &mut Mended, next: (Audit, HashMap<FileId, Vec<u8>>)) {
    mended.audit = next.0;
    mended.changed.extend(next.1);
}

/// The fixes of a pass that do not overlap, the worst findings first.
fn chosen(
    audit: &Audit,
    policy: Option<&Policy>,
    all: bool,
    dropped: &[String],
) -> Vec<(String, Fix)> {
    let mut candidates: Vec<(&Finding, &Fix)> = audit
        .findings
        .iter()
        .filter_map(|finding| finding.fix.as_ref().map(|fix| (finding, fix)))
        .filter(|(_, fix)| !fix.edits.is_empty() && (all || fix.safety == Safety::Safe))
        .filter(|(_, fix)| {
            !fix.edits
                .iter()
                .any(|edit| is_generated(audit, policy, edit))
        })
        .collect();
    candidates.sort_by_key(|(finding, _)| (std::cmp::Reverse(finding.severity), finding.rule.id));
    let mut chosen: Vec<(String, Fix)> = Vec::new();
    for (finding, fix) in candidates {
        let place = finding.span.map_or(0, |span| span.start);
        let name = format!("{} {} (at byte {place})", finding.rule.id, fix.title);
        let same = chosen.iter().any(|(_, other)| other.edits == fix.edits);
        let overlaps = chosen
            .iter()
            .flat_map(|(_, other)| &other.edits)
            .any(|other| fix.edits.iter().any(|edit| touch(edit, other)));
        if !same && !overlaps && !dropped.contains(&name) {
            chosen.push((name, fix.clone()));
        }
    }
    chosen
}

/// Whether an edit would change a block that `modkeep emit` wrote from this policy: then the policy is what
/// has to change.
fn is_generated(audit: &Audit, policy: Option<&Policy>, edit: &Edit) -> bool {
    let file = audit.repository.file(edit.span.file);
    let mut blocks = generated::blocks(file);
    policy.is_some_and(|policy| {
        blocks.any(|block| {
            let place = edit.span.range();
            block.digest == policy.digest
                && block.range.start <= place.start
                && place.start < block.range.end
        })
    })
}

/// Whether two edits get in each other's way.
fn touch(one: &Edit, other: &Edit) -> bool {
    one.span.file == other.span.file
        && one.span.start <= other.span.end
        && other.span.start <= one.span.end
}

/// The audit after these edits; `None` when anything got worse.
fn tried(
    audit: &Audit,
    edits: &[Edit],
    policy: Option<&Policy>,
    options: &Options,
) -> Option<(Audit, HashMap<FileId, Vec<u8>>)> {
    let changed = fix::apply(&audit.repository, edits)?;
    let next = Audit::of(audit.repository.with_content(&changed), policy, options);
    let faults = |audit: &Audit| -> usize {
        audit
            .repository
            .units
            .iter()
            .map(|unit| unit.faults.len())
            .sum()
    };
    let is_worse = faults(&next) > faults(audit)
        || builders(&next) < builders(audit)
        || counts(&next)
            .iter()
            .any(|(key, count)| counts(audit).get(key).unwrap_or(&0) < count);
    (!is_worse && next.findings.len() < audit.findings.len()).then_some((next, changed))
}

/// How many sites fetch or build something: none may be lost. `go env -w` may, where a fix has another way.
fn builders(audit: &Audit) -> usize {
    let sites = audit.sites.iter();
    sites
        .filter(|site| site.may_download() || site.act == Act::ImageBuild)
        .count()
}

/// How many findings a rule has in a file.
fn counts(audit: &Audit) -> HashMap<(&'static str, Option<FileId>), usize> {
    let mut counts = HashMap::new();
    for finding in &audit.findings {
        let key = (finding.rule.id, finding.span.map(|span| span.file));
        *counts.entry(key).or_insert(0) += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::Repository;

    #[test]
    fn a_go_env_w_goes_where_a_fix_has_another_way() {
        let text = "FROM golang:1.25 AS build\nARG GOPROXY\nRUN go env -w GOPROXY=$GOPROXY\nRUN go build -o /app .\nFROM scratch\nCOPY --from=build /app /app\n";
        let repository = Repository::from_files([("Dockerfile", text.as_bytes())]);
        let options = Options::default();
        let audit = Audit::of(repository, None, &options);
        let mended = mend(audit, None, &options, false);
        let after = mended.changed.values().next().unwrap();
        assert_eq!(
            String::from_utf8_lossy(after),
            text.replace("RUN go env -w GOPROXY=$GOPROXY\n", "")
        );
    }

    #[test]
    fn what_the_policy_generated_is_left_alone() {
        let text = b"name = \"corp\"\n[client]\ngoproxy = \"https://goproxy.corp.example\"\n";
        let policy = Policy::parse("policy.toml", text).unwrap();
        let old = "sha256:00".to_owned();
        for (digest, is_mended) in [(&policy.digest, false), (&old, true)] {
            let file = format!(
                "# generated by modkeep policy=corp digest={digest} do not edit\nGOPROXY=https://goproxy.corp.example\n"
            );
            let repository = Repository::from_files([("etc/profile.d/go.sh", file.as_bytes())]);
            let audit = Audit::of(repository, Some(&policy), &Options::default());
            assert!(
                audit
                    .findings
                    .iter()
                    .any(|finding| finding.rule.id == "GP701")
            );
            let mended = mend(audit, Some(&policy), &Options::default(), true);
            assert_eq!(!mended.changed.is_empty(), is_mended, "{digest}");
        }
    }
}
