//! The log-linear pool: several forecasts of home win, draw and away win made into one.

use serde::{Deserialize, Serialize};

use super::scoring::result;
use crate::domain::Score;
use crate::predict::Cholesky;

/// A probability below this counts as this: the logarithm of 0 would rule out a result whatever the others forecast.
const LEAST: f64 = 1e-12;
/// The mean gradient of a match at which a fit has converged.
const TOLERANCE: f64 = 1e-10;
/// The most steps of a fit.
const MOST_STEPS: u32 = 100;
/// A weight above this means that the matches do not bound it.
const MOST_WEIGHT: f64 = 1e3;

/// The weights of a log-linear pool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PoolWeights {
    /// Matches that they were fitted to; 0 for equal weights that were fitted to none.
    pub n: u64,
    /// The weight of each forecaster, at least 0. They need not sum to 1: a sum above 1 makes the pool bolder than its
    /// forecasters, one below 1 more timid.
    pub weights: Vec<f64>,
    /// The standard error of each, with matches of one day allowed to depend on each other; `None` of a weight at its bound
    /// of 0, and where it is not determined.
    pub std_errors: Vec<Option<f64>>,
}

impl PoolWeights {
    /// The same weight for each of so many forecasters: the geometric mean of their forecasts.
    pub fn equal(forecasters: usize) -> Self {
        Self {
            n: 0,
            weights: vec![1.0 / forecasters as f64; forecasters],
            std_errors: vec![None; forecasters],
        }
    }

    /// The pool of forecasts, one for each weight.
    ///
    /// # Formula
    /// ```text
    /// p(j) = Πᵢ pᵢ(j)^aᵢ / Σ_k Πᵢ pᵢ(k)^aᵢ
    /// ```
    /// Genest & Zidek (1986), Statistical Science 1(1).
    ///
    /// ```
    /// use simbet::internals::significance::PoolWeights;
    /// let pooled = PoolWeights::equal(2).pool(&[[0.64, 0.2, 0.16], [0.36, 0.2, 0.44]]);
    /// // √(.64·.36) = .48, .2 and √(.16·.44) = .26533, over their sum
    /// assert!((pooled[0] - 0.48 / 0.945330).abs() < 1e-6);
    /// ```
    pub fn pool(&self, forecasts: &[[f64; 3]]) -> [f64; 3] {
        let logs = forecasts.iter().flat_map(|forecast| forecast.map(log));
        probabilities(&self.weights, &logs.collect::<Vec<f64>>())
    }
}

/// The forecasts of matches by several forecasters and their results, to which the weights of a pool are fitted.
///
/// ```
/// use simbet::Score;
/// use simbet::internals::significance::PooledMatches;
/// let mut matches = PooledMatches::new(1);
/// for (day, home, away) in [(1, 1, 0), (2, 2, 0), (3, 0, 0), (4, 0, 1)] {
///     matches.push(day, &[[0.4, 0.3, 0.3]], Score { home, away });
/// }
/// // the forecaster is too timid: half of the matches were home wins. (4/3)^a = 2 makes them half as well.
/// let fit = matches.fit(4).unwrap();
/// assert!((fit.weights[0] - 2_f64.ln() / (4.0_f64 / 3.0).ln()).abs() < 1e-9);
/// ```
#[derive(Debug, Clone, Default)]
pub struct PooledMatches {
    forecasters: usize,
    /// Three logarithms of probabilities for each forecaster of each match.
    logs: Vec<f64>,
    results: Vec<usize>,
    days: Vec<i64>,
}

/// The log likelihood of weights with its derivatives.
struct Likelihood {
    value: f64,
    gradient: Vec<f64>,
    /// The negated Hessian, row-major.
    information: Vec<f64>,
}

impl PooledMatches {
    /// No matches yet, of so many forecasters.
    pub fn new(forecasters: usize) -> Self {
        Self {
            forecasters,
            ..Self::default()
        }
    }

    /// How many matches there are.
    pub fn len(&self) -> usize {
        self.results.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.results.is_empty()
    }

