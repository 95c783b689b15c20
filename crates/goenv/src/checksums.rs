//! Whom a `go` asks about the checksums of a module: GOSUMDB, GONOSUMDB, and
//! the proxies that may relay. (cmd/go `modfetch/sumdb.go`, `useSumDB`,
//! `dbDial` and `initBase`.)

use data_encoding::BASE64;
use gomod::defaults::{GOSUMDB, GOSUMDB_ALIAS, GOSUMDB_KEY};
use gomod::pattern::Patterns;
use sha2::{Digest, Sha256};

use crate::{Client, ClientEntry, GoEnv};

/// The module of toolchains, which is looked up whatever GONOSUMDB says.
const TOOLCHAIN: &str = "golang.org/toolchain";

/// The algorithm byte before a key: Ed25519, the only one.
const ED25519: u8 = 1;

/// What is asked before a module that is not in go.sum is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checksums {
    /// GOSUMDB is `off`: nothing.
    Off,
    /// This pattern of GONOSUMDB exempts the module: nothing.
    Exempt(String),
    /// The database: through the first relay that has it, else itself. Whoever
    /// is asked is told the module's path.
    Asked {
        /// The database's name.
        name: String,
        /// The proxies asked for a relay, in order; none when GOSUMDB has a
        /// URL, or the list begins with `direct`.
        relays: Vec<ClientEntry>,
        /// Where it is asked itself, when every proxy answered that it relays
        /// nothing. One that fails otherwise, before a `,`, ends the matter.
        url: String,
        /// Whether it is asked itself, too, after a proxy failed before a `|`:
        /// when the list ends in `direct`; `off` does not do.
        url_after_error: bool,
    },
    /// Nobody can be asked, so that no module that needs it can be had:
    /// Go's reason.
    Refused(String),
}

impl Checksums {
    /// What is asked about the module at `path` in the environment `env`, whose
    /// sources are `client`.
    pub fn new(env: &GoEnv, client: &Client, path: &str) -> Self {
        let value = env.value("GOSUMDB");
        if path == TOOLCHAIN {
            if value == "off" {
                return Self::Refused(
                    "GOSUMDB=off: a toolchain is not downloaded without the checksum database"
                        .to_owned(),
                );
            }
        } else if value == "off" {
            return Self::Off;
        } else if let Some(pattern) = Patterns::parse(env.value("GONOSUMDB")).matching(path) {
            return Self::Exempt(pattern.to_owned());
        }
        database(value, client).unwrap_or_else(|reason| Self::Refused(reason.to_owned()))
    }
}

/// The database of a GOSUMDB value that is not `off`.
fn database(value: &str, client: &Client) -> Result<Checksums, &'static str> {
    if value == GOSUMDB_ALIAS {
        return Ok(Checksums::Asked {
            name: GOSUMDB.to_owned(),
            relays: Vec::new(),
            url: format!("https://{GOSUMDB_ALIAS}"),
            url_after_error: true,
        });
    }
    let mut fields = value.split_whitespace();
    let key = fields.next().ok_or("missing GOSUMDB")?;
    let url = fields.next();
    if fields.next().is_some() {
        return Err("invalid GOSUMDB: too many fields");
    }
    let name = key_name(if key == GOSUMDB { GOSUMDB_KEY } else { key })?;
    Ok(match url {
        // Go finds this out when it asks; nobody is asked either way.
        Some(url) if has_other_scheme(url) => {
            return Err("invalid GOSUMDB URL: it does not begin with https:// or http://");
        }
        Some(url) => Checksums::Asked {
            name: name.to_owned(),
            relays: Vec::new(),
            // A word without a scheme is a host to Go, even `off` or `direct`.
            url: match url.trim_end_matches('/') {
                url if url.contains("://") => url.to_owned(),
                host => format!("https://{host}"),
            },
            url_after_error: true,
        },
        None => Checksums::Asked {
            name: name.to_owned(),
            relays: client.proxies().to_vec(),
            url: format!("https://{name}"),
            url_after_error: client.last() == "direct",
        },
    })
}

fn has_other_scheme(url: &str) -> bool {
    let scheme = url.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| !["http", "https"].contains(&scheme))
}

/// Whether `key` is a verifier key, `NAME+HASH+KEY`, whose parts belong together.
pub fn is_verifier_key(key: &str) -> bool {
    key_name(key).is_ok()
}

