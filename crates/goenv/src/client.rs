//! Whom a `go` asks for a module: GOPROXY and GONOPROXY as each release reads
//! them. (cmd/go `modfetch/proxy.go`, `proxyList` and `TryProxies`, and
//! `modfetch/repo.go`, `lookup`.)

use gomod::ProxyList;
use gomod::goproxy::Source;
use gomod::pattern::Patterns;

use crate::GoEnv;

/// The sources of a `go`, checked as it checks them: as a whole, before it
/// asks anybody.
#[derive(Clone, Debug)]
pub struct Client {
    entries: Vec<ClientEntry>,
    no_proxy: Patterns,
}

/// One source and whether the next one is asked after it failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientEntry {
    /// The entry as written, without a password: a URL, `direct` or `off`.
    pub written: String,
    /// Whether the next is asked when this one has it not (404, 410).
    pub next_on_absent: bool,
    /// Whether the next is asked after any other failure.
    pub next_on_error: bool,
}

/// Why a `go` asks nobody: its own words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(String);

/// The releases that brought the list, and the second separator to it.
const LIST_SINCE: u32 = 13;
const PIPE_SINCE: u32 = 15;

impl Client {
    /// The sources in the environment `env`.
    ///
    /// # Errors
    /// When that `go` would refuse its GOPROXY.
    pub fn new(env: &GoEnv) -> Result<Self, Refused> {
        let text = env.value("GOPROXY");
        let entries = if env.release().at_least(PIPE_SINCE) {
            of_list(text)?
        } else if env.release().at_least(LIST_SINCE) {
            of_list_without_pipe(text)?
        } else {
            vec![of_single(text)?]
        };
        Ok(Self {
            entries,
            no_proxy: Patterns::parse(env.value("GONOPROXY")),
        })
    }

    /// The sources asked for the module at `path`, in order, and the pattern
    /// of GONOPROXY that decided, if one did: such a module comes from version
    /// control alone, even where GOPROXY is `off`.
    pub fn sources(&self, path: &str) -> (Vec<ClientEntry>, Option<&str>) {
        match self.no_proxy.matching(path) {
            Some(pattern) => (vec![last("direct")], Some(pattern)),
            None => (self.entries.clone(), None),
        }
    }

    /// The proxies of the list: what stands before `direct` or `off`.
    pub(crate) fn proxies(&self) -> &[ClientEntry] {
        let ends = usize::from(matches!(self.last(), "direct" | "off"));
        &self.entries[..self.entries.len().saturating_sub(ends)]
    }

    /// The last entry that can be reached.
    pub(crate) fn last(&self) -> &str {
        let last = self.entries.last();
        last.map_or("", |entry| entry.written.as_str())
    }
}

fn of_list(text: &str) -> Result<Vec<ClientEntry>, Refused> {
    // An empty list is one that a file set: a default is never empty.
    let list = ProxyList::parse(text).map_err(|error| Refused(error.to_string()))?;
    let entries = list.entries();
    let entry = |(index, entry): (usize, &gomod::goproxy::ProxyEntry)| {
        let has_next = index + 1 < entries.len();
        ClientEntry {
            written: entry.written.clone(),
            next_on_absent: has_next,
            next_on_error: has_next && entry.fall_back_on_error,
        }
    };
    Ok(entries.iter().enumerate().map(entry).collect())
}

/// Go 1.13 and 1.14: `|` is a letter like any other, which a host cannot have.
fn of_list_without_pipe(text: &str) -> Result<Vec<ClientEntry>, Refused> {
    let reached = text
        .split(',')
        .map(str::trim)
        .scan(false, |ended, entry| {
            let goes_on = !*ended;
            *ended |= matches!(entry, "direct" | "off");
            goes_on.then_some(entry)
        })
        .collect::<Vec<_>>();
    if reached.iter().any(|entry| entry.contains('|')) {
        return Err(Refused(
            "invalid character \"|\" in host name: before Go 1.15, GOPROXY has no separator but the comma"
                .to_owned(),
        ));
    }
    of_list(&reached.join(","))
}

/// Go 1.11 and 1.12: one URL, or `off`, or nothing for version control.
fn of_single(text: &str) -> Result<ClientEntry, Refused> {
    let schemes = ["http://", "https://", "file://"];
    if text.is_empty() {
        return Ok(last("direct"));
    }
    if matches!(text, "direct" | "off") {
        return Ok(last(text));
    }
    if !schemes.iter().any(|scheme| text.starts_with(scheme)) {
        return Err(Refused("invalid $GOPROXY setting".to_owned()));
    }
    // The commas belong to the URL; only the password is taken out.
    let written = match ProxyList::parse(text) {
        Ok(list) if matches!(list.entries(), [one] if matches!(one.source, Source::Url(_))) => {
            list.to_string()
        }
        _ if text.contains('@') => "(hidden)".to_owned(),
        _ => text.to_owned(),
    };
    Ok(last(&written))
}

