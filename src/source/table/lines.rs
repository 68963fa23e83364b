//! Splitting of a file into lines and cells.

use std::borrow::Cow;

use csv::ByteRecord;
use wide::u8x16;

use super::stored_number::StoredNumber;

/// The cells of one row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cells<'a> {
    text: &'a [u8],
    /// The end of each cell.
    ends: &'a [u32],
    /// Bytes between two cells: 1 for a separator, 0 where there is none in the text.
    gap: usize,
    separator: u8,
    /// The numbers of cells that were never text, none in the others; empty where all are text.
    numbers: &'a [StoredNumber],
}

impl<'a> Cells<'a> {
    /// Cells that stand in several places, put together.
    pub fn joined<'c>(
        cells: impl Iterator<Item = &'c [u8]>,
        text: &'a mut Vec<u8>,
        ends: &'a mut Vec<u32>,
    ) -> Self {
        text.clear();
        ends.clear();
        for cell in cells {
            text.extend_from_slice(cell);
            ends.push(text.len() as u32);
        }
        Self {
            text,
            ends,
            gap: 0,
            separator: b',',
            numbers: &[],
        }
    }

    /// The same cells, of which some are numbers and not text.
    pub const fn with_numbers(self, numbers: &'a [StoredNumber]) -> Self {
        Self { numbers, ..self }
    }

    /// The number of a cell that was never text.
    pub fn number(&self, column: usize) -> Option<f64> {
        self.numbers.get(column).and_then(|number| number.get())
    }

    /// A cell for a message: its text, or that of its number.
    pub fn shown(&self, column: usize) -> Cow<'a, [u8]> {
        match self.number(column) {
            Some(number) => Cow::Owned(number.to_string().into_bytes()),
            None => Cow::Borrowed(self.get(column)),
        }
    }

    /// A cell; empty where the row is too short.
    pub fn get(&self, column: usize) -> &'a [u8] {
        let Some(&end) = self.ends.get(column) else {
            return b"";
        };
        let start = if column == 0 {
            0
        } else {
            self.ends[column - 1] as usize + self.gap
        };
        &self.text[start..end as usize]
    }

    /// A cell of a column that the file may not have.
    pub fn find(&self, column: Option<usize>) -> &'a [u8] {
        column.map_or(b"", |column| self.get(column))
    }

    /// The number of cells.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// What separates them in the text.
    pub const fn separator(&self) -> u8 {
        self.separator
    }

    /// All cells.
    pub fn iter(self) -> impl Iterator<Item = &'a [u8]> {
        (0..self.len()).map(move |column| self.get(column))
    }

    /// Whether every cell is blank.
    pub fn is_blank(&self) -> bool {
        let separator = self.separator;
        // 0xa0 is a non-breaking space, in UTF-8 after 0xc2
        self.text.iter().all(|&byte| {
            byte.is_ascii_whitespace() || byte == separator || matches!(byte, 0xa0 | 0xc2)
        }) && self.numbers.iter().all(|number| number.get().is_none())
    }
}

/// A line of a file. A cell in quotation marks may continue it over line ends.
pub(super) struct Line<'a> {
    /// Its number, counted from 1; the first where it goes over several.
    pub number: u64,
    pub cells: Cells<'a>,
    /// Its text as it stands in the file; empty in a table that was never text.
    text: &'a [u8],
    /// Whether a quotation mark is left open at its end.
    pub open: bool,
    /// Whether the file ends with it and without a line end.
    pub unended: bool,
}

impl<'a> Line<'a> {
    /// A line of a table that was never text.
    pub const fn of_cells(number: u64, cells: Cells<'a>) -> Self {
        Self {
            number,
            cells,
            text: b"",
            open: false,
            unended: false,
        }
    }

    /// The line for a message.
    pub fn text(&self) -> Cow<'a, [u8]> {
        if self.text.is_empty() {
            let cells = (0..self.cells.len()).map(|column| self.cells.shown(column));
            Cow::Owned(cells.collect::<Vec<_>>().join(&b", "[..]))
        } else {
            Cow::Borrowed(self.text)
        }
    }
}

/// The most lines over which a cell in quotation marks may continue, and the most bytes.
const MOST_CONTINUED: (usize, usize) = (100, 1 << 16);

