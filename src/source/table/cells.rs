//! Parsing of single cells: numbers, dates, times and names in the forms that occur in files.

use std::borrow::Cow;

use jiff::civil::Date;

/// The content of a cell that should be a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
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
pub(super) fn number(cell: &[u8]) -> Number {
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
pub(super) fn goals(cell: &[u8]) -> Result<Option<u8>, ()> {
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

/// A date and, if there is one, the time after it: `16/08/2024`, `16/08/24`, `2024-08-16`, `2024-08-16T19:00:00Z`.
pub(super) fn date(cell: &[u8]) -> Option<(Date, Option<u32>)> {
    let cell = cell.trim_ascii();
    let split = cell
        .iter()
        .position(|byte| matches!(byte, b' ' | b'T'))
        .unwrap_or(cell.len());
    let (day, rest) = cell.split_at(split);
    let clock = if rest.is_empty() {
        None
    } else {
        Some(time(rest[1..].strip_suffix(b"Z").unwrap_or(&rest[1..]))?)
    };
    let mut parts = day.split(|byte| matches!(byte, b'/' | b'-' | b'.'));
    let parts = [
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next().unwrap_or(b""),
    ];
    let (year, month, day) = match parts {
        [y, m, d, b""] if y.len() == 4 => (whole(y)?, whole(m)?, whole(d)?),
        [d, m, y, b""] if y.len() == 4 => (whole(y)?, whole(m)?, whole(d)?),
        [d, m, y, b""] if y.len() == 2 => (century(whole(y)?), whole(m)?, whole(d)?),
        _ => return None,
    };
    // the first international match was in 1872
    let sensible = (1872..=2099).contains(&year);
    let date = Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()?;
    sensible.then_some((date, clock))
}

/// The year that two digits mean: the files begin in 1993.
fn century(year: u32) -> u32 {
    if year >= 93 { 1900 + year } else { 2000 + year }
}

/// A kick-off in seconds after midnight: `20:00`, `9:30`, `20:00:00`, `20:00:00.000`.
pub(super) fn time(cell: &[u8]) -> Option<u32> {
    let mut parts = cell.trim_ascii().split(|&byte| byte == b':');
    let (hours, minutes) = (whole(parts.next()?)?, whole(parts.next()?)?);
    let seconds = parts.next().map_or(Some(0), |part| {
        whole(part.split(|&byte| byte == b'.').next()?)
    })?;
    let valid = hours < 24 && minutes < 60 && seconds < 60 && parts.next().is_none();
    valid.then_some(hours * 3600 + minutes * 60 + seconds)
}

/// A kick-off from a cell that holds a time, or a date and a time.
pub(super) fn kickoff(cell: &[u8]) -> Option<u32> {
    time(cell).or_else(|| date(cell)?.1)
}

/// One to four digits.
fn whole(text: &[u8]) -> Option<u32> {
    let digits = !text.is_empty() && text.len() <= 4 && text.iter().all(u8::is_ascii_digit);
    digits.then(|| {
        text.iter()
            .fold(0, |sum, &digit| sum * 10 + u32::from(digit - b'0'))
    })
}

/// The year in which a season starts: `2012`, `2012/2013`, `2012-13`.
pub(super) fn season(cell: &[u8]) -> Option<i16> {
    let cell = cell.trim_ascii();
    let year = cell
        .split(|byte| matches!(byte, b'/' | b'-' | b' ' | b'.'))
        .next()?;
    let year = whole(year).filter(|year| (1872..=2099).contains(year))?;
    i16::try_from(year).ok()
}

/// Text as UTF-8. Bytes that are not valid UTF-8 are read as Windows-1252, a superset of Latin-1.
pub(super) fn text(cell: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(cell) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => {
            encoding_rs::WINDOWS_1252
                .decode_without_bom_handling(cell)
                .0
        }
    }
}

/// A name with single blanks and straight apostrophes, so that King’s Lynn and King's Lynn are one team.
pub(super) fn name(cell: &[u8]) -> String {
    let text = text(cell).replace(['\u{2019}', '\u{2018}', '\u{b4}', '`'], "'");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
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
    fn dates_are_day_first_or_iso() {
        let day = |text: &str| date(text.as_bytes()).map(|(day, _)| day.to_string());
        assert_eq!(day("14/08/93").as_deref(), Some("1993-08-14"));
        assert_eq!(day("05/08/06").as_deref(), Some("2006-08-05"));
        assert_eq!(day(" 4/9/2021 ").as_deref(), Some("2021-09-04"));
        assert_eq!(day("2023-08-11").as_deref(), Some("2023-08-11"));
        for bad in [
            "31/02/20",
            "08/13/2023",
            "2023",
            "",
            "1/1/1",
            "yesterday",
            "2023-08-11-01",
            "11/08/0023",
        ] {
            assert_eq!(day(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_date_may_carry_its_time() {
        assert_eq!(
            date(b"2024-08-16T19:30:00Z").unwrap().1,
            Some(19 * 3600 + 1800)
        );
        assert_eq!(date(b"2024-08-16 00:00:00").unwrap().1, Some(0));
    }

    #[test]
    fn goals_may_have_been_written_as_decimals() {
        assert_eq!(goals(b"2.0"), Ok(Some(2)));
        assert_eq!(goals(b" "), Ok(None));
        for bad in [&b"2.5"[..], b"-1", b"100", b"x"] {
            assert_eq!(goals(bad), Err(()));
        }
    }

    #[test]
    fn one_apostrophe_in_every_encoding() {
        assert_eq!(name(b"King\x92s Lynn "), "King's Lynn");
        assert_eq!(name("King’s  Lynn".as_bytes()), "King's Lynn");
    }
}
