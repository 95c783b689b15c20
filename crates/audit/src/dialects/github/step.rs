//! Steps: scripts and actions.

use crate::block::{Block, Boundary, Call, Item, Located, Run, Setting, System, Target, Tool};
use crate::dialects::shell::{Surroundings, read_script};
use crate::embedded::Embedded;
use crate::source::Span;
use crate::text::{Part, Text};
use crate::yaml::Node;

use super::actions::{Action, action};
use super::detail::{EnvPlace, Step};
use super::job::passes;
use super::{Reading, environment, join, located, value};

/// What steps have in common unless they say otherwise.
#[derive(Clone, Debug, Default)]
pub(super) struct Defaults {
    shell: Option<String>,
    folder: Option<Text>,
}

impl Defaults {
    /// The same, with what a `defaults` key says.
    pub(super) fn over(&self, defaults: Option<Node<'_>>) -> Self {
        let run = defaults.and_then(|defaults| defaults.get("run"));
        let mut over = self.clone();
        if let Some(shell) = run.and_then(|run| run.get("shell")).and_then(Node::string) {
            over.shell = Some(shell.to_owned());
        }
        if let Some(folder) = run.and_then(|run| run.get("working-directory")) {
            over.folder = Some(value(folder));
        }
        over
    }
}

/// The inputs of an action, by name.
pub(super) fn inputs(with: Option<Node<'_>>) -> Vec<(String, Located)> {
    let entries = with.map(Node::entries).unwrap_or_default().into_iter();
    entries
        .map(|entry| (entry.name().to_owned(), located(entry.value)))
        .collect()
}

