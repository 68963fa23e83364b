//! What a record of this length can show at all.

use std::collections::BTreeMap;

use serde::Serialize;

use super::event::event_of;
use crate::source::TrackedBet;

/// The quantile of the normal distribution at 95 %: the tests are one-sided at 5 %.
const LEVEL: f64 = 1.644_853_626_951_472_2;
/// The same at 80 %.
const POWER: f64 = 0.841_621_233_572_914_3;

/// The power of a one-sided test of the yield against zero at 5 %.
///
/// # Formula
/// ```text
/// smallest = (z₀.₉₅ + z₀.₈₀)·SE,   bets = ⌈n·((z₀.₉₅ + z₀.₈₀)·SE / y)²⌉
/// SE = √(n/(n − 1)·Σ (profitᵢ − y·stakeᵢ)²) / Σ stakeᵢ
/// ```
/// with the yield y and its standard error SE as a ratio (Cochran 1977, Sampling Techniques, 2.11); with equal stakes SE is the
/// standard deviation of the returns / √n. Bets on one event count as one, whose profits and stakes are sums: n in the formula of SE
/// is then the number of events.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Power {
    /// Bets.
    pub n: u64,
    /// The level of the test.
    pub level: f64,
    /// The chance of a significant result.
    pub power: f64,
    /// The standard error of the yield · √n: with equal stakes the standard deviation of the returns.
    pub std_dev: f64,
    /// The smallest true yield that such a record would show with that chance.
    pub smallest_yield: f64,
    /// The yield of this record.
    pub r#yield: f64,
    /// Bets that it takes to show, with that chance, a true yield as high as the record's; `None` where that is not above 0.
    pub bets_needed: Option<u64>,
    /// The chance that a record of this length is significant if the true yield is the record's.
    pub power_at_yield: f64,
}

impl Power {
    /// `None` where the returns have no spread.
    pub(super) fn of(bets: &[&TrackedBet]) -> Option<Self> {
        let n = bets.len() as f64;
        let events = by_event(bets);
        let count = events.len() as f64;
        let turnover: f64 = bets.iter().map(|bet| bet.stake).sum();
        let found = bets.iter().map(|bet| bet.profit).sum::<f64>() / turnover;
        let squares: f64 = events
            .iter()
            .map(|[profit, stake]| (profit - found * stake).powi(2))
            .sum();
        let error = (count / (count - 1.0) * squares).sqrt() / turnover;
        // bets that all return the same differ by rounding alone
        if !error.is_finite() || error <= 1e-12 * found.abs() {
            return None;
        }
        let needed = (n * ((LEVEL + POWER) * error / found).powi(2)).ceil();
        Some(Self {
            n: bets.len() as u64,
            level: 0.95,
            power: 0.8,
            std_dev: error * n.sqrt(),
            smallest_yield: (LEVEL + POWER) * error,
            r#yield: found,
            bets_needed: (found > 0.0 && needed < 1e15).then_some(needed as u64),
            power_at_yield: normal(found / error - LEVEL),
        })
    }
}

/// The profit and the stake of each event; bets that name none stand alone.
fn by_event(bets: &[&TrackedBet]) -> Vec<[f64; 2]> {
    let mut places = BTreeMap::new();
    let mut sums: Vec<[f64; 2]> = Vec::with_capacity(bets.len());
    for bet in bets {
        let next = sums.len();
        let event = event_of(bet);
        let place = event.map_or(next, |event| *places.entry(event).or_insert(next));
        if place == next {
            sums.push([0.0; 2]);
        }
        sums[place][0] += bet.profit;
        sums[place][1] += bet.stake;
    }
    sums
}

/// P(Z < z).
fn normal(z: f64) -> f64 {
    use statrs::distribution::{ContinuousCDF as _, Normal};
    Normal::standard().cdf(z)
}
