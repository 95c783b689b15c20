//! What an upstream's status and its reason mean.
//!
//! The one table from statuses to errors. Only 404 and 410 are absence: whatever else is taken for it
//! would send clients past a gate or make a trouble of a minute look like a module that is gone.

use std::time::Duration;

use http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;
use platform::{HttpBody, HttpError, Limits, Login};

use crate::OriginError;
use crate::upstream::Upstream;

/// Longest reason that is passed on, in bytes; `go` shows 648.
const REASON_BYTES: usize = 600;

/// Most lines of a reason: with the line before it and one behind, eight.
const REASON_LINES: usize = 6;

/// Longest Retry-After that is believed: an hour.
const RETRY_AFTER: Duration = Duration::from_hours(1);

/// A failed try, and whether another may help.
pub(crate) struct Failure {
    pub(crate) error: OriginError,
    pub(crate) retry: bool,
}

/// The failure that a status other than the wanted one is.
pub(crate) fn refused(
    upstream: &Upstream,
    what: &str,
    status: StatusCode,
    reason: &str,
    retry_after: Option<Duration>,
) -> Failure {
    let id = upstream.id.to_string();
    let mut text = format!("{what}: {status}");
    let code = status.as_u16();
    match code {
        401 => {
            text.push_str(": ");
            text.push_str(&upstream.wants_login());
        }
        407 => text.push_str(": the proxy of this network wants credentials; put them in its URL"),
        _ => {}
    }
    append_reason(&mut text, reason);
    let error = match code {
        404 | 410 => OriginError::Absent { text, upstream: id },
        403 | 451 => OriginError::Denied { text, upstream: id },
        401 => OriginError::Credentials { text, upstream: id },
        429 => OriginError::RateLimited {
            text,
            upstream: id,
            retry_after,
        },
        407 | 408 | 500..=599 => OriginError::Unavailable {
            text,
            upstream: id,
            retry_after,
        },
        _ => OriginError::Invalid { text, upstream: id },
    };
    Failure {
        error,
        retry: matches!(code, 429 | 502 | 503 | 504),
    }
}

/// A reason as `go` shows it: beside the status if it is one line, below it otherwise.
fn append_reason(text: &mut String, reason: &str) {
    if reason.is_empty() {
        return;
    }
    let indent = if reason.contains('\n') {
        text.push_str("\nserver response:");
        "\n\t"
    } else {
        text.push_str("\n\tserver response: ");
        ""
    };
    // The heading takes one of the lines.
    for line in reason.lines().take(REASON_LINES - 1) {
        text.push_str(indent);
        text.push_str(line);
    }
}

/// The failure of the transport.
pub(crate) fn broken(upstream: &Upstream, what: &str, error: &HttpError) -> Failure {
    let text = format!("{what}: {error}");
    let id = upstream.id.to_string();
    let retry = matches!(error, HttpError::Connect(_));
    let error = match error {
        HttpError::Connect(_) | HttpError::Tls(_) | HttpError::Setup(_) => {
            OriginError::Unavailable {
                text,
                upstream: id,
                retry_after: None,
            }
        }
        HttpError::Timeout { .. } => OriginError::Timeout { text, upstream: id },
        HttpError::Truncated(_) => OriginError::Truncated { text, upstream: id },
        HttpError::Forbidden(_) | HttpError::TooLarge(_) | HttpError::Encoding(_) => {
            OriginError::Invalid { text, upstream: id }
        }
    };
    Failure { error, retry }
}

/// The reason in an error's body: text/plain only. The body is read in any case, up to its limit, so that
/// the connection can be used again.
pub(crate) async fn read_reason(
    headers: &HeaderMap,
    mut body: HttpBody,
    limits: &Limits,
    login: Option<&Login>,
) -> String {
    let limit = usize::try_from(limits.error_bytes).unwrap_or(usize::MAX);
    let mut bytes = Vec::new();
    let read = async {
        while let Ok(Some(chunk)) = body.chunk().await {
            bytes.extend_from_slice(&chunk);
            if bytes.len() >= limit {
                break;
            }
        }
    };
    // A reason that drips in is not waited for; what has come by then is shown.
    let _ = tokio::time::timeout(limits.stall, read).await;
    bytes.truncate(limit);
    if is_plain_text(headers) {
        clean_reason(&String::from_utf8_lossy(&bytes), login)
    } else {
        String::new()
    }
}

