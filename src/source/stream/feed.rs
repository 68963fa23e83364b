//! Where the entries of a stream come from.

use std::sync::Arc;
use std::time::Duration;

use super::entry_error::EntryError;
use crate::checkpoint::CheckpointError;
use crate::schema::event::Event;
use crate::source::{SourceError, Stage};

/// A transport of entries: a pipe, a file, a server.
///
/// # Going on after a kill
/// A feed that keeps what it is told takes the successor of a run that was killed to where that was. What has to be made
/// durable in one step is: what the run wrote before a commit, the number it was committed up to, the idle_timeouts that were
/// told of, and, where one was given, a checkpoint with the number of the last entry that had been handed out by then.
/// To go on, a stream is made of the checkpoint ([`Stream::with_state`](super::Stream::with_state)), and the feed
///
/// 1. hands out, under their numbers, the entries after the checkpoint's last one up to the last that was committed, and
///    [`FeedItem::Boundary`] after each, the checkpoint's last one included, after which a silence was told of. It never has
///    [`FeedItem::Nothing`] among them: a silence would end a round where none ended before. In place of an end of the stream,
///    after which it is to go on, it has [`FeedItem::Boundary`];
/// 2. then has [`FeedItem::Boundary`], since a round was over there, and [`FeedItem::Nothing`] once, so that the run has nothing
///    undone before it hears anything new. What was written by then was written before, and is dropped;
/// 3. hands out everything that follows as if nothing had happened.
///
/// Where fewer entries were committed than the checkpoint knows, the round that was heard of is in the checkpoint and goes
/// on: only the third of these is to be done.
pub trait Feed {
    /// The next entry, waiting for it no longer than `patience`.
    ///
    /// # Errors
    /// When nothing can be read any more.
    fn next(&mut self, patience: Duration) -> Result<FeedItem<'_>, SourceError>;

    /// Says that every effect of the entries up to this number is there, to be made durable now; of later ones there is
    /// none yet, although some may have been handed out: they belong to a round that is not over.
    ///
    /// It is said after every batch of rounds, and when the stream has nothing for now; then often the same again.
    ///
    /// The state after every entry handed out so far can be asked for, to be made durable with it; `None` while there is
    /// none to go on from.
    ///
    /// # Errors
    /// When that cannot be recorded, or the state not be had.
    fn commit(
        &mut self,
        _upto: u64,
        _state: Option<&dyn Fn() -> Result<Vec<u8>, CheckpointError>>,
    ) -> Result<(), SourceError> {
        Ok(())
    }

    /// Says that a silence has ended the round that was heard of; `number` is the last entry before it. To be made durable
    /// with the next commit.
    fn on_idle(&mut self, _number: u64) {}

    /// Says that the entry handed out last, which is of this match, has been taken.
    fn taken(&mut self, _match_id: &Arc<str>) {}

    /// Says that the entry handed out last was put aside, and why.
    fn put_aside(&mut self, _reason: &EntryError) {}

    /// Says what the entries so far have gone through.
    fn reached(&mut self, _stage: Stage) {}
}

/// What a feed has.
#[derive(Debug, Clone, PartialEq)]
pub enum FeedItem<'a> {
    /// An entry that has been read, or that never was a text.
    Event {
        /// Which one, counted from 1.
        number: u64,
        /// What it says.
        event: Event<'a>,
        /// Its text, where it is to be kept of an entry that is put aside.
        original: &'a [u8],
    },
    /// An entry.
    Entry {
        /// Which one, counted from 1.
        number: u64,
        /// Its JSON; of one that is longer than an entry may be, only so much that this shows.
        text: &'a [u8],
    },
    /// An entry whose type and data come apart.
    Parts {
        /// Which one, counted from 1.
        number: u64,
        /// The `event_type`.
        event_type: &'a str,
        /// The JSON of `data`; of more than an entry may have, only so much that this shows.
        data: &'a [u8],
    },
    /// The round that is heard of is over here, whatever else was to come of it: so it was when this was read before.
    Boundary,
    /// Nothing so far.
    Nothing,
    /// Nothing will come.
    End,
}
