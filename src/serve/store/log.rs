//! The write-ahead log, which is moved into the store.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;

use super::error::StoreError;
use super::file::{StoreFile, forbid_checkpoint, set_checkpoint_on_close};

/// Moves the write-ahead log into the file now and then, in a thread of its own: otherwise the writer would have to wait for
/// the disk. It never waits for anybody, and nobody for it: whoever reads keeps what he reads, and the log grows meanwhile.
#[derive(Debug)]
pub struct WalCheckpointer {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

/// The pause between two looks at the log.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// At every one of so many looks the files are looked at, too.
const CHECK_EVERY: u32 = 5;
/// The log is moved at every one of so many looks, and at each while it is long. A power cut may lose the transactions since.
/// A shorter pause costs latency: the disk is busy meanwhile.
const MOVE_EVERY: u32 = 20;
/// Frames of pages of 2 KiB, 32 MiB in all, after which the one who writes helps to move the log, so that it can be begun anew.
/// A shorter log would be begun anew more often, and the one who writes waits for the disk each time.
const LONG: i64 = 16_384;
/// The bytes that the file of the log keeps while it is in use: more than it has when it is begun anew, since a file that is
/// cut, and grows again, keeps the one who writes waiting. A log that takes all of a small disk cannot be moved: the store has
/// no room to grow.
pub(super) const MOST_BYTES: i64 = 64 * 1024 * 1024;
/// The bytes that it keeps when it has not been long for so many looks.
const REST_BYTES: u64 = 16 * 1024 * 1024;
const REST: u32 = 30;
/// Frames, 256 MiB in all, from which on it is said that somebody who reads makes the log grow.
const HELD: i64 = 131_072;
/// Frames that the one who writes moves itself: a few milliseconds of its time.
const FEW: i64 = 256;
/// How often what came meanwhile is moved, so that few are left.
const ROUNDS: usize = 6;

impl WalCheckpointer {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the file cannot be opened, or no thread can be started.
    pub fn start(file: &StoreFile) -> Result<Self, StoreError> {
        let connection = file.connect()?;
        connection.busy_timeout(Duration::ZERO)?;
        forbid_checkpoint(&connection);
        let (stop, stopped) = channel();
        let mover = Mover {
            connection,
            is_told: false,
            is_held: false,
            looks_since_long: REST,
            file: file.clone(),
        };
        let file = file.clone();
        let thread = thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || {
                // also dropped when it panics
                let _guard = file.guard();
                if let Err(error) = mover.run(&stopped) {
                    file.fail(error);
                }
            })
            .map_err(StoreError::Thread)?;
        Ok(Self { stop, thread })
    }

    /// Moves the rest, and ends.
    ///
    /// # Errors
    /// When the thread has panicked.
    pub fn stop(self) -> Result<(), StoreError> {
        drop(self.stop);
        let panicked = |_| StoreError::Thread(std::io::Error::other("it panicked"));
        self.thread.join().map_err(panicked)
    }
}

struct Mover {
    connection: Connection,
    /// Whether it has been said that the log grows.
    is_told: bool,
    /// Whether somebody who reads has kept a part of the log from being moved.
    is_held: bool,
    looks_since_long: u32,
    // closed after the connection
    file: StoreFile,
}

/// Frames that the log had when it was begun to be moved, and those of them that are in the store.
#[derive(Clone, Copy)]
pub(super) struct Moved {
    pub frames: i64,
    moved: i64,
}

/// Moves what can be moved without waiting for anybody.
pub(super) const PASSIVE: &str = "PASSIVE";
/// Moves nothing: how long the log is.
pub(super) const LOOK: &str = "NOOP";

/// Moves the log into the store, as far as SQLite can in this way.
pub(super) fn move_log(connection: &Connection, how: &str) -> rusqlite::Result<Moved> {
    let sql = format!("PRAGMA wal_checkpoint({how})");
    connection.query_row(&sql, [], |row| {
        let (frames, moved) = (row.get(1)?, row.get(2)?);
        Ok(Moved { frames, moved })
    })
}

impl Moved {
    /// Frames that were not moved.
    const fn left(self) -> i64 {
        self.frames - self.moved
    }

    const fn is_long(self) -> bool {
        self.frames > LONG
    }
}

impl Mover {
    /// Moves the log now and then until the sender is dropped, and then for the last time.
    fn run(mut self, stopped: &Receiver<()>) -> Result<(), StoreError> {
        let ended = self.watch(stopped);
        self.end(&ended);
        ended
    }

