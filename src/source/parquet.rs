//! The door for Parquet files: what simbet wrote, read back as the same rows a CSV file would give.

use csv::ByteRecord;

use super::error::SourceError;

/// The header and the rows of a Parquet file, as cells of text: no value is an empty cell, a date is `yyyy-mm-dd`.
///
/// # Errors
/// When this build has no Parquet, or the bytes are none.
pub(super) fn records(file: &str, _bytes: &[u8]) -> Result<Vec<ByteRecord>, SourceError> {
    Err(SourceError::NoParquet { file: file.to_owned() })
}
