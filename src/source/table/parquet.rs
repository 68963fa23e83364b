//! Reading of Parquet files that simbet wrote, as the rows that a CSV file would give.

use csv::ByteRecord;

use crate::source::error::SourceError;

/// The header and the rows of a Parquet file as text: a missing value is an empty cell, a date is `yyyy-mm-dd`.
///
/// # Errors
/// When the bytes are not Parquet.
#[cfg(feature = "parquet")]
pub(crate) fn records(file: &str, bytes: &[u8]) -> Result<Vec<ByteRecord>, SourceError> {
    decoded(bytes).map_err(|error| SourceError::Parquet {
        file: file.to_owned(),
        problem: error.to_string(),
    })
}

/// In a build without Parquet: always an error.
#[cfg(not(feature = "parquet"))]
pub(crate) fn records(file: &str, _bytes: &[u8]) -> Result<Vec<ByteRecord>, SourceError> {
    Err(SourceError::NoParquet {
        file: file.to_owned(),
    })
}

#[cfg(feature = "parquet")]
fn decoded(bytes: &[u8]) -> polars::prelude::PolarsResult<Vec<ByteRecord>> {
    use polars::prelude::{DataType, ParquetReader, SerReader};

    let frame = ParquetReader::new(std::io::Cursor::new(bytes)).finish()?;
    let header: ByteRecord = frame
        .columns()
        .iter()
        .map(|column| column.name().as_bytes())
        .collect();
    let texts = frame
        .columns()
        .iter()
        .map(|column| column.cast(&DataType::String))
        .collect::<Result<Vec<_>, _>>()?;
    let columns = texts
        .iter()
        .map(|column| column.str())
        .collect::<Result<Vec<_>, _>>()?;
    let row = |at| {
        columns
            .iter()
            .map(|cells| cells.get(at).unwrap_or_default().as_bytes())
            .collect()
    };
    Ok([header]
        .into_iter()
        .chain((0..frame.height()).map(row))
        .collect())
}
