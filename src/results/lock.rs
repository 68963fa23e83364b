//! Who may read or write a folder of results, and when.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::error::ResultsError;

/// What is asked again and again while another process has a folder, with how long that has been so: whether to go on
/// waiting.
pub type Wait<'a> = &'a dyn Fn(&Path, Duration) -> bool;

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
/// When the wait was given up.
pub fn exclusive(folder: &Path, wait: Wait<'_>) -> Result<FolderLock, ResultsError> {
    acquire(folder, File::try_lock, wait)
}

/// Keeps others from putting files into the folder.
///
/// # Errors
/// When the wait was given up.
pub fn shared(folder: &Path, wait: Wait<'_>) -> Result<FolderLock, ResultsError> {
    acquire(folder, File::try_lock_shared, wait)
}

fn acquire(
    folder: &Path,
    try_lock: fn(&File) -> Result<(), TryLockError>,
    wait: Wait<'_>,
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
        thread::sleep(INTERVAL);
        waited += INTERVAL;
    }
    Ok(FolderLock {
        _folder: Some(file),
    })
}

static RENAMES: Mutex<()> = Mutex::new(());

/// Waits until this process renames no files, and keeps it from beginning to until the guard is dropped: who takes it
/// before ending the process ends it beside the renames, not between them.
pub fn hold_renames() -> MutexGuard<'static, ()> {
    RENAMES.lock().unwrap_or_else(PoisonError::into_inner)
}