fn last(written: &str) -> ClientEntry {
    ClientEntry {
        written: written.to_owned(),
        next_on_absent: false,
        next_on_error: false,
    }
}

#[cfg(test)]
mod tests {
    use platform::EnvSnapshot;

    use super::*;
    use crate::{Release, Sources};

    fn client(go: &str, variables: &[(&str, &str)]) -> Result<Client, Refused> {
        let env: EnvSnapshot = variables.iter().copied().collect();
        Client::new(&GoEnv::resolve(&Sources {
            env: &env,
            release: Release::parse(go).unwrap(),
            ..Sources::of(&env)
        }))
    }

    /// `a>b` for "b after absence", `a>>b` for "b after any failure".
    fn told(client: &Client, path: &str) -> String {
        let (entries, pattern) = client.sources(path);
        let mut text = pattern
            .map(|pattern| format!("[{pattern}] "))
            .unwrap_or_default();
        for entry in entries {
            text.push_str(&entry.written);
            text.push_str(match (entry.next_on_absent, entry.next_on_error) {
                (_, true) => ">>",
                (true, false) => ">",
                (false, false) => "",
            });
        }
        text
    }

    #[test]
    fn lists_are_followed_as_go_follows_them() {
        let table = [
            ("1.24", "https://a.example", "https://a.example"),
            (
                "1.24",
                "https://a.example,direct",
                "https://a.example>direct",
            ),
            (
                "1.24",
                "https://a.example|https://b.example,direct",
                "https://a.example>>https://b.example>direct",
            ),
            (
                "1.24",
                "https://a.example,off,https://b.example",
                "https://a.example>off",
            ),
            ("1.24", "direct,https://b.example", "direct"),
            (
                "1.24",
                " https://a.example , ,direct",
                "https://a.example>direct",
            ),
            (
                "1.24",
                "https://me:hunter2@a.example|direct",
                "https://me:xxxxx@a.example>>direct",
            ),
            ("1.24", "off", "off"),
            (
                "1.14",
                "https://a.example,direct,x|y",
                "https://a.example>direct",
            ),
            ("1.12", "https://a.example", "https://a.example"),
            ("1.12", "", "direct"),
            ("1.12", "off", "off"),
        ];
        for (go, list, wanted) in table {
            let client = client(go, &[("GOPROXY", list)]).unwrap();
            assert_eq!(told(&client, "rsc.io/quote"), wanted, "{go} {list}");
        }
    }

    #[test]
    fn what_go_refuses_is_refused_with_its_reason() {
        let table = [
            (
                "1.24",
                ",",
                "GOPROXY list is not the empty string, but contains no entries",
            ),
            (
                "1.24",
                "https://a.example,fallback",
                "invalid proxy URL missing scheme: fallback",
            ),
            (
                "1.24",
                "ftp://a.example",
                "invalid proxy URL scheme (must be https, http, file): ftp://a.example",
            ),
            (
                "1.14",
                "https://a.example|direct",
                "invalid character \"|\" in host name: before Go 1.15, GOPROXY has no separator but the comma",
            ),
            ("1.12", "a.example", "invalid $GOPROXY setting"),
        ];
        for (go, list, wanted) in table {
            let refused = client(go, &[("GOPROXY", list)]).unwrap_err();
            assert_eq!(refused.to_string(), wanted, "{go} {list}");
        }
    }

    /// A private module skips every URL, and `off` too.
    #[test]
    fn private_modules_come_from_version_control_alone() {
        let table: [(&[(&str, &str)], &str); 6] = [
            (&[("GOPRIVATE", "rsc.io")], "[rsc.io] direct"),
            (
                &[("GOPRIVATE", "rsc.io"), ("GOPROXY", "off")],
                "[rsc.io] direct",
            ),
            (
                &[("GOPRIVATE", "rsc.io"), ("GOPROXY", "https://a.example")],
                "[rsc.io] direct",
            ),
            (
                &[
                    ("GOPRIVATE", "rsc.io"),
                    ("GONOPROXY", "none"),
                    ("GOPROXY", "off"),
                ],
                "off",
            ),
            (
                &[("GONOPROXY", "*.io/quote"), ("GOPROXY", "off")],
                "[*.io/quote] direct",
            ),
            (&[("GONOPROXY", "rsc.io\r"), ("GOPROXY", "off")], "off"),
        ];
        for (variables, wanted) in table {
            let client = client("1.24", variables).unwrap();
            assert_eq!(told(&client, "rsc.io/quote"), wanted, "{variables:?}");
        }
    }
}
