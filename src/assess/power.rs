//! What a record of this length can show at all.

use serde::Serialize;

use crate::significance::mean_test;
use crate::source::TrackedBet;

/// The quantile of the normal distribution at 95 %: the tests are one-sided at 5 %.
const LEVEL: f64 = 1.644_853_626_951_472_2;
/// The same at 80 %.
const POWER: f64 = 0.841_621_233_572_914_3;

/// The power of a one-sided test of the mean return of a bet at 5 %.
///
/// # Formula
/// ```text
/// smallest = (z₀.₉₅ + z₀.₈₀)·s/√n,   bets = ⌈((z₀.₉₅ + z₀.₈₀)·s / mean)²⌉
/// ```
/// with s the standard deviation of the returns of this record.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Power {
    /// Bets.
    pub n: u64,
    /// The level of the test.
    pub level: f64,
    /// The chance of a significant result.
    pub power: f64,
    /// The standard deviation of the return of a bet.
    pub std_dev: f64,
    /// The smallest true mean return that such a record would show with that chance.
    pub smallest_yield: f64,
    /// The mean return of this record.
    pub mean_return: f64,
    /// Bets that it takes to show, with that chance, a true mean return as high as the record's; `None` where that is not
    /// above 0.
    pub bets_needed: Option<u64>,
    /// The chance that a record of this length is significant if the true mean return is the record's.
    pub power_at_mean: f64,
}

impl Power {
    /// `None` where the returns have no spread.
    pub(super) fn of(bets: &[&TrackedBet]) -> Option<Self> {
        let returns: Vec<f64> = bets.iter().map(|bet| bet.profit / bet.stake).collect();
        let test = mean_test(&returns)?;
        let n = test.n as f64;
        let std_dev = test.std_error * n.sqrt();
        let needed = ((LEVEL + POWER) * std_dev / test.mean).powi(2).ceil();
        Some(Self {
            n: test.n,
            level: 0.95,
            power: 0.8,
            std_dev,
            smallest_yield: (LEVEL + POWER) * test.std_error,
            mean_return: test.mean,
            bets_needed: (test.mean > 0.0 && needed < 1e15).then_some(needed as u64),
            power_at_mean: normal(test.t - LEVEL),
        })
    }
}

/// P(Z < z).
fn normal(z: f64) -> f64 {
    use statrs::distribution::{ContinuousCDF as _, Normal};
    Normal::standard().cdf(z)
}
