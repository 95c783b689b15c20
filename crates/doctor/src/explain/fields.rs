//! What a record names: module, version, host and so on, by the groups of the pattern and by what follows from
//! them.

use std::sync::LazyLock;

use gomod::path::{unescape_path, unescape_version};
use regex::{Captures, Regex};

/// Values by name.
pub(super) type Fields = Vec<(&'static str, String)>;

/// Names that a pattern's groups may have, and what they are called outside. A group that has two places in a
/// pattern has a 2 behind its name in the second.
const GROUPS: [(&str, &str); 39] = [
    ("module", "module"),
    ("version", "version"),
    ("url", "url"),
    ("url2", "url"),
    ("host", "host"),
    ("host2", "host"),
    ("port", "port"),
    ("proxy", "proxy"),
    ("rev", "rev"),
    ("user", "user"),
    ("got", "got"),
    ("want", "want"),
    ("want2", "want"),
    ("have", "have"),
    ("tc", "toolchain"),
    ("bad", "value"),
    ("v", "value"),
    ("word", "value"),
    ("arg", "value"),
    ("flag", "flag"),
    ("code", "status"),
    ("reason", "reason"),
    ("pkg", "package"),
    ("vcs", "vcs"),
    ("what", "kind"),
    ("ca", "file"),
    ("file", "file"),
    ("at", "file_line"),
    ("dir", "folder"),
    ("var", "variable"),
    ("var2", "variable"),
    ("mod", "mode"),
    ("mod2", "mode"),
    ("addr", "address"),
    ("ip", "address"),
    ("resolver", "resolver"),
    ("now", "now"),
    ("limit", "limit"),
    ("sumdb", "sumdb"),
];

/// Hosts on which the first element below the host is whose modules they are.
const SHARED_HOSTS: [&str; 4] = ["github.com", "gitlab.com", "bitbucket.org", "codeberg.org"];

static MODULE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?:^|[\s("])(?P<module>[^\s@:"()]+\.[^\s@:"()]*)@(?P<version>v\d[^\s:,;)"]*)"#)
        .ok()
});
static ADDRESS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?P<url>(?:https?|ssh|git)://[^\s"']+[^\s"':,;)])"#).ok());

/// What a match of a pattern in `text` names.
pub(super) fn extract(captures: &Captures<'_>, text: &str) -> Fields {
    let mut fields = Fields::new();
    for (group, name) in GROUPS {
        if let Some(value) = captures.name(group) {
            add(&mut fields, name, value.as_str());
        }
    }
    if let Some(found) = ADDRESS.as_ref().and_then(|address| address.captures(text)) {
        add(&mut fields, "url", &found["url"]);
    }
    from_url(&mut fields);
    if get(&fields, "module").is_none_or(str::is_empty)
        && let Some(found) = MODULE.as_ref().and_then(|module| module.captures(text))
    {
        add(&mut fields, "module", &found["module"]);
        add(&mut fields, "version", &found["version"]);
    }
    // A look-up in the checksum database has its module escaped.
    if let Some((_, value)) = fields.iter_mut().find(|(name, _)| *name == "module")
        && let Ok(plain) = unescape_path(value)
    {
        *value = plain;
    }
    fields
}

/// The value called `name`.
pub(super) fn get<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    let mut named = fields.iter().filter(|(field, _)| *field == name);
    named.next().map(|(_, value)| value.as_str())
}

/// The value that a text of the catalogue calls `name`, which may be a group's name.
pub(super) fn get_for_text(fields: &Fields, name: &str) -> Option<String> {
    if name == "pattern" {
        return pattern(get(fields, "module").or_else(|| get(fields, "package"))?);
    }
    let outside = GROUPS.iter().find(|(group, _)| *group == name);
    let name = outside.map_or(name, |(_, outside)| outside);
    get(fields, name).map(str::to_owned)
}

fn add(fields: &mut Fields, name: &'static str, value: &str) {
    if !value.is_empty() && get(fields, name).is_none() {
        fields.push((name, value.to_owned()));
    }
}

/// Host, port, proxy, module and version, as far as the address holds them.
fn from_url(fields: &mut Fields) {
    let proxy = get(fields, "proxy").map(str::to_owned);
    let Some(url) = get(fields, "url").or(proxy.as_deref()).map(str::to_owned) else {
        return;
    };
    let Some((scheme, rest)) = url.split_once("://") else {
        return;
    };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = authority.rsplit('@').next().unwrap_or(authority);
    add(fields, "host", host);
    if let Some((_, port)) = host.rsplit_once(':')
        && port.bytes().all(|byte| byte.is_ascii_digit())
    {
        add(fields, "port", port);
    }
    let Some((before, after)) = path.split_once("/@") else {
        return;
    };
    let Some(start) = module_start(before) else {
        return;
    };
    let base = before[..start].trim_end_matches('/');
    let slash = if base.is_empty() { "" } else { "/" };
    add(
        fields,
        "proxy",
        &format!("{scheme}://{authority}{slash}{base}"),
    );
    if let Ok(module) = unescape_path(&before[start..]) {
        add(fields, "module", &module);
    }
    let file = after.strip_prefix("v/").unwrap_or_default();
    let version = [".info", ".mod", ".zip"]
        .iter()
        .find_map(|suffix| file.strip_suffix(suffix));
    if let Some(Ok(version)) = version.map(unescape_version) {
        add(fields, "version", &version);
    }
}

/// Where a module begins in the path of an address: at its first element with a dot.
fn module_start(path: &str) -> Option<usize> {
    let mut start = 0;
    for element in path.split('/') {
        if element.contains('.') {
            return Some(start);
        }
        start += element.len() + 1;
    }
    None
}

/// The pattern for GOPRIVATE that covers a module and its neighbours.
fn pattern(module: &str) -> Option<String> {
    let mut elements = module.split('/');
    let host = elements.next().filter(|host| host.contains('.'))?;
    if SHARED_HOSTS.contains(&host) {
        return Some(format!("{host}/{}", elements.next()?));
    }
    Some(host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pattern: &str, text: &str) -> Vec<(&'static str, String)> {
        let pattern = Regex::new(pattern).unwrap();
        extract(&pattern.captures(text).unwrap(), text)
    }

    #[test]
    fn an_address_tells_proxy_module_and_version() {
        let text = "reading https://p.corp:8443/api/go/all/github.com/!azure/x/@v/v1.0.0-!r!c.mod: 404 Not Found";
        let fields = found(r"reading (?P<url>\S+): 404", text);
        let table = [
            ("host", "p.corp:8443"),
            ("port", "8443"),
            ("proxy", "https://p.corp:8443/api/go/all"),
            ("module", "github.com/Azure/x"),
            ("version", "v1.0.0-RC"),
        ];
        for (name, wanted) in table {
            assert_eq!(get(&fields, name), Some(wanted), "{name}");
        }
        assert_eq!(
            get_for_text(&fields, "pattern").as_deref(),
            Some("github.com/Azure")
        );
    }

    #[test]
    fn the_text_tells_what_the_pattern_does_not() {
        let text = "go: git.corp/a/b@v1.2.3: Get \"https://p/git.corp/a/b/@v/list\": EOF";
        let fields = found("EOF", text);
        assert_eq!(get(&fields, "module"), Some("git.corp/a/b"));
        assert_eq!(get(&fields, "host"), Some("p"));
        let fields = found("bad", "verifying git.corp/a/b@v1.2.3: bad");
        assert_eq!(get(&fields, "version"), Some("v1.2.3"));
        assert_eq!(
            get_for_text(&fields, "pattern").as_deref(),
            Some("git.corp")
        );
    }
}
