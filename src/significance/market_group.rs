//! Bets on several sides of one market, placed together, at prices without margin.

use super::ProfitDistribution;
use super::bet_result::BetResult;
use crate::domain::commission::{WAYS, added_profits};
use crate::domain::{Outcome, OutcomeDistribution};

/// Bets on sides of one market, placed together; at least one.
pub(super) struct MarketGroup<'a> {
    /// The place of the first bet on its match, which tells matches apart.
    pub(super) match_number: usize,
    /// The bets on the same match that were placed before them.
    pub(super) earlier: &'a [BetResult],
    pub(super) bets: &'a [BetResult],
    pub(super) distributions: &'a [Option<OutcomeDistribution>],
}

impl<'a> MarketGroup<'a> {
    /// The bets whose price without margin is known; at least one.
    pub(super) fn fair(&self) -> impl Iterator<Item = (&'a BetResult, &'a OutcomeDistribution)> {
        self.bets
            .iter()
            .zip(self.distributions)
            .filter_map(|(bet, distribution)| Some((bet, distribution.as_ref()?)))
    }

    /// The probability that one of them wins, and whether one did.
    pub(super) fn win(&self) -> (f64, bool) {
        let chance: f64 = self.fair().map(|(_, split)| split.probability()).sum();
        // probabilities of all sides sum to 1 only within rounding
        let chance = if chance > 1.0 - 1e-9 {
            1.0
        } else {
            chance.max(0.0)
        };
        (chance, self.fair().any(|(bet, _)| bet.won()))
    }

    /// What they made.
    pub(super) fn made(&self) -> f64 {
        self.fair().map(|(bet, _)| bet.profit.units()).sum()
    }

    /// The distribution of what they add to the profit of the bets before them, commission paid. What their book charges
    /// depends on earlier bets on the same market.
    pub(super) fn profit(&self) -> ProfitDistribution {
        let earlier = self.earlier.iter().filter(|bet| self.is_on_market(bet));
        ProfitDistribution {
            chances: self.chances(),
            profits: added_profits(
                earlier.map(|bet| bet.bet).collect(),
                self.fair().map(|(bet, _)| bet.bet),
            ),
        }
    }

    fn is_on_market(&self, bet: &BetResult) -> bool {
        bet.market() == self.bets[0].market()
    }

    /// The probability of each way in which the market can settle.
    fn chances(&self) -> [f64; WAYS] {
        if !self.bets[0].market().kind().is_two_way() {
            return self.chances_of_sides();
        }
        let first = self.fair().next().map(|(bet, fair)| {
            let is_first = bet.bet.selection.place() == 0;
            if is_first { *fair } else { fair.opposite() }
        });
        first.map_or([0.0; WAYS], |first| {
            Outcome::ALL.map(|outcome| first.part(outcome))
        })
    }

    /// The probability of each side of a market with more than two, of which one wins.
    ///
    /// What the prices of the sides that are backed leave belongs to the others. One that was backed before keeps its
    /// probability of then, as far as it is left; the first of those whose price was never taken has the rest.
    fn chances_of_sides(&self) -> [f64; WAYS] {
        let sides = self.bets[0].market().kind().sides().len();
        let mut known = [None; WAYS];
        for (bet, fair) in self.fair() {
            known[bet.bet.selection.place()] = Some(fair.won);
        }
        let staked: f64 = known.iter().flatten().sum();
        let mut left = (1.0 - staked).clamp(0.0, 1.0);
        for bet in self.earlier.iter().filter(|bet| self.is_on_market(bet)) {
            let place = bet.bet.selection.place();
            if let (None, Some(chance)) = (known[place], bet.price_probability) {
                known[place] = Some(chance.min(left));
                left -= chance.min(left);
            }
        }
        let unknown = known[..sides].iter().position(Option::is_none);
        let mut chances = known.map(Option::unwrap_or_default);
        // with a price for every side nothing is left but the error of rounding
        chances[unknown.unwrap_or(sides - 1)] += left;
        chances
    }
}

/// The bets that were not void, each with its probability of winning and whether it won; `None` when there are several bets on
/// one match, which lose together.
pub(super) fn wins_and_losses(groups: &[MarketGroup<'_>]) -> Option<Vec<(f64, bool)>> {
    let mut bets = Vec::new();
    let mut last = None;
    for group in groups {
        let number = group.match_number;
        if last.replace(number) == Some(number) {
            return None;
        }
        let mut fair = group.fair();
        match (fair.next(), fair.next()) {
            (_, Some(_)) => return None,
            (Some((bet, fair)), None) if bet.outcome != Outcome::Void && fair.void < 1.0 => {
                let chance = (fair.probability() / (1.0 - fair.void)).clamp(0.0, 1.0);
                bets.push((chance, bet.won()));
            }
            (Some(_), None) | (None, None) => {}
        }
    }
    Some(bets)
}