/// What ends the lines of a text: a line feed, or a carriage return where there is none.
pub(super) fn feed_of(text: &[u8]) -> u8 {
    if memchr::memchr(b'\n', text).is_some() {
        b'\n'
    } else {
        b'\r'
    }
}

/// The lines of a file, empty ones included.
///
/// Hardly any line of these files has a quotation mark. A line without one is split at its separators, which takes about a
/// tenth of the time of a general state machine. A line with one is split on its own, so that a stray quotation mark costs
/// one row and not the rest of the file.
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    /// Where the next line starts.
    next: usize,
    number: u64,
    separator: u8,
    /// A line feed, or a carriage return in a file that has no line feed.
    feed: u8,
    ends: Vec<u32>,
    /// The text of the last line that has quotation marks, without them.
    unquoted: Vec<u8>,
    /// The number of cells of a row; 0 before the header is known.
    width: usize,
}

impl<'a> Lines<'a> {
    pub fn new(bytes: &'a [u8], separator: u8) -> Self {
        Self {
            bytes,
            next: 0,
            number: 0,
            separator,
            feed: feed_of(bytes),
            ends: Vec::new(),
            unquoted: Vec::new(),
            width: 0,
        }
    }

    /// Says how many cells a row has, by which a cell that continues over line ends is told from a stray quotation mark.
    pub const fn expect_width(&mut self, width: usize) {
        self.width = width;
    }

    /// The next line; `None` at the end.
    pub fn next(&mut self) -> Option<Line<'_>> {
        let start = self.next;
        if start == self.bytes.len() {
            return None;
        }
        let (end, next) = self.line_from(start);
        self.next = next;
        self.number += 1;
        let text = &self.bytes[start..end];
        let unended = next == end;
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if find_ends(text, self.separator, &mut self.ends) {
            return Some(self.quoted(start, text, unended));
        }
        Some(Line {
            number: self.number,
            cells: Cells {
                text,
                ends: &self.ends,
                gap: 1,
                separator: self.separator,
                numbers: &[],
            },
            text,
            open: false,
            unended,
        })
    }

    /// The end of the line that starts here, and the start of the next one.
    fn line_from(&self, start: usize) -> (usize, usize) {
        match memchr::memchr(self.feed, &self.bytes[start..]) {
            Some(length) => (start + length, start + length + 1),
            None => (self.bytes.len(), self.bytes.len()),
        }
    }

    fn quoted(&mut self, start: usize, text: &'a [u8], unended: bool) -> Line<'_> {
        let number = self.number;
        let mut line = (text, unended);
        let mut quotation = self.split(text);
        if quotation == Quotation::Open {
            match self.continued(start) {
                Some(whole) => {
                    line = (whole, self.next == start + whole.len());
                    quotation = Quotation::Closed;
                }
                None => quotation = self.split(text),
            }
        }
        let cells = Cells {
            text: &self.unquoted,
            ends: &self.ends,
            gap: 0,
            separator: self.separator,
            numbers: &[],
        };
        Line {
            number,
            cells,
            text: line.0,
            open: quotation == Quotation::Open,
            unended: line.1,
        }
    }

    fn split(&mut self, text: &[u8]) -> Quotation {
        split_quoted(text, self.separator, &mut self.unquoted, &mut self.ends)
    }

    /// The text of a line whose quotation is closed on a later line; `None` where the quotation mark is a stray one, since it is
    /// not closed soon, a row of its own stands before that, or the row would not have the cells of a row.
    fn continued(&mut self, start: usize) -> Option<&'a [u8]> {
        let bytes = self.bytes;
        let mut next = self.next;
        for lines in 1..=MOST_CONTINUED.0 as u64 {
            if next == bytes.len() || next - start > MOST_CONTINUED.1 {
                return None;
            }
            let from = next;
            let end;
            (end, next) = self.line_from(from);
            if memchr::memchr(b'"', &bytes[from..end]).is_none() {
                if self.is_row(&bytes[from..end]) {
                    return None;
                }
                continue;
            }
            let whole = &bytes[start..end];
            let whole = whole.strip_suffix(b"\r").unwrap_or(whole);
            match self.split(whole) {
                Quotation::Open => {}
                Quotation::Closed if self.width == 0 || self.ends.len() == self.width => {
                    self.next = next;
                    self.number += lines;
                    return Some(whole);
                }
                Quotation::Closed | Quotation::Stray => return None,
            }
        }
        None
    }

    /// Whether a line without quotation marks has as many cells as a row.
    fn is_row(&self, line: &[u8]) -> bool {
        memchr::memchr_iter(self.separator, line).count() + 1 >= self.width.max(2)
    }
}

