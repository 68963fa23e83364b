//! Tests of wins and profit against what given probabilities lead to expect, such as those of prices without margin.

use serde::{Deserialize, Serialize};

use super::profit_distribution::{ProfitDistribution, is_probability};
use super::profit_tails;
use super::tails::{self, Tails};

/// The most bets for which the distributions of wins and profit are computed; for more they are approximated by the normal
/// one.
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
    /// The probability of a total at most as high: one-sided, small when it is lower than the probabilities explain. With `p`
    /// it is more than 1, by the probability of this very total.
    pub p_at_most: f64,
}

impl OutcomeTest {
    /// `None` without variance, or when a number is not finite.
    fn new(n: usize, observed: f64, expected: f64, variance: f64) -> Option<Self> {
        let std_dev = variance.sqrt();
        let z = (observed - expected) / std_dev;
        // with an infinite deviation z would be 0, as if the total were the expected one
        (std_dev > 0.0 && std_dev.is_finite() && z.is_finite()).then_some(Self {
            n: n as u64,
            observed,
            expected,
            std_dev,
            z,
            p: tails::normal(z),
            p_at_most: tails::normal(-z),
        })
    }

    /// The same test with the tails of another distribution than the normal one.
    fn with_tails(self, tails: Tails) -> Self {
        Self {
            p: tails.at_least.clamp(0.0, 1.0),
            p_at_most: tails.at_most.clamp(0.0, 1.0),
            ..self
        }
    }
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
/// In both, a half-won bet counts as won and a void one as not won. Bets on different matches are taken to be independent;
/// `design_effect` is how many times the variance is that of independent bets, 1 where no match has several. p is exact
/// for up to [`EXACT_BETS`] independent bets, and normal with continuity correction else. `None` without bets, when a
/// probability is not from 0 to 1, or when all are 0 or 1 (no variance).
///
/// # Formula
/// ```text
/// mean Σ pᵢ, variance d·Σ pᵢ(1 − pᵢ), z = (wins − mean)/√variance, p = P(W ≥ wins);
/// beyond EXACT_BETS, and where d > 1: p = 1 − Φ((wins − ½ − mean)/√variance)
/// ```
/// The Poisson-binomial distribution: Hong (2013), Computational Statistics & Data Analysis 59.
///
/// ```
/// use simbet::internals::significance::win_test;
/// let test = win_test(&[(0.5, true), (0.25, true)], 1.0).unwrap();
/// assert_eq!((test.expected, test.observed, test.p, test.p_at_most), (0.75, 2.0, 0.125, 1.0));
/// ```
pub fn win_test(bets: &[(f64, bool)], design_effect: f64) -> Option<OutcomeTest> {
    let chances: Vec<f64> = bets.iter().map(|&(p, _)| p).collect();
    let wins = bets.iter().filter(|&&(_, won)| won).count();
    if !chances.iter().all(is_probability) {
        return None;
    }
    let (mean, variance) = chances
        .iter()
        .fold((0.0, 0.0), |(mean, var), p| (mean + p, var + p * (1.0 - p)));
    let normal = OutcomeTest::new(bets.len(), wins as f64, mean, variance * design_effect)?;
    Some(normal.with_tails(win_tails(&chances, wins, design_effect, &normal)?))
}

fn win_tails(
    chances: &[f64],
    wins: usize,
    design_effect: f64,
    normal: &OutcomeTest,
) -> Option<Tails> {
    if chances.len() > EXACT_BETS || design_effect > 1.0 {
        let beyond = |wins: f64| (wins - normal.expected) / normal.std_dev;
        return Some(Tails {
            at_least: tails::normal(beyond(wins as f64 - 0.5)),
            at_most: tails::normal(-beyond(wins as f64 + 0.5)),
        });
    }
    let distribution = poisson_binomial(chances)?;
    // the smallest terms first, which loses the fewest digits
    Some(Tails {
        at_least: distribution[wins..].iter().rev().sum(),
        at_most: distribution[..=wins].iter().sum(),
    })
}

/// The profit against its expectation.
///
/// Bets on different matches are taken to be independent; `design_effect` is how many times the variance is that of
/// independent bets, 1 where no match has several. p comes from the distribution of the sum, so that a handful of wins at long
/// odds is not taken for normal; beyond [`EXACT_BETS`] bets from the normal one, corrected for skewness. `None` without bets,
/// when the chances of one are not a distribution, when a number is not finite, or without variance.
///
/// # Formula
/// ```text
/// mean Σ μᵢ, variance d·Σ σᵢ²,   μᵢ = Σⱼ pᵢⱼ·xᵢⱼ,   σᵢ² = Σⱼ pᵢⱼ·(xᵢⱼ − μᵢ)²,   z = (profit − mean)/√variance,
/// p = P(X ≥ mean + (profit − mean)/√d);   beyond EXACT_BETS: p = 1 − Φ(z) + γ/6·(z² − 1)·φ(z)
/// ```
/// over the outcomes j of bet i, x being profit, X the sum of independent bets, γ its skewness. The design effect: Kish
/// (1965), Survey sampling, section 8.2. The correction is Edgeworth's: Feller (1971), An introduction to probability theory
/// and its applications II, section XVI.4.
///
/// ```
/// use simbet::internals::significance::{ProfitDistribution, profit_test};
/// let bets = [ProfitDistribution::at(2.0, 1.0, [0.5, 0.0, 0.0, 0.0, 0.5]); 100];
/// let test = profit_test(&bets, 20.0, 1.0).unwrap();
/// assert_eq!((test.expected, test.std_dev, test.z), (0.0, 10.0, 2.0));
/// // 60 or more heads of 100: the normal distribution says 0.0228
/// assert!((test.p - 0.0284439668).abs() < 1e-9);
/// ```
pub fn profit_test(
    bets: &[ProfitDistribution],
    profit: f64,
    design_effect: f64,
) -> Option<OutcomeTest> {
    let (mut mean, mut variance) = (0.0, 0.0);
    for bet in bets {
        let (bet_mean, bet_variance) = bet.moments()?;
        mean += bet_mean;
        variance += bet_variance;
    }
    let test = OutcomeTest::new(bets.len(), profit, mean, variance * design_effect)?;
    let tails = if bets.len() > EXACT_BETS {
        profit_tails::edgeworth(test.z, skewness(bets, variance))
    } else {
        let deviation = (profit - mean) / design_effect.sqrt();
        profit_tails::of_sum(bets, mean + deviation, variance.sqrt())
    };
    Some(test.with_tails(tails))
}

/// Skewness of the sum of independent bets whose variance is `variance`.
fn skewness(bets: &[ProfitDistribution], variance: f64) -> f64 {
    let cubes: f64 = bets.iter().map(ProfitDistribution::third_moment).sum();
    cubes / variance.powf(1.5)
}
