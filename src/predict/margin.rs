//! Removing and adding the bookmaker's margin: from odds to probabilities that sum to 1, and back.

use serde::{Deserialize, Serialize};

use super::root::root;

mod power;

/// The assumption on how the margin is distributed over the outcomes of a market.
///
/// # Where the default comes from
/// Log loss of home, draw and away by average prices before the match, less that of the multiplicative method: power −.00086 ± .00009 over 150,465 matches of
/// football-data.co.uk, −.00067 ± .00008 at Bet365 and −.00026 ± .00006 at Pinnacle's close. On the Premier League of
/// 2018-19 to 2022-23 (1,900 matches, Pinnacle's close): multiplicative .95175, additive .95187, power .95173, odds ratio
/// .95164, Shin .95179, Goto .95199.
///
/// ```
/// use simbet::{MarginMethod, Settings};
/// let settings = Settings::from_toml("margin_method = 'odds-ratio'").unwrap();
/// assert_eq!(settings.margin_method, Some(MarginMethod::OddsRatio));
/// assert_eq!(MarginMethod::default(), MarginMethod::Power);
/// ```
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum MarginMethod {
    /// In proportion to the probabilities.
    Multiplicative,
    /// As a power of the probabilities: outsiders carry more of it.
    #[default]
    Power,
    /// Against insiders, after Shin: outsiders carry more of it.
    Shin,
    /// As one odds ratio for all outcomes.
    OddsRatio,
    /// The same amount on every outcome.
    Additive,
    /// In proportion to the standard error of each price, after Goto: outsiders carry more of it.
    Goto,
}

/// The fair probabilities of decimal odds: one for each outcome of a market, in order.
///
/// # Formula
/// ```text
/// q = 1/o, S = Σq, n outcomes
/// multiplicative  p = q / S
/// additive        p = q − (S − 1)/n
/// power           p = q^e                                                   e from Σp = 1
/// odds ratio      p = q / (c + q − c·q)                                     c from Σp = 1
/// Shin            p = (√(z² + 4(1 − z)·q²/S) − z) / (2(1 − z))              z from Σp = 1
/// Goto            p = q − (S − 1)·√(1 − q) / Σ√(1 − q)
/// ```
/// Shin (1993), Economic Journal 103; Štrumbelj (2014), International Journal of Forecasting 30; Cheung
/// (2015) for the odds ratio; Goto's `goto_conversion` (2023). Without a margin all methods return 1/o.
///
/// # Errors
/// When there are fewer than two outcomes, odds are not finite or not above 1, or the method gives a number that is not a
/// probability.
///
/// ```
/// use simbet::MarginMethod;
/// use simbet::internals::predict::margin::fair;
/// let p = fair(&[4.20, 3.70, 1.95], MarginMethod::Shin).unwrap();
/// assert!((p[0] - 0.231571959).abs() < 1e-9);
/// ```
pub fn fair(odds: &[f64], method: MarginMethod) -> Result<Vec<f64>, MarginError> {
    let mut fair = odds.to_vec();
    remove(&mut fair, method).map(|()| fair)
}

/// [`fair`] for a number of outcomes that is known at compile time.
///
/// # Errors
/// As for [`fair`].
pub fn fair_of<const N: usize>(
    mut odds: [f64; N],
    method: MarginMethod,
) -> Result<[f64; N], MarginError> {
    remove(&mut odds, method).map(|()| odds)
}

