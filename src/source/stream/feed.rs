//! Where the entries of a stream come from.

use std::sync::Arc;
use std::time::Duration;

use super::EntryError;
use crate::source::{SourceError, Stage};

/// A transport of entries: a pipe, a file, a server.
///
/// # Going on after a kill
/// A feed that keeps what it is told can hand a killed run's successor to where the run was. What has to be durable in one
/// step is: the effects of a batch, the number it was committed up to, the silences told of since, and now and then a
/// checkpoint, which is the state after the last entry that the feed had handed out when it was given. To go on, the
/// stream takes the checkpoint ([`Stream::with_state`](super::Stream::with_state)), and the feed
///
/// - goes on with the entry after the checkpoint's last one, numbers included;
/// - hands out those that were committed as the same entries again, and whoever writes the effects drops those of every
///   commit up to the number that was committed before;
/// - among these says [`Fed::Boundary`] after each entry after which the stream had told of a silence, the checkpoint's
///   last entry included, and never [`Fed::Nothing`], since a silence would end a round where none had ended;
/// - says [`Fed::Boundary`] as well in place of an end of the stream that was committed, if it is to go on after it.
///
/// Where nothing was committed after the checkpoint's last entry, no entry is handed out again.
pub trait Feed {
    /// The next entry, waiting for it no longer than `patience`.
    ///
    /// # Errors
    /// When nothing can be read any more.
    fn next(&mut self, patience: Duration) -> Result<Fed<'_>, SourceError>;

    /// Says that every effect of the entries up to this number is there, to be made durable now; of later ones there is
    /// none yet, although some may have been handed out: they belong to a round that is not over.
    ///
    /// It is said after every batch of rounds, and when the stream has nothing for now; then often the same again.
    ///
    /// # Errors
    /// When that cannot be recorded.
    fn commit(&mut self, _upto: u64) -> Result<(), SourceError> {
        Ok(())
    }

    /// Says that a silence has ended the round that was heard of; `number` is the last entry before it. To be made durable
    /// with the next commit.
    fn fell_silent(&mut self, _number: u64) {}

    /// Says that the entry handed out last, which is of this match, has been taken.
    fn taken(&mut self, _match_id: &Arc<str>) {}

    /// Says that the entry handed out last was put aside, and why.
    fn put_aside(&mut self, _reason: &EntryError) {}

    /// Says what the entries so far have gone through.
    fn reached(&mut self, _stage: Stage) {}

    /// Whether the state of the run is to be kept with the next commit.
    fn wants_checkpoint(&self) -> bool {
        false
    }

    /// Takes the state after every entry handed out so far, to be made durable by the [`Self::commit`] that follows.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn checkpoint(&mut self, _state: Vec<u8>) -> Result<(), SourceError> {
        Ok(())
    }
}

/// What a feed has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fed<'a> {
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
