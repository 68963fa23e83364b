//! Why a store cannot be used, and whether that passes.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use super::VERSION;

/// Why a store cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// It cannot be opened.
    #[error("cannot open {}: {what}; name another file with --store", path.display())]
    Open {
        /// Which one.
        path: PathBuf,
        /// Why.
        what: String,
    },
    /// It cannot be opened now.
    #[error("{} cannot be used now, because {reason}: see to that, and start again", path.display())]
    NotNow {
        /// Which one.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// There is none where there has to be one.
    #[error("there is no store {}: name the one that is meant with --store", path.display())]
    Missing {
        /// Which one.
        path: PathBuf,
    },
    /// The system does not open it.
    #[error("cannot open {}; name another file with --store", path.display())]
    Unusable {
        /// Which one.
        path: PathBuf,
        /// The error of the system.
        source: std::io::Error,
    },
    /// Another process has it.
    #[error("{} is in use by another process: stop that one first, or name another file with --store", path.display())]
    InUse {
        /// Which one.
        path: PathBuf,
    },
    /// It is a file of something else.
    #[error("{} is no store of simbet serve, and stays as it is: name another file with --store", path.display())]
    Foreign {
        /// Which one.
        path: PathBuf,
    },
    /// It is a store of another version.
    #[error("{} has the layout {found:?}, and this version reads {VERSION:?}: name another file with --store", path.display())]
    Version {
        /// Which one.
        path: PathBuf,
        /// Its layout.
        found: String,
    },
    /// It was begun with other settings.
    #[error(
        "{} was started with other settings of {what}: start with those again, or name another file with --store to \
         start afresh\n  then: {then}\n  now:  {now}",
        path.display()
    )]
    OtherSettings {
        /// Which one.
        path: PathBuf,
        /// The settings that differ.
        what: String,
        /// What they were.
        then: String,
        /// What they are.
        now: String,
    },
    /// Its write-ahead log is beside another name of it.
    #[error(
        "the last events of {} are in the log {}, which belongs to another name of it: start with --store {}, or move \
         the log along with the store",
        path.display(), log.display(), name.display()
    )]
    LogElsewhere {
        /// Which one.
        path: PathBuf,
        /// Its other name.
        name: PathBuf,
        /// Where its log is.
        log: PathBuf,
    },
    /// There is a write-ahead log without its store.
    #[error(
        "{} has events of a store that is not there, and a new store would delete them: put the store back as {}, or \
         move the log away",
        log.display(), path.display()
    )]
    LogAlone {
        /// The store that is not there.
        path: PathBuf,
        /// The log.
        log: PathBuf,
    },
    /// It is not there any more, or not what it was.
    #[error(
        "{} {what} while it was in use, so nothing more is answered: put back the file that was there, together with \
         its -wal, or name another file with --store",
        path.display()
    )]
    Lost {
        /// Which one.
        path: PathBuf,
        /// What became of it.
        what: &'static str,
    },
    /// A file beside it is not there any more, or another one.
    #[error(
        "{} was deleted or replaced while it was in use, so nothing more is answered: start again, and leave the \
         files beside the store alone",
        log.display()
    )]
    LogLost {
        /// Which one.
        log: PathBuf,
    },
    /// Its log is shorter than it was.
    #[error(
        "{} was cut while it was in use, so nothing more is answered, and events may be lost: put back a copy of the \
         store, or start again, which says what is missing and how to go on without it",
        log.display()
    )]
    LogCut {
        /// Which one.
        log: PathBuf,
    },
    /// Its log is not what it was, so that events would be dropped.
    #[error(
        "{} {what}, and a start would drop events without a word: put back a copy of the store, or move {away} away to \
         go on without them",
        log.display()
    )]
    LogDamaged {
        /// Which one.
        log: PathBuf,
        /// What is wrong with it.
        what: String,
        /// The files without which a start goes on.
        away: String,
    },
    /// It could not be written on until the service was stopped.
    #[error(
        "{} could not be written on when the service was stopped, because {reason}: what was answered is in it; see to \
         that, start again, and send again what was answered with 503",
        path.display()
    )]
    Stalled {
        /// Which one.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// It has no such event.
    #[error("{} has no event {event_id}: its last one is {last}", path.display())]
    NoEvent {
        /// Which one.
        path: PathBuf,
        /// The id that was asked for.
        event_id: u64,
        /// The last one; 0 where there is none.
        last: u64,
    },
    /// An earlier undo has kept the store under the name.
    #[error("{} is there, kept by an earlier undo: move it away, and undo again; nothing was undone", path.display())]
    AlreadyKept {
        /// The name.
        path: PathBuf,
    },
    /// Its events cannot be undone.
    #[error("nothing was undone in {}: {why}", path.display())]
    NotUndone {
        /// Which one.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// It cannot be kept under another name.
    #[error("cannot keep the store as {}: {source}", path.display())]
    Rename {
        /// The other name.
        path: PathBuf,
        /// The error of the system.
        source: std::io::Error,
    },
    /// There is no thread to be had.
    #[error("the thread of the store failed: {0}")]
    Thread(std::io::Error),
    /// It cannot be read or written on.
    #[error("the store failed: {0}")]
    Sql(rusqlite::Error),
    /// The same, with its name.
    #[error("the store {} failed: {what}", path.display())]
    Failed {
        /// Which one.
        path: PathBuf,
        /// The error of SQLite.
        what: String,
    },
    /// Its pages are not as they were written.
    #[error(
        "{} is damaged ({what}): put back a copy of it, or name another file with --store; sqlite3's .recover saves \
         what can still be read",
        path.display()
    )]
    DamagedPages {
        /// Which one.
        path: PathBuf,
        /// What is damaged.
        what: String,
    },
    /// The content is not as it was written.
    #[error("the store is damaged: {0}")]
    Damaged(String),
}

