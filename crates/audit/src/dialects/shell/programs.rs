//! Programs that scripts run, by what they mean to an audit.

/// Programs that run `go` to load, build or test packages, and hence download modules.
const RUN_GO: [&str; 37] = [
    // Linters and scanners load packages with `go list`.
    "golangci-lint",
    "staticcheck",
    "govulncheck",
    "gosec",
    "errcheck",
    "nilaway",
    "deadcode",
    "go-licenses",
    "cyclonedx-gomod",
    "gorelease",
    "apidiff",
    "semgrep-go",
    // Generators load packages with `go list` or build a program of their own.
    "mockgen",
    "mockery",
    "stringer",
    "wire",
    "controller-gen",
    "deepcopy-gen",
    "client-gen",
    "counterfeiter",
    "moq",
    "ifacemaker",
    // Builders and test runners start `go build`, `go test` or `go run`.
    "goreleaser",
    "ko",
    "gotestsum",
    "ginkgo",
    "mage",
    "garble",
    "gox",
    "gomobile",
    "xcaddy",
    "xk6",
    "air",
    "dlv",
    "wails",
    "fyne",
    "tinygo",
];

/// Programs whose own files say what runs, and those files are not read.
const OPAQUE: [(&str, &str); 14] = [
    ("task", "a Taskfile"),
    ("just", "a justfile"),
    ("earthly", "an Earthfile"),
    ("bazel", "Bazel"),
    ("bazelisk", "Bazel"),
    ("ninja", "a ninja file"),
    ("nix", "Nix"),
    ("nix-build", "Nix"),
    ("nix-shell", "Nix"),
    ("skaffold", "skaffold"),
    ("tilt", "a Tiltfile"),
    ("pack", "a buildpack"),
    ("pwsh", "PowerShell"),
    ("powershell", "PowerShell"),
];

/// Programs that rules look at though they do not use Go: they fetch, install, copy or delete.
const NOTED: [&str; 22] = [
    "git",
    "curl",
    "wget",
    "rm",
    "cp",
    "mv",
    "chmod",
    "apk",
    "apt",
    "apt-get",
    "dnf",
    "yum",
    "microdnf",
    "tdnf",
    "zypper",
    "pacman",
    "brew",
    "setx",
    "update-ca-certificates",
    "ssh-keyscan",
    "sed",
    // What it runs has the policy's environment, whatever the files say.
    "modkeep",
];

/// Programs that run their arguments, behind options and words of their own.
const WRAPPERS: [&str; 24] = [
    "time",
    "command",
    "builtin",
    "exec",
    "nohup",
    "nice",
    "ionice",
    "setsid",
    "stdbuf",
    "chronic",
    "unbuffer",
    "timeout",
    "gtimeout",
    "xargs",
    "parallel",
    "watch",
    "gosu",
    "su-exec",
    "tini",
    "dumb-init",
    "travis_retry",
    "travis_wait",
    "xvfb-run",
    "strace",
];

/// First words behind `go` that are its commands.
const VERBS: [&str; 18] = [
    "build",
    "test",
    "vet",
    "mod",
    "install",
    "get",
    "run",
    "generate",
    "list",
    "env",
    "work",
    "tool",
    "fmt",
    "clean",
    "version",
    "doc",
    "fix",
    "telemetry",
];

/// Variables that hold the `go` command by habit.
const GO_VARIABLES: [&str; 8] = [
    "GO",
    "GOCMD",
    "GO_CMD",
    "GO_BIN",
    "GOBINARY",
    "GO_BINARY",
    "GOEXE",
    "GOCOMMAND",
];

/// What a program is to an audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Program {
    /// `go`, with its version where the name says it (`go1.24.3`).
    Go(Option<String>),
    /// Runs `go` itself.
    RunsGo,
    /// Does what a file says that is not read.
    Opaque(&'static str),
    /// Rules look at it.
    Noted,
    /// Runs its arguments.
    Wrapper,
    /// Anything else, by the last part of its path.
    Other,
}

/// What a program of this name is.
pub(super) fn program(name: &str) -> Program {
    if name == "go" || name == "gotip" || name == "go.exe" {
        return Program::Go(None);
    }
    if let Some(version) = name.strip_prefix("go").filter(|rest| is_version(rest)) {
        return Program::Go(Some(version.to_owned()));
    }
    if RUN_GO.contains(&name) {
        return Program::RunsGo;
    }
    if let Some((_, what)) = OPAQUE.iter().find(|(opaque, _)| *opaque == name) {
        return Program::Opaque(what);
    }
    if NOTED.contains(&name) {
        return Program::Noted;
    }
    if WRAPPERS.contains(&name) || name.contains("retry") {
        return Program::Wrapper;
    }
    Program::Other
}

fn is_version(text: &str) -> bool {
    text.starts_with("1.")
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
}

/// Whether a word is a command of `go`.
pub(super) fn is_verb(word: &str) -> bool {
    VERBS.contains(&word)
}

/// Whether a variable of this name holds the `go` command by habit.
pub(super) fn holds_go(variable: &str) -> bool {
    GO_VARIABLES.contains(&variable)
}
