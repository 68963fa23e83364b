//! Input files, folders, globs and standard input, and their SHA-256.

use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::schema::files;
use crate::source::error::SourceError;

/// The name of standard input in messages.
const STDIN: &str = "<stdin>";

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Input {
    /// The path as it was given or paths; `<stdin>` for standard input.
    pub path: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Rows after the header.
    pub rows: u64,
}

impl Input {
    /// An input whose rows are not counted yet.
    pub(super) fn new(path: &str, bytes: &[u8]) -> Self {
        let sha256 = hex::encode(Sha256::digest(bytes));
        Self {
            path: path.to_owned(),
            sha256,
            bytes: bytes.len() as u64,
            rows: 0,
        }
    }
}

/// A file to be read, or standard input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Location(PathBuf);

impl Location {
    /// Its name in messages and in `run.json`.
    pub fn name(&self) -> String {
        self.0.to_string_lossy().into_owned()
    }

    /// Whether the extension is that of a Parquet file.
    pub fn is_parquet(&self) -> bool {
        has_extension(&self.0, &["parquet"])
    }

    /// All its bytes.
    pub fn load(&self) -> Result<Vec<u8>, SourceError> {
        if self.0.as_os_str() != STDIN {
            return std::fs::read(&self.0).map_err(|error| io_error(&self.0, error));
        }
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .read_to_end(&mut bytes)
            .map_err(|error| io_error(&self.0, error))?;
        Ok(bytes)
    }
}

/// The files of the inputs, sorted, without repetitions.
pub(super) fn expand(inputs: &[String]) -> Result<Vec<Location>, SourceError> {
    let mut paths = Vec::new();
    for input in inputs {
        let before = paths.len();
        expand_one(input, &mut paths)?;
        if paths.len() == before {
            return Err(nothing_found(input));
        }
    }
    paths.sort();
    paths.dedup();
    Ok(paths.into_iter().map(Location).collect())
}

fn expand_one(input: &str, paths: &mut Vec<PathBuf>) -> Result<(), SourceError> {
    let path = Path::new(input);
    if input == "-" {
        paths.push(PathBuf::from(STDIN));
    } else if path.is_dir() {
        walk(path, paths)?;
    } else if !path.exists() && input.contains(['*', '?', '[']) {
        expand_glob(input, paths)?;
    } else {
        paths.push(path.to_owned());
    }
    Ok(())
}

fn expand_glob(pattern: &str, paths: &mut Vec<PathBuf>) -> Result<(), SourceError> {
    let matches = glob::glob(pattern).map_err(|_| SourceError::NothingToRead {
        input: pattern.to_owned(),
        problem: "this is not a valid pattern",
        advice: "write * for any characters, ? for one, [ab] for a or b, ** for any folders",
    })?;
    for path in matches {
        let path = path.map_err(|error| {
            let path = error.path().to_owned();
            io_error(&path, error.into())
        })?;
        if path.is_dir() {
            walk(&path, paths)?;
        } else {
            paths.push(path);
        }
    }
    Ok(())
}

/// Every match file in a folder and its subfolders. Links to folders are not followed, since they may form a cycle. Folders
/// of results, with a run.json and a summary.json, are skipped.
fn walk(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), SourceError> {
    if folder.join(files::RUN).exists() && folder.join(files::SUMMARY).exists() {
        return Ok(());
    }
    let entries = std::fs::read_dir(folder).map_err(|error| io_error(folder, error))?;
    for entry in entries {
        let entry = entry.map_err(|error| io_error(folder, error))?;
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&path, paths)?;
        } else if has_extension(&path, &["csv", "parquet"]) && path.is_file() {
            paths.push(path);
        }
    }
    Ok(())
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| {
        extensions
            .iter()
            .any(|other| extension.eq_ignore_ascii_case(other))
    })
}

fn nothing_found(input: &str) -> SourceError {
    let problem = if Path::new(input).is_dir() {
        "there is no .csv or .parquet file in this folder"
    } else {
        "no file matches this pattern"
    };
    SourceError::NothingToRead {
        input: input.to_owned(),
        problem,
        advice: "check the path",
    }
}

fn io_error(path: &Path, source: std::io::Error) -> SourceError {
    SourceError::Io {
        path: path.to_string_lossy().into_owned(),
        source,
    }
}
