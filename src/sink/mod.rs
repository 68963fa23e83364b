//! Where the ledger's entries go.

pub mod daily_profits;
pub mod events;
pub mod forecast_scores;
pub mod forecasts;
mod list;
pub mod memory;
pub mod predictions;
pub mod significance;
pub mod simulation;
pub mod withheld;

use std::io;

pub use list::Outputs;

use crate::checkpoint::CheckpointError;
use crate::domain::{Entry, Names};

/// A consumer of entries.
///
/// ```
/// use simbet::{Entry, Names, RunConfig, Settings, Sink, SinkError, backtest, read_bytes};
///
/// /// Counts bets.
/// #[derive(Default)]
/// struct Counter(u64);
///
/// impl Sink for Counter {
///     fn name(&self) -> &'static str {
///         "counter"
///     }
///
///     fn write(&mut self, entry: &Entry, _names: &Names) -> Result<(), SinkError> {
///         self.0 += u64::from(matches!(entry, Entry::Placed(_)));
///         Ok(())
///     }
/// }
///
/// let csv = b"date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
///     2024-08-16,Man United,Fulham,1,0,1.60,4.20,5.25\n";
/// let settings = Settings::from_toml("strategy = 'flat'\nselections = ['home']").unwrap();
/// let config = RunConfig::resolve(&settings).unwrap();
/// let matches = read_bytes("mine.csv", csv, &config.read).unwrap();
/// let mut counter = Counter::default();
/// backtest(&config.engine, config.replay, matches, Some(&mut counter), &mut |_| {}).unwrap();
/// assert_eq!(counter.0, 1);
/// ```
pub trait Sink {
    /// Its name in a checkpoint. A run must continue with the outputs that it began with.
    fn name(&self) -> &'static str;

    /// Takes an entry.
    ///
    /// # Errors
    /// When it cannot be stored.
    fn write(&mut self, entry: &Entry, names: &Names) -> Result<(), SinkError>;

    /// Whether it needs forecasts with the prices that they were made for: see [`Forecast::prices`](crate::Forecast::prices).
    fn wants_prices(&self) -> bool {
        false
    }

    /// Whether it needs forecasts with more than a summary needs: see [`Forecast::named`](crate::Forecast::named) and
    /// [`Forecast::market`](crate::Forecast::market). Whoever wants prices wants these as well.
    fn wants_details(&self) -> bool {
        self.wants_prices()
    }

    /// Writes everything that was taken so far. The source has nothing more for now.
    ///
    /// # Errors
    /// When it cannot be stored.
    fn flush(&mut self) -> Result<(), SinkError> {
        Ok(())
    }

    /// The state from which it can continue; empty by default.
    ///
    /// # Errors
    /// When the state cannot be serialized.
    fn save(&self) -> Result<Vec<u8>, CheckpointError> {
        Ok(Vec::new())
    }

    /// Restores a saved state.
    ///
    /// # Errors
    /// When the bytes are not a state of this sink.
    fn restore(&mut self, _state: &[u8]) -> Result<(), CheckpointError> {
        Ok(())
    }
}

/// Why an output failed.
///
/// ```
/// use std::error::Error as _;
/// use simbet::SinkError;
/// let full = std::io::Error::other("the disk is full");
/// assert_eq!(SinkError::Stream(full).source().unwrap().to_string(), "the disk is full");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SinkError {
    /// The receiver of the entries does not take any more.
    #[error("cannot write the stream of entries")]
    Stream(#[source] io::Error),
}