/// The name in a verifier key, `NAME+HASH+KEY` (x/mod `note.NewVerifier`).
fn key_name(key: &str) -> Result<&str, &'static str> {
    const MALFORMED: &str = "invalid GOSUMDB: malformed verifier id";
    let mut parts = key.splitn(3, '+');
    let (Some(name), Some(hash), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(MALFORMED);
    };
    let hash_is_plain = hash.len() == 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    let key = BASE64.decode(key.as_bytes()).map_err(|_| MALFORMED)?;
    if name.is_empty() || !hash_is_plain || key.is_empty() {
        return Err(MALFORMED);
    }
    let digest = Sha256::new()
        .chain_update(name)
        .chain_update("\n")
        .chain_update(&key)
        .finalize();
    if u32::from_str_radix(hash, 16)
        .ok()
        .map(u32::to_be_bytes)
        .as_ref()
        != digest.first_chunk()
    {
        return Err("invalid GOSUMDB: invalid verifier hash");
    }
    if key.first() != Some(&ED25519) {
        return Err("invalid GOSUMDB: unknown verifier algorithm");
    }
    match key.len() {
        33 => Ok(name),
        _ => Err(MALFORMED),
    }
}

#[cfg(test)]
mod tests {
    use platform::EnvSnapshot;

    use super::*;
    use crate::Sources;

    /// Variables, the module's path, and who is asked.
    type Row = (
        &'static [(&'static str, &'static str)],
        &'static str,
        &'static str,
    );

    fn told(variables: &[(&str, &str)], path: &str) -> String {
        let env: EnvSnapshot = variables.iter().copied().collect();
        let env = GoEnv::resolve(&Sources::of(&env));
        let client = Client::new(&env).unwrap();
        match Checksums::new(&env, &client, path) {
            Checksums::Off => "off".to_owned(),
            Checksums::Exempt(pattern) => format!("exempt by {pattern}"),
            Checksums::Refused(reason) => reason,
            Checksums::Asked {
                name, relays, url, ..
            } => {
                let relays: Vec<_> = relays.iter().map(|entry| entry.written.as_str()).collect();
                format!("{name} by {} else {url}", relays.join(" "))
            }
        }
    }

    /// Found by a drawn case: after an error, `off` at the end of the list does
    /// not lead to the database, and `direct` does.
    #[test]
    fn only_direct_leads_to_the_database_after_an_error() {
        for (list, wanted) in [
            ("https://a.example|direct", true),
            ("https://a.example|off", false),
            ("https://a.example|https://b.example", false),
        ] {
            let env: EnvSnapshot = [("GOPROXY", list)].into_iter().collect();
            let env = GoEnv::resolve(&Sources::of(&env));
            let client = Client::new(&env).unwrap();
            let Checksums::Asked {
                url_after_error, ..
            } = Checksums::new(&env, &client, "rsc.io/quote")
            else {
                panic!("{list}: nobody is asked");
            };
            assert_eq!(url_after_error, wanted, "{list}");
        }
    }

    #[test]
    fn who_is_asked_about_checksums() {
        let proxy = ("GOPROXY", "https://a.example,https://b.example,direct");
        let table: [Row; 13] = [
            (
                &[],
                "rsc.io/quote",
                "sum.golang.org by https://a.example https://b.example else https://sum.golang.org",
            ),
            (&[("GOSUMDB", "off")], "rsc.io/quote", "off"),
            (
                &[("GOPRIVATE", "rsc.io")],
                "rsc.io/quote",
                "exempt by rsc.io",
            ),
            (
                &[("GOPRIVATE", "rsc.io"), ("GONOSUMDB", "none")],
                "rsc.io/quote",
                "sum.golang.org by https://a.example https://b.example else https://sum.golang.org",
            ),
            (
                &[("GOSUMDB", "sum.golang.org https://mirror.example/sums/")],
                "rsc.io/quote",
                "sum.golang.org by  else https://mirror.example/sums",
            ),
            (
                &[("GOSUMDB", " off")],
                "rsc.io/quote",
                "invalid GOSUMDB: malformed verifier id",
            ),
            (
                &[("GOSUMDB", "sum.golang.org+<key>")],
                "rsc.io/quote",
                "invalid GOSUMDB: malformed verifier id",
            ),
            (
                &[("GOSUMDB", "sum.golang.org off")],
                "rsc.io/quote",
                "sum.golang.org by  else https://off",
            ),
            (
                &[(
                    "GOSUMDB",
                    "sum.golang.org+033de0af+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
                )],
                "rsc.io/quote",
                "invalid GOSUMDB: invalid verifier hash",
            ),
            (
                &[("GOSUMDB", "a b c")],
                "rsc.io/quote",
                "invalid GOSUMDB: too many fields",
            ),
            (&[("GOSUMDB", " ")], "rsc.io/quote", "missing GOSUMDB"),
            (
                &[("GOPRIVATE", "*")],
                TOOLCHAIN,
                "sum.golang.org by https://a.example https://b.example else https://sum.golang.org",
            ),
            (
                &[("GOSUMDB", "off")],
                TOOLCHAIN,
                "GOSUMDB=off: a toolchain is not downloaded without the checksum database",
            ),
        ];
        for (variables, path, wanted) in table {
            let all: Vec<_> = variables.iter().copied().chain([proxy]).collect();
            assert_eq!(told(&all, path), wanted, "{variables:?} {path}");
        }
    }
}
