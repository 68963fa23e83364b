//! Removing the bookmaker's margin: from odds to probabilities that sum to 1.

use serde::{Deserialize, Serialize};

/// How the margin is thought to be spread over the outcomes of a market.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum MarginMethod {
    /// In proportion to the probabilities.
    #[default]
    Multiplicative,
    /// As a power of the probabilities: outsiders carry more of it.
    Power,
    /// Against insiders, after Shin: outsiders carry more of it.
    Shin,
    /// As one odds ratio for all outcomes.
    OddsRatio,
    /// The same amount on every outcome.
    Additive,
}

/// The probabilities behind decimal odds for every outcome of one market, in order.
///
/// # Formula
/// ```text
/// q = 1/o, S = Σq, n outcomes
/// multiplicative  p = q / S
/// additive        p = q − (S − 1)/n
/// power           p = q^e                                                   e from Σp = 1
/// odds ratio      p = q / (c + q − c·q)                                     c from Σp = 1
/// Shin            p = (√(z² + 4(1 − z)·q²/S) − z) / (2(1 − z))              z from Σp = 1
/// ```
/// Shin (1993), Economic Journal 103; Štrumbelj (2014), International Journal of Forecasting 30; Cheung
/// (2015) for the odds ratio. On a fair book all return 1/o.
///
/// # Errors
/// When there are fewer than two outcomes, odds are not finite or not above 1, or the method gives
/// something that is no probability.
///
/// ```
/// use simbet::predict::margin::{MarginMethod, fair};
/// let p = fair(&[4.20, 3.70, 1.95], MarginMethod::Shin).unwrap();
/// assert!((p[0] - 0.231571959).abs() < 1e-9);
/// ```
pub fn fair(odds: &[f64], method: MarginMethod) -> Result<Vec<f64>, MarginError> {
    let mut fair = odds.to_vec();
    free(&mut fair, method).map(|()| fair)
}

/// The same for a number of outcomes that is known beforehand.
///
/// # Errors
/// As for [`fair`].
pub fn fair_of<const N: usize>(mut odds: [f64; N], method: MarginMethod) -> Result<[f64; N], MarginError> {
    free(&mut odds, method).map(|()| odds)
}

/// Replaces odds by the probabilities behind them.
fn free(odds: &mut [f64], method: MarginMethod) -> Result<(), MarginError> {
    if odds.len() < 2 {
        return Err(MarginError::TooFew(odds.len()));
    }
    if let Some(&odds) = odds.iter().find(|odds| !(odds.is_finite() && **odds > 1.0)) {
        return Err(MarginError::Odds(odds));
    }
    odds.iter_mut().for_each(|odds| *odds = 1.0 / *odds);
    let (sum, count) = (odds.iter().sum::<f64>(), odds.len() as f64);
    let implied = &mut *odds;
    match method {
        MarginMethod::Multiplicative => implied.iter_mut().for_each(|q| *q /= sum),
        MarginMethod::Additive => implied.iter_mut().for_each(|q| *q -= (sum - 1.0) / count),
        MarginMethod::Power => implied.copy_from_slice(&solved(implied, (0.0, 64.0), 1.0, power)),
        MarginMethod::OddsRatio => implied.copy_from_slice(&solved(implied, (-64.0, 64.0), 0.0, odds_ratio)),
        MarginMethod::Shin => {
            implied.copy_from_slice(&solved(implied, (-4.0, 1.0 - 1e-9), 0.0, |q, z| shin(q, z, sum)));
        }
    }
    match odds.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        Some(&p) => Err(MarginError::NotAProbability(p)),
        None => Ok(()),
    }
}

/// q^e, and how it moves with e.
fn power(q: f64, e: f64) -> [f64; 2] {
    let p = q.powf(e);
    [p, p * q.ln()]
}

/// The probability whose odds are e^−x times those of `q`, and how it moves with x.
fn odds_ratio(q: f64, x: f64) -> [f64; 2] {
    let p = q / (q + x.exp() * (1.0 - q));
    [p, -p * (1.0 - p)]
}

/// Shin's probability at the share `z` of insiders, and how it moves with z.
fn shin(q: f64, z: f64, sum: f64) -> [f64; 2] {
    let t = q * q / sum;
    let root = (z * z + 4.0 * (1.0 - z) * t).sqrt();
    let rest = 1.0 - z;
    let p = (root - z) / (2.0 * rest);
    [p, (((z - 2.0 * t) / root - 1.0) * rest + root - z) / (2.0 * rest * rest)]
}

/// The probabilities at the parameter for which they sum to 1; they must fall as it grows. Newton's
/// method, kept inside a bracket that shrinks.
fn solved(implied: &[f64], bracket: (f64, f64), start: f64, part: impl Fn(f64, f64) -> [f64; 2]) -> Vec<f64> {
    let (mut low, mut high) = bracket;
    let mut x = start;
    for _ in 0..100 {
        let [excess, slope] =
            implied.iter().map(|&q| part(q, x)).fold([-1.0, 0.0], |[sum, slope], [p, d]| [sum + p, slope + d]);
        if excess > 0.0 {
            low = x
        } else {
            high = x
        }
        let next = x - excess / slope;
        let next = if next > low && next < high { next } else { 0.5 * (low + high) };
        // a step below one part in 10^15 is rounding
        if excess == 0.0 || (next - x).abs() <= 1e-15 * x.abs().max(1e-2) {
            break;
        }
        x = next;
    }
    implied.iter().map(|&q| part(q, x)[0]).collect()
}

/// Odds that have no fair probabilities.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MarginError {
    /// A market has at least two outcomes.
    #[error("a market has at least two outcomes, not {0}")]
    TooFew(usize),
    /// A price that is no decimal odds.
    #[error("decimal odds must be finite and above 1, not {0}")]
    Odds(f64),
    /// The method gives something that is no probability, as the additive one does for outsiders.
    #[error("this method makes the probability of an outcome {0}; the multiplicative one works on any odds")]
    NotAProbability(f64),
}
