//! Elo ratings.

use super::{ModelConfig, PredictError, Predictor};
use crate::domain::{Match, Offer, Opinion, Time};

/// Elo ratings.
#[derive(Debug)]
pub struct Elo;

pub(super) const fn model(_config: &ModelConfig) -> Elo {
    Elo
}

impl Predictor for Elo {
    fn observe(&mut self, _played: &Match) {}

    fn predict(&mut self, _offer: &Offer, _now: Time) -> Result<Option<Opinion>, PredictError> {
        Ok(None)
    }
}
