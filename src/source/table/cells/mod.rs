//! Parsing of single cells: numbers, dates, times and names in the forms that occur in files.

mod date;
mod flag;
mod number;
mod score;
mod status;

use std::borrow::Cow;

use crate::look_alike::normal_name;
use crate::schema::{is_id, trimmed};

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

/// The id of a match in its [one form](normal_name); `None` where the cell is empty.
///
/// # Errors
/// When it is no [id](is_id).
pub(super) fn id(cell: &[u8]) -> Result<Option<Box<str>>, ()> {
    let text = text(cell);
    let text = trimmed(&text);
    if text.is_empty() {
        return Ok(None);
    }
    let id = Some(text).filter(|text| is_id(text)).map(normal_name);
    let id = id.filter(|id| is_id(id)).ok_or(())?;
    Ok(Some(id.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::name_of;

    #[test]
    fn one_apostrophe_in_every_encoding() {
        for cell in [b"King\x92s Lynn ".as_slice(), "King’s  Lynn".as_bytes()] {
            assert_eq!(name_of(&text(cell)).as_deref(), Some("King's Lynn"));
        }
    }

    #[test]
    fn an_id_is_visible() {
        assert_eq!(id(b" 2024  1\n"), Ok(Some("2024 1".into())));
        assert_eq!(id(b" "), Ok(None));
        for cell in ["a\u{7}", "a\nb", "a\u{202e}", &"x".repeat(129)] {
            assert_eq!(id(cell.as_bytes()), Err(()), "{cell:?}");
        }
    }
}
