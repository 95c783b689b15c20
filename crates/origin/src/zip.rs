//! Zips: a walk along a chain, and bodies that go on after a break.
//!
//! A zip has no deadline but for silence. A break is mended only at the same source, only with a strong
//! validator, and only by an answer that is exactly the rest; anything else could join halves of two
//! different zips, so the break is final and the walk may go on to the next source from the start.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use gomod::ModuleVersion;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use platform::{HttpBody, HttpError, HttpResponse};
use tokio::io::AsyncReadExt;
use tokio::sync::OwnedSemaphorePermit;

use crate::chain::Failures;
use crate::exchange::{Ask, Deadline, invalid};
use crate::origins::{Event, Shared, file_error};
use crate::status;
use crate::tree::{self, TreeError};
use crate::upstream::{Base, Upstream};
use crate::{Chain, LinkSource, OriginError, shape};

/// One walk along a chain for a zip.
pub struct ZipWalk {
    shared: Arc<Shared>,
    chain: Chain,
    /// Below an upstream's base, unencoded.
    path: Arc<str>,
    /// The link to ask next.
    position: usize,
    failures: Failures,
}

/// A zip that arrives from one source. A break is resumed there if it can be.
pub struct ZipBody {
    shared: Arc<Shared>,
    upstream: Arc<Upstream>,
    path: Arc<str>,
    data: Data,
    length: Option<u64>,
    received: u64,
    resume: Resume,
}

/// Where the bytes come from.
enum Data {
    Web {
        body: Box<HttpBody>,
        /// One of the upstream's places, as long as the body arrives.
        _place: OwnedSemaphorePermit,
    },
    File(tokio::fs::File),
}

/// Whether and how a break can be mended.
struct Resume {
    /// The strong validator; without it, what is left may be of another zip.
    etag: Option<HeaderValue>,
    left: u32,
    /// Bytes received at the last break: the next must come later.
    last: Option<u64>,
}

impl ZipWalk {
    /// At the first source.
    pub(crate) fn new(shared: Arc<Shared>, chain: Chain, module: &ModuleVersion) -> Self {
        let path = format!(
            "{}/@v/{}.zip",
            module.path.escaped(),
            module.version.escaped()
        );
        Self {
            shared,
            chain,
            path: path.into(),
            position: 0,
            failures: Failures::default(),
        }
    }

    /// The body from the next source that has it. `failed` is what went wrong with the body given before:
    /// it comes back when the chain may not go on after it.
    pub async fn next(&mut self, failed: Option<OriginError>) -> Result<ZipBody, OriginError> {
        let mut failed = failed;
        loop {
            if let Some(error) = failed.take() {
                self.pass(error)?;
            }
            let source = self.chain.links().get(self.position);
            let Some(source) = source.map(|link| link.source.clone()) else {
                return Err(std::mem::take(&mut self.failures).into_error());
            };
            self.position += 1;
            match source {
                LinkSource::Upstream(id) => match self.shared.open(&id, &self.path).await {
                    Ok(body) => return Ok(body),
                    Err(error) => failed = Some(error),
                },
                LinkSource::Direct => self.failures.add_direct(),
                LinkSource::Off => self.failures.add_off(),
            }
        }
    }

    /// Goes on behind the source that failed, or ends the walk.
    fn pass(&mut self, error: OriginError) -> Result<(), OriginError> {
        let asked = self.position.saturating_sub(1);
        let links = self.chain.links();
        let goes_on = links
            .get(asked)
            .is_some_and(|link| link.goes_on_after(&error));
        if goes_on {
            self.shared.tell_fallback(&self.chain, asked, &error);
        } else {
            self.position = links.len();
        }
        self.failures.add(error);
        if goes_on {
            return Ok(());
        }
        Err(std::mem::take(&mut self.failures).into_error())
    }
}

impl Shared {
    /// The zip at one upstream.
    async fn open(self: &Arc<Self>, id: &str, path: &Arc<str>) -> Result<ZipBody, OriginError> {
        let upstream = self.upstream(id)?;
        let body = match &upstream.base {
            Base::Folder(_) => self.open_file(upstream, path).await?,
            Base::Web { .. } => {
                let (response, place) = self.ask_zip(upstream, path, HeaderMap::new()).await?;
                let etag = strong_etag(&response);
                ZipBody {
                    shared: Arc::clone(self),
                    upstream: Arc::clone(upstream),
                    path: Arc::clone(path),
                    length: response.body.length(),
                    received: 0,
                    resume: Resume {
                        etag,
                        left: self.wire.limits.tries,
                        last: None,
                    },
                    data: Data::Web {
                        body: Box::new(response.body),
                        _place: place,
                    },
                }
            }
        };
        match body.length {
            Some(length) if length > self.wire.limits.zip_bytes => Err(body.too_large()),
            _ => Ok(body),
        }
    }

    /// Asks for a zip, or with a range for the rest of one.
    async fn ask_zip(
        &self,
        upstream: &Arc<Upstream>,
        path: &str,
        headers: HeaderMap,
    ) -> Result<(HttpResponse, OwnedSemaphorePermit), OriginError> {
        let wanted = if headers.contains_key(header::RANGE) {
            StatusCode::PARTIAL_CONTENT
        } else {
            StatusCode::OK
        };
        let ask = Ask {
            kind: "zip",
            path,
            headers,
            deadline: Deadline::never(),
        };
        let (begun, response) = self.wire.begin(upstream, &ask, wanted).await?;
        Ok((response, begun.conclude(None)))
    }

