//! Input files, folders, globs and standard input, and their SHA-256.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::loading::{self, io_error};
use crate::printable::{escaped, excerpt};
use crate::schema::files;
use crate::source::error::SourceError;
use crate::source::whole_file::load;

/// The name of standard input in messages.
const STDIN: &str = "<stdin>";

/// The ends of the names of match files. In a folder or an archive, other files are passed over.
const EXTENSIONS: [&str; 7] = [
    ".csv", ".tsv", ".csv.gz", ".tsv.gz", ".parquet", ".xlsx", ".zip",
];

/// Whether a file of a folder or an archive is read, by its name.
pub(crate) fn is_match_file(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    EXTENSIONS.iter().any(|extension| {
        let start = name.len().checked_sub(extension.len());
        start.is_some_and(|start| name[start..].eq_ignore_ascii_case(extension.as_bytes()))
    })
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Input {
    /// The path as it was given or paths; `<stdin>` for standard input.
    pub path: String,
    /// SHA-256 of its bytes, in hexadecimal; empty where it was not asked for.
    pub sha256: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Rows after the header.
    pub rows: u64,
}

impl Input {
    /// An input whose rows are not counted yet.
    pub(super) fn new(path: &str, bytes: &[u8]) -> Self {
        Self {
            sha256: hex::encode(Sha256::digest(bytes)),
            ..Self::without_digest(path, bytes)
        }
    }

    /// The same without its SHA-256, which takes time and which nobody asked for.
    pub(super) fn without_digest(path: &str, bytes: &[u8]) -> Self {
        Self {
            path: path.to_owned(),
            sha256: String::new(),
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

    /// All its bytes.
    pub fn load(&self) -> Result<Vec<u8>, SourceError> {
        if self.0.as_os_str() == STDIN {
            loading::load_stream(STDIN, std::io::stdin().lock())
        } else {
            loading::load_file(&self.0)
        }
    }
}

/// The files of inputs.
#[derive(Debug, Default)]
pub(super) struct Expanded {
    /// Those that are read, sorted, without repetitions.
    pub locations: Vec<Location>,
    /// Inputs with files that are no match files, each with a sentence about them.
    pub passed_over: Vec<(String, String)>,
}

/// The files of the inputs.
pub(super) fn expand(inputs: &[String]) -> Result<Expanded, SourceError> {
    let mut expanded = Expanded::default();
    for input in inputs {
        let mut found = Found::default();
        expand_one(input, &mut found)?;
        found.others.sort();
        if found.paths.is_empty() {
            return Err(nothing_found(input, &found.others));
        }
        if let Some(sentence) = passed_over_in("this folder", &found.others) {
            let input = escaped(input).into_owned();
            expanded.passed_over.push((input, sentence));
        }
        expanded
            .locations
            .extend(found.paths.into_iter().map(Location));
    }
    expanded.locations.sort();
    expanded.locations.dedup();
    Ok(expanded)
}

/// The paths of the files that are read of inputs, so far as they can be listed; standard input has none.
pub(crate) fn files_of(inputs: &[String]) -> Vec<PathBuf> {
    let listed = inputs.iter().flat_map(|input| {
        let mut found = Found::default();
        // what cannot be listed is an error when it is read
        let _ = expand_one(input, &mut found);
        found.paths
    });
    listed.filter(|path| path.as_os_str() != STDIN).collect()
}

/// The files of one input: those that are read, and the names of the others.
#[derive(Debug, Default)]
struct Found {
    paths: Vec<PathBuf>,
    others: Vec<String>,
}

fn expand_one(input: &str, found: &mut Found) -> Result<(), SourceError> {
    let path = Path::new(input);
    if input == "-" {
        found.paths.push(PathBuf::from(STDIN));
    } else if path.is_dir() {
        walk(path, found)?;
    } else if !path.exists() && input.contains(['*', '?', '[']) {
        expand_glob(input, found)?;
    } else {
        found.paths.push(path.to_owned());
    }
    Ok(())
}

fn expand_glob(pattern: &str, found: &mut Found) -> Result<(), SourceError> {
    let matches = glob::glob(pattern).map_err(|_| SourceError::NothingToRead {
        input: pattern.to_owned(),
        problem: "there is no such file, and it is not a valid pattern either",
        advice: "check the path; in patterns write * for any characters, ? for one, [ab] for a or b, ** for any folders",
    })?;
    for path in matches {
        let path = path.map_err(|error| {
            let path = error.path().to_owned();
            io_error(&path, error.into())
        })?;
        if path.is_dir() {
            walk(&path, found)?;
        } else {
            found.paths.push(path);
        }
    }
    Ok(())
}

/// Every match file in a folder and its subfolders. Links to folders are not followed, since they may form a cycle. Folders
/// of results, with a run.json of simbet's and a summary.json, and parts of them are skipped.
fn walk(folder: &Path, found: &mut Found) -> Result<(), SourceError> {
    if is_results(folder) {
        return Ok(());
    }
    let entries = std::fs::read_dir(folder).map_err(|error| io_error(folder, error))?;
    for entry in entries {
        let entry = entry.map_err(|error| io_error(folder, error))?;
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&path, found)?;
        } else if !path.is_file() {
            continue;
        } else if is_match_file(&path) {
            found.paths.push(path);
        } else {
            let name = escaped(&entry.file_name().to_string_lossy()).into_owned();
            found
                .others
                .extend(Some(name).filter(|name| !name.starts_with('.') && name != files::JOURNAL));
        }
    }
    Ok(())
}

/// Whether a run wrote the folder; other tools write files of these names as well.
fn is_results(folder: &Path) -> bool {
    let run = folder.join(files::RUN);
    if !run.is_file() {
        return false;
    }
    let text = load(&run, files::MOST_OF_RUN).unwrap_or_default();
    let run: Value = serde_json::from_slice(&text).unwrap_or_default();
    let is_whole = || folder.join(files::SUMMARY).exists();
    files::is_run(&run) && (run.get(files::PART).is_some() || is_whole())
}

/// The sentence about files that are passed over for their names; `None` where there are none.
pub(super) fn passed_over_in(place: &str, names: &[String]) -> Option<String> {
    let advice = if place == "this folder" {
        "name it to have it read"
    } else {
        "unpack it to have it read"
    };
    match names {
        [] => None,
        [name] => Some(format!(
            "1 file in {place} was passed over for its name: {}; {advice}",
            excerpt(name)
        )),
        names => Some(format!(
            "{} files in {place} were passed over for their names: {}",
            names.len(),
            listed(names)
        )),
    }
}

/// The first few of these names.
pub(super) fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(3).map(|name| excerpt(name)).collect();
    let rest = if names.len() > shown.len() {
        ", ..."
    } else {
        ""
    };
    format!("{}{rest}", shown.join(", "))
}

fn nothing_found(input: &str, others: &[String]) -> SourceError {
    let problem = if Path::new(input).is_dir() {
        "there is no .csv, .tsv, .parquet, .xlsx, .csv.gz or .zip file in this folder"
    } else {
        "there is no such file, and no file matches this pattern"
    };
    let advice = if others.is_empty() {
        "check the path"
    } else {
        "there are files of other names, each of which is read where it is named itself"
    };
    SourceError::NothingToRead {
        input: escaped(input).into_owned(),
        problem,
        advice,
    }
}
