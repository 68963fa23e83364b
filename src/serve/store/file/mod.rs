//! The file of a store: locked, and looked at again and again, because others can delete, move or replace it meanwhile.

mod header;
mod identity;
mod lock;
mod wal;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::condition::{Condition, Stall};
use super::error::StoreError;
use super::failure::Failure;
pub(super) use header::APPLICATION;
use header::{Header, is_legacy};
use identity::FileId;
pub(super) use wal::{FRAME_HEADER, LOG_HEADER};

/// The file of a store, which is locked as long as one of these lives.
#[derive(Debug, Clone)]
pub struct StoreFile(Arc<Held>);

#[derive(Debug)]
struct Held {
    /// The name that was given.
    name: PathBuf,
    /// The name without links. The log is beside it.
    path: PathBuf,
    log: PathBuf,
    index: PathBuf,
    id: FileId,
    /// The first bytes when they were looked at first: later ones have to continue them.
    header: OnceLock<Header>,
    length: AtomicU64,
    /// When the file was changed last, in nanoseconds.
    changed: AtomicI64,
    beside: OnceLock<Beside>,
    condition: Condition,
    failure: Failure,
    /// The lock of versions that had one beside the store, where they have left it.
    _older: Option<File>,
    // The lock. It is closed after every connection: a process that closes any descriptor of a file loses all POSIX locks that
    // it has on it, those of SQLite included
    file: File,
}

/// The files that SQLite has beside the store, once it has them.
#[derive(Debug)]
struct Beside {
    log: File,
    log_id: FileId,
    index_id: FileId,
}

/// How long somebody who reads waits for a lock of another program.
const READER_PATIENCE: Duration = Duration::from_secs(1);

impl StoreFile {
    /// Opens and locks a file, which is made if it is not there. Nothing is written in a file that is no store.
    ///
    /// # Errors
    /// When it cannot be opened, another process has it, or it is something else.
    pub fn open(name: &Path) -> Result<Self, StoreError> {
        let unusable = |source| StoreError::unusable(name, source);
        lock::ensure_regular(name).map_err(unusable)?;
        lock::ensure_short(name).map_err(unusable)?;
        let file = locked(name)?;
        let metadata = file.metadata().map_err(unusable)?;
        let path = fs::canonicalize(name).map_err(unusable)?;
        let older = lock::older(&beside(&path, ".lock")).map_err(unusable)?;
        if let Some(older) = &older {
            ensure_locked(lock::try_lock_older(older), name)?;
        }
        let held = Held {
            _older: older,
            name: name.to_owned(),
            log: log_of(&path),
            index: index_of(&path),
            path,
            id: FileId::of(&metadata),
            header: OnceLock::new(),
            length: AtomicU64::new(metadata.len()),
            changed: AtomicI64::new(0),
            beside: OnceLock::new(),
            condition: Condition::default(),
            failure: Failure::default(),
            file,
        };
        let store = Self(Arc::new(held));
        store.ensure_own(metadata.len())?;
        for path in [store.path(), store.log(), store.index()] {
            identity::make_private(path);
        }
        Ok(store)
    }

    /// Fails when the file is something else than a store, or new beside the log of one that is gone.
    fn ensure_own(&self, length: u64) -> Result<(), StoreError> {
        if length == 0 {
            return self.ensure_no_log();
        }
        let is_own = match self.header() {
            Some(header) if header.application == APPLICATION => {
                self.ensure_log_whole()?;
                true
            }
            Some(header) if header.application == 0 => {
                self.ensure_log_whole()?;
                is_legacy(self.path(), !is_empty(self.log()))
            }
            Some(_) | None => false,
        };
        if is_own {
            Ok(())
        } else {
            Err(StoreError::Foreign {
                path: self.0.name.clone(),
            })
        }
    }

    /// Fails when SQLite would drop events of the log.
    fn ensure_log_whole(&self) -> Result<(), StoreError> {
        let found = wal::fault(self.log(), self.index())
            .map_err(|source| StoreError::unusable(self.log(), source))?;
        let Some(fault) = found else {
            return Ok(());
        };
        let index = self.index().display();
        Err(StoreError::LogDamaged {
            log: self.0.log.clone(),
            what: fault.to_string(),
            away: if fault.is_rest_usable() {
                index.to_string()
            } else {
                format!("it and {index}")
            },
        })
    }

