//! Reading a zip by offset through one buffer.

use std::io::{self, Read, Seek, SeekFrom};

/// The buffer's size in bytes: entries lie one behind the other, so that reading through them in
/// order costs one read a buffer. Larger ones measured no faster.
const BUFFER_BYTES: usize = 128 << 10;

/// A seekable reader with a window over it. Offsets that are in the window cost nothing.
pub(super) struct Source<R> {
    reader: R,
    buffer: Vec<u8>,
    /// The offset of the first byte in the buffer, and how many bytes of it are filled.
    start: u64,
    filled: usize,
    /// The reader's own position, so that reading onward needs no seek.
    position: u64,
    length: u64,
}

impl<R: Read + Seek> Source<R> {
    pub(super) fn new(mut reader: R) -> io::Result<Self> {
        let length = reader.seek(SeekFrom::End(0))?;
        Ok(Self {
            reader,
            buffer: vec![0; BUFFER_BYTES],
            start: 0,
            filled: 0,
            position: length,
            length,
        })
    }

    /// The length of the whole zip, in bytes.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Some bytes from `offset` on; none only at the end of the zip.
    pub(super) fn bytes_at(&mut self, offset: u64) -> io::Result<&[u8]> {
        let skip = match offset.checked_sub(self.start).map(usize::try_from) {
            Some(Ok(skip)) if skip < self.filled => skip,
            _ => {
                self.fill(offset)?;
                0
            }
        };
        Ok(&self.buffer[skip..self.filled])
    }

    /// Fills `bytes` from `offset` on; false when the zip ends before.
    pub(super) fn read_at(&mut self, offset: u64, bytes: &mut [u8]) -> io::Result<bool> {
        let mut filled = 0;
        let mut offset = offset;
        while filled < bytes.len() {
            let found = self.bytes_at(offset)?;
            if found.is_empty() {
                return Ok(false);
            }
            let count = found.len().min(bytes.len() - filled);
            bytes[filled..filled + count].copy_from_slice(&found[..count]);
            filled += count;
            offset += count as u64;
        }
        Ok(true)
    }

    fn fill(&mut self, offset: u64) -> io::Result<()> {
        self.filled = 0;
        if offset >= self.length {
            return Ok(());
        }
        if self.position != offset {
            self.position = self.reader.seek(SeekFrom::Start(offset))?;
        }
        self.start = offset;
        self.filled = loop {
            match self.reader.read(&mut self.buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.position += self.filled as u64;
        Ok(())
    }
}
