//! Undoes the last events of a store, which is otherwise only added to.
//!
//! The one thing that an event can do to all others is to advance the time: what is older comes too late then. A service
//! takes nothing that is far ahead of its clock; but its clock may have been wrong, or an event of the past wrong by a season.
//! So the events before that one are played again into a new store, which has to give the same answers, and which then
//! takes the place of the old one.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::oneshot;

use super::broadcast::Broadcast;
use super::engine_handle::EngineHandle as _;
use super::engine_thread::{self, EngineThread, EngineThreadError};
use super::match_update::MatchUpdate;
use super::order::{Order, Reply};
use super::store::{StoreError, StorePath, Writer};
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
    let store = StorePath::new(&config.store);
    let (rebuilt, before) = (
        StorePath::new(&store.beside(".undoing")),
        store.beside(&format!(".before-{event_id}")),
    );
    for path in [rebuilt.path(), &before] {
        if path.exists() {
            return Err(rename_error(path.to_owned()).into());
        }
    }
    let old = Writer::open(&store, &config.engine_thread().settings())
        .map_err(EngineThreadError::from)?;
    let last = old.last_event();
    if event_id > last {
        let path = config.store.clone();
        let error = StoreError::NoEvent {
            path,
            event_id,
            last,
        };
        return Err(EngineThreadError::from(error).into());
    }
    let done = rebuild(config, &old, &store, &rebuilt, event_id)
        .and_then(|()| write_from(&old, event_id, undone));
    drop(old);
    let done = done.and_then(|()| {
        Ok(store
            .replace_with(&rebuilt, &before)
            .map_err(EngineThreadError::from)?)
    });
    for ending in ["", "-wal", "-shm", ".lock"] {
        // most of them are gone
        let _ = std::fs::remove_file(rebuilt.beside(ending));
    }
    done.map(|()| Undone {
        events: last - event_id + 1,
        before,
    })
}

fn rename_error(path: PathBuf) -> EngineThreadError {
    let source = io::ErrorKind::AlreadyExists.into();
    StoreError::Rename { path, source }.into()
}

/// Plays the events before one into a new store.
fn rebuild(
    config: &ServeConfig,
    old: &Writer,
    store: &StorePath,
    rebuilt: &StorePath,
    event_id: u64,
) -> Result<(), ServeError> {
    let thread_config = config.engine_thread();
    let broadcast = Arc::new(Broadcast::new(0));
    let (engine, thread) = EngineThread::start(&thread_config, rebuilt, &broadcast)?;
    let played = play(&engine, old, thread_config.book, event_id, config.queue);
    engine.stop();
    engine_thread::wait_for(thread)?;
    played?;
    Ok(store
        .complete(rebuilt, event_id)
        .map_err(EngineThreadError::from)?)
}

fn play(
    engine: &EngineThread,
    old: &Writer,
    book: Book,
    event_id: u64,
    queue: usize,
) -> Result<(), EngineThreadError> {
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
            ensure_accepted(reply)?;
        }
    }
    Ok(())
}

fn submit(
    engine: &EngineThread,
    line: String,
    book: Book,
) -> Result<oneshot::Receiver<Reply>, StoreError> {
    let event = Event::of_line(line.as_bytes(), book).map(Event::into_owned);
    let update = event.ok().and_then(MatchUpdate::of);
    let order = update.map(|update| Order::new(update, line));
    order
        .and_then(|order| engine.submit(order).ok())
        .ok_or_else(refused)
}

fn ensure_accepted(reply: oneshot::Receiver<Reply>) -> Result<(), StoreError> {
    match reply.blocking_recv() {
        Ok(Reply::Accepted(_)) => Ok(()),
        Ok(Reply::Refused(_) | Reply::KeyUsed | Reply::Failed | Reply::NotYet) | Err(_) => {
            Err(refused())
        }
    }
}

fn refused() -> StoreError {
    StoreError::Damaged("an event that was accepted is refused now: nothing was undone".to_owned())
}

/// Writes the events from one on.
fn write_from(old: &Writer, event_id: u64, to: &mut dyn Write) -> Result<(), ServeError> {
    let mut written = event_id - 1;
    while written < old.last_event() {
        let lines = old
            .events_after(written, BLOCK)
            .map_err(EngineThreadError::from)?;
        written += lines.len() as u64;
        for line in lines {
            writeln!(to, "{line}")?;
        }
    }
    Ok(to.flush()?)
}
