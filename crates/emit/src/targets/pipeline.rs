//! What runs in CI: GitHub Actions, GitLab CI, Jenkins.

use super::{Body, Wanted, indented};
use crate::EmitError;
use crate::quote;

const NO_INSTALL: &str =
    "the policy has no [audit] install = { url, sha256 }: the job does not check its environment";

/// What a job says in the place of the check.
const NO_CHECK: &str = "\
# No check of the environment: the policy has no [audit] install = { url, sha256 } to fetch
# modkeep from.
";

/// A workflow with the settings for all its jobs. It builds in an image, since setup-go fetches Go
/// from elsewhere than the proxy.
pub(super) fn github(wanted: &Wanted<'_>) -> Result<Body, EmitError> {
    wanted.refuse(
        |value| value.contains("${{"),
        "GitHub would take ${{ for the start of an expression",
    )?;
    let known = &wanted.policy.audit.variables;
    let settings = wanted.lines(|name, value| {
        if known.iter().any(|variable| variable == name) {
            // A fork has no variables of the organisation.
            let value = quote::expression(value);
            format!("{name}: ${{{{ vars.{name} || {value} }}}}")
        } else {
            format!("{name}: {}", quote::yaml(value))
        }
    });
    let check = match check(wanted) {
        Some(script) => format!(
            "      - name: Check the environment\n        run: |\n{}",
            indented(&script, "          ")
        ),
        None => indented(NO_CHECK, "      "),
    };
    let go = wanted.go_version();
    let text = format!(
        "\
name: go
on:
  push:
  pull_request:
permissions:
  contents: read
env:
{}jobs:
  build:
    runs-on: ubuntu-latest
    container: golang:{go}
    steps:
      - uses: actions/checkout@v4
{check}      - name: Build
        run: |
          git config --global --add safe.directory \"$GITHUB_WORKSPACE\"
          go build ./...
      - name: Test
        run: go test ./...
",
        indented(&settings, "  ")
    );
    Ok(with_install(
        wanted,
        text,
        &["A reusable workflow does not see env: give it inputs. Forks have no secrets."],
    ))
}

/// A hidden job to extend, and a job that checks. Variables of the group or project go before these.
pub(super) fn gitlab(wanted: &Wanted<'_>) -> Body {
    let settings =
        wanted.lines(|name, value| format!("{name}: {}", quote::yaml(&value.replace('$', "$$"))));
    let go = wanted.go_version();
    let login = if wanted.policy.client.private.is_empty() {
        String::new()
    } else {
        let script = "\
[ -e \"$HOME/.netrc\" ] || (
  umask 077
  printf 'machine %s login gitlab-ci-token password %s\\n' \"$CI_SERVER_HOST\" \"$CI_JOB_TOKEN\" > \"$HOME/.netrc\"
)
";
        format!("  before_script:\n    - |\n{}", indented(script, "      "))
    };
    let check = match check(wanted) {
        Some(script) => format!(
            "
modkeep-check:
  extends: .go-env
  stage: .pre
  image: golang:{go}
  script:
    - |
{}",
            indented(&script, "      ")
        ),
        None => NO_CHECK.to_owned(),
    };
    let text = format!(
        ".go-env:\n  variables:\n{}{login}{check}",
        indented(&settings, "    ")
    );
    with_install(
        wanted,
        text,
        &[
            "include: { local: .gitlab/modkeep.yml }, then `extends: .go-env` in each job that runs go.",
            "Variables of the group or the project go before these; child pipelines need forward.",
        ],
    )
}

pub(super) fn jenkins(wanted: &Wanted<'_>) -> Body {
    let settings = wanted.lines(|name, value| format!("{name} = {}", quote::groovy(value)));
    let check = match check(wanted) {
        Some(script) => {
            let script = script.replace('\\', r"\\").replace('\'', r"\'");
            format!(
                "        stage('Check') {{\n            steps {{\n                sh '''\n{}                '''\n            }}\n        }}\n",
                indented(&script, "                    ")
            )
        }
        None => indented(&NO_CHECK.replace('#', "//"), "        "),
    };
    let text = format!(
        "\
pipeline {{
    agent any
    environment {{
{}    }}
    stages {{
{check}        stage('Build') {{
            steps {{
                sh 'go build ./...'
                sh 'go test ./...'
            }}
        }}
    }}
}}
",
        indented(&settings, "        ")
    );
    with_install(
        wanted,
        text,
        &["Each sh step is a new shell: an export in one is not there in the next."],
    )
}

fn with_install(wanted: &Wanted<'_>, text: String, notes: &'static [&'static str]) -> Body {
    Body {
        text,
        notes,
        missing: wanted.policy.audit.install.is_none().then_some(NO_INSTALL),
    }
}

/// A script for any POSIX shell that fetches modkeep, proves it, and has it compare the live
/// environment with the settings. None when the policy does not say where modkeep is.
fn check(wanted: &Wanted<'_>) -> Option<String> {
    let install = wanted.policy.audit.install.as_ref()?;
    let url = quote::shell(&install.url);
    let asserts: Vec<String> = wanted
        .settings
        .iter()
        .map(|(name, value)| format!("  --assert {}", quote::shell(&format!("{name}=={value}"))))
        .collect();
    Some(format!(
        "\
set -eu
bin=\"$(mktemp -d)\"
curl -fsSL --retry 3 -o \"$bin/modkeep\" {url}
echo \"{}  $bin/modkeep\" | sha256sum -c -
chmod 0755 \"$bin/modkeep\"
PATH=\"$bin:$PATH\"
modkeep check \\
{}
",
        install.sha256,
        asserts.join(" \\\n")
    ))
}
