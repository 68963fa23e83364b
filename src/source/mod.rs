//! Where rounds come from.

use crate::domain::{Names, Round};

/// A stream of rounds in order of time.
pub trait Source {
    /// Replaces `round` by the next one; `false` at the end.
    ///
    /// # Errors
    /// When the input cannot be read on.
    fn next_round(&mut self, round: &mut Round) -> Result<bool, SourceError>;

    /// The names of the teams and leagues met so far.
    fn names(&self) -> &Names;

    /// Says that the effects of every round so far are durable.
    ///
    /// # Errors
    /// When that cannot be recorded.
    fn commit(&mut self) -> Result<(), SourceError> {
        Ok(())
    }
}

/// Why a source failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {}
