//! Bets and bankroll as CSV.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::domain::Entry;
use crate::schema::{
    BANKROLL_COLUMNS, BET_COLUMNS, BetRow, Cell, PREDICTION_COLUMNS, PredictionRow, bankroll_cells,
};

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

/// Writes the table of forecasts, header first.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_predictions<'a>(
    out: &mut dyn Write,
    rows: impl Iterator<Item = PredictionRow<'a>>,
) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(PREDICTION_COLUMNS)?;
    let mut line = CellBuffer::default();
    for cells in rows.flat_map(PredictionRow::rows) {
        line.write(&mut writer, cells)?;
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
    write_texts(&mut writer, header)?;
    for row in rows {
        write_texts(&mut writer, row)?;
    }
    writer.flush()
}

fn write_texts(
    writer: &mut csv::Writer<&mut dyn Write>,
    cells: impl IntoIterator<Item: AsRef<[u8]>>,
) -> io::Result<()> {
    for cell in cells {
        writer.write_field(without_formula(cell.as_ref()))?;
    }
    Ok(writer.write_record(None::<&[u8]>)?)
}

/// Whether formulas are escaped: like the number of threads it is of the whole program, so that no table is forgotten.
static ESCAPES_FORMULAS: AtomicBool = AtomicBool::new(false);

/// From now on cells that a spreadsheet would take for formulas begin with `'`, in every table that this program writes.
pub fn escape_formulas() {
    ESCAPES_FORMULAS.store(true, Ordering::Relaxed);
}

/// A cell as it is written: where it was asked for, one that would be a formula begins with `'`.
fn without_formula(cell: &[u8]) -> Cow<'_, [u8]> {
    if ESCAPES_FORMULAS.load(Ordering::Relaxed) && is_formula(cell) {
        Cow::Owned([b"'", cell].concat())
    } else {
        Cow::Borrowed(cell)
    }
}

/// Whether a spreadsheet would take a cell for a formula. A number is none, whatever its sign.
fn is_formula(cell: &[u8]) -> bool {
    let is_number = || str::from_utf8(cell).is_ok_and(|text| text.parse::<f64>().is_ok());
    matches!(
        cell.first(),
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r')
    ) && !is_number()
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
            writer.write_field(without_formula(self.0.as_bytes()))?;
        }
        Ok(writer.write_record(None::<&[u8]>)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_no_formula() {
        for cell in [
            "=1+1", "+A1", "-A1", "@SUM(A1)", "\t=1", "\r=1", "-1+2", "--1",
        ] {
            assert!(is_formula(cell.as_bytes()), "{cell:?}");
        }
        for cell in ["", "-1", "-1.5e3", "+2", "1-2", "'=1", "Ashby", "-inf"] {
            assert!(!is_formula(cell.as_bytes()), "{cell:?}");
        }
    }
}
