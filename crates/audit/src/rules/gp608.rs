//! GP608 secret-mount-persisted.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use std::ops::Range;

use crate::dialects::dockerfile::detail::{InstructionKind, Mount, RunInstruction};
use crate::finding::{Edit, Safety};
use crate::source::Span;

use super::builds;

/// A secret of the build is copied into a layer.
pub(super) const RULE: Rule = Rule {
    id: "GP608",
    name: "secret-mount-persisted",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a secret of the build is copied into a layer",
    page: "A secret mount leaves nothing behind, but what a command copies from it does: a netrc in the home, a token in the configuration of git. It is in the layer even if a later `RUN` deletes it.\n\nPoint the program to the mount instead: `NETRC=/run/secrets/netrc go mod download`.",
    examples: &[
        Example {
            title: "a netrc in the home",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nRUN --mount=type=secret,id=netrc cp /run/secrets/netrc /root/.netrc && go mod download\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: Some(
                "FROM golang:1.25\nRUN --mount=type=secret,id=netrc export NETRC=/run/secrets/netrc && go mod download\n",
            ),
        },
        Example {
            title: "a token for git",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nRUN --mount=type=secret,id=token git config --global url.\"https://x:$(cat /run/secrets/token)@git.corp.example/\".insteadOf https://git.corp.example/ && go mod download\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: None,
        },
        Example {
            title: "through a variable",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nRUN --mount=type=secret,id=token TOKEN=$(cat /run/secrets/token); echo \"machine git.corp.example login ci password $TOKEN\" > /root/.netrc; go mod download\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: None,
        },
        Example {
            title: "gone before the layer ends",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nRUN --mount=type=secret,id=netrc cp /run/secrets/netrc ~/.netrc && go mod download && rm ~/.netrc\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "read where it is",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nRUN --mount=type=secret,id=netrc,target=/root/.netrc go mod download\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for build in builds::all(judgement) {
        for stage in build.stages() {
            for instruction in stage.own() {
                let InstructionKind::Run(run) = &instruction.kind else {
                    continue;
                };
                let Some(kept) = kept(judgement.repository.slice(run.command), run) else {
                    continue;
                };
                let message = format!(
                    "the secret stays in the layer as `{}`; let the program read the mount, as with NETRC=/run/secrets/netrc",
                    kept.place
                );
                let mut finding = Finding::new(rule, Some(instruction.span), message);
                finding.site = stage.title();
                if let Some((from, range)) = kept.copies.filter(|_| kept.place.ends_with("netrc")) {
                    let start = run.command.start as usize;
                    let edit = Edit {
                        span: Span::new(build.file, start + range.start..start + range.end),
                        text: format!("export NETRC={from}"),
                    };
                    finding =
                        finding.with_fix("read it where it is mounted", Safety::Unsafe, vec![edit]);
                }
                findings.push(finding);
            }
        }
    }
}

/// Where a secret went.
struct Kept {
    place: String,
    /// A plain copy: from where, and which part of the script does it.
    copies: Option<(String, Range<usize>)>,
}

/// What a script keeps of the secrets that are mounted.
fn kept(script: &str, run: &RunInstruction) -> Option<Kept> {
    let is_secret = |mount: &&Mount| {
        mount
            .field("type")
            .is_some_and(|kind| kind.text.to_string() == "secret")
    };
    let mut secrets: Vec<String> = run
        .mounts
        .iter()
        .filter(is_secret)
        .flat_map(names)
        .collect();
    if secrets.is_empty() {
        return None;
    }
    let parts: Vec<(Range<usize>, &str)> = parts(script);
    for (at, (range, part)) in parts.iter().enumerate() {
        if !secrets.iter().any(|secret| part.contains(secret.as_str())) {
            continue;
        }
        let words: Vec<&str> = part.split_whitespace().collect();
        if let Some(name) = assigned(&words) {
            secrets.push(format!("${name}"));
            secrets.push(format!("${{{name}}}"));
        }
        let Some(place) = destination(&words) else {
            continue;
        };
        let is_mounted = run.mounts.iter().any(|mount| {
            let target = mount.field("target").map(|target| target.text.to_string());
            target.is_some_and(|target| place.starts_with(&target))
        });
        let is_gone = parts[at + 1..]
            .iter()
            .any(|(_, later)| takes_away(later, &place));
        if is_mounted || is_gone || place.starts_with("/dev/") {
            continue;
        }
        let copies = match words.as_slice() {
            ["cp", from, _] => Some(((*from).to_owned(), range.clone())),
            _ => None,
        };
        return Some(Kept { place, copies });
    }
    None
}

/// How a script speaks of a mounted secret: by its file and by its variable.
fn names(mount: &Mount) -> Vec<String> {
    let field = |name: &str| mount.field(name).map(|field| field.text.to_string());
    let id = field("id");
    let file = field("target").or_else(|| id.map(|id| format!("/run/secrets/{id}")));
    let mut names: Vec<String> = file.into_iter().collect();
    if let Some(env) = field("env") {
        names.extend([format!("${env}"), format!("${{{env}}}")]);
    }
    names.retain(|name| name.len() > 1);
    names
}

/// The commands of a script, roughly: what stands between `&&`, `||`, `;`, `|` and line ends.
fn parts(script: &str) -> Vec<(Range<usize>, &str)> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, sign) in script
        .match_indices(['&', '|', ';', '\n'])
        .chain([(script.len(), "")])
    {
        let part = &script[start..at];
        let trimmed = part.trim().trim_end_matches('\\').trim();
        if !trimmed.is_empty() {
            let begin = start + (part.len() - part.trim_start().len());
            found.push((begin..begin + trimmed.len(), trimmed));
        }
        start = at + sign.len();
    }
    found
}

/// The variable that a command sets: `X=…`, `export X=…`.
fn assigned<'w>(words: &[&'w str]) -> Option<&'w str> {
    let (["export", word, ..] | [word, ..]) = words else {
        return None;
    };
    let (name, _) = word.split_once('=')?;
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        .then_some(name)
}

/// The file that a command writes.
fn destination(words: &[&str]) -> Option<String> {
    let redirected = words.iter().enumerate().find_map(|(at, word)| {
        let path = word.strip_prefix(">>").or_else(|| word.strip_prefix('>'))?;
        match path {
            "" => words.get(at + 1).copied(),
            path => Some(path),
        }
    });
    let place = match (redirected, words) {
        (Some(path), _) => path,
        (None, ["cp" | "mv" | "install", .., last]) => last,
        (None, ["tee", rest @ ..]) => rest.iter().find(|word| !word.starts_with('-'))?,
        (None, ["git", "config", rest @ ..])
            if rest
                .iter()
                .any(|word| matches!(*word, "--global" | "--system")) =>
        {
            ".gitconfig"
        }
        (None, ["go", "env", "-w", ..]) => "go/env",
        _ => return None,
    };
    Some(place.trim_matches(['"', '\'']).to_owned())
}

/// Whether a command deletes what was written.
fn takes_away(part: &str, place: &str) -> bool {
    let file = place.rsplit('/').next().unwrap_or(place);
    let mut words = part.split_whitespace();
    match words.next() {
        Some("rm" | "shred" | "unlink") => part.contains(file),
        Some("git") => {
            place == ".gitconfig" && (part.contains("--unset") || part.contains("--remove-section"))
        }
        Some("go") => place == "go/env" && part.contains("env -u"),
        _ => false,
    }
}
