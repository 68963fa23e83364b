//! Why the engine's thread cannot go on.

use crate::engine::EngineError;
use crate::error::Error;
use crate::predict::PredictError;
use crate::serve::store::{StoreError, StoreFile};
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

impl EngineThreadError {
    /// Whether nothing failed, but a model's program was not waited for any more.
    pub const fn is_stop(&self) -> bool {
        matches!(
            self,
            Self::Run(Error::Engine(EngineError::Predict {
                source: PredictError::Stopped,
                ..
            }))
        )
    }

    /// The same error, with the name of the store if it is of that.
    pub(super) fn of_store(self, store: &StoreFile) -> Self {
        match self {
            Self::Store(error) => Self::Store(store.at_start(error)),
            other => other,
        }
    }
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
            tracing::debug!("the saved state: {error}");
            tracing::warn!(
                "the saved state of the store is not of this version; all its events are replayed instead, and nothing is lost"
            );
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}