/// Its own text says everything: as a cause it would say it once more.
impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

/// `SQLITE_IOERR_SHORT_READ`: a file ends too early, because somebody has cut it.
const SHORT_READ: i32 = 522;

impl StoreError {
    pub(super) fn unusable(path: &Path, source: std::io::Error) -> Self {
        Self::Unusable {
            path: path.to_owned(),
            source,
        }
    }

    /// Why the store cannot be used just now, if that may pass by itself: somebody else has it locked, or the disk is full.
    pub fn passing(&self) -> Option<String> {
        let Self::Sql(error) = self else {
            return None;
        };
        let sqlite = error.sqlite_error()?;
        let reason = match sqlite.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
                "another program has it locked".to_owned()
            }
            ErrorCode::DiskFull => "its disk is full".to_owned(),
            ErrorCode::SystemIoFailure if sqlite.extended_code != SHORT_READ => {
                "its disk is full, or fails".to_owned()
            }
            ErrorCode::CannotOpen => "its files cannot be opened; too many may be open".to_owned(),
            ErrorCode::ReadOnly => "it may only be read".to_owned(),
            ErrorCode::OutOfMemory => "there is no memory left".to_owned(),
            ErrorCode::FileLockingProtocolFailed | ErrorCode::OperationInterrupted => {
                "it was interrupted".to_owned()
            }
            _ => return None,
        };
        Some(format!("{reason} ({error})"))
    }

    /// Whether the store itself is not what it was, so that nobody can go on.
    pub fn is_fatal(&self) -> bool {
        match self {
            Self::Sql(error) => is_damage(error) || is_short(error),
            Self::Lost { .. }
            | Self::LogLost { .. }
            | Self::LogCut { .. }
            | Self::DamagedPages { .. } => true,
            Self::Open { .. }
            | Self::Unusable { .. }
            | Self::InUse { .. }
            | Self::Foreign { .. }
            | Self::Version { .. }
            | Self::OtherSettings { .. }
            | Self::LogElsewhere { .. }
            | Self::LogAlone { .. }
            | Self::LogDamaged { .. }
            | Self::NotNow { .. }
            | Self::Missing { .. }
            | Self::AlreadyKept { .. }
            | Self::NotUndone { .. }
            | Self::Failed { .. }
            | Self::Stalled { .. }
            | Self::NoEvent { .. }
            | Self::Rename { .. }
            | Self::Thread(_)
            | Self::Damaged(_) => false,
        }
    }

    /// The same error, with the name of the file, unless it passes.
    pub(super) fn of_files(self, path: &Path, log: &Path) -> Self {
        if self.passing().is_some() {
            return self;
        }
        match self {
            Self::Sql(error) if is_damage(&error) => Self::DamagedPages {
                path: path.to_owned(),
                what: error.to_string(),
            },
            Self::Sql(error) if is_short(&error) => Self::LogCut {
                log: log.to_owned(),
            },
            Self::Sql(error) => Self::Failed {
                path: path.to_owned(),
                what: error.to_string(),
            },
            Self::Damaged(what) => Self::DamagedPages {
                path: path.to_owned(),
                what,
            },
            other => other,
        }
    }
}

/// Whether a file ends before what should be in it.
fn is_short(error: &rusqlite::Error) -> bool {
    let sqlite = error.sqlite_error();
    sqlite.is_some_and(|sqlite| sqlite.extended_code == SHORT_READ)
}

fn is_damage(error: &rusqlite::Error) -> bool {
    error
        .sqlite_error_code()
        .is_some_and(|code| matches!(code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi::{
        SQLITE_BUSY, SQLITE_BUSY_SNAPSHOT, SQLITE_CANTOPEN, SQLITE_CONSTRAINT, SQLITE_CORRUPT,
        SQLITE_ERROR, SQLITE_FULL, SQLITE_IOERR, SQLITE_IOERR_SHORT_READ, SQLITE_IOERR_WRITE,
        SQLITE_LOCKED, SQLITE_NOTADB, SQLITE_READONLY,
    };

    use super::*;

    fn error(code: i32) -> StoreError {
        rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None).into()
    }

    #[test]
    fn what_passes_is_told_from_what_does_not() {
        for code in [
            SQLITE_BUSY,
            SQLITE_BUSY_SNAPSHOT,
            SQLITE_LOCKED,
            SQLITE_FULL,
            SQLITE_IOERR,
            SQLITE_IOERR_WRITE,
            SQLITE_CANTOPEN,
            SQLITE_READONLY,
        ] {
            assert!(error(code).passing().is_some(), "{code}");
            assert!(!error(code).is_fatal(), "{code}");
        }
        for code in [SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_IOERR_SHORT_READ] {
            assert_eq!(error(code).passing(), None, "{code}");
            assert!(error(code).is_fatal(), "{code}");
        }
        for code in [SQLITE_CONSTRAINT, SQLITE_ERROR] {
            assert_eq!(error(code).passing(), None, "{code}");
        }
    }
}
