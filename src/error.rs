//! The error of a whole run.

use crate::checkpoint::CheckpointError;
use crate::engine::EngineError;
use crate::results::ResultsError;
use crate::sink::SinkError;
use crate::source::SourceError;
use crate::source::synthetic::SyntheticError;

/// Why a run failed.
///
/// ```
/// use simbet::{Error, SourceError};
/// let error = Error::from(SourceError::Stopped);
/// assert!(matches!(error, Error::Source(SourceError::Stopped)));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The input cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// An invented league cannot be.
    #[error(transparent)]
    Synthetic(#[from] SyntheticError),
    /// A setting is wrong, or a model failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The state of the run cannot be kept, or not be gone on from.
    #[error(transparent)]
    State(#[from] CheckpointError),
    /// An output cannot be written.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// Results cannot be written.
    #[error(transparent)]
    Results(#[from] ResultsError),
}
