//! How a text file is written: its encoding and the separator of its cells, each judged once for the whole file.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::columns;
use super::lines::{Cells, Quotation, cut, split_quoted};

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
        let (first, rest) = first_line(text);
        let separator = match declared(first) {
            Some(Declared::Alone(separator)) => {
                return Self {
                    separator,
                    declared: true,
                };
            }
            // a tool that took the line for a row has written it, and the rest in its own way
            Some(Declared::AmongCells) => separator_of(header_of(rest)),
            None => separator_of(header_of(text)),
        };
        Self {
            separator,
            declared: declared(first).is_some(),
        }
    }
}

/// The first line, and what follows it.
fn first_line(text: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memchr2(b'\n', b'\r', text).unwrap_or(text.len());
    (&text[..end], &text[end..])
}

/// The first line with content, over line ends in quotation marks.
fn header_of(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|byte| !byte.is_ascii_whitespace());
    let text = &text[start.unwrap_or(text.len())..];
    let (line, _) = first_line(text);
    let mut is_quoted = false;
    let mut bytes = text.iter().take(MOST_OF_HEADER);
    let end = bytes.position(|byte| {
        is_quoted ^= *byte == b'"';
        !is_quoted && matches!(byte, b'\n' | b'\r')
    });
    let is_whole = text.len() <= MOST_OF_HEADER && !is_quoted;
    match end {
        Some(end) => &text[..end],
        None if is_whole => text,
        None => line,
    }
}

/// The most bytes of a header with line ends in quotation marks.
const MOST_OF_HEADER: usize = 1 << 16;

/// A line such as `sep=;`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Declared {
    /// By itself, as spreadsheets write and obey it.
    Alone(u8),
    /// Followed by separators, as where another tool has filled it up to the cells of a row.
    AmongCells,
}

fn declared(line: &[u8]) -> Option<Declared> {
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    let (word, rest) = line.split_at_checked(4)?;
    if !word.eq_ignore_ascii_case(b"sep=") {
        return None;
    }
    let (&separator, rest) = rest.split_first().filter(|(first, _)| first.is_ascii())?;
    let rest = rest.strip_prefix(b"\"").unwrap_or(rest);
    let is_filler = |byte: &u8| byte.is_ascii_whitespace() || SEPARATORS.contains(byte);
    if rest.iter().all(|byte| *byte == b' ') {
        Some(Declared::Alone(separator))
    } else {
        rest.iter().all(is_filler).then_some(Declared::AmongCells)
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

/// Whether a line makes a header with another separator than this one.
pub(super) fn is_header_otherwise(
    line: &[u8],
    separator: u8,
    is_header: impl Fn(Cells<'_>) -> bool,
) -> bool {
    let mut others = SEPARATORS.into_iter().filter(|other| *other != separator);
    let (mut text, mut ends) = (Vec::new(), Vec::new());
    others.any(|other| {
        let cells = cut(line, other, &mut text, &mut ends);
        cells.len() > 2 && is_header(cells)
    })
}

/// The text of a file: what is in UTF-16 is decoded, and byte order marks and the mark of its end are left out.
pub(super) fn text_of(bytes: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    if let Some(encoding) = utf16(&bytes) {
        let text = encoding.decode(&bytes).0.into_owned();
        return Cow::Owned(without_end(without_bom(text.as_bytes())).to_vec());
    }
    match bytes {
        Cow::Borrowed(bytes) => Cow::Borrowed(without_end(without_bom(bytes))),
        Cow::Owned(mut bytes) => {
            bytes.truncate(without_end(&bytes).len());
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

/// The bytes before the mark (Ctrl-Z) with which DOS ended texts.
fn without_end(mut bytes: &[u8]) -> &[u8] {
    while let Some(rest) = bytes.strip_suffix(b"\x1a") {
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
            ("\"Datum\nlang\";Heim;Gast\n1;2;3", b';'),
            ("\n\"Datum;Heim\n1,2", b','),
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
            ("sep=; \r\na;b", b';'),
            ("\"sep=;\",,\r\ndate,home_team,away_team", b','),
            ("sep=;;;\r\ndate;home_team;away_team", b';'),
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
