//! Durations and sizes as people write them.

use std::time::Duration;

const DURATION_UNITS: [(&str, u64); 5] = [
    ("ms", 1),
    ("s", 1000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];
const SIZE_UNITS: [(&str, u64); 5] = [
    ("B", 1),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

/// A duration: `500ms`, `60s`, `5m`, `7d`, `1h30m`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let refuse = || "not a duration: write it as 500ms, 60s, 5m, 12h or 7d".to_owned();
    let (mut rest, mut total) = (text, 0_u64);
    while !rest.is_empty() || text.is_empty() {
        let (number, unit, after) = number_and_unit(rest).ok_or_else(refuse)?;
        let scale = scale_of(unit, &DURATION_UNITS).ok_or_else(refuse)?;
        total = number
            .checked_mul(scale)
            .and_then(|part| total.checked_add(part))
            .ok_or_else(refuse)?;
        rest = after;
    }
    Ok(Duration::from_millis(total))
}

/// A size in bytes: `64MiB`, `16KiB`, `1048576`.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let refuse = || "not a size: write it as 64MiB, 512KiB or a number of bytes".to_owned();
    let (number, unit, after) = number_and_unit(text).ok_or_else(refuse)?;
    let scale = if unit.is_empty() {
        Some(1)
    } else {
        scale_of(unit, &SIZE_UNITS)
    };
    let bytes = scale
        .filter(|_| after.is_empty())
        .and_then(|scale| number.checked_mul(scale));
    bytes.ok_or_else(refuse)
}

/// A yes or no.
pub(crate) fn switch(text: &str) -> Result<bool, String> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err("must be true or false".to_owned()),
    }
}

/// Splits `1h30m` into 1, `h` and `30m`.
fn number_and_unit(text: &str) -> Option<(u64, &str, &str)> {
    let digits = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, rest) = text.split_at_checked(digits)?;
    let letters = rest
        .find(|letter: char| letter.is_ascii_digit())
        .unwrap_or(rest.len());
    let (unit, after) = rest.split_at_checked(letters)?;
    Some((number.parse().ok()?, unit, after))
}

fn scale_of(unit: &str, units: &[(&str, u64)]) -> Option<u64> {
    units
        .iter()
        .find(|(name, _)| *name == unit)
        .map(|(_, scale)| *scale)
}

/// The duration as [`duration`] reads it, in the largest unit that fits.
pub(crate) fn show_duration(duration: Duration) -> String {
    let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    show(millis, &DURATION_UNITS, "0s")
}

/// The size as [`size`] reads it, in the largest unit that fits.
pub(crate) fn show_size(bytes: u64) -> String {
    show(bytes, &SIZE_UNITS, "0B")
}

fn show(number: u64, units: &[(&str, u64)], zero: &str) -> String {
    let fits = |(_, scale): &&(&str, u64)| number.is_multiple_of(*scale);
    match units.iter().rev().find(fits) {
        Some((unit, scale)) if number > 0 => format!("{}{unit}", number / scale),
        _ => zero.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        let table = [
            ("60s", Some(60_000)),
            ("5m", Some(300_000)),
            ("7d", Some(604_800_000)),
            ("1h30m", Some(5_400_000)),
            ("500ms", Some(500)),
            ("0s", Some(0)),
            ("60", None),
            ("5x", None),
            ("s", None),
            ("-5s", None),
            ("1.5s", None),
            ("", None),
            ("99999999999999999999s", None),
            ("99999999999999999d", None),
        ];
        for (text, wanted) in table {
            assert_eq!(
                duration(text).ok(),
                wanted.map(Duration::from_millis),
                "{text}"
            );
        }
    }

    #[test]
    fn sizes_are_read_as_people_write_them() {
        let table = [
            ("64MiB", Some(64 << 20)),
            ("512KiB", Some(512 << 10)),
            ("1048576", Some(1 << 20)),
            ("3B", Some(3)),
            ("64MB", None),
            ("1KiB1", None),
            ("MiB", None),
            ("", None),
            ("99999999999TiB", None),
        ];
        for (text, wanted) in table {
            assert_eq!(size(text).ok(), wanted, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_the_same(number in 0..=u64::MAX) {
            prop_assert_eq!(size(&show_size(number)), Ok(number));
            let time = Duration::from_millis(number);
            prop_assert_eq!(duration(&show_duration(time)), Ok(time));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,20}") {
            let _: (Result<_, _>, Result<_, _>) = (duration(&text), size(&text));
        }
    }
}
