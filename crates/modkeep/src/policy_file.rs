//! The policy that a judging command is given: a file, or a web address.

use platform::{EnvSnapshot, HttpClient, HttpOptions, HttpRequest, Limits};
use policy::Policy;
use url::Url;

use crate::failure::{Exit, Failure};

/// The variable that names a policy when no flag does.
const VARIABLE: &str = "MODKEEP_POLICY";

/// Largest policy: one of a thousand rules has a tenth of it.
const POLICY_BYTES: u64 = 4 << 20;

/// The policy of `--policy`, else of `MODKEEP_POLICY`; none when neither is given. Blocking.
///
/// # Errors
/// Wrong usage for a file that is not there or not a policy; "could not be
/// checked" for an address that does not answer.
pub(crate) fn load(env: &EnvSnapshot, flag: Option<&str>) -> Result<Option<Policy>, Failure> {
    let Some(place) = flag.or_else(|| env.get(VARIABLE)) else {
        return Ok(None);
    };
    let bytes = if place.starts_with("https://") || place.starts_with("http://") {
        fetch(env, place)?
    } else {
        std::fs::read(place)
            .map_err(|error| Failure::usage(format!("policy {place}: cannot be read: {error}")))?
    };
    let policy = Policy::parse(place, &bytes)
        .map_err(|error| Failure::usage(&error).maybe_hint(error.hint()))?;
    Ok(Some(policy))
}

fn fetch(env: &EnvSnapshot, place: &str) -> Result<Vec<u8>, Failure> {
    let url = Url::parse(place)
        .map_err(|error| Failure::usage(format!("policy {place}: no web address: {error}")))?;
    let shown = format!("policy at {}", url.host_str().unwrap_or_default());
    let failed = |why: String| Failure {
        exit: Exit::Unchecked,
        message: format!("{shown}: {why}"),
        hint: None,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| failed(error.to_string()))?;
    let got = runtime.block_on(async {
        let client = HttpClient::new(HttpOptions {
            limits: Limits::default(),
            extra_ca: None,
            env: env.clone(),
            listed: vec![url.clone()],
        })?;
        let response = client
            .get(HttpRequest {
                url,
                headers: http::HeaderMap::new(),
                login: None,
                first_byte: None,
                configured: true,
            })
            .await?;
        let status = response.status;
        Ok::<_, platform::HttpError>((status, response.body.collect(POLICY_BYTES).await?))
    });
    let (status, body) = got.map_err(|error| failed(error.to_string()))?;
    if status.as_u16() != 200 {
        return Err(failed(format!("answered with {status}")));
    }
    Ok(body.to_vec())
}