/// `text/plain` in UTF-8, ASCII, or without a charset: what `go` shows.
fn is_plain_text(headers: &HeaderMap) -> bool {
    let Some(Ok(value)) = headers
        .get(header::CONTENT_TYPE)
        .map(|value| value.to_str())
    else {
        return false;
    };
    let value = value.to_ascii_lowercase();
    let (kind, parameters) = value.split_once(';').unwrap_or((&value, ""));
    let charset = parameters
        .split(';')
        .find_map(|parameter| parameter.trim().strip_prefix("charset="));
    let charset = charset.map(|charset| charset.trim_matches('"'));
    kind.trim() == "text/plain" && matches!(charset, None | Some("utf-8" | "us-ascii"))
}

/// Whether an answer says of itself that it is a web page.
pub(crate) fn is_html(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| {
        let kind = kind.as_bytes().trim_ascii_start();
        kind.len() >= 9 && kind[..9].eq_ignore_ascii_case(b"text/html")
    })
}

/// A few lines fit to be shown: no control characters, nothing behind a blank line, none of our secrets.
fn clean_reason(text: &str, login: Option<&Login>) -> String {
    let mut reason = String::new();
    let lines = text.trim().lines().map(str::trim);
    for line in lines.take_while(|line| !line.is_empty()).take(REASON_LINES) {
        if !reason.is_empty() {
            reason.push('\n');
        }
        reason.extend(line.chars().filter(|c| !c.is_control() && *c != '\u{fffd}'));
    }
    for secret in secrets(login) {
        reason = reason.replace(secret, "[redacted]");
    }
    if reason.len() > REASON_BYTES {
        reason.truncate(reason.floor_char_boundary(REASON_BYTES));
        reason.push_str(" [...]");
    }
    reason
}

/// What must not be shown of a login: a name can be half a secret too.
fn secrets(login: Option<&Login>) -> impl Iterator<Item = &str> {
    let (first, second) = match login {
        Some(Login::Basic { user, password }) => (Some(password.as_str()), Some(user.as_str())),
        Some(Login::Bearer { token }) => (Some(token.as_str()), None),
        None => (None, None),
    };
    // A secret of a letter or two would tear every text to pieces and is none.
    [first, second]
        .into_iter()
        .flatten()
        .filter(|secret| secret.len() > 2)
}

/// Retry-After, in seconds or as a date.
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = if let Ok(seconds) = value.parse() {
        Duration::from_secs(seconds)
    } else {
        let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value);
        Duration::try_from(date.ok()?.duration_since(now)).unwrap_or_default()
    };
    Some(wait.min(RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_has_two_forms() {
        let now = "2015-10-21T07:28:00Z".parse().unwrap();
        for (value, seconds) in [
            ("3", Some(3)),
            (" 0 ", Some(0)),
            ("999999", Some(3600)),
            ("Wed, 21 Oct 2015 07:28:05 GMT", Some(5)),
            ("Wed, 21 Oct 2015 07:27:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
            ("1.5", None),
        ] {
            let headers = [(header::RETRY_AFTER, value.parse().unwrap())]
                .into_iter()
                .collect();
            let expected = seconds.map(Duration::from_secs);
            assert_eq!(retry_after(&headers, now), expected, "{value}");
        }
    }

    #[test]
    fn reasons_are_short_clean_and_without_secrets() {
        let login = Login::Basic {
            user: "robot".into(),
            password: "s3cret".into(),
        };
        for (text, shown) in [
            ("  blocked: CVE-1 \r\n", "blocked: CVE-1"),
            ("one\ntwo\n\nthree", "one\ntwo"),
            ("1\n2\n3\n4\n5\n6\n7\n8", "1\n2\n3\n4\n5\n6"),
            ("a\u{1b}[31mb\u{0}c", "a[31mbc"),
            (
                "robot:s3cret is not welcome",
                "[redacted]:[redacted] is not welcome",
            ),
            ("", ""),
        ] {
            assert_eq!(clean_reason(text, Some(&login)), shown);
        }
        let long = clean_reason(&"é".repeat(1000), None);
        assert!(long.len() < 620 && long.ends_with(" [...]"));
    }

    #[test]
    fn only_plain_text_is_a_reason() {
        let kind = |value: &str| -> HeaderMap {
            [(header::CONTENT_TYPE, value.parse().unwrap())]
                .into_iter()
                .collect()
        };
        for (value, plain, html) in [
            ("text/plain", true, false),
            ("Text/Plain; charset=UTF-8", true, false),
            ("text/plain; charset=\"us-ascii\"", true, false),
            ("text/plain; charset=latin1", false, false),
            ("application/json", false, false),
            ("text/html; charset=utf-8", false, true),
            ("TEXT/HTML", false, true),
        ] {
            assert_eq!(is_plain_text(&kind(value)), plain, "{value}");
            assert_eq!(is_html(&kind(value)), html, "{value}");
        }
        assert!(!is_plain_text(&HeaderMap::new()) && !is_html(&HeaderMap::new()));
    }
}
