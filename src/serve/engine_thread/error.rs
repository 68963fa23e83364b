//! Why the engine's thread cannot go on.

use crate::engine::EngineError;
use crate::error::Error;
use crate::serve::store::StoreError;
use crate::source::SourceError;

/// Why there is no engine.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineThreadError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The run.
    #[error(transparent)]
    Run(#[from] Error),
    /// The thread.
    #[error("the thread of the engine cannot be started")]
    Thread(#[from] std::io::Error),
}

/// The result of resuming from a saved state; `None` if the state cannot be used, for example because it is of another
/// version. A state only saves time: the events of the store can be replayed instead.
pub(super) fn if_usable<T>(resumed: Result<T, Error>) -> Result<Option<T>, EngineThreadError> {
    match resumed {
        Ok(done) => Ok(Some(done)),
        Err(
            Error::State(error)
            | Error::Engine(EngineError::State(error))
            | Error::Source(SourceError::State(error)),
        ) => {
            tracing::warn!("{error}; all events of the store are replayed instead");
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}
