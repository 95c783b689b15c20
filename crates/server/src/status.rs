//! Which status a client gets when it gets no answer, with which text. The only place that decides it.
//!
//! 404 only for what is absent and may be sought elsewhere: `go` then goes on along its list. 403 for
//! what is refused, 502 for what came wrong or not at all, 503 for what is not possible now, 504 for
//! silence; the latter three stop a `,` list, so that trouble never opens a way around.

use std::time::Duration;

use gomod::request::RequestError;
use http::StatusCode;

/// Lines of an error's text that `go` shows.
const LINES: usize = 8;

/// Bytes of an error's text that `go` shows: 8 lines of 81.
const BYTES: usize = 648;

/// When to come back where nobody said it: soon, since most trouble with a network passes.
const SOON: Duration = Duration::from_secs(10);

/// A request that gets no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    /// At most eight lines of graphic characters, ending in a newline.
    pub(crate) text: String,
    pub(crate) retry_after: Option<Duration>,
    /// How long absence holds, in seconds; `None` for what must not be kept.
    pub(crate) max_age: Option<u32>,
    /// Length of what was asked for, if the range asked for lies outside.
    pub(crate) length: Option<u64>,
}

impl Refusal {
    fn new(status: StatusCode, text: &str) -> Self {
        Self {
            status,
            text: plain(text),
            retry_after: None,
            max_age: None,
            length: None,
        }
    }

    /// Nothing of that name can be here.
    pub(crate) fn not_found(text: &str) -> Self {
        Self {
            max_age: Some(60),
            ..Self::new(StatusCode::NOT_FOUND, text)
        }
    }

    /// The request makes no sense.
    pub(crate) fn bad_request(text: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, text)
    }

    /// Neither GET nor HEAD.
    pub(crate) fn method(method: &http::Method) -> Self {
        let text = format!("method {method} is not allowed here: use GET or HEAD");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, &text)
    }

    /// Who are you?
    pub(crate) fn unauthorized(given: bool) -> Self {
        let why = if given {
            "user or password is wrong"
        } else {
            "this server wants to know who you are"
        };
        let text = format!(
            "{why}: put a line for it into your netrc file\n\
             (machine HOST login USER password WORD; HOST with its port if it is not 443).\n\
             go sends what stands there over https only."
        );
        Self::new(StatusCode::UNAUTHORIZED, &text)
    }

    /// The range lies behind the end.
    pub(crate) fn range(length: u64) -> Self {
        Self {
            length: Some(length),
            ..Self::new(
                StatusCode::RANGE_NOT_SATISFIABLE,
                &format!("the range asked for lies behind the end: there are {length} bytes"),
            )
        }
    }

    /// A fault of ours in this one request.
    pub(crate) fn fault() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "modkeep failed in this request: its log has the details",
        )
    }

    fn later(status: StatusCode, text: &str, retry_after: Option<Duration>) -> Self {
        Self {
            retry_after: Some(retry_after.unwrap_or(SOON)),
            ..Self::new(status, text)
        }
    }
}

impl From<&keeper::Error> for Refusal {
    fn from(error: &keeper::Error) -> Self {
        use keeper::Error;
        match error {
            Error::Absent { text, lasting, .. } => Self {
                max_age: Some(if *lasting { 600 } else { 60 }),
                ..Self::new(StatusCode::NOT_FOUND, text)
            },
            Error::Denied { text, .. } => Self::new(StatusCode::FORBIDDEN, text),
            Error::Integrity { text, .. } => Self::new(StatusCode::BAD_GATEWAY, text),
            Error::BadUpstream { text, .. } => Self::later(StatusCode::BAD_GATEWAY, text, None),
            // An upstream's 429 speaks of our requests, not of this client's.
            Error::Unavailable {
                text, retry_after, ..
            }
            | Error::RateLimited {
                text, retry_after, ..
            } => Self::later(StatusCode::SERVICE_UNAVAILABLE, text, *retry_after),
            Error::Timeout { text, .. } => Self::later(StatusCode::GATEWAY_TIMEOUT, text, None),
            Error::Overloaded { text } | Error::Store { text } => {
                Self::later(StatusCode::SERVICE_UNAVAILABLE, text, None)
            }
        }
    }
}

impl From<&RequestError> for Refusal {
    fn from(error: &RequestError) -> Self {
        match error {
            RequestError::NotFound(text) | RequestError::Malformed(text) => Self::not_found(text),
            RequestError::BadEscape(text) => Self::bad_request(text),
        }
    }
}

