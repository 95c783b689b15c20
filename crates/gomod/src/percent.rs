//! Percent-encoding (RFC 3986, section 2.1).

/// `text` with every byte encoded that `is_plain` does not let stand.
pub(crate) fn encode(text: &str, is_plain: impl Fn(u8) -> bool) -> String {
    const DIGITS: [u8; 16] = *b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if is_plain(byte) {
            encoded.push(char::from(byte));
        } else {
            let [high, low] = [byte >> 4, byte & 15].map(|digit| DIGITS[usize::from(digit)]);
            encoded.extend(['%', char::from(high), char::from(low)]);
        }
    }
    encoded
}
