//! Means in which old matches fade.

use serde::{Deserialize, Serialize};

use crate::predict::decay::weight;

/// A mean over matches, each of which weighs 2^(−days / half-life).
///
/// As time passes all weights fade alike, so that the mean stays what it is until the next match.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Mean {
    /// The day on which a match weighs 1 in the sums.
    day: i64,
    weight: f64,
    sum: f64,
}

impl Mean {
    /// Adds the value of a match.
    pub fn add(&mut self, value: f64, day: i64, half_life: Option<f64>) {
        let mut own = 1.0;
        if day < self.day {
            own = weight(half_life, self.day - day);
        } else {
            let faded = weight(half_life, day - self.day);
            self.weight *= faded;
            self.sum *= faded;
            self.day = day;
        }
        self.weight += own;
        self.sum += own * value;
    }

    /// The mean; `None` before the first match.
    pub fn value(self) -> Option<f64> {
        (self.weight > 0.0).then(|| self.sum / self.weight)
    }
}
