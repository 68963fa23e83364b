//! Whether a mean is above zero by more than chance.

use serde::{Deserialize, Serialize};

use super::{moments::Spread, tails};

/// The most bets that [`bets_until_significant`] counts to: beyond, a count is no longer exact in a float.
const COUNTABLE: u64 = 1 << 53;

/// A mean against zero, in the unit of what was averaged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MeanTest {
    /// Values: bets.
    pub n: u64,
    /// Their mean: profit per unit staked, or closing-line value.
    pub mean: f64,
    /// Standard error of the mean.
    pub std_error: f64,
    /// Mean / standard error.
    pub t: f64,
    /// The chance of a t at least as high if the true mean were zero: one-sided, small when the mean is above zero.
    pub p: f64,
}

/// The t test of a mean against zero, one-sided: of returns per unit staked, each bet counting the same, or of
/// [closing-line values](crate::significance::closing_line_value).
///
/// `None` below two values, when all are equal (no variance), or when one is not finite. Values are taken to be
/// independent; returns at long odds are skewed, so that p is only right for many bets.
///
/// # Formula
/// ```text
/// t = x̄ / (s/√n),   s² = Σ (x − x̄)² / (n − 1),   p = P(T > t) with n − 1 degrees of freedom
/// ```
/// Student (1908), Biometrika 6(1).
///
/// ```
/// use simbet::significance::mean_test;
/// let test = mean_test(&[1.0, -1.0, 1.0, 1.0, -1.0]).unwrap();
/// assert!((test.mean - 0.2).abs() < 1e-15);
/// assert!((test.t - 0.408248290463863).abs() < 1e-12);
/// assert!((test.p - 0.352000000000000).abs() < 1e-12);
/// assert_eq!(mean_test(&[0.5, 0.5]), None);
/// ```
pub fn mean_test(values: &[f64]) -> Option<MeanTest> {
    let spread = Spread::of(values)?;
    let std_error = (spread.variance() / spread.n).sqrt();
    let t = spread.mean / std_error;
    let p = tails::student(t, spread.n - 1.0)?;
    Some(MeanTest {
        n: values.len() as u64,
        mean: spread.mean,
        std_error,
        t,
        p,
    })
}

/// How many more bets, at this mean and this variance, until p is at most 1 − `level`; 0 when it is already.
///
/// This is not a forecast: it says how long luck alone would take to look like this. `None` when the mean is not
/// above zero (no number of bets would do), when more than 2⁵³ are needed, or unless 0 < `level` < 1.
///
/// # Formula
/// ```text
/// the smallest N ≥ n with P(T > t·√(N/n)) ≤ 1 − level, N − 1 degrees of freedom; the answer is N − n
/// ```
/// Solved from [`mean_test`] with mean and variance held; about (z/t)²·n bets in all with z the normal quantile.
///
/// ```
/// use simbet::significance::{bets_until_significant, mean_test};
/// let test = mean_test(&[1.0, -1.0, 1.0, 1.0, -1.0]).unwrap();
/// assert_eq!(bets_until_significant(&test, 0.95), Some(79));
/// ```
pub fn bets_until_significant(test: &MeanTest, level: f64) -> Option<u64> {
    let valid = level > 0.0 && level < 1.0 && test.n >= 2;
    if !valid || test.mean <= 0.0 {
        return None;
    }
    let enough = |bets: u64| {
        let t = test.t * (bets as f64 / test.n as f64).sqrt();
        tails::student(t, bets as f64 - 1.0).is_some_and(|p| p <= 1.0 - level)
    };
    if !enough(COUNTABLE) {
        return None;
    }
    Some(first_enough(test.n, enough) - test.n)
}

/// The first count from `low` on that is enough, when all that follow are.
fn first_enough(mut low: u64, enough: impl Fn(u64) -> bool) -> u64 {
    let mut high = COUNTABLE.max(low);
    while low < high {
        let middle = low + (high - low) / 2;
        if enough(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}
