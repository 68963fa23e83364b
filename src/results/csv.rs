//! Bets and bankroll as CSV.

use std::io::{self, Write};

use crate::domain::Entry;
use crate::schema::{BANKROLL_COLUMNS, BET_COLUMNS, BetRow, Cell, bankroll_cells};

/// Writes the table of bets, header first.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_bets<'a>(
    out: &mut dyn Write,
    rows: impl Iterator<Item = BetRow<'a>>,
) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(BET_COLUMNS.iter().map(|column| column.name))?;
    let mut line = CellBuffer::default();
    for row in rows {
        line.write(&mut writer, row.cells())?;
    }
    writer.flush()
}

/// Writes the bankroll, a row for each round in which money moved.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_bankroll(out: &mut dyn Write, entries: &[Entry]) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(BANKROLL_COLUMNS)?;
    let mut line = CellBuffer::default();
    for cells in entries.iter().filter_map(bankroll_cells) {
        line.write(&mut writer, cells)?;
    }
    writer.flush()
}

/// Writes a table of texts.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_table<Row: IntoIterator<Item: AsRef<[u8]>>>(
    out: &mut dyn Write,
    header: impl IntoIterator<Item: AsRef<[u8]>>,
    rows: impl IntoIterator<Item = Row>,
) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(header)?;
    for row in rows {
        writer.write_record(row)?;
    }
    writer.flush()
}

/// A buffer for one cell, used again for each.
#[derive(Default)]
struct CellBuffer(String);

impl CellBuffer {
    fn write<'a>(
        &mut self,
        writer: &mut csv::Writer<&mut dyn Write>,
        cells: impl IntoIterator<Item = Cell<'a>>,
    ) -> io::Result<()> {
        use std::fmt::Write as _;
        for cell in cells {
            self.0.clear();
            write!(self.0, "{cell}").expect("a String takes all that is written to it");
            writer.write_field(&self.0)?;
        }
        Ok(writer.write_record(None::<&[u8]>)?)
    }
}
