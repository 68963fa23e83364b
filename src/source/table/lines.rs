//! Splitting of a file into lines and cells.

use csv::ByteRecord;

/// The cells of one row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cells<'a> {
    text: &'a [u8],
    /// The end of each cell.
    ends: &'a [u32],
    /// Bytes between two cells: 1 for a comma, 0 where the csv crate has split the row.
    gap: usize,
}

impl<'a> Cells<'a> {
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

    /// All cells.
    pub fn iter(self) -> impl Iterator<Item = &'a [u8]> {
        (0..self.len()).map(move |column| self.get(column))
    }

    /// Whether every cell is blank.
    pub fn is_blank(&self) -> bool {
        // 0xa0 is a non-breaking space, in UTF-8 after 0xc2
        self.text
            .iter()
            .all(|byte| byte.is_ascii_whitespace() || matches!(byte, b',' | 0xa0 | 0xc2))
    }

    /// The row as text, for messages.
    pub const fn text(&self) -> &'a [u8] {
        self.text
    }
}

/// A line of a file.
pub(super) struct Line<'a> {
    /// Its number, counted from 1.
    pub number: u64,
    pub cells: Cells<'a>,
    /// Whether a quotation mark is left open at its end.
    pub open: bool,
}

/// The lines of a file, empty ones included.
///
/// Hardly any line of these files has a quotation mark. A line without one is split at its commas, which takes about a third
/// of the time of the general state machine. A line with one goes to the core of the csv crate on its own, so that a stray
/// quotation mark costs one row and not the rest of the file.
pub(super) struct Lines<'a> {
    rest: &'a [u8],
    number: u64,
    /// A line feed, or a carriage return in a file that has no line feed.
    feed: u8,
    ends: Vec<u32>,
    /// For lines with quotation marks.
    reader: Option<Box<csv_core::Reader>>,
    text: Vec<u8>,
}

impl<'a> Lines<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        let feed = if memchr::memchr(b'\n', bytes).is_some() {
            b'\n'
        } else {
            b'\r'
        };
        Self {
            rest: bytes,
            number: 0,
            feed,
            ends: Vec::new(),
            reader: None,
            text: Vec::new(),
        }
    }

    /// The next line; `None` at the end.
    pub fn next(&mut self) -> Option<Line<'_>> {
        if self.rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(self.feed, self.rest).unwrap_or(self.rest.len());
        let text = &self.rest[..end];
        self.rest = self.rest.get(end + 1..).unwrap_or_default();
        self.number += 1;
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if find_ends(text, &mut self.ends) {
            return Some(self.quoted(text));
        }
        Some(Line {
            number: self.number,
            cells: Cells {
                text,
                ends: &self.ends,
                gap: 1,
            },
            open: false,
        })
    }

    fn quoted(&mut self, text: &[u8]) -> Line<'_> {
        let line = [text, b"\n"].concat();
        let reader = self
            .reader
            .get_or_insert_with(|| Box::new(csv_core::Reader::new()));
        reader.reset();
        self.text.resize(line.len(), 0);
        let mut ends = vec![0; line.len() + 1];
        let (_, _, written, cells) = reader.read_record(&line, &mut self.text, &mut ends);
        // a record can only continue beyond the line feed inside an open quotation
        let open = self.text[..written].contains(&b'\n');
        self.ends.clear();
        self.ends
            .extend(ends[..cells].iter().map(|&end| end as u32));
        let cells = Cells {
            text: &self.text[..written],
            ends: &self.ends,
            gap: 0,
        };
        Line {
            number: self.number,
            cells,
            open,
        }
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
    }
}

/// Finds the commas of a line, and returns whether it has a quotation mark.
///
/// The position of every byte is written, and kept if the byte is a comma. The loop has no branch that could be mispredicted.
fn find_ends(text: &[u8], ends: &mut Vec<u32>) -> bool {
    ends.clear();
    ends.resize(text.len() + 1, 0);
    let (mut commas, mut quoted) = (0, false);
    for (&byte, at) in text.iter().zip(0..) {
        ends[commas] = at;
        commas += usize::from(byte == b',');
        quoted |= byte == b'"';
    }
    ends[commas] = text.len() as u32;
    ends.truncate(commas + 1);
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<Vec<String>> {
        let mut lines = Lines::new(text.as_bytes());
        let mut rows = Vec::new();
        while let Some(line) = lines.next() {
            rows.push(
                line.cells
                    .iter()
                    .map(|cell| String::from_utf8(cell.to_vec()).unwrap())
                    .collect(),
            );
        }
        rows
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
    fn an_open_quotation_mark_costs_one_line() {
        let mut lines = Lines::new(b"a,\"b\nc,d\ne,f\"\n");
        assert!(lines.next().unwrap().open);
        assert!(!lines.next().unwrap().open);
        assert!(
            !lines.next().unwrap().open,
            "a mark inside a cell opens nothing"
        );
    }
}
