//! Commands that build images or run containers, and `make`.

use crate::block::{Call, Item, Located, Reach, Setting, Target};
use crate::text::Text;

use super::commands::{Manner, span_of};
use super::statements::Reader;
use super::words::Word;

/// Options of image builds that take the next word.
const BUILD_VALUES: [&str; 40] = [
    "-f",
    "--file",
    "--dockerfile",
    "--dockerfile-path",
    "-t",
    "--tag",
    "--target",
    "--build-arg",
    "--platform",
    "--label",
    "--cache-from",
    "--cache-to",
    "-o",
    "--output",
    "--progress",
    "--secret",
    "--ssh",
    "--network",
    "--add-host",
    "--iidfile",
    "--metadata-file",
    "--builder",
    "--build-context",
    "--shm-size",
    "--ulimit",
    "-m",
    "--memory",
    "--cpus",
    "--isolation",
    "--annotation",
    "--attest",
    "--allow",
    "-c",
    "--context",
    "--destination",
    "-d",
    "-v",
    "--volume",
    "--format",
    "--authfile",
];

/// Options of `docker run` that take the next word.
const RUN_VALUES: [&str; 30] = [
    "-e",
    "--env",
    "--env-file",
    "-v",
    "--volume",
    "-w",
    "--workdir",
    "-u",
    "--user",
    "--name",
    "--network",
    "--net",
    "-p",
    "--publish",
    "--mount",
    "--platform",
    "--entrypoint",
    "-h",
    "--hostname",
    "-l",
    "--label",
    "-m",
    "--memory",
    "--cpus",
    "--add-host",
    "--device",
    "--cap-add",
    "--security-opt",
    "--tmpfs",
    "--pull",
];

/// Options of compose that take the next word.
const COMPOSE_VALUES: [&str; 16] = [
    "-f",
    "--file",
    "--env-file",
    "-p",
    "--project-name",
    "--profile",
    "--project-directory",
    "--build-arg",
    "--set",
    "--progress",
    "--ansi",
    "--parallel",
    "-e",
    "--builder",
    "--scale",
    "--metadata-file",
];

/// Options of make that take the next word.
const MAKE_VALUES: [&str; 12] = [
    "-C",
    "--directory",
    "-f",
    "--file",
    "--makefile",
    "-I",
    "--include-dir",
    "-o",
    "-W",
    "--old-file",
    "--what-if",
    "--eval",
];

/// Options with their values, and the words behind.
struct Arguments<'a> {
    /// The option, and its value: the word that holds it, and how many bytes of it stand in front.
    options: Vec<(String, Option<(&'a Word, usize)>)>,
    /// Words that are no options, with their index.
    positional: Vec<(usize, &'a Word)>,
}

impl<'a> Arguments<'a> {
    /// Takes words apart; `values` are options that take the next word. With `stop`, everything behind
    /// the first word that is no option is left alone.
    fn new(words: &'a [Word], values: &[&str], stop: bool) -> Self {
        let mut found = Self {
            options: Vec::new(),
            positional: Vec::new(),
        };
        let mut at = 0;
        while let Some(word) = words.get(at) {
            at += 1;
            let shown = word.shown();
            if !shown.starts_with('-') || shown == "-" {
                found.positional.push((at - 1, word));
                if stop {
                    break;
                }
                continue;
            }
            let (name, glued) = match shown.split_once('=') {
                Some((name, _)) if shown.starts_with("--") => {
                    (name.to_owned(), Some(name.len() + 1))
                }
                _ => (shown.clone(), None),
            };
            let short = values.iter().find(|value| {
                !value.starts_with("--") && shown.starts_with(**value) && shown.len() > 2
            });
            if let Some(skip) = glued {
                found.options.push((name, Some((word, skip))));
            } else if values.contains(&shown.as_str()) {
                found
                    .options
                    .push((name, words.get(at).map(|word| (word, 0))));
                at += 1;
            } else if let Some(short) = short.filter(|_| !shown.starts_with("--")) {
                found.options.push(((*short).to_owned(), Some((word, 2))));
            } else {
                found.options.push((name, None));
            }
        }
        found
    }

    fn values<'b>(&'b self, names: &'b [&str]) -> impl Iterator<Item = (&'a Word, usize)> + 'b {
        self.options
            .iter()
            .filter(move |(name, _)| names.contains(&name.as_str()))
            .filter_map(|(_, value)| *value)
    }

    fn text(&self, names: &[&str]) -> Option<Text> {
        self.values(names)
            .last()
            .map(|(word, skip)| without(word, skip))
    }
}

