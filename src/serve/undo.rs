//! Undoes the last events of a store, which is otherwise only added to.
//!
//! The one thing that an event can do to all others is to advance the time: what is older comes too late then. A service
//! takes nothing that is far ahead of its clock; but its clock may have been wrong, or an event of the past wrong by a season.
//! So the events before that one are played again into a new store, which has to give the same answers, and which then
//! takes the place of the old one.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::runtime;

use super::broadcast::Broadcast;
use super::engine_handle::{EngineHandle as _, Pending, SubmitError};
use super::engine_thread::{self, EngineThread, EngineThreadError};
use super::match_update::MatchUpdate;
use super::order::{Order, Reply};
use super::store::{StoreError, StoreFile, Writer};
use super::{ServeConfig, ServeError};
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
        beside(store.path(), ".undoing"),
        beside(store.path(), &format!(".before-{event_id}")),
    );
    for path in [&rebuilt, &before] {
        if path.exists() {
            return Err(name_taken(path.clone()).into());
        }
    }
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
            rebuild(config, &mut old, store, &other, event_id)?;
            write_from(&mut old, event_id, undone)?;
            drop(old);
            Ok(store.replace_with(&other, &before)?)
        });
    for ending in ["", "-wal", "-shm"] {
        // most of them are gone
        let _ = std::fs::remove_file(beside(&rebuilt, ending));
    }
    done.map(|()| Undone {
        events: last - event_id + 1,
        before,
    })
}

/// The path of a file beside another.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn name_taken(path: PathBuf) -> StoreError {
    let source = io::ErrorKind::AlreadyExists.into();
    StoreError::Rename { path, source }
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
    let played = play(&engine, old, thread_config.book, event_id, config.queue);
    engine.stop();
    engine_thread::wait_for(thread)?;
    played?;
    Ok(store.complete(rebuilt, event_id)?)
}

fn play(
    engine: &EngineThread,
    old: &mut Writer,
    book: Book,
    event_id: u64,
    queue: usize,
) -> Result<(), EngineThreadError> {
    // an answer that does not come is given up in time
    let runtime = runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    let mut played = 0;
    while played + 1 < event_id {
        let rest = usize::try_from(event_id - 1 - played).unwrap_or(usize::MAX);
        let lines = old.events_after(played, rest.min(BLOCK).min(queue))?;
        played += lines.len() as u64;
        let replies: Result<Vec<_>, _> = lines
            .into_iter()
            .map(|line| submit(engine, line, book))
            .collect();
        for reply in replies? {
            ensure_accepted(runtime.block_on(reply))?;
        }
    }
    Ok(())
}

fn submit(engine: &EngineThread, line: String, book: Book) -> Result<Pending<Reply>, StoreError> {
    let event = Event::of_line(line.as_bytes(), book).map(Event::into_owned);
    let update = event.ok().and_then(MatchUpdate::of);
    let order = update.map(|update| Order::new(update, line));
    order
        .and_then(|order| engine.submit(order).ok())
        .ok_or_else(refused)
}

fn ensure_accepted(reply: Result<Reply, SubmitError>) -> Result<(), StoreError> {
    match reply {
        Ok(Reply::Accepted(_)) => Ok(()),
        Ok(Reply::Refused(_) | Reply::KeyUsed | Reply::Failed | Reply::NotYet | Reply::NoRedis)
        | Err(_) => Err(refused()),
    }
}

fn refused() -> StoreError {
    StoreError::Damaged("an event that was accepted is refused now: nothing was undone".to_owned())
}

/// Writes the events from one on.
fn write_from(old: &mut Writer, event_id: u64, to: &mut dyn Write) -> Result<(), ServeError> {
    let mut written = event_id - 1;
    while written < old.last_event() {
        let lines = old.events_after(written, BLOCK)?;
        written += lines.len() as u64;
        for line in lines {
            writeln!(to, "{line}")?;
        }
    }
    Ok(to.flush()?)
}
