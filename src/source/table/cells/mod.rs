//! Parsing of single cells: numbers, dates, times and names in the forms that occur in files.

mod date;
mod flag;
mod number;
mod score;
mod status;

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

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

/// A name in its one form: composed letters (NFC), single blanks, straight apostrophes and hyphens, nothing invisible.
/// So King’s Lynn and King's Lynn are one team, and Köln is one whether or not its ö is written as two characters.
pub(super) fn name(cell: &[u8]) -> String {
    let text: String = text(cell)
        .nfc()
        .filter(|c| !is_invisible(*c))
        .map(usual)
        .collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a character has no width: zero-width blanks and joiners, the mark at the beginning of a file, soft hyphens, and
/// marks and overrides of the direction of writing.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
    )
}

/// The usual form of a character that is written several ways.
const fn usual(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2bc}' | '\u{2032}' | '\u{ff07}' | '\u{b4}'
        | '`' => '\'',
        '\u{2010}' | '\u{2011}' => '-',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_apostrophe_in_every_encoding() {
        assert_eq!(name(b"King\x92s Lynn "), "King's Lynn");
        assert_eq!(name("King’s  Lynn".as_bytes()), "King's Lynn");
    }

    #[test]
    fn a_name_has_one_form() {
        assert_eq!(name("Ko\u{308}rlin".as_bytes()), "K\u{f6}rlin");
        assert_eq!(
            name("\u{200b}Ashby\u{a0}\u{3000} Town\u{feff}".as_bytes()),
            "Ashby Town"
        );
        assert_eq!(name("Saint\u{2011}Brae".as_bytes()), "Saint-Brae");
        assert_eq!(name("Ash\u{202e}by".as_bytes()), "Ashby");
    }
}
