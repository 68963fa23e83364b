//! What the tests of significance need to know of a settled bet.

use super::{ClosingValue, SettledBet};
use crate::domain::{BetId, Money, Outcome, OutcomeDistribution, Selection, Settlement};

/// A settled bet.
#[derive(Debug, Clone, Copy)]
pub(super) struct BetResult {
    pub(super) id: BetId,
    pub(super) day: i64,
    /// Whether it was placed together with the bet before it, on another side of the same market. At most one of such
    /// bets wins.
    pub(super) joined: bool,
    pub(super) selection: Selection,
    pub(super) net_odds: f64,
    pub(super) stake: f64,
    pub(super) profit: Money,
    pub(super) outcome: Outcome,
    pub(super) price_probability: Option<f64>,
    pub(super) closing: Option<ClosingValue>,
}

impl BetResult {
    pub(super) fn of(settlement: &Settlement, joined: bool) -> Self {
        let Settlement { bet, .. } = settlement;
        let quote = &bet.edge.quote;
        Self {
            id: bet.id,
            day: bet.fixture.day.day(),
            joined,
            selection: quote.selection,
            net_odds: bet.edge.net_odds.decimal(),
            stake: bet.stake.units(),
            profit: settlement.profit,
            outcome: settlement.outcome,
            price_probability: bet.price_probability,
            closing: ClosingValue::of_settled(settlement),
        }
    }

    /// The same bet as the bootstrap takes it.
    pub(super) fn settled(&self) -> SettledBet {
        SettledBet {
            day: self.day,
            stake: self.stake,
            profit: self.profit.units(),
        }
    }

    pub(super) fn return_on_stake(&self) -> f64 {
        self.profit.units() / self.stake
    }

    pub(super) fn fair_distribution(&self) -> Option<OutcomeDistribution> {
        super::fair_distribution(self.selection, self.price_probability?)
    }

    pub(super) fn won(&self) -> bool {
        self.outcome.is_win()
    }
}
