//! Cells by column, as Parquet has them: the text of a column in one piece.

use csv::ByteRecord;

/// A table by columns, of which those that nobody needs are empty.
#[derive(Debug)]
pub(in crate::source::table) struct Grid {
    header: ByteRecord,
    rows: usize,
    columns: Vec<Column>,
}

/// The cells of a column.
#[derive(Debug, Clone, Default)]
pub(super) struct Column {
    text: Vec<u8>,
    /// Where each ends.
    ends: Vec<u32>,
    /// The bytes that its text may have.
    most: usize,
}

/// What is said of a column whose text is too long.
pub(super) const TOO_LONG: &str = "its text is too long";

impl Column {
    /// An empty column whose text may have this many bytes.
    pub fn new(rows: usize, most: usize) -> Self {
        Self {
            text: Vec::new(),
            ends: Vec::with_capacity(rows),
            most: most.min(u32::MAX as usize),
        }
    }

    /// Adds a cell; an error where the text becomes too long.
    pub fn push(&mut self, cell: &[u8]) -> Result<(), String> {
        if cell.len() > self.left() {
            return Err(TOO_LONG.to_owned());
        }
        self.text.extend_from_slice(cell);
        self.ends.push(self.text.len() as u32);
        Ok(())
    }

    /// The bytes that its text may still have.
    pub const fn left(&self) -> usize {
        self.most - self.text.len()
    }

    /// The number of cells.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The bytes of its text.
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// Gives back the memory that was reserved and is not used.
    pub fn shrink(&mut self) {
        self.text.shrink_to_fit();
    }

    fn cell(&self, row: usize) -> &[u8] {
        let Some(&end) = self.ends.get(row) else {
            return b"";
        };
        let start = match row.checked_sub(1) {
            Some(before) => self.ends[before],
            None => 0,
        };
        &self.text[start as usize..end as usize]
    }
}

impl Grid {
    /// A table with one column for each cell of the header.
    pub(super) const fn new(header: ByteRecord, rows: usize, columns: Vec<Column>) -> Self {
        Self {
            header,
            rows,
            columns,
        }
    }

    /// The number of rows, with the header.
    pub const fn len(&self) -> usize {
        self.rows + 1
    }

    /// Its rows, the header first.
    pub fn records(&self) -> impl Iterator<Item = ByteRecord> {
        (0..self.len()).map(|line| self.cells(line).collect())
    }

    /// The cells of a line, counted from 0.
    pub fn cells(&self, line: usize) -> impl Iterator<Item = &[u8]> {
        let columns = self.header.iter().zip(&self.columns);
        columns.map(move |(header, column)| match line.checked_sub(1) {
            None => header,
            Some(row) => column.cell(row),
        })
    }
}
