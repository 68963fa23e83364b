//! Collects the evidence for the tests of significance.

use chacha20::ChaCha8Rng;
use rand::SeedableRng as _;

use super::{Sink, SinkError};
use crate::domain::{Entry, Names};
use crate::significance::{Evidence, Significance};

/// Seed of the bootstrap: every run is assessed with the same draws, so that the same bets have the same interval.
const SEED: u64 = 1;

/// Collects the bets of a run, and tests at the end whether luck explains the result.
#[derive(Debug, Default)]
pub struct SignificanceSink(Evidence);

impl SignificanceSink {
    /// The assessment of the run.
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
