//! A fixed share of the bankroll on every edge with a positive expected value.

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
        stakes.extend(
            slate
                .edges()
                .iter()
                .map(|edge| match edge.expected_value() {
                    Some(value) if value > 0.0 => stake,
                    Some(_) | None => Money::ZERO,
                }),
        );
    }
}