    /// Adds a match with a forecast of each forecaster, and its score. Matches come in the order of their days.
    pub fn push(&mut self, day: i64, forecasts: &[[f64; 3]], score: Score) {
        debug_assert_eq!(forecasts.len(), self.forecasters);
        self.logs
            .extend(forecasts.iter().flat_map(|forecast| forecast.map(log)));
        self.results.push(result(score));
        self.days.push(day);
    }

    /// The weights, each at least 0, under which the first `n` matches are likeliest. The search begins with equal weights, so
    /// that forecasters who always agree have the same.
    ///
    /// `None` of no match, and where the matches do not bound the weights.
    ///
    /// # Formula
    /// ```text
    /// max Σ_t [ Σᵢ aᵢ ln pᵢ(y_t) − ln Σ_j Πᵢ pᵢ(j)^aᵢ ],  a ≥ 0
    /// V = D/(D − 1) · H⁻¹ (Σ_days g_d g_dᵀ) H⁻¹ over the weights above 0
    /// ```
    /// Projected Newton steps: Bertsekas (1982), SIAM Journal on Control and Optimization 20(2).
    pub fn fit(&self, n: usize) -> Option<PoolWeights> {
        let n = n.min(self.len());
        if n == 0 || self.forecasters == 0 {
            return None;
        }
        let mut weights = PoolWeights::equal(self.forecasters).weights;
        let mut at = self.likelihood(&weights, n);
        for _ in 0..MOST_STEPS {
            let free = free(&weights, &at.gradient);
            let is_steep = |&i: &usize| at.gradient[i].abs() > TOLERANCE * n as f64;
            if !free.iter().any(is_steep) {
                let std_errors = self.std_errors(&weights, &at, n);
                let n = n as u64;
                return Some(PoolWeights {
                    n,
                    weights,
                    std_errors,
                });
            }
            (weights, at) = self.step(&weights, &at, &free, n)?;
            if weights.iter().any(|weight| *weight > MOST_WEIGHT) {
                return None;
            }
        }
        None
    }

    /// A step to weights of a higher likelihood; `None` where there are none.
    fn step(
        &self,
        weights: &[f64],
        at: &Likelihood,
        free: &[usize],
        n: usize,
    ) -> Option<(Vec<f64>, Likelihood)> {
        let direction = newton(at, free, self.forecasters)?;
        let mut length = 1.0;
        // rounding alone may take the likelihood of the best weights a little down
        let least = at.value - 1e-12 * at.value.abs();
        while length > 1e-10 {
            let trial: Vec<f64> = weights
                .iter()
                .zip(&direction)
                .map(|(weight, step)| (weight + length * step).max(0.0))
                .collect();
            let there = self.likelihood(&trial, n);
            if there.value >= least {
                return Some((trial, there));
            }
            length /= 2.0;
        }
        None
    }

    fn likelihood(&self, weights: &[f64], n: usize) -> Likelihood {
        let k = self.forecasters;
        let mut sums = Likelihood {
            value: 0.0,
            gradient: vec![0.0; k],
            information: vec![0.0; k * k],
        };
        let mut means = vec![0.0; k];
        for (logs, result) in self.logs.chunks_exact(3 * k).zip(&self.results).take(n) {
            let p = probabilities(weights, logs);
            sums.value += p[*result].max(f64::MIN_POSITIVE).ln();
            for (i, mean) in means.iter_mut().enumerate() {
                let own = &logs[3 * i..][..3];
                *mean = p[0] * own[0] + p[1] * own[1] + p[2] * own[2];
                sums.gradient[i] += own[*result] - *mean;
            }
            for i in 0..k {
                for j in 0..=i {
                    let of = |o: usize| {
                        p[o] * (logs[3 * i + o] - means[i]) * (logs[3 * j + o] - means[j])
                    };
                    sums.information[i * k + j] += of(0) + of(1) + of(2);
                }
            }
        }
        sums
    }

