//! From the bytes of `policy.toml` to a [`Policy`].

use data_encoding::HEXLOWER;
use gomod::goproxy::{ProxyList, Source};
use gomod::pattern::{Patterns, path_match};
use sha2::{Digest, Sha256};

use crate::document::{Document, Fault, Located, Table};
use crate::{Client, Direct, From, Mode, NotYet, Policy, PolicyError, Route};

/// Keys at the top. [`NOT_YET`] has those that are only recognised.
const TOP: [&str; 7] = [
    "name", "mode", "client", "route", "rule", "audit", "override",
];
/// Tables that this version does not act on yet.
const NOT_YET: [(&str, &str); 3] = [
    ("rule", "[[rule]]"),
    ("audit", "[audit]"),
    ("override", "[[override]]"),
];
/// Keys of `[client]`, with what each says.
pub const CLIENT_KEYS: [(&str, &str); 4] = [
    (
        "goproxy",
        "GOPROXY of clients, in Go's grammar; required. Read, and not compared with clients yet",
    ),
    (
        "private",
        "Modules that no public upstream or checksum database may hear of; a list of patterns as in GOPRIVATE; default: none",
    ),
    (
        "sumdb",
        "GOSUMDB: what the server verifies against, unless `sumdb` of the settings says otherwise; default: Go's own",
    ),
    (
        "direct",
        "Whether clients may fetch from version control: allowed, private-only or forbidden; default: allowed. Read, and not compared with clients yet",
    ),
];
/// Keys of `[[route]]`, with what each says.
pub const ROUTE_KEYS: [(&str, &str); 2] = [
    (
        "match",
        "Modules; a list of patterns as in GOPRIVATE. The first route that matches decides; without one a module is refused",
    ),
    (
        "from",
        "Where they come from: a list in Go's GOPROXY grammar, without user or password, or vcs, which is answered \"not found\" for now",
    ),
];
const MODES: [(&str, Mode); 3] = [
    ("observe", Mode::Observe),
    ("warn", Mode::Warn),
    ("enforce", Mode::Enforce),
];
const DIRECT: [(&str, Direct); 3] = [
    ("allowed", Direct::Allowed),
    ("private-only", Direct::PrivateOnly),
    ("forbidden", Direct::Forbidden),
];

impl Policy {
    /// Reads a policy. `file_name` is how faults name it.
    ///
    /// # Errors
    /// [`PolicyError::Fault`] with file, line, key and nearest right word.
    pub fn parse(file_name: &str, bytes: &[u8]) -> Result<Self, PolicyError> {
        let document = Document::parse(file_name, bytes)?;
        let top = document.root();
        top.deny_unknown(&TOP)?;
        let mode = top
            .string("mode")?
            .map_or(Ok(Mode::Enforce), |mode| mode.choose(&MODES))?;
        Ok(Self {
            name: top.required("name")?.value.to_owned(),
            mode,
            client: client(&top)?,
            routes: top
                .tables("route")?
                .iter()
                .map(route)
                .collect::<Result<_, _>>()?,
            not_yet: not_yet(&top, file_name),
            digest: format!("sha256:{}", HEXLOWER.encode(&Sha256::digest(bytes))),
        })
    }
}

fn not_yet(top: &Table<'_>, file: &str) -> Vec<NotYet> {
    let present = NOT_YET.iter().filter(|(key, _)| top.raw(key).is_some());
    let mut tables: Vec<_> = present
        .map(|(key, table)| NotYet {
            table,
            file: file.to_owned(),
            line: top.line(key),
        })
        .collect();
    tables.sort_by_key(|table| table.line);
    tables
}

