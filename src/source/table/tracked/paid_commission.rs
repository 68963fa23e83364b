//! The commission of simbet's own bets, by what was paid of their winnings.

use std::collections::BTreeMap;

use super::bet::TrackedBet;
use crate::domain::{Market, MarketKind, Odds, Time};

/// By how much a profit may differ from the exact one: payout and commission are rounded one after the other.
const ROUNDING: f64 = 0.010_001;
/// The most decimals of a rate.
const DECIMALS: i32 = 6;

/// Whose commission a bet pays.
type Payer = (Option<u32>, MarketKind);
/// What commission is charged on: all bets on one market of one match at one book. A bet of which the match is not known is alone.
type Account = (Payer, Result<(Option<Time>, u32, Market), usize>);

/// Finds the rate of commission on bets that may come back, whose expected value does not tell it: that of their book and market
/// with the fewest decimals which most of what was won at once has.
pub(super) fn infer(bets: &mut [TrackedBet]) {
    let mut accounts: BTreeMap<Account, Winnings> = BTreeMap::new();
    for (place, bet) in bets.iter().enumerate() {
        if let Some((account, gross)) = account(bet, place).zip(gross(bet)) {
            let winnings = accounts.entry(account).or_default();
            winnings.gross += gross;
            winnings.paid += bet.profit;
            winnings.bets += 1;
        }
    }
    let mut kept: BTreeMap<Payer, Vec<Kept>> = BTreeMap::new();
    for ((payer, _), winnings) in accounts {
        kept.entry(payer).or_default().extend(winnings.kept());
    }
    let rates: BTreeMap<Payer, f64> = kept
        .into_iter()
        .filter_map(|(payer, kept)| Some((payer, rate_of(kept)?)))
        .collect();
    for bet in bets {
        if let Some(rate) = payer(bet).and_then(|payer| rates.get(&payer)) {
            bet.commission = *rate;
        }
    }
}

/// Whose commission a bet pays, where simbet wrote it and its stake may come back.
fn payer(bet: &TrackedBet) -> Option<Payer> {
    let market = bet.selection?.market();
    let is_own = bet.placed_at.is_some() && market.may_be_void();
    is_own.then(|| (bet.book, market.kind()))
}

fn account(bet: &TrackedBet, place: usize) -> Option<Account> {
    let market = bet.selection?.market();
    let of_match = bet.event.map(|event| (bet.day, event, market));
    Some((payer(bet)?, of_match.ok_or(place)))
}

/// What a bet made before commission.
fn gross(bet: &TrackedBet) -> Option<f64> {
    let odds = Odds::new(bet.odds?).ok()?;
    Some(bet.stake * bet.outcome.unit_profit(odds))
}

/// What the bets of an account made together.
#[derive(Debug, Clone, Copy, Default)]
struct Winnings {
    gross: f64,
    paid: f64,
    bets: u32,
}

/// The share of winnings that was kept.
#[derive(Debug, Clone, Copy)]
struct Kept {
    rate: f64,
    /// By how much it may differ from the exact one.
    slack: f64,
}

impl Winnings {
    /// `None` where nothing was won, on which no commission is charged.
    fn kept(self) -> Option<Kept> {
        let rounding = ROUNDING * f64::from(self.bets);
        (self.gross > rounding).then(|| Kept {
            rate: 1.0 - self.paid / self.gross,
            slack: rounding / self.gross,
        })
    }
}

fn rate_of(mut kept: Vec<Kept>) -> Option<f64> {
    kept.sort_by(|one, other| one.rate.total_cmp(&other.rate));
    let middle = kept.get(kept.len() / 2)?.rate;
    let is_paid = |rate: f64| {
        let paid = kept
            .iter()
            .filter(|kept| (kept.rate - rate).abs() <= kept.slack);
        4 * paid.count() >= 3 * kept.len()
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

    /// What is kept of these winnings, rounded to cents.
    fn kept(rate: f64, gross: &[f64]) -> Vec<Kept> {
        let kept = |gross: &f64| {
            let winnings = Winnings {
                gross: *gross,
                paid: gross - (gross * rate * 100.0).round() / 100.0,
                bets: 1,
            };
            winnings.kept()
        };
        gross.iter().filter_map(kept).collect()
    }

    #[test]
    fn the_rate_has_the_fewest_decimals_that_payouts_have() {
        let gross = [9.1, 13.37, 10.0, 25.8, 7.77, -10.0];
        for rate in [0.02, 0.05, 0.025, 0.1] {
            assert_eq!(rate_of(kept(rate, &gross)), Some(rate));
        }
        assert_eq!(rate_of(kept(0.0, &gross)), None);
        assert_eq!(rate_of(Vec::new()), None);
    }
}
