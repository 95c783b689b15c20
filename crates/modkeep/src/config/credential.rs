//! Who modkeep is to an upstream: `[[credentials]]` of `modkeep.toml`.

use std::fmt;
use std::path::Path;

use policy::document::{Fault, Table};

/// Keys of `[[credentials]]` with what each is for.
pub(crate) const KEYS: [(&str, &str); 6] = [
    (
        "host",
        "Host of the upstream, with its port if that is not its scheme's own",
    ),
    ("user", "User for HTTP Basic"),
    ("password", "Password of that user"),
    ("password_file", "File that holds it"),
    ("token", "Bearer token, instead of user and password"),
    ("token_file", "File that holds it"),
];

/// The credentials for one host.
pub(crate) struct Credential {
    /// `host` or `host:port`.
    pub(crate) host: String,
    pub(crate) login: Login,
    /// Line in the file, counted from 1.
    pub(crate) line: usize,
}

/// How one logs in.
pub(crate) enum Login {
    Basic { user: String, password: String },
    Bearer { token: String },
}

impl fmt::Debug for Credential {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("host", &self.host)
            .finish_non_exhaustive()
    }
}

/// Reads one `[[credentials]]`; the files it names are relative to `folder`.
pub(crate) fn read(table: &Table<'_>, folder: &Path) -> Result<Credential, Fault> {
    table.deny_unknown(&KEYS.map(|(name, _)| name))?;
    let host = table.required("host")?;
    if host.value.contains(['/', '@', ' ', '*']) {
        return Err(host.fault("must be a host, or host:port".to_owned()));
    }
    let user = table.string("user")?.map(|user| user.value.to_owned());
    let password = secret(table, ["password", "password_file"], folder)?;
    let token = secret(table, ["token", "token_file"], folder)?;
    let login = match (user, password, token) {
        (Some(user), Some(password), None) => Login::Basic { user, password },
        (None, None, Some(token)) => Login::Bearer { token },
        (Some(_), None, None) => return Err(table.missing("password")),
        (None, _, None) => return Err(table.missing("user")),
        (_, _, Some(_)) => {
            return Err(host.fault("has a token and a user or password: one is enough".to_owned()));
        }
    };
    Ok(Credential {
        host: host.value.to_owned(),
        login,
        line: host.line(),
    })
}

/// A secret in the file itself, or in a file that it names.
fn secret(
    table: &Table<'_>,
    [direct, in_file]: [&str; 2],
    folder: &Path,
) -> Result<Option<String>, Fault> {
    let direct = match table.raw(direct) {
        Some(value) => match value.value.as_str() {
            Some(text) => Some((text.to_owned(), value)),
            None => return Err(value.fault_showing("(hidden)", "must be a string".to_owned())),
        },
        None => None,
    };
    match (direct, table.string(in_file)?) {
        (Some((text, _)), None) => Ok(Some(text)),
        (None, Some(file)) => match read_secret(&folder.join(file.value)) {
            Ok(text) => Ok(Some(text)),
            Err(reason) => Err(file.fault(reason)),
        },
        (Some((_, value)), Some(_)) => {
            Err(value.fault_showing("(hidden)", format!("{in_file} is there too: one is enough")))
        }
        (None, None) => Ok(None),
    }
}

/// The secret in the file at `path`, without the line end that editors add.
pub(crate) fn read_secret(path: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"))?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        return Err("is empty".to_owned());
    }
    Ok(text.to_owned())
}