/// The text of a word without its first bytes.
fn without(word: &Word, skip: usize) -> Text {
    let mut text = word.text.clone();
    if let Some(crate::text::Part::Literal(first)) = text.parts.first_mut() {
        *first = first.get(skip..).unwrap_or_default().to_owned();
        if first.is_empty() {
            text.parts.remove(0);
        }
    }
    text
}

impl Reader<'_> {
    /// Whether the command builds images or runs containers.
    pub(super) fn container(
        &mut self,
        name: &str,
        words: &[Word],
        manner: &Manner,
        out: &mut Vec<Item>,
    ) -> bool {
        match name {
            "docker" | "podman" | "nerdctl" | "buildah" | "finch" => {
                self.docker(words, manner, out);
            }
            "docker-compose" | "podman-compose" => self.compose(words, &words[1..], manner, out),
            "docker-buildx" => self.docker_command(words, &words[1..], manner, out),
            "executor" | "kaniko" => self.image(words, &words[1..], manner, out),
            _ => return false,
        }
        true
    }

    fn docker(&mut self, words: &[Word], manner: &Manner, out: &mut Vec<Item>) {
        let globals = [
            "-H",
            "--host",
            "-c",
            "--context",
            "--config",
            "-l",
            "--log-level",
            "--root",
        ];
        let rest = &words[1..];
        let arguments = Arguments::new(rest, &globals, true);
        if let Some((at, _)) = arguments.positional.first() {
            self.docker_command(words, &rest[*at..], manner, out);
        }
    }

    /// From the command on: `build`, `buildx build`, `compose up`, `run`.
    fn docker_command(
        &mut self,
        words: &[Word],
        rest: &[Word],
        manner: &Manner,
        out: &mut Vec<Item>,
    ) {
        let Some((command, after)) = rest.split_first() else {
            return;
        };
        match command.literal().unwrap_or_default() {
            "buildx" | "builder" | "image" | "container" => {
                self.docker_command(words, after, manner, out);
            }
            "build" | "b" | "bud" | "build-using-dockerfile" => {
                self.image(words, after, manner, out);
            }
            "bake" | "f" => self.bake(words, after, manner, out),
            "compose" => self.compose(words, after, manner, out),
            "run" | "create" | "exec" => self.run_container(words, after, manner, out),
            _ => {}
        }
    }

    /// Values that are handed over by `--build-arg`.
    fn passes(&self, arguments: &Arguments<'_>, names: &[&str], how: &'static str) -> Vec<Setting> {
        let passed = arguments
            .values(names)
            .filter_map(|(word, skip)| self.passed(word, skip, how));
        passed.collect()
    }

    /// `NAME=value`, or `NAME` alone for the value that it has here.
    fn passed(&self, word: &Word, skip: usize, how: &'static str) -> Option<Setting> {
        if let Some(assignment) = word.assignment(skip) {
            return Some(self.handed(assignment, how));
        }
        let text = without(word, skip);
        let name = text.as_literal()?;
        if name.is_empty() || crate::interpolate::name_at(name) != name {
            return None;
        }
        let place = word.range.start + skip.min(word.range.len())..word.range.end;
        let places = (place.clone(), place);
        let mut setting = self.setting(name.to_owned(), Text::variable(name), places, how);
        setting.reach = Reach::Block;
        Some(setting)
    }

    /// `docker build`.
    fn image(&mut self, words: &[Word], rest: &[Word], manner: &Manner, out: &mut Vec<Item>) {
        let arguments = Arguments::new(rest, &BUILD_VALUES, false);
        let context = arguments
            .positional
            .last()
            .map(|(_, word)| word.text.clone());
        let context = context.or_else(|| {
            arguments
                .text(&["--context", "-c"])
                .filter(|_| {
                    arguments
                        .values(&["--dockerfile", "--destination", "-d"])
                        .next()
                        .is_some()
                })
                .map(|text| {
                    match text
                        .as_literal()
                        .and_then(|text| text.strip_prefix("dir://"))
                    {
                        Some(path) => Text::literal(path),
                        None => text,
                    }
                })
        });
        let file = arguments.text(&["-f", "--file", "--dockerfile", "--dockerfile-path"]);
        let from_input =
            |text: &Option<Text>| text.as_ref().and_then(Text::as_literal) == Some("-");
        if from_input(&file) || from_input(&context) && file.is_none() {
            let what = "the Dockerfile comes from standard input";
            out.push(self.lost(span_of(words), what));
            return;
        }
        let target = Target::Image {
            file,
            context: context.unwrap_or_else(|| Text::literal(".")),
            stage: arguments.text(&["--target"]),
        };
        let passes = self.passes(&arguments, &["--build-arg", "--build-args"], "--build-arg");
        self.place_call(words, target, (passes, manner), out);
    }

    fn place_call(
        &self,
        words: &[Word],
        target: Target,
        (passes, manner): (Vec<Setting>, &Manner),
        out: &mut Vec<Item>,
    ) {
        let call = Item::Call(Call {
            span: self.source.script.span(span_of(words)),
            target,
            passes,
            sudo: manner.sudo,
        });
        let manner = manner.clone();
        self.place(vec![call], manner, span_of(words), out);
    }

    /// `docker compose build`, `up`, `run`.
    fn compose(&mut self, words: &[Word], rest: &[Word], manner: &Manner, out: &mut Vec<Item>) {
        let arguments = Arguments::new(rest, &COMPOSE_VALUES, false);
        let mut names = arguments
            .positional
            .iter()
            .filter_map(|(_, word)| word.literal());
        let names: Vec<String> = match names.next() {
            Some("build" | "up" | "create") => names.map(str::to_owned).collect(),
            Some("run") => names.take(1).map(str::to_owned).collect(),
            _ => return,
        };
        let passes = self.passes(&arguments, &["--build-arg"], "--build-arg");
        self.composed(words, (&arguments, names, false), (passes, manner), out);
    }

    /// `docker buildx bake`.
    fn bake(&mut self, words: &[Word], rest: &[Word], manner: &Manner, out: &mut Vec<Item>) {
        let arguments = Arguments::new(rest, &COMPOSE_VALUES, false);
        let names = arguments
            .positional
            .iter()
            .filter_map(|(_, word)| word.literal());
        let names = names.map(str::to_owned).collect();
        let passes = arguments
            .values(&["--set"])
            .filter_map(|(word, skip)| {
                let shown = word.shown();
                let (target, _) = shown.get(skip..)?.split_once(".args.")?;
                self.passed(word, skip + target.len() + ".args.".len(), "--set")
            })
            .collect();
        self.composed(words, (&arguments, names, true), (passes, manner), out);
    }

    fn composed(
        &self,
        words: &[Word],
        (arguments, names, bake): (&Arguments<'_>, Vec<String>, bool),
        (passes, manner): (Vec<Setting>, &Manner),
        out: &mut Vec<Item>,
    ) {
        let mut files: Vec<Option<Text>> = arguments
            .values(&["-f", "--file"])
            .map(|(word, skip)| Some(without(word, skip)))
            .collect();
        if files.is_empty() {
            files.push(None);
        }
        for file in files {
            let names = names.clone();
            let target = Target::Compose { file, names, bake };
            self.place_call(words, target, (passes.clone(), manner), out);
        }
    }

    /// `docker run -e X image command`: sees only what it is given.
    fn run_container(
        &mut self,
        words: &[Word],
        rest: &[Word],
        manner: &Manner,
        out: &mut Vec<Item>,
    ) {
        let arguments = Arguments::new(rest, &RUN_VALUES, true);
        let Some((at, image)) = arguments.positional.first() else {
            return;
        };
        let passes = self.passes(&arguments, &["-e", "--env"], "-e");
        let mut items = Vec::new();
        for (file, skip) in arguments.values(&["--env-file"]) {
            let target = Target::Script {
                path: without(file, skip),
                sourced: true,
                exports: true,
            };
            items.push(self.call(file.range.clone(), target));
        }
        let entry = arguments.values(&["--entrypoint"]).last();
        let mut command: Vec<Word> = entry
            .map(|(word, skip)| Word {
                text: without(word, skip),
                range: word.range.clone(),
                quoted: word.quoted,
            })
            .into_iter()
            .collect();
        command.extend_from_slice(&rest[at + 1..]);
        let before = items.len();
        if !command.is_empty() {
            self.invoke(&command, Manner::default(), &mut items);
        }
        if items.len() == before {
            return;
        }
        let is_exec = words
            .iter()
            .take(3)
            .any(|word| word.literal() == Some("exec"));
        let image = Located {
            text: image.text.clone(),
            span: self.source.script.span(image.range.clone()),
        };
        let mut block = self.block(
            "container",
            crate::block::Boundary::Closed,
            span_of(words),
            items,
        );
        block.image = (!is_exec).then_some(image);
        let item = Item::Enclosed { block, passes };
        self.place(vec![item], manner.clone(), span_of(words), out);
    }

    /// `make -C folder -f file NAME=value target`.
    pub(super) fn make(&mut self, words: &[Word], manner: &Manner, out: &mut Vec<Item>) {
        let arguments = Arguments::new(&words[1..], &MAKE_VALUES, false);
        let mut passes = Vec::new();
        let mut targets = Vec::new();
        for (_, word) in &arguments.positional {
            if let Some(assignment) = make_assignment(word) {
                passes.push(self.handed(assignment, "make argument"));
            } else if word.shown().bytes().all(|byte| byte.is_ascii_digit()) {
                // The number of `-j 4`.
            } else if word.shown().contains('=') {
                // A variable of make whose name no shell takes: `test-flags=`.
            } else if let Some(target) = word.literal() {
                targets.push(target.to_owned());
            } else {
                let what = format!("which target {} is, no file says", word.shown());
                out.push(self.lost(word.range.clone(), what));
                return;
            }
        }
        let target = Target::Make {
            file: arguments.text(&["-f", "--file", "--makefile"]),
            folder: arguments.text(&["-C", "--directory"]),
            targets,
        };
        self.place_call(words, target, (passes, manner), out);
    }
}

/// `NAME=value`, `NAME:=value` or `NAME?=value` on make's command line.
fn make_assignment(word: &Word) -> Option<super::words::Assignment> {
    word.assignment(0).or_else(|| {
        let shown = word.shown();
        let name = crate::interpolate::name_at(&shown);
        let sign = [":=", "?=", "+=", "::="]
            .into_iter()
            .find(|sign| shown[name.len()..].starts_with(sign))?;
        let skip = name.len() + sign.len();
        (!name.is_empty()).then(|| super::words::Assignment {
            name: name.to_owned(),
            value: without(word, skip),
            range: (word.range.start + skip).min(word.range.end)..word.range.end,
            whole: word.range.clone(),
        })
    })
}
