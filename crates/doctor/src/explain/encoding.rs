//! From the bytes of a log to UTF-8: `PowerShell`'s `>` writes UTF-16. Counts what is no text at all.

/// Bytes from which the encoding is told.
const SAMPLE_BYTES: usize = 256;

/// Of so many bytes one may be a control character in a text: a log that was cut while it was written has
/// some.
const BYTES_PER_CONTROL: usize = 20;

/// The other half of each unit is zero in so small a part at most: a letter beyond ASCII has a zero there by chance.
const FEW: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Utf16Little,
    Utf16Big,
}

/// Turns pieces of a log into UTF-8.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    encoding: Option<Encoding>,
    /// The sample before the encoding is known; then what a piece ended with, within a character.
    held: Vec<u8>,
    bytes: usize,
    controls: usize,
}

impl Decoder {
    /// Takes the next bytes; gives them to `take` as UTF-8.
    pub(super) fn push(&mut self, bytes: &[u8], take: &mut dyn FnMut(&[u8])) {
        if let Some(encoding) = self.encoding {
            return self.decode(encoding, bytes, take);
        }
        self.held.extend_from_slice(bytes);
        if self.held.len() >= SAMPLE_BYTES {
            self.begin(take);
        }
    }

    /// The log has ended.
    pub(super) fn finish(&mut self, take: &mut dyn FnMut(&[u8])) {
        if self.encoding.is_none() {
            self.begin(take);
        }
    }

    /// Whether so much of the log is no text that nothing can be said of it.
    pub(super) fn is_binary(&self) -> bool {
        self.controls > self.bytes / BYTES_PER_CONTROL
    }

    fn begin(&mut self, take: &mut dyn FnMut(&[u8])) {
        let held = std::mem::take(&mut self.held);
        let encoding = tell(&held[..held.len().min(SAMPLE_BYTES)]);
        self.encoding = Some(encoding);
        self.decode(encoding, &held, take);
    }

    fn decode(&mut self, encoding: Encoding, bytes: &[u8], take: &mut dyn FnMut(&[u8])) {
        if encoding == Encoding::Utf8 {
            self.count(bytes);
            return take(bytes);
        }
        let mut units = std::mem::take(&mut self.held);
        units.extend_from_slice(bytes);
        let mut whole = units.len() / 2 * 2;
        let unit = |pair: &[u8]| match encoding {
            Encoding::Utf16Big => u16::from_be_bytes([pair[0], pair[1]]),
            _ => u16::from_le_bytes([pair[0], pair[1]]),
        };
        // The first half of a pair waits for the second.
        if whole >= 2 && (0xd800..0xdc00).contains(&unit(&units[whole - 2..whole])) {
            whole -= 2;
        }
        let text: String = char::decode_utf16(units[..whole].chunks_exact(2).map(unit))
            .map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
        self.held = units.split_off(whole);
        self.count(text.as_bytes());
        take(text.as_bytes());
    }

    fn count(&mut self, bytes: &[u8]) {
        let is_control = |byte: &&u8| **byte < b' ' && !b"\t\n\r\x1b\x08\x0c\x07".contains(byte);
        self.bytes += bytes.len();
        self.controls += bytes.iter().filter(is_control).count();
    }
}

/// By the mark at the beginning; without one, by where the zeros of ASCII stand.
fn tell(sample: &[u8]) -> Encoding {
    if sample.starts_with(b"\xff\xfe") {
        return Encoding::Utf16Little;
    }
    if sample.starts_with(b"\xfe\xff") {
        return Encoding::Utf16Big;
    }
    let zeros = |from: usize| {
        let every_second = sample.iter().skip(from).step_by(2);
        every_second.filter(|byte| **byte == 0).count()
    };
    let (first, second) = (zeros(0), zeros(1));
    let most = sample.len() / 2 * 3 / 4;
    if most > 0 && second >= most && first * FEW <= second {
        Encoding::Utf16Little
    } else if most > 0 && first >= most && second * FEW <= first {
        Encoding::Utf16Big
    } else {
        Encoding::Utf8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(log: &[u8], piece: usize) -> (Vec<u8>, bool) {
        let mut decoder = Decoder::default();
        let mut read = Vec::new();
        for bytes in log.chunks(piece) {
            decoder.push(bytes, &mut |text| read.extend_from_slice(text));
        }
        decoder.finish(&mut |text| read.extend_from_slice(text));
        (read, decoder.is_binary())
    }

    #[test]
    fn bug_logs_of_powershell_are_read() {
        let text = "go: größe \u{1f600} x\r\n".repeat(40);
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for piece in [1, 3, 255, 4096] {
            for log in [&little, &big] {
                assert_eq!(read(log, piece), (text.clone().into_bytes(), false));
            }
            let marked = [b"\xff\xfe".as_slice(), &little].concat();
            let wanted = format!("\u{feff}{text}").into_bytes();
            assert_eq!(read(&marked, piece), (wanted, false));
            assert_eq!(read(text.as_bytes(), piece).0, text.as_bytes());
        }
    }

    #[test]
    fn bug_binary_input_is_told_from_text() {
        let noise: Vec<u8> = (0..=255).cycle().take(4096).collect();
        assert!(read(&noise, 100).1);
        assert!(read(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0", 100).1);
        assert!(!read(b"", 1).1);
        assert!(!read("go: \u{4e2d}\u{6587}\n\x1b[31mx\x1b[0m".as_bytes(), 1).1);
    }
}
