//! The Diebold-Mariano test: whether one forecaster scored better than another by more than chance.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{moments::Moments, tails};

/// The difference of two forecasters' scores against zero, in the unit of the score.
///
/// ```
/// use simbet::diebold_mariano;
/// let test = diebold_mariano(&[0.1, -0.2, 0.3, 0.2, -0.1], 0).unwrap();
/// assert_eq!(test.n, 5);
/// assert!((test.difference - 0.06).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ScoreTest {
    /// Forecasts.
    pub n: u64,
    /// Mean difference, first less second: below zero when the first scored better, as lower scores do.
    pub difference: f64,
    /// Its standard error.
    pub std_error: f64,
    /// Difference / standard error.
    pub statistic: f64,
    /// The chance of a difference at least as far from zero if there were none: two-sided.
    pub p: f64,
}

impl ScoreTest {
    /// `None` unless the variance is positive and all is finite.
    fn new(n: usize, difference: f64, variance: f64, freedom: f64) -> Option<Self> {
        let std_error = variance.sqrt();
        let statistic = difference / std_error;
        // with an infinite error the statistic would be 0, as if there were no difference
        if !(std_error > 0.0 && std_error.is_finite() && statistic.is_finite()) {
            return None;
        }
        let p = (2.0 * tails::student(statistic.abs(), freedom)?).min(1.0);
        Some(Self {
            n: n as u64,
            difference,
            std_error,
            statistic,
            p,
        })
    }
}

/// The Diebold-Mariano test of the differences of two forecasters' scores on the same events in time order, with the
/// small-sample correction of Harvey, Leybourne and Newbold.
///
/// `lags` is how many neighbours a difference may depend on: h − 1 for forecasts h steps ahead, 0 for matches
/// forecast at kick-off. `None` below two differences, when all are equal, when one is not finite (a log loss may be
/// infinite), unless `lags` is below their number, or when the estimated variance is not positive, which lags can
/// bring about.
///
/// # Formula
/// ```text
/// V = (γ₀ + 2·Σ_{k≤h−1} γₖ)/n,   γₖ = Σ_{t>k} (dₜ − d̄)(dₜ₋ₖ − d̄)/n
/// DM = d̄/√V · √((n + 1 − 2h + h(h − 1)/n)/n),   p = 2·P(T > |DM|) with n − 1 degrees of freedom
/// ```
/// Diebold & Mariano (1995), Journal of Business & Economic Statistics 13(3); Harvey, Leybourne & Newbold (1997),
/// International Journal of Forecasting 13(2), equations 6 and 8.
///
/// ```
/// use simbet::diebold_mariano;
/// let test = diebold_mariano(&[0.1, -0.2, 0.3, 0.2, -0.1], 0).unwrap();
/// assert!((test.statistic - 0.646996639).abs() < 1e-9);
/// ```
pub fn diebold_mariano(differences: &[f64], lags: usize) -> Option<ScoreTest> {
    let moments = Moments::of(differences)?;
    if lags >= differences.len() {
        return None;
    }
    let (n, h) = (moments.n, lags as f64 + 1.0);
    let beyond: f64 = (1..=lags)
        .map(|lag| products(differences, moments.mean, lag))
        .sum();
    let variance = (moments.squares + 2.0 * beyond) / (n * n);
    let correction = (n + 1.0 - 2.0 * h + h * (h - 1.0) / n) / n;
    ScoreTest::new(
        differences.len(),
        moments.mean,
        variance / correction,
        n - 1.0,
    )
}

/// Σ (dₜ − d̄)(dₜ₋ₖ − d̄) for lag k.
fn products(differences: &[f64], mean: f64, lag: usize) -> f64 {
    differences
        .iter()
        .zip(&differences[lag..])
        .map(|(a, b)| (a - mean) * (b - mean))
        .sum()
}

/// [`diebold_mariano`] with differences of one day allowed to depend on each other: each is given with its day.
///
/// The order of the differences matters only to rounding. `None` with fewer than two days, when all differences are
/// equal, when one is not finite, or when the sums of the days have no variance.
///
/// # Formula
/// ```text
/// V = D/(D − 1) · Σ_days (Σ_{t in day} (dₜ − d̄))² / n²,   p = 2·P(T > |d̄/√V|) with D − 1 degrees of freedom
/// ```
/// Clustered variance of a mean: Cameron & Miller (2015), Journal of Human Resources 50(2). With one forecast a day
/// it is [`diebold_mariano`] without lags.
///
/// ```
/// use simbet::internals::significance::diebold_mariano_by_day;
/// let test = diebold_mariano_by_day(&[(1, 0.1), (1, -0.2), (2, 0.3), (2, 0.2), (3, -0.1)]).unwrap();
/// assert!((test.difference - 0.06).abs() < 1e-15);
/// assert!((test.std_error - 0.114472704).abs() < 1e-9);
/// ```
pub fn diebold_mariano_by_day(differences: &[(i64, f64)]) -> Option<ScoreTest> {
    let values: Vec<f64> = differences
        .iter()
        .map(|&(_, difference)| difference)
        .collect();
    let moments = Moments::of(&values)?;
    let mut days: BTreeMap<i64, f64> = BTreeMap::new();
    for &(day, difference) in differences {
        *days.entry(day).or_default() += difference - moments.mean;
    }
    let freedom = days.len() as f64 - 1.0;
    let squares: f64 = days.values().map(|sum| sum * sum).sum();
    let variance = squares * days.len() as f64 / freedom / (moments.n * moments.n);
    // when the differences of each day cancel, the squares hold nothing but rounding errors
    if squares <= f64::EPSILON * moments.squares {
        return None;
    }
    ScoreTest::new(values.len(), moments.mean, variance, freedom)
}

/// P-values corrected for their number, so that the chance of one that is small by chance alone stays what it says.
///
/// # Formula
/// ```text
/// p̃₍ᵢ₎ = max_{j ≤ i} min((m − j + 1)·p₍ⱼ₎, 1)   with p₍₁₎ ≤ … ≤ p₍ₘ₎
/// ```
/// Holm (1979), Scandinavian Journal of Statistics 6(2).
///
/// ```
/// use simbet::internals::significance::holm;
/// assert_eq!(holm(&[0.5, 0.01, 0.02]), [0.5, 0.03, 0.04]);
/// ```
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    let mut corrected = vec![0.0; p.len()];
    let mut least = 0.0_f64;
    for (place, at) in order.into_iter().enumerate() {
        let times = (p.len() - place) as f64;
        least = least.max((times * p[at]).min(1.0));
        corrected[at] = least;
    }
    corrected
}
