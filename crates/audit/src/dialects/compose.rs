//! Files of docker compose: what is built with which arguments, and what runs `go` in a container.

use crate::block::{Block, Boundary, Call, Item, Located, Reach, Setting, System, Target, When};
use crate::dialect::Dialect;
use crate::embedded::Embedded;
use crate::interpolate::{self, Style};
use crate::repository::Repository;
use crate::resolve::call::join;
use crate::source::FileId;
use crate::text::Text;
use crate::unit::{Detail, Unit};
use crate::yaml::{Node, Yaml};

use super::dockerfile::detail::Dockerfile;
use super::envfile;
use super::shell::{self, Surroundings};

/// How many services may extend each other in a row.
const MAX_EXTENDS: usize = 16;
/// How many Dockerfiles may stand in a file: each is read by itself.
const MAX_INLINE: usize = 50;

/// Reads a file.
pub(crate) fn read(file: FileId, repository: &Repository) -> Unit {
    let source = repository.file(file);
    let yaml = Yaml::read(file, source);
    let folder = source
        .path
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder);
    let mut reader = Reader {
        file,
        repository,
        folder,
        services: yaml.root().and_then(|root| root.get("services")),
        inline: Vec::new(),
    };
    let mut unit = Unit::empty(file, Dialect::Compose);
    let front = reader.interpolated();
    let services = reader.services.map(Node::entries).unwrap_or_default();
    for entry in services {
        let chain = reader.chain(entry.value);
        let mut items = front.clone();
        items.extend(chain.1);
        items.extend(reader.build(&chain.0));
        items.extend(reader.container(&chain.0));
        unit.blocks.push(Block {
            name: entry.name().to_owned(),
            kind: "service",
            span: entry.value.span(),
            system: System::Compose,
            boundary: Boundary::Child,
            image: None,
            folder: Some(Text::literal(format!("/{folder}"))),
            starts: false,
            items,
        });
    }
    if !reader.inline.is_empty() {
        unit.detail = Detail::Inline(reader.inline);
    }
    unit.faults = yaml.faults;
    unit
}

struct Reader<'a> {
    file: FileId,
    repository: &'a Repository,
    folder: &'a str,
    services: Option<Node<'a>>,
    /// The Dockerfiles in it.
    inline: Vec<Dockerfile>,
}

impl<'a> Reader<'a> {
    /// Variables of the `.env` file next to it, which references see unless the environment has them.
    fn interpolated(&self) -> Vec<Item> {
        let settings = self.env_file(".env").unwrap_or_default().into_iter();
        let settings = settings.map(|setting| Setting {
            how: ".env of compose",
            when: When::IfUnset,
            ..setting
        });
        settings.map(Item::Set).collect()
    }

    fn env_file(&self, path: &str) -> Option<Vec<Setting>> {
        let file = self.repository.find(&join(self.folder, path))?;
        Some(envfile::settings(file, self.repository.file(file).text()))
    }

    /// A service and those that it extends, nearest first; and what is lost on the way.
    fn chain(&self, service: Node<'a>) -> (Vec<Node<'a>>, Vec<Item>) {
        let mut chain = vec![service];
        let mut lost = Vec::new();
        let mut current = service;
        while let Some(extends) = current.get("extends").filter(|_| chain.len() < MAX_EXTENDS) {
            let name = extends.get("service").unwrap_or(extends);
            if extends.get("file").is_some_and(|file| !file.is_null()) {
                lost.push(Item::Lost {
                    span: extends.span(),
                    what: "the service that this one extends stands in another file, which is not followed"
                        .to_owned(),
                });
                break;
            }
            let next = name.string().and_then(|name| self.services?.get(name));
            match next {
                Some(next) => chain.push(next),
                None => break,
            }
            current = next.unwrap_or(current);
        }
        (chain, lost)
    }

