//! Reads a folder of results that an earlier run wrote.

use std::path::{Path, PathBuf};

use csv::{ByteRecord, StringRecord};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::ResultsError;
use super::form;
use super::names::{RUN, SUMMARY, csv_file, parquet_file};
use crate::source::table::parquet;

/// A folder of results, or a file with a summary alone; tables are read on request.
#[derive(Debug, Clone, PartialEq)]
pub struct Results {
    /// Where it is.
    pub path: PathBuf,
    /// The content of `summary.json`.
    pub summary: Value,
    /// The content of `run.json`: version, settings, inputs; `None` for a single file.
    pub run: Option<Value>,
}

/// A table of texts, as a CSV file has it; an empty cell is a value that is undefined.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// The name of the file it is from.
    pub file: String,
    /// The names of the columns.
    pub header: Vec<String>,
    /// The rows, each as long as the header.
    pub rows: Vec<StringRecord>,
}

impl Results {
    /// Reads a folder of results, or a single JSON file with a summary.
    ///
    /// # Errors
    /// When it is neither, damaged, or of another form.
    pub fn read(path: &Path) -> Result<Self, ResultsError> {
        if !path.is_dir() {
            let summary = json(path)?;
            // a baseline has a form of its own
            if !form::is_baseline(&summary) {
                form::ensure_current_summary(path, &summary)?;
            }
            return Ok(Self {
                path: path.to_owned(),
                summary,
                run: None,
            });
        }
        // run.json is written last: without it the rest may be incomplete
        for missing in [RUN, SUMMARY] {
            if !path.join(missing).exists() {
                return Err(ResultsError::Incomplete {
                    path: path.to_owned(),
                    missing,
                });
            }
        }
        let (summary, run) = (json(&path.join(SUMMARY))?, json(&path.join(RUN))?);
        form::ensure_current_folder(path, &run, &summary)?;
        Ok(Self {
            path: path.to_owned(),
            summary,
            run: Some(run),
        })
    }

    /// A text of `run.json`: its `headline`, its `coverage`.
    pub fn run_text(&self, name: &str) -> Option<&str> {
        self.run.as_ref()?[name].as_str()
    }

    /// The summary as a value of its type.
    ///
    /// # Errors
    /// When it is another kind of summary, or damaged.
    pub fn parsed_summary<T: DeserializeOwned>(&self) -> Result<T, ResultsError> {
        T::deserialize(&self.summary).map_err(|error| ResultsError::Damaged {
            path: self.path.join(SUMMARY),
            problem: error.to_string(),
        })
    }

    /// The table of this name, from its CSV or Parquet file; `None` where there is neither.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn table(&self, name: &str) -> Result<Option<Table>, ResultsError> {
        let csv = self.path.join(csv_file(name));
        let parquet = self.path.join(parquet_file(name));
        if csv.exists() {
            table(&csv, csv_records).map(Some)
        } else if parquet.exists() {
            table(&parquet, parquet_records).map(Some)
        } else {
            Ok(None)
        }
    }
}

impl Table {
    /// The rows as values, by the names of the columns.
    ///
    /// # Errors
    /// When a row does not fit; the error names the line.
    pub fn records<T: DeserializeOwned>(&self) -> Result<Vec<T>, ResultsError> {
        let header = StringRecord::from(self.header.clone());
        let rows = self.rows.iter().enumerate();
        rows.map(|(place, row)| {
            row.deserialize(Some(&header))
                .map_err(|error| self.damaged_row(place, row, &error))
        })
        .collect()
    }

    /// The error of a row that does not fit. Lines count from 1, and the first is the header.
    fn damaged_row(&self, place: usize, row: &StringRecord, error: &csv::Error) -> ResultsError {
        let problem = format!("line {}{}", place + 2, self.misfit(row, error));
        damaged(Path::new(&self.file), problem)
    }

    /// The cell that does not fit, where the error has its position; else the text of the error.
    fn misfit(&self, row: &StringRecord, error: &csv::Error) -> String {
        let place = match error.kind() {
            csv::ErrorKind::Deserialize { err, .. } => {
                err.field().and_then(|field| usize::try_from(field).ok())
            }
            _ => None,
        };
        match place.and_then(|place| Some((self.header.get(place)?, row.get(place)?))) {
            Some((column, cell)) => format!(", column {column}: {cell:?} does not fit"),
            None => format!(": {error}"),
        }
    }
}

fn damaged(path: &Path, problem: String) -> ResultsError {
    ResultsError::Damaged {
        path: path.to_owned(),
        problem,
    }
}

fn json(path: &Path) -> Result<Value, ResultsError> {
    let value: Value =
        serde_json::from_slice(&bytes(path)?).map_err(|error| damaged(path, error.to_string()))?;
    match value {
        Value::Object(_) => Ok(value),
        _ => Err(damaged(path, "it holds no JSON object".to_owned())),
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, ResultsError> {
    std::fs::read(path).map_err(|source| ResultsError::Read {
        path: path.to_owned(),
        source,
    })
}

fn table(
    path: &Path,
    decode: fn(&str, &[u8]) -> Result<Vec<ByteRecord>, String>,
) -> Result<Table, ResultsError> {
    let name = path.to_string_lossy().into_owned();
    let records = decode(&name, &bytes(path)?).map_err(|problem| damaged(path, problem))?;
    let mut rows = Vec::with_capacity(records.len());
    for (place, record) in records.into_iter().enumerate() {
        rows.push(
            StringRecord::from_byte_record(record)
                .map_err(|_| damaged(path, format!("line {}: a cell is not UTF-8", place + 1)))?,
        );
    }
    let mut rows = rows.into_iter();
    let header = rows
        .next()
        .ok_or_else(|| damaged(path, "it has no header".to_owned()))?;
    Ok(Table {
        file: name,
        header: header.iter().map(str::to_owned).collect(),
        rows: rows.collect(),
    })
}

fn csv_records(_: &str, bytes: &[u8]) -> Result<Vec<ByteRecord>, String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(bytes);
    reader
        .byte_records()
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())
}

fn parquet_records(name: &str, bytes: &[u8]) -> Result<Vec<ByteRecord>, String> {
    parquet::records(name, bytes).map_err(|error| error.to_string())
}
