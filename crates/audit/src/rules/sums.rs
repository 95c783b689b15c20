//! go.sum: which modules need one, and what keeps it away.

use gomod::pattern::path_match;
use ignore::gitignore::GitignoreBuilder;

use crate::dialect::Dialect;
use crate::finding::Severity;
use crate::judgement::Judgement;
use crate::modules::GoModule;
use crate::repository::Repository;
use crate::source::Span;

use super::workspace;

/// The requirements of a module that are fetched: not those that come from a folder, by `replace` or
/// because a go.work uses it.
pub(super) fn left<'a>(judgement: &Judgement<'a>, module: &'a GoModule) -> Vec<&'a str> {
    let used = workspace::beside(judgement.repository, module);
    let is_used = |path: &str| {
        used.iter().any(|other| {
            let content = other.content.as_ref();
            let line = content.and_then(|content| content.module.as_ref());
            line.is_some_and(|line| line.path == path)
        })
    };
    module.fetched().filter(|path| !is_used(path)).collect()
}

/// Whether a go.work with sums of its own uses the module.
pub(super) fn is_in_workspace(judgement: &Judgement<'_>, module: &GoModule) -> bool {
    let work = workspace::of(judgement.repository, module);
    work.is_some_and(|work| {
        let path = &judgement.repository.file(work).path;
        judgement.repository.find(&format!("{path}.sum")).is_some()
    })
}

/// How bad it is to have none: what is vendored builds without.
pub(super) fn severity(judgement: &Judgement<'_>, module: &GoModule) -> Severity {
    if is_vendored(judgement.repository, module) {
        Severity::Warning
    } else {
        Severity::Error
    }
}

/// Whether builds of a module take its requirements from vendor/.
pub(super) fn is_vendored(repository: &Repository, module: &GoModule) -> bool {
    repository
        .find(&beside(module, "vendor/modules.txt"))
        .is_some()
}

/// The path of a file beside a module's go.mod.
pub(super) fn beside(module: &GoModule, name: &str) -> String {
    if module.folder.is_empty() {
        name.to_owned()
    } else {
        format!("{}/{name}", module.folder)
    }
}

/// The line of an ignore file of this name that matches a path.
pub(super) fn ignored(judgement: &Judgement<'_>, name: &str, path: &str) -> Option<Span> {
    let repository = judgement.repository;
    let files = repository.files().filter(|(id, file)| {
        repository.dialect(*id) == Dialect::Ignore
            && (file.path == name || file.path.ends_with(&format!("/{name}")))
    });
    files.into_iter().find_map(|(id, file)| {
        let folder = file.path.strip_suffix(name)?;
        let inside = path.strip_prefix(folder)?;
        // Patterns of Docker begin at the context, those without a slash too.
        let is_rooted = name == ".dockerignore";
        let mut builder = GitignoreBuilder::new("");
        for line in file.text().lines() {
            let line = line.trim_end();
            let _ = match line.strip_prefix('!') {
                Some(rest) if is_rooted => builder.add_line(None, &format!("!{}", rooted(rest))),
                _ if is_rooted && !line.starts_with('#') => builder.add_line(None, &rooted(line)),
                _ => builder.add_line(None, line),
            };
        }
        let matched = builder.build().ok()?;
        let found = matched.matched_path_or_any_parents(inside, false);
        let glob = found.is_ignore().then(|| found.inner().copied())??;
        let written = glob.original();
        let number = file.text().lines().position(|line| {
            let line = line.trim_end();
            line == written || is_rooted && rooted(line) == written
        })?;
        Some(Span::new(id, file.line_range(number + 1)?))
    })
}

/// A pattern as git would write it to match at the root only.
fn rooted(pattern: &str) -> String {
    let pattern = pattern.trim().trim_start_matches("./");
    if pattern.is_empty() || pattern.starts_with(['/', '!']) || pattern.starts_with("**") {
        return pattern.to_owned();
    }
    format!("/{pattern}")
}

/// Whether a path or pattern of a `COPY` takes a file of this name along: itself, or a folder.
pub(super) fn takes(source: &str, name: &str) -> bool {
    let last = source.trim_end_matches('/').rsplit('/').next();
    let last = last.unwrap_or_default();
    if source.ends_with('/') || matches!(last, "." | "" | "..") {
        return true;
    }
    if last.contains(['*', '?', '[']) {
        return path_match(last, name).unwrap_or(true);
    }
    // A name without a dot is a folder more often than not.
    last == name || !last.contains('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_take_files_along() {
        for (source, takes_it) in [
            (".", true),
            ("./", true),
            ("go.sum", true),
            ("./go.sum", true),
            ("go.*", true),
            ("go.*um", true),
            ("src", true),
            ("src/", true),
            ("go.mod", false),
            ("./sub/go.mod", false),
            ("*.go", false),
            ("main.go", false),
        ] {
            assert_eq!(takes(source, "go.sum"), takes_it, "{source}");
        }
    }
}
