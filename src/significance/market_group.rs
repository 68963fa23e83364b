//! Bets on several sides of one market, placed together, at prices without margin.

use super::ProfitDistribution;
use super::bet_result::BetResult;
use crate::domain::{Outcome, OutcomeDistribution};

/// Bets on sides of one market, placed together.
pub(super) struct MarketGroup<'a> {
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

    /// What they made beyond the expected profit.
    pub(super) fn unexpected(&self) -> f64 {
        let made: f64 = self.fair().map(|(bet, _)| bet.profit.units()).sum();
        made - self.profit().mean()
    }

    /// The distribution of their profit together.
    pub(super) fn profit(&self) -> ProfitDistribution {
        if self.bets.len() > 1 && !self.bets[0].selection.market().kind().is_two_way() {
            return self.exclusive();
        }
        self.fair()
            .map(|(bet, distribution)| {
                let chances = Outcome::ALL.map(|outcome| distribution.part(outcome));
                ProfitDistribution::at(bet.net_odds, bet.stake, chances)
            })
            .reduce(add_opposite)
            .unwrap_or(ProfitDistribution {
                chances: [0.0; 5],
                profits: [0.0; 5],
            })
    }

    /// The profit of bets on sides of a market with more than two, of which one or none wins.
    fn exclusive(&self) -> ProfitDistribution {
        let staked: f64 = self.fair().map(|(bet, _)| bet.stake).sum();
        // the last element is that none of them wins
        let mut profit = ProfitDistribution {
            chances: [0.0; 5],
            profits: [-staked; 5],
        };
        for (i, (bet, distribution)) in self.fair().enumerate().take(4) {
            profit.chances[i] = distribution.won;
            profit.profits[i] = bet.stake * bet.net_odds - staked;
        }
        profit.chances[4] = (1.0 - profit.chances[..4].iter().sum::<f64>()).clamp(0.0, 1.0);
        profit
    }
}

/// Adds the profit of a bet on the other side of a market with two sides, whose outcomes are the opposite ones.
fn add_opposite(mut one: ProfitDistribution, other: ProfitDistribution) -> ProfitDistribution {
    for (profit, opposite) in one.profits.iter_mut().zip(other.profits.iter().rev()) {
        *profit += opposite;
    }
    one
}

/// The bets that were not void, each with its probability of winning and whether it won; `None` when there are several bets on
/// one match, which lose together.
pub(super) fn wins_and_losses<'a>(
    groups: impl Iterator<Item = MarketGroup<'a>>,
) -> Option<Vec<(f64, bool)>> {
    let mut bets = Vec::new();
    let mut last = None;
    for group in groups {
        let number = group.bets[0].match_number;
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
