//! Logistic regression.

use super::{ModelConfig, PredictError, Predictor};
use crate::domain::{Match, Offer, Opinion, Time};

/// Logistic regression.
#[derive(Debug)]
pub struct Logistic;

pub(super) const fn model(_config: &ModelConfig) -> Logistic {
    Logistic
}

impl Predictor for Logistic {
    fn observe(&mut self, _played: &Match) {}

    fn predict(&mut self, _offer: &Offer, _now: Time) -> Result<Option<Opinion>, PredictError> {
        Ok(None)
    }
}
