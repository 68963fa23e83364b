//! What in a folder was written by runs, so that the next one may replace or remove it.

use std::io;
use std::path::Path;

use serde_json::Value;

use super::error::ResultsError;
use super::manifest::{Digests, Manifest};
use super::names::{self, REPORT, RUN};
use super::{loading, seal};

/// The files of runs in a folder, each with its SHA-256. A file of a name that results have must be one of them: as
/// `run.json` names it, or a page as it was sealed.
///
/// # Errors
/// When one is somebody else's, or was changed by hand, or is of another version.
pub fn files(folder: &Path) -> Result<Digests, ResultsError> {
    let manifest = manifest(folder)?;
    let mut owned = Digests::new();
    for name in names::all() {
        let path = folder.join(&name);
        if !loading::is_there(folder, &name)? {
            continue;
        }
        let digest = seal::digest_of_file(&path).map_err(|source| unreadable(&path, source))?;
        check(folder, &name, &digest, manifest.as_ref())?;
        owned.insert(name, digest);
    }
    Ok(owned)
}

/// What `run.json` says; `None` where there is none.
fn manifest(folder: &Path) -> Result<Option<Manifest>, ResultsError> {
    if !loading::is_there(folder, RUN)? {
        return Ok(None);
    }
    let text = loading::of_folder(folder, RUN)?;
    let run: Value = serde_json::from_slice(&text).unwrap_or_default();
    Manifest::read(folder, &run).map(Some)
}

fn check(
    folder: &Path,
    name: &str,
    digest: &str,
    manifest: Option<&Manifest>,
) -> Result<(), ResultsError> {
    let (path, file) = (folder.to_owned(), name.to_owned());
    match manifest {
        Some(_) if name == REPORT && seal::is_sealed_page(&folder.join(name)) => Ok(()),
        Some(manifest) if manifest.lists(name, digest) => Ok(()),
        Some(manifest) if manifest.names().any(|listed| listed == name) => {
            Err(ResultsError::Changed { path, file })
        }
        Some(_) | None => Err(ResultsError::Foreign { path, file }),
    }
}

fn unreadable(path: &Path, source: io::Error) -> ResultsError {
    ResultsError::Read {
        path: path.to_owned(),
        source,
    }
}
