//! Asks each entry of GOPROXY whether it answers at all: what one wants to know when `go` says nothing.

use std::path::Path;
use std::time::Duration;

use goenv::{Client, GoEnv};
use http::HeaderMap;
use platform::{Clock, EnvSnapshot, HttpClient, HttpOptions, HttpRequest, Limits};
use url::Url;

/// A module that nobody has: any answer to it is an answer.
const ABSENT: &str = "modkeep-probe.invalid/absent";

/// What one entry of the chain said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainAnswer {
    /// The entry as written, without a password.
    pub entry: String,
    /// Whether it answered, whatever it said. True for `direct` and `off`, which were not asked.
    pub answers: bool,
    /// What it said, how long it took, or why it did not answer.
    pub evidence: String,
}

/// Asks every entry of the chain that a `go` in `env` would ask, all at once; each has `within` to answer.
///
/// # Errors
/// The words of `go`, when it would refuse its GOPROXY; why nobody can be asked, when certificates cannot be read.
pub async fn ask_chain(env: &EnvSnapshot, within: Duration) -> Result<Vec<ChainAnswer>, String> {
    let go = GoEnv::read(env, None);
    let client = Client::new(&go).map_err(|refused| refused.to_string())?;
    let (entries, _) = client.sources(ABSENT);
    let limits = Limits {
        connect: within,
        first_byte: within,
        ..Limits::default()
    };
    let options = HttpOptions {
        limits,
        extra_ca: None,
        env: env.clone(),
        listed: Vec::new(),
    };
    let http = HttpClient::new(options).map_err(|error| error.to_string())?;
    let asked: Vec<_> = entries
        .into_iter()
        .map(|entry| {
            let http = http.clone();
            tokio::spawn(async move { ask(&http, entry.written, within).await })
        })
        .collect();
    let mut answers = Vec::new();
    for one in asked {
        answers.extend(one.await.ok());
    }
    Ok(answers)
}

async fn ask(http: &HttpClient, entry: String, within: Duration) -> ChainAnswer {
    let (answers, evidence) = match entry.as_str() {
        "direct" => (true, "version control; not asked".to_owned()),
        "off" => (true, "nothing is fetched".to_owned()),
        _ => match Url::parse(&entry) {
            Ok(url) if url.scheme() == "file" => of_folder(Path::new(url.path())),
            Ok(url) => of_server(http, url, within).await,
            Err(error) => (false, error.to_string()),
        },
    };
    ChainAnswer {
        entry,
        answers,
        evidence,
    }
}

fn of_folder(folder: &Path) -> (bool, String) {
    if folder.is_dir() {
        (true, "the folder is there".to_owned())
    } else {
        (false, "the folder is not there".to_owned())
    }
}

async fn of_server(http: &HttpClient, mut url: Url, within: Duration) -> (bool, String) {
    let path = format!("{}/{ABSENT}/@v/list", url.path().trim_end_matches('/'));
    url.set_path(&path);
    let clock = Clock::system();
    let start = clock.now();
    let request = HttpRequest {
        url,
        headers: HeaderMap::new(),
        login: None,
        first_byte: Some(within),
        configured: true,
    };
    match http.get(request).await {
        Ok(answer) => {
            let status = answer.status.as_u16();
            let took = clock.since(start).as_millis();
            (true, format!("answered {status} after {took} ms"))
        }
        Err(error) => (false, error.to_string()),
    }
}
