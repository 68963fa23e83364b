//! Parsing of single cells: numbers, dates, times and names in the forms that occur in files.

mod date;
mod number;
mod status;

use std::borrow::Cow;

pub(super) use date::{date, kickoff};
pub(super) use number::{Number, goals, number};
pub(super) use status::status;

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
    fn one_apostrophe_in_every_encoding() {
        assert_eq!(name(b"King\x92s Lynn "), "King's Lynn");
        assert_eq!(name("King’s  Lynn".as_bytes()), "King's Lynn");
    }
}
