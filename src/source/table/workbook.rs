//! Workbooks (.xlsx): the rows of every sheet as the text that a CSV file would have.

use std::borrow::Cow;
use std::io::Cursor;

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, Xlsx, XlsxError};
use csv::ByteRecord;

use super::guarded::guarded;
use super::sheet::Record;
use crate::source::error::SourceError;

/// The most cells of a sheet, empty ones before others included. A row of its own for every match of every league of Europe
/// since 1993, with a hundred prices each, has fewer.
const MOST_CELLS: usize = 1 << 25;

/// A sheet of a workbook.
pub(super) struct WorkbookSheet {
    pub name: String,
    /// Its rows that are not empty.
    pub records: Vec<Record>,
}

/// The sheets of a workbook that hold something, in their order; of a sheet with more than `max_rows` rows only so many that
/// it can be told.
pub(super) fn sheets(
    file: &str,
    bytes: &[u8],
    max_rows: u64,
) -> Result<Vec<WorkbookSheet>, SourceError> {
    let damaged = |problem: String| SourceError::Damaged {
        file: file.to_owned(),
        problem,
    };
    guarded(|| decoded(bytes, max_rows))
        .ok_or_else(|| damaged("the workbook contradicts itself".to_owned()))?
        .map_err(|error| damaged(error.to_string()))
}

fn decoded(bytes: &[u8], max_rows: u64) -> Result<Vec<WorkbookSheet>, XlsxError> {
    let mut workbook = Xlsx::new(Cursor::new(bytes))?;
    let tables = workbook.sheets_metadata().iter();
    let names: Vec<String> = tables
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone())
        .collect();
    let mut sheets = Vec::with_capacity(names.len());
    for name in names {
        let records = records(&mut workbook, &name, max_rows)?;
        if !records.is_empty() {
            sheets.push(WorkbookSheet { name, records });
        }
    }
    Ok(sheets)
}

/// The rows of a sheet. They are read cell by cell: a range of all cells would fill the memory where one cell stands far out.
fn records(
    workbook: &mut Xlsx<Cursor<&[u8]>>,
    sheet: &str,
    max_rows: u64,
) -> Result<Vec<Record>, XlsxError> {
    let mut cells = workbook.worksheet_cells_reader(sheet)?;
    let mut records: Vec<Record> = Vec::new();
    let mut size = 0;
    while let Some(cell) = cells.next_cell()? {
        let text = text_of(cell.get_value());
        if text.is_empty() {
            continue;
        }
        let (row, column) = cell.get_position();
        let number = u64::from(row) + 1;
        let known = records.last().is_some_and(|last| last.number == number);
        if !known {
            // the header is no row, and one more is too many
            if records.len() as u64 > max_rows.saturating_add(1) {
                break;
            }
            let cells = ByteRecord::new();
            records.push(Record { number, cells });
        }
        let Some(record) = records.last_mut() else {
            continue;
        };
        let before = record.cells.len();
        for _ in before..column as usize {
            record.cells.push_field(b"");
        }
        record.cells.push_field(text.as_bytes());
        size += record.cells.len() - before;
        if size > MOST_CELLS {
            return Err(XlsxError::Unexpected("a sheet has too many cells"));
        }
    }
    Ok(records)
}

/// The text of a cell: a number with a point, a date as `yyyy-mm-dd`, a time as `HH:MM:SS`.
fn text_of<'a>(cell: &'a DataRef<'_>) -> Cow<'a, str> {
    match cell {
        DataRef::Int(number) => Cow::Owned(number.to_string()),
        DataRef::Float(number) => Cow::Owned(number.to_string()),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            Cow::Borrowed(text)
        }
        DataRef::SharedString(text) => Cow::Borrowed(text),
        DataRef::Bool(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
        DataRef::DateTime(time) => Cow::Owned(date_or_time(time)),
        // a formula that found nothing or failed: no value
        DataRef::Error(_) | DataRef::Empty => Cow::Borrowed(""),
    }
}

fn date_or_time(time: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    let clock = format!("{hour:02}:{minute:02}:{second:02}");
    let days = time.as_f64();
    if days < 1.0 {
        clock
    } else if days.fract() == 0.0 {
        date
    } else {
        format!("{date}T{clock}")
    }
}
