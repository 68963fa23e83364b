//! Parquet files as the rows that a CSV file would give.

#[cfg(feature = "parquet")]
mod decode;
#[cfg(feature = "parquet")]
mod text;

use csv::ByteRecord;

use crate::source::error::SourceError;

/// The columns of a header that are needed, counted from 0.
pub(super) type Needed<'a> = dyn Fn(&ByteRecord) -> Result<Vec<usize>, SourceError> + 'a;

/// The header and the rows of a Parquet file as text: a missing value is an empty cell, a date is `yyyy-mm-dd`.
///
/// # Errors
/// When the bytes are not Parquet, or a column has no meaning as text.
pub(crate) fn records(file: &str, bytes: &[u8]) -> Result<Vec<ByteRecord>, SourceError> {
    needed_records(file, bytes, &|header| Ok((0..header.len()).collect()))
}

/// The same, with empty cells in all columns but those that are needed, which alone are decoded.
#[cfg(feature = "parquet")]
pub(super) fn needed_records(
    file: &str,
    bytes: &[u8],
    needed: &Needed<'_>,
) -> Result<Vec<ByteRecord>, SourceError> {
    decode::records(file, bytes, needed)
}

/// In a build without Parquet: always an error.
#[cfg(not(feature = "parquet"))]
pub(super) fn needed_records(
    file: &str,
    _bytes: &[u8],
    _needed: &Needed<'_>,
) -> Result<Vec<ByteRecord>, SourceError> {
    Err(SourceError::NoParquet {
        file: file.to_owned(),
    })
}