    fn ensure_no_log(&self) -> Result<(), StoreError> {
        if is_empty(self.log()) {
            return Ok(());
        }
        Err(StoreError::LogAlone {
            path: self.0.name.clone(),
            log: self.0.log.clone(),
        })
    }

    /// The name that it was given.
    pub fn name(&self) -> &Path {
        &self.0.name
    }

    /// Its name without links.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// The write-ahead log.
    pub fn log(&self) -> &Path {
        &self.0.log
    }

    fn index(&self) -> &Path {
        &self.0.index
    }

    /// Whether another name means this file.
    pub fn is_named(&self, name: &Path) -> bool {
        self.0.id.is_of(name)
    }

    /// A connection, which waits a moment for the locks of others.
    pub(super) fn connect(&self) -> Result<Connection, StoreError> {
        // it is never made here: a file that is gone must not come back empty
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(self.path(), flags)?;
        connection.busy_timeout(READER_PATIENCE)?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "cache_size", -16_384)?;
        // `WalCheckpointer` moves the log in a thread of its own
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        Ok(connection)
    }

    /// Notes the files that SQLite has made beside the store.
    ///
    /// # Errors
    /// When they are not there.
    pub(super) fn note_beside(&self) -> Result<(), StoreError> {
        let unusable = |source| StoreError::unusable(self.log(), source);
        let log = File::open(self.log()).map_err(unusable)?;
        let beside = Beside {
            log_id: FileId::of(&log.metadata().map_err(unusable)?),
            index_id: FileId::of(&fs::metadata(self.index()).map_err(unusable)?),
            log,
        };
        // it is noted once, by the one who writes
        let _ = self.0.beside.set(beside);
        Ok(())
    }

    /// Fails when the name does not lead to this file any more, or the file or its log is not what it was.
    ///
    /// # Errors
    /// Then.
    pub fn ensure_same(&self) -> Result<(), StoreError> {
        let held = &*self.0;
        let Ok(now) = fs::metadata(&held.name) else {
            return Err(self.lost("was deleted or moved"));
        };
        if FileId::of(&now) != held.id {
            return Err(self.lost("was replaced by another file"));
        }
        let changed = identity::changed_at(&now);
        if held.changed.load(Ordering::Relaxed) != changed {
            self.ensure_same_content(now.len())?;
            held.changed.store(changed, Ordering::Relaxed);
        }
        match held.beside.get() {
            Some(beside) if !beside.log_id.is_of(self.log()) => Err(self.log_lost()),
            Some(_) | None => Ok(()),
        }
    }

    /// Also looks at the index of the log, without which programs that read the store do not see what this process does.
    pub(super) fn ensure_all_same(&self) -> Result<(), StoreError> {
        self.ensure_same()?;
        match self.0.beside.get() {
            Some(beside) if !beside.index_id.is_of(self.index()) => Err(StoreError::LogLost {
                log: self.0.index.clone(),
            }),
            Some(_) | None => Ok(()),
        }
    }

    /// Fails when others have written over the file, or cut it. SQLite shortens it, too, but says so in its header.
    fn ensure_same_content(&self, length: u64) -> Result<(), StoreError> {
        let held = &*self.0;
        let Some(now) = self.header() else {
            return Err(self.lost("was cut or written over"));
        };
        let first = held.header.get_or_init(|| now);
        if !now.continues(first)
            || (length < held.length.load(Ordering::Relaxed) && now.length() > length)
        {
            return Err(self.lost("was cut or written over"));
        }
        held.length.store(length, Ordering::Relaxed);
        Ok(())
    }

    fn header(&self) -> Option<Header> {
        Header::read(&self.0.file)
    }

    /// The bytes of the log.
    pub(super) fn log_length(&self) -> u64 {
        let metadata = self.0.beside.get().map(|beside| beside.log.metadata());
        metadata.map_or(0, |metadata| metadata.map_or(0, |metadata| metadata.len()))
    }

    /// Has the store written to the disk, without what is in the log only.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.0.file.sync_data()
    }

    /// Has the log written to the disk.
    pub(super) fn sync_log(&self) -> io::Result<()> {
        let log = self.0.beside.get().map(|beside| &beside.log);
        log.map_or(Ok(()), File::sync_data)
    }

    fn lost(&self, what: &'static str) -> StoreError {
        StoreError::Lost {
            path: self.0.name.clone(),
            what,
        }
    }

    /// The same error, or what became of the files if that is why.
    pub(super) fn explained(&self, error: StoreError) -> StoreError {
        match self.ensure_same() {
            Err(why) if error.is_fatal() => why,
            Ok(()) | Err(_) => error.of_files(self.name(), self.log()),
        }
    }

    /// The same error of a start, of which nothing is tried again.
    pub fn at_start(&self, error: StoreError) -> StoreError {
        match error.passing() {
            Some(reason) => StoreError::NotNow {
                path: self.0.name.clone(),
                reason,
            },
            None => self.explained(error),
        }
    }

    pub(super) fn log_lost(&self) -> StoreError {
        StoreError::LogLost {
            log: self.0.log.clone(),
        }
    }

    pub(super) fn log_cut(&self) -> StoreError {
        StoreError::LogCut {
            log: self.0.log.clone(),
        }
    }

    pub(super) fn condition(&self) -> &Condition {
        &self.0.condition
    }

    /// Since when nothing can be written, and why; `None` while all is well.
    pub fn stall(&self) -> Option<Stall> {
        self.condition().stall()
    }

    /// Waits until nothing could be written for as long as somebody is patient.
    pub async fn stalled(&self, patience: Duration) -> Stall {
        self.condition().stalled(patience).await
    }

    /// Makes the one who writes give up what cannot be written.
    pub fn stop(&self) {
        self.condition().stop();
    }

    /// Ends the service with an error, because of a fault that does not pass.
    pub fn fail(&self, error: StoreError) {
        self.0.failure.report(error);
    }

    /// Ends the service when the thread that holds this ends.
    pub fn guard(&self) -> ThreadGuard {
        ThreadGuard(self.clone())
    }

    /// Waits for a fault that does not pass, or for the end of a thread without which the service cannot go on.
    pub async fn failed(&self) {
        self.0.failure.occurred().await;
    }

    /// The fault that ends the service.
    pub fn failure(&self) -> Option<StoreError> {
        self.0.failure.take()
    }
}

