//! Findings that are known and left for later: a file of fingerprints.

use std::collections::HashMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::audit::Audit;
use crate::finding::Finding;
use crate::report;
use crate::rules;

/// How old an entry may grow before it is a finding itself: half a year.
const OLD_DAYS: i64 = 180;

/// A baseline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// The version of the format.
    pub schema: u32,
    /// The findings.
    pub entries: Vec<Entry>,
}

/// A finding of a baseline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What stays the same when lines move.
    pub fingerprint: String,
    /// The rule, for people.
    pub rule: String,
    /// The file, for people.
    pub path: String,
    /// When it was written down.
    pub created: Date,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The last day on which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry: Option<Date>,
}

impl Baseline {
    /// A baseline of all findings; what `known` says of those that it has too is kept.
    pub fn of(audits: &[Audit], known: &Self, today: Date) -> Self {
        let old: HashMap<&str, &Entry> = known.index();
        let entry = |shown: &report::Shown<'_>| match old.get(shown.fingerprint.as_str()) {
            Some(entry) => (*entry).clone(),
            None => Entry {
                fingerprint: shown.fingerprint.clone(),
                rule: shown.rule.id.to_owned(),
                path: shown.path.to_owned(),
                created: today,
                owner: None,
                expiry: None,
            },
        };
        Self {
            schema: 1,
            entries: report::shown(audits).iter().map(entry).collect(),
        }
    }

    fn index(&self) -> HashMap<&str, &Entry> {
        let entries = self.entries.iter();
        entries
            .map(|entry| (entry.fingerprint.as_str(), entry))
            .collect()
    }

    /// The entries that are too old.
    pub(crate) fn old(&self, today: Date) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| {
            // Without further units the difference is in days.
            let age = today.since(entry.created);
            age.is_ok_and(|age| i64::from(age.get_days()) > OLD_DAYS)
        })
    }

    /// Takes away the findings that it knows, and adds a finding GP906 where it has grown old.
    pub fn apply(&self, audits: &mut [Audit], today: Date) {
        let known = self.index();
        let holds = |fingerprint: &str| {
            known
                .get(fingerprint)
                .is_some_and(|entry| entry.expiry.is_none_or(|expiry| today <= expiry))
        };
        for audit in audits.iter_mut() {
            let shown = report::shown_of(&audit.repository, &audit.findings);
            let keep: Vec<bool> = shown.iter().map(|one| !holds(&one.fingerprint)).collect();
            let mut keep = keep.into_iter();
            audit.findings.retain(|_| keep.next().unwrap_or(true));
        }
        // A baseline in the tree has been judged with the rest.
        let mut findings = audits.iter().flat_map(|audit| &audit.findings);
        if findings.any(|finding| finding.rule.id == "GP906") {
            return;
        }
        let count = self.old(today).count();
        if let (1.., Some(rule), Some(audit)) = (count, rules::find("GP906"), audits.first_mut()) {
            let message = message(count);
            audit.findings.push(Finding::new(rule, None, message));
        }
    }
}

/// What is said of so many entries that are too old.
pub(crate) fn message(count: usize) -> String {
    let entries = if count == 1 {
        "one entry of the baseline is".to_owned()
    } else {
        format!("{count} entries of the baseline are")
    };
    format!(
        "{entries} older than {OLD_DAYS} days: mend what is covered, or write the baseline anew"
    )
}
