//! Where the entries of a stream come from.

use std::time::Duration;

use crate::source::SourceError;

/// A transport of entries: a pipe, a file, a server.
pub trait Feed {
    /// The next entry, waiting for it no longer than `patience`.
    ///
    /// # Errors
    /// When nothing can be read any more.
    fn next(&mut self, patience: Duration) -> Result<Fed<'_>, SourceError>;

    /// Says that the effects of every entry so far are durable.
    ///
    /// # Errors
    /// When that cannot be recorded.
    fn commit(&mut self) -> Result<(), SourceError> {
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
    /// Nothing so far.
    Nothing,
    /// Nothing will come.
    End,
}
