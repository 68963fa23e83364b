//! Undoes the last events of a store, which is otherwise only added to.
//!
//! The one thing that an event can do to all others is to advance the time: what is older comes too late then. A service
//! takes nothing that is far ahead of its clock; but its clock may have been wrong, or an event of the past wrong by a season.
//! So the events before that one are played again into a new store, which has to give the same answers, and which then
//! takes the place of the old one.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use tokio::runtime;

use super::broadcast::Broadcast;
use super::engine_handle::{EngineHandle as _, Pending, SubmitError};
use super::engine_thread::{self, EngineThread, EngineThreadConfig, EngineThreadError};
use super::match_update::MatchUpdate;
use super::order::{Order, Reply};
use super::store::{StoreError, StoreFile, Writer};
use super::{ServeConfig, ServeError, full_disk_is_no_end};
use crate::domain::Book;
use crate::schema::event::Event;

/// Events that were undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// How many.
    pub events: u64,
    /// The store as it was.
    pub before: PathBuf,
}

/// The most events that are fetched, and that wait for the engine.
const BLOCK: usize = 256;

/// Undoes the event of an id and all after it, and writes these as lines, which a feed can send again.
///
/// # Errors
/// When there is no such event, the store is in use or of other settings, or something cannot be written. Then the store is
/// as it was.
pub fn undo_from(
    config: &ServeConfig,
    event_id: u64,
    undone: &mut dyn Write,
) -> Result<Undone, ServeError> {
    if StoreFile::is_missing(&config.store) {
        let path = config.store.clone();
        return Err(StoreError::Missing { path }.into());
    }
    full_disk_is_no_end()?;
    let store = StoreFile::open(&config.store)?;
    undo_in(&store, config, event_id, undone).inspect_err(|_| {
        // so that nothing is left beside the store that was not there
        let _ = store.move_log();
    })
}

fn undo_in(
    store: &StoreFile,
    config: &ServeConfig,
    event_id: u64,
    undone: &mut dyn Write,
) -> Result<Undone, ServeError> {
    let (rebuilt, before) = (
        store.beside(".undoing"),
        store.beside(&format!(".before-{event_id}")),
    );
    if before.symlink_metadata().is_ok() {
        return Err(StoreError::AlreadyKept { path: before }.into());
    }
    // an undo that was killed leaves it: who has the lock of the store may make it anew
    StoreFile::discard(&rebuilt)?;
    let mut old = Writer::open(store, &config.engine_thread().settings())?;
    let last = old.last_event();
    if event_id > last {
        let path = config.store.clone();
        return Err(StoreError::NoEvent {
            path,
            event_id,
            last,
        }
        .into());
    }
    let done = StoreFile::open(&rebuilt)
        .map_err(ServeError::from)
        .and_then(|other| {
            rebuild(config, &mut old, store, &other, event_id)
                .map_err(|error| not_undone(error, store))?;
            write_from(&mut old, event_id, undone)?;
            drop(old);
            store
                .replace_with(&other, &before)
                .map_err(|error| not_undone(error.into(), store))
        });
    // it has become the store, or is of no use
    let _ = StoreFile::discard(&rebuilt);
    done.map(|()| Undone {
        events: last - event_id + 1,
        before,
    })
}

/// The same error, with what it means for the store.
fn not_undone(error: ServeError, store: &StoreFile) -> ServeError {
    match error {
        ServeError::EngineHandle(EngineThreadError::Store(error)) | ServeError::Store(error) => {
            match error {
                StoreError::NotUndone { .. } => error,
                _ => store.not_undone(error.passing().unwrap_or_else(|| error.to_string())),
            }
            .into()
        }
        _ => error,
    }
}

/// Plays the events before one into a new store.
fn rebuild(
    config: &ServeConfig,
    old: &mut Writer,
    store: &StoreFile,
    rebuilt: &StoreFile,
    event_id: u64,
) -> Result<(), ServeError> {
    let thread_config = config.engine_thread();
    let broadcast = Arc::new(Broadcast::new(0));
    let (engine, thread) = EngineThread::start(&thread_config, rebuilt, &broadcast)?;
    let played = play(&engine, old, store, &thread_config, event_id);
    engine.stop();
    let ended = engine_thread::wait_for(thread);
    // the first reason first
    played?;
    ended?;
    Ok(store.complete(rebuilt, event_id)?)
}

fn play(
    engine: &EngineThread,
    old: &mut Writer,
    store: &StoreFile,
    config: &EngineThreadConfig,
    event_id: u64,
) -> Result<(), EngineThreadError> {
    // an answer that does not come is given up in time
    let runtime = runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    let mut played = 0;
    while played + 1 < event_id {
        let rest = usize::try_from(event_id - 1 - played).unwrap_or(usize::MAX);
        let lines = old.events_after(played, rest.min(BLOCK).min(config.queue))?;
        played += lines.len() as u64;
        let replies: Result<Vec<_>, _> = lines
            .into_iter()
            .map(|line| submit(engine, line, config.book).map_err(|why| store.not_undone(why)))
            .collect();
        for reply in replies? {
            ensure_accepted(runtime.block_on(reply)).map_err(|why| store.not_undone(why))?;
        }
    }
    Ok(())
}

fn submit(engine: &EngineThread, line: String, book: Book) -> Result<Pending<Reply>, String> {
    let event = Event::of_line(line.as_bytes(), book).map(Event::into_owned);
    let update = event.ok().and_then(MatchUpdate::of);
    let order = update.map(|update| Order::new(update, line));
    engine
        .submit(order.ok_or(UNREADABLE)?)
        .map_err(|error| why_not(&error))
}

fn ensure_accepted(reply: Result<Reply, SubmitError>) -> Result<(), String> {
    match reply {
        Ok(Reply::Accepted(_)) => Ok(()),
        Ok(Reply::Refused(_) | Reply::KeyUsed | Reply::Failed | Reply::NotYet | Reply::NoRedis) => {
            Err(UNREADABLE.to_owned())
        }
        Err(error) => Err(why_not(&error)),
    }
}

const UNREADABLE: &str = "an event that was accepted is refused now";

fn why_not(error: &SubmitError) -> String {
    match error {
        SubmitError::Stalled(reason) => {
            format!("the store without the events cannot be written, because {reason}")
        }
        SubmitError::Full | SubmitError::Down => "the engine has ended".to_owned(),
    }
}

/// Writes the events from one on.
fn write_from(old: &mut Writer, event_id: u64, to: &mut dyn Write) -> Result<(), ServeError> {
    let mut written = event_id - 1;
    while written < old.last_event() {
        let lines = old.events_after(written, BLOCK)?;
        written += lines.len() as u64;
        for line in lines {
            writeln!(to, "{line}").map_err(unwritten)?;
        }
    }
    to.flush().map_err(unwritten)
}

fn unwritten(error: io::Error) -> ServeError {
    ServeError::Unwritten(error.to_string())
}
