//! A mean whose rounding error does not grow with the number of terms.

use serde::{Deserialize, Serialize};

/// A running mean with compensated summation (Neumaier 1974, ZAMM 54(1)).
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(super) struct Mean {
    count: u64,
    sum: f64,
    /// The sum of the rounding errors.
    lost: f64,
    /// How many of the terms are infinite. They are not in the sum, so that they can be taken back.
    infinite: u64,
}

impl Mean {
    pub(super) fn add(&mut self, term: f64) {
        self.count += 1;
        if term.is_finite() {
            self.sum(term);
        } else {
            self.infinite += 1;
        }
    }

    /// Takes back a term that was added.
    pub(super) fn remove(&mut self, term: f64) {
        self.count = self.count.saturating_sub(1);
        if term.is_finite() {
            self.sum(-term);
        } else {
            self.infinite = self.infinite.saturating_sub(1);
        }
    }

    /// Adds the terms of another mean.
    pub(super) fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.infinite += other.infinite;
        self.sum(other.sum);
        self.lost += other.lost;
    }

    fn sum(&mut self, term: f64) {
        let sum = self.sum + term;
        // an infinite sum has no rounding error, and ∞ − ∞ would make it NaN
        if sum.is_finite() {
            let (large, small) = if self.sum.abs() >= term.abs() {
                (self.sum, term)
            } else {
                (term, self.sum)
            };
            self.lost += (large - sum) + small;
        }
        self.sum = sum;
    }

    pub(super) const fn count(&self) -> u64 {
        self.count
    }

    /// `None` without terms, or when one was infinite.
    pub(super) fn mean(&self) -> Option<f64> {
        let mean = (self.sum + self.lost) / self.count as f64;
        (self.infinite == 0 && mean.is_finite()).then_some(mean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_that_is_taken_back_leaves_no_trace_even_if_it_is_infinite() {
        let mut mean = Mean::default();
        for term in [0.1, f64::INFINITY, 1e300, 0.3] {
            mean.add(term);
        }
        assert_eq!(mean.mean(), None);
        mean.remove(f64::INFINITY);
        mean.remove(1e300);
        assert_eq!(mean.count(), 2);
        assert!((mean.mean().unwrap() - 0.2).abs() < 1e-15);
    }
}
