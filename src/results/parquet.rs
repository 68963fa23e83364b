//! Bets, forecasts and other tables as Parquet, through polars' own writer of it.

use std::io::{self, Write};
use std::sync::Arc;

use polars_arrow::array::{ArrayRef, Float64Array, Utf8ViewArray};
use polars_arrow::datatypes::{ArrowDataType, ArrowSchema, Field};
use polars_arrow::record_batch::RecordBatch;
use polars_parquet::write::{
    CompressionOptions, FileWriter, StatisticsOptions, Version, WriteOptions, get_dtype_encoding,
    row_group_iter,
};

use crate::schema::{
    self, BET_COLUMNS, BetRow, Cell, PREDICTION_COLUMNS, PredictionRow, is_prediction_number,
};

/// Writes the table of bets.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_bets(out: &mut dyn Write, rows: &[BetRow<'_>]) -> io::Result<()> {
    let columns = BET_COLUMNS.iter();
    let columns = columns.map(|column| (column.name, bet_cells(column, rows)));
    write(out, columns.collect())
}

fn bet_cells(column: &schema::Column, rows: &[BetRow<'_>]) -> ColumnCells {
    let mut cells = ColumnCells::new(column.is_numeric());
    for row in rows {
        match (&mut cells, column.cell(row)) {
            (ColumnCells::Numbers(numbers), cell) => numbers.push(cell.number()),
            (ColumnCells::Texts(texts), Cell::Text(text)) => texts.push(Some(text.to_string())),
            (ColumnCells::Texts(texts), _) => texts.push(None),
        }
    }
    cells
}

/// Writes the table of forecasts.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_predictions<'a>(
    out: &mut dyn Write,
    rows: impl Iterator<Item = PredictionRow<'a>>,
) -> io::Result<()> {
    let mut columns =
        PREDICTION_COLUMNS.map(|name| (name, ColumnCells::new(is_prediction_number(name))));
    for cells in rows.flat_map(PredictionRow::rows) {
        for ((_, column), cell) in columns.iter_mut().zip(cells) {
            match (column, cell) {
                (ColumnCells::Numbers(numbers), Cell::Count(count)) => {
                    numbers.push(Some(count as f64))
                }
                (ColumnCells::Numbers(numbers), cell) => numbers.push(cell.number()),
                (ColumnCells::Texts(texts), Cell::Missing) => texts.push(None),
                (ColumnCells::Texts(texts), cell) => texts.push(Some(cell.to_string())),
            }
        }
    }
    write(out, columns.into())
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
    let columns = header
        .iter()
        .map(|&name| (name, ColumnCells::new(is_number(name))));
    let mut columns: Vec<_> = columns.collect();
    for row in rows {
        for ((_, column), cell) in columns.iter_mut().zip(row.as_ref()) {
            let cell = Some(cell).filter(|cell| !cell.is_empty());
            match column {
                ColumnCells::Numbers(numbers) => {
                    numbers.push(cell.and_then(|cell| cell.parse().ok()));
                }
                ColumnCells::Texts(texts) => texts.push(cell.cloned()),
            }
        }
    }
    write(out, columns)
}

/// The cells of one column.
enum ColumnCells {
    Numbers(Vec<Option<f64>>),
    Texts(Vec<Option<String>>),
}

impl ColumnCells {
    const fn new(is_number: bool) -> Self {
        if is_number {
            Self::Numbers(Vec::new())
        } else {
            Self::Texts(Vec::new())
        }
    }

    const fn len(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.len(),
            Self::Texts(texts) => texts.len(),
        }
    }

    const fn data_type(&self) -> ArrowDataType {
        match self {
            Self::Numbers(_) => ArrowDataType::Float64,
            Self::Texts(_) => ArrowDataType::Utf8View,
        }
    }

    /// The cells of some rows.
    fn array(&self, first: usize, end: usize) -> ArrayRef {
        match self {
            Self::Numbers(numbers) => Float64Array::from(&numbers[first..end]).boxed(),
            Self::Texts(texts) => Utf8ViewArray::from_slice(&texts[first..end]).boxed(),
        }
    }
}

/// Rows that are written together: as many as polars takes.
const GROUP: usize = 512 * 512;

const OPTIONS: WriteOptions = WriteOptions {
    statistics: StatisticsOptions {
        min_value: true,
        max_value: true,
        distinct_count: false,
        null_count: true,
        binary_statistics_truncate_length: None,
    },
    version: Version::V1,
    compression: CompressionOptions::Snappy,
    data_page_size: None,
};

fn write(out: &mut dyn Write, columns: Vec<(&str, ColumnCells)>) -> io::Result<()> {
    let fields = columns
        .iter()
        .map(|(name, cells)| Field::new((*name).into(), cells.data_type(), true));
    let schema: ArrowSchema = fields.collect();
    let schema = Arc::new(schema);
    let encodings = schema
        .iter_values()
        .map(|field| get_dtype_encoding(&field.dtype));
    let encodings: polars_buffer::Buffer<_> = encodings.collect();
    let mut file =
        FileWriter::try_new(out, (*schema).clone(), OPTIONS).map_err(io::Error::other)?;
    let rows = columns.first().map_or(0, |(_, cells)| cells.len());
    for first in (0..rows).step_by(GROUP) {
        let end = rows.min(first + GROUP);
        let arrays = columns.iter().map(|(_, cells)| cells.array(first, end));
        let batch = RecordBatch::new(end - first, Arc::clone(&schema), arrays.collect());
        let fields = file.parquet_schema().fields().to_vec();
        let group = row_group_iter(batch, encodings.clone(), fields, OPTIONS);
        file.write((end - first) as u64, group)
            .map_err(io::Error::other)?;
    }
    file.end(None).map_err(io::Error::other)?;
    Ok(())
}