    /// `build`.
    fn build(&mut self, chain: &[Node<'a>]) -> Vec<Item> {
        let builds: Vec<Node<'a>> = chain
            .iter()
            .filter_map(|service| service.get("build"))
            .collect();
        let Some(first) = builds.first() else {
            return Vec::new();
        };
        let value = |key: &str| {
            builds
                .iter()
                .find_map(|build| build.get(key).filter(|node| !node.is_null()))
        };
        let short = builds.iter().find(|build| build.string().is_some());
        let context = short.copied().or_else(|| value("context"));
        let context = context.map_or_else(|| Text::literal("."), |node| text(node).text);
        let mut passes = Vec::new();
        for build in builds.iter().rev() {
            for setting in build
                .get("args")
                .map(|args| pairs(args, "build.args"))
                .unwrap_or_default()
            {
                passes.retain(|other: &Setting| other.name != setting.name);
                passes.push(setting);
            }
        }
        if let Some(inline) = value("dockerfile_inline") {
            return self.inline(inline, &passes);
        }
        let file = value("dockerfile").map(|node| within(&context, text(node).text));
        vec![Item::Call(Call {
            span: first.span(),
            target: Target::Image {
                file,
                context,
                stage: value("target").map(|node| text(node).text),
            },
            passes,
            sudo: false,
        })]
    }

    /// A Dockerfile in the compose file: read with all else blanked, so that places stay.
    fn inline(&mut self, node: Node<'a>, passes: &[Setting]) -> Vec<Item> {
        let span = node.span().range();
        let body = span.start + node.raw().find('\n').map_or(0, |end| end + 1);
        if self.inline.len() >= MAX_INLINE || !node.raw().starts_with('|') {
            return vec![Item::Lost {
                span: node.span(),
                what: "this dockerfile_inline is not read".to_owned(),
            }];
        }
        let source = self.repository.file(self.file).text();
        let mut blanked = " ".repeat(body);
        blanked.push_str(&source[body..span.end]);
        let unit = super::dockerfile::read_text(self.file, &blanked);
        if let Detail::Dockerfile(content) = unit.detail {
            self.inline.push(*content);
        }
        let mut items = Vec::new();
        for block in unit.blocks {
            items.push(Item::Enclosed {
                block,
                passes: passes.to_vec(),
            });
        }
        items
    }

    /// What a container of the service runs, when that uses Go.
    fn container(&self, chain: &[Node<'a>]) -> Vec<Item> {
        let mut items = Vec::new();
        let mut span = None;
        for key in ["entrypoint", "command"] {
            let Some(node) = chain.iter().find_map(|service| service.get(key)) else {
                continue;
            };
            span.get_or_insert(node.span());
            items.extend(shell::read_script(
                &self.script(node),
                Surroundings {
                    system: System::Compose,
                },
            ));
        }
        let Some(span) = span.filter(|_| !items.is_empty()) else {
            return Vec::new();
        };
        let mut passes = Vec::new();
        for service in chain.iter().rev() {
            for file in service.get("env_file").map(Node::each).unwrap_or_default() {
                let path = file.get("path").unwrap_or(file);
                let settings = path.string().and_then(|path| self.env_file(path));
                passes.extend(
                    settings
                        .unwrap_or_default()
                        .into_iter()
                        .map(|setting| Setting {
                            reach: Reach::Block,
                            ..setting
                        }),
                );
            }
        }
        for service in chain.iter().rev() {
            let environment = service.get("environment");
            passes.extend(
                environment
                    .map(|node| pairs(node, "environment"))
                    .unwrap_or_default(),
            );
        }
        let image = chain.iter().find_map(|service| service.get("image"));
        let block = Block {
            name: String::new(),
            kind: "container",
            span,
            system: System::Compose,
            boundary: Boundary::Closed,
            image: image.map(text),
            folder: None,
            starts: false,
            items,
        };
        vec![Item::Enclosed { block, passes }]
    }

    /// A command, be it a list of words; `$$` is a dollar.
    fn script(&self, node: Node<'a>) -> Embedded {
        let mut script = Embedded::new(self.file);
        for word in node.each() {
            let text = word.embedded();
            if node.is_sequence() {
                script.push_quoted(&text, word.span());
            } else {
                script.append(&text);
            }
        }
        script
    }
}

/// A path in the build context.
fn within(context: &Text, path: Text) -> Text {
    let absolute = path.as_literal().is_some_and(|path| path.starts_with('/'));
    if absolute {
        return path;
    }
    let mut whole = context.clone();
    whole.push_str("/");
    for part in path.parts {
        match part {
            crate::text::Part::Literal(literal) => whole.push_str(&literal),
            part => whole.parts.push(part),
        }
    }
    whole
}

fn text(node: Node<'_>) -> Located {
    Located {
        text: interpolate::read(node.string().unwrap_or_default(), Style::Compose),
        span: node.span(),
    }
}

/// A mapping `NAME: value`, or a list of `NAME=value`; a name alone has the value of the environment.
fn pairs(node: Node<'_>, how: &'static str) -> Vec<Setting> {
    let mut found = Vec::new();
    for entry in node.entries() {
        let name = entry.name();
        let value = if entry.value.is_null() {
            Text::variable(name)
        } else {
            text(entry.value).text
        };
        found.push(Setting::plain(
            name,
            value,
            (entry.value.span(), entry.key.span()),
            how,
        ));
    }
    for item in node.items() {
        let embedded = item.embedded();
        let written = embedded.text();
        let (name, value) = match written.split_once('=') {
            Some((name, value)) => (name, interpolate::read(value, Style::Compose)),
            None => (written, Text::variable(written.trim())),
        };
        let start = if name.len() < written.len() {
            name.len() + 1
        } else {
            0
        };
        let places = (
            embedded.span(start..written.len()),
            embedded.span(0..name.len()),
        );
        found.push(Setting::plain(name.trim(), value, places, how));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialects::outline;
    use crate::dialects::shown::{check_table, shown_blocks};

    fn shown_text(text: &str) -> String {
        let files = [
            ("deploy/compose.yaml", text),
            ("deploy/.env", "GOPROXY=https://env\n"),
            ("deploy/app.env", "GOSUMDB=off\n"),
        ];
        let (_, unit) = outline::read(read, &files);
        let faults = unit.faults.iter();
        let faults = faults.map(|fault| format!("fault {}\n", fault.message));
        faults.collect::<String>() + &shown_blocks(&unit.blocks, text)
    }

    #[test]
    fn services_are_read() {
        check_table(include_str!("../../testdata/compose.txt"), shown_text);
    }
}