/// Held by a thread without which the service cannot go on. It is also dropped when the thread panics.
#[derive(Debug)]
pub struct ThreadGuard(StoreFile);

impl Drop for ThreadGuard {
    fn drop(&mut self) {
        self.0.0.failure.note_end();
    }
}

/// Keeps SQLite from moving the log, and deleting it, when a connection is closed: there may be another store in place of this.
pub(super) fn forbid_checkpoint(connection: &Connection) {
    set_checkpoint_on_close(connection, false);
}

pub(super) fn set_checkpoint_on_close(connection: &Connection, is_on: bool) {
    let config = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
    if let Err(error) = connection.set_db_config(config, !is_on) {
        tracing::debug!("the log of the store may be moved: {error}");
    }
}

/// Whether a file is not there, or has nothing in it.
pub(super) fn is_empty(path: &Path) -> bool {
    fs::metadata(path).map_or(true, |metadata| metadata.len() == 0)
}

/// The write-ahead log of a store.
pub(super) fn log_of(path: &Path) -> PathBuf {
    beside(path, "-wal")
}

/// The index of that log.
pub(super) fn index_of(path: &Path) -> PathBuf {
    beside(path, "-shm")
}

/// Locks a file if it is a store or empty, whatever is in its log; `None` if there is none.
pub(super) fn lock_of_own(path: &Path) -> Result<Option<File>, StoreError> {
    let Ok(metadata) = fs::symlink_metadata(path) else {
        return Ok(None);
    };
    let foreign = || StoreError::Foreign {
        path: path.to_owned(),
    };
    if !metadata.is_file() {
        return Err(foreign());
    }
    let file = locked(path)?;
    let is_own = metadata.len() == 0
        || Header::read(&file).is_some_and(|header| header.application == APPLICATION);
    if is_own {
        Ok(Some(file))
    } else {
        Err(foreign())
    }
}

/// Opens and locks a file, which is made if it is not there.
fn locked(path: &Path) -> Result<File, StoreError> {
    let file = lock::open(path).map_err(|source| StoreError::unusable(path, source))?;
    ensure_locked(lock::try_lock(&file, path), path)?;
    Ok(file)
}

/// Fails when a lock was not taken, because another process has it.
fn ensure_locked(is_taken: io::Result<bool>, path: &Path) -> Result<(), StoreError> {
    if is_taken.map_err(|source| StoreError::unusable(path, source))? {
        return Ok(());
    }
    Err(StoreError::InUse {
        path: path.to_owned(),
    })
}

/// The path of a file beside another, whose name begins with that of the other.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