impl Reading<'_> {
    /// The steps of an action.
    pub(super) fn steps(
        &mut self,
        steps: Option<Node<'_>>,
        defaults: &Defaults,
        labels: &[Located],
    ) -> Vec<Item> {
        self.steps_of("", steps, defaults, labels)
    }

    /// The steps of a job that runs on machines with these labels.
    pub(super) fn steps_of(
        &mut self,
        job: &str,
        steps: Option<Node<'_>>,
        defaults: &Defaults,
        labels: &[Located],
    ) -> Vec<Item> {
        let is_windows = labels.iter().any(|label| {
            let label = label.text.to_string().to_ascii_lowercase();
            label.contains("windows")
        });
        let mut defaults = defaults.clone();
        if is_windows {
            defaults.shell.get_or_insert_with(|| "pwsh".to_owned());
        }
        let nodes = steps
            .into_iter()
            .flat_map(Node::items)
            .filter(|node| node.is_mapping());
        nodes
            .map(|node| Item::Block(self.step(job, node, &defaults)))
            .collect()
    }

    fn step(&mut self, job: &str, node: Node<'_>, defaults: &Defaults) -> Block {
        let settings = environment(node.get("env"), "env");
        let env = settings.iter().filter_map(|item| match item {
            Item::Set(setting) => Some(setting.clone()),
            _ => None,
        });
        let run = node.get("run");
        let uses = node.get("uses");
        let condition = node.get("if");
        self.detail.steps.push(Step {
            job: job.to_owned(),
            span: node.span(),
            uses: uses.map(located),
            with: inputs(node.get("with")),
            run: run.map(Node::span),
            env_place: EnvPlace::of(node, "env", "run", self.repository),
            env: env.collect(),
            condition: condition.map(located),
            continues_on_error: node.get("continue-on-error").and_then(Node::boolean) == Some(true),
        });
        let mut items = settings;
        if let Some(run) = run {
            let shell = node.get("shell").and_then(Node::string);
            items.extend(script(
                run,
                shell.or(defaults.shell.as_deref()).unwrap_or("bash"),
            ));
        }
        let mut image = None;
        if let Some(uses) = uses {
            let name = uses.string().unwrap_or_default();
            if let Some(reference) = name.strip_prefix("docker://") {
                image = Some(Located {
                    text: Text::literal(reference),
                    span: uses.span(),
                });
                items.extend(container_command(node.get("with")));
            } else {
                items.extend(self.action_step(uses, node.get("with")));
            }
        }
        if condition.is_some_and(|condition| !is_always(condition)) {
            items = vec![Item::Branches(vec![items, Vec::new()])];
        }
        let folder = node.get("working-directory").map(value);
        Block {
            name: title(node),
            kind: "step",
            span: node.span(),
            system: System::GitHub,
            boundary: Boundary::Child,
            image,
            // Actions run at the root, whatever the defaults for scripts say.
            folder: folder.or_else(|| run.and(defaults.folder.clone())),
            starts: false,
            items,
        }
    }

    /// What a step does by an action.
    fn action_step(&self, uses: Node<'_>, with: Option<Node<'_>>) -> Vec<Item> {
        let written = uses.string().unwrap_or_default();
        if let Some(path) = written.strip_prefix("./") {
            return vec![Item::Call(Call {
                span: uses.span(),
                target: Target::Workflow {
                    path: path.trim_end_matches('/').to_owned(),
                    sees_environment: true,
                },
                passes: passes(with),
                sudo: false,
            })];
        }
        let (name, version) = written.split_once('@').unwrap_or((written, ""));
        let input = |name: &str| {
            let entries = with.map(Node::entries).unwrap_or_default().into_iter();
            let mut found = entries.filter(|entry| entry.name().eq_ignore_ascii_case(name));
            found.next().map(|entry| entry.value)
        };
        match action(name) {
            Action::SetupGo => vec![self.setup_go(uses, version, &input)],
            Action::RunsGo(_) if is_true(input("install-only")) => Vec::new(),
            Action::RunsGo(command) => vec![Item::Run(runs_go(name, command, uses, &input))],
            Action::BuildImage => vec![Item::Call(image_build(uses, &input))],
            Action::Bake => vec![Item::Call(bake(uses, &input))],
            Action::RunsInput(name) => input(name)
                .map(|command| script(command, "bash"))
                .unwrap_or_default(),
            Action::RunsElsewhere(name) => match input(name).filter(|node| mentions_go(*node)) {
                Some(command) => vec![Item::Lost {
                    span: command.span(),
                    what: format!("`{written}` runs this where the job's environment is not seen"),
                }],
                None => Vec::new(),
            },
            Action::Opaque => vec![Item::Lost {
                span: uses.span(),
                what: format!("the action `{written}` may use Go, and is not read"),
            }],
            Action::Other => Vec::new(),
        }
    }

    /// `actions/setup-go`: the version, and from v6 on `GOTOOLCHAIN=local`.
    fn setup_go<'n>(
        &self,
        uses: Node<'n>,
        reference: &str,
        input: &dyn Fn(&str) -> Option<Node<'n>>,
    ) -> Item {
        let major = reference
            .strip_prefix('v')
            .and_then(|rest| rest.split('.').next());
        let major: Option<u32> = major.and_then(|major| major.parse().ok());
        let version = input("go-version").filter(|node| node.string().is_some());
        let file = input("go-version-file").filter(|node| node.string().is_some());
        let version = match (version, file) {
            (Some(version), _) => located(version),
            (None, Some(file)) => Located {
                text: self.version_in(file.string().unwrap_or_default(), major),
                span: file.span(),
            },
            (None, None) => Located {
                text: Text::unknown("the runner's own Go"),
                span: uses.span(),
            },
        };
        Item::Toolchain {
            version,
            local: major.map(|major| major >= 6),
        }
    }

    /// The version that a file asks for.
    fn version_in(&self, path: &str, major: Option<u32>) -> Text {
        let path = path.trim_start_matches("./");
        let Some(file) = self.repository.find(path) else {
            return Text::unknown(format!("the version in {path}"));
        };
        let text = self.repository.file(file).text();
        let name = path.rsplit('/').next().unwrap_or_default();
        let word = |directive: &str, prefix: &str| {
            let mut lines = text.lines().map(str::trim);
            lines.find_map(|line| {
                let rest = line.strip_prefix(directive)?.strip_prefix([' ', '\t'])?;
                let word = rest.split_whitespace().next()?;
                word.strip_prefix(prefix).map(str::to_owned)
            })
        };
        let is_module = matches!(name, "go.mod" | "go.work");
        // Up to v5 the action looked at the `go` line alone.
        let toolchain = word("toolchain", "go").filter(|_| major.is_none_or(|at| at >= 6));
        let found = toolchain.or_else(|| word("go", "")).filter(|_| is_module);
        match found.filter(|version| !version.is_empty()) {
            Some(version) => Text::literal(version),
            None => Text::unknown(format!("the version in {path}")),
        }
    }
}

