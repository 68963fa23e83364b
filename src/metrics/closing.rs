//! Means of closing-line value.

use serde::{Deserialize, Serialize};

use super::{mean::Mean, ratio};
use crate::significance::ClosingValue;

/// What the closing prices say of the settled bets so far.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct ClosingMeans {
    /// By the close without its margin.
    pub(super) fair: CountedMean,
    /// By the closing odds as they are.
    pub(super) raw: CountedMean,
    /// Lines that moved against the bet, and in favour of it.
    pub(super) moved: [u64; 2],
}

/// A mean, and how many of its terms are above 0.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct CountedMean {
    mean: Mean,
    above: u64,
}

impl ClosingMeans {
    pub(super) fn add(&mut self, value: &ClosingValue) {
        if let Some((fair, beat)) = value.fair.zip(value.beat_close()) {
            self.fair.add(fair, beat);
        }
        if let Some(raw) = value.raw {
            self.raw.add(raw, raw > 0.0);
        }
        if let Some(in_favour) = value.moved_for {
            self.moved[usize::from(in_favour)] += 1;
        }
    }
}

impl CountedMean {
    fn add(&mut self, value: f64, is_above: bool) {
        self.mean.add(value);
        self.above += u64::from(is_above);
    }

    pub(super) const fn count(&self) -> u64 {
        self.mean.count()
    }

    pub(super) fn mean(&self) -> Option<f64> {
        self.mean.mean()
    }

    pub(super) fn beat_share(&self) -> Option<f64> {
        ratio(self.above as f64, self.count() as f64)
    }
}
