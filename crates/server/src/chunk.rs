//! Buffers for reading files: used again and again, and fewer bytes each when many are out.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// Full-sized buffers that may be out at a time: 128, two for each of 64 clients, 32 MiB in all.
const LARGE: usize = 128;

/// Size of a buffer beyond those: 16 KiB, so that thousands of slow clients cost some hundred
/// megabytes at worst.
const SMALL_BYTES: usize = 16 << 10;

/// Full-sized buffers that are kept for the next reader: 32, 8 MiB.
const KEPT: usize = 32;

/// Where buffers come from and go back to.
#[derive(Debug)]
pub(crate) struct Chunks {
    large_bytes: usize,
    large_out: AtomicUsize,
    free: Mutex<Vec<Vec<u8>>>,
}

impl Chunks {
    /// Buffers of at most `large_bytes`.
    pub(crate) fn new(large_bytes: usize) -> Self {
        Self {
            large_bytes,
            large_out: AtomicUsize::new(0),
            free: Mutex::default(),
        }
    }

    /// Reads the next bytes of `file` at `offset`, `most` at most. Blocking.
    ///
    /// # Errors
    /// When the file cannot be read or ends before `most` and the buffer are full.
    pub(crate) fn read(self: Arc<Self>, file: &File, offset: u64, most: u64) -> io::Result<Bytes> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let large = most > SMALL_BYTES && self.take_large();
        let size = if large {
            self.large_bytes
        } else {
            SMALL_BYTES.min(most)
        };
        let mut lease = Lease {
            buffer: if large {
                self.large_buffer()
            } else {
                vec![0; size]
            },
            filled: size.min(most),
            large,
            chunks: self,
        };
        file.read_exact_at(&mut lease.buffer[..lease.filled], offset)?;
        Ok(Bytes::from_owner(lease))
    }

    fn take_large(&self) -> bool {
        let taken = self.large_out.fetch_add(1, Relaxed) < LARGE;
        if !taken {
            self.large_out.fetch_sub(1, Relaxed);
        }
        taken
    }

    fn large_buffer(&self) -> Vec<u8> {
        let kept = self
            .free
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        kept.unwrap_or_else(|| vec![0; self.large_bytes])
    }
}

/// A buffer that goes back when its last reader is done.
struct Lease {
    buffer: Vec<u8>,
    filled: usize,
    large: bool,
    chunks: Arc<Chunks>,
}

impl AsRef<[u8]> for Lease {
    fn as_ref(&self) -> &[u8] {
        &self.buffer[..self.filled]
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.large {
            self.chunks.large_out.fetch_sub(1, Relaxed);
            let mut free = self
                .chunks
                .free
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if free.len() < KEPT {
                free.push(std::mem::take(&mut self.buffer));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(len: usize) -> File {
        let file = tempfile::tempfile().unwrap();
        let content: Vec<u8> = (0..len).map(|n| u8::try_from(n % 251).unwrap()).collect();
        file.write_all_at(&content, 0).unwrap();
        file
    }

    #[test]
    fn buffers_come_back() {
        let (chunks, file) = (Arc::new(Chunks::new(64 << 10)), file(100_000));
        let first = Arc::clone(&chunks).read(&file, 0, 100_000).unwrap();
        assert_eq!(first.len(), 64 << 10);
        let second = Arc::clone(&chunks)
            .read(&file, 64 << 10, 100_000 - (64 << 10))
            .unwrap();
        assert_eq!(second.len(), 100_000 - (64 << 10));
        assert_eq!(usize::from(second[0]), (64 << 10) % 251);
        assert_eq!(chunks.large_out.load(Relaxed), 2);
        drop((first, second));
        assert_eq!(chunks.large_out.load(Relaxed), 0);
        assert_eq!(chunks.free.lock().unwrap().len(), 2);
    }

    #[test]
    fn many_at_a_time_are_small() {
        let (chunks, file) = (Arc::new(Chunks::new(32 << 10)), file(40_000));
        let read = || Arc::clone(&chunks).read(&file, 0, 40_000).unwrap();
        let out: Vec<_> = (0..LARGE).map(|_| read()).collect();
        assert!(out.iter().all(|chunk| chunk.len() == 32 << 10));
        assert_eq!(read().len(), SMALL_BYTES);
        drop(out);
        assert_eq!(chunks.free.lock().unwrap().len(), KEPT);
    }

    #[test]
    fn a_file_that_was_cut_is_an_error() {
        let chunks = Arc::new(Chunks::new(32 << 10));
        assert!(Arc::clone(&chunks).read(&file(10), 0, 20).is_err());
        assert_eq!(chunks.large_out.load(Relaxed), 0);
    }
}
