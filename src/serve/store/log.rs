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

/// The pause between two looks at the file.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// The log is moved at every one of so many looks, and at each while it is long. A power cut may lose the transactions since.
/// A shorter pause costs latency: the writer waits for tens of milliseconds while the disk is busy.
const MOVE_EVERY: u32 = 4;
/// Pages of 2 KiB, 16 MiB in all, after which the one who writes helps to move the log, and which its file keeps when it is
/// begun anew. A log that takes all of a small disk cannot be moved: the store has no room to grow.
const LONG: i64 = 8_192;
/// The bytes of them.
pub(super) const LONG_BYTES: i64 = LONG * 2_048;
/// Pages, 256 MiB in all, from which on it is said that somebody who reads makes the log grow.
const HELD: i64 = 131_072;

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
    // closed after the connection
    file: StoreFile,
}

/// Frames of the log, and those of them that are in the store.
#[derive(Clone, Copy)]
pub(super) struct Moved {
    pub frames: i64,
    moved: i64,
}

/// Moves the log into the store, as far as SQLite can in this way.
pub(super) fn move_log(connection: &Connection, how: &str) -> rusqlite::Result<Moved> {
    let sql = format!("PRAGMA wal_checkpoint({how})");
    connection.query_row(&sql, [], |row| {
        let (frames, moved) = (row.get(1)?, row.get(2)?);
        Ok(Moved { frames, moved })
    })
}

impl Mover {
    /// Moves the log now and then until the sender is dropped, and then for the last time.
    fn run(mut self, stopped: &Receiver<()>) -> Result<(), StoreError> {
        let ended = self.watch(stopped);
        self.end(&ended);
        ended
    }

    fn watch(&mut self, stopped: &Receiver<()>) -> Result<(), StoreError> {
        let mut looks = 0;
        while stopped.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
            self.file.ensure_all_same()?;
            looks += 1;
            if looks % MOVE_EVERY == 0 || self.is_long() {
                self.shorten()?;
            }
        }
        self.file.ensure_same()
    }

    /// Moves most of the log while others write.
    fn shorten(&mut self) -> Result<(), StoreError> {
        let Some(Moved { frames, moved }) = self.checkpoint("PASSIVE")? else {
            return Ok(());
        };
        self.tell(frames, moved);
        // SQLite does it only when it moves something
        if moved < frames
            && let Err(error) = self.file.sync_log()
        {
            tracing::warn!("the log of the store is not on the disk: {error}");
        }
        if frames > LONG && moved > frames / 2 {
            // once more, so that little is left for the one who writes, who alone can do it while others write
            self.checkpoint("PASSIVE")?;
            self.file.condition().set_log_long();
        }
        // a disk that is full has room for the writer then
        let is_wanted = self.is_long() || self.file.stall().is_some();
        if is_wanted && moved == frames {
            // nobody writes: otherwise nothing happens
            self.checkpoint("TRUNCATE")?;
        }
        Ok(())
    }

    fn is_long(&self) -> bool {
        i64::try_from(self.file.log_length()).is_ok_and(|bytes| bytes > LONG_BYTES)
    }

    /// Says once that the log grows because somebody reads.
    fn tell(&mut self, frames: i64, moved: i64) {
        let is_held = frames > HELD && moved < frames / 2;
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
