//! A fixed share of the bankroll on whatever has a positive expected value.

use super::{Slate, Staking};
use crate::domain::{Bankroll, Money};

/// Stakes a fixed share of the free bankroll on every edge with an expected value above 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ev {
    /// The share: above 0, at most 1.
    pub fraction: f64,
}

impl Staking for Ev {
    fn stake(&self, slate: &Slate, bankroll: &Bankroll, stakes: &mut Vec<Money>) {
        let stake = bankroll.free().share(self.fraction);
        let gains = |value: Option<f64>| value.is_some_and(|value| value > 0.0);
        stakes.extend(slate.edges().iter().map(|edge| {
            if gains(edge.expected_value()) {
                stake
            } else {
                Money::ZERO
            }
        }));
    }
}
