//! The block of settings at the end of a report, in the syntax of where it runs.

use std::fmt::Write as _;

use goenv::GoEnv;
use gomod::goproxy::ProxyList;
use platform::EnvSnapshot;
use policy::Policy;

use super::situation::Situation;
use super::values::dead_pattern;

/// Where the settings are to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// A workflow of GitHub Actions.
    GitHub,
    /// `.gitlab-ci.yml`.
    GitLab,
    /// A Jenkinsfile.
    Jenkins,
    /// A shell.
    Shell,
}

/// A variable to set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// Its value, as `go` reads it.
    pub value: String,
}

impl Context {
    /// The CI system whose variables are set, else a shell.
    pub fn of(env: &EnvSnapshot) -> Self {
        if env.get("GITHUB_ACTIONS").is_some() {
            Self::GitHub
        } else if env.get("GITLAB_CI").is_some() {
            Self::GitLab
        } else if env.get("JENKINS_URL").is_some() {
            Self::Jenkins
        } else {
            Self::Shell
        }
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub Actions",
            Self::GitLab => "GitLab CI",
            Self::Jenkins => "Jenkins",
            Self::Shell => "a shell",
        }
    }

    /// The settings in its syntax, a line each.
    pub fn block(self, settings: &[Setting]) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = match self {
            Self::GitHub => writeln!(text, "env:"),
            Self::GitLab => writeln!(text, "variables:"),
            Self::Jenkins => writeln!(text, "environment {{"),
            Self::Shell => Ok(()),
        };
        for Setting { name, value } in settings {
            let _ = match self {
                Self::GitHub | Self::GitLab => {
                    let value = value.replace('\\', "\\\\").replace('"', "\\\"");
                    writeln!(text, "  {name}: \"{value}\"")
                }
                Self::Jenkins => {
                    let value = value.replace('\\', "\\\\").replace('\'', "\\'");
                    writeln!(text, "  {name} = '{value}'")
                }
                Self::Shell => writeln!(text, "export {name}='{}'", value.replace('\'', r"'\''")),
            };
        }
        if self == Self::Jenkins {
            text.push_str("}\n");
        }
        text
    }
}

/// What to set: the policy's values, or without one the values of here with
/// what Go refuses mended.
pub fn settings(situation: &Situation) -> Vec<Setting> {
    match &situation.policy {
        Some(policy) => of_policy(policy),
        None => mended(&situation.go),
    }
}

fn of_policy(policy: &Policy) -> Vec<Setting> {
    let said = [policy.client_settings(), policy.client_guards()].concat();
    let said = said.into_iter();
    said.map(|(name, value)| Setting { name, value }).collect()
}

/// The values of here with what Go refuses mended, and without logins.
pub fn mended(go: &GoEnv) -> Vec<Setting> {
    let database = go.value("GOSUMDB");
    let database = match sumdb::Database::parse(database) {
        Ok(Some(_)) => database,
        Ok(None) | Err(_) => gomod::defaults::GOSUMDB,
    };
    // Without logins: those belong in netrc.
    let chain = match ProxyList::parse(&entries_apart(go.value("GOPROXY"))) {
        Ok(list) => super::redact::hide_userinfo(&list.to_string()).replace("xxxxx@", ""),
        Err(_) => gomod::defaults::GOPROXY.to_owned(),
    };
    let mut settings = vec![
        ("GOPROXY", chain),
        ("GOPRIVATE", patterns(go.value("GOPRIVATE"))),
    ];
    for name in ["GONOPROXY", "GONOSUMDB"] {
        if go.value(name) != go.value("GOPRIVATE") {
            settings.push((name, patterns(go.value(name))));
        }
    }
    settings.push(("GOSUMDB", database.to_owned()));
    let said = settings.into_iter().filter(|(_, value)| !value.is_empty());
    said.map(|(name, value)| Setting { name, value }).collect()
}

/// A list of GOPROXY without quotes, with commas in the place of blanks and semicolons between entries,
/// and its keywords in lower case.
fn entries_apart(text: &str) -> String {
    let is_gap = |letter: char| letter == ';' || letter.is_whitespace();
    let mut list = String::with_capacity(text.len());
    let bare = text.replace(['"', '\''], "");
    for word in bare.split(is_gap).filter(|word| !word.is_empty()) {
        if !list.is_empty() && !list.ends_with([',', '|']) && !word.starts_with([',', '|']) {
            list.push(',');
        }
        let is_keyword = ["direct", "off"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(word));
        list.push_str(&if is_keyword {
            word.to_ascii_lowercase()
        } else {
            word.to_owned()
        });
    }
    list
}

/// The patterns with blanks, schemes and semicolons mended, and without those that still match nothing.
fn patterns(text: &str) -> String {
    let mend = |pattern: &str| {
        let pattern = pattern.trim().trim_matches(['"', '\'']);
        let pattern = pattern.split_once("://").map_or(pattern, |(_, rest)| rest);
        Some(pattern.to_owned())
            .filter(|pattern| !pattern.is_empty() && dead_pattern(pattern).is_none())
    };
    let is_gap = |letter: char| matches!(letter, ',' | ';' | '|') || letter.is_whitespace();
    let written: Vec<&str> = text.split(is_gap).filter(|word| !word.is_empty()).collect();
    let mended: Vec<String> = written.iter().copied().filter_map(mend).collect();
    // A list without the pattern that nobody can read would look whole, and keep less private than was meant.
    if mended.len() < written.len() {
        return String::new();
    }
    mended.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_system_gets_its_syntax() {
        let settings = [Setting {
            name: "GOPROXY",
            value: "https://a.example|direct".to_owned(),
        }];
        for (variable, wanted) in [
            (
                "GITHUB_ACTIONS",
                "env:\n  GOPROXY: \"https://a.example|direct\"\n",
            ),
            (
                "GITLAB_CI",
                "variables:\n  GOPROXY: \"https://a.example|direct\"\n",
            ),
            (
                "JENKINS_URL",
                "environment {\n  GOPROXY = 'https://a.example|direct'\n}\n",
            ),
            ("NOTHING", "export GOPROXY='https://a.example|direct'\n"),
        ] {
            let env = [(variable, "x")].into_iter().collect();
            assert_eq!(Context::of(&env).block(&settings), wanted);
        }
    }

    #[test]
    fn lists_are_mended() {
        for (text, wanted) in [
            ("https://a.example;direct", "https://a.example,direct"),
            (
                "https://a.example https://b.example",
                "https://a.example,https://b.example",
            ),
            (" https://a.example , Direct ", "https://a.example,direct"),
            ("\"https://a.example\"|off", "https://a.example|off"),
            ("https://a.example,direct", "https://a.example,direct"),
            ("", ""),
        ] {
            assert_eq!(entries_apart(text), wanted);
        }
    }

    #[test]
    fn patterns_are_mended() {
        for (text, wanted) in [
            ("a.example, b.example", "a.example,b.example"),
            ("https://a.example;b.example\r", "a.example,b.example"),
            ("a.example\nb.example", "a.example,b.example"),
            ("a[,b.example", ""),
            ("", ""),
        ] {
            assert_eq!(patterns(text), wanted);
        }
    }
}
