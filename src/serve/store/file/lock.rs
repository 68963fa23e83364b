//! Opening and locking the file.

use std::fs::{self, File, TryLockError};
use std::io::{Error, Result};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

/// Fails when there is something of this name that is no file: a pipe would be waited for.
pub(super) fn ensure_regular(path: &Path) -> Result<()> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => Err(Error::other("it is no regular file")),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// The most bytes of a file's name on the systems that there are.
const LONGEST: usize = 255;

/// Fails when there can be no log beside a file, because its name is too long.
pub(super) fn ensure_short(path: &Path) -> Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let length = path.file_name().map_or(0, |name| name.len());
    if length + "-wal".len() > LONGEST {
        let what = format!("its name has {length} bytes, and with -wal there may be {LONGEST}");
        return Err(Error::other(what));
    }
    Ok(())
}

/// The lock of versions that had it in a file beside the store, which they never removed; `None` where there is none.
pub(super) fn older(path: &Path) -> Result<Option<File>> {
    // elsewhere it is the lock of this version, too
    if cfg!(not(target_os = "linux")) || !path.is_file() {
        return Ok(None);
    }
    File::open(path).map(Some)
}

/// Takes that lock. Returns whether none of those versions has it.
pub(super) fn try_lock_older(file: &File) -> Result<bool> {
    taken(file.try_lock())
}

/// Opens a file, or makes one that only its owner may read.
pub(super) fn open(path: &Path) -> Result<File> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .mode(0o600)
        .open(path)?;
    // the umask may have taken rights away that are needed
    if file.metadata()?.len() == 0 {
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
    }
    Ok(file)
}

/// Locks a file against other services, whatever its name. Returns whether none of them has it. SQLite has locks of another kind on Linux, with which this one has
/// nothing to do.
#[cfg(target_os = "linux")]
pub(super) fn try_lock(file: &File, _: &Path) -> Result<bool> {
    taken(file.try_lock())
}

/// Locks a file beside the one that a name leads to. On other systems than Linux the locks of SQLite and this one are of one
/// kind, and would stand in each other's way; a hard link is another store there.
#[cfg(not(target_os = "linux"))]
pub(super) fn try_lock(_: &File, path: &Path) -> Result<bool> {
    use std::sync::Mutex;
    static HELD: Mutex<Vec<File>> = Mutex::new(Vec::new());
    let lock = File::create(super::beside(&fs::canonicalize(path)?, ".lock"))?;
    let is_taken = taken(lock.try_lock())?;
    HELD.lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .push(lock);
    Ok(is_taken)
}

fn taken(locked: std::result::Result<(), TryLockError>) -> Result<bool> {
    match locked {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
