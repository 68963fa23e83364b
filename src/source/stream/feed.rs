//! Feeds: where the entries of a stream come from.

use std::sync::Arc;
use std::time::Duration;

use super::entry_error::EntryError;
use crate::checkpoint::CheckpointError;
use crate::schema::event::Event;
use crate::source::{SourceError, Stage};

/// A transport of entries: a pipe, a file, a server.
///
/// # Going on after a kill
/// A feed that stores its progress lets a new run continue where a killed one was. It has to make the following
/// durable in one step: what the run wrote before a commit, the number that was committed, the idle timeouts so
/// far, and, where one was made, a checkpoint with the number of the last entry that had been handed out by then.
/// To continue, a stream is made of the checkpoint ([`Stream::with_state`](super::Stream::with_state)), and the feed
///
/// 1. hands out, under their numbers, the entries after the checkpoint's last one up to the last that was committed, and
///    [`FeedItem::Boundary`] after each entry that an idle timeout followed, the checkpoint's last one included. It never
///    has [`FeedItem::Nothing`] among them: an idle timeout would end a round where none ended before. In place of an end of
///    the stream after which it continues, it has [`FeedItem::Boundary`];
/// 2. then has [`FeedItem::Boundary`], since a round was over there, and [`FeedItem::Nothing`] once, so that the run has
///    nothing pending before new entries come. Everything written by then was written before, and is dropped;
/// 3. hands out everything that follows as if nothing had happened.
///
/// Where fewer entries were committed than the checkpoint includes, the open round is in the checkpoint and
/// continues: then only step 3 applies.
pub trait Feed {
    /// The next entry, waiting for it no longer than `patience`.
    ///
    /// # Errors
    /// When nothing can be read any more.
    fn next(&mut self, patience: Duration) -> Result<FeedItem<'_>, SourceError>;

    /// Notes that every effect of the entries up to this number was written and is to be made durable now. Later entries have
    /// no effect yet, although some may have been handed out: they belong to a round that is not over.
    ///
    /// It is called after every batch of rounds, and when the stream has nothing for now; then often with the same number.
    ///
    /// `state` makes the state after every entry handed out so far, to be made durable with it; `None` while there is
    /// none to continue from.
    ///
    /// # Errors
    /// When it cannot be stored, or the state cannot be saved.
    fn commit(
        &mut self,
        _upto: u64,
        _state: Option<&dyn Fn() -> Result<Vec<u8>, CheckpointError>>,
    ) -> Result<(), SourceError> {
        Ok(())
    }

    /// Notes that an idle timeout has ended the open round; `number` is the last entry before it. To be made durable
    /// with the next commit.
    fn on_idle(&mut self, _number: u64) {}

    /// Notes that the entry handed out last, which is of this match, was accepted.
    fn on_accepted(&mut self, _match_id: &Arc<str>) {}

    /// Notes that the entry handed out last was refused, and why.
    fn on_refused(&mut self, _reason: &EntryError) {}

    /// Notes the stage that the entries so far have reached.
    fn reached(&mut self, _stage: Stage) {}
}

/// What a feed returned.
#[derive(Debug, Clone, PartialEq)]
pub enum FeedItem<'a> {
    /// An entry that is parsed already.
    Event {
        /// Its number, counted from 1.
        number: u64,
        /// Its content.
        event: Event<'a>,
        /// Its text, for the dead letter of an entry that is refused.
        original: &'a [u8],
    },
    /// An entry as a text.
    Entry {
        /// Its number, counted from 1.
        number: u64,
        /// Its JSON. A text that is too long may be cut off, as long as it remains too long.
        text: &'a [u8],
    },
    /// An entry whose type and data are separate texts.
    Parts {
        /// Its number, counted from 1.
        number: u64,
        /// The `event_type`.
        event_type: &'a str,
        /// The JSON of `data`. A text that is too long may be cut off, as long as it remains too long.
        data: &'a [u8],
    },
    /// The open round ends here, because it ended here when the entries were read before.
    Boundary,
    /// Nothing for now.
    Nothing,
    /// The end of the feed.
    End,
}
