//! Parquet files as the rows that a CSV file would give.

#[cfg(feature = "parquet")]
mod arrow_schema;
#[cfg_attr(
    not(feature = "parquet"),
    expect(dead_code, reason = "only the decoder makes cells")
)]
mod cells;
#[cfg(feature = "parquet")]
mod decode;
#[cfg(feature = "parquet")]
mod footer;
#[cfg(feature = "parquet")]
mod pages;
#[cfg(feature = "parquet")]
mod text;

use csv::ByteRecord;

use super::archive::Budget;
use super::bounds::RowAllowance;
pub(super) use cells::Grid;

use crate::source::error::SourceError;

/// The columns of a header that are decoded, counted from 0.
#[cfg_attr(
    not(feature = "parquet"),
    expect(dead_code, reason = "only the decoder asks")
)]
#[derive(Default)]
pub(super) struct Columns {
    /// Those without which the file cannot be read.
    pub needed: Vec<usize>,
    /// Those that are looked at where their type has a meaning as text.
    pub welcome: Vec<usize>,
    /// Those whose cells are asked for as numbers where they are stored as such, and not as text.
    pub numbers: Vec<usize>,
}

/// The columns that are decoded, by the header.
pub(super) type Choose<'a> = dyn Fn(&ByteRecord) -> Result<Columns, SourceError> + 'a;

/// The most rows of a table of results.
const MOST_ROWS: u64 = 20_000_000;

/// The header and the rows of a Parquet file as text: a missing value is an empty cell, a date is `yyyy-mm-dd`.
///
/// # Errors
/// When the bytes are not Parquet, or a column has no meaning as text.
pub(crate) fn records(file: &str, bytes: &[u8]) -> Result<Vec<ByteRecord>, SourceError> {
    let all = |header: &ByteRecord| {
        Ok(Columns {
            needed: (0..header.len()).collect(),
            welcome: Vec::new(),
            numbers: Vec::new(),
        })
    };
    let allowance = RowAllowance::new(MOST_ROWS);
    let grid = chosen_grid(
        file,
        bytes,
        &allowance,
        &mut Budget::of_columns(bytes.len()),
        &all,
    )?;
    Ok(grid.records().collect())
}

/// The same, with empty cells in all columns but those that are chosen.
#[cfg(feature = "parquet")]
pub(super) fn chosen_grid(
    file: &str,
    bytes: &[u8],
    allowance: &RowAllowance,
    budget: &mut Budget,
    choose: &Choose<'_>,
) -> Result<Grid, SourceError> {
    decode::grid(file, bytes, allowance, budget, choose)
}

/// In a build without Parquet: always an error.
#[cfg(not(feature = "parquet"))]
pub(super) fn chosen_grid(
    file: &str,
    _bytes: &[u8],
    _allowance: &RowAllowance,
    _budget: &mut Budget,
    _choose: &Choose<'_>,
) -> Result<Grid, SourceError> {
    Err(SourceError::NoParquet {
        file: file.to_owned(),
    })
}
