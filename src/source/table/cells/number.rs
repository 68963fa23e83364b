//! Numbers: prices, lines and goals.

use std::borrow::Cow;

/// The mark between the whole part of a number and its decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in super::super) enum DecimalMark {
    #[default]
    Point,
    Comma,
}

/// The content of a cell that should be a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) enum Number {
    /// Nothing.
    Missing,
    /// A number.
    Value(f64),
    /// A number with a non-breaking space in it.
    Spaced(f64),
    /// Something else.
    Not,
}

/// Words for a missing value.
const NOTHING: [&[u8]; 6] = [b"na", b"n/a", b"nan", b"null", b"none", b"-"];

/// Reads a decimal number.
pub(in super::super) fn number(cell: &[u8]) -> Number {
    if let Some(value) = decimal(cell) {
        return Number::Value(value);
    }
    let trimmed = cell.trim_ascii();
    if is_nothing(trimmed) {
        return Number::Missing;
    }
    if let Some(value) = decimal(trimmed) {
        return Number::Value(value);
    }
    match trimmed.strip_prefix(MINUS_SIGN) {
        Some(rest) => number(&[b"-", rest].concat()),
        None => without_odd_blanks(trimmed),
    }
}

/// The minus of typeset text, U+2212, as web pages have it.
const MINUS_SIGN: &[u8] = "\u{2212}".as_bytes();

/// Reads a number whose decimals follow this mark.
pub(in super::super) fn number_in(cell: &[u8], mark: DecimalMark) -> Number {
    match mark {
        DecimalMark::Point => number(cell),
        DecimalMark::Comma => number(&with_point(cell)),
    }
}

/// A decimal comma turned into a point. With a point besides, which then groups thousands, no number is left: no price,
/// line or score has thousands.
fn with_point(cell: &[u8]) -> Cow<'_, [u8]> {
    if !cell.contains(&b',') {
        return Cow::Borrowed(cell);
    }
    let point = |&byte: &u8| if byte == b',' { b'.' } else { byte };
    Cow::Owned(cell.iter().map(point).collect())
}

/// Whether a cell is a number with a decimal comma.
pub(in super::super) fn has_decimal_comma(cell: &[u8]) -> bool {
    cell.contains(&b',')
        && !cell.contains(&b'.')
        && matches!(
            number(&with_point(cell)),
            Number::Value(_) | Number::Spaced(_)
        )
}

/// Whether a trimmed cell is empty or has a word for a missing value.
fn is_nothing(cell: &[u8]) -> bool {
    cell.is_empty() || NOTHING.iter().any(|word| word.eq_ignore_ascii_case(cell))
}

/// Reads a number without its non-breaking spaces, in Latin-1 (A0) or UTF-8 (C2 A0).
fn without_odd_blanks(cell: &[u8]) -> Number {
    let rest: Vec<u8> = cell
        .iter()
        .copied()
        .filter(|byte| !matches!(byte, 0xa0 | 0xc2))
        .collect();
    match decimal(rest.trim_ascii()) {
        _ if rest.len() == cell.len() => Number::Not,
        Some(value) => Number::Spaced(value),
        None if rest.trim_ascii().is_empty() => Number::Missing,
        None => Number::Not,
    }
}

/// `[+-]digits[.digits]` with up to 15 digits. Both the digits and the power of ten are exact in an `f64`, so that the
/// quotient is rounded once and equals that of the standard library's slower parser.
fn decimal(text: &[u8]) -> Option<f64> {
    const POWERS: [f64; 16] = [
        1., 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ];
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let (mut mantissa, mut places, mut seen, mut point) = (0_u64, 0, 0, false);
    for &byte in digits {
        match byte {
            b'0'..=b'9' if seen < 15 => {
                mantissa = mantissa * 10 + u64::from(byte - b'0');
                seen += 1;
                places += usize::from(point);
            }
            b'0'..=b'9' => return slow_decimal(text),
            b'.' if !point => point = true,
            _ => return None,
        }
    }
    let value = mantissa as f64 / POWERS[places];
    (seen > 0).then_some(if negative { -value } else { value })
}

