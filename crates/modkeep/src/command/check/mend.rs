//! The settings that would mend an environment, in the syntax of where they are to be written.

use std::fmt::Write as _;

use audit::{Audit, Finding, Machine, Options, Severity};
use clap::ValueEnum;
use doctor::checks::mended;
use goenv::{GoEnv, Lookup, Origin};
use platform::EnvSnapshot;
use policy::{Direct, Policy};

/// Where settings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Syntax {
    /// A step of GitHub Actions, for the steps behind it
    Github,
    /// `.gitlab-ci.yml`
    Gitlab,
    /// A Jenkinsfile
    Jenkins,
    /// A stage of a Dockerfile
    Dockerfile,
    /// A shell
    Shell,
}

impl Syntax {
    /// That of the CI system whose variables are set, or of an image build.
    pub(super) fn of(env: &EnvSnapshot) -> Self {
        if env.get("GITHUB_ACTIONS").is_some() {
            Self::Github
        } else if env.get("GITLAB_CI").is_some() {
            Self::Gitlab
        } else if env.get("JENKINS_URL").is_some() {
            Self::Jenkins
        } else if is_image_build() {
            Self::Dockerfile
        } else {
            Self::Shell
        }
    }

    /// What it is for, in words.
    pub(super) fn place(self) -> &'static str {
        match self {
            Self::Github => "a step of GitHub Actions (for the steps behind it)",
            Self::Gitlab => ".gitlab-ci.yml",
            Self::Jenkins => "a Jenkinsfile",
            Self::Dockerfile => "the stage of a Dockerfile",
            Self::Shell => "a shell",
        }
    }

    /// Its word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Jenkins => "jenkins",
            Self::Dockerfile => "dockerfile",
            Self::Shell => "shell",
        }
    }
}

/// Whether the first process of the container is the shell of a RUN line that runs this.
fn is_image_build() -> bool {
    let line = std::fs::read("/proc/1/cmdline").unwrap_or_default();
    let line = String::from_utf8_lossy(&line);
    line.starts_with("/bin/sh\0-c\0") && line.contains("modkeep")
}

/// What to set.
pub(super) struct Mending {
    /// Names and values; without a value: to be taken away.
    settings: Vec<(String, Option<String>)>,
    /// Names that stand in the user's file and have to leave it: an empty variable does not hide them.
    in_file: Vec<String>,
    /// The rules that find an error all the same.
    pub(super) left: Vec<&'static str>,
}

/// The rules of values that are written so that they mean nothing to Go, and are meant all the same.
const MEANT: [&str; 10] = [
    "GP024", "GP107", "GP108", "GP109", "GP110", "GP111", "GP112", "GP113", "GP114", "GP115",
];

/// What would mend the findings; `None` when there is nothing that variables could mend.
pub(super) fn mend(
    machine: Machine<'_>,
    policy: Option<&Policy>,
    options: &Options,
    audit: &Audit,
) -> Option<Mending> {
    let go = &machine.looked.env;
    if !audit
        .findings
        .iter()
        .any(|one| one.severity >= Severity::Warning)
    {
        return None;
    }
    let mut settings: Vec<(String, Option<String>)> = match policy {
        Some(policy) => of_policy(policy),
        None => changed(go),
    };
    for finding in &audit.findings {
        let Some(name) = spoilt(finding) else {
            continue;
        };
        let is_known = settings.iter().any(|(known, _)| known == name);
        let value = instead(name, go, policy);
        let is_there = !go.value(name).is_empty() || machine.env.get(name).is_some();
        // A pattern that is written wrongly is meant all the same: to unset it would leak what it names.
        let is_meant = value.is_none() && MEANT.contains(&finding.rule.id);
        if !is_known && !is_meant && (is_there || value.is_some()) {
            settings.push((name.to_owned(), value));
        }
    }
    if policy.is_none() {
        settings.retain(|(name, value)| value.as_deref() != Some(go.value(name)));
    }
    // A line break would begin a setting of its own.
    settings.retain(|(_, value)| {
        !value
            .as_deref()
            .unwrap_or_default()
            .contains(char::is_control)
    });
    if settings.is_empty() {
        return None;
    }
    let from_file = |name: &&(String, Option<String>)| {
        let origin = go.get(&name.0).map(|variable| &variable.origin);
        name.1.is_none() && matches!(origin, Some(Origin::UserFile { .. }))
    };
    let in_file = settings.iter().filter(from_file);
    let in_file: Vec<String> = in_file.map(|(name, _)| name.clone()).collect();
    let left = left(machine, policy, options, &settings);
    // Nothing is gained by settings that mend none of the errors.
    let is_error = |finding: &&Finding| finding.severity == Severity::Error;
    let errors = audit.findings.iter().filter(is_error).count();
    let is_useful = policy.is_some() || errors == 0 || errors > left.len() || !in_file.is_empty();
    is_useful.then_some(Mending {
        settings,
        in_file,
        left,
    })
}

