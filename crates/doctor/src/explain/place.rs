//! Where an error happened, and so where its remedy is written down.

use platform::EnvSnapshot;

/// A place with its own way to set variables and run commands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// A job of GitHub Actions.
    GitHub,
    /// A job of GitLab CI.
    GitLab,
    /// A Jenkins pipeline.
    Jenkins,
    /// A container, which an image was built for.
    Dockerfile,
    /// A shell.
    #[default]
    Shell,
}

impl Place {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::GitHub,
        Self::GitLab,
        Self::Jenkins,
        Self::Dockerfile,
        Self::Shell,
    ];

    /// The place that `env` tells of; `in_container` is whether this process runs in one.
    pub fn detect(env: &EnvSnapshot, in_container: bool) -> Self {
        let says = |name| env.get(name).is_some();
        if says("GITHUB_ACTIONS") {
            Self::GitHub
        } else if says("GITLAB_CI") {
            Self::GitLab
        } else if says("JENKINS_URL") {
            Self::Jenkins
        } else if in_container || says("container") {
            Self::Dockerfile
        } else {
            Self::Shell
        }
    }

    /// Its name on the command line and in the documentation.
    pub fn name(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
            Self::Jenkins => "jenkins",
            Self::Dockerfile => "dockerfile",
            Self::Shell => "shell",
        }
    }

    /// `variables` in its own syntax.
    pub(super) fn set(self, variables: &[(String, String)]) -> String {
        let lines = variables.iter().map(|(name, value)| match self {
            Self::GitHub | Self::GitLab => format!("  {name}: '{}'", value.replace('\'', "''")),
            Self::Jenkins => format!("  {name} = '{}'", value.replace('\'', "\\'")),
            Self::Dockerfile => format!("ENV {name}=\"{}\"", value.replace('"', "\\\"")),
            Self::Shell => format!("export {name}='{}'", value.replace('\'', "'\\''")),
        });
        let lines: Vec<String> = lines.collect();
        let lines = lines.join("\n");
        match self {
            Self::GitHub => format!("env:\n{lines}"),
            Self::GitLab => format!("variables:\n{lines}"),
            Self::Jenkins => format!("environment {{\n{lines}\n}}"),
            Self::Dockerfile | Self::Shell => lines,
        }
    }

    /// `command` as a step of it.
    pub(super) fn step(self, command: &str) -> String {
        match self {
            Self::GitHub => format!("- run: {command}"),
            Self::GitLab => format!("before_script:\n  - {command}"),
            Self::Jenkins => format!("sh '''{command}'''"),
            Self::Dockerfile => format!("RUN {command}"),
            Self::Shell => command.to_owned(),
        }
    }
}