/// Numbers with many digits, such as 1.8999999999999999.
fn slow_decimal(text: &[u8]) -> Option<f64> {
    let plain = text.len() < 64
        && text
            .iter()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+'));
    if plain {
        std::str::from_utf8(text).ok()?.parse().ok()
    } else {
        None
    }
}

/// Goals: `Ok(None)` for an empty cell, an error for anything but a number from 0 to 99.
pub(in super::super) fn goals(cell: &[u8], mark: DecimalMark) -> Result<Option<u8>, ()> {
    if let [digit @ b'0'..=b'9'] = cell {
        return Ok(Some(digit - b'0'));
    }
    match number_in(cell, mark) {
        Number::Missing => Ok(None),
        Number::Value(goals) | Number::Spaced(goals)
            if (0.0..100.0).contains(&goals) && goals.fract() == 0.0 =>
        {
            Ok(Some(goals as u8))
        }
        _ => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exactly_what_the_standard_library_reads() {
        for text in [
            "1.91",
            "0.1",
            "2",
            "-0.75",
            "+0.5",
            ".5",
            "3.",
            "123456.789012345",
            "1.8999999999999999",
        ] {
            assert_eq!(
                number(text.as_bytes()),
                Number::Value(text.parse().unwrap()),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_number_is_told_apart_from_nothing() {
        for text in [
            "#", "c", "1xBet", "3.53.75", "1,5", "--1", ".", "-", "1 2", "inf", "1e3",
        ] {
            let expected = if text == "-" {
                Number::Missing
            } else {
                Number::Not
            };
            assert_eq!(number(text.as_bytes()), expected, "{text}");
        }
        for text in ["", "  ", "NA", "nan"] {
            assert_eq!(number(text.as_bytes()), Number::Missing, "{text:?}");
        }
    }

    #[test]
    fn a_non_breaking_space_in_a_number_is_ignored_and_said() {
        assert_eq!(number(b"2.\xa05"), Number::Spaced(2.5));
        assert_eq!(number("\u{a0}2.5".as_bytes()), Number::Spaced(2.5));
        assert_eq!(number(b"\xa0"), Number::Missing);
    }

    #[test]
    fn goals_may_have_been_written_as_decimals() {
        let point = DecimalMark::Point;
        assert_eq!(goals(b"2.0", point), Ok(Some(2)));
        assert_eq!(goals(b"2,0", DecimalMark::Comma), Ok(Some(2)));
        assert_eq!(goals(b" ", point), Ok(None));
        for bad in [&b"2.5"[..], b"-1", b"100", b"x", b"2,0"] {
            assert_eq!(goals(bad, point), Err(()));
        }
    }

    #[test]
    fn a_decimal_comma_is_read_where_it_is_the_mark() {
        let comma = |text: &str| number_in(text.as_bytes(), DecimalMark::Comma);
        assert_eq!(comma("2,1"), Number::Value(2.1));
        assert_eq!(comma("-0,25"), Number::Value(-0.25));
        assert_eq!(comma("3"), Number::Value(3.0));
        assert_eq!(comma("1.234,56"), Number::Not);
        assert_eq!(number(b"2,1"), Number::Not);
        for (text, expected) in [
            ("2,1", true),
            ("2.1", false),
            ("1.234,5", false),
            ("a,b", false),
        ] {
            assert_eq!(has_decimal_comma(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn the_minus_of_typeset_text_is_a_minus() {
        assert_eq!(number("\u{2212}0.75".as_bytes()), Number::Value(-0.75));
        assert_eq!(number("\u{2212}".as_bytes()), Number::Missing);
        assert_eq!(number("\u{2212}\u{2212}1".as_bytes()), Number::Not);
    }
}