/// The quotation marks of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotation {
    /// Each that opens a cell is closed at its end.
    Closed,
    /// One that opens a cell is not closed.
    Open,
    /// One is closed before the end of its cell.
    Stray,
}

/// Splits a line with quotation marks into cells, as RFC 4180 says, and tolerates blanks between a separator and a quotation
/// mark, which the csv crate does not.
pub(super) fn split_quoted(
    line: &[u8],
    separator: u8,
    text: &mut Vec<u8>,
    ends: &mut Vec<u32>,
) -> Quotation {
    text.clear();
    ends.clear();
    let (mut cell, mut at, mut quotation) = (0, At::Start, Quotation::Closed);
    for &byte in line {
        at = match (at, byte) {
            (At::Quoted, b'"') => At::Mark,
            (At::Mark, b'"') => {
                text.push(byte);
                At::Quoted
            }
            (At::Quoted, _) => {
                text.push(byte);
                At::Quoted
            }
            (At::Start, b'"') => {
                text.truncate(cell);
                At::Quoted
            }
            (_, _) if byte == separator => {
                ends.push(text.len() as u32);
                cell = text.len();
                At::Start
            }
            (At::Start, b' ') => {
                text.push(byte);
                At::Start
            }
            (At::Start | At::Plain, _) | (At::Mark, b' ') => {
                text.push(byte);
                At::Plain
            }
            (At::Mark, _) => {
                quotation = Quotation::Stray;
                text.push(byte);
                At::Plain
            }
        };
    }
    ends.push(text.len() as u32);
    if at == At::Quoted {
        Quotation::Open
    } else {
        quotation
    }
}

/// A position in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// At the start of a cell.
    Start,
    /// In a cell without quotation marks, or after them.
    Plain,
    /// Between quotation marks.
    Quoted,
    /// After a quotation mark inside quotation marks: it ends them, or the next one makes it a part of the cell.
    Mark,
}

/// The cells of a line by another separator.
pub(super) fn cut<'a>(
    line: &[u8],
    separator: u8,
    text: &'a mut Vec<u8>,
    ends: &'a mut Vec<u32>,
) -> Cells<'a> {
    split_quoted(line, separator, text, ends);
    Cells {
        text,
        ends,
        gap: 0,
        separator,
        numbers: &[],
    }
}

/// The cells of a row that the csv crate, or another reader, has split.
pub(super) fn cells_of<'a>(record: &'a ByteRecord, ends: &'a mut Vec<u32>) -> Cells<'a> {
    ends.clear();
    ends.extend(
        (0..record.len())
            .filter_map(|column| record.range(column))
            .map(|range| range.end as u32),
    );
    Cells {
        text: record.as_slice(),
        ends,
        gap: 0,
        separator: b',',
        numbers: &[],
    }
}

/// How many bytes are compared at once.
const WIDTH: usize = 16;

/// Finds the separators of a line, and returns whether it has a quotation mark.
fn find_ends(text: &[u8], separator: u8, ends: &mut Vec<u32>) -> bool {
    ends.clear();
    let mut finder = Finder {
        separators: u8x16::splat(separator),
        marks: u8x16::splat(b'"'),
        found: u8x16::splat(0),
    };
    let (blocks, rest) = text.as_chunks::<WIDTH>();
    let mut start = 0;
    for block in blocks {
        finder.find(*block, start, ends);
        start += WIDTH as u32;
    }
    // no separator is a zero
    let mut last = [0; WIDTH];
    last[..rest.len()].copy_from_slice(rest);
    finder.find(last, start, ends);
    ends.push(text.len() as u32);
    finder.found.any()
}

/// Looks for bytes in blocks.
struct Finder {
    separators: u8x16,
    marks: u8x16,
    /// Not zero where a block had a quotation mark.
    found: u8x16,
}

