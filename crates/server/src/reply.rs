//! Responses: from what was decided to status, headers and body.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    ACCEPT_RANGES, ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, IF_RANGE, RANGE, RETRY_AFTER, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Version};
use keeper::{Answer, Body, CacheResult, Content, Validity};

use crate::body::{self, FileReader, ReplyBody, Source};
use crate::exchange::Exchange;
use crate::range::{Part, if_range, none_match, part};
use crate::service::Shared;
use crate::status::Refusal;

/// Says how an answer was come by.
const MODKEEP_CACHE: HeaderName = HeaderName::from_static("modkeep-cache");

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const ZIP: HeaderValue = HeaderValue::from_static("application/zip");
const OCTETS: HeaderValue = HeaderValue::from_static("application/octet-stream");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Bytes of a file read at a time for one HTTP/2 stream: 64 KiB, a stream's first window. A connection
/// has hundreds of streams, and a client may let them all stand.
const STREAM_CHUNK_BYTES: u64 = 64 << 10;

/// What a client gets.
pub(crate) enum Outcome {
    /// An answer of the keeper.
    Answer(Answer),
    /// None, and why.
    Refusal(Refusal),
    /// A text of the server's own.
    Page(Page),
}

/// A text of the server's own.
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) content_type: HeaderValue,
    pub(crate) body: Bytes,
}

impl Page {
    /// A plain text.
    pub(crate) fn text(body: impl Into<Bytes>) -> Self {
        Self {
            status: StatusCode::OK,
            content_type: TEXT,
            body: body.into(),
        }
    }

    /// JSON.
    pub(crate) fn json(body: impl Into<Bytes>) -> Self {
        Self {
            content_type: JSON,
            ..Self::text(body)
        }
    }
}

/// The response for `outcome`. The exchange ends with its body.
pub(crate) fn respond(
    outcome: Outcome,
    head: &Parts,
    shared: &Arc<Shared>,
    mut exchange: Exchange,
) -> Response<ReplyBody> {
    match outcome {
        Outcome::Answer(answer) => {
            exchange.note_answer(&answer);
            respond_answer(answer, head, shared, exchange)
        }
        Outcome::Refusal(refusal) => {
            let headers = refusal_headers(&refusal);
            let body = Bytes::from(refusal.text);
            finish(refusal.status, headers, whole(body), head, exchange)
        }
        Outcome::Page(page) => {
            let mut headers = HeaderMap::with_capacity(5);
            headers.insert(CONTENT_TYPE, page.content_type);
            headers.insert(CACHE_CONTROL, NO_STORE);
            finish(page.status, headers, whole(page.body), head, exchange)
        }
    }
}

fn respond_answer(
    answer: Answer,
    head: &Parts,
    shared: &Arc<Shared>,
    exchange: Exchange,
) -> Response<ReplyBody> {
    let mut headers = answer_headers(&answer, shared.login.is_some());
    let etag = answer.etag.as_deref();
    if let Some(tags) = head.headers.get(IF_NONE_MATCH)
        && none_match(tags.as_bytes(), etag)
    {
        headers.remove(CONTENT_TYPE);
        return finish(
            StatusCode::NOT_MODIFIED,
            headers,
            whole(Bytes::new()),
            head,
            exchange,
        );
    }
    let length = length(&answer.body);
    match wanted(&answer, length, head) {
        Part::Whole => {
            let source = source(answer.body, 0..length, head.version, shared);
            finish(StatusCode::OK, headers, (source, length), head, exchange)
        }
        Part::Bytes(range) => {
            let text = format!("bytes {}-{}/{length}", range.start, range.end - 1);
            insert(&mut headers, CONTENT_RANGE, &text);
            let part = range.end - range.start;
            let source = source(answer.body, range, head.version, shared);
            finish(
                StatusCode::PARTIAL_CONTENT,
                headers,
                (source, part),
                head,
                exchange,
            )
        }
        Part::Unsatisfiable => {
            let refusal = Outcome::Refusal(Refusal::range(length));
            respond(refusal, head, shared, exchange)
        }
    }
}