    fn watch(&mut self, stopped: &Receiver<()>) -> Result<(), StoreError> {
        let mut looks: u32 = 0;
        while stopped.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
            looks = looks.wrapping_add(1);
            if looks.is_multiple_of(CHECK_EVERY) {
                self.file.ensure_all_same()?;
            }
            let is_long = self.is_long()?;
            self.looks_since_long = if is_long {
                0
            } else {
                REST.min(self.looks_since_long + 1)
            };
            // what a reader keeps from being moved is not tried at every look
            let is_due = is_long && (!self.is_held || looks.is_multiple_of(CHECK_EVERY));
            if is_due || looks.is_multiple_of(MOVE_EVERY) {
                self.shorten()?;
            }
        }
        self.file.ensure_same()
    }

    /// Moves most of the log while others write.
    fn shorten(&mut self) -> Result<(), StoreError> {
        let Some(all) = self.checkpoint(PASSIVE)? else {
            return Ok(());
        };
        self.tell(all);
        self.is_held = all.left() > 0;
        // SQLite does it only when it moves something
        if all.left() > 0
            && let Err(error) = self.file.sync_log()
        {
            tracing::warn!("the log of the store is not on the disk: {error}");
        }
        if all.is_long() && all.moved > all.frames / 2 {
            self.leave_little()?;
            self.file.condition().set_log_long();
        }
        if self.is_too_large() && self.left()? == 0 {
            // nobody writes: otherwise nothing happens
            self.checkpoint("TRUNCATE")?;
        }
        Ok(())
    }

    /// Moves what has come meanwhile, and has the store written to the disk, so that little is left for the one who writes:
    /// that one alone can move the last frame while others come, and has to wait until everything is on the disk.
    fn leave_little(&self) -> Result<(), StoreError> {
        for _ in 0..ROUNDS {
            if let Err(error) = self.file.sync() {
                // the one who writes hears of it from SQLite
                tracing::debug!("the store is not on the disk: {error}");
            }
            if self.left()? <= FEW {
                break;
            }
            self.checkpoint(PASSIVE)?;
        }
        Ok(())
    }

    /// Frames that are in the log only, those included that have come since it was moved.
    fn left(&self) -> Result<i64, StoreError> {
        let look = self.checkpoint(LOOK)?;
        Ok(look.map_or(i64::MAX, Moved::left))
    }

    /// Whether there is much that could be moved. A log that was moved is begun anew by whoever writes next.
    fn is_long(&self) -> Result<bool, StoreError> {
        let look = self.checkpoint(LOOK)?;
        Ok(look.is_some_and(|look| look.is_long() && look.left() > 0))
    }

    /// Whether the file of the log takes room that somebody else may need. A disk that is full has room for the writer then.
    fn is_too_large(&self) -> bool {
        let is_at_rest = self.looks_since_long == REST;
        (is_at_rest && self.file.log_length() > REST_BYTES) || self.file.stall().is_some()
    }

    /// Says once that the log grows because somebody reads.
    fn tell(&mut self, all: Moved) {
        let is_held = all.frames > HELD && all.moved < all.frames / 2;
        if is_held && !self.is_told {
            tracing::warn!(
                "the log {} has {} MiB and grows, because a program that reads the store keeps a transaction open; \
                 nothing is lost, and it shrinks when that ends",
                self.file.log().display(),
                self.file.log_length() >> 20
            );
        }
        self.is_told = is_held;
    }

    /// Moves the log; `None` when that cannot be done now. Pages that were not moved are safe in the log, and moved later.
    fn checkpoint(&self, how: &str) -> Result<Option<Moved>, StoreError> {
        match move_log(&self.connection, how).map_err(StoreError::from) {
            Ok(moved) => Ok(Some(moved)),
            Err(error) if error.is_fatal() => Err(self.file.explained(error)),
            Err(error) => {
                if self.file.stall().is_none() {
                    tracing::warn!("the log of the store cannot be moved into it: {error}");
                }
                Ok(None)
            }
        }
    }

    /// Moves the rest, unless the store is not there any more: then nothing is written in what is there in its place.
    fn end(&self, ended: &Result<(), StoreError>) {
        match ended {
            Ok(()) | Err(StoreError::LogLost { .. }) => {
                // an error is that of a log which is cut, and it has been reported
                let _ = self.checkpoint("TRUNCATE");
                set_checkpoint_on_close(&self.connection, true);
            }
            Err(_) => {}
        }
    }
}
