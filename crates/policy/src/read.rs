//! From the bytes of `policy.toml` to a [`Policy`].

use data_encoding::HEXLOWER;
use gomod::goproxy::{ProxyList, Source};
use gomod::pattern::{Patterns, path_match};
use sha2::{Digest, Sha256};

use crate::document::{Document, Fault, Located, Table};
use crate::{Client, Direct, From, Mode, NotYet, Policy, PolicyError, Route};

mod audit;

pub use audit::{AUDIT_KEYS, INSTALL_KEYS, OVERRIDE_KEYS};

/// Keys at the top. [`NOT_YET`] has those that are only recognised.
const TOP: [&str; 7] = [
    "name", "mode", "client", "route", "rule", "audit", "override",
];
/// Tables that this version does not act on yet.
const NOT_YET: [(&str, &str); 1] = [("rule", "[[rule]]")];
/// Keys of `[client]`, with what each says.
pub const CLIENT_KEYS: [(&str, &str); 4] = [
    (
        "goproxy",
        "GOPROXY of clients, in Go's grammar; required. Written to clients as it stands here",
    ),
    (
        "private",
        "Modules that no public upstream or checksum database may hear of; a list of patterns as in GOPRIVATE; default: none",
    ),
    (
        "sumdb",
        "GOSUMDB: what clients have, and what the server verifies against unless `sumdb` of the settings says otherwise; default: Go's own, and then clients are left with theirs",
    ),
    (
        "direct",
        "Whether clients may fetch from version control: allowed, private-only (GOPRIVATE = private) or forbidden (GONOPROXY=none, GONOSUMDB = private); default: allowed, with GOPRIVATE = private. With the latter two, `goproxy` holds no direct",
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
    (Direct::Allowed.as_str(), Direct::Allowed),
    (Direct::PrivateOnly.as_str(), Direct::PrivateOnly),
    (Direct::Forbidden.as_str(), Direct::Forbidden),
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
            name: name(&top)?,
            mode,
            client: client(&top)?,
            routes: top
                .tables("route")?
                .iter()
                .map(route)
                .collect::<Result<_, _>>()?,
            audit: audit::audit(&top)?,
            overrides: audit::overrides(&top)?,
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

/// The name, which stands in the header of everything that is made from the policy.
fn name(top: &Table<'_>) -> Result<String, Fault> {
    let name = top.required("name")?;
    one_line(&name)?;
    Ok(name.value.to_owned())
}

/// Refuses what would end a line in some file that the value is written to: control characters, and
/// the line ends of Unicode, which YAML knows.
fn one_line(text: &Located<'_, &str>) -> Result<(), Fault> {
    let ends = |letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
    if text.value.contains(ends) {
        return Err(text.fault("has a line break or another control character".to_owned()));
    }
    Ok(())
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
    let goproxy = client.required("goproxy")?;
    let list = chain(&goproxy)?;
    one_line(&goproxy)?;
    refuse_direct(&goproxy, direct)?;
    Ok(Client {
        goproxy: list,
        goproxy_written: goproxy.value.to_owned(),
        private: patterns(&private)?,
        sumdb_is_set: client.raw("sumdb").is_some(),
        sumdb,
        direct,
    })
}

/// A policy that rules `direct` out must not hand it out.
fn refuse_direct(goproxy: &Located<'_, &str>, direct: Direct) -> Result<(), Fault> {
    let mut words = goproxy.value.split([',', '|']).map(str::trim);
    if direct == Direct::Allowed || !words.any(|word| word == "direct") {
        return Ok(());
    }
    let reason = format!(
        "ends in direct, which client.direct = {:?} rules out: take it out of the list, or set client.direct = \"allowed\"",
        direct.as_str()
    );
    Err(goproxy.fault(reason))
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
    let is_gap = |letter: char| letter == ';' || letter.is_whitespace();
    let mut entries = text.value.split([',', '|']).map(str::trim);
    if entries.any(|entry| entry.contains(is_gap)) {
        let reason = "Go takes `;` and blanks for a part of the URL: write a comma between entries";
        return Err(text.fault(reason.to_owned()));
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
        [_] | [_, _] => one_line(text).map(|()| text.value.to_owned()),
        _ => Err(text.fault("invalid GOSUMDB: too many fields".to_owned())),
    }
}

#[cfg(test)]
mod tests;
