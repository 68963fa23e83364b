//! A table of a file before its columns are understood: lines of cells.

use std::borrow::Cow;

use csv::ByteRecord;

use super::bounds::{self, RowAllowance};
use super::dialect::{self, Dialect};
use super::lines::{Cells, Line, Lines, cells_of, feed_of};
use super::parquet::Grid;
use super::stored_number::StoredNumber;
use crate::source::error::SourceError;

/// Bytes that a row has at least, for an estimate of how many there are: a day, two teams and a score.
const SHORTEST_ROW: usize = 24;

/// A table of a file: the whole of a CSV file, or one table of a file that holds several.
#[derive(Debug)]
pub(super) struct Sheet<'a> {
    /// Its name in messages: the file's, and its own where the file holds several: `book.xlsx, sheet Matches`.
    pub name: String,
    /// From what its league is told where no column says it: the file's name, and its own where the file holds several.
    pub origin: String,
    /// What was assumed about it as a whole.
    pub assumptions: Vec<String>,
    content: Content<'a>,
}

#[derive(Debug)]
enum Content<'a> {
    /// A text, and about how many rows it has.
    Text(Cow<'a, [u8]>, Dialect, usize),
    Records(Vec<Record>),
    Grid(Grid),
}

/// A line that is already split into cells.
#[derive(Debug)]
pub(super) struct Record {
    /// Its number, counted from 1.
    pub number: u64,
    pub cells: ByteRecord,
}

impl<'a> Sheet<'a> {
    /// The table of a text file, whose lines are yet to be cut.
    pub fn of_text(
        name: &str,
        bytes: Cow<'a, [u8]>,
        allowance: &RowAllowance,
    ) -> Result<Self, SourceError> {
        let text = dialect::text_of(bytes);
        let lines = bounds::count_lines(name, &text, feed_of(&text))?;
        allowance.take(lines.saturating_sub(1))?;
        let mixed = "the file is partly in UTF-8 and partly not: each cell is read as what it is";
        let mixed = dialect::is_mixed(&text).then(|| mixed.to_owned());
        let dialect = Dialect::of(&text);
        // lines may be empty, and no row is this short
        let rows = (text.len() / SHORTEST_ROW).min(usize::try_from(lines).unwrap_or_default());
        Ok(Self {
            assumptions: mixed.into_iter().collect(),
            ..Self::of(name, Content::Text(text, dialect, rows))
        })
    }

    /// A table that is already split into cells: the header, then the rows.
    pub fn of_records(name: &str, records: Vec<Record>) -> Self {
        Self::of(name, Content::Records(records))
    }

    /// A table that is kept by column.
    pub fn of_grid(name: &str, grid: Grid) -> Self {
        Self::of(name, Content::Grid(grid))
    }

    fn of(name: &str, content: Content<'a>) -> Self {
        Self {
            name: name.to_owned(),
            origin: name.to_owned(),
            assumptions: Vec::new(),
            content,
        }
    }

    /// Whether it is kept by column, as Parquet is.
    pub const fn is_grid(&self) -> bool {
        matches!(self.content, Content::Grid(_))
    }

    /// About how many rows it has.
    pub fn rows(&self) -> usize {
        match &self.content {
            Content::Text(_, _, rows) => *rows,
            Content::Records(records) => records.len(),
            Content::Grid(grid) => grid.len(),
        }
    }

    /// Its lines, from the first on.
    pub fn lines(&self) -> SheetLines<'_> {
        match &self.content {
            Content::Text(text, dialect, _) => {
                let mut lines = Lines::new(text, dialect.separator);
                if dialect.declared {
                    lines.next();
                }
                SheetLines::Text(Box::new(lines))
            }
            Content::Records(records) => SheetLines::Records {
                records: records.iter(),
                ends: Vec::new(),
            },
            Content::Grid(grid) => SheetLines::Grid {
                grid,
                next: 0,
                text: Vec::new(),
                ends: Vec::new(),
                numbers: Vec::new(),
            },
        }
    }
}

/// The lines of a sheet.
pub(super) enum SheetLines<'a> {
    Text(Box<Lines<'a>>),
    Records {
        records: std::slice::Iter<'a, Record>,
        ends: Vec<u32>,
    },
    Grid {
        grid: &'a Grid,
        next: usize,
        text: Vec<u8>,
        ends: Vec<u32>,
        numbers: Vec<StoredNumber>,
    },
}

impl SheetLines<'_> {
    /// The next line; `None` at the end.
    pub fn next(&mut self) -> Option<Line<'_>> {
        match self {
            Self::Text(lines) => lines.next(),
            Self::Records { records, ends } => {
                let record = records.next()?;
                Some(Line::of_cells(record.number, cells_of(&record.cells, ends)))
            }
            Self::Grid {
                grid,
                next,
                text,
                ends,
                numbers,
            } => {
                let line = *next;
                (line < grid.len()).then_some(())?;
                *next += 1;
                grid.write_numbers(line, numbers);
                let cells = Cells::joined(grid.cells(line), text, ends).with_numbers(numbers);
                Some(Line::of_cells(*next as u64, cells))
            }
        }
    }

    /// Says how many cells a row has.
    pub const fn expect_width(&mut self, width: usize) {
        match self {
            Self::Text(lines) => lines.expect_width(width),
            Self::Records { .. } | Self::Grid { .. } => {}
        }
    }
}
