//! The same share of the bankroll on every edge: the baseline whose stakes grow and shrink with the bankroll.

use super::{Slate, Staking};
use crate::domain::{Bankroll, Money};

/// Stakes a fixed share of the free bankroll on every edge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proportional {
    /// The share: above 0, at most 1.
    pub fraction: f64,
}

impl Staking for Proportional {
    fn stake(&self, slate: &Slate, bankroll: &Bankroll, stakes: &mut Vec<Money>) {
        let stake = bankroll.free().share(self.fraction);
        stakes.extend(slate.edges().iter().map(|_| stake));
    }
}