/// Replaces odds by the probabilities behind them, with the errors of [`fair`].
// where the number of outcomes is known, the loops over them are unrolled
#[inline]
fn remove(odds: &mut [f64], method: MarginMethod) -> Result<(), MarginError> {
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
        MarginMethod::Power => power::raise(implied, 1.0, (0.0, 64.0)),
        MarginMethod::OddsRatio => {
            implied.copy_from_slice(&solve(implied, (-64.0, 64.0), 0.0, odds_ratio))
        }
        MarginMethod::Shin => {
            implied.copy_from_slice(&solve(implied, (-4.0, 1.0 - 1e-9), 0.0, |q, z| {
                shin(q, z, sum)
            }));
        }
        MarginMethod::Goto => {
            let errors: f64 = implied.iter().map(|q| (1.0 - q).sqrt()).sum();
            let step = (sum - 1.0) / errors;
            implied
                .iter_mut()
                .for_each(|q| *q -= step * (1.0 - *q).sqrt());
        }
    }
    match odds.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        Some(&p) => Err(MarginError::NotAProbability(p)),
        None => Ok(()),
    }
}

/// The probability whose odds are e^−x times those of `q`, and its derivative in x.
fn odds_ratio(q: f64, x: f64) -> [f64; 2] {
    let p = q / (q + x.exp() * (1.0 - q));
    [p, -p * (1.0 - p)]
}

/// Shin's probability at the share `z` of insiders, and its derivative in z.
fn shin(q: f64, z: f64, sum: f64) -> [f64; 2] {
    let t = q * q / sum;
    let root = (z * z + 4.0 * (1.0 - z) * t).sqrt();
    let rest = 1.0 - z;
    let p = (root - z) / (2.0 * rest);
    [
        p,
        (((z - 2.0 * t) / root - 1.0) * rest + root - z) / (2.0 * rest * rest),
    ]
}

/// The probabilities at the parameter for which they sum to 1. They must decrease in the parameter.
fn solve(
    implied: &[f64],
    bracket: (f64, f64),
    start: f64,
    part: impl Fn(f64, f64) -> [f64; 2],
) -> Vec<f64> {
    let x = parameter(implied, bracket, start, 1.0, &part);
    implied.iter().map(|&q| part(q, x)[0]).collect()
}

/// The parameter at which the parts sum to `target`. They must decrease in the parameter. Where no parameter in the bracket solves
/// the equation it is the nearer end.
#[inline]
fn parameter(
    values: &[f64],
    (low, high): (f64, f64),
    start: f64,
    target: f64,
    part: impl Fn(f64, f64) -> [f64; 2],
) -> f64 {
    let lacking = |x: f64| {
        let parts = values.iter().map(|&value| part(value, x));
        Some(parts.fold([target, 0.0], |[sum, slope], [p, d]| [sum - p, slope - d]))
    };
    root([low, high], start, lacking).unwrap_or(start)
}

/// Adds a margin: replaces probabilities by inverse odds that sum to 1 + `margin`. It is the inverse of [`fair`].
///
/// Where an outcome is nearly certain, the power, odds ratio and Shin's method may not reach the whole margin; then the
/// sum is the highest that they reach. The additive method may give a favourite an inverse of 1 or more, which is no
/// price.
///
/// # Formula
/// ```text
/// p probabilities, m margin, n outcomes
/// multiplicative  q = p·(1 + m)
/// additive        q = p + m/n
/// power           q = p^k                              k from Σq = 1 + m
/// odds ratio      q = p / (p + c·(1 − p))              c from Σq = 1 + m
/// Shin            q = w·Σw, w = √(z·p + (1 − z)·p²)    z from (Σw)² = 1 + m
/// Goto            q = 1 − u², u = (√(c² + 4(1 − p)) − c)/2   c from Σq = 1 + m
/// ```
///
/// # Errors
/// When there are fewer than two probabilities, one is not between 0 and 1, they do not sum to 1 within 1e-9, or the
/// margin is not at least 0 and below 1.
///
/// ```
/// use simbet::MarginMethod;
/// use simbet::internals::predict::margin::{add, fair};
/// let mut prices = [0.231571959, 0.263574496, 0.504853545];
/// add(&mut prices, 0.02118602, MarginMethod::Shin).unwrap();
/// assert!((1.0 / prices[0] - 4.20).abs() < 1e-6);
/// ```
pub fn add(
    probabilities: &mut [f64],
    margin: f64,
    method: MarginMethod,
) -> Result<(), MarginError> {
    if probabilities.len() < 2 {
        return Err(MarginError::TooFew(probabilities.len()));
    }
    if let Some(&p) = probabilities.iter().find(|p| !(**p > 0.0 && **p < 1.0)) {
        return Err(MarginError::Probability(p));
    }
    let sum: f64 = probabilities.iter().sum();
    if (sum - 1.0).abs() > 1e-9 {
        return Err(MarginError::Sum(sum));
    }
    if !(0.0..1.0).contains(&margin) {
        return Err(MarginError::Margin(margin));
    }
    apply(probabilities, 1.0 + margin, method);
    Ok(())
}

