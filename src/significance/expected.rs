//! What the bets should have brought if given probabilities, such as those of the price without margin, are the truth.

use serde::{Deserialize, Serialize};

use super::tails;

/// Up to this many bets the distribution of wins is exact; beyond, the normal one stands in for it.
pub const EXACT_BETS: usize = 5_000;

/// What came out beside what was to be expected.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Surprise {
    /// Bets.
    pub n: u64,
    /// What came out: wins, or profit in the unit of the bets.
    pub observed: f64,
    /// Its expectation.
    pub expected: f64,
    /// Its standard deviation.
    pub std_dev: f64,
    /// (observed − expected) / standard deviation.
    pub z: f64,
    /// The chance of at least as much: one-sided, small when more came out than the probabilities explain.
    pub p: f64,
}

impl Surprise {
    /// `None` without variance, or when a number is not finite.
    fn new(n: usize, observed: f64, expected: f64, variance: f64) -> Option<Self> {
        let std_dev = variance.sqrt();
        let z = (observed - expected) / std_dev;
        let p = tails::normal(z).clamp(0.0, 1.0);
        // an infinite deviation would pass for no surprise
        (std_dev > 0.0 && std_dev.is_finite() && z.is_finite()).then_some(Self {
            n: n as u64,
            observed,
            expected,
            std_dev,
            z,
            p,
        })
    }
}

fn is_probability(p: &f64) -> bool {
    (0.0..=1.0).contains(p)
}

/// The distribution of the number of wins of independent bets: element k is the probability of k wins.
///
/// `None` when a probability is not from 0 to 1. Takes n²/2 steps.
///
/// # Formula
/// ```text
/// the coefficients of Π (1 − pᵢ + pᵢ·x), one bet multiplied in after the other
/// ```
/// Poisson (1837); exact by convolution, as in Hong (2013), Computational Statistics & Data Analysis 59.
///
/// ```
/// use simbet::significance::poisson_binomial;
/// let wins = poisson_binomial(&[0.5, 0.25]).unwrap();
/// assert_eq!(wins, [0.375, 0.5, 0.125]);
/// ```
pub fn poisson_binomial(probabilities: &[f64]) -> Option<Vec<f64>> {
    if !probabilities.iter().all(is_probability) {
        return None;
    }
    let mut wins = Vec::with_capacity(probabilities.len() + 1);
    wins.push(1.0);
    for &p in probabilities {
        wins.push(0.0);
        for k in (1..wins.len()).rev() {
            wins[k] = wins[k] * (1.0 - p) + wins[k - 1] * p;
        }
        wins[0] *= 1.0 - p;
    }
    Some(wins)
}

/// Wins beside those expected, given each bet's probability of winning and whether it won.
///
/// Count a bet won by half as won, and a void one as not won, in both. Bets are taken to be independent. p is exact
/// for up to [`EXACT_BETS`] bets, and normal with continuity correction beyond. `None` without bets, when a
/// probability is not from 0 to 1, or when all are 0 or 1 (no variance).
///
/// # Formula
/// ```text
/// mean Σ pᵢ, variance Σ pᵢ(1 − pᵢ), z = (wins − mean)/√variance, p = P(W ≥ wins);
/// beyond EXACT_BETS: p = 1 − Φ((wins − ½ − mean)/√variance)
/// ```
/// The Poisson-binomial distribution: Hong (2013), Computational Statistics & Data Analysis 59.
///
/// ```
/// use simbet::significance::win_surprise;
/// let surprise = win_surprise(&[(0.5, true), (0.25, true)]).unwrap();
/// assert_eq!((surprise.expected, surprise.observed, surprise.p), (0.75, 2.0, 0.125));
/// ```
pub fn win_surprise(bets: &[(f64, bool)]) -> Option<Surprise> {
    let chances: Vec<f64> = bets.iter().map(|&(p, _)| p).collect();
    let wins = bets.iter().filter(|&&(_, won)| won).count();
    if !chances.iter().all(is_probability) {
        return None;
    }
    let (mean, variance) = chances
        .iter()
        .fold((0.0, 0.0), |(mean, var), p| (mean + p, var + p * (1.0 - p)));
    let plain = Surprise::new(bets.len(), wins as f64, mean, variance)?;
    Some(Surprise {
        p: win_tail(&chances, wins, &plain)?,
        ..plain
    })
}

