//! The one form of a name, whatever wrote it.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

use crate::printable::is_invisible;

/// A name in its one form: composed letters (NFC), single blanks, straight apostrophes and hyphens, nothing invisible.
/// So King’s Lynn and King's Lynn are one team, and Köln is one whether or not its ö is written as two characters.
///
/// ```
/// use simbet::internals::look_alike::normal_name;
/// assert_eq!(normal_name(" King’s  Lynn"), "King's Lynn");
/// assert_eq!(normal_name("\u{200b}"), "");
/// ```
pub fn normal_name(text: &str) -> Cow<'_, str> {
    if is_normal(text) {
        return Cow::Borrowed(text);
    }
    let text: String = text
        .chars()
        .filter(|c| !is_invisible(*c))
        .nfc()
        .map(usual)
        .collect();
    Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether a name has its one form already, as far as that is seen at once.
fn is_normal(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'`';
    let bytes = text.as_bytes();
    bytes.iter().all(|&byte| is_plain(byte) || byte == b' ')
        && !bytes.starts_with(b" ")
        && !bytes.ends_with(b" ")
        && !text.contains("  ")
}

/// The usual form of a character that is written several ways.
const fn usual(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2bc}' | '\u{2032}' | '\u{ff07}' | '\u{b4}'
        | '`' => '\'',
        '\u{2010}' | '\u{2011}' => '-',
        // a braille cell without a dot
        '\u{2800}' => ' ',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_form() {
        for (text, name) in [
            ("Ko\u{308}rlin", "K\u{f6}rlin"),
            ("\u{200b}Ashby\u{a0}\u{3000} Town\u{feff}", "Ashby Town"),
            ("Saint\u{2011}Brae", "Saint-Brae"),
            ("Ash\u{202e}by", "Ashby"),
            ("King`s\tLynn", "King's Lynn"),
            ("Ashby", "Ashby"),
            ("", ""),
        ] {
            assert_eq!(normal_name(text), name, "{text:?}");
        }
    }
}
