//! Range requests (RFC 9110, section 14). Pure.

use std::ops::Range;

/// What of a body is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of it.
    Whole,
    /// These bytes.
    Bytes(Range<u64>),
    /// What was asked for lies behind the end.
    Unsatisfiable,
}

/// A single range, as it is written.
enum Bounds {
    /// `F-` or `F-L`.
    From(u64, Option<u64>),
    /// `-N`: the last N bytes.
    Last(u64),
}

/// The part of a body of `len` bytes that a `Range` header asks for. Several ranges, other units and
/// anything malformed ask for the whole, as the standard allows.
pub(crate) fn part(header: &str, len: u64) -> Part {
    match bounds(header) {
        Some(Bounds::From(first, _)) if first >= len => Part::Unsatisfiable,
        Some(Bounds::From(first, Some(last))) if last < first => Part::Whole,
        Some(Bounds::From(first, last)) => {
            let end = last.map_or(len, |last| len.min(last.saturating_add(1)));
            Part::Bytes(first..end)
        }
        Some(Bounds::Last(count)) if count == 0 || len == 0 => Part::Unsatisfiable,
        Some(Bounds::Last(count)) => Part::Bytes(len.saturating_sub(count)..len),
        None => Part::Whole,
    }
}

fn bounds(header: &str) -> Option<Bounds> {
    let (unit, range) = header.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = range.trim().split_once('-')?;
    let last = last.trim();
    match first.trim() {
        "" => position(last).map(Bounds::Last),
        first if last.is_empty() => Some(Bounds::From(position(first)?, None)),
        first => Some(Bounds::From(position(first)?, Some(position(last)?))),
    }
}

/// A number. One with more digits than a number has lies behind the end of everything.
fn position(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

/// Whether an `If-Range` validator is this entity tag, compared strongly. A date never is: there is none.
pub(crate) fn if_range(validator: &[u8], etag: Option<&[u8]>) -> bool {
    etag.is_some_and(|etag| validator.trim_ascii() == etag)
}

/// Whether an `If-None-Match` header names this entity tag, compared weakly; `*` names any.
pub(crate) fn none_match(header: &[u8], etag: Option<&[u8]>) -> bool {
    let mut tags = header.split(|&byte| byte == b',').map(<[u8]>::trim_ascii);
    tags.any(|tag| {
        tag == b"*" || etag.is_some_and(|etag| tag.strip_prefix(b"W/").unwrap_or(tag) == etag)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranges() {
        let bytes = |range| Part::Bytes(range);
        for (header, len, expected) in [
            ("bytes=0-0", 10, bytes(0..1)),
            ("bytes=0-4", 10, bytes(0..5)),
            ("bytes=5-", 10, bytes(5..10)),
            ("bytes=5-99", 10, bytes(5..10)),
            ("bytes=-3", 10, bytes(7..10)),
            ("bytes=-30", 10, bytes(0..10)),
            ("BYTES = 1-2", 10, bytes(1..3)),
            ("bytes=9-9", 10, bytes(9..10)),
            ("bytes=10-", 10, Part::Unsatisfiable),
            ("bytes=99999999999999999999-", 10, Part::Unsatisfiable),
            ("bytes=0-99999999999999999999", 10, bytes(0..10)),
            ("bytes=-0", 10, Part::Unsatisfiable),
            ("bytes=-1", 0, Part::Unsatisfiable),
            ("bytes=0-", 0, Part::Unsatisfiable),
            ("bytes=4-2", 10, Part::Whole),
            ("bytes=0-1,3-4", 10, Part::Whole),
            ("bytes=-", 10, Part::Whole),
            ("bytes=+1-2", 10, Part::Whole),
            ("bytes=--1", 10, Part::Whole),
            ("lines=0-1", 10, Part::Whole),
            ("bytes", 10, Part::Whole),
            ("", 10, Part::Whole),
        ] {
            assert_eq!(part(header, len), expected, "{header} of {len}");
        }
    }

    #[test]
    fn validators() {
        let etag = Some(&b"\"abc\""[..]);
        for (header, etag, same) in [
            (&b"\"abc\""[..], etag, true),
            (b" W/\"abc\"", etag, true),
            (b"\"x\", \"abc\"", etag, true),
            (b"*", etag, true),
            (b"*", None, true),
            (b"\"x\"", etag, false),
            (b"abc", etag, false),
            (b"\"abc\"", None, false),
            (b"", etag, false),
        ] {
            assert_eq!(none_match(header, etag), same, "{header:?}");
        }
        assert!(if_range(b"\"abc\"", etag));
        assert!(!if_range(b"W/\"abc\"", etag));
        assert!(!if_range(b"Wed, 21 Oct 2015 07:28:00 GMT", etag));
        assert!(!if_range(b"\"abc\"", None));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]
        #[test]
        fn a_part_lies_within(header in "(bytes)?=?[0-9]{0,21}-?[0-9]{0,3}", len in 0..1000u64) {
            if let Part::Bytes(range) = part(&header, len) {
                prop_assert!(range.start < range.end && range.end <= len);
            }
        }
    }
}
