//! Corrections of the best setting's result for the choice among many.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};

use rand::SeedableRng as _;
use serde::Serialize;

use super::SweepConfig;
use super::rank::Ranked;
use super::tried::{Sample, Tried};
use crate::significance::{
    Overfitting, RealityCheck, ReturnMoments, SuperiorAbility, data_snooping_tests,
    deflated_sharpe, expected_best_sharpe, kurtosis, probability_of_overfitting, skewness,
};

/// The fewest match days that are resampled.
pub(super) const MIN_DAYS: u64 = 30;

/// The corrections for having looked at many settings. Returns are per match day and nothing is annualised.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DataSnooping {
    /// Settings whose returns were not always the same: each counts as a trial, however alike it is to others; those with
    /// the same return on every day count as one.
    pub trials: u64,
    /// Match days.
    pub days: u64,
    /// Of many settings how many were drawn for the tests below and for the probability of overfitting; `None` where these
    /// look at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample: Option<u64>,
    /// Sharpe ratio of the setting ranked first.
    pub sharpe: Option<f64>,
    /// Variance of the Sharpe ratios of all trials.
    pub sharpe_variance: Option<f64>,
    /// The best Sharpe ratio to be expected of so many trials without skill.
    pub expected_best_sharpe: Option<f64>,
    /// The probability that the first setting's true Sharpe ratio is above that of the luckiest trial without skill.
    pub deflated_sharpe: Option<f64>,
    /// White's reality check against not betting; `None` below 30 match days, of which resamples are too much alike.
    pub reality_check: Option<RealityCheck>,
    /// Hansen's test of superior predictive ability against not betting; `None` likewise.
    pub spa: Option<SuperiorAbility>,
    /// The probability of backtest overfitting, by Sharpe ratio.
    pub overfitting: Option<Overfitting>,
    /// Match days on which the best setting won or lost money.
    pub best_days: u64,
    /// Mean length of the blocks of match days that were resampled.
    pub block_length: f64,
}

impl DataSnooping {
    /// The settings, the best first, and the corrections for the returns of the first and of those in the sample; without those that
    /// take long once `stop` is raised.
    pub(super) fn of(
        config: &SweepConfig,
        mut tried: Vec<Tried>,
        (of_first, days): (&[f64], u64),
        sample: &Sample,
        stop: &AtomicBool,
    ) -> (Self, Vec<Ranked>) {
        tried.sort_unstable_by_key(|tried| tried.ranked.place);
        let distinct = distinct(&tried);
        let mut returns = Vec::new();
        for (is_first, one) in distinct.iter().zip(&mut tried) {
            let row = one.returns.take();
            returns.extend(row.filter(|row| *is_first && row.iter().any(|value| *value != 0.0)));
        }
        // the list is reused for this one, if the library does as it does now: of millions of settings two are too large
        let mut ranked: Vec<Ranked> = tried.into_iter().map(|tried| tried.ranked).collect();
        ranked.sort_unstable_by(|one, other| config.rank_by.order(one, other));
        let best = ranked.first().filter(|best| best.sharpe.is_some());
        let record = best.and_then(|best| record(best, of_first));
        let tried = ranked.iter().filter(|one| distinct[one.place]);
        let sharpes: Vec<f64> = tried.filter_map(|ranked| ranked.sharpe).collect();
        let trials = sharpes.len() as u64;
        let variance = variance(&sharpes);
        let resampling = config.resampling(days);
        let mut random = chacha20::ChaCha8Rng::seed_from_u64(config.seed);
        let tests = (days >= MIN_DAYS)
            .then(|| data_snooping_tests(&returns, resampling, &mut random, stop))
            .flatten();
        let (reality_check, spa) = tests.unzip();
        let snooping = Self {
            trials,
            days,
            sample: sample.size(),
            sharpe: best.and_then(|best| best.sharpe),
            sharpe_variance: variance,
            expected_best_sharpe: variance
                .and_then(|variance| expected_best_sharpe(trials, variance)),
            deflated_sharpe: record
                .zip(variance)
                .and_then(|(record, variance)| deflated_sharpe(&record, days, trials, variance)),
            reality_check,
            spa,
            overfitting: (!stop.load(Ordering::Relaxed))
                .then(|| probability_of_overfitting(&returns, config.parts))
                .flatten(),
            best_days: active_days(of_first),
            block_length: resampling.mean_length,
        };
        (snooping, ranked)
    }
}

/// Of which settings the returns are not those of an earlier one: the others make the same bets, and are no other try.
fn distinct(tried: &[Tried]) -> Vec<bool> {
    let mut seen = HashSet::with_capacity(tried.len());
    tried
        .iter()
        .map(|tried| seen.insert(tried.fingerprint))
        .collect()
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