    /// The standard errors of the weights above 0, those at 0 held there.
    fn std_errors(&self, weights: &[f64], at: &Likelihood, n: usize) -> Vec<Option<f64>> {
        let k = self.forecasters;
        let inside: Vec<usize> = (0..k).filter(|&i| weights[i] > 0.0).collect();
        let mut errors = vec![None; k];
        let mut factor = Cholesky::default();
        if !factor.factor(&part(&at.information, &inside, k), inside.len(), 0.0) {
            return errors;
        }
        let days = self.gradients_of_days(weights, &inside, n);
        let count = days.len() as f64;
        if count < 2.0 {
            return errors;
        }
        let mut variances = vec![0.0; inside.len()];
        for mut gradient in days {
            factor.solve(&mut gradient);
            for (variance, change) in variances.iter_mut().zip(gradient) {
                *variance += change * change;
            }
        }
        for (&i, variance) in inside.iter().zip(variances) {
            errors[i] = Some((variance * count / (count - 1.0)).sqrt());
        }
        errors
    }

    /// The sum over each day of the gradient of its matches, in these weights.
    fn gradients_of_days(&self, weights: &[f64], inside: &[usize], n: usize) -> Vec<Vec<f64>> {
        let k = self.forecasters;
        let mut days: Vec<Vec<f64>> = Vec::new();
        for t in 0..n {
            if t == 0 || self.days[t] != self.days[t - 1] {
                days.push(vec![0.0; inside.len()]);
            }
            let logs = &self.logs[3 * k * t..][..3 * k];
            let p = probabilities(weights, logs);
            if let Some(day) = days.last_mut() {
                for (sum, &i) in day.iter_mut().zip(inside) {
                    let own = &logs[3 * i..][..3];
                    let mean = p[0] * own[0] + p[1] * own[1] + p[2] * own[2];
                    *sum += own[self.results[t]] - mean;
                }
            }
        }
        days
    }
}

fn log(probability: f64) -> f64 {
    probability.max(LEAST).ln()
}

/// The pooled probabilities; `logs` has three of each forecaster.
fn probabilities(weights: &[f64], logs: &[f64]) -> [f64; 3] {
    let mut sums = [0.0; 3];
    for (weight, own) in weights.iter().zip(logs.chunks_exact(3)) {
        for (sum, log) in sums.iter_mut().zip(own) {
            *sum += weight * log;
        }
    }
    // the largest becomes 1, so that no power is lost to 0
    let most = sums[0].max(sums[1]).max(sums[2]);
    let powers = sums.map(|sum| (sum - most).exp());
    let whole = powers[0] + powers[1] + powers[2];
    powers.map(|power| power / whole)
}

/// The weights that may move: those above 0, and those at 0 that would rise.
fn free(weights: &[f64], gradient: &[f64]) -> Vec<usize> {
    (0..weights.len())
        .filter(|&i| weights[i] > 0.0 || gradient[i] > 0.0)
        .collect()
}

/// The rows and columns of a matrix that are named, row-major.
fn part(matrix: &[f64], named: &[usize], order: usize) -> Vec<f64> {
    let rows = named.iter();
    rows.flat_map(|&i| {
        named
            .iter()
            .map(move |&j| matrix[i.max(j) * order + i.min(j)])
    })
    .collect()
}

/// Newton's direction in the free weights, 0 in the others. Forecasters that always agree leave a direction in which nothing
/// changes: a little on the diagonal keeps their weights equal.
fn newton(at: &Likelihood, free: &[usize], order: usize) -> Option<Vec<f64>> {
    let information = part(&at.information, free, order);
    let largest = free
        .iter()
        .map(|&i| at.information[i * order + i])
        .fold(0.0, f64::max);
    let mut factor = Cholesky::default();
    let shifts = [0.0, 1e-10, 1e-8, 1e-6, 1e-4].map(|share| share * largest);
    shifts
        .into_iter()
        .find(|&shift| factor.factor(&information, free.len(), shift))?;
    let mut step: Vec<f64> = free.iter().map(|&i| at.gradient[i]).collect();
    factor.solve(&mut step);
    let mut direction = vec![0.0; order];
    for (&i, change) in free.iter().zip(step) {
        direction[i] = change;
    }
    Some(direction)
}