/// Puts head and body together. For HEAD and 304 the body is left out, and with it what is open for it.
fn finish(
    status: StatusCode,
    mut headers: HeaderMap,
    (source, length): (Source, u64),
    head: &Parts,
    mut exchange: Exchange,
) -> Response<ReplyBody> {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let body = if head.method == Method::HEAD {
        if status != StatusCode::NOT_MODIFIED {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        exchange.answered(status.as_u16(), 0);
        ReplyBody::new(Source::Bytes(Bytes::new()), 0, exchange)
    } else {
        // The length of a body is written by hyper, from its size.
        exchange.answered(status.as_u16(), length);
        ReplyBody::new(source, length, exchange)
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// Which part is asked for. Only what never changes and is whole already is given in parts; HEAD asks
/// for none.
fn wanted(answer: &Answer, length: u64, head: &Parts) -> Part {
    let Some(range) = head
        .headers
        .get(RANGE)
        .and_then(|range| range.to_str().ok())
    else {
        return Part::Whole;
    };
    let fits = head
        .headers
        .get(IF_RANGE)
        .is_none_or(|validator| if_range(validator.as_bytes(), answer.etag.as_deref()));
    if head.method == Method::GET && fits && takes_ranges(answer) {
        part(range, length)
    } else {
        Part::Whole
    }
}

fn takes_ranges(answer: &Answer) -> bool {
    answer.validity == Validity::Immutable && !matches!(answer.body, Body::Stream { .. })
}

fn answer_headers(answer: &Answer, private: bool) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(8);
    headers.insert(CONTENT_TYPE, content_type(answer.content));
    headers.insert(CACHE_CONTROL, cache_control(answer.validity, private));
    let cache = match answer.cache {
        CacheResult::Hit => "hit",
        CacheResult::Miss => "miss",
        CacheResult::Stale => "stale",
        CacheResult::Bypass => "bypass",
    };
    headers.insert(MODKEEP_CACHE, HeaderValue::from_static(cache));
    if takes_ranges(answer) {
        headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    }
    let etag = answer.etag.clone().map(HeaderValue::from_maybe_shared);
    if let Some(Ok(etag)) = etag {
        headers.insert(ETAG, etag);
    }
    headers
}

fn content_type(content: Content) -> HeaderValue {
    match content {
        Content::List | Content::Mod | Content::SumdbText => TEXT,
        Content::Json => JSON,
        Content::Zip => ZIP,
        Content::SumdbTile => OCTETS,
    }
}

/// Shared caches may keep answers only where everybody may have them. A day for what never changes, so
/// that what is withdrawn one day is gone from caches the next.
fn cache_control(validity: Validity, private: bool) -> HeaderValue {
    let text = match (validity, private) {
        (Validity::Immutable, false) => "public, max-age=86400, immutable",
        (Validity::Immutable, true) => "private, max-age=86400, immutable",
        (Validity::Stale, false) => "public, max-age=0, stale-if-error=86400",
        (Validity::Stale, true) => "private, max-age=0, stale-if-error=86400",
        (Validity::Fresh { max_age }, _) => {
            let who = if private { "private" } else { "public" };
            let text = format!("{who}, max-age={}, stale-if-error=86400", max_age.as_secs());
            return HeaderValue::from_maybe_shared(Bytes::from(text)).unwrap_or(NO_STORE);
        }
    };
    HeaderValue::from_static(text)
}

fn refusal_headers(refusal: &Refusal) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(6);
    headers.insert(CONTENT_TYPE, TEXT);
    headers.insert(CACHE_CONTROL, NO_STORE);
    if let Some(seconds) = refusal.max_age {
        insert(&mut headers, CACHE_CONTROL, &format!("max-age={seconds}"));
    }
    if let Some(pause) = refusal.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds(pause)));
    }
    if let Some(length) = refusal.length {
        insert(&mut headers, CONTENT_RANGE, &format!("bytes */{length}"));
    }
    match refusal.status {
        StatusCode::METHOD_NOT_ALLOWED => {
            headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        }
        StatusCode::UNAUTHORIZED => {
            let challenge = "Basic realm=\"modkeep\", charset=\"UTF-8\"";
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        _ => {}
    }
    headers
}

/// Whole seconds, at least one: zero would ask for the same trouble at once.
fn seconds(pause: Duration) -> u64 {
    pause.as_secs().max(1)
}

/// Inserts a value made of graphic characters; another would be left out.
fn insert(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}

fn whole(bytes: Bytes) -> (Source, u64) {
    let length = bytes.len() as u64;
    (Source::Bytes(bytes), length)
}

fn length(body: &Body) -> u64 {
    match body {
        Body::Bytes(bytes) => bytes.len() as u64,
        Body::File { len, .. } | Body::Stream { len, .. } => *len,
    }
}

/// The source of a part of a body; a stream is only ever given whole.
fn source(
    body: Body,
    range: std::ops::Range<u64>,
    version: Version,
    shared: &Arc<Shared>,
) -> Source {
    match body {
        Body::Bytes(bytes) => {
            let place =
                |offset: u64| usize::try_from(offset).map_or(bytes.len(), |at| at.min(bytes.len()));
            Source::Bytes(bytes.slice(place(range.start)..place(range.end)))
        }
        Body::File { file, .. } => {
            let multiplexed = version == Version::HTTP_2;
            let chunk_bytes = if multiplexed {
                STREAM_CHUNK_BYTES
            } else {
                shared.limits.chunk_bytes as u64
            };
            let chunks = &shared.chunks;
            Source::File(FileReader::new(
                file,
                range,
                chunks,
                chunk_bytes,
                !multiplexed,
            ))
        }
        Body::Stream { reader, .. } => body::spool(reader),
    }
}
