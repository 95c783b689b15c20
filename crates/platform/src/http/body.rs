//! Bodies: a deadline for silence, the promised length, gzip undone within bounds.
//!
//! A body is asked for without encoding, and most come so: their chunks are handed on without a copy.
//! Some servers compress all the same; what they send is undone in steps of a fixed size, so that the
//! reader's own limit ends a bomb long before it has taken memory.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use flate2::{Decompress, FlushDecompress, Status};

use super::{HttpError, Phase, failure};

/// Most that one step of decompression gives: a small input cannot take more memory than this at once.
const GUNZIP_STEP: usize = 64 << 10;

/// A body that arrives, decoded, with a deadline for silence.
pub struct HttpBody {
    wire: Wire,
    gzip: Option<Gunzip>,
}

/// The body as it comes over the wire.
struct Wire {
    response: reqwest::Response,
    host: String,
    stall: Duration,
    promised: Option<u64>,
    received: u64,
}

impl HttpBody {
    /// The body of `response`; an error if its encoding is unknown.
    pub(super) fn new(
        response: reqwest::Response,
        host: String,
        stall: Duration,
    ) -> Result<Self, HttpError> {
        let headers = response.headers();
        let encoding = headers.get(http::header::CONTENT_ENCODING);
        let gzip = match encoding.map(http::HeaderValue::as_bytes) {
            None | Some(b"" | b"identity") => None,
            Some(b"gzip" | b"x-gzip") => Some(Gunzip::default()),
            Some(other) => {
                let shown: String = String::from_utf8_lossy(other).chars().take(40).collect();
                return Err(HttpError::Encoding(format!(
                    "{host} answered in an encoding that was not asked for: {shown:?}"
                )));
            }
        };
        let promised = headers
            .get(http::header::CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse().ok());
        let wire = Wire {
            response,
            host,
            stall,
            promised,
            received: 0,
        };
        Ok(Self { wire, gzip })
    }

    /// The next bytes; `None` at the end. Decodes gzip if the server sent it in spite of us.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, HttpError> {
        let Some(gzip) = &mut self.gzip else {
            return self.wire.chunk().await;
        };
        loop {
            if let Some(decoded) = gzip.step(&self.wire.host)? {
                return Ok(Some(decoded));
            }
            match self.wire.chunk().await? {
                Some(input) => gzip.input = input,
                None => return gzip.end(&self.wire.host),
            }
        }
    }

    /// All of it, at most `limit` bytes decoded.
    pub async fn collect(mut self, limit: u64) -> Result<Bytes, HttpError> {
        let too_large = |host: &str| {
            HttpError::TooLarge(format!(
                "{host} sent more than {limit} bytes, the most that is taken"
            ))
        };
        if self.length().is_some_and(|length| length > limit) {
            return Err(too_large(&self.wire.host));
        }
        let Some(first) = self.chunk().await? else {
            return Ok(Bytes::new());
        };
        let mut total = first.len() as u64;
        if total <= limit && self.length() == Some(total) {
            // The usual case: all in one piece, given on without a copy.
            return match self.chunk().await? {
                None => Ok(first),
                Some(_) => Err(too_large(&self.wire.host)),
            };
        }
        let mut all = BytesMut::from(first);
        while total <= limit {
            let Some(next) = self.chunk().await? else {
                return Ok(all.freeze());
            };
            total += next.len() as u64;
            all.extend_from_slice(&next);
        }
        Err(too_large(&self.wire.host))
    }

    /// The length that was promised, if the body is not encoded.
    pub fn length(&self) -> Option<u64> {
        match self.gzip {
            None => self.wire.promised,
            Some(_) => None,
        }
    }
}

impl Wire {
    async fn chunk(&mut self) -> Result<Option<Bytes>, HttpError> {
        let next = tokio::time::timeout(self.stall, self.response.chunk()).await;
        let chunk = match next {
            Err(_) => return Err(self.silence()),
            Ok(Err(error)) => return Err(failure::within_body(&self.host, self.received, &error)),
            Ok(Ok(chunk)) => chunk,
        };
        match (&chunk, self.promised) {
            (Some(bytes), _) => self.received += bytes.len() as u64,
            (None, Some(promised)) if self.received < promised => {
                return Err(HttpError::Truncated(format!(
                    "{} ended after {} of {promised} bytes",
                    self.host, self.received
                )));
            }
            (None, _) => {}
        }
        Ok(chunk)
    }