/// What a step is called.
fn title(node: Node<'_>) -> String {
    let name = node
        .get("name")
        .or_else(|| node.get("id"))
        .and_then(Node::string);
    if let Some(name) = name {
        return name.to_owned();
    }
    let does = node
        .get("uses")
        .or_else(|| node.get("run"))
        .and_then(Node::string);
    let first = does.and_then(|text| text.lines().next());
    platform::secret::hide(first.unwrap_or_default().trim())
}

/// Whether a condition holds for every run.
fn is_always(condition: Node<'_>) -> bool {
    let text = condition.string().unwrap_or_default();
    let inner = text
        .trim()
        .trim_start_matches("${{")
        .trim_end_matches("}}")
        .trim();
    matches!(
        inner,
        "" | "true" | "always()" | "success()" | "!cancelled()" | "! cancelled()"
    )
}

fn is_true(node: Option<Node<'_>>) -> bool {
    node.and_then(Node::text) == Some("true")
}

/// Whether a text has `go` in it as a word, or sets something for later steps.
fn mentions_go(node: Node<'_>) -> bool {
    let text = node.text().unwrap_or_default();
    text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')))
        .any(|word| {
            matches!(
                word,
                "go" | "make" | "golangci-lint" | "goreleaser" | "GITHUB_ENV"
            )
        })
}

/// Whether a script has words only, which every shell reads alike.
fn is_plain(run: Node<'_>) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b" \r\n./-_=:,@".contains(&byte);
    let text = run.text().unwrap_or_default();
    // `X=y go build` sets nothing in PowerShell.
    let sets = text.lines().any(|line| {
        let first = line.split_whitespace().next().unwrap_or_default();
        first.contains('=')
    });
    text.bytes().all(is_word) && !sets
}

/// Whether a script sets or takes variables as only PowerShell does.
fn is_power_shell(run: Node<'_>) -> bool {
    let text = run.text().unwrap_or_default();
    mentions_go(run) && text.to_ascii_lowercase().contains("$env:")
}

/// A script in its shell.
fn script(run: Node<'_>, shell: &str) -> Vec<Item> {
    let name = shell.split_whitespace().next().unwrap_or_default();
    let name = name.rsplit('/').next().unwrap_or_default();
    match name {
        // `go build ./...` means the same to all of them.
        // No shell is said, and the job may run on Windows: what only PowerShell has is PowerShell.
        _ if is_power_shell(run) => vec![Item::Lost {
            span: run.span(),
            what:
                "this is a script of PowerShell, and only scripts of a POSIX shell or bash are read"
                    .to_owned(),
        }],
        _ if is_plain(run) || matches!(name, "bash" | "sh" | "dash" | "zsh" | "ksh") => {
            let around = Surroundings {
                system: System::GitHub,
            };
            read_script(&run.embedded(), around)
        }
        _ if mentions_go(run) => vec![Item::Lost {
            span: run.span(),
            what: format!(
                "the script runs in `{shell}`, and only scripts of a POSIX shell or bash are read"
            ),
        }],
        _ => Vec::new(),
    }
}

