//! GP310 netrc-committed-or-mode.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::logins::File;
use super::{commands, logins};

/// A netrc with a password is in the repository, or others may read it.
pub(super) const RULE: Rule = Rule {
    id: "GP310",
    name: "netrc-committed-or-mode",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "a netrc with a password is in the repository, or others may read it",
    page: "Whoever can read the repository has the password, for as long as it is in the history. A netrc that others on the machine may read (mode 0644) is theirs as well.\n\nTake it out, change the password, and write the file from a secret of the CI system, mode 0600: `umask 077` or `chmod 600 ~/.netrc`.",
    examples: &[
        Example {
            title: "committed",
            files: &[(
                ".netrc",
                "machine git.corp.example login ci password hunter2\n",
            )],
            policy: None,
            finds: &[".netrc:1"],
            fixed: None,
        },
        Example {
            title: "written by a job for all to read",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo \"machine git.corp.example login ci password ${{ secrets.T }}\" > ~/.netrc\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:6"],
            fixed: None,
        },
        Example {
            title: "for the owner alone",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          echo \"machine git.corp.example login ci password ${{ secrets.T }}\" > ~/.netrc\n          chmod 600 ~/.netrc\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "a template",
            files: &[(
                ".netrc",
                "machine git.corp.example login ci password ${CI_JOB_TOKEN}\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for file in logins::files(judgement) {
        let Some(writer) = file.writer else {
            findings.extend(of_file(rule, judgement, &file));
            continue;
        };
        // In an image the layer is what matters, and who runs a script alone is not known.
        if !commands::is_in_ci(judgement, writer) || commands::is_in_image(writer) {
            continue;
        }
        let text = judgement.repository.file(writer.span.file).text();
        let is_closed = text.contains("umask")
            || judgement.others.iter().any(|other| {
                let closes = other.words.first().is_some_and(|word| word == "chmod");
                closes
                    && other
                        .words
                        .iter()
                        .any(|word| word.to_ascii_lowercase().contains("netrc"))
            });
        if !is_closed {
            let message = "others on the machine may read this netrc; `chmod 600` it";
            let mut finding = Finding::new(rule, Some(file.span), message);
            finding.site = writer.title();
            findings.push(finding.as_severity(Severity::Warning));
        }
    }
}

/// What is wrong with a file: that it is there, or who may read it.
fn of_file(rule: &'static Rule, judgement: &Judgement<'_>, file: &File<'_>) -> Option<Finding> {
    // A template has something to be filled in.
    let is_real = |password: &str| !password.contains(['$', '<', '{', '%']) && !password.is_empty();
    let mut machines = file.netrc.machines.iter().chain(&file.netrc.incomplete);
    let machine = machines.find(|machine| is_real(&machine.password))?;
    let span = file.place(judgement, &machine.name, &machine.place);
    if !judgement.live {
        let message = format!(
            "the password for `{}` is in the repository; take it out and change it",
            machine.name
        );
        return Some(Finding::new(rule, Some(span), message));
    }
    if !judgement.repository.has_open_mode(span.file) {
        return None;
    }
    let in_ci = judgement
        .sites
        .iter()
        .any(|site| site.environment.text("CI").is_some());
    let severity = if in_ci {
        Severity::Warning
    } else {
        Severity::Error
    };
    let path = &judgement.repository.file(span.file).path;
    let message = format!("others on this machine may read `{path}`; `chmod 600` it");
    Some(Finding::new(rule, Some(span), message).as_severity(severity))
}
