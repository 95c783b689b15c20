//! Where stages run: agents, containers, tools.

use std::ops::Range;

use crate::block::{Call, Item, Located, Setting, Target, When};
use crate::dialects::gitlab::variable;
use crate::embedded::Embedded;
use crate::source::{FileId, SourceFile, Span};
use crate::text::Text;
use crate::yaml::{Node, Yaml};

use super::Reading;
use super::groovy::Kind;

/// Where a section runs, and what that sets.
#[derive(Debug, Default)]
pub(super) struct Agent {
    pub(super) image: Option<Located>,
    pub(super) items: Vec<Item>,
}

/// A container of a pod.
#[derive(Clone, Debug)]
pub(super) struct Container {
    pub(super) name: String,
    pub(super) image: Option<Located>,
    pub(super) items: Vec<Item>,
}

impl Reading<'_> {
    /// The agent of a section.
    pub(super) fn agent(&mut self, body: Range<usize>) -> Agent {
        let mut agent = Agent::default();
        for inner in self.named("agent", body) {
            for statement in self.statements(inner) {
                let kind = self
                    .word(statement.head.start)
                    .unwrap_or_default()
                    .to_owned();
                let at = statement.body.clone().unwrap_or(statement.head.clone());
                match kind.as_str() {
                    "docker" => {
                        let given = self.argument(&at, "image");
                        let image = given.or_else(|| {
                            statement.head.clone().find(|at| self.string(*at).is_some())
                        });
                        agent.image = image.and_then(|image| self.string(image));
                        agent.items.extend(self.docker_environment(&at));
                    }
                    "dockerfile" => {
                        agent.image = Some(Located {
                            text: Text::unknown("the image built from the Dockerfile"),
                            span: self.span(&statement.head),
                        });
                        agent.items.push(self.dockerfile(&statement.head, &at));
                        agent.items.extend(self.docker_environment(&at));
                    }
                    "kubernetes" => agent.image = self.pod(&at),
                    _ => {}
                }
            }
        }
        agent
    }

    /// The string behind a name: `image 'x'`, `image: 'x'`.
    fn argument(&self, range: &Range<usize>, name: &str) -> Option<usize> {
        let at = range.clone().find(|at| self.word(*at) == Some(name))?;
        let is_string = |at: &usize| matches!(self.kind(*at), Some(Kind::String(..)));
        (at + 1..(at + 4).min(range.end)).find(is_string)
    }

    /// `args '-e X=y'`: what the build hands over to the container wins against it.
    fn docker_environment(&self, range: &Range<usize>) -> Vec<Item> {
        let at = self.argument(range, "args");
        let content = at.and_then(|at| self.content(at));
        content
            .map(|content| environment_options(&content.script))
            .unwrap_or_default()
    }

    /// An agent that is built first.
    fn dockerfile(&self, head: &Range<usize>, range: &Range<usize>) -> Item {
        let text = |name: &str| {
            let at = self.argument(range, name)?;
            Some(self.string(at)?.text)
        };
        let folder = text("dir");
        let name = text("filename").unwrap_or_else(|| Text::literal("Dockerfile"));
        let file = match folder.as_ref().and_then(Text::as_literal) {
            Some(folder) if !folder.is_empty() => {
                Text::literal(format!("{}/{name}", folder.trim_matches('/')))
            }
            _ => name,
        };
        let extra = self.argument(range, "additionalBuildArgs");
        let extra = extra.and_then(|at| self.content(at));
        let build = extra
            .map(|extra| image_build(&extra.script))
            .unwrap_or_default();
        Item::Call(Call {
            span: self.span(head),
            target: Target::Image {
                file: Some(file),
                context: folder.unwrap_or_else(|| Text::literal(".")),
                stage: build.stage,
            },
            passes: build.passes,
            sudo: false,
        })
    }

    /// The containers of a pod in YAML; the image of the one that steps run in by default.
    fn pod(&mut self, range: &Range<usize>) -> Option<Located> {
        let yaml = self.argument(range, "yaml").and_then(|at| self.content(at));
        let default = self.argument(range, "defaultContainer");
        let default = default
            .and_then(|at| self.string(at))
            .map(|string| string.text.to_string());
        if let Some(yaml) = yaml {
            self.containers.extend(containers(&yaml.script));
        }
        let default = default?;
        let container = self
            .containers
            .iter()
            .rfind(|container| container.name == default)?;
        container.image.clone()
    }

    /// `tools { go '1.24' }`: the name of an installation, which mostly is its version.
    pub(super) fn tools(&self, body: Range<usize>) -> Vec<Item> {
        let statements = self.statements(body).into_iter();
        let tools = statements.filter(|statement| self.word(statement.head.start) == Some("go"));
        tools
            .filter_map(|statement| {
                let name = statement.head.clone().find_map(|at| self.string(at))?;
                let written = name.text.to_string();
                let version = written.trim_start_matches(|c: char| !c.is_ascii_digit());
                let is_version = !version.is_empty()
                    && version
                        .bytes()
                        .all(|byte| byte.is_ascii_digit() || byte == b'.');
                let text = if is_version {
                    Text::literal(version)
                } else {
                    Text::unknown(format!("the tool `{written}`"))
                };
                Some(Item::Toolchain {
                    version: Located {
                        text,
                        span: name.span,
                    },
                    local: None,
                })
            })
            .collect()
    }
}

