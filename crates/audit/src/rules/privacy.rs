//! Which modules are private, and who would be told of them.

use std::collections::BTreeSet;

use gomod::{ModulePath, Patterns};
use policy::Policy;

use crate::dialect::Dialect;
use crate::environment::Value;
use crate::finding::{Edit, Finding, Safety};
use crate::judgement::Judgement;
use crate::modules::GoModule;
use crate::site::Site;
use crate::source::Span;

use super::{patterns, proxy_list};

/// What is private in a repository.
pub(super) struct Private<'a> {
    judgement: &'a Judgement<'a>,
    /// Lists in use at some site, with the variable.
    lists: Vec<(&'static str, Patterns)>,
}

/// What the policy calls private, and without a policy what another site of the repository covers.
pub(super) fn private<'a>(judgement: &'a Judgement<'a>) -> Private<'a> {
    let mut lists = Vec::new();
    // A live environment is one site: there is no other one that could say more.
    let names = ["GOPRIVATE", "GONOPROXY", "GONOSUMDB"];
    for name in names.into_iter().filter(|_| !judgement.live) {
        for value in judgement.in_use(name) {
            let text = value.candidate.value.text().unwrap_or_default();
            let narrow: Vec<_> = text
                .split(',')
                .filter(|pattern| !patterns::is_wide(pattern))
                .collect();
            lists.push((name, Patterns::parse(&narrow.join(","))));
        }
    }
    Private { judgement, lists }
}

impl Private<'_> {
    /// Why a module is private; `None` for public ones.
    pub(super) fn reason(&self, path: &str) -> Option<String> {
        if let (Some(policy), Ok(path)) = (self.judgement.policy, ModulePath::parse(path))
            && policy.is_private(&path)
        {
            return Some("the policy says so".to_owned());
        }
        let covers = |(name, list): &(&str, Patterns)| {
            list.matching(path)
                .map(|pattern| format!("{name} has `{pattern}` elsewhere"))
        };
        self.lists.iter().find_map(covers)
    }
}

/// The module whose requirements a site fetches.
pub(super) fn module<'a>(judgement: &Judgement<'a>, site: &Site) -> Option<&'a GoModule> {
    match &site.folder {
        Some(folder) => judgement.repository.module_of(folder),
        None => match judgement.repository.modules.as_slice() {
            [only] => Some(only),
            _ => None,
        },
    }
}

/// The first entry of GOPROXY at a site that is a proxy of strangers.
pub(super) fn public_entry(policy: Option<&Policy>, site: &Site) -> Option<String> {
    let text = site.environment.text("GOPROXY")?;
    let is_public = |entry: &proxy_list::Entry<'_>| {
        entry
            .host()
            .is_some_and(|host| !policy.is_some_and(|policy| policy.approves(host)))
    };
    proxy_list::reached(text)
        .find(is_public)
        .map(|entry| entry.text.to_owned())
}

/// The host, with its port, of an entry of GOPROXY.
pub(crate) fn host(entry: &str) -> Option<&str> {
    proxy_list::entries(entry).next()?.host()
}

/// Who is told the path of a module at a site that should not be: a public proxy, the checksum database.
pub(crate) fn told(policy: Option<&Policy>, site: &Site, path: &str) -> Option<String> {
    let covered = |name: &str| match site.environment.value(name) {
        Value::Known(text) => Patterns::parse(text).matches(path),
        Value::Unset => false,
        // What is not known is not held against anybody.
        Value::Unknown(_) => true,
    };
    let unknown = |name: &str| matches!(site.environment.value(name), Value::Unknown(_));
    if unknown("GOPROXY") || unknown("GOPRIVATE") {
        return None;
    }
    // Without a policy nobody says whose a proxy is: a site that exempts the module from the database, or
    // from the proxies, has thought of it. What is missing there is for other rules to say.
    let is_exempt = |name: &str| site.environment.text(name).is_some() && covered(name);
    if policy.is_none() && (is_exempt("GONOSUMDB") || is_exempt("GONOPROXY")) {
        return None;
    }
    if !covered("GONOPROXY")
        && let Some(entry) = public_entry(policy, site)
    {
        return Some(format!("the proxy `{entry}`"));
    }
    let database = site.environment.text("GOSUMDB").unwrap_or_default();
    let is_public = database.split([' ', '+']).next() == Some(gomod::defaults::GOSUMDB);
    if !covered("GONOSUMDB") && is_public {
        return Some(format!("the checksum database `{database}`"));
    }
    None
}

/// The finding with a fix that covers `path` where GOPRIVATE is set already.
pub(super) fn covering(
    judgement: &Judgement<'_>,
    site: &Site,
    finding: Finding,
    path: &str,
) -> Finding {
    let wanted = match judgement.policy {
        Some(policy) => {
            let list: Vec<_> = policy.client.private.iter().collect();
            list.join(",")
        }
        None => path.split('/').take(2).collect::<Vec<_>>().join("/"),
    };
    let written = site.environment.get("GOPRIVATE").and_then(|variable| {
        let span = variable.span()?;
        Some((span, variable.value.text()?.to_owned()))
    });
    let Some((span, old)) = written else {
        return finding;
    };
    let raw = judgement.repository.slice(span);
    let Some(at) = raw.find(&old) else {
        return finding;
    };
    let end = span.start as usize + at + old.len();
    let missing: Vec<_> = wanted
        .split(',')
        .filter(|pattern| !old.split(',').any(|known| known == *pattern))
        .collect();
    let edit = Edit {
        span: Span::new(span.file, end..end),
        text: format!(",{}", missing.join(",")),
    };
    finding.with_fix(
        format!("add `{}`", missing.join(",")),
        Safety::Safe,
        vec![edit],
    )
}

/// The paths of all modules that a repository is known to use: its own, those of its go.mod and go.sum
/// files, those that commands name with a version. Empty where go.sum does not tell all of them.
pub(super) fn known_paths<'a>(judgement: &Judgement<'a>) -> BTreeSet<&'a str> {
    let repository = judgement.repository;
    let mut paths = BTreeSet::new();
    for (id, file) in repository.files() {
        if repository.dialect(id) == Dialect::GoSum {
            paths.extend(
                file.text()
                    .lines()
                    .filter_map(|line| line.split(' ').next()),
            );
        }
    }
    if paths.is_empty() {
        return paths;
    }
    for module in &repository.modules {
        let content = module.content.iter();
        for content in content {
            paths.extend(content.module.iter().map(|line| line.path.as_str()));
            paths.extend(content.require.iter().map(|require| require.path.as_str()));
        }
    }
    for site in judgement.sites {
        let words = site.words.iter();
        paths.extend(words.filter_map(|word| Some(word.split_once('@')?.0)));
    }
    paths.remove("");
    paths
}
