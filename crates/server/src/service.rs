//! One request: who asks, what for, and who answers.

use std::convert::Infallible;
use std::future::Future;
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll};

use futures_util::FutureExt;
use gomod::request::ProxyRequest;
use http::header::{ACCEPT, AUTHORIZATION, HOST, IF_NONE_MATCH, IF_RANGE, RANGE};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode, Version};
use hyper::body::Incoming;
use hyper::service::Service;
use keeper::{Fetch, Keeper};
use platform::{Clock, Limits};
use telemetry::Metrics;

use crate::accesslog::LogQueue;
use crate::activity::Activity;
use crate::body::ReplyBody;
use crate::chunk::Chunks;
use crate::exchange::Exchange;
use crate::login::Login;
use crate::reply::{Outcome, Page, respond};
use crate::status::Refusal;
use crate::target::Target;
use crate::{Build, feed, pages, relay};

/// What all connections share.
pub(crate) struct Shared {
    pub(crate) keeper: Keeper,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) base_path: String,
    pub(crate) login: Option<Login>,
    pub(crate) access_log: Option<LogQueue>,
    pub(crate) limits: Limits,
    pub(crate) clock: Clock,
    pub(crate) build: Build,
    pub(crate) chunks: Arc<Chunks>,
    pub(crate) tls: bool,
    pub(crate) draining: AtomicBool,
}

/// Answers the requests of one connection.
pub(crate) struct ConnectionService {
    pub(crate) shared: Arc<Shared>,
    pub(crate) activity: Arc<Activity>,
    pub(crate) peer: IpAddr,
}

/// A response that is ready, or will be.
#[expect(
    clippy::large_enum_variant,
    reason = "a hot answer is moved once; a box would be one more allocation"
)]
pub(crate) enum Reply {
    Ready(Option<Response<ReplyBody>>),
    Waiting(Pin<Box<dyn Future<Output = Response<ReplyBody>> + Send>>),
}

impl Service<Request<Incoming>> for ConnectionService {
    type Response = Response<ReplyBody>;
    type Error = Infallible;
    type Future = Reply;

    fn call(&self, request: Request<Incoming>) -> Reply {
        // A body is never read: no request of ours has one.
        let (head, _body) = request.into_parts();
        self.shared.answer(head, self.peer, &self.activity)
    }
}

impl Future for Reply {
    type Output = Result<Response<ReplyBody>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::Ready(response) => match response.take() {
                Some(response) => Poll::Ready(Ok(response)),
                None => Poll::Pending,
            },
            Self::Waiting(future) => future.as_mut().poll(cx).map(Ok),
        }
    }
}

impl Shared {
    /// Answers one request: at once what can be, without a task of its own, the rest when it is there.
    /// A panic ends this request only.
    pub(crate) fn answer(
        self: &Arc<Self>,
        head: Parts,
        peer: IpAddr,
        activity: &Arc<Activity>,
    ) -> Reply {
        let route = Target::parse(&self.base_path, head.uri.path()).label();
        let mut exchange = Exchange::begin(self, activity, peer, route, &head);
        let at_once = catch_unwind(AssertUnwindSafe(|| {
            self.answer_at_once(&head, &mut exchange)
        }));
        let outcome = match at_once {
            Ok(Some(outcome)) => outcome,
            Ok(None) => {
                let shared = Arc::clone(self);
                return Reply::Waiting(Box::pin(shared.answer_later(head, exchange)));
            }
            Err(_) => Outcome::Refusal(Refusal::fault()),
        };
        Reply::Ready(Some(respond(outcome, &head, self, exchange)))
    }

    /// What needs no waiting: refusals, small pages, hot answers.
    fn answer_at_once(&self, head: &Parts, exchange: &mut Exchange) -> Option<Outcome> {
        let path = head.uri.path();
        let target = Target::parse(&self.base_path, path);
        if let Some(refusal) = self.refuse(head, target, exchange) {
            return Some(Outcome::Refusal(refusal));
        }
        if let Some(wire_path) = target.wire_path(&self.base_path, path) {
            return self.keeper.hot(wire_path).map(Outcome::Answer);
        }
        Some(match target {
            Target::Root => {
                let host = head.headers.get(HOST).and_then(|host| host.to_str().ok());
                let host = host.or_else(|| head.uri.authority().map(http::uri::Authority::as_str));
                Outcome::Page(Page::text(pages::root(host, self.tls, &self.base_path)))
            }
            Target::Robots => Outcome::Page(Page::text(pages::ROBOTS)),
            Target::Healthz => Outcome::Page(Page::text("ok\n")),
            Target::Version => json(pages::version(&self.build)),
            Target::Outside => {
                let text = format!(
                    "nothing is here: this server answers below {}/",
                    self.base_path
                );
                Outcome::Refusal(Refusal::not_found(&text))
            }
            _ => return None,
        })
    }

    /// Refuses methods, and clients that are not who they must be.
    fn refuse(&self, head: &Parts, target: Target<'_>, exchange: &mut Exchange) -> Option<Refusal> {
        if let Some(login) = self.login.as_ref().filter(|_| !target.is_open()) {
            let given = head.headers.get(AUTHORIZATION);
            let accepted = given.map(|header| login.accepts(header.as_bytes()));
            self.metrics.auth_attempt(accepted);
            if accepted != Some(true) {
                return Some(Refusal::unauthorized(given.is_some()));
            }
            exchange.note_user(&login.user);
        }
        let known = head.method == Method::GET || head.method == Method::HEAD;
        (!known).then(|| Refusal::method(&head.method))
    }

