//! Which file it is, and who may read it.

use std::fs::{self, Metadata, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

/// What tells a file apart, whatever its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileId {
    device: u64,
    number: u64,
}

impl FileId {
    pub fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            number: metadata.ino(),
        }
    }

    /// Whether a name leads to this file.
    pub fn is_of(&self, path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|metadata| Self::of(&metadata) == *self)
    }
}

/// When a file was changed last, in nanoseconds.
pub(super) fn changed_at(metadata: &Metadata) -> i64 {
    metadata
        .mtime()
        .wrapping_mul(1_000_000_000)
        .wrapping_add(metadata.mtime_nsec())
}

/// Takes from a file the rights of everybody but its owner.
pub(super) fn make_private(path: &Path) {
    let Ok(metadata) = fs::metadata(path) else {
        return;
    };
    let mode = metadata.mode() & 0o777;
    if mode & 0o077 == 0 {
        return;
    }
    let shown = path.display();
    match fs::set_permissions(path, Permissions::from_mode(mode & 0o700)) {
        Ok(()) => tracing::warn!("{shown} was open to others: now only its owner may read it"),
        Err(error) => tracing::warn!("{shown} is open to others: {error}"),
    }
}
