//! Where rounds come from: files of matches, read into memory and replayed in order of time.
//!
//! [`read`] turns files into [`Matches`]; [`Replay`] turns those into the rounds of the [`Source`] trait.
//! [`table::columns`] has the meanings of a file's columns.

pub mod stream;
pub mod synthetic;
pub mod table;

mod aliases;
mod error;
mod replay;
mod stoppable;
mod trained;
mod whole_file;

#[cfg(all(unix, feature = "serve"))]
pub(crate) use aliases::Aliases;
pub use error::{BadCell, Conflict, Place, SourceError};
pub use replay::{Offered, PriceTime, Replay, ReplayConfig, ReplayCounts};
pub use stoppable::Stoppable;
pub(crate) use table::probabilities::{
    ProbabilitiesIn, ProbabilityFiles, ProbabilityRows, ResolvedProbabilities, read_probabilities,
    read_probability_bytes,
};
pub use table::tracked::{
    FreeBets, ResultWord, TrackedBet, TrackedBets, TrackedConfig, TrackedCounts, read_tracked,
};
pub use table::{
    Assumption, BookCoverage, Contents, DateOrder, Input, InspectedFile, InspectedLeague,
    InspectedTable, Inspection, LeftOut, MatchRecord, Matches, OddsFormat, OnBadRow, PlainForm,
    ReadConfig, ReadCounts, Remark, SeasonCoverage, StatisticCoverage, inspect, is_price, read,
    read_bytes,
};
pub(crate) use table::{WantedPrices, files_of, is_match_file, read_with_fixtures};
pub(crate) use trained::load_trained;
pub(crate) use whole_file::load;

use std::sync::atomic::AtomicBool;

use crate::checkpoint::CheckpointError;
use crate::domain::{Names, Round};

/// What a source returned.
///
/// ```
/// use std::sync::Arc;
/// use simbet::{Matches, NextRound, Replay, ReplayConfig, Round, Source};
/// let mut source = Replay::new(Arc::new(Matches::default()), ReplayConfig::default());
/// assert_eq!(source.next_round(&mut Round::default()).unwrap(), NextRound::End);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextRound {
    /// A round.
    Round,
    /// Nothing for now: the caller should process the rounds that it has, and then call again. A source blocks repeated
    /// calls for a moment, so that calling at once is no busy loop.
    Wait,
    /// The source is at its end.
    End,
}

/// The stages of a batch of rounds on the way from prices to bets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The models begin.
    Started,
    /// The models have predicted.
    Predicted,
    /// Bets were placed, refused and settled.
    Decided,
}

/// A stream of rounds in order of time.
///
/// ```
/// use simbet::{Names, NextRound, Round, Source, SourceError, Time};
///
/// /// As many empty rounds, one a day.
/// struct Days(i64, Names);
///
/// impl Source for Days {
///     fn next_round(&mut self, round: &mut Round) -> Result<NextRound, SourceError> {
///         if self.0 == 0 {
///             return Ok(NextRound::End);
///         }
///         self.0 -= 1;
///         round.reset(Time::from_days(100 - self.0));
///         Ok(NextRound::Round)
///     }
///
///     fn names(&self) -> &Names {
///         &self.1
///     }
/// }
///
/// let (mut source, mut round) = (Days(1, Names::default()), Round::default());
/// assert_eq!(source.next_round(&mut round).unwrap(), NextRound::Round);
/// assert_eq!(round.time.day(), 100);
/// assert_eq!(source.next_round(&mut round).unwrap(), NextRound::End);
/// ```
pub trait Source {
    /// Replaces `round` by the next one, if there is one.
    ///
    /// # Errors
    /// When the input cannot be read on.
    fn next_round(&mut self, round: &mut Round) -> Result<NextRound, SourceError>;

    /// The names of the teams and leagues met so far.
    fn names(&self) -> &Names;

    /// The flag that ends the source once it is raised, if there is one: work on its rounds should end then too.
    fn stop(&self) -> Option<&AtomicBool> {
        None
    }

    /// Whether a stop is its end, and no error.
    fn is_endless(&self) -> bool {
        false
    }

    /// Notes the stage that the rounds so far have reached, for measuring latencies.
    fn reached(&mut self, _stage: Stage) {}

    /// Notes that the effects of every round so far are written. A source that stores its position may ask for the state of
    /// the rest of the run after these rounds, and store both together.
    ///
    /// # Errors
    /// When the position cannot be stored, or the state cannot be saved.
    fn commit(
        &mut self,
        _state: &dyn Fn() -> Result<Vec<u8>, CheckpointError>,
    ) -> Result<(), SourceError> {
        Ok(())
    }
}
