//! Keeps what bears on skill and luck.

use chacha20::ChaCha8Rng;
use rand::SeedableRng as _;

use super::{Sink, SinkError};
use crate::domain::{Entry, Names};
use crate::significance::{Evidence, Significance};

/// Seed of the bootstrap: every run is assessed with the same draws, so that the same bets have the same interval.
const SEED: u64 = 1;

/// Listens to a run and says in the end whether it was skill or luck.
#[derive(Debug, Default)]
pub struct SignificanceSink(Evidence);

impl SignificanceSink {
    /// What the run shows.
    pub fn assess(&self) -> Significance {
        self.0.assess(&mut ChaCha8Rng::seed_from_u64(SEED))
    }
}

impl Sink for SignificanceSink {
    fn name(&self) -> &'static str {
        "significance"
    }

    fn write(&mut self, entry: &Entry, _: &Names) -> Result<(), SinkError> {
        self.0.record(entry);
        Ok(())
    }
}
