//! GP704 systemd-secret.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::unit::{Detail, Word};
use platform::secret;

/// A secret stands in `Environment=` of a unit, where every user of the machine can read it.
pub(super) const RULE: Rule = Rule {
    id: "GP704",
    name: "systemd-secret",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a secret stands in `Environment=` of a unit, where every user of the machine can read it",
    page: "`systemctl show` prints the environment of a unit to everybody, and the file itself is readable by all.\n\nGive the service the secret with `LoadCredential=` or `LoadCredentialEncrypted=`, and let it write a netrc file, mode 0600, that NETRC names.",
    examples: &[
        Example {
            title: "a login in GOPROXY",
            files: &[(
                "etc/systemd/system/ci.service",
                "[Service]\nEnvironment=\"GOPROXY=https://ci:hunter2x@goproxy.corp.example\"\n",
            )],
            policy: None,
            finds: &["etc/systemd/system/ci.service:2"],
            fixed: None,
        },
        Example {
            title: "a token for git",
            files: &[(
                "etc/systemd/system/ci.service.d/50-go.conf",
                "[Service]\nEnvironment=GOPRIVATE=git.corp.example GIT_TOKEN=glpat-0123456789abcdefghij\n",
            )],
            policy: None,
            finds: &["etc/systemd/system/ci.service.d/50-go.conf:2"],
            fixed: None,
        },
        Example {
            title: "a file that only root reads",
            files: &[(
                "etc/systemd/system/ci.service",
                "[Service]\nEnvironment=NETRC=%d/netrc GOPROXY=https://goproxy.corp.example\nLoadCredential=netrc:/etc/ci/netrc\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "of a service without Go",
            files: &[(
                "etc/systemd/system/db.service",
                "[Service]\nEnvironment=DB_PASSWORD=abcdefgh\nExecStart=/usr/bin/db\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for unit in &judgement.repository.units {
        let Detail::Systemd(systemd) = &unit.detail else {
            continue;
        };
        let environment = systemd
            .directives
            .iter()
            .filter(|one| one.key != "EnvironmentFile");
        let words: Vec<&Word> = environment.flat_map(|one| &one.words).collect();
        let is_of_go =
            |word: &&Word| word.text.starts_with("GO") || word.text.starts_with("NETRC=");
        let uses_go = words.iter().any(is_of_go)
            || judgement
                .sites
                .iter()
                .any(|site| site.span.file == unit.file);
        for word in words.into_iter().filter(|_| uses_go) {
            let Some((name, value)) = word.assignment() else {
                continue;
            };
            if secret::hide(&word.text) != word.text {
                let message = format!(
                    "the secret in {name} is seen by every user of the machine (systemctl show); hand it over with LoadCredential="
                );
                findings.push(Finding::new(rule, Some(word.span), message).about(name, value));
            }
        }
    }
}