impl Finder {
    /// Adds the positions of the separators of a block that starts here.
    #[inline(always)]
    fn find(&mut self, block: [u8; WIDTH], start: u32, ends: &mut Vec<u32>) {
        let block = u8x16::new(block);
        self.found |= block.simd_eq(self.marks);
        let mut separators = block.simd_eq(self.separators).to_bitmask();
        while separators != 0 {
            ends.push(start + separators.trailing_zeros());
            separators &= separators - 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(text: &str) -> Vec<Vec<String>> {
        let mut lines = Lines::new(text.as_bytes(), b',');
        let mut rows = Vec::new();
        while let Some(line) = lines.next() {
            let (open, cells) = (line.open, texts(line.cells));
            lines.expect_width(if rows.is_empty() {
                cells.len()
            } else {
                lines.width
            });
            rows.push(if open { vec!["open".to_owned()] } else { cells });
        }
        rows
    }

    fn texts(cells: Cells<'_>) -> Vec<String> {
        cells
            .iter()
            .map(|cell| String::from_utf8(cell.to_vec()).unwrap())
            .collect()
    }

    proptest! {
        #[test]
        fn separators_are_found_at_any_place(
            bytes in prop::collection::vec(prop::sample::select(&b",;|\"a1 \xff"[..]), 0..100),
            separator in prop::sample::select(&b",;|"[..]),
        ) {
            let mut ends = vec![7; 3];
            let has_mark = find_ends(&bytes, separator, &mut ends);
            let places = (0..).zip(&bytes).filter(|(_, byte)| **byte == separator);
            let expected = places.map(|(at, _)| at).chain([bytes.len() as u32]);
            prop_assert_eq!(ends, expected.collect::<Vec<u32>>());
            prop_assert_eq!(has_mark, bytes.contains(&b'"'));
        }
    }

    #[test]
    fn every_kind_of_line_end() {
        for text in ["a,b\nc,d\n", "a,b\r\nc,d\r\n", "a,b\rc,d\r", "a,b\nc,d"] {
            assert_eq!(cut(text), [["a", "b"], ["c", "d"]], "{text:?}");
        }
    }

    #[test]
    fn a_comma_in_quotation_marks_is_part_of_the_cell() {
        assert_eq!(
            cut("1,\"Riley, M.\",\"say \"\"no\"\"\",\n"),
            [["1", "Riley, M.", "say \"no\"", ""]]
        );
    }

    #[test]
    fn blanks_before_a_quotation_mark_are_none_of_the_cell() {
        assert_eq!(
            cut("1,  \"a, b\" , c \"d\",\"e\"f\n"),
            [["1", "a, b ", " c \"d\"", "ef"]]
        );
    }

    #[test]
    fn a_cell_goes_on_over_line_ends_where_the_row_has_all_its_cells() {
        let header = "a,b,c\n";
        assert_eq!(
            cut(&format!("{header}1,2,\"x\ny\n\nz\"\n3,4,5\n"))[1..],
            [["1", "2", "x\ny\n\nz"], ["3", "4", "5"]]
        );
        assert_eq!(
            cut(&format!("{header}\"x\r\ny\",2,\"p\r\nq\"\r\n3,4,5\r\n"))[1..],
            [["x\r\ny", "2", "p\r\nq"], ["3", "4", "5"]]
        );
    }

    #[test]
    fn a_stray_quotation_mark_costs_one_line() {
        let header = "a,b,c\n";
        for row in ["1,\"2,3\n", "1,2,\"3\n"] {
            for rest in ["4,5,6\n", "4,5,\"6\"\n", "4,\"5, 5\",6\n"] {
                let rows = cut(&format!("{header}{row}{rest}"));
                assert_eq!((rows.len(), &rows[1][0][..]), (3, "open"), "{row}{rest}");
                assert_eq!(rows[2][0], "4");
            }
        }
    }

    #[test]
    fn lines_are_numbered_as_in_the_file_and_shown_as_they_are() {
        let mut lines = Lines::new(b"a;b\n\"x\ny\";2\n3;4", b';');
        lines.next();
        lines.expect_width(2);
        let line = lines.next().unwrap();
        assert_eq!(
            (line.number, &*line.text(), line.unended),
            (2, &b"\"x\ny\";2"[..], false)
        );
        let line = lines.next().unwrap();
        assert_eq!(
            (line.number, &*line.text(), line.unended),
            (4, &b"3;4"[..], true)
        );
    }
}