    async fn answer_later(
        self: Arc<Self>,
        head: Parts,
        mut exchange: Exchange,
    ) -> Response<ReplyBody> {
        let work = AssertUnwindSafe(self.work(&head, &mut exchange)).catch_unwind();
        let outcome = work
            .await
            .unwrap_or_else(|_| Outcome::Refusal(Refusal::fault()));
        respond(outcome, &head, &self, exchange)
    }

    async fn work(&self, head: &Parts, exchange: &mut Exchange) -> Outcome {
        let query = head.uri.query().unwrap_or_default();
        match Target::parse(&self.base_path, head.uri.path()) {
            Target::Module(wire_path) => self.module(wire_path, head, exchange).await,
            Target::Sumdb(wire_path) => self.sumdb(wire_path, exchange).await,
            Target::Readyz => self.readiness().await,
            Target::Metrics => self.exposition(head).await,
            Target::Index => self.index(query).await,
            Target::Catalog => self.catalog(query).await,
            _ => Outcome::Refusal(Refusal::not_found("nothing is here")),
        }
    }

    async fn module(&self, wire_path: &str, head: &Parts, exchange: &mut Exchange) -> Outcome {
        let what = match ProxyRequest::parse(wire_path) {
            Ok(what) => what,
            Err(error) => return Outcome::Refusal(Refusal::from(&error)),
        };
        let cached_only = head
            .headers
            .get("disable-module-fetch")
            .is_some_and(|value| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"true"));
        let fetch = if cached_only {
            Fetch::CachedOnly
        } else {
            Fetch::Allowed
        };
        let request = keeper::Request {
            what,
            fetch,
            stream: may_stream(head),
        };
        outcome(self.keeper.answer(request).await, exchange)
    }

    async fn sumdb(&self, wire_path: &str, exchange: &mut Exchange) -> Outcome {
        match relay::parse(self.keeper.sumdb_names(), wire_path) {
            Ok(request) => outcome(self.keeper.sumdb(request).await, exchange),
            Err(refusal) => Outcome::Refusal(refusal),
        }
    }

    async fn readiness(&self) -> Outcome {
        let health = self.keeper.health().await;
        let (ready, text) = pages::readiness(&health, self.draining.load(Relaxed));
        let mut page = Page::text(text);
        if !ready {
            page.status = StatusCode::SERVICE_UNAVAILABLE;
        }
        Outcome::Page(page)
    }

    async fn exposition(&self, head: &Parts) -> Outcome {
        // How much is held is worth nothing when the catalog cannot be asked; the rest is.
        if let Ok(totals) = self.keeper.totals().await {
            self.metrics
                .storage([totals.info, totals.go_mod, totals.zip], totals.bytes);
        }
        let accept = head
            .headers
            .get(ACCEPT)
            .and_then(|accept| accept.to_str().ok());
        let openmetrics =
            accept.is_some_and(|accept| accept.contains("application/openmetrics-text"));
        let metrics = Arc::clone(&self.metrics);
        let Ok(text) = tokio::task::spawn_blocking(move || metrics.expose(openmetrics)).await
        else {
            return Outcome::Refusal(Refusal::fault());
        };
        let content_type = if openmetrics {
            "application/openmetrics-text; version=1.0.0; charset=utf-8"
        } else {
            "text/plain; version=0.0.4; charset=utf-8"
        };
        let mut page = Page::text(text);
        page.content_type = HeaderValue::from_static(content_type);
        Outcome::Page(page)
    }

    async fn index(&self, query: &str) -> Outcome {
        let (since, limit) = match feed::index_query(query) {
            Ok(wanted) => wanted,
            Err(refusal) => return Outcome::Refusal(refusal),
        };
        match self.keeper.index(since, limit).await {
            Ok(lines) => feed::index_text(&lines)
                .map_or_else(|_| fault(), |text| Outcome::Page(Page::text(text))),
            Err(error) => Outcome::Refusal(Refusal::from(&error)),
        }
    }

    async fn catalog(&self, query: &str) -> Outcome {
        let (token, size) = match feed::catalog_query(query) {
            Ok(wanted) => wanted,
            Err(refusal) => return Outcome::Refusal(refusal),
        };
        match self.keeper.page(token.as_deref(), size).await {
            Ok(page) => json(feed::catalog_text(&page)),
            Err(error) => Outcome::Refusal(Refusal::from(&error)),
        }
    }
}

fn outcome(answer: Result<keeper::Answer, keeper::Error>, exchange: &mut Exchange) -> Outcome {
    match answer {
        Ok(answer) => Outcome::Answer(answer),
        Err(error) => {
            exchange.note_upstream(error.upstream());
            Outcome::Refusal(Refusal::from(&error))
        }
    }
}

fn json(text: Result<Vec<u8>, serde_json::Error>) -> Outcome {
    text.map_or_else(|_| fault(), |text| Outcome::Page(Page::json(text)))
}

fn fault() -> Outcome {
    Outcome::Refusal(Refusal::fault())
}

/// Whether a zip may be sent while it is being fetched. Not to those who want to know its tag, a part
/// of it, or only its length, and not over HTTP/1.0, where the end of the connection ends a body.
fn may_stream(head: &Parts) -> bool {
    head.method == Method::GET
        && head.version >= Version::HTTP_11
        && [RANGE, IF_RANGE, IF_NONE_MATCH]
            .iter()
            .all(|name| !head.headers.contains_key(name))
}
