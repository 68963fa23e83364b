//! Replaces [`parquet`](super::parquet) in a build without Parquet: the same functions, which return an error.

use std::io::{self, Write};

use crate::schema::{BetRow, PredictionRow};

/// Writes nothing.
///
/// # Errors
/// Always.
pub fn write_bets(_out: &mut dyn Write, _rows: &[BetRow<'_>]) -> io::Result<()> {
    Err(disabled())
}

/// Writes nothing.
///
/// # Errors
/// Always.
pub fn write_predictions<'a>(
    _out: &mut dyn Write,
    _rows: impl Iterator<Item = PredictionRow<'a>>,
) -> io::Result<()> {
    Err(disabled())
}

/// Writes nothing.
///
/// # Errors
/// Always.
pub fn write_table(
    _out: &mut dyn Write,
    _header: &[&str],
    _rows: impl IntoIterator<Item: AsRef<[String]>>,
    _is_number: fn(&str) -> bool,
) -> io::Result<()> {
    Err(disabled())
}

fn disabled() -> io::Error {
    let advice =
        "this simbet was built without Parquet; build it with the default features, or write CSV";
    io::Error::new(io::ErrorKind::Unsupported, advice)
}
