//! Go itself as a module: whether the toolchain that is wanted can be fetched.

use std::sync::Arc;
use std::time::Instant;

use super::http::{BEFORE_HTTP, ask};
use super::reach::no_entries;
use super::situation::Situation;
use super::toolchain::{Plan, plan};
use super::{Check, Done};

/// `endpoint.toolchain`.
pub(super) async fn check(situation: &Arc<Situation>, done: &Done) -> Vec<Check> {
    let start = Instant::now();
    vec![toolchain(situation, done).await.since(start)]
}

async fn toolchain(situation: &Arc<Situation>, done: &Done) -> Check {
    let id = "endpoint.toolchain";
    let asked = Arc::clone(situation);
    let plan = tokio::task::spawn_blocking(move || plan(&asked)).await;
    let version = match plan {
        Ok(Plan::Fetch(version)) => version,
        Ok(Plan::Installed) => {
            return Check::skip(id, "the installed Go is taken: none is fetched");
        }
        Ok(Plan::TooOld(..)) => {
            return Check::skip(id, "toolchain.plan failed: none may be fetched");
        }
        Ok(Plan::Unknown(why)) => return Check::skip(id, why),
        Err(_) => return Check::skip(id, "the plan could not be made"),
    };
    if let Some(skip) = no_entries(situation, id) {
        return skip;
    }
    fetched(situation, done, &version).await
}

/// Asks along the chain, as Go does, for the version that the plan fetches.
async fn fetched(situation: &Situation, done: &Done, version: &str) -> Check {
    let id = "endpoint.toolchain";
    let name = format!("v0.0.1-go{version}.{}-{}", go_os(), go_arch());
    let path = format!("golang.org/toolchain/@v/{name}.zip");
    let mut before = BEFORE_HTTP.to_vec();
    before.extend(["http.answer", "http.portal", "http.login"]);
    let mut told = Vec::new();
    for entry in situation.entries() {
        if let Some(failed) = done.broken(&before, Some(&entry.written)) {
            told.push(format!("{}: see {failed}", entry.written));
            if entry.next_on_error {
                continue;
            }
            return Check::skip(id, told.join("; "));
        }
        let Some(url) = entry.at(&path) else { continue };
        let (text, goes_on) = match ask(situation, url, Some(entry), Some("bytes=0-1023"), 1024)
            .await
        {
            Ok(answer) if matches!(answer.status, 200 | 206) && answer.body.starts_with(b"PK") => {
                return Check::ok(
                    id,
                    format!(
                        "{name} comes from {}, after {} ms",
                        entry.written,
                        answer.took.as_millis()
                    ),
                );
            }
            Ok(answer) if matches!(answer.status, 404 | 410) => (
                format!("{} has it not ({})", entry.written, answer.status),
                entry.next_on_absent,
            ),
            Ok(answer) => (
                format!(
                    "{} answers {} with {}",
                    entry.written,
                    answer.status,
                    answer.reason()
                ),
                entry.next_on_error,
            ),
            Err(error) => (format!("{}: {error}", entry.written), entry.next_on_error),
        };
        told.push(text);
        if !goes_on {
            break;
        }
    }
    Check::fail(
        id,
        format!(
            "golang.org/toolchain@{name} cannot be fetched: {}; Go says \"toolchain not available\"",
            told.join("; ")
        ),
        format!(
            "let the proxy serve golang.org/toolchain, or install Go {version} and set GOTOOLCHAIN=local"
        ),
    )
}

/// GOOS of this machine.
fn go_os() -> &'static str {
    match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    }
}

/// GOARCH of this machine.
fn go_arch() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    }
}
