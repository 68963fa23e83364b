//! Numbers: prices, lines and goals.

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
    without_odd_blanks(trimmed)
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
pub(in super::super) fn goals(cell: &[u8]) -> Result<Option<u8>, ()> {
    if let [digit @ b'0'..=b'9'] = cell {
        return Ok(Some(digit - b'0'));
    }
    match number(cell) {
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
        assert_eq!(goals(b"2.0"), Ok(Some(2)));
        assert_eq!(goals(b" "), Ok(None));
        for bad in [&b"2.5"[..], b"-1", b"100", b"x"] {
            assert_eq!(goals(bad), Err(()));
        }
    }
}
