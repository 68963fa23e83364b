//! The same amount on every edge: the baseline that needs no model.

use super::{Slate, Staking};
use crate::domain::{Bankroll, Money};

/// Stakes a fixed amount on every edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flat {
    /// The amount.
    pub amount: Money,
}

impl Staking for Flat {
    fn stake(&self, slate: &Slate, _bankroll: &Bankroll, stakes: &mut Vec<Money>) {
        stakes.extend(slate.edges().iter().map(|_| self.amount));
    }
}