    /// The zip in a folder. Its reads go to blocking threads, as large as one read may be.
    async fn open_file(
        self: &Arc<Self>,
        upstream: &Arc<Upstream>,
        path: &Arc<str>,
    ) -> Result<ZipBody, OriginError> {
        let Base::Folder(root) = &upstream.base else {
            return Err(file_error(upstream, path, TreeError::Missing));
        };
        let start = self.wire.clock.now();
        let (root, name) = (root.clone(), Arc::clone(path));
        let opened = tokio::task::spawn_blocking(move || tree::open(&root, &name)).await;
        let opened = opened.unwrap_or_else(|error| Err(TreeError::Unreadable(error.to_string())));
        let opened = opened.map_err(|error| file_error(upstream, path, error));
        (self.wire.observe)(&Event::Exchange {
            upstream: &upstream.id,
            kind: "zip",
            error: opened.as_ref().err(),
            duration: self.wire.clock.since(start),
        });
        let (file, length) = opened?;
        let mut file = tokio::fs::File::from_std(file);
        file.set_max_buf_size(self.wire.limits.chunk_bytes);
        Ok(ZipBody {
            shared: Arc::clone(self),
            upstream: Arc::clone(upstream),
            path: Arc::clone(path),
            data: Data::File(file),
            length: Some(length),
            received: 0,
            resume: Resume {
                etag: None,
                left: 0,
                last: None,
            },
        })
    }
}

impl ZipBody {
    /// Who sends it.
    pub fn upstream(&self) -> &Arc<str> {
        &self.upstream.id
    }

    /// Its length, if it was promised.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// The next bytes; `None` at the proven end of the promised length.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, OriginError> {
        loop {
            let chunk = match &mut self.data {
                Data::Web { body, .. } => body.chunk().await,
                Data::File(file) => read_file(file, self.shared.wire.limits.chunk_bytes).await,
            };
            let cause = match chunk {
                Ok(Some(bytes)) => return self.take(bytes).map(Some),
                Ok(None) if self.length.is_none_or(|length| self.received >= length) => {
                    return Ok(None);
                }
                Ok(None) => HttpError::Truncated(format!("it ended after {} bytes", self.received)),
                Err(error @ (HttpError::Truncated(_) | HttpError::Timeout { .. })) => error,
                Err(error) => return Err(self.broken(&error)),
            };
            self.resume_after(cause).await?;
        }
    }

    /// Counts bytes that arrived.
    fn take(&mut self, bytes: Bytes) -> Result<Bytes, OriginError> {
        if self.received == 0 {
            shape::page(&bytes).map_err(|why| {
                let what = self.upstream.reading(&self.path);
                invalid(&self.upstream, &what, &why)
            })?;
        }
        self.received += bytes.len() as u64;
        if self.received > self.shared.wire.limits.zip_bytes {
            return Err(self.too_large());
        }
        // A file that grows: who reads along was promised the length.
        if let Some(length) = self.length.filter(|length| self.received > *length) {
            let why = format!("with more than the {length} bytes it promised");
            let what = self.upstream.reading(&self.path);
            return Err(invalid(&self.upstream, &what, &why));
        }
        Ok(bytes)
    }

    /// Gets the rest after a break, which must be of the same zip; else the break is final.
    async fn resume_after(&mut self, cause: HttpError) -> Result<(), OriginError> {
        let progress = self.resume.last.is_none_or(|last| self.received > last);
        let mended = match (self.length, self.range()) {
            (Some(length), Some(headers))
                if progress && self.resume.left > 0 && self.received < length =>
            {
                self.resume.left -= 1;
                self.resume.last = Some(self.received);
                self.rest(headers, length).await
            }
            _ => None,
        };
        match mended {
            Some(data) => {
                self.data = data;
                Ok(())
            }
            None => Err(self.broken(&cause)),
        }
    }

    /// The headers that ask for the rest.
    fn range(&self) -> Option<HeaderMap> {
        let mut headers = HeaderMap::new();
        let range = format!("bytes={}-", self.received);
        headers.insert(header::RANGE, HeaderValue::try_from(range).ok()?);
        headers.insert(header::IF_RANGE, self.resume.etag.clone()?);
        Some(headers)
    }

    /// The rest, if it is exactly that.
    async fn rest(&self, headers: HeaderMap, length: u64) -> Option<Data> {
        let asked = self.shared.ask_zip(&self.upstream, &self.path, headers);
        let (response, place) = asked.await.ok()?;
        let range = format!("bytes {}-{}/{length}", self.received, length - 1);
        let exact = response.headers.get(header::CONTENT_RANGE)? == range.as_str()
            && strong_etag(&response) == self.resume.etag
            && response.body.length() == Some(length - self.received);
        exact.then_some(Data::Web {
            body: Box::new(response.body),
            _place: place,
        })
    }

    /// A failure of the transport, as this source's.
    fn broken(&self, error: &HttpError) -> OriginError {
        let what = self.upstream.reading(&self.path);
        status::broken(&self.upstream, &what, error).error
    }

    fn too_large(&self) -> OriginError {
        self.broken(&HttpError::TooLarge(format!(
            "the zip is larger than {} bytes, the most that is taken",
            self.shared.wire.limits.zip_bytes
        )))
    }
}

/// The validator that says byte for byte which zip it is.
fn strong_etag(response: &HttpResponse) -> Option<HeaderValue> {
    let etag = response.headers.get(header::ETAG)?;
    etag.as_bytes().starts_with(b"\"").then(|| etag.clone())
}

/// The next bytes of a file. One that cannot be read further is a body that ended early.
async fn read_file(
    file: &mut tokio::fs::File,
    chunk_bytes: usize,
) -> Result<Option<Bytes>, HttpError> {
    let mut buffer = BytesMut::with_capacity(chunk_bytes);
    match file.read_buf(&mut buffer).await {
        Ok(0) => Ok(None),
        Ok(_) => Ok(Some(buffer.freeze())),
        Err(error) => Err(HttpError::Truncated(error.kind().to_string())),
    }
}