/// Replaces probabilities by inverse odds that sum to `whole`.
fn apply(probabilities: &mut [f64], whole: f64, method: MarginMethod) {
    let count = probabilities.len() as f64;
    match method {
        MarginMethod::Multiplicative => probabilities.iter_mut().for_each(|p| *p *= whole),
        MarginMethod::Additive => probabilities
            .iter_mut()
            .for_each(|p| *p += (whole - 1.0) / count),
        MarginMethod::Power => power::raise(probabilities, whole, (0.0, 1.0)),
        MarginMethod::OddsRatio => {
            let x = parameter(probabilities, (-64.0, 0.0), 0.0, whole, odds_ratio);
            probabilities
                .iter_mut()
                .for_each(|p| *p = odds_ratio(*p, x)[0]);
        }
        MarginMethod::Shin => {
            let honest = parameter(probabilities, (0.0, 1.0), 1.0, whole.sqrt(), unscaled_shin);
            let sum: f64 = probabilities
                .iter()
                .map(|&p| unscaled_shin(p, honest)[0])
                .sum();
            probabilities
                .iter_mut()
                .for_each(|p| *p = sum * unscaled_shin(*p, honest)[0]);
        }
        MarginMethod::Goto => {
            let x = parameter(probabilities, (-1e3, 0.0), 0.0, whole, goto);
            probabilities.iter_mut().for_each(|p| *p = goto(*p, x)[0]);
        }
    }
}

/// The inverse odds from which Goto's method takes −x standard errors to get `p`, and their derivative in x.
fn goto(p: f64, x: f64) -> [f64; 2] {
    let root = (x * x + 4.0 * (1.0 - p)).sqrt();
    // the difference of two large numbers where x is large and negative
    let u = 2.0 * (1.0 - p) / (root - x);
    [1.0 - u * u, -2.0 * u * u / root]
}

/// The unscaled inverse odds of Shin's bookmaker when the share `honest` of the money is not from insiders, and their
/// derivative in that share.
fn unscaled_shin(p: f64, honest: f64) -> [f64; 2] {
    let w = ((1.0 - honest) * p + honest * p * p).sqrt();
    [w, (p * p - p) / (2.0 * w)]
}

/// Odds or probabilities whose margin cannot be removed, or to which none can be added.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MarginError {
    /// A market has at least two outcomes.
    #[error("a market has at least two outcomes, not {0}")]
    TooFew(usize),
    /// A price that is not decimal odds.
    #[error("decimal odds must be finite and above 1, not {0}")]
    Odds(f64),
    /// Probabilities that do not sum to 1.
    #[error("the probabilities of a market must sum to 1, not {0}")]
    Sum(f64),
    /// A margin out of range.
    #[error("a margin must be at least 0 and below 1, not {0}")]
    Margin(f64),
    /// A probability of 0 or less, or of 1 or more.
    #[error("the probability of an outcome must lie between 0 and 1, not {0}")]
    Probability(f64),
    /// The method gives a number that is not a probability, as the additive method may for outsiders.
    #[error(
        "this method makes the probability of an outcome {0}; the multiplicative one works on any odds"
    )]
    NotAProbability(f64),
}
