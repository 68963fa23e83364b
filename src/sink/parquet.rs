//! Bets as Parquet, through polars.

use std::io::{self, Write};

use polars::prelude::{Column, DataFrame, IntoColumn, NamedFrom, ParquetCompression, ParquetWriter, Series};

use crate::wire::{self, BET_COLUMNS, BetRow, Cell};

/// Writes the table of bets.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_bets(out: &mut dyn Write, rows: &[BetRow<'_>]) -> io::Result<()> {
    let mut frame = bets_frame(rows).map_err(io::Error::other)?;
    ParquetWriter::new(out)
        .with_compression(ParquetCompression::Snappy)
        .set_parallel(false)
        .finish(&mut frame)
        .map_err(io::Error::other)?;
    Ok(())
}

/// The table of bets as a data frame.
///
/// # Errors
/// When polars refuses it.
pub fn bets_frame(rows: &[BetRow<'_>]) -> polars::prelude::PolarsResult<DataFrame> {
    DataFrame::new(rows.len(), BET_COLUMNS.iter().map(|column| series(column, rows)).collect())
}

fn series(column: &wire::Column, rows: &[BetRow<'_>]) -> Column {
    let cells = rows.iter().map(|row| column.cell(row));
    if column.is_numeric() {
        let numbers: Vec<Option<f64>> = cells.map(|cell| cell.number()).collect();
        Series::new(column.name.into(), numbers).into_column()
    } else {
        let texts: Vec<Option<String>> =
            cells.map(|cell| matches!(cell, Cell::Text(_)).then(|| cell.to_string())).collect();
        Series::new(column.name.into(), texts).into_column()
    }
}
