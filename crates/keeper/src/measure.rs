//! What bytes are: their hashes, and whether they keep the rules of their
//! kind. Hashing and inflating keep a core busy each, so they run on blocking
//! threads, as many at a time as there are cores.

use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;

use data_encoding::HEXLOWER;
use gomod::modzip::{self, ZipError};
use gomod::{ArtifactKind, ModuleVersion, dirhash};
use platform::Limits;
use sha2::{Digest, Sha256};
use store::HeldBody;

use crate::engine::Engine;
use crate::info::Info;

/// Size of one read when hashing: 128 KiB; larger ones measured no faster.
const READ_BYTES: usize = 128 << 10;

/// What some bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Measured {
    /// SHA-256 in lower-case hex.
    pub(crate) sha256: String,
    /// Length in bytes.
    pub(crate) size: u64,
    /// The `h1:` of a go.mod or zip.
    pub(crate) h1: Option<String>,
    /// What an `.info` says, when it was read from the store.
    pub(crate) info: Option<Info>,
}

/// Why bytes could not be measured.
#[derive(Debug)]
pub(crate) enum Unmeasured {
    /// They break a rule of their kind; the text says which.
    Malformed(String),
    /// They could not be read, so that nothing is known of them.
    Unreadable(io::Error),
}

impl From<io::Error> for Unmeasured {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error)
    }
}

impl From<ZipError> for Unmeasured {
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::Read(error) => Self::Unreadable(error),
            broken => Self::Malformed(broken.to_string()),
        }
    }
}

/// SHA-256 of `bytes` in lower-case hex.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// Measures a fetched `.info` or go.mod, whose shape was checked. Blocks for
/// milliseconds when it is large.
pub(crate) fn measure_bytes(kind: ArtifactKind, bytes: &[u8]) -> Measured {
    Measured {
        sha256: sha256(bytes),
        size: bytes.len() as u64,
        h1: (kind == ArtifactKind::Mod).then(|| dirhash::go_mod(bytes)),
        info: None,
    }
}

/// Measures a held artifact and checks the rules of its kind.
pub(crate) async fn measure_held(
    engine: &Engine,
    module: &ModuleVersion,
    kind: ArtifactKind,
    body: HeldBody,
) -> Result<Measured, Unmeasured> {
    let (module, limits) = (module.clone(), engine.parts.limits.clone());
    on_a_core(engine, move || match body {
        HeldBody::File(file) => measure(kind, &module, &limits, file),
        HeldBody::Bytes(bytes) => measure(kind, &module, &limits, Cursor::new(bytes)),
    })
    .await
}

/// Checks the rules of a fetched zip and gives its `h1:`, with what `open` found
/// out besides.
pub(crate) async fn inspect_zip<R: Read + Seek, T: Send + 'static>(
    engine: &Engine,
    module: &ModuleVersion,
    open: impl FnOnce() -> io::Result<(R, T)> + Send + 'static,
) -> Result<(String, T), Unmeasured> {
    let module = module.clone();
    on_a_core(engine, move || {
        let (zip, besides) = open()?;
        Ok((modzip::inspect(zip, &module)?.h1, besides))
    })
    .await
}

/// Runs `work` once there is a core for it.
async fn on_a_core<T: Send + 'static>(
    engine: &Engine,
    work: impl FnOnce() -> Result<T, Unmeasured> + Send + 'static,
) -> Result<T, Unmeasured> {
    let seat = Arc::clone(&engine.inspections).acquire_owned().await;
    let work = tokio::task::spawn_blocking(move || {
        let _seat = seat;
        work()
    });
    work.await.map_err(io::Error::other)?
}

fn measure<R: Read + Seek>(
    kind: ArtifactKind,
    module: &ModuleVersion,
    limits: &Limits,
    mut content: R,
) -> Result<Measured, Unmeasured> {
    let mut info = None;
    let h1 = match kind {
        ArtifactKind::Info => {
            let text = read_small(&mut content, limits.info_bytes)?;
            info = Some(check_info(&text, module)?);
            None
        }
        ArtifactKind::Mod => {
            let text = read_small(&mut content, limits.mod_bytes)?;
            Some(dirhash::go_mod(&text))
        }
        ArtifactKind::Zip => Some(modzip::inspect(&mut content, module)?.h1),
    };
    content.seek(SeekFrom::Start(0))?;
    let (sha256, size) = hash(content)?;
    Ok(Measured {
        sha256,
        size,
        h1,
        info,
    })
}

fn read_small(content: &mut impl Read, limit: u64) -> Result<Vec<u8>, Unmeasured> {
    let mut text = Vec::new();
    content.take(limit + 1).read_to_end(&mut text)?;
    if text.len() as u64 > limit {
        return Err(Unmeasured::Malformed(format!("larger than {limit} bytes")));
    }
    Ok(text)
}

fn check_info(text: &[u8], module: &ModuleVersion) -> Result<Info, Unmeasured> {
    let malformed = |text: &str| Err(Unmeasured::Malformed(text.to_owned()));
    match Info::parse(text) {
        None => malformed("not a JSON object with a Version"),
        Some(info) if !info.is_of(module) => malformed("of another version"),
        Some(info) => Ok(info),
    }
}

fn hash(mut content: impl Read) -> io::Result<(String, u64)> {
    let (mut hash, mut size) = (Sha256::new(), 0);
    let mut buffer = vec![0; READ_BYTES];
    loop {
        match content.read(&mut buffer) {
            Ok(0) => return Ok((HEXLOWER.encode(&hash.finalize()), size)),
            Ok(read) => {
                hash.update(&buffer[..read]);
                size += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