/// What a step runs in an image: the command in `args`.
fn container_command(with: Option<Node<'_>>) -> Vec<Item> {
    let Some(args) = with.and_then(|with| with.get("args")) else {
        return Vec::new();
    };
    let around = Surroundings {
        system: System::GitHub,
    };
    read_script(&args.embedded(), around)
}

/// An action as the command that it runs.
fn runs_go<'n>(
    name: &str,
    command: &str,
    uses: Node<'n>,
    input: &dyn Fn(&str) -> Option<Node<'n>>,
) -> Run {
    let mut words: Vec<String> = command.split(' ').map(str::to_owned).collect();
    let args = input("args").and_then(Node::string).unwrap_or_default();
    words.extend(args.split_whitespace().map(str::to_owned));
    Run {
        span: uses.span(),
        words,
        tool: Tool::RunsGo(name.to_owned()),
        settings: Vec::new(),
        sudo: false,
    }
}

/// An image build by an action. Its paths begin at the root, that of the Dockerfile too.
fn image_build<'n>(uses: Node<'n>, input: &dyn Fn(&str) -> Option<Node<'n>>) -> Call {
    let given = |name: &str| input(name).filter(|node| node.string().is_some());
    let context = given("context").map_or_else(|| Text::literal("."), value);
    let context = match context.as_literal() {
        // The default context of the action is the repository itself.
        Some(text) => Text::literal(
            text.trim_start_matches("{{defaultContext}}")
                .trim_start_matches(':'),
        ),
        None => context,
    };
    let context = match context.as_literal() {
        Some("") => Text::literal("."),
        _ => context,
    };
    let file = given("file")
        .or_else(|| given("containerfiles"))
        .or_else(|| given("dockerfile"));
    Call {
        span: uses.span(),
        target: Target::Image {
            file: file.map(value),
            context,
            stage: given("target").map(value),
        },
        passes: given("build-args").map(build_arguments).unwrap_or_default(),
        sudo: false,
    }
}

/// The lines of `build-args`. One without a value hands on the variable of that name.
fn build_arguments(node: Node<'_>) -> Vec<Setting> {
    let script = node.embedded();
    let mut found = Vec::new();
    let mut at = 0;
    for line in script.text().split_inclusive('\n') {
        let start = at + line.len() - line.trim_start().len();
        let body = line.trim();
        at += line.len();
        if !body.is_empty() && !body.starts_with('#') {
            found.push(build_argument(&script, start, body));
        }
    }
    found
}

fn build_argument(script: &Embedded, start: usize, body: &str) -> Setting {
    let (name, written) = body.split_once('=').unwrap_or((body, ""));
    let has_value = name.len() < body.len();
    let end = start + body.len();
    let span: Span = if has_value {
        script.span(start + name.len() + 1..end)
    } else {
        script.span(start..end)
    };
    let value = if has_value {
        super::expression::text(written.trim_matches('"'))
    } else {
        Text {
            parts: vec![Part::Variable {
                name: name.to_owned(),
                fallback: None,
            }],
        }
    };
    Setting::plain(
        name.trim(),
        value,
        (span, script.span(start..start + name.len())),
        "build-args",
    )
}

/// A build by bake.
fn bake<'n>(uses: Node<'n>, input: &dyn Fn(&str) -> Option<Node<'n>>) -> Call {
    let lines = |name: &str| {
        let text = input(name).and_then(Node::string).unwrap_or_default();
        let names = text.split([',', '\n']).map(str::trim);
        names
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let files = lines("files");
    let file = files
        .first()
        .map(|file| match input("workdir").and_then(Node::string) {
            Some(folder) => Text::literal(join(folder.trim_matches('/'), file)),
            None => super::expression::text(file),
        });
    Call {
        span: uses.span(),
        target: Target::Compose {
            file,
            names: lines("targets"),
            bake: true,
        },
        passes: Vec::new(),
        sudo: false,
    }
}
