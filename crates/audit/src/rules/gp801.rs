//! GP801 vendor-inconsistent.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use std::collections::BTreeMap;
use std::ops::Range;

use gomod::ModFile;

use crate::source::Span;

/// Vendor/modules.txt does not fit go.mod.
pub(super) const RULE: Rule = Rule {
    id: "GP801",
    name: "vendor-inconsistent",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "vendor/modules.txt does not fit go.mod",
    page: "`go build` with a vendor folder compares the two files and refuses: `inconsistent vendoring`. With `-mod=mod` it builds something else than what is in the folder.\n\nRun `go mod vendor` and commit the result together with go.mod.",
    examples: &[
        Example {
            title: "another version",
            files: &[
                (
                    "go.mod",
                    "module a.example/m\n\ngo 1.24\n\nrequire b.example/x v1.2.0\n",
                ),
                (
                    "vendor/modules.txt",
                    "# b.example/x v1.1.0\n## explicit; go 1.20\nb.example/x\n",
                ),
            ],
            policy: None,
            finds: &["go.mod:5"],
            fixed: None,
        },
        Example {
            title: "not required any more",
            files: &[
                ("go.mod", "module a.example/m\n\ngo 1.24\n"),
                (
                    "vendor/modules.txt",
                    "# b.example/x v1.1.0\n## explicit; go 1.20\nb.example/x\n",
                ),
            ],
            policy: None,
            finds: &["vendor/modules.txt:1"],
            fixed: None,
        },
        Example {
            title: "a replacement that is not there",
            files: &[
                (
                    "go.mod",
                    "module a.example/m\n\ngo 1.24\n\nrequire b.example/x v1.2.0\n\nreplace b.example/x => ../x\n",
                ),
                (
                    "vendor/modules.txt",
                    "# b.example/x v1.2.0\n## explicit; go 1.20\nb.example/x\n",
                ),
            ],
            policy: None,
            finds: &["go.mod:5"],
            fixed: None,
        },
        Example {
            title: "as `go mod vendor` writes it",
            files: &[
                (
                    "go.mod",
                    "module a.example/m\n\ngo 1.24\n\nrequire (\n	b.example/x v1.2.0\n	c.example/y v0.1.0 // indirect\n)\n\nreplace b.example/x => ../x\n",
                ),
                (
                    "vendor/modules.txt",
                    "# b.example/x v1.2.0 => ../x\n## explicit; go 1.20\nb.example/x\n# c.example/y v0.1.0\n## explicit\nc.example/y\n# d.example/z v1.0.0\n## go 1.18\nd.example/z\n# b.example/x => ../x\n",
                ),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "a workspace",
            files: &[
                (
                    "go.mod",
                    "module a.example/m\n\ngo 1.24\n\nrequire b.example/x v1.2.0\n",
                ),
                (
                    "vendor/modules.txt",
                    "## workspace\n# b.example/x v1.3.0\n## explicit; go 1.20\nb.example/x\n",
                ),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let repository = judgement.repository;
    for module in &repository.modules {
        let path = if module.folder.is_empty() {
            "vendor/modules.txt".to_owned()
        } else {
            format!("{}/vendor/modules.txt", module.folder)
        };
        let (Some(content), Some(list)) = (&module.content, repository.find(&path)) else {
            continue;
        };
        let text = repository.file(list).text();
        // A workspace has go.work for it, and modules before 1.14 do not say what is explicit.
        if text.starts_with("## workspace") || is_before(content.go.as_deref(), 14) {
            continue;
        }
        let vendored = Vendored::read(text);
        let mut faults = faults(content, &vendored).into_iter();
        let Some(Fault { path, at, message }) = faults.next() else {
            continue;
        };
        let span = match at {
            Some(at) => Span::new(list, at),
            None => module.place(repository, &path),
        };
        let more = match faults.count() {
            0 => String::new(),
            count => format!(", and {count} more"),
        };
        let message = format!("{message}{more}; run `go mod vendor`");
        findings.push(Finding::new(rule, Some(span), message));
    }
}

/// A difference.
struct Fault {
    path: String,
    /// Where in modules.txt; `None`: in go.mod.
    at: Option<Range<usize>>,
    message: String,
}

/// A module, or with an empty version all of a path.
type Key = (String, String);

/// What modules.txt says of a module.
#[derive(Default)]
struct Entry {
    at: Range<usize>,
    is_explicit: bool,
    /// What it is replaced by.
    by: Option<Key>,
}

/// What modules.txt says, as cmd/go reads it (modload/vendor.go).
struct Vendored {
    entries: BTreeMap<Key, Entry>,
}

impl Vendored {
    fn read(text: &str) -> Self {
        let mut entries: BTreeMap<Key, Entry> = BTreeMap::new();
        let mut current: Option<Key> = None;
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let begin = at;
            at += line.len();
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                ["#", path, "=>", rest @ ..] => {
                    current = Some(((*path).to_owned(), String::new()));
                    note(
                        &mut entries,
                        current.as_ref(),
                        begin + 2..begin + 2 + path.len(),
                        rest,
                    );
                }
                ["#", path, version, rest @ ..] if version.starts_with('v') => {
                    current = Some(((*path).to_owned(), (*version).to_owned()));
                    let by = rest.strip_prefix(&["=>"]).unwrap_or_default();
                    note(
                        &mut entries,
                        current.as_ref(),
                        begin + 2..begin + 2 + path.len(),
                        by,
                    );
                }
                ["#", ..] => current = None,
                ["##", ..] => {
                    let says = line.trim_start_matches('#').split(';');
                    let mut says = says.map(str::trim);
                    let entry = current.as_ref().and_then(|key| entries.get_mut(key));
                    if let Some(entry) = entry {
                        entry.is_explicit |= says.any(|word| word == "explicit");
                    }
                }
                _ => {}
            }
        }
        Self { entries }
    }
}

/// Notes a module and what replaces it.
fn note(entries: &mut BTreeMap<Key, Entry>, key: Option<&Key>, at: Range<usize>, by: &[&str]) {
    let Some(key) = key else {
        return;
    };
    let entry = entries.entry(key.clone()).or_default();
    entry.at = at;
    match by {
        [path] => entry.by = Some(((*path).to_owned(), String::new())),
        [path, version] => entry.by = Some(((*path).to_owned(), (*version).to_owned())),
        _ => {}
    }
}

/// The differences, in the order of go.mod and then of modules.txt.
fn faults(content: &ModFile, vendored: &Vendored) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut push = |path: &str, at: Option<Range<usize>>, message: String| {
        faults.push(Fault {
            path: path.to_owned(),
            at,
            message,
        });
    };
    for require in &content.require {
        let key = (require.path.clone(), require.version.clone());
        if !vendored
            .entries
            .get(&key)
            .is_some_and(|entry| entry.is_explicit)
        {
            let message = format!(
                "go.mod requires {} {}, which vendor/modules.txt does not have as explicit",
                require.path, require.version
            );
            push(&require.path, None, message);
        }
    }
    for replace in &content.replace {
        let key = (
            replace.old_path.clone(),
            replace.old_version.clone().unwrap_or_default(),
        );
        let by = (
            replace.new_path.clone(),
            replace.new_version.clone().unwrap_or_default(),
        );
        let noted = vendored
            .entries
            .get(&key)
            .and_then(|entry| entry.by.as_ref());
        if noted != Some(&by) {
            let message = format!(
                "go.mod replaces {} by {}, which vendor/modules.txt does not say",
                replace.old_path, replace.new_path
            );
            push(&replace.old_path, None, message);
        }
    }
    for ((path, version), entry) in &vendored.entries {
        let is_required = || {
            let mut requires = content.require.iter();
            requires.any(|require| require.path == *path && require.version == *version)
        };
        let is_replaced = || {
            content
                .replace
                .iter()
                .any(|replace| replace.old_path == *path)
        };
        if entry.is_explicit && !is_required() {
            let message = format!(
                "vendor/modules.txt has {path} {version} as explicit, which go.mod does not require"
            );
            push(path, Some(entry.at.clone()), message);
        } else if entry.by.is_some() && !is_replaced() {
            let message = format!(
                "vendor/modules.txt has a replacement for {path}, which go.mod does not replace"
            );
            push(path, Some(entry.at.clone()), message);
        }
    }
    faults
}

/// Whether go.mod is written for a Go before 1.`minor`; without a line it is.
fn is_before(go: Option<&str>, minor: u32) -> bool {
    let Some(go) = go else {
        return true;
    };
    let mut parts = go.split('.');
    let major = parts.next();
    let digits = |part: &str| -> Option<u32> {
        let end = part
            .find(|letter: char| !letter.is_ascii_digit())
            .unwrap_or(part.len());
        part[..end].parse().ok()
    };
    major == Some("1")
        && parts
            .next()
            .and_then(digits)
            .is_some_and(|found| found < minor)
}
