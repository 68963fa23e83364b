//! Corrections of the best setting's result for the choice among many.

use rand::SeedableRng as _;
use serde::Serialize;

use super::SweepConfig;
use super::rank::Ranked;
use crate::significance::{
    Overfitting, RealityCheck, ReturnMoments, SuperiorAbility, data_snooping_tests,
    deflated_sharpe, expected_best_sharpe, kurtosis, probability_of_overfitting, skewness,
};

/// The corrections for having looked at many settings. Returns are per match day and nothing is annualised.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DataSnooping {
    /// Settings whose returns were not always the same: each counts as a trial, however alike it is to others.
    pub trials: u64,
    /// Match days.
    pub days: u64,
    /// Sharpe ratio of the setting ranked first.
    pub sharpe: Option<f64>,
    /// Variance of the Sharpe ratios of all trials.
    pub sharpe_variance: Option<f64>,
    /// The best Sharpe ratio to be expected of so many trials without skill.
    pub expected_best_sharpe: Option<f64>,
    /// The probability that the first setting's true Sharpe ratio is above that of the luckiest trial without skill.
    pub deflated_sharpe: Option<f64>,
    /// White's reality check against not betting.
    pub reality_check: Option<RealityCheck>,
    /// Hansen's test of superior predictive ability against not betting.
    pub spa: Option<SuperiorAbility>,
    /// The probability of backtest overfitting, by Sharpe ratio.
    pub overfitting: Option<Overfitting>,
    /// Match days on which the best setting won or lost money.
    pub best_days: u64,
}

impl DataSnooping {
    /// The corrections for ranked settings (best first) and the returns of each in the order of the grid.
    pub(super) fn of(config: &SweepConfig, ranked: &[Ranked], returns: Vec<Vec<f64>>) -> Self {
        let days = returns.first().map_or(0, Vec::len) as u64;
        let best = ranked.first().filter(|best| best.sharpe.is_some());
        let record = best.and_then(|best| record(best, &returns[best.place]));
        let best_days = ranked
            .first()
            .map_or(0, |best| active_days(&returns[best.place]));
        let sharpes: Vec<f64> = ranked.iter().filter_map(|ranked| ranked.sharpe).collect();
        let trials = sharpes.len() as u64;
        let variance = variance(&sharpes);
        let mut returns = returns;
        returns.retain(|row| row.iter().any(|value| *value != 0.0));
        let mut random = chacha20::ChaCha8Rng::seed_from_u64(config.seed);
        let (reality_check, spa) =
            data_snooping_tests(&returns, config.resampling, &mut random).unzip();
        Self {
            trials,
            days,
            sharpe: best.and_then(|best| best.sharpe),
            sharpe_variance: variance,
            expected_best_sharpe: variance
                .and_then(|variance| expected_best_sharpe(trials, variance)),
            deflated_sharpe: record
                .zip(variance)
                .and_then(|(record, variance)| deflated_sharpe(&record, days, trials, variance)),
            reality_check,
            spa,
            overfitting: probability_of_overfitting(&returns, config.parts),
            best_days,
        }
    }
}

fn active_days(returns: &[f64]) -> u64 {
    returns.iter().filter(|value| **value != 0.0).count() as u64
}

fn record(best: &Ranked, returns: &[f64]) -> Option<ReturnMoments> {
    Some(ReturnMoments {
        sharpe: best.sharpe?,
        skewness: skewness(returns)?,
        kurtosis: kurtosis(returns)?,
    })
}

/// The variance with divisor n − 1; 0 for a single trial, which needs no correction.
fn variance(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    match values.len() {
        0 => None,
        1 => Some(0.0),
        _ => Some(
            values
                .iter()
                .map(|value| (value - mean).powi(2))
                .sum::<f64>()
                / (n - 1.0),
        ),
    }
}
