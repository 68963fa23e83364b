//! Decoding of the columns that are needed.
//!
//! The columns are read as Arrow arrays, below polars' own data frame: that knows only the types that it was built with, and
//! fails on a file with another one, even in a column that nobody asked for.

use std::io::Cursor;

use csv::ByteRecord;
use polars_arrow::datatypes::{ArrowDataType, Field, TimeUnit};
use polars_parquet::read::{
    BasicDecompressor, FileMetadata, RowGroupMetadata, column_iter_to_arrays, infer_schema,
    read_metadata,
};

use super::Choose;
use super::cells::{Column, Grid, TOO_LONG};
use super::pages::Pages;
use super::{arrow_schema, footer, text};
use crate::source::error::SourceError;
use crate::source::table::archive::Budget;
use crate::source::table::bounds::RowAllowance;
use crate::source::table::guarded::guarded;

/// The header and the rows.
pub(super) fn grid(
    file: &str,
    bytes: &[u8],
    allowance: &RowAllowance,
    budget: &mut Budget,
    choose: &Choose<'_>,
) -> Result<Grid, SourceError> {
    let opened = guarded(|| Opened::new(bytes)).unwrap_or_else(contradicts);
    let opened = opened.map_err(|problem| damaged(file, problem))?;
    allowance.take(opened.metadata.num_rows as u64)?;
    let names = opened.fields.iter().map(|field| field.name.as_bytes());
    let header: ByteRecord = names.collect();
    let mut chosen = choose(&header)?;
    if let Some(error) = chosen
        .needed
        .iter()
        .find_map(|&at| opened.without_text(file, at))
    {
        return Err(error);
    }
    chosen
        .welcome
        .retain(|&at| opened.without_text(file, at).is_none());
    // each row is looked at with all its columns
    let cells = opened.metadata.num_rows as u64 * opened.fields.len() as u64;
    budget.spend(file, cells)?;
    let mut columns = vec![Column::default(); opened.fields.len()];
    for at in [&chosen.needed[..], &chosen.welcome].concat() {
        let is_number = chosen.numbers.contains(&at);
        columns[at] = opened.column(file, (at, is_number), budget)?;
    }
    Ok(Grid::new(header, opened.metadata.num_rows, columns))
}

fn contradicts<T>() -> Result<T, String> {
    Err("the file contradicts itself".to_owned())
}

fn damaged(file: &str, problem: String) -> SourceError {
    SourceError::Damaged {
        file: file.to_owned(),
        problem,
    }
}

/// A file whose columns are known and not yet decoded.
struct Opened<'a> {
    bytes: &'a [u8],
    metadata: FileMetadata,
    /// Its columns, as types that simbet reads.
    fields: Vec<Field>,
}

impl<'a> Opened<'a> {
    fn new(bytes: &'a [u8]) -> Result<Self, String> {
        footer::check(bytes)?;
        let metadata = read_metadata(&mut Cursor::new(bytes)).map_err(|error| error.to_string())?;
        arrow_schema::check(&metadata)?;
        let schema = infer_schema(&metadata).map_err(|error| error.to_string())?;
        let groups = metadata.row_groups.iter().map(RowGroupMetadata::num_rows);
        let rows = groups.fold(0, usize::saturating_add);
        if rows != metadata.num_rows {
            return contradicts();
        }
        let fields = schema.iter_values().map(|field| {
            let dtype = stored_type(field.dtype.clone());
            Field::new(field.name.clone(), dtype, true)
        });
        Ok(Self {
            fields: fields.collect(),
            bytes,
            metadata,
        })
    }

    /// The error of a column whose type has no meaning as text.
    fn without_text(&self, file: &str, column: usize) -> Option<SourceError> {
        let field = &self.fields[column];
        let name = text::name_without_text(&field.dtype)?;
        Some(SourceError::ColumnType {
            file: file.to_owned(),
            column: field.name.to_string(),
            name,
        })
    }

    /// The cells of a column, as numbers where that is asked for and its values are.
    fn column(
        &self,
        file: &str,
        (at, is_number): (usize, bool),
        budget: &mut Budget,
    ) -> Result<Column, SourceError> {
        let field = &self.fields[at];
        // each row takes memory, whatever it says
        let rows = self.metadata.num_rows;
        budget.spend(file, 4 * rows as u64)?;
        // a float of 32 bits means the number of its text: 2.1, and not 2.0999999
        let mut cells = if is_number && field.dtype == ArrowDataType::Float64 {
            Column::of_numbers(rows, budget.left())
        } else {
            Column::new(rows, budget.left()).keeping_nan(is_number)
        };
        for group in &self.metadata.row_groups {
            let before = cells.len();
            let decode = || self.decode(group, field, &mut cells);
            guarded(decode)
                .unwrap_or_else(contradicts)
                .map_err(|problem| match problem.as_str() {
                    TOO_LONG => Budget::exceeded(file),
                    _ => damaged(file, problem),
                })?;
            if cells.len() - before != group.num_rows() {
                return contradicts().map_err(|problem| damaged(file, problem));
            }
        }
        cells.shrink();
        budget.spend(file, cells.bytes() as u64)?;
        Ok(cells)
    }

    fn decode(
        &self,
        group: &RowGroupMetadata,
        field: &Field,
        cells: &mut Column,
    ) -> Result<(), String> {
        let mut chunks = group
            .columns_under_root_iter(&field.name)
            .ok_or_else(|| format!("column {} is missing", field.name))?;
        let (Some(chunk), None) = (chunks.next(), chunks.next()) else {
            return contradicts();
        };
        let Some(pages) = Pages::of(self.bytes, chunk, group.num_rows()) else {
            return contradicts();
        };
        let Some(claim) = pages.claim() else {
            return contradicts();
        };
        if claim.bytes > cells.left() as u64 {
            return Err(TOO_LONG.to_owned());
        }
        match pages.are_within(claim, cells.left()) {
            Some(true) => {}
            Some(false) => return Err(TOO_LONG.to_owned()),
            None => return contradicts(),
        }
        let (arrays, _) = column_iter_to_arrays(
            vec![BasicDecompressor::new(pages.reader(), Vec::new())],
            vec![&chunk.descriptor().descriptor.primitive_type],
            field.clone(),
            None,
        )
        .map_err(|error| error.to_string())?;
        for array in arrays {
            text::push_cells(array.as_ref(), cells)?;
        }
        Ok(())
    }
}

/// The type of the values that a file holds: a dictionary only says how they are stored, and Parquet has no time of day in
/// seconds, so that what was one in memory is written in milliseconds.
fn stored_type(dtype: ArrowDataType) -> ArrowDataType {
    match dtype {
        ArrowDataType::Dictionary(_, values, _) => stored_type(*values),
        ArrowDataType::Extension(extension) => stored_type(extension.inner),
        ArrowDataType::Time32(_) => ArrowDataType::Time32(TimeUnit::Millisecond),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_in_seconds_is_stored_in_milliseconds() {
        let [seconds, millis] =
            [TimeUnit::Second, TimeUnit::Millisecond].map(ArrowDataType::Time32);
        assert_eq!(stored_type(seconds), millis);
        assert_eq!(stored_type(millis.clone()), millis);
    }
}
