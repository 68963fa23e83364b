//! Why an engine stops.

use crate::checkpoint::CheckpointError;
use crate::ledger::LedgerError;
use crate::predict::{ModelConfigError, PredictError};
use crate::strategy::StrategyError;

/// Why the engine stopped.
///
/// ```
/// use simbet::{Engine, EngineConfig, EngineError, Money, RunConfig, Settings};
/// let config = RunConfig::resolve(&Settings::default()).unwrap().engine;
/// let config = EngineConfig { bankroll: Money::from_minor(-1), ..config };
/// assert!(matches!(Engine::new(&config), Err(EngineError::Ledger(_))));
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The bankroll is out of range.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A staking setting is out of range.
    #[error(transparent)]
    Strategy(#[from] StrategyError),
    /// A model setting is out of range.
    #[error(transparent)]
    Model(#[from] ModelConfigError),
    /// A saved state cannot be restored.
    #[error(transparent)]
    State(#[from] CheckpointError),
    /// A model failed.
    #[error("no prediction for {league} on {day}")]
    Predict {
        /// The league, or the leagues of the pool.
        league: String,
        /// The day of the prediction.
        day: String,
        /// What went wrong.
        source: PredictError,
    },
}
