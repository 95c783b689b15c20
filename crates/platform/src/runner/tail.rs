//! The last bytes of a stream.

use std::collections::VecDeque;

/// Keeps the last so many bytes that were put in.
#[derive(Debug)]
pub(super) struct Tail {
    bytes: VecDeque<u8>,
    limit: usize,
    is_cut: bool,
}

impl Tail {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            bytes: VecDeque::new(),
            limit,
            is_cut: false,
        }
    }

    pub(super) fn push(&mut self, piece: &[u8]) {
        let over = (self.bytes.len() + piece.len()).saturating_sub(self.limit);
        self.is_cut |= over > 0;
        self.bytes.drain(..over.min(self.bytes.len()));
        self.bytes
            .extend(&piece[piece.len().saturating_sub(self.limit)..]);
    }

    /// What is kept, and whether something was dropped.
    pub(super) fn take(&mut self) -> (Vec<u8>, bool) {
        (std::mem::take(&mut self.bytes).into(), self.is_cut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_bytes_are_kept() {
        let table: [(&[&str], &str, bool); 6] = [
            (&[], "", false),
            (&["ab"], "ab", false),
            (&["ab", "cd"], "abcd", false),
            (&["ab", "cd", "e"], "bcde", true),
            (&["abcdefgh"], "efgh", true),
            (&["abc", "defgh", "i"], "fghi", true),
        ];
        for (pieces, wanted, is_cut) in table {
            let mut tail = Tail::new(4);
            for piece in pieces {
                tail.push(piece.as_bytes());
            }
            assert_eq!(tail.take(), (wanted.into(), is_cut), "{pieces:?}");
        }
    }
}
