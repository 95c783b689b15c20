//! Development containers: `devcontainer.json`, JSON with comments.
//!
//! `build.args` reaches the build of the image, `containerEnv` everything in the container, `remoteEnv` the
//! editor, its terminals and the commands that prepare the container, and no more.

use crate::block::{Block, Boundary, Call, Item, Located, Setting, System, Target};
use crate::dialect::Dialect;
use crate::embedded::Embedded;
use crate::repository::Repository;
use crate::source::{FileId, SourceFile, Span};
use crate::text::{Part, Text};
use crate::unit::{Detail, Unit};
use crate::yaml::{Node, Yaml};

use super::shell::{self, Surroundings};

/// The commands that prepare a container, in their order.
const COMMANDS: [&str; 5] = [
    "onCreateCommand",
    "updateContentCommand",
    "postCreateCommand",
    "postStartCommand",
    "postAttachCommand",
];

/// What rules look at in a development container.
#[derive(Debug, Default)]
pub struct DevContainer {
    /// What `remoteEnv` alone sets.
    pub remote_only: Vec<Setting>,
    /// The key `remoteEnv`, when there is no `containerEnv` beside it.
    pub remote_key: Option<Span>,
    /// How many variables `remoteEnv` has.
    pub remote_count: usize,
}

/// Reads a file.
pub(crate) fn read(file: FileId, repository: &Repository) -> Unit {
    let source = repository.file(file);
    let bare = SourceFile::new(
        source.path.clone(),
        without_comments(source.text()).into_bytes(),
    );
    let yaml = Yaml::read(file, &bare);
    let mut unit = Unit::empty(file, Dialect::DevContainer);
    if let Some(root) = yaml.root() {
        let container = pairs(root, "containerEnv", "containerEnv");
        let remote = pairs(root, "remoteEnv", "remoteEnv");
        let build = root.get("build");
        let arguments = build
            .map(|build| pairs(build, "args", "build.args"))
            .unwrap_or_default();
        unit.detail = Detail::DevContainer(Box::new(detail(root, &container, &remote, &arguments)));
        let (folder, _) = source.path.rsplit_once('/').unwrap_or(("", ""));
        let mut items = image_build(root, arguments);
        items.extend(scripts(root, "initializeCommand", file));
        let mut inside: Vec<Item> = container.into_iter().chain(remote).map(Item::Set).collect();
        for key in COMMANDS {
            inside.extend(scripts(root, key, file));
        }
        let image = root.get("image").filter(|image| image.string().is_some());
        if !inside.is_empty() {
            let workspace = folder.strip_suffix(".devcontainer").unwrap_or(folder);
            items.push(Item::Block(Block {
                name: String::new(),
                kind: "container",
                boundary: Boundary::Closed,
                image: image.map(|image| Located {
                    text: value(image.string().unwrap_or_default()),
                    span: image.span(),
                }),
                folder: Some(Text::literal(format!("/{workspace}"))),
                starts: false,
                items: inside,
                ..outer(root.span())
            }));
        }
        unit.blocks.push(Block {
            folder: Some(Text::literal(format!("/{folder}"))),
            items,
            ..outer(root.span())
        });
    }
    unit.faults = yaml.faults;
    unit
}

fn outer(span: Span) -> Block {
    Block {
        name: String::new(),
        kind: "dev container",
        span,
        system: System::Host,
        boundary: Boundary::Child,
        image: None,
        folder: None,
        starts: true,
        items: Vec::new(),
    }
}

fn detail(
    root: Node<'_>,
    container: &[Setting],
    remote: &[Setting],
    arguments: &[Setting],
) -> DevContainer {
    let is_elsewhere = |setting: &&Setting| {
        let mut others = container.iter().chain(arguments);
        others.any(|other| other.name == setting.name)
    };
    let remote_only = remote.iter().filter(|setting| !is_elsewhere(setting));
    let key = root.entry("remoteEnv").map(|entry| entry.key.span());
    DevContainer {
        remote_only: remote_only.cloned().collect(),
        remote_key: key.filter(|_| root.get("containerEnv").is_none()),
        remote_count: remote.len(),
    }
}

/// The build of the image, from a Dockerfile or a compose file.
fn image_build(root: Node<'_>, passes: Vec<Setting>) -> Vec<Item> {
    let string = |node: Node<'_>, key: &str| {
        let node = node.get(key)?;
        Some(value(node.string()?))
    };
    if let Some(compose) = root.get("dockerComposeFile") {
        let service = root.get("service").and_then(Node::string);
        let calls = compose.each().into_iter().filter_map(|path| {
            Some(Item::Call(Call {
                span: path.span(),
                target: Target::Compose {
                    file: Some(value(path.string()?)),
                    names: service.into_iter().map(str::to_owned).collect(),
                    bake: false,
                },
                passes: Vec::new(),
                sudo: false,
            }))
        });
        return calls.take(1).collect();
    }
    let build = root.get("build").unwrap_or(root);
    let dockerfile = string(build, "dockerfile").or_else(|| string(root, "dockerFile"));
    let Some(dockerfile) = dockerfile else {
        return Vec::new();
    };
    let context = string(build, "context").unwrap_or_else(|| Text::literal("."));
    let place = root
        .get("build")
        .or_else(|| root.get("dockerFile"))
        .unwrap_or(root);
    vec![Item::Call(Call {
        span: place.span(),
        target: Target::Image {
            file: Some(dockerfile),
            context,
            stage: string(build, "target"),
        },
        passes,
        sudo: false,
    })]
}