/// The variable of a finding that another value of it would mend: an error, or one without effect.
fn spoilt(finding: &Finding) -> Option<&str> {
    let id = finding.rule.id;
    let is_meant = finding.severity == Severity::Error || id == "GP302";
    // What the caller asserts, and what the network does, no setting of ours can mend.
    let is_ours = !matches!(id, "GP907" | "GP908" | "GP909");
    finding.variable.as_deref().filter(|_| is_meant && is_ours)
}

fn of_policy(policy: &Policy) -> Vec<(String, Option<String>)> {
    let settings = policy.client_settings().into_iter();
    settings
        .map(|(name, value)| (name.to_owned(), Some(value)))
        .collect()
}

/// The values of here that Go would refuse or that leak, mended.
fn changed(go: &GoEnv) -> Vec<(String, Option<String>)> {
    let settings = mended(go).into_iter();
    settings
        .filter(|setting| go.value(setting.name) != setting.value)
        .map(|setting| (setting.name.to_owned(), Some(setting.value)))
        .collect()
}

/// What to put in the place of a value that is an error and that neither policy nor mending speaks of.
fn instead(name: &str, go: &GoEnv, policy: Option<&Policy>) -> Option<String> {
    let private = policy.map(|policy| policy.client.private.iter().collect::<Vec<_>>().join(","));
    let value = match name {
        // Without a policy nobody knows a better proxy; what Go refuses is mended before.
        "GOPROXY" => Some(go.value("GOPROXY").to_owned()),
        "GOSUMDB" => {
            let named = policy.map(|policy| policy.client.sumdb.clone());
            named.or_else(|| Some(gomod::defaults::GOSUMDB.to_owned()))
        }
        // Where GONOPROXY and GONOSUMDB are set, it decides nothing any more.
        "GOPRIVATE" if policy.is_some_and(|policy| policy.client.direct == Direct::Forbidden) => {
            None
        }
        "GOPRIVATE" | "GONOPROXY" | "GONOSUMDB" => private,
        "GOTOOLCHAIN" => Some("local".to_owned()),
        "GOFLAGS" => Some(go.value("GOFLAGS").replace("-mod=mod", "-mod=readonly"))
            .filter(|flags| flags != go.value("GOFLAGS")),
        _ => None,
    };
    value.filter(|value| !value.is_empty())
}

/// The rules that still find an error once the settings are made.
fn left(
    machine: Machine<'_>,
    policy: Option<&Policy>,
    options: &Options,
    settings: &[(String, Option<String>)],
) -> Vec<&'static str> {
    let set = |name: &str| settings.iter().any(|(known, _)| known == name);
    let kept = machine.env.iter().filter(|(name, _)| !set(name));
    let added = settings
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.as_deref()?)));
    let env: EnvSnapshot = kept.chain(added).collect();
    let looked = Lookup::here(&env).run();
    let after = Machine {
        env: &env,
        looked: &looked,
    };
    let after = Audit::live(after, policy, options);
    let errors = after
        .findings
        .iter()
        .filter(|one| one.severity == Severity::Error);
    let mut left: Vec<&'static str> = errors.map(|one| one.rule.id).collect();
    left.sort_unstable();
    left.dedup();
    left
}

