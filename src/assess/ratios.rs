//! Returns against their spread, and the growth of a bankroll.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::significance::{sharpe_ratio, sortino_ratio};
use crate::source::TrackedBet;

/// Ratios of the returns of bets, profit / stake.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Ratios {
    /// Mean return / standard deviation, of a bet.
    pub sharpe: Option<f64>,
    /// Mean return / downside deviation, of a bet.
    pub sortino: Option<f64>,
    /// Bets a year.
    pub per_year: Option<f64>,
    /// The Sharpe ratio · √(bets a year).
    pub sharpe_annual: Option<f64>,
    /// The Sortino ratio · √(bets a year).
    pub sortino_annual: Option<f64>,
    /// Sum of the wins / sum of the losses.
    pub profit_factor: Option<f64>,
    /// The share of the bankroll on every bet that would have made it grow most, had it been known.
    pub best_share: Option<f64>,
    /// The mean growth of its logarithm a bet at that share.
    pub best_log_growth: Option<f64>,
}

impl Ratios {
    pub(super) fn of(bets: &[&TrackedBet], has_dates: bool, per_year: Option<f64>) -> Self {
        let returns: Vec<f64> = bets.iter().map(|bet| bet.profit / bet.stake).collect();
        let per_year = per_year.or_else(|| bets_a_year(bets, has_dates));
        let annual = |ratio: fn(&[f64], f64) -> Option<f64>| ratio(&returns, per_year?);
        let won: f64 = bets.iter().map(|bet| bet.profit.max(0.0)).sum();
        let lost: f64 = bets.iter().map(|bet| (-bet.profit).max(0.0)).sum();
        let best = best_share(&returns);
        Self {
            sharpe: sharpe_ratio(&returns, 1.0),
            sortino: sortino_ratio(&returns, 1.0),
            per_year,
            sharpe_annual: annual(sharpe_ratio),
            sortino_annual: annual(sortino_ratio),
            profit_factor: (lost > 0.0).then_some(won / lost),
            best_share: best,
            best_log_growth: best.map(|share| log_growth(&returns, share)),
        }
    }
}

/// Bets a year, by the days from the first to the last; `None` of less than a quarter of a year.
fn bets_a_year(bets: &[&TrackedBet], has_dates: bool) -> Option<f64> {
    let days = bets.iter().filter_map(|bet| bet.day.map(|day| day.day()));
    let span = days.clone().max()? - days.min()? + 1;
    (has_dates && span >= 90).then(|| bets.len() as f64 * 365.25 / span as f64)
}

/// The share f with the greatest Σ ln(1 + f·return), at most 1; `None` where no bet lost, so that any share is too small.
fn best_share(returns: &[f64]) -> Option<f64> {
    let worst = returns.iter().copied().fold(0.0, f64::min);
    let mean: f64 = returns.iter().sum();
    if worst >= 0.0 || returns.len() < 2 {
        return None;
    }
    if mean <= 0.0 {
        return Some(0.0);
    }
    let counted = counted(returns);
    let slope = |share: f64| -> f64 {
        counted
            .iter()
            .map(|(value, count)| *count as f64 * value / (1.0 + share * value))
            .sum()
    };
    let (mut low, mut high) = (0.0, 1.0 / -worst);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if slope(middle) > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(low.min(1.0))
}

/// The different returns, each with how often it came. Bets of the same odds have the same returns.
fn counted(returns: &[f64]) -> Vec<(f64, u64)> {
    let mut counts: BTreeMap<u64, u64> = BTreeMap::new();
    for value in returns {
        *counts.entry(value.to_bits()).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|(bits, count)| (f64::from_bits(bits), count))
        .collect()
}

fn log_growth(returns: &[f64], share: f64) -> f64 {
    let sum: f64 = returns.iter().map(|value| (share * value).ln_1p()).sum();
    sum / returns.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of evens, 3 wins in 5: Kelly's 2p − 1 = 0.2, and ln 1.2 · 0.6 + ln 0.8 · 0.4.
    #[test]
    fn the_best_share_of_even_money_is_that_of_kelly() {
        let returns = [1.0, 1.0, 1.0, -1.0, -1.0];
        let share = best_share(&returns).unwrap();
        assert!((share - 0.2).abs() < 1e-12, "{share}");
        let expected = 0.6 * 1.2_f64.ln() + 0.4 * 0.8_f64.ln();
        assert!((log_growth(&returns, share) - expected).abs() < 1e-12);
        assert_eq!(best_share(&[1.0, -1.0, -1.0]), Some(0.0));
        assert_eq!(best_share(&[1.0, 2.0]), None);
    }
}
