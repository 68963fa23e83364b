//! What is written in one transaction, kept until it is durable: what cannot be written now is written as soon as it can be.
//!
//! The engine has already processed an order when its effects are written, so they may not be lost. A transaction that fails
//! because of something that passes, such as a lock of another program or a full disk, is rolled back and written again.

use std::thread;
use std::time::Duration;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::error::StoreError;
use super::file::{FRAME_HEADER, LOG_HEADER, StoreFile};
use super::log::{LOOK, PASSIVE, move_log};
use crate::serve::clock;

/// The pauses between two attempts grow from the first of these to the second.
const PAUSES: [Duration; 2] = [Duration::from_millis(5), Duration::from_millis(250)];
/// How long is waited for a lock of another program before all others are told.
const LOCK_PATIENCE: Duration = Duration::from_millis(250);
/// How long a service that is being stopped tries what cannot be written.
const LAST_PATIENCE: Duration = Duration::from_secs(1);

/// A connection that writes, and the writes of its open transaction.
#[derive(Debug)]
pub(super) struct Journal {
    connection: Connection,
    writes: Vec<Write>,
    is_open: bool,
    /// The bytes of the log at the end of the last transaction, and at the beginning of this one.
    log: u64,
    // closed after the connection
    file: StoreFile,
}

/// A statement and the values of its parameters.
#[derive(Debug)]
struct Write {
    sql: &'static str,
    values: Vec<Value>,
}

impl Write {
    fn run(&self, connection: &Connection) -> Result<(), StoreError> {
        let mut statement = connection.prepare_cached(self.sql)?;
        statement.execute(params_from_iter(&self.values))?;
        Ok(())
    }
}

impl Journal {
    pub fn new(connection: Connection, file: StoreFile) -> Result<Self, StoreError> {
        connection.busy_timeout(LOCK_PATIENCE)?;
        Ok(Self {
            connection,
            writes: Vec::new(),
            is_open: false,
            log: 0,
            file,
        })
    }

    /// For what is read once, at the start.
    pub const fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Begins a transaction, unless there is one.
    pub fn begin(&mut self) -> Result<(), StoreError> {
        if !self.is_open {
            self.attempt(Self::open)?;
            self.is_open = true;
        }
        Ok(())
    }

    /// Writes something in the transaction, which is begun if there is none.
    pub fn write(&mut self, sql: &'static str, values: Vec<Value>) -> Result<(), StoreError> {
        self.begin()?;
        let write = Write { sql, values };
        self.attempt(|journal| write.run(&journal.connection))?;
        self.writes.push(write);
        Ok(())
    }

    /// Reads something, what has been written in the transaction included.
    pub fn read<T>(
        &mut self,
        read: impl Fn(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.attempt(|journal| read(&journal.connection))
    }

    /// Makes everything written durable. Returns whether there was a transaction.
    pub fn commit(&mut self) -> Result<bool, StoreError> {
        let was_open = self.is_open;
        if was_open {
            self.attempt(|journal| journal.close())?;
            self.is_open = false;
            self.writes.clear();
        }
        // nothing is answered that is not in the file of this name
        self.file.ensure_same()?;
        Ok(was_open)
    }

    /// Moves what is left of a log that has become long. It is begun anew with the next transaction, unless somebody reads it.
    pub fn shorten_log(&self) {
        if self.file.condition().take_log_long()
            && let Err(error) = move_log(&self.connection, PASSIVE)
        {
            tracing::debug!("the log of the store was not moved: {error}");
        }
    }

    /// Does something, again and again while it fails because of something that passes.
    fn attempt<T>(
        &mut self,
        act: impl Fn(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut failed = match act(self) {
            Ok(done) => return Ok(done),
            Err(failed) => failed,
        };
        let mut pause = PAUSES[0];
        loop {
            let Some(reason) = failed.passing() else {
                return Err(self.file.explained(failed));
            };
            self.wait(&reason, pause)?;
            pause = PAUSES[1].min(2 * pause);
            match self.repeat().and_then(|()| act(self)) {
                Ok(done) => {
                    self.note_end();
                    return Ok(done);
                }
                Err(error) => failed = error,
            }
        }
    }

    /// Rolls back, tells everybody, and waits for a moment.
    fn wait(&self, reason: &str, pause: Duration) -> Result<(), StoreError> {
        if !self.connection.is_autocommit() {
            // it may have been rolled back already
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        self.file.ensure_same()?;
        let (condition, shown) = (self.file.condition(), self.file.name().display());
        if condition.stall().is_none() {
            tracing::warn!("{shown} cannot be written on: {reason}; events wait until it can");
        }
        let lasted = condition.begin_stall(reason);
        if condition.is_stopping() && lasted > LAST_PATIENCE {
            return Err(StoreError::Stalled {
                path: self.file.name().to_owned(),
                reason: reason.to_owned(),
            });
        }
        thread::sleep(pause);
        Ok(())
    }

    fn note_end(&self) {
        let shown = self.file.name().display();
        if let Some(stall) = self.file.condition().end_stall() {
            let lasted = (clock::instant() - stall.since).as_secs_f64();
            tracing::warn!("{shown} can be written on again, after {lasted:.1} s");
        }
    }

    /// Writes everything of the open transaction again.
    fn repeat(&mut self) -> Result<(), StoreError> {
        if self.is_open {
            self.open()?;
            for write in &self.writes {
                write.run(&self.connection)?;
            }
        }
        Ok(())
    }

    fn open(&mut self) -> Result<(), StoreError> {
        self.ensure_log(|| self.is_log_whole())?;
        let sql = "BEGIN IMMEDIATE";
        self.connection.prepare_cached(sql)?.execute([])?;
        // others may have begun it anew just before
        self.log = self.file.log_length();
        Ok(())
    }

    fn close(&mut self) -> Result<(), StoreError> {
        self.ensure_log(|| Ok(false))?;
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        self.log = self.file.log_length();
        Ok(())
    }

    /// Fails when the log is shorter than it was, unless that has a reason.
    fn ensure_log(
        &self,
        has_reason: impl FnOnce() -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        if self.file.log_length() < self.log && !has_reason()? {
            return Err(self.file.log_cut());
        }
        Ok(())
    }

    /// Whether the log has all its frames: SQLite shortens one whose frames are in the store.
    fn is_log_whole(&self) -> Result<bool, StoreError> {
        let page: u64 = self
            .connection
            .pragma_query_value(None, "page_size", |row| row.get::<_, u32>(0))?
            .into();
        let frames = move_log(&self.connection, LOOK)?.frames;
        let frames = u64::try_from(frames).unwrap_or_default();
        let needed = (LOG_HEADER + frames * (FRAME_HEADER + page)) * u64::from(frames > 0);
        Ok(self.file.log_length() >= needed)
    }
}
