//! The t test of a mean against zero.

use serde::{Deserialize, Serialize};

use super::{moments::Moments, tails};

/// The most bets that [`bets_until_significant`] counts to: larger counts are not exact in an `f64`.
const MAX_BETS: u64 = 1 << 53;

/// A t test of a mean against zero, in the unit of the values.
///
/// ```
/// use simbet::mean_test;
/// let test = mean_test(&[1.0, -1.0, 1.0, 1.0, -1.0]).unwrap();
/// assert_eq!(test.n, 5);
/// assert!((test.t - test.mean / test.std_error).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MeanTest {
    /// Number of values, one for each bet.
    pub n: u64,
    /// Their mean: profit per unit staked, or closing-line value.
    pub mean: f64,
    /// Standard error of the mean.
    pub std_error: f64,
    /// Mean / standard error.
    pub t: f64,
    /// The probability of a t at least as high if the true mean is zero: one-sided, small when the mean is above zero.
    pub p: f64,
}

/// The t test of a mean against zero, one-sided: of returns per unit staked, each bet counting the same, or of
/// [closing-line values](crate::significance::closing_line_value).
///
/// Values are taken to be independent. Returns at long odds are skewed, so p is only accurate for many bets. `None`
/// below two values, when all are equal (no variance), or when one is not finite.
///
/// # Formula
/// ```text
/// t = x̄ / (s/√n),   s² = Σ (x − x̄)² / (n − 1),   p = P(T > t) with n − 1 degrees of freedom
/// ```
/// Student (1908), Biometrika 6(1).
///
/// ```
/// use simbet::mean_test;
/// let test = mean_test(&[1.0, -1.0, 1.0, 1.0, -1.0]).unwrap();
/// assert!((test.mean - 0.2).abs() < 1e-15);
/// assert!((test.t - 0.408248290463863).abs() < 1e-12);
/// assert!((test.p - 0.352000000000000).abs() < 1e-12);
/// assert_eq!(mean_test(&[0.5, 0.5]), None);
/// ```
pub fn mean_test(values: &[f64]) -> Option<MeanTest> {
    let moments = Moments::of(values)?;
    let std_error = (moments.variance() / moments.n).sqrt();
    let t = moments.mean / std_error;
    let p = tails::student(t, moments.n - 1.0)?;
    Some(MeanTest {
        n: values.len() as u64,
        mean: moments.mean,
        std_error,
        t,
        p,
    })
}

/// How many more bets it takes, at the same mean and variance, until p is at most 1 − `level`; 0 when p is already.
///
/// This is not a forecast: the true mean may be another. `None` when the mean is not above zero (no number of bets would
/// do), when more than 2⁵³ bets are needed, or unless 0 < `level` < 1.
///
/// # Formula
/// ```text
/// the smallest N ≥ n with P(T > t·√(N/n)) ≤ 1 − level, N − 1 degrees of freedom; the answer is N − n
/// ```
/// This is [`mean_test`] with mean and variance fixed, solved for the number of bets. The total is about (z/t)²·n,
/// where z is the normal quantile.
///
/// ```
/// use simbet::{bets_until_significant, mean_test};
/// let test = mean_test(&[1.0, -1.0, 1.0, 1.0, -1.0]).unwrap();
/// assert_eq!(bets_until_significant(&test, 0.95), Some(79));
/// ```
pub fn bets_until_significant(test: &MeanTest, level: f64) -> Option<u64> {
    let valid = level > 0.0 && level < 1.0 && test.n >= 2;
    if !valid || test.mean <= 0.0 {
        return None;
    }
    if !is_significant(test, MAX_BETS, level) {
        return None;
    }
    Some(fewest_significant(test, level) - test.n)
}

/// The smallest number of bets, from those there are, at which the mean would be significant, by bisection.
fn fewest_significant(test: &MeanTest, level: f64) -> u64 {
    let (mut low, mut high) = (test.n, MAX_BETS.max(test.n));
    while low < high {
        let middle = low + (high - low) / 2;
        if is_significant(test, middle, level) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

/// Whether p would be at most 1 − `level` after `bets` bets of the same mean and variance.
fn is_significant(test: &MeanTest, bets: u64, level: f64) -> bool {
    let t = test.t * (bets as f64 / test.n as f64).sqrt();
    tails::student(t, bets as f64 - 1.0).is_some_and(|p| p <= 1.0 - level)
}
