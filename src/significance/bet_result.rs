//! What the tests of significance need to know of a settled bet.

use super::{ClosingValue, SettledBet};
use crate::domain::commission::MarketBet;
use crate::domain::{BetId, Market, Money, Outcome, OutcomeDistribution, Settlement};

/// What a bet has to do with the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// It is on another match.
    None,
    /// It is on the same match, but on another market, or was placed at another time.
    Match,
    /// It was placed together with it, on another side of the same market. At most one of such bets wins.
    Market,
}

/// A settled bet.
#[derive(Debug, Clone, Copy)]
pub(super) struct BetResult {
    pub(super) id: BetId,
    pub(super) day: i64,
    pub(super) link: Link,
    pub(super) bet: MarketBet,
    pub(super) profit: Money,
    pub(super) outcome: Outcome,
    pub(super) price_probability: Option<f64>,
    pub(super) closing: Option<ClosingValue>,
}

impl BetResult {
    pub(super) fn of(settlement: &Settlement, link: Link) -> Self {
        let Settlement { bet, .. } = settlement;
        Self {
            id: bet.id,
            day: bet.fixture.day.day(),
            link,
            bet: MarketBet::of(bet),
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
            stake: self.bet.stake,
            profit: self.profit.units(),
        }
    }

    pub(super) fn return_on_stake(&self) -> f64 {
        self.profit.units() / self.bet.stake
    }

    pub(super) fn fair_distribution(&self) -> Option<OutcomeDistribution> {
        super::fair_distribution(self.bet.selection, self.price_probability?)
    }

    pub(super) fn market(&self) -> Market {
        self.bet.selection.market()
    }

    pub(super) fn won(&self) -> bool {
        self.outcome.is_win()
    }
}