/// `text` as `go` shows it: it drops a text whole that holds one character that is not graphic, and
/// stops at an empty line.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len() + 1);
    let lines = text.lines().map(str::trim_end);
    'text: for line in lines.filter(|line| !line.is_empty()).take(LINES) {
        for character in line.chars().chain(['\n']) {
            let shown = match character {
                '\t' => ' ',
                '\n' | ' '..='~' => character,
                letter if letter.is_alphanumeric() => letter,
                _ => '?',
            };
            // One byte is kept for the last line's end.
            if plain.len() + shown.len_utf8() >= BYTES {
                break 'text;
            }
            plain.push(shown);
        }
    }
    if plain.is_empty() {
        plain.push_str("no reason was given");
    }
    if !plain.ends_with('\n') {
        plain.push('\n');
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use keeper::Error;
    use proptest::prelude::*;

    fn text() -> String {
        "why".to_owned()
    }

    #[test]
    fn every_error_of_the_keeper_has_its_status() {
        let (text, upstream) = (text(), None);
        let absent = |lasting| Error::Absent {
            text: "why".to_owned(),
            lasting,
            upstream: None,
        };
        let unavailable = |retry_after| Error::Unavailable {
            text: "why".to_owned(),
            retry_after,
            upstream: None,
        };
        let limited = |retry_after| Error::RateLimited {
            text: "why".to_owned(),
            retry_after,
            upstream: None,
        };
        let minute = Some(Duration::from_mins(1));
        for (error, status, retry_after, max_age) in [
            (absent(false), 404, None, Some(60)),
            (absent(true), 404, None, Some(600)),
            (unavailable(None), 503, Some(SOON), None),
            (unavailable(minute), 503, minute, None),
            (limited(None), 503, Some(SOON), None),
            (limited(minute), 503, minute, None),
        ] {
            check(&error, status, retry_after, max_age);
        }
        check(
            &Error::Denied {
                text: text.clone(),
                upstream: None,
            },
            403,
            None,
            None,
        );
        check(
            &Error::Integrity {
                text: text.clone(),
                upstream: None,
            },
            502,
            None,
            None,
        );
        let bad = Error::BadUpstream {
            text: text.clone(),
            upstream: None,
        };
        check(&bad, 502, Some(SOON), None);
        check(
            &Error::Timeout {
                text: text.clone(),
                upstream,
            },
            504,
            Some(SOON),
            None,
        );
        check(
            &Error::Overloaded { text: text.clone() },
            503,
            Some(SOON),
            None,
        );
        check(&Error::Store { text }, 503, Some(SOON), None);
    }

    fn check(error: &Error, status: u16, retry_after: Option<Duration>, max_age: Option<u32>) {
        let refusal = Refusal::from(error);
        assert_eq!(refusal.status.as_u16(), status, "{error:?}");
        assert_eq!(refusal.retry_after, retry_after, "{error:?}");
        assert_eq!(refusal.max_age, max_age, "{error:?}");
        assert_eq!(refusal.text, "why\n");
    }

    #[test]
    fn bad_paths_are_absent_and_bad_escapes_are_bad_requests() {
        for (error, status) in [
            (RequestError::NotFound(text()), 404),
            (RequestError::Malformed(text()), 404),
            (RequestError::BadEscape(text()), 400),
        ] {
            assert_eq!(Refusal::from(&error).status.as_u16(), status);
        }
    }

    #[test]
    fn texts_that_go_would_drop_are_mended() {
        for (given, expected) in [
            ("one\n\n\ntwo  \n", "one\ntwo\n"),
            ("a\tb\u{7}c\u{200b}d ä", "a b?c?d ä\n"),
            ("", "no reason was given\n"),
            ("1\n2\n3\n4\n5\n6\n7\n8\n9", "1\n2\n3\n4\n5\n6\n7\n8\n"),
        ] {
            assert_eq!(plain(given), expected);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn every_text_is_shown(given in "(?s).{0,1000}") {
            let text = plain(&given);
            prop_assert!(text.len() <= BYTES && text.ends_with('\n'));
            prop_assert!(text.lines().count() <= LINES && !text.contains("\n\n"));
            prop_assert!(text.chars().all(|c| c == '\n' || !c.is_control()));
        }
    }
}
