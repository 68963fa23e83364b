//! The commission of simbet's own bets, by what was paid of their winnings.

use std::collections::BTreeMap;

use super::bet::TrackedBet;
use crate::domain::{MarketKind, Outcome};

/// By how much a profit may differ from the exact one: payout and commission are rounded one after the other.
const ROUNDING: f64 = 0.010_001;
/// The most decimals of a rate.
const DECIMALS: i32 = 6;

/// Finds the rate of commission on bets that may come back, whose expected value does not tell it: that of their book and market
/// with the fewest decimals which most of the payouts have.
pub(super) fn infer(bets: &mut [TrackedBet]) {
    let mut winners: BTreeMap<(Option<u32>, MarketKind), Vec<Winner>> = BTreeMap::new();
    for bet in bets.iter() {
        if let Some((account, winner)) = account(bet).zip(Winner::of(bet)) {
            winners.entry(account).or_default().push(winner);
        }
    }
    let rates: BTreeMap<_, f64> = winners
        .into_iter()
        .filter_map(|(account, winners)| Some((account, rate_of(winners)?)))
        .collect();
    for bet in bets {
        if let Some(rate) = account(bet).and_then(|account| rates.get(&account)) {
            bet.commission = *rate;
        }
    }
}

/// Whose commission a bet pays, where simbet wrote it and its stake may come back.
fn account(bet: &TrackedBet) -> Option<(Option<u32>, MarketKind)> {
    let market = bet.selection?.market();
    let is_own = bet.placed_at.is_some() && market.may_be_void();
    is_own.then(|| (bet.book, market.kind()))
}

/// What was kept of winnings.
struct Winner {
    rate: f64,
    /// By how much the rate may differ from the exact one.
    slack: f64,
}

impl Winner {
    fn of(bet: &TrackedBet) -> Option<Self> {
        let share = match bet.outcome {
            Outcome::Won => 1.0,
            Outcome::HalfWon => 0.5,
            Outcome::Void | Outcome::HalfLost | Outcome::Lost => return None,
        };
        let gross = share * bet.stake * (bet.odds? - 1.0);
        (gross > ROUNDING).then(|| Self {
            rate: 1.0 - bet.profit / gross,
            slack: ROUNDING / gross,
        })
    }
}

fn rate_of(mut winners: Vec<Winner>) -> Option<f64> {
    winners.sort_by(|one, other| one.rate.total_cmp(&other.rate));
    let middle = winners.get(winners.len() / 2)?.rate;
    let is_paid = |rate: f64| {
        let paid = winners
            .iter()
            .filter(|winner| (winner.rate - rate).abs() <= winner.slack);
        4 * paid.count() >= 3 * winners.len()
    };
    let mut rates = (0..=DECIMALS).map(|decimals| {
        let tens = 10_f64.powi(decimals);
        (middle * tens).round() / tens
    });
    rates.find(|rate| is_paid(*rate)).filter(|rate| *rate > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Winners of these gross winnings, after commission rounded to cents.
    fn winners(rate: f64, gross: &[f64]) -> Vec<Winner> {
        let winner = |gross: &f64| {
            let profit = gross - (gross * rate * 100.0).round() / 100.0;
            Winner {
                rate: 1.0 - profit / gross,
                slack: ROUNDING / gross,
            }
        };
        gross.iter().map(winner).collect()
    }

    #[test]
    fn the_rate_has_the_fewest_decimals_that_payouts_have() {
        let gross = [9.1, 13.37, 10.0, 25.8, 7.77];
        for rate in [0.02, 0.05, 0.025, 0.1] {
            assert_eq!(rate_of(winners(rate, &gross)), Some(rate));
        }
        assert_eq!(rate_of(winners(0.0, &gross)), None);
        assert_eq!(rate_of(Vec::new()), None);
    }
}
