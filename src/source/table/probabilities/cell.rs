//! Single cells: probabilities, expected goals, lines and times.

use super::super::cells::{self, DecimalMark, Number};
use crate::domain::{Time, share_of_percent};

/// The content of a cell that should be a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Content {
    Missing,
    Value(f64),
    /// The share that a number with a percent sign is.
    Percent(f64),
    /// Not a number, or infinite.
    NotFinite,
    /// Something else.
    Not,
}

/// Reads a number, which may have an exponent as programs write small ones.
pub(super) fn number(cell: &[u8], mark: DecimalMark) -> Content {
    if cell.trim_ascii().eq_ignore_ascii_case(b"nan") {
        return Content::NotFinite;
    }
    match cells::number_in(cell, mark) {
        Number::Missing => Content::Missing,
        Number::Value(value) | Number::Spaced(value) => Content::Value(value),
        Number::Not => other_number(cell.trim_ascii(), mark),
    }
}

/// The content of a number that was never text.
pub(super) const fn content_of(number: f64) -> Content {
    if number.is_finite() {
        Content::Value(number)
    } else {
        Content::NotFinite
    }
}

fn other_number(cell: &[u8], mark: DecimalMark) -> Content {
    if let Some(rest) = cell.strip_suffix(b"%") {
        return match cells::number_in(rest, mark) {
            Number::Value(percent) | Number::Spaced(percent) => {
                Content::Percent(share_of_percent(percent))
            }
            Number::Missing | Number::Not => Content::Not,
        };
    }
    let unsigned = cell
        .strip_prefix(b"-")
        .or(cell.strip_prefix(b"+"))
        .unwrap_or(cell);
    if [&b"inf"[..], b"infinity", b"nan"]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(unsigned))
    {
        return Content::NotFinite;
    }
    let is_scientific = cell.len() < 64
        && cell.iter().any(|byte| matches!(byte, b'e' | b'E'))
        && cell.iter().all(|byte| {
            byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'e' | b'E' | b'+' | b'-')
        });
    let text = std::str::from_utf8(cell).ok().filter(|_| is_scientific);
    let text = text.map(|text| match mark {
        DecimalMark::Point => text.to_owned(),
        DecimalMark::Comma => text.replace(',', "."),
    });
    match text.and_then(|text| text.parse::<f64>().ok()) {
        Some(value) if value.is_finite() => Content::Value(value),
        Some(_) => Content::NotFinite,
        None => Content::Not,
    }
}

/// A time that is written as seconds or milliseconds since 1970, as programs count them: ten or thirteen digits.
pub(super) fn epoch(cell: &[u8]) -> Option<Time> {
    let cell = cell.trim_ascii();
    let digits: i64 = std::str::from_utf8(cell).ok()?.parse().ok()?;
    match cell.len() {
        10 => Some(Time::from_seconds(digits)),
        // known a moment later is known then, and not before
        13 => Some(Time::from_seconds(
            digits.div_euclid(1000) + i64::from(digits % 1000 > 0),
        )),
        _ => None,
    }
}

/// Whether a time of day has a part of a second after its whole ones, as in `12:00:00.5`.
pub(super) fn has_part_of_second(cell: &[u8]) -> bool {
    let marks = memchr::memchr2_iter(b'.', b',', cell);
    marks.into_iter().any(|mark| {
        let is_of_time = mark >= 3
            && cell[mark - 3] == b':'
            && cell[mark - 2..mark].iter().all(u8::is_ascii_digit);
        let digits = cell[mark + 1..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit());
        is_of_time && digits.into_iter().any(|digit| *digit != b'0')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_second_is_seen() {
        for text in [
            "2024-08-17T12:00:00.5Z",
            "12:00:00,001",
            "12:00:00.100+02:00",
        ] {
            assert!(has_part_of_second(text.as_bytes()), "{text}");
        }
        for text in [
            "2024-08-17T12:00:00Z",
            "12:00:00.000Z",
            "17.08.2024 12:00",
            "17.08.2024",
            "12:00:00.",
        ] {
            assert!(!has_part_of_second(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn numbers_of_programs_are_numbers() {
        let point = |text: &str| number(text.as_bytes(), DecimalMark::Point);
        assert_eq!(point("1e-05"), Content::Value(1e-5));
        assert_eq!(point(" 4.5E-1 "), Content::Value(0.45));
        assert_eq!(
            point("0.30000000000000004"),
            Content::Value(0.300_000_000_000_000_04)
        );
        assert_eq!(number(b"4,5e-1", DecimalMark::Comma), Content::Value(0.45));
        for text in ["", " ", "NA", "null", "-"] {
            assert_eq!(point(text), Content::Missing, "{text:?}");
        }
        for text in ["nan", "NaN", "inf", "-inf", "Infinity", "1e999"] {
            assert_eq!(point(text), Content::NotFinite, "{text:?}");
        }
        assert_eq!(point("45.2%"), Content::Percent(0.452));
        assert_eq!(point("59.3 %"), Content::Percent(0.593));
        for text in ["high", "0.4.5", "e", "1e", "%"] {
            assert_eq!(point(text), Content::Not, "{text:?}");
        }
    }

    #[test]
    fn times_may_be_counted_since_1970() {
        assert_eq!(
            epoch(b"1723852800"),
            Some(Time::from_seconds(1_723_852_800))
        );
        assert_eq!(
            epoch(b"1723852800001"),
            Some(Time::from_seconds(1_723_852_801))
        );
        assert_eq!(epoch(b"20240817"), None);
    }
}