/// What `docker build` is told.
#[derive(Debug, Default)]
pub(super) struct ImageBuild {
    pub(super) file: Option<Text>,
    pub(super) context: Option<Text>,
    pub(super) stage: Option<Text>,
    pub(super) passes: Vec<Setting>,
}

/// The words of a command line, with their places; quotes around them are taken away.
fn words(script: &Embedded) -> Vec<(&str, Range<usize>)> {
    let text = script.text();
    let mut found = Vec::new();
    for word in text.split_whitespace() {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        found.push((word, start..start + word.len()));
    }
    found
}

/// The options of an image build in one string.
pub(super) fn image_build(script: &Embedded) -> ImageBuild {
    let mut build = ImageBuild::default();
    let words = words(script);
    let mut at = 0;
    while let Some((word, range)) = words.get(at).cloned() {
        at += 1;
        let (option, value) = match word.split_once('=') {
            Some((option, _)) if word.starts_with("--") => (
                option,
                Some((
                    &word[option.len() + 1..],
                    range.start + option.len() + 1..range.end,
                )),
            ),
            _ if word.starts_with('-') && takes_value(word) => {
                let value = words.get(at).cloned();
                at += 1;
                (word, value)
            }
            _ => (word, None),
        };
        match (option, value) {
            ("-f" | "--file", Some((value, _))) => build.file = Some(text(value)),
            ("--target", Some((value, _))) => build.stage = Some(text(value)),
            ("--build-arg", Some((value, place))) => {
                build
                    .passes
                    .push(pass(script, value, &place, "--build-arg"));
            }
            (word, None) if !word.starts_with('-') => build.context = Some(text(word)),
            _ => {}
        }
    }
    build
}

fn takes_value(option: &str) -> bool {
    matches!(
        option,
        "-f" | "--file"
            | "--target"
            | "--build-arg"
            | "-t"
            | "--tag"
            | "--network"
            | "--label"
            | "--secret"
            | "--ssh"
            | "--platform"
            | "--cache-from"
            | "-e"
            | "--env"
            | "-v"
            | "-u"
            | "--volume"
            | "--user"
            | "-w"
            | "--workdir"
            | "--entrypoint"
            | "--name"
            | "--add-host"
    )
}

/// `NAME=value`, or `NAME` alone for the variable of the caller.
fn pass(script: &Embedded, word: &str, place: &Range<usize>, how: &'static str) -> Setting {
    let word = word.trim_matches(['\'', '"']);
    let (name, value) = word.split_once('=').unwrap_or((word, ""));
    let has_value = name.len() < word.len();
    let start = place.end - value.len().min(place.len());
    let span = if has_value {
        script.span(start..place.end)
    } else {
        script.span(place.clone())
    };
    let value = if has_value {
        text(value.trim_matches(['\'', '"']))
    } else {
        Text::variable(name)
    };
    Setting::plain(name, value, (span, script.span(place.clone())), how)
}

/// The `-e` options of `docker run`.
pub(super) fn environment_options(script: &Embedded) -> Vec<Item> {
    let words = words(script);
    let mut items = Vec::new();
    for (at, (word, range)) in words.iter().enumerate() {
        let value = match word.strip_prefix("--env=") {
            Some(value) => Some((value, range.start + 6..range.end)),
            None if matches!(*word, "-e" | "--env") => words.get(at + 1).cloned(),
            None => None,
        };
        if let Some((value, place)) = value.filter(|(value, _)| value.contains('=')) {
            let mut setting = pass(script, value, &place, "-e");
            setting.when = When::IfUnset;
            items.push(Item::Set(setting));
        }
    }
    items
}

fn text(word: &str) -> Text {
    if word.contains("${{") {
        return Text::unknown(word);
    }
    variable::text(word)
}

/// The containers of a pod that stands in a string.
fn containers(script: &Embedded) -> Vec<Container> {
    let source = SourceFile::new("", script.text().as_bytes());
    let yaml = Yaml::read(FileId(0), &source);
    let here = |node: Node<'_>| -> Span { script.span(node.span().range()) };
    let located = |node: Node<'_>| Located {
        text: text(node.string().unwrap_or_default()),
        span: here(node),
    };
    let pods = yaml.documents();
    let nodes = pods.filter_map(|pod| pod.at_path(&["spec", "containers"]));
    nodes
        .flat_map(Node::items)
        .map(|node| {
            let env = node.get("env").into_iter().flat_map(Node::items);
            let settings = env.filter_map(|entry| {
                let (name, value) = (entry.get("name")?, entry.get("value")?);
                let located = located(value);
                let name_text = name.string()?;
                let mut setting =
                    Setting::plain(name_text, located.text, (located.span, here(name)), "env");
                setting.when = When::IfUnset;
                setting.how = "pod";
                Some(Item::Set(setting))
            });
            Container {
                name: node
                    .get("name")
                    .and_then(Node::string)
                    .unwrap_or_default()
                    .to_owned(),
                image: node.get("image").map(located),
                items: settings.collect(),
            }
        })
        .collect()
}
