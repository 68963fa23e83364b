//! How many invented matches are played at once.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::problem::Problem;

/// Matches that may be played at once.
const MOST_AT_ONCE: usize = 16;
/// Matches that may be played at a pace of their own. They wait nearly all the time, and take only memory.
const MOST_PACED: usize = 500;

/// The matches that are being played.
#[derive(Debug)]
pub struct Simulations {
    at_once: Arc<Semaphore>,
    paced: Arc<Semaphore>,
}

impl Default for Simulations {
    fn default() -> Self {
        Self {
            at_once: Arc::new(Semaphore::new(MOST_AT_ONCE)),
            paced: Arc::new(Semaphore::new(MOST_PACED)),
        }
    }
}

impl Simulations {
    /// A place among those of its kind, held until the match is over.
    ///
    /// # Errors
    /// When as many are played as may.
    pub fn begin(&self, is_paced: bool) -> Result<OwnedSemaphorePermit, Problem> {
        let (places, what) = if is_paced {
            (&self.paced, "simulated matches with a pace")
        } else {
            (&self.at_once, "simulated matches")
        };
        let place = Arc::clone(places).try_acquire_owned();
        place.map_err(|_| Problem::too_many(what))
    }

    /// Waits until no match is played any more.
    pub async fn ended(&self) {
        for (places, most) in [(&self.at_once, MOST_AT_ONCE), (&self.paced, MOST_PACED)] {
            // nobody closes them
            let _ = places.acquire_many(most as u32).await;
        }
    }
}