    /// The failure that a pause too long is.
    fn silence(&self) -> HttpError {
        HttpError::Timeout {
            phase: Phase::Stall,
            text: format!(
                "{} was silent for {:?} after {} bytes",
                self.host, self.stall, self.received
            ),
        }
    }
}

/// Undoes gzip step by step. Several members in a row are one body, as `go` reads them.
#[derive(Default)]
struct Gunzip {
    member: Option<Decompress>,
    input: Bytes,
    members: u64,
}

impl Gunzip {
    /// Decodes some of the input; `None` when more input is needed.
    fn step(&mut self, host: &str) -> Result<Option<Bytes>, HttpError> {
        while !self.input.is_empty() {
            let member = self.member.get_or_insert_with(|| Decompress::new_gzip(15));
            let (consumed, produced) = (member.total_in(), member.total_out());
            let mut decoded = Vec::with_capacity(GUNZIP_STEP);
            let status = member
                .decompress_vec(&self.input, &mut decoded, FlushDecompress::None)
                .map_err(|_| HttpError::Encoding(format!("{host} sent broken gzip")))?;
            let consumed = usize::try_from(member.total_in() - consumed).unwrap_or(usize::MAX);
            let stuck = consumed == 0 && member.total_out() == produced;
            let _ = self.input.split_to(consumed.min(self.input.len()));
            if status == Status::StreamEnd {
                self.member = None;
                self.members += 1;
            } else if stuck {
                return Err(HttpError::Encoding(format!("{host} sent broken gzip")));
            }
            if !decoded.is_empty() {
                return Ok(Some(decoded.into()));
            }
        }
        Ok(None)
    }

    /// The end of the input: also the end of a member, or it was cut.
    fn end(&mut self, host: &str) -> Result<Option<Bytes>, HttpError> {
        if self.member.is_some() || self.members == 0 {
            let text = format!("{host} ended within a gzip body");
            return Err(HttpError::Truncated(text));
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn gzip(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    /// Decodes pieces of `size` bytes; the largest step seen comes along.
    fn gunzip(data: &[u8], size: usize) -> Result<(Vec<u8>, usize), HttpError> {
        let mut decoder = Gunzip::default();
        let (mut all, mut largest) = (Vec::new(), 0);
        for piece in data.chunks(size) {
            decoder.input = Bytes::copy_from_slice(piece);
            while let Some(step) = decoder.step("h")? {
                largest = largest.max(step.len());
                all.extend_from_slice(&step);
            }
        }
        decoder.end("h").map(|_| (all, largest))
    }

    #[test]
    fn gzip_is_undone_in_bounded_steps() {
        let zeros = vec![0; 10 << 20];
        let packed = gzip(&zeros);
        for size in [1, 7, packed.len()] {
            let (data, largest) = gunzip(&packed, size).unwrap();
            assert!(data == zeros, "pieces of {size}");
            assert!(largest <= GUNZIP_STEP);
        }
    }

    #[test]
    fn members_in_a_row_are_one_body() {
        let two = [gzip(b"one "), gzip(b"two")].concat();
        for size in [1, 5, two.len()] {
            assert_eq!(gunzip(&two, size).unwrap().0, b"one two");
        }
    }

    #[test]
    fn broken_gzip_is_told_from_cut_gzip() {
        let packed = gzip(&[7; 1000]);
        let cut = gunzip(&packed[..packed.len() - 1], 9).unwrap_err();
        assert!(matches!(cut, HttpError::Truncated(_)), "{cut}");
        let mut broken = packed.clone();
        let checksum = broken.len() - 8;
        broken[checksum] ^= 1;
        let error = gunzip(&broken, 9).unwrap_err();
        assert!(matches!(error, HttpError::Encoding(_)), "{error}");
        let error = gunzip(b"plain text", 100).unwrap_err();
        assert!(matches!(error, HttpError::Encoding(_)), "{error}");
        assert!(matches!(gunzip(b"", 1), Err(HttpError::Truncated(_))));
    }
}
