//! How a text file is written: its encoding and the separator of its cells, each judged once for the whole file.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::columns;
use super::lines::{Quotation, split_quoted};

/// The separators that are told apart, the usual one first.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How the lines of a text are cut into cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    pub separator: u8,
    /// Whether the first line only says the separator, as in `sep=;`.
    pub declared: bool,
}

impl Dialect {
    /// The dialect of a text.
    ///
    /// A header with commas and no other separator settles it. Of several separators the one counts whose cells are names of
    /// columns, then the one that makes the most cells.
    pub fn of(text: &[u8]) -> Self {
        let mut lines = text.split(|byte| matches!(byte, b'\n' | b'\r'));
        let first = lines.next().unwrap_or_default();
        if let Some(separator) = declared(first) {
            return Self {
                separator,
                declared: true,
            };
        }
        let header = std::iter::once(first)
            .chain(lines)
            .find(|line| !line.trim_ascii().is_empty())
            .unwrap_or_default();
        Self {
            separator: separator_of(header),
            declared: false,
        }
    }
}

/// The separator that a line such as `sep=;` says, as spreadsheets write and obey it.
fn declared(line: &[u8]) -> Option<u8> {
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    let (word, rest) = line.split_at_checked(4)?;
    match rest.strip_suffix(b"\"").unwrap_or(rest) {
        [separator] if word.eq_ignore_ascii_case(b"sep=") && separator.is_ascii() => {
            Some(*separator)
        }
        _ => None,
    }
}

fn separator_of(header: &[u8]) -> u8 {
    if memchr::memchr3(b';', b'\t', b'|', header).is_none() {
        return b',';
    }
    let mut best = (b',', (0, 0));
    for separator in SEPARATORS {
        let likeness = likeness(header, separator);
        if likeness > best.1 {
            best = (separator, likeness);
        }
    }
    best.0
}

/// The cells of a header that are names of columns, and all its cells, where this is the separator.
fn likeness(header: &[u8], separator: u8) -> (usize, usize) {
    let (mut text, mut ends) = (Vec::new(), Vec::new());
    if split_quoted(header, separator, &mut text, &mut ends) == Quotation::Open {
        return (0, 0);
    }
    let mut start = 0;
    let mut names = 0;
    for &end in &ends {
        let cell = str::from_utf8(&text[start..end as usize]).unwrap_or_default();
        names += usize::from(columns::is_known(cell.trim()));
        start = end as usize;
    }
    (names, ends.len())
}

/// The text of a file: what is in UTF-16 is decoded, and byte order marks are left out.
pub(super) fn text_of(bytes: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    if let Some(encoding) = utf16(&bytes) {
        let text = encoding.decode(&bytes).0.into_owned();
        return Cow::Owned(without_bom(text.as_bytes()).to_vec());
    }
    match bytes {
        Cow::Borrowed(bytes) => Cow::Borrowed(without_bom(bytes)),
        Cow::Owned(mut bytes) => {
            bytes.drain(..bytes.len() - without_bom(&bytes).len());
            Cow::Owned(bytes)
        }
    }
}

/// UTF-16, as spreadsheets save "Unicode text": told by its byte order mark, or by the zero in every character of ASCII.
pub(super) fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return (encoding != UTF_8).then_some(encoding);
    }
    let start = &bytes[..bytes.len().min(512)];
    let zeros_at = |odd: usize| start.iter().skip(odd).step_by(2).filter(|&&byte| byte == 0);
    let (even, odd, pairs) = (zeros_at(0).count(), zeros_at(1).count(), start.len() / 2);
    match (even, odd) {
        (0, zeros) if pairs > 1 && zeros * 4 > pairs * 3 => Some(UTF_16LE),
        (zeros, 0) if pairs > 1 && zeros * 4 > pairs * 3 => Some(UTF_16BE),
        _ => None,
    }
}

/// The bytes after byte order marks, including those that were encoded twice.
pub(super) fn without_bom(mut bytes: &[u8]) -> &[u8] {
    const TWICE: &str = "ï»¿";
    while let Some(rest) = bytes
        .strip_prefix("\u{feff}".as_bytes())
        .or_else(|| bytes.strip_prefix(TWICE.as_bytes()))
    {
        bytes = rest;
    }
    bytes
}

/// Whether a text is partly in UTF-8 and partly in an older encoding, as where files of several origins were joined.
pub(super) fn is_mixed(text: &[u8]) -> bool {
    if str::from_utf8(text).is_ok() {
        return false;
    }
    text.utf8_chunks().any(|chunk| !chunk.valid().is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separator_is_judged_by_the_header() {
        for (header, separator) in [
            ("date,home_team,away_team", b','),
            ("Div;Date;HomeTeam;AwayTeam", b';'),
            ("Div\tDate\tHomeTeam", b'\t'),
            ("\n\nDiv|Date|HomeTeam\n1,2|3,4|5", b'|'),
            ("Datum;Heim;Gast;Tore Heim, Gast", b';'),
            ("date,home_team,away_team,notes;more;and;more", b','),
            ("\"date; of play\",home_team,away_team", b','),
            ("date", b','),
            ("", b','),
        ] {
            let dialect = Dialect::of(header.as_bytes());
            assert_eq!(
                (dialect.separator, dialect.declared),
                (separator, false),
                "{header}"
            );
        }
    }

    #[test]
    fn a_declared_separator_is_obeyed() {
        for (text, separator) in [
            ("sep=;\r\na;b", b';'),
            ("SEP=|\na|b", b'|'),
            ("\"sep=^\"\na^b", b'^'),
            ("sep=\t\na\tb", b'\t'),
        ] {
            let dialect = Dialect::of(text.as_bytes());
            assert_eq!(
                (dialect.separator, dialect.declared),
                (separator, true),
                "{text}"
            );
        }
        assert!(!Dialect::of(b"sep=ab,c\n").declared);
    }

    #[test]
    fn utf16_is_told_with_and_without_a_byte_order_mark() {
        let text = "Div,Date\nE0,Şen";
        let units = || text.encode_utf16();
        let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
        for bytes in [
            little.clone(),
            big.clone(),
            [&[0xff, 0xfe][..], &little].concat(),
            [&[0xfe, 0xff][..], &big].concat(),
            ["\u{feff}".as_bytes(), text.as_bytes()].concat(),
        ] {
            assert_eq!(
                &*text_of(Cow::Borrowed(&bytes)),
                text.as_bytes(),
                "{bytes:?}"
            );
            assert_eq!(&*text_of(Cow::Owned(bytes)), text.as_bytes());
        }
        assert_eq!(utf16(b"a\0\0b"), None);
    }

    #[test]
    fn two_encodings_in_one_text_are_noticed() {
        assert!(is_mixed(b"K\xf6ln and K\xc3\xb6ln"));
        assert!(!is_mixed(b"K\xf6ln") && !is_mixed("Köln".as_bytes()));
    }
}
