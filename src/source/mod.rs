//! Where rounds come from: files of matches, read into memory and replayed in order of time.
//!
//! [`read`] turns files into [`Matches`]; [`Replay`] turns those into the rounds of the [`Source`] trait.
//! Which columns of a file mean what is said in [`table::columns`].

pub mod stream;
pub mod synthetic;
pub mod table;

mod error;
mod replay;
mod stoppable;

pub use error::{BadCell, Conflict, Place, SourceError};
pub use replay::{Offered, PriceTime, Replay, ReplayConfig, ReplayCounts};
pub use stoppable::Stoppable;
pub use table::{
    Input, Matches, OnBadRow, ReadConfig, ReadCounts, Record, Remark, canonical_columns,
    canonical_rows, is_price, read, read_bytes,
};

use crate::checkpoint::CheckpointError;
use crate::domain::{Names, Round};

/// What a source has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// A round.
    Round,
    /// Nothing so far: whoever has rounds should process them, and then ask again. A source that is asked again keeps
    /// the caller for a moment, so that asking at once is no busy loop.
    Wait,
    /// Nothing any more.
    End,
}

/// What the rounds of a batch go through on their way from prices to bets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// They are handed to the models.
    Started,
    /// The models have said what they think.
    Predicted,
    /// Bets were placed, refused and settled.
    Decided,
}

/// A stream of rounds in order of time.
pub trait Source {
    /// Replaces `round` by the next one, if there is one.
    ///
    /// # Errors
    /// When the input cannot be read on.
    fn next_round(&mut self, round: &mut Round) -> Result<Next, SourceError>;

    /// The names of the teams and leagues met so far.
    fn names(&self) -> &Names;

    /// Says what the rounds so far have gone through, for whoever wants to know how long it takes.
    fn reached(&mut self, _stage: Stage) {}

    /// Says that the effects of every round so far are durable. A source that keeps how far it is may ask for the state of
    /// everything else in the run, as it is after these rounds, and keep that with it.
    ///
    /// # Errors
    /// When that cannot be recorded, or the state not be had.
    fn commit(
        &mut self,
        _state: &dyn Fn() -> Result<Vec<u8>, CheckpointError>,
    ) -> Result<(), SourceError> {
        Ok(())
    }
}