fn client(top: &Table<'_>) -> Result<Client, Fault> {
    let client = top
        .table("client")?
        .ok_or_else(|| top.missing("client.goproxy"))?;
    client.deny_unknown(&CLIENT_KEYS.map(|(name, _)| name))?;
    let direct = client
        .string("direct")?
        .map_or(Ok(Direct::Allowed), |direct| direct.choose(&DIRECT))?;
    let private = client.strings("private")?.unwrap_or_default();
    let sumdb = match client.string("sumdb")? {
        Some(sumdb) => checksum_database(&sumdb)?,
        None => gomod::defaults::GOSUMDB.to_owned(),
    };
    Ok(Client {
        goproxy: chain(&client.required("goproxy")?)?,
        private: patterns(&private)?,
        sumdb,
        direct,
    })
}

fn route(table: &Table<'_>) -> Result<Route, Fault> {
    table.deny_unknown(&ROUTE_KEYS.map(|(name, _)| name))?;
    let matches = table
        .strings("match")?
        .ok_or_else(|| table.missing("match"))?;
    if matches.is_empty() {
        let list = table.raw("match").ok_or_else(|| table.missing("match"))?;
        return Err(list.fault("names no module; \"*\" names all".to_owned()));
    }
    let written = table.required("from")?;
    let from = if written.value == "vcs" {
        From::Vcs
    } else {
        From::Chain(chain(&written)?)
    };
    Ok(Route {
        patterns: patterns(&matches)?,
        from,
        written: written.value.to_owned(),
    })
}

/// A GOPROXY list, with Go's reason when Go would refuse it. User names and
/// passwords are refused: a policy is read by everybody.
fn chain(text: &Located<'_, &str>) -> Result<ProxyList, Fault> {
    if text.value.split([',', '|']).any(has_userinfo) {
        let reason = "a policy holds no user or password: name them in modkeep.toml or netrc";
        return Err(text.fault_showing("(hidden)", reason.to_owned()));
    }
    let list = ProxyList::parse(text.value).map_err(|error| text.fault(error.to_string()))?;
    let hidden = list
        .entries()
        .iter()
        .any(|entry| matches!(&entry.source, Source::Url(url) if has_userinfo(url)));
    if hidden {
        let reason = "a policy holds no user or password: name them in modkeep.toml or netrc";
        return Err(text.fault_showing("(hidden)", reason.to_owned()));
    }
    Ok(list)
}

/// Whether the authority of `url` has a user part (RFC 3986, section 3.2.1).
fn has_userinfo(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#'])
        .next()
        .is_some_and(|authority| authority.contains('@'))
}

