//! Tests of wins and profit against what given probabilities lead to expect, such as those of prices without margin.

use serde::{Deserialize, Serialize};

use super::tails;

/// The most bets for which the distribution of wins is exact; for more it is approximated by the normal one.
pub const EXACT_BETS: usize = 5_000;

/// A test of an observed total, wins or profit, against its expectation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct OutcomeTest {
    /// Bets.
    pub n: u64,
    /// The total: wins, or profit in the unit of the bets.
    pub observed: f64,
    /// Its expectation.
    pub expected: f64,
    /// Its standard deviation.
    pub std_dev: f64,
    /// (observed − expected) / standard deviation.
    pub z: f64,
    /// The probability of a total at least as high: one-sided, small when it is higher than the probabilities explain.
    pub p: f64,
}

impl OutcomeTest {
    /// `None` without variance, or when a number is not finite.
    fn new(n: usize, observed: f64, expected: f64, variance: f64) -> Option<Self> {
        let std_dev = variance.sqrt();
        let z = (observed - expected) / std_dev;
        let p = tails::normal(z).clamp(0.0, 1.0);
        // with an infinite deviation z would be 0, as if the total were the expected one
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

/// The Poisson-binomial distribution, of the number of wins of independent bets: element k is the probability of k wins.
///
/// `None` when a probability is not from 0 to 1. The time is quadratic in the number of bets.
///
/// # Formula
/// ```text
/// the coefficients of Π (1 − pᵢ + pᵢ·x), multiplied one factor at a time
/// ```
/// Poisson (1837); exact by convolution, as in Hong (2013), Computational Statistics & Data Analysis 59.
///
/// ```
/// use simbet::internals::significance::poisson_binomial;
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

/// The number of wins against its expectation, given each bet's probability of winning and whether it won.
///
/// In both, a half-won bet counts as won and a void one as not won. Bets are taken to be independent. p is exact
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
/// use simbet::internals::significance::win_test;
/// let test = win_test(&[(0.5, true), (0.25, true)]).unwrap();
/// assert_eq!((test.expected, test.observed, test.p), (0.75, 2.0, 0.125));
/// ```
pub fn win_test(bets: &[(f64, bool)]) -> Option<OutcomeTest> {
    let chances: Vec<f64> = bets.iter().map(|&(p, _)| p).collect();
    let wins = bets.iter().filter(|&&(_, won)| won).count();
    if !chances.iter().all(is_probability) {
        return None;
    }
    let (mean, variance) = chances
        .iter()
        .fold((0.0, 0.0), |(mean, var), p| (mean + p, var + p * (1.0 - p)));
    let normal = OutcomeTest::new(bets.len(), wins as f64, mean, variance)?;
    Some(OutcomeTest {
        p: win_tail(&chances, wins, &normal)?,
        ..normal
    })
}

/// P(W ≥ wins).
fn win_tail(chances: &[f64], wins: usize, normal: &OutcomeTest) -> Option<f64> {
    let tail = if chances.len() <= EXACT_BETS {
        // the smallest terms first, which loses the fewest digits
        poisson_binomial(chances)?[wins..].iter().rev().sum()
    } else {
        tails::normal((wins as f64 - 0.5 - normal.expected) / normal.std_dev)
    };
    Some(tail.clamp(0.0, 1.0))
}

/// The distribution of a bet's profit over its outcomes: won, half won, void, half lost, lost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProfitDistribution {
    /// Probabilities, summing to 1 within 1e-9.
    pub chances: [f64; 5],
    /// Profits in any one unit of money, after commission.
    pub profits: [f64; 5],
}

impl ProfitDistribution {
    /// A bet of `stake` at `decimal` odds without commission.
    ///
    /// ```
    /// use simbet::internals::significance::ProfitDistribution;
    /// let bet = ProfitDistribution::at(3.0, 10.0, [0.5, 0.0, 0.0, 0.0, 0.5]);
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
        let mean: f64 = self.pairs().map(|(p, profit)| p * profit).sum();
        let squares = self.pairs().map(|(p, profit)| p * (profit - mean).powi(2));
        Some((mean, squares.sum()))
    }

    fn pairs(&self) -> impl Iterator<Item = (f64, f64)> {
        self.chances.into_iter().zip(self.profits)
    }
}

/// The profit against its expectation.
///
/// Bets are taken to be independent, and numerous enough for their sum to be normal. `None` without bets, when the chances of
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
/// use simbet::internals::significance::{ProfitDistribution, profit_test};
/// let bets = [ProfitDistribution::at(2.0, 1.0, [0.5, 0.0, 0.0, 0.0, 0.5]); 100];
/// let test = profit_test(&bets, 20.0).unwrap();
/// assert_eq!((test.expected, test.std_dev, test.z), (0.0, 10.0, 2.0));
/// assert!((test.p - 0.0227501319).abs() < 1e-10);
/// ```
pub fn profit_test(bets: &[ProfitDistribution], profit: f64) -> Option<OutcomeTest> {
    let (mut mean, mut variance) = (0.0, 0.0);
    for bet in bets {
        let (bet_mean, bet_variance) = bet.moments()?;
        mean += bet_mean;
        variance += bet_variance;
    }
    OutcomeTest::new(bets.len(), profit, mean, variance)
}
