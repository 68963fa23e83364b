//! Reads a folder of results that an earlier run wrote.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use csv::{ByteRecord, StringRecord};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::ResultsError;
use super::lock::{self, Wait};
use super::manifest::Manifest;
use super::names::{REPORT, RUN, SUMMARY, csv_file, parquet_file};
use super::{form, loading, seal};
use crate::schema::files;
use crate::source::table::parquet;

/// A folder of results, all of one run, or a file with a summary alone; tables are decoded on request.
#[derive(Debug, Clone, PartialEq)]
pub struct Results {
    /// Where it is.
    pub path: PathBuf,
    /// The content of `summary.json`.
    pub summary: Value,
    /// The content of `run.json`: version, settings, inputs; `None` for a single file.
    pub run: Option<Value>,
    /// The files that belong to it, by name.
    files: BTreeMap<String, Vec<u8>>,
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
    /// Reads a folder of results, or a single JSON file with a summary. A run that puts its files there is waited for.
    ///
    /// # Errors
    /// When it is neither, damaged, or of another form; when its files are not those of one run, or were edited; when the
    /// wait was given up.
    pub fn read(path: &Path, wait: Wait<'_>) -> Result<Self, ResultsError> {
        if path.is_dir() {
            read_folder(path, wait)
        } else {
            read_file(path, wait)
        }
    }

    /// Checks that the folder still holds these results.
    ///
    /// # Errors
    /// When another run has put its own there.
    pub fn ensure_still_there(&self) -> Result<(), ResultsError> {
        let text = loading::of_folder(&self.path, RUN).unwrap_or_default();
        if serde_json::from_slice(&text).ok() == self.run {
            return Ok(());
        }
        Err(ResultsError::Replaced {
            path: self.path.clone(),
        })
    }

    /// A text of `run.json`: its `headline`, its `coverage`.
    pub fn run_text(&self, name: &str) -> Option<&str> {
        self.run.as_ref()?[name].as_str()
    }

    /// The page that the command itself wrote among its results.
    pub fn own_page(&self) -> Option<String> {
        let bytes = self.files.get(REPORT)?;
        String::from_utf8(bytes.clone()).ok()
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
        for (file, decode) in [
            (csv_file(name), csv_records as Decode),
            (parquet_file(name), parquet_records),
        ] {
            if let Some(bytes) = self.files.get(&file) {
                return table(&self.path.join(file), bytes, decode).map(Some);
            }
        }
        Ok(None)
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

/// Reads a folder. Nobody puts files there meanwhile, so that all are of one run.
fn read_folder(path: &Path, wait: Wait<'_>) -> Result<Results, ResultsError> {
    let _lock = lock::shared(path, wait)?;
    // without it nobody knows what the other files are
    if !loading::is_there(path, RUN)? {
        return Err(incomplete(path, RUN));
    }
    let run = json(&path.join(RUN), &loading::of_folder(path, RUN)?)?;
    let files = files_of(path, &manifest(path, &run)?)?;
    let summary = files.get(SUMMARY);
    let summary = summary.ok_or_else(|| incomplete(path, SUMMARY))?;
    let summary = json(&path.join(SUMMARY), summary)?;
    form::ensure_current_summary(&path.join(SUMMARY), &summary)?;
    Ok(Results {
        path: path.to_owned(),
        summary,
        run: Some(run),
        files,
    })
}

/// Reads a single file. One that is the summary of a folder must be that of its run.
fn read_file(path: &Path, wait: Wait<'_>) -> Result<Results, ResultsError> {
    let is_summary = path.file_name() == Some(OsStr::new(SUMMARY));
    let beside = path.with_file_name(RUN);
    let folder = path.parent().filter(|_| is_summary && beside.exists());
    let _lock = folder
        .map(|folder| lock::shared(folder, wait))
        .transpose()?;
    let text = loading::of_file(path)?;
    let summary = json(path, &text)?;
    if let Some(folder) = folder {
        let run = loading::of_file(&beside).ok();
        let run = run.and_then(|run| serde_json::from_slice::<Value>(&run).ok());
        // the run.json of another tool says nothing of it
        if let Some(run) = run.filter(files::is_run) {
            loading::is_there(folder, RUN)?;
            loading::is_there(folder, SUMMARY)?;
            ensure_listed(folder, SUMMARY, &text, &manifest(folder, &run)?)?;
        }
    }
    // a baseline has a form of its own
    if !form::is_baseline(&summary) {
        form::ensure_current_summary(path, &summary)?;
    }
    Ok(Results {
        path: path.to_owned(),
        summary,
        run: None,
        files: BTreeMap::new(),
    })
}

/// What the `run.json` of a folder says, when the run was finished and nobody edited it.
fn manifest(folder: &Path, run: &Value) -> Result<Manifest, ResultsError> {
    form::ensure_current_run(folder, run)?;
    let path = folder.to_owned();
    match Manifest::read(folder, run) {
        Ok(manifest) if manifest.is_unfinished => Err(ResultsError::CutShort { path }),
        Err(ResultsError::Changed { .. }) => Err(ResultsError::Edited {
            path: path.join(RUN),
        }),
        manifest => manifest,
    }
}

/// The files that a folder must have, as the run wrote them.
fn files_of(folder: &Path, manifest: &Manifest) -> Result<BTreeMap<String, Vec<u8>>, ResultsError> {
    let mut files = BTreeMap::new();
    for name in manifest.names() {
        let path = folder.join(name);
        if !loading::is_there(folder, name)? {
            let problem = "it is not there";
            return Err(ResultsError::Mixed { path, problem });
        }
        let bytes = loading::of_folder(folder, name)?;
        ensure_listed(folder, name, &bytes, manifest)?;
        files.insert(name.to_owned(), bytes);
    }
    Ok(files)
}

fn ensure_listed(
    folder: &Path,
    name: &str,
    bytes: &[u8],
    manifest: &Manifest,
) -> Result<(), ResultsError> {
    if manifest.lists(name, &seal::digest(bytes)) {
        return Ok(());
    }
    Err(ResultsError::Mixed {
        path: folder.join(name),
        problem: "it was edited, or is of another run",
    })
}

fn incomplete(path: &Path, missing: &'static str) -> ResultsError {
    ResultsError::Incomplete {
        path: path.to_owned(),
        missing,
    }
}

fn damaged(path: &Path, problem: String) -> ResultsError {
    ResultsError::Damaged {
        path: path.to_owned(),
        problem,
    }
}

fn json(path: &Path, text: &[u8]) -> Result<Value, ResultsError> {
    let value: Value =
        serde_json::from_slice(text).map_err(|error| damaged(path, error.to_string()))?;
    match value {
        Value::Object(_) => Ok(value),
        _ => Err(damaged(path, "it holds no JSON object".to_owned())),
    }
}

/// Reads the records of a file, header first; the text names it in messages.
type Decode = fn(&str, &[u8]) -> Result<Vec<ByteRecord>, String>;

fn table(path: &Path, bytes: &[u8], decode: Decode) -> Result<Table, ResultsError> {
    let name = path.to_string_lossy().into_owned();
    let records = decode(&name, bytes).map_err(|problem| damaged(path, problem))?;
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
