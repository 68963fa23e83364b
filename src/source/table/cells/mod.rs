//! Parsing of single cells: numbers, dates, times and names in the forms that occur in files.

mod date;
mod flag;
mod number;
mod score;
mod status;

use std::borrow::Cow;

use crate::look_alike::normal_name;

pub(super) use date::{
    Clock, DateFields, FieldOrder, WrittenDay, century, clock, has_doubtful_year, moment,
};
pub(super) use flag::flag;
pub(super) use number::{DecimalMark, Number, goals, has_decimal_comma, number, number_in};
pub(super) use score::{ScoreCell, score};
pub(super) use status::status;

/// One to four digits.
fn whole(text: &[u8]) -> Option<u32> {
    let digits = !text.is_empty() && text.len() <= 4 && text.iter().all(u8::is_ascii_digit);
    digits.then(|| {
        text.iter()
            .fold(0, |sum, &digit| sum * 10 + u32::from(digit - b'0'))
    })
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

/// A name in its [one form](crate::look_alike::normal_name).
pub(super) fn name(cell: &[u8]) -> String {
    normal_name(&text(cell)).into_owned()
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
