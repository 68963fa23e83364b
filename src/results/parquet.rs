//! Bets and forecasts as Parquet, through polars.

use std::io::{self, Write};

use polars::prelude::{
    Column, DataFrame, IntoColumn, NamedFrom, ParquetCompression, ParquetWriter, PolarsResult,
    Series,
};

use crate::schema::{
    self, BET_COLUMNS, BetRow, Cell, PREDICTION_COLUMNS, PredictionRow, is_prediction_number,
};

/// Writes the table of bets.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_bets(out: &mut dyn Write, rows: &[BetRow<'_>]) -> io::Result<()> {
    let columns = BET_COLUMNS
        .iter()
        .map(|column| series(column, rows))
        .collect();
    write(out, DataFrame::new(rows.len(), columns))
}

/// The cells of one column, as numbers or as texts.
#[derive(Default)]
struct ColumnCells {
    numbers: Vec<Option<f64>>,
    texts: Vec<Option<String>>,
}

/// Writes the table of forecasts.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_predictions<'a>(
    out: &mut dyn Write,
    rows: impl Iterator<Item = PredictionRow<'a>>,
) -> io::Result<()> {
    let mut columns = PREDICTION_COLUMNS.map(|_| ColumnCells::default());
    let mut count = 0;
    for cells in rows.flat_map(PredictionRow::rows) {
        count += 1;
        for ((name, column), cell) in PREDICTION_COLUMNS.iter().zip(&mut columns).zip(cells) {
            if is_prediction_number(name) {
                column.numbers.push(match cell {
                    Cell::Count(count) => Some(count as f64),
                    cell => cell.number(),
                });
            } else {
                column
                    .texts
                    .push((cell != Cell::Missing).then(|| cell.to_string()));
            }
        }
    }
    let columns = PREDICTION_COLUMNS.iter().zip(columns);
    let columns = columns.map(|(name, ColumnCells { numbers, texts })| {
        if is_prediction_number(name) {
            Series::new((*name).into(), numbers).into_column()
        } else {
            Series::new((*name).into(), texts).into_column()
        }
    });
    write(out, DataFrame::new(count, columns.collect()))
}

/// Writes a table of texts, the columns named by `is_number` as numbers.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_table(
    out: &mut dyn Write,
    header: &[&str],
    rows: impl IntoIterator<Item: AsRef<[String]>>,
    is_number: fn(&str) -> bool,
) -> io::Result<()> {
    let mut columns: Vec<_> = header.iter().map(|_| ColumnCells::default()).collect();
    let mut count = 0;
    for row in rows {
        count += 1;
        for ((name, column), cell) in header.iter().zip(&mut columns).zip(row.as_ref()) {
            let cell = Some(cell.as_str()).filter(|cell| !cell.is_empty());
            if is_number(name) {
                column.numbers.push(cell.and_then(|cell| cell.parse().ok()));
            } else {
                column.texts.push(cell.map(str::to_owned));
            }
        }
    }
    let columns = header.iter().zip(columns);
    let columns = columns.map(|(name, ColumnCells { numbers, texts })| {
        if is_number(name) {
            Series::new((*name).into(), numbers).into_column()
        } else {
            Series::new((*name).into(), texts).into_column()
        }
    });
    write(out, DataFrame::new(count, columns.collect()))
}

fn write(out: &mut dyn Write, frame: PolarsResult<DataFrame>) -> io::Result<()> {
    let mut frame = frame.map_err(io::Error::other)?;
    ParquetWriter::new(out)
        .with_compression(ParquetCompression::Snappy)
        .set_parallel(false)
        .finish(&mut frame)
        .map_err(io::Error::other)?;
    Ok(())
}

fn series(column: &schema::Column, rows: &[BetRow<'_>]) -> Column {
    let cells = rows.iter().map(|row| column.cell(row));
    if column.is_numeric() {
        let numbers: Vec<Option<f64>> = cells.map(|cell| cell.number()).collect();
        Series::new(column.name.into(), numbers).into_column()
    } else {
        let texts: Vec<Option<String>> = cells
            .map(|cell| matches!(cell, Cell::Text(_)).then(|| cell.to_string()))
            .collect();
        Series::new(column.name.into(), texts).into_column()
    }
}
