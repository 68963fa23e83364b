//! Decoding of the columns that are needed.
//!
//! The columns are read as Arrow arrays, below polars' own data frame: that knows only the types that it was built with, and
//! fails on a file with another one, even in a column that nobody asked for.

use std::io::Cursor;

use csv::ByteRecord;
use polars_arrow::datatypes::{ArrowDataType, Field};
use polars_buffer::Buffer;
use polars_parquet::parquet::page::CompressedPage;
use polars_parquet::read::{
    BasicDecompressor, FileMetadata, PageReader, RowGroupMetadata, column_iter_to_arrays,
    infer_schema, read_metadata,
};

use super::Choose;
use super::text;
use crate::source::error::SourceError;
use crate::source::table::guarded::guarded;

/// The most rows of a file. More are the claim of a damaged one, and would fill the memory.
const MOST_ROWS: usize = 20_000_000;

/// The header and the rows.
pub(super) fn records(
    file: &str,
    bytes: &[u8],
    choose: &Choose<'_>,
) -> Result<Vec<ByteRecord>, SourceError> {
    let open = || Opened::new(bytes);
    let opened = guarded(open).unwrap_or_else(contradicts);
    let opened = opened.map_err(|problem| damaged(file, problem))?;
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
    let mut columns = vec![Vec::new(); opened.fields.len()];
    for column in [chosen.needed, chosen.welcome].concat() {
        let cells = guarded(|| opened.cells(column)).unwrap_or_else(contradicts);
        columns[column] = cells.map_err(|problem| damaged(file, problem))?;
    }
    let row = |at: usize| {
        columns
            .iter()
            .map(|cells| cells.get(at).map_or("", String::as_str))
            .collect()
    };
    let rows = (0..opened.metadata.num_rows).map(row);
    Ok(std::iter::once(header).chain(rows).collect())
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
struct Opened {
    bytes: Buffer<u8>,
    metadata: FileMetadata,
    /// Its columns, as types that simbet reads.
    fields: Vec<Field>,
}

impl Opened {
    fn new(bytes: &[u8]) -> Result<Self, String> {
        let metadata = read_metadata(&mut Cursor::new(bytes)).map_err(|error| error.to_string())?;
        let schema = infer_schema(&metadata).map_err(|error| error.to_string())?;
        let groups = metadata.row_groups.iter().map(RowGroupMetadata::num_rows);
        let rows = groups.fold(0, usize::saturating_add);
        if rows != metadata.num_rows {
            return contradicts();
        }
        if rows > MOST_ROWS {
            return Err(format!("it has {rows} rows, more than {MOST_ROWS}"));
        }
        let fields = schema.iter_values().map(|field| {
            let dtype = stored_type(field.dtype.clone());
            Field::new(field.name.clone(), dtype, true)
        });
        Ok(Self {
            fields: fields.collect(),
            bytes: Buffer::from(bytes.to_vec()),
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

    /// The cells of a column.
    fn cells(&self, column: usize) -> Result<Vec<String>, String> {
        let field = &self.fields[column];
        let mut cells = Vec::with_capacity(self.metadata.num_rows);
        for group in &self.metadata.row_groups {
            let before = cells.len();
            self.decode(group, field, &mut cells)?;
            if cells.len() - before != group.num_rows() {
                return contradicts();
            }
        }
        Ok(cells)
    }

    fn decode(
        &self,
        group: &RowGroupMetadata,
        field: &Field,
        cells: &mut Vec<String>,
    ) -> Result<(), String> {
        let mut chunks = group
            .columns_under_root_iter(&field.name)
            .ok_or_else(|| format!("column {} is missing", field.name))?;
        let (Some(chunk), None) = (chunks.next(), chunks.next()) else {
            return contradicts();
        };
        let range = chunk.byte_range();
        let bytes = self
            .bytes
            .clone()
            .sliced(range.start as usize..range.end as usize);
        // no page has more bytes than the file
        let most = self.bytes.len();
        let pages = || PageReader::new(Cursor::new(bytes.clone()), chunk, Vec::new(), most);
        // memory is reserved by these numbers, and to ask for more than there is ends the program
        let values = usize::try_from(chunk.num_values());
        if values != Ok(group.num_rows()) || !are_plausible(pages(), group.num_rows()) {
            return contradicts();
        }
        let (arrays, _) = column_iter_to_arrays(
            vec![BasicDecompressor::new(pages(), Vec::new())],
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

/// Whether pages can be cut, and none claims more values than there are rows.
fn are_plausible(mut pages: PageReader, rows: usize) -> bool {
    pages.all(|page| match page {
        Ok(CompressedPage::Data(page)) => page.num_values() <= rows,
        Ok(CompressedPage::Dict(_)) => true,
        Err(_) => false,
    })
}

/// The type of the values that a file holds: a dictionary only says how they are stored.
fn stored_type(dtype: ArrowDataType) -> ArrowDataType {
    match dtype {
        ArrowDataType::Dictionary(_, values, _) => stored_type(*values),
        ArrowDataType::Extension(extension) => stored_type(extension.inner),
        other => other,
    }
}
