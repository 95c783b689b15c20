//! Actions of the marketplace, by what they mean to an audit.

/// Actions that run `go`: their name, and the command that people would write for it.
const RUN_GO: [(&str, &str); 17] = [
    ("golangci/golangci-lint-action", "golangci-lint run"),
    ("reviewdog/action-golangci-lint", "golangci-lint run"),
    ("goreleaser/goreleaser-action", "goreleaser"),
    ("golang/govulncheck-action", "govulncheck ./..."),
    ("securego/gosec", "gosec ./..."),
    ("dominikh/staticcheck-action", "staticcheck ./..."),
    ("reviewdog/action-staticcheck", "staticcheck ./..."),
    ("magefile/mage-action", "mage"),
    ("github/codeql-action/autobuild", "codeql autobuild"),
    ("wangyoucao577/go-release-action", "go-release-action"),
    ("robherley/go-test-action", "go-test-action"),
    ("cyclonedx/gh-gomod-generate-sbom", "cyclonedx-gomod"),
    ("snyk/actions/golang", "snyk test"),
    ("crazy-max/ghaction-xgo", "xgo"),
    ("actions-go/build", "go-build-action"),
    ("cedrickring/golang-action", "golang-action"),
    ("sonatype-nexus-community/nancy-github-action", "nancy"),
];

/// Actions that have `go` in their name and do not run it, or only fetch a finished program.
const HARMLESS: [&str; 10] = [
    "actions/cache",
    "actions/checkout",
    "actions/upload-artifact",
    "actions/download-artifact",
    "actions/setup-node",
    "actions/dependency-review-action",
    "gotesttools/gotestfmt-action",
    "codecov/codecov-action",
    "fgrosse/go-coverage-report",
    "vladopajic/go-test-coverage",
];

/// Actions that run a command given as input, in a shell of the job: the name and the input.
const RUN_INPUT: [(&str, &str); 4] = [
    ("nick-fields/retry", "command"),
    ("nick-invision/retry", "command"),
    ("wandalen/wretry.action", "command"),
    ("gacts/run-and-post-run", "run"),
];

/// Actions that run a command given as input where the job's environment is not seen.
const RUN_ELSEWHERE: [(&str, &str); 5] = [
    ("addnab/docker-run-action", "run"),
    ("uraimo/run-on-arch-action", "run"),
    ("devcontainers/ci", "runcmd"),
    ("appleboy/ssh-action", "script"),
    ("vmactions/freebsd-vm", "run"),
];

/// What an action is to an audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// `actions/setup-go`.
    SetupGo,
    /// It runs `go`, as this command would.
    RunsGo(&'static str),
    /// It builds an image with buildx or alike.
    BuildImage,
    /// It builds with bake.
    Bake,
    /// It runs the command in this input.
    RunsInput(&'static str),
    /// It runs the command in this input on another machine or in a container.
    RunsElsewhere(&'static str),
    /// By its name it has to do with Go, and what it does is not known.
    Opaque,
    /// Nothing.
    Other,
}

/// What an action is, by its name without the version.
pub(super) fn action(name: &str) -> Action {
    let name = name.to_ascii_lowercase();
    let named = |table: &[(&str, &'static str)]| {
        let row = table.iter().find(|(action, _)| *action == name);
        row.map(|(_, what)| *what)
    };
    match name.as_str() {
        "actions/setup-go" => return Action::SetupGo,
        "docker/build-push-action" | "depot/build-push-action" | "redhat-actions/buildah-build" => {
            return Action::BuildImage;
        }
        "docker/bake-action" | "depot/bake-action" => return Action::Bake,
        _ => {}
    }
    if let Some(command) = named(&RUN_GO) {
        return Action::RunsGo(command);
    }
    if let Some(input) = named(&RUN_INPUT) {
        return Action::RunsInput(input);
    }
    if let Some(input) = named(&RUN_ELSEWHERE) {
        return Action::RunsElsewhere(input);
    }
    let mut words = name.split(['/', '-', '_', '.']);
    if !HARMLESS.contains(&name.as_str()) && words.any(|word| matches!(word, "go" | "golang")) {
        return Action::Opaque;
    }
    Action::Other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_known_by_name() {
        let cases = [
            ("actions/setup-go", Action::SetupGo),
            (
                "golangci/golangci-lint-action",
                Action::RunsGo("golangci-lint run"),
            ),
            ("Docker/Build-Push-Action", Action::BuildImage),
            ("nick-fields/retry", Action::RunsInput("command")),
            ("acme/go-thing", Action::Opaque),
            ("actions/checkout", Action::Other),
            ("acme/mongo", Action::Other),
        ];
        for (name, expected) in cases {
            assert_eq!(action(name), expected, "{name}");
        }
    }
}
