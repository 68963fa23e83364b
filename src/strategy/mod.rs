//! Staking: which edges to back, and with how much.

use crate::domain::{Bankroll, Edge, Money};

/// A staking rule.
pub trait Staking: Send + Sync {
    /// One stake for each edge of the slate, in order; zero means no bet. The slate is sized together,
    /// from one bankroll.
    fn stake(&self, slate: &[Edge], bankroll: &Bankroll, stakes: &mut Vec<Money>);
}