/// What a command does: a line for a shell, a list of words, or several of both by name.
fn scripts(root: Node<'_>, key: &str, file: FileId) -> Vec<Item> {
    let Some(node) = root.get(key) else {
        return Vec::new();
    };
    let parts = if node.is_mapping() {
        node.entries()
            .into_iter()
            .map(|entry| entry.value)
            .collect()
    } else {
        vec![node]
    };
    let around = Surroundings {
        system: System::Shell,
    };
    let mut items = Vec::new();
    for part in parts {
        let mut script = Embedded::new(file);
        if part.is_sequence() {
            for word in part.items() {
                script.push_quoted(&word.embedded(), word.span());
            }
        } else {
            script.append(&part.embedded());
        }
        items.extend(shell::read_script(&script, around));
    }
    items
}

fn pairs(owner: Node<'_>, key: &str, how: &'static str) -> Vec<Setting> {
    let entries = owner.get(key).map(Node::entries).unwrap_or_default();
    let settings = entries.into_iter().filter(|entry| !entry.value.is_null());
    settings
        .map(|entry| {
            Setting::plain(
                entry.name(),
                value(entry.value.text().unwrap_or_default()),
                (entry.value.span(), entry.key.span()),
                how,
            )
        })
        .collect()
}

/// A value: `${containerEnv:X}` is a variable, `${localEnv:X}` one of a machine that nobody knows.
fn value(text: &str) -> Text {
    let mut out = Text::default();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        out.push_str(&rest[..at]);
        let Some(end) = rest[at..].find('}') else {
            rest = &rest[at..];
            break;
        };
        let inside = &rest[at + 2..at + end];
        let mut parts = inside.splitn(3, ':');
        let space = parts.next().unwrap_or_default();
        let name = parts.next().unwrap_or_default();
        let fallback = parts.next().map(Text::literal);
        out.parts.push(match space {
            "containerEnv" => Part::Variable {
                name: name.to_owned(),
                fallback,
            },
            _ => Part::Unknown {
                written: rest[at..=at + end].to_owned(),
                secret: false,
                fallback,
            },
        });
        rest = &rest[at + end + 1..];
    }
    out.push_str(rest);
    out
}

/// The text with blanks in the place of comments and tabs: as long as before.
fn without_comments(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut in_string = false;
    while let Some(byte) = bytes.get(at) {
        let end = match (in_string, byte, bytes.get(at + 1)) {
            (true, b'\\', Some(_)) => {
                out.extend_from_slice(&bytes[at..at + 2]);
                at += 2;
                continue;
            }
            (false, b'/', Some(b'/')) => text[at..].find('\n').map(|end| at + end),
            (false, b'/', Some(b'*')) => text[at..].find("*/").map(|end| at + end + 2),
            _ => {
                in_string ^= *byte == b'"';
                let is_tab = *byte == b'\t' && !in_string;
                out.push(if is_tab { b' ' } else { *byte });
                at += 1;
                continue;
            }
        };
        let end = end.unwrap_or(bytes.len());
        let kept = |byte: &u8| if *byte == b'\n' { b'\n' } else { b' ' };
        out.extend(bytes[at..end].iter().map(kept));
        at = end;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialects::outline;

    #[test]
    fn each_way_of_setting_a_variable_is_read() {
        let text = "// \u{e9}\n{\n\t\"image\": \"golang:1.25\", /* x\n */\n  \"build\": {\"dockerfile\": \"Dockerfile\", \"context\": \"..\", \"args\": {\"GOPROXY\": \"${localEnv:GOPROXY:off}\"}},\n  \"containerEnv\": {\"GOPROXY\": \"https://p//x,direct\", \"GOFLAGS\": \"${containerEnv:F}\"},\n  \"remoteEnv\": {\"GOPRIVATE\": \"a\", \"GOPROXY\": null},\n  \"postCreateCommand\": \"go mod download\",\n  \"postStartCommand\": {\"a\": [\"go\", \"vet\"], \"b\": \"make lint\"},\n}\n";
        let (repository, unit) =
            outline::read(read, &[("s/.devcontainer/devcontainer.json", text)]);
        assert_eq!(
            outline::outline(&repository, &unit),
            "2 dev container \"\" starts folder=/s/.devcontainer\n  \
             5 call image Dockerfile .. - [\"5 build.args GOPROXY=${localEnv:GOPROXY:off} <\\\"${localEnv:GOPROXY:off}\\\">\"]\n  \
             2 container \"\" Closed image=golang:1.25 folder=/s/\n    \
             6 containerEnv GOPROXY=https://p//x,direct <\"https://p//x,direct\">\n    \
             6 containerEnv GOFLAGS=$F <\"${containerEnv:F}\">\n    \
             7 remoteEnv GOPRIVATE=a <\"a\">\n    \
             8 run go mod download []\n    9 run go vet []\n    9 call make - - [\"lint\"] []\n"
        );
        let Detail::DevContainer(detail) = &unit.detail else {
            panic!("{:?}", unit.detail);
        };
        assert_eq!(detail.remote_only.len(), 1);
        assert_eq!(detail.remote_key, None);
    }
}
