//! The bytes of a file of results: a regular one, and no more of it than results have.

use std::path::Path;

use super::error::ResultsError;
use crate::schema::files::{MOST_OF_RUN, RUN, SUMMARY};
use crate::source::load;

/// The most bytes of a table or a page of results.
pub const MOST_OF_TABLE: u64 = 1 << 30;

/// The most bytes of a file that was named by itself: a summary, or a baseline, which may have its bets with it.
const MOST_OF_FILE: u64 = 256 << 20;

/// Whether there is a file of this name in a folder of results. A link to a file is none, neither for a run that replaces
/// the file nor for a command that reads it.
///
/// # Errors
/// When something else has this name: a link, a folder, a pipe.
pub fn is_there(folder: &Path, name: &str) -> Result<bool, ResultsError> {
    let Ok(found) = folder.join(name).symlink_metadata() else {
        return Ok(false);
    };
    let what = if found.is_file() {
        return Ok(true);
    } else if found.is_symlink() {
        "a link"
    } else if found.is_dir() {
        "a folder"
    } else {
        "a pipe, a socket or a device"
    };
    Err(ResultsError::NoFile {
        path: folder.to_owned(),
        file: name.to_owned(),
        what,
    })
}

/// All bytes of a file in a folder of results.
///
/// # Errors
/// When it is no file, cannot be read, or is too large.
pub fn of_folder(folder: &Path, name: &str) -> Result<Vec<u8>, ResultsError> {
    is_there(folder, name)?;
    let most = match name {
        RUN | SUMMARY => MOST_OF_RUN,
        _ => MOST_OF_TABLE,
    };
    bytes(&folder.join(name), most)
}

/// All bytes of a file that was named by itself.
///
/// # Errors
/// When it cannot be read, is too large, or may never end.
pub fn of_file(path: &Path) -> Result<Vec<u8>, ResultsError> {
    bytes(path, MOST_OF_FILE)
}

fn bytes(path: &Path, most: u64) -> Result<Vec<u8>, ResultsError> {
    load(path, most).map_err(|error| ResultsError::Read {
        path: path.to_owned(),
        source: error.into(),
    })
}
