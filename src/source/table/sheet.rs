//! A table of a file before its columns are understood: lines of cells.

use std::borrow::Cow;

use csv::ByteRecord;

use super::lines::{Cells, Line, Lines, cells_of};

/// A table of a file: the whole of a CSV file, or one table of a file that holds several.
#[derive(Debug)]
pub(super) struct Sheet<'a> {
    /// Its name in messages: the file's, and its own where the file holds several.
    pub name: String,
    content: Content<'a>,
}

#[derive(Debug)]
enum Content<'a> {
    Text(Cow<'a, [u8]>),
    Records(Vec<ByteRecord>),
}

impl<'a> Sheet<'a> {
    /// A table whose lines are yet to be cut.
    pub fn of_text(name: &str, text: Cow<'a, [u8]>) -> Self {
        Self {
            name: name.to_owned(),
            content: Content::Text(text),
        }
    }

    /// A table that is already split into cells: the header, then the rows.
    pub fn of_records(name: &str, records: Vec<ByteRecord>) -> Self {
        Self {
            name: name.to_owned(),
            content: Content::Records(records),
        }
    }

    /// Its lines, from the first on.
    pub fn lines(&self) -> SheetLines<'_> {
        match &self.content {
            Content::Text(text) => SheetLines::Text(Box::new(Lines::new(text))),
            Content::Records(records) => SheetLines::Records {
                records: records.iter(),
                number: 0,
                ends: Vec::new(),
            },
        }
    }
}

/// The lines of a sheet.
pub(super) enum SheetLines<'a> {
    Text(Box<Lines<'a>>),
    Records {
        records: std::slice::Iter<'a, ByteRecord>,
        number: u64,
        ends: Vec<u32>,
    },
}

impl SheetLines<'_> {
    /// The next line; `None` at the end.
    pub fn next(&mut self) -> Option<Line<'_>> {
        match self {
            Self::Text(lines) => lines.next(),
            Self::Records {
                records,
                number,
                ends,
            } => {
                let cells: Cells<'_> = cells_of(records.next()?, ends);
                *number += 1;
                Some(Line {
                    number: *number,
                    cells,
                    open: false,
                })
            }
        }
    }
}
