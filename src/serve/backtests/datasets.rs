//! The files that backtests may name.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use crate::serve::problem::Problem;

/// The file of this name. A name in a request is compared with the files of the folder, and never becomes part of a path.
pub(super) fn find(folder: Option<&Path>, name: &str) -> Result<PathBuf, Problem> {
    let files = folder.map_or_else(|| Ok(BTreeMap::new()), list);
    let mut files = files.map_err(|error| Problem::internal(&error))?;
    if let Some(path) = files.remove(name) {
        return Ok(path);
    }
    let names: Vec<_> = files.keys().map(String::as_str).collect();
    let allowed = if names.is_empty() {
        "none: see --datasets".to_owned()
    } else {
        names.join(", ")
    };
    Err(Problem::field("dataset", &allowed, &format!("{name:?}")))
}

fn list(folder: &Path) -> io::Result<BTreeMap<String, PathBuf>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.to_ascii_lowercase().ends_with(".csv") && entry.path().is_file() {
            files.insert(name, entry.path());
        }
    }
    Ok(files)
}
