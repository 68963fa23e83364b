//! Questions that are put to the engine: they must not keep events waiting.

use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use super::engine_handle::SubmitError;
use super::problem::Problem;

/// Questions that the engine has at once: an event waits for no more than these.
const MOST: usize = 2;
/// How long a question waits for its turn.
const PATIENCE: Duration = Duration::from_secs(1);

/// Questions that may be put to the engine at once.
#[derive(Debug)]
pub struct Questions(Semaphore);

impl Default for Questions {
    fn default() -> Self {
        Self(Semaphore::new(MOST))
    }
}

impl Questions {
    /// Waits for a turn, which lasts until the answer is there.
    ///
    /// # Errors
    /// When too many others wait.
    pub async fn turn(&self) -> Result<SemaphorePermit<'_>, Problem> {
        let turn = tokio::time::timeout(PATIENCE, self.0.acquire()).await;
        turn.ok()
            .and_then(Result::ok)
            .ok_or_else(|| SubmitError::Full.into())
    }
}
