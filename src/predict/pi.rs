//! Pi-ratings.

use super::{ModelConfig, PredictError, Predictor};
use crate::domain::{Match, Offer, Opinion, Time};

/// Pi-ratings.
#[derive(Debug)]
pub struct Pi;

pub(super) const fn model(_config: &ModelConfig) -> Pi {
    Pi
}

impl Predictor for Pi {
    fn observe(&mut self, _played: &Match) {}

    fn predict(&mut self, _offer: &Offer, _now: Time) -> Result<Option<Opinion>, PredictError> {
        Ok(None)
    }
}
