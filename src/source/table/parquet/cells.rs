//! Cells by column, as Parquet has them: the text of a column in one piece.

use csv::ByteRecord;

use crate::source::table::stored_number::StoredNumber;

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
    /// The cells of a column of numbers, which has no text.
    numbers: Vec<StoredNumber>,
    is_of_numbers: bool,
    /// Whether a NaN is written as such, and is not an empty cell.
    keeps_nan: bool,
    /// The bytes that its text may have, or its numbers.
    most: usize,
}

/// What is said of a column whose text is too long.
pub(super) const TOO_LONG: &str = "its text is too long";

impl Column {
    /// An empty column whose text may have this many bytes.
    pub fn new(rows: usize, most: usize) -> Self {
        Self {
            ends: Vec::with_capacity(rows),
            most: most.min(u32::MAX as usize),
            ..Self::default()
        }
    }

    /// An empty column of numbers, which may have this many bytes.
    pub fn of_numbers(rows: usize, most: usize) -> Self {
        Self {
            numbers: Vec::with_capacity(rows.min(most / size_of::<f64>())),
            is_of_numbers: true,
            most,
            ..Self::default()
        }
    }

    /// The same column of text, in which a NaN is not an empty cell.
    pub fn keeping_nan(self, keeps_nan: bool) -> Self {
        Self { keeps_nan, ..self }
    }

    /// Whether a NaN is written as such.
    pub const fn keeps_nan(&self) -> bool {
        self.keeps_nan
    }

    /// Whether its cells are numbers.
    pub const fn is_of_numbers(&self) -> bool {
        self.is_of_numbers
    }

    /// Adds a number, or a cell without one; an error where the column becomes too long.
    pub fn push_number(&mut self, number: Option<f64>) -> Result<(), String> {
        if size_of::<f64>() > self.left() {
            return Err(TOO_LONG.to_owned());
        }
        self.numbers
            .push(number.map_or(StoredNumber::NONE, StoredNumber::some));
        Ok(())
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

    /// The bytes that it may still have.
    pub const fn left(&self) -> usize {
        self.most - self.bytes()
    }

    /// The number of cells.
    pub const fn len(&self) -> usize {
        if self.is_of_numbers {
            self.numbers.len()
        } else {
            self.ends.len()
        }
    }

    /// The bytes of its text, or of its numbers.
    pub const fn bytes(&self) -> usize {
        self.text.len() + size_of::<f64>() * self.numbers.len()
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

    /// Writes the numbers of a line, counted from 0, in place of what a buffer holds: none in columns of text. The buffer stays
    /// empty where there are none.
    pub fn write_numbers(&self, line: usize, numbers: &mut Vec<StoredNumber>) {
        numbers.clear();
        let Some(row) = line.checked_sub(1) else {
            return;
        };
        if self.columns.iter().any(Column::is_of_numbers) {
            let cells = self.columns.iter().map(|column| column.numbers.get(row));
            numbers.extend(cells.map(|number| number.copied().unwrap_or(StoredNumber::NONE)));
        }
    }

    /// The cells of a line, counted from 0; those of numbers are empty.
    pub fn cells(&self, line: usize) -> impl Iterator<Item = &[u8]> {
        let columns = self.header.iter().zip(&self.columns);
        columns.map(move |(header, column)| match line.checked_sub(1) {
            None => header,
            Some(row) => column.cell(row),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::lines::Cells;
    use super::*;

    #[test]
    fn numbers_stay_numbers_and_are_shown_as_text() {
        let mut teams = Column::new(2, 100);
        let mut chances = Column::of_numbers(2, 16);
        for (team, chance) in [("Leeds", Some(0.25)), ("", None)] {
            teams.push(team.as_bytes()).unwrap();
            chances.push_number(chance).unwrap();
        }
        assert_eq!(chances.push_number(Some(1.0)), Err(TOO_LONG.to_owned()));
        assert_eq!((chances.len(), chances.left(), teams.len()), (2, 0, 2));
        let header = ByteRecord::from(vec!["team", "p_home"]);
        let grid = Grid::new(header, 2, vec![teams, chances]);
        let (mut text, mut ends, mut numbers) =
            (Vec::new(), Vec::new(), vec![StoredNumber::some(3.0)]);
        grid.write_numbers(0, &mut numbers);
        assert!(numbers.is_empty(), "the header has none");
        grid.write_numbers(1, &mut numbers);
        let first = Cells::joined(grid.cells(1), &mut text, &mut ends).with_numbers(&numbers);
        assert_eq!((first.number(0), first.number(1)), (None, Some(0.25)));
        assert_eq!(
            (&*first.shown(0), &*first.shown(1)),
            (&b"Leeds"[..], &b"0.25"[..])
        );
        grid.write_numbers(2, &mut numbers);
        let second = Cells::joined(grid.cells(2), &mut text, &mut ends).with_numbers(&numbers);
        assert!(second.is_blank() && second.number(1).is_none());
    }

    #[test]
    fn a_row_of_numbers_alone_is_not_blank() {
        let (mut text, mut ends) = (Vec::new(), Vec::new());
        let cells = Cells::joined([&b""[..], b""].into_iter(), &mut text, &mut ends);
        assert!(
            cells.is_blank()
                && !cells
                    .with_numbers(&[StoredNumber::NONE, StoredNumber::some(0.0)])
                    .is_blank()
        );
    }
}