impl Mending {
    /// The settings in a syntax. Values are never secrets: userinfo is taken out of them before.
    pub(super) fn block(&self, syntax: Syntax) -> String {
        let mut text = match syntax {
            Syntax::Gitlab => "variables:\n".to_owned(),
            Syntax::Jenkins => "environment {\n".to_owned(),
            Syntax::Github | Syntax::Dockerfile | Syntax::Shell => String::new(),
        };
        for (name, value) in &self.settings {
            let shown = platform::secret::hide(value.as_deref().unwrap_or_default());
            // Writing to a string cannot fail.
            let _ = match syntax {
                Syntax::Github => {
                    writeln!(
                        text,
                        "echo {} >> \"$GITHUB_ENV\"",
                        quote(&format!("{name}={shown}"))
                    )
                }
                Syntax::Gitlab => writeln!(text, "  {name}: {}", double_quote(&shown)),
                Syntax::Jenkins => {
                    let shown = shown.replace('\\', "\\\\").replace('\'', "\\'");
                    writeln!(text, "  {name} = '{shown}'")
                }
                Syntax::Dockerfile => {
                    let shown = double_quote(&shown).replace('$', "\\$");
                    writeln!(text, "ARG {name}={shown}")
                }
                Syntax::Shell if value.is_none() => writeln!(text, "unset {name}"),
                Syntax::Shell => writeln!(text, "export {name}={}", quote(&shown)),
            };
        }
        if syntax == Syntax::Jenkins {
            text.push_str("}\n");
        }
        if !self.in_file.is_empty() {
            let sign = match syntax {
                Syntax::Github | Syntax::Shell => "",
                Syntax::Gitlab | Syntax::Dockerfile => "# ",
                Syntax::Jenkins => "// ",
            };
            let _ = writeln!(text, "{sign}modkeep env unset {}", self.in_file.join(" "));
        }
        text
    }
}

fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn double_quote(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", text.replace('\r', "\\r").replace('\n', "\\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_system_gets_its_syntax() {
        let mending = Mending {
            settings: vec![
                (
                    "GOPROXY".to_owned(),
                    Some("https://a.example|direct".to_owned()),
                ),
                ("GOINSECURE".to_owned(), None),
            ],
            in_file: vec!["GOINSECURE".to_owned()],
            left: Vec::new(),
        };
        for (syntax, wanted) in [
            (
                Syntax::Github,
                "echo 'GOPROXY=https://a.example|direct' >> \"$GITHUB_ENV\"\necho 'GOINSECURE=' >> \"$GITHUB_ENV\"\nmodkeep env unset GOINSECURE\n",
            ),
            (
                Syntax::Gitlab,
                "variables:\n  GOPROXY: \"https://a.example|direct\"\n  GOINSECURE: \"\"\n# modkeep env unset GOINSECURE\n",
            ),
            (
                Syntax::Jenkins,
                "environment {\n  GOPROXY = 'https://a.example|direct'\n  GOINSECURE = ''\n}\n// modkeep env unset GOINSECURE\n",
            ),
            (
                Syntax::Dockerfile,
                "ARG GOPROXY=\"https://a.example|direct\"\nARG GOINSECURE=\"\"\n# modkeep env unset GOINSECURE\n",
            ),
            (
                Syntax::Shell,
                "export GOPROXY='https://a.example|direct'\nunset GOINSECURE\nmodkeep env unset GOINSECURE\n",
            ),
        ] {
            assert_eq!(mending.block(syntax), wanted, "{syntax:?}");
        }
    }
}
