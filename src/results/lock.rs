//! Who may read or write a folder of results, and when.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::error::ResultsError;

/// Whether to go on waiting for a folder that another process has. It is asked again and again, with how long the wait has
/// been.
pub type Wait<'a> = &'a dyn Fn(&Path, Duration) -> bool;

/// How long is waited: a run puts its files there in milliseconds.
const LONGEST: Duration = Duration::from_secs(60);

/// How often is tried whether the other process is done.
const INTERVAL: Duration = Duration::from_millis(20);

/// The lock of a folder, until it is dropped. Where folders cannot be locked it holds nobody up.
#[derive(Debug)]
pub struct FolderLock {
    _folder: Option<File>,
}

/// Keeps others from reading the folder or putting files into it.
///
/// # Errors
/// When the wait was given up, or took too long.
pub fn exclusive(folder: &Path, wait: Wait<'_>) -> Result<FolderLock, ResultsError> {
    acquire(folder, File::try_lock, wait, LONGEST)
}

/// Keeps others from putting files into the folder.
///
/// # Errors
/// When the wait was given up, or took too long.
pub fn shared(folder: &Path, wait: Wait<'_>) -> Result<FolderLock, ResultsError> {
    acquire(folder, File::try_lock_shared, wait, LONGEST)
}

fn acquire(
    folder: &Path,
    try_lock: fn(&File) -> Result<(), TryLockError>,
    wait: Wait<'_>,
    longest: Duration,
) -> Result<FolderLock, ResultsError> {
    // neither Windows nor every file system can lock a folder
    let Ok(file) = File::open(folder) else {
        return Ok(FolderLock { _folder: None });
    };
    let mut waited = Duration::ZERO;
    while let Err(error) = try_lock(&file) {
        if matches!(error, TryLockError::Error(_)) {
            return Ok(FolderLock { _folder: None });
        }
        if !wait(folder, waited) {
            let path = folder.to_owned();
            return Err(ResultsError::GivenUp { path });
        }
        if waited >= longest {
            let path = folder.to_owned();
            return Err(ResultsError::Locked { path });
        }
        thread::sleep(INTERVAL);
        waited += INTERVAL;
    }
    Ok(FolderLock {
        _folder: Some(file),
    })
}

static RENAMES: Mutex<()> = Mutex::new(());

/// Waits until no thread of this process is renaming files, and lets none begin until the guard is dropped. So a process
/// that takes it before it ends does not end between two renames.
pub fn hold_renames() -> MutexGuard<'static, ()> {
    RENAMES.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program that holds a folder for ever had every command wait for ever.
    #[test]
    #[cfg(unix)]
    fn a_folder_that_stays_locked_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let held = File::open(folder.path()).unwrap();
        held.lock().unwrap();
        let soon = 3 * INTERVAL;
        let acquire = |wait: Wait<'_>| acquire(folder.path(), File::try_lock_shared, wait, soon);
        let error = acquire(&|_, _| true).unwrap_err().to_string();
        assert!(error.contains("for a minute"), "{error}");
        let error = acquire(&|_, _| false).unwrap_err().to_string();
        assert!(error.contains("was stopped"), "{error}");
        held.unlock().unwrap();
        assert!(acquire(&|_, _| false).is_ok());
    }
}