/// Patterns that Go would silently ignore are faults here.
fn patterns(texts: &[Located<'_, &str>]) -> Result<Patterns, Fault> {
    for text in texts {
        let reason = if text.value.is_empty() {
            "matches nothing"
        } else if text.value.contains(',') {
            "write one pattern a string"
        } else if text
            .value
            .chars()
            .any(|letter| letter.is_whitespace() || letter.is_control())
        {
            "has white space, which Go does not trim: it would match nothing"
        } else if text.value.trim_end_matches('/').is_empty() {
            "has no element: Go would ignore it"
        } else if path_match(text.value, "").is_err() {
            "is malformed: Go would ignore it"
        } else {
            continue;
        };
        return Err(text.fault(reason.to_owned()));
    }
    let list: Vec<_> = texts.iter().map(|text| text.value).collect();
    Ok(Patterns::parse(&list.join(",")))
}

/// GOSUMDB's shape: a name or key, then perhaps a URL. The key itself is
/// checked by who uses it.
fn checksum_database(text: &Located<'_, &str>) -> Result<String, Fault> {
    let fields: Vec<_> = text.value.split_whitespace().collect();
    match fields.as_slice() {
        [] => Err(text.fault("missing GOSUMDB".to_owned())),
        [_, url] if has_userinfo(url) => {
            Err(text.fault_showing("(hidden)", "a policy holds no user or password".to_owned()))
        }
        [_] | [_, _] => Ok(text.value.to_owned()),
        _ => Err(text.fault("invalid GOSUMDB: too many fields".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gomod::ModulePath;
    use proptest::prelude::*;

    const WHOLE: &str = r#"
name = "corp"
mode = "warn"
[client]
goproxy = "https://goproxy.corp.example"
private = ["git.corp.example", "*.internal.corp.example"]
sumdb = "off"
direct = "private-only"
[[route]]
match = ["git.corp.example"]
from = "vcs"
[[route]]
match = ["github.com/a", "*"]
from = "https://mirror-a.example,https://mirror-b.example|direct"
[[rule]]
match = ["github.com/bad/lib"]
versions = ">=1.2.0, <1.2.4"
action = "deny"
reason = "CVE-2026-0001: fixed in v1.2.4"
[audit]
min_go = "1.25"
[[override]]
anything = true
"#;

    #[test]
    fn a_pattern_of_slashes_alone_is_refused() {
        for pattern in ["/", "//"] {
            let text = format!(
                "name = \"c\"\n[client]\ngoproxy = \"https://p\"\n[[route]]\nmatch = [\"{pattern}\"]\nfrom = \"direct\"\n"
            );
            let error = Policy::parse("policy.toml", text.as_bytes()).unwrap_err();
            assert!(error.to_string().contains("has no element"), "{error}");
        }
    }

    #[test]
    fn a_whole_policy_is_read() {
        let policy = Policy::parse("policy.toml", WHOLE.as_bytes()).unwrap();
        assert_eq!((policy.name.as_str(), policy.mode), ("corp", Mode::Warn));
        assert_eq!(
            (policy.client.sumdb.as_str(), policy.client.direct),
            ("off", Direct::PrivateOnly)
        );
        assert_eq!(policy.digest.len(), "sha256:".len() + 64);
        let not_yet: Vec<_> = policy.not_yet.iter().map(ToString::to_string).collect();
        assert_eq!(
            not_yet,
            [
                "policy.toml:15: [[rule]] is not enforced by this version yet",
                "policy.toml:20: [audit] is not enforced by this version yet",
                "policy.toml:22: [[override]] is not enforced by this version yet",
            ]
        );
        let decide = |path: &str| {
            let path = ModulePath::parse(path).unwrap();
            let (route, pattern) = policy.route(&path).unwrap();
            (
                route.written.clone(),
                pattern.to_owned(),
                policy.is_private(&path),
            )
        };
        assert_eq!(
            decide("git.corp.example/x"),
            ("vcs".to_owned(), "git.corp.example".to_owned(), true)
        );
        let mirror = "https://mirror-a.example,https://mirror-b.example|direct".to_owned();
        assert_eq!(
            decide("github.com/a/b"),
            (mirror.clone(), "github.com/a".to_owned(), false)
        );
        assert_eq!(
            decide("rsc.io/quote"),
            (mirror.clone(), "*".to_owned(), false)
        );
        assert!(decide("a.internal.corp.example/q").2);
    }

    #[test]
    fn the_defaults_are_those_of_the_design() {
        let text = "name = \"x\"\n[client]\ngoproxy = \"https://p.example,direct\"\n";
        let policy = Policy::parse("policy.toml", text.as_bytes()).unwrap();
        assert_eq!(
            (policy.mode, policy.client.direct),
            (Mode::Enforce, Direct::Allowed)
        );
        assert_eq!(policy.client.sumdb, gomod::defaults::GOSUMDB);
        assert!(policy.client.private.is_empty() && policy.routes.is_empty());
        assert!(
            policy
                .route(&ModulePath::parse("rsc.io/quote").unwrap())
                .is_none()
        );
    }

    #[test]
    fn the_digest_is_that_of_the_bytes() {
        // printf 'name = "x"\n[client]\ngoproxy = "off"\n' | sha256sum
        let policy = Policy::parse("p", b"name = \"x\"\n[client]\ngoproxy = \"off\"\n").unwrap();
        assert_eq!(
            policy.digest,
            "sha256:ea1ac997d70fe11325ff6c15f94ae19f0178cdacfdfb64002203c48ea975b02c"
        );
    }

    /// Files, what is said of each, and the nearest right word. Those that begin
    /// with a route follow a head that is right.
    const FAULTS: [(&str, &str, Option<&str>); 15] = [
        (
            "nam = \"x\"\n",
            "p.toml:1: unknown key \"nam\"",
            Some("name"),
        ),
        (
            "name = \"x\"\n",
            "p.toml:1: client.goproxy is missing",
            None,
        ),
        (
            "name = \"\"\n[client]\ngoproxy = \"off\"\n",
            "p.toml:1: name = \"\": must not be empty",
            None,
        ),
        (
            "name = \"x\"\nmode = \"enforced\"\n",
            "p.toml:2: mode = \"enforced\": must be one of observe, warn, enforce",
            Some("enforce"),
        ),
        (
            "name = \"x\"\n[client]\ngoproxy = \"\"\n",
            "p.toml:3: client.goproxy = \"\": must not be empty",
            None,
        ),
        (
            "name = \"x\"\n[client]\ngoproxy = \",\"\n",
            "p.toml:3: client.goproxy = \",\": GOPROXY list is not the empty string, but contains no entries",
            None,
        ),
        (
            "name = \"x\"\n[client]\ngoproxy = \"fallback\"\n",
            "p.toml:3: client.goproxy = \"fallback\": invalid proxy URL missing scheme: fallback",
            None,
        ),
        (
            "name = \"x\"\n[client]\ngoproxy = \"https://me:hunter2@p.example\"\n",
            "p.toml:3: client.goproxy = (hidden): a policy holds no user or password: name them in modkeep.toml or netrc",
            None,
        ),
        (
            "[[route]]\nmatch = [\"*\"]\nform = \"vcs\"\n",
            "p.toml:6: unknown key \"form\" in [[route]]",
            Some("from"),
        ),
        (
            "[[route]]\nmatch = []\nfrom = \"vcs\"\n",
            "p.toml:5: route.match = []: names no module; \"*\" names all",
            None,
        ),
        (
            "[[route]]\nfrom = \"vcs\"\n",
            "p.toml:4: route.match is missing",
            None,
        ),
        (
            "[[route]]\nmatch = [\"*\"]\n",
            "p.toml:4: route.from is missing",
            None,
        ),
        (
            "[[route]]\nmatch = [\"a\",\n  \"b, c\"]\nfrom = \"vcs\"\n",
            "p.toml:6: route.match = \"b, c\": write one pattern a string",
            None,
        ),
        (
            "[[route]]\nmatch = [\"[a\"]\nfrom = \"vcs\"\n",
            "p.toml:5: route.match = \"[a\": is malformed: Go would ignore it",
            None,
        ),
        (
            "[[route]]\nmatch = [\"*\"]\nfrom = \"user@mirror.example\"\n",
            "p.toml:6: route.from = (hidden): a policy holds no user or password: name them in modkeep.toml or netrc",
            None,
        ),
    ];

    /// Each fault with its line, key, value and nearest right word.
    #[test]
    fn faults_say_it_all() {
        let head = "name = \"x\"\n[client]\ngoproxy = \"https://p.example\"\n";
        for (text, wanted, near) in FAULTS {
            let text = if text.starts_with("[[") {
                format!("{head}{text}")
            } else {
                text.to_owned()
            };
            let error = Policy::parse("p.toml", text.as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), wanted, "{text}");
            assert_eq!(
                error.hint(),
                near.map(|word| format!("did you mean {word:?}?")),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(from in "[ -~]{0,40}", pattern in "[ -~]{0,20}") {
            let text = format!(
                "name = \"x\"\n[client]\ngoproxy = {from:?}\n[[route]]\nmatch = [{pattern:?}]\nfrom = {from:?}\n"
            );
            if let Ok(policy) = Policy::parse("p.toml", text.as_bytes()) {
                prop_assert!(!policy.client.goproxy.entries().is_empty());
                prop_assert!(!policy.routes[0].patterns.is_empty());
            }
        }
    }
}