/// P(W ≥ wins).
fn win_tail(chances: &[f64], wins: usize, plain: &Surprise) -> Option<f64> {
    let tail = if chances.len() <= EXACT_BETS {
        // the smallest terms first
        poisson_binomial(chances)?[wins..].iter().rev().sum()
    } else {
        tails::normal((wins as f64 - 0.5 - plain.expected) / plain.std_dev)
    };
    Some(tail.clamp(0.0, 1.0))
}

/// A bet as a lottery: the probability of each outcome and what it brings, best outcome first: won, half won, void,
/// half lost, lost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prospect {
    /// Probabilities, summing to 1 within 1e-9.
    pub chances: [f64; 5],
    /// Profits, in any one unit of money, commission taken off if there is one.
    pub profits: [f64; 5],
}

impl Prospect {
    /// A bet of `stake` at `decimal` odds without commission.
    ///
    /// ```
    /// use simbet::significance::Prospect;
    /// let bet = Prospect::at(3.0, 10.0, [0.5, 0.0, 0.0, 0.0, 0.5]);
    /// assert_eq!(bet.profits, [20.0, 10.0, 0.0, -5.0, -10.0]);
    /// ```
    pub fn at(decimal: f64, stake: f64, chances: [f64; 5]) -> Self {
        let win = decimal - 1.0;
        Self {
            chances,
            profits: [win, win / 2.0, 0.0, -0.5, -1.0].map(|unit| unit * stake),
        }
    }

    /// Mean and variance of the profit; `None` unless the chances are a distribution.
    fn moments(&self) -> Option<(f64, f64)> {
        let sum: f64 = self.chances.iter().sum();
        if !self.chances.iter().all(is_probability) || (sum - 1.0).abs() > 1e-9 {
            return None;
        }
        let pairs = || self.chances.iter().zip(&self.profits);
        let mean: f64 = pairs().map(|(p, profit)| p * profit).sum();
        Some((
            mean,
            pairs().map(|(p, profit)| p * (profit - mean).powi(2)).sum(),
        ))
    }
}

/// Profit beside that expected.
///
/// Bets are taken to be independent, and enough for their sum to be normal. `None` without bets, when the chances of
/// one are not a distribution, when a number is not finite, or without variance.
///
/// # Formula
/// ```text
/// mean Σ μᵢ, variance Σ σᵢ²,   μᵢ = Σⱼ pᵢⱼ·xᵢⱼ,   σᵢ² = Σⱼ pᵢⱼ·(xᵢⱼ − μᵢ)²,   p = 1 − Φ(z)
/// ```
/// over the outcomes j of bet i, x being profit. The central limit theorem in Lindeberg's form: Feller (1971), An
/// introduction to probability theory and its applications II, section VIII.4.
///
/// ```
/// use simbet::significance::{Prospect, profit_surprise};
/// let bets = [Prospect::at(2.0, 1.0, [0.5, 0.0, 0.0, 0.0, 0.5]); 100];
/// let surprise = profit_surprise(&bets, 20.0).unwrap();
/// assert_eq!((surprise.expected, surprise.std_dev, surprise.z), (0.0, 10.0, 2.0));
/// assert!((surprise.p - 0.0227501319).abs() < 1e-10);
/// ```
pub fn profit_surprise(bets: &[Prospect], profit: f64) -> Option<Surprise> {
    let (mut mean, mut variance) = (0.0, 0.0);
    for bet in bets {
        let (bet_mean, bet_variance) = bet.moments()?;
        mean += bet_mean;
        variance += bet_variance;
    }
    Surprise::new(bets.len(), profit, mean, variance)
}
