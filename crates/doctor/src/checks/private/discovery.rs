//! From a module path to its repository, as Go finds it.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use crate::checks::Check;
use crate::checks::http::ask;
use crate::checks::situation::Situation;

/// Hosts whose repositories Go knows without asking: the number of path elements of a repository.
const KNOWN: [(&str, usize); 3] = [
    ("github.com", 3),
    ("bitbucket.org", 3),
    ("git.openstack.org", 3),
];

/// Suffixes that end a repository's path.
const SUFFIXES: [&str; 4] = [".git", ".hg", ".svn", ".fossil"];

/// How much of a page is read: the tags stand in its head.
const PAGE_BYTES: usize = 256 << 10;

/// The repository of the module at `path`, with the check that was made on the way, if one was.
pub(super) async fn repository(
    situation: &Situation,
    path: &str,
) -> Result<(String, Option<Check>), Check> {
    if let Some(known) = without_asking(path) {
        return Ok((known, None));
    }
    let id = "private.metadata";
    let (host, _) = path.split_once('/').unwrap_or((path, ""));
    let url = Url::parse(&format!("https://{path}?go-get=1"));
    let url =
        url.map_err(|error| Check::fail(id, error.to_string(), "correct the path in go.mod"))?;
    let answer = ask(situation, url, None, None, PAGE_BYTES).await.map_err(|error| {
        Check::fail(
            id,
            format!("https://{path}?go-get=1: {error}"),
            format!("make {host} reachable from here, or have the module served by your proxy and set GONOPROXY=none"),
        )
    })?;
    let page = String::from_utf8_lossy(&answer.body);
    match go_import(&page, path) {
        Some((system, repository)) => {
            let told = Check::ok(
                id,
                format!(
                    "{system} at {}",
                    crate::checks::redact::hide_userinfo(&repository)
                ),
            );
            Ok((repository, Some(told)))
        }
        None => Err(Check::fail(
            id,
            format!(
                "https://{path}?go-get=1 answers {} without a go-import tag for this path",
                answer.status
            ),
            format!(
                "if {host} wants a login there, add `machine {host} login USER password TOKEN` to netrc; otherwise the path in go.mod is wrong, or the host knows nothing of Go"
            ),
        )),
    }
}

/// Repositories that are told by the path alone.
fn without_asking(path: &str) -> Option<String> {
    let elements: Vec<&str> = path.split('/').collect();
    let known = KNOWN
        .iter()
        .find(|(host, _)| elements.first() == Some(host));
    if let Some((_, count)) = known {
        let root = elements.get(..*count)?;
        return Some(format!("https://{}", root.join("/")));
    }
    let at = elements
        .iter()
        .skip(1)
        .position(|element| SUFFIXES.iter().any(|end| element.ends_with(end)))?;
    let root = elements[..=at + 1].join("/");
    let root = SUFFIXES
        .iter()
        .find_map(|end| root.strip_suffix(end))
        .unwrap_or(&root)
        .to_owned();
    Some(format!("https://{root}"))
}

/// System and repository of the tag whose prefix the path has.
fn go_import(page: &str, path: &str) -> Option<(String, String)> {
    static META: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)<meta\s[^>]*>").ok());
    static CONTENT: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"(?i)content\s*=\s*["']([^"']*)["']"#).ok());
    let tags = META.as_ref()?.find_iter(page).map(|found| found.as_str());
    tags.filter(|tag| tag.to_ascii_lowercase().contains("go-import"))
        .find_map(|tag| {
            let content = CONTENT.as_ref()?.captures(tag)?.get(1)?.as_str();
            let fields: Vec<&str> = content.split_whitespace().collect();
            let (prefix, system, repository) = (fields.first()?, fields.get(1)?, fields.get(2)?);
            let behind = path.strip_prefix(prefix)?;
            (behind.is_empty() || behind.starts_with('/'))
                .then(|| ((*system).to_owned(), (*repository).to_owned()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_repositories_are_known_without_asking() {
        for (path, wanted) in [
            ("github.com/a/b/c/v2", Some("https://github.com/a/b")),
            (
                "git.corp.example/team/lib.git",
                Some("https://git.corp.example/team/lib"),
            ),
            (
                "git.corp.example/team/lib.git/sub",
                Some("https://git.corp.example/team/lib"),
            ),
            ("git.corp.example/team/lib", None),
        ] {
            assert_eq!(without_asking(path).as_deref(), wanted, "{path}");
        }
    }

    #[test]
    fn tags_are_read_in_any_order_of_attributes() {
        let page = r#"<html><META content='git.corp.example/x git https://git.corp.example/x.git' name="go-import">
            <meta name="go-import" content="git.corp.example/team git ssh://git@git.corp.example/team">"#;
        let found = go_import(page, "git.corp.example/team/lib");
        assert_eq!(found.unwrap().1, "ssh://git@git.corp.example/team");
        assert_eq!(go_import(page, "git.corp.example/teams"), None);
        assert_eq!(go_import("", "a.example"), None);
    }
}
