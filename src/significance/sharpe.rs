//! The Sharpe ratio, its uncertainty, and the Sortino ratio.

use super::moments::Moments;
use super::tails;

/// The moments of returns that the statistics of their Sharpe ratio need.
///
/// The ratio is per period of the returns (bet, day or month), not annualised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReturnMoments {
    /// Mean return / standard deviation of returns.
    pub sharpe: f64,
    /// [Skewness](super::skewness) of the returns; 0 for normal ones.
    pub skewness: f64,
    /// [Kurtosis](super::kurtosis) of the returns, not the excess: 3 for normal ones.
    pub kurtosis: f64,
}

impl ReturnMoments {
    /// The variance of the Sharpe ratio's estimate, times n − 1; `None` unless it is above 0 and finite.
    fn variance(&self) -> Option<f64> {
        let square = self.sharpe * self.sharpe;
        let variance = 1.0 - self.skewness * self.sharpe + (self.kurtosis - 1.0) / 4.0 * square;
        (variance.is_finite() && variance > 0.0).then_some(variance)
    }
}

/// The probability that the true Sharpe ratio is above `benchmark`, given a record of `n` returns.
///
/// `None` below two returns, when a number is not finite, or when skewness and kurtosis make the variance of the
/// estimate negative (no sample has such moments).
///
/// # Formula
/// ```text
/// PSR(SR*) = Φ( (SR − SR*)·√(n − 1) / √(1 − γ₃·SR + (γ₄ − 1)/4 · SR²) )
/// ```
/// with γ₃ skewness and γ₄ kurtosis (3 for normal returns), nothing annualised. Bailey & López de Prado (2012),
/// The Sharpe ratio efficient frontier, Journal of Risk 15(2).
///
/// ```
/// use simbet::probabilistic_sharpe;
/// use simbet::internals::significance::ReturnMoments;
/// let record = ReturnMoments { sharpe: 0.458, skewness: -2.448, kurtosis: 10.164 };
/// assert!((probabilistic_sharpe(&record, 24, 0.0).unwrap() - 0.913361084).abs() < 1e-9);
/// ```
pub fn probabilistic_sharpe(record: &ReturnMoments, n: u64, benchmark: f64) -> Option<f64> {
    if n < 2 {
        return None;
    }
    let z = (record.sharpe - benchmark) * ((n - 1) as f64 / record.variance()?).sqrt();
    z.is_finite().then(|| tails::normal(-z).clamp(0.0, 1.0))
}

/// The minimum track record length: how many returns it takes until the probability that the true Sharpe ratio is
/// above `benchmark` reaches `level`.
///
/// In periods of the returns, not rounded: divide by the periods of a year for years. `None` unless the Sharpe ratio
/// is above the benchmark (no record would do), 0.5 < `level` < 1, and the variance of the estimate is positive.
///
/// # Formula
/// ```text
/// n* = 1 + (1 − γ₃·SR + (γ₄ − 1)/4 · SR²)·(z / (SR − SR*))²   with z = Φ⁻¹(level)
/// ```
/// Bailey & López de Prado (2012), The Sharpe ratio efficient frontier, Journal of Risk 15(2).
///
/// ```
/// use simbet::internals::significance::{ReturnMoments, min_track_record};
/// let record = ReturnMoments { sharpe: 0.458, skewness: 0.0, kurtosis: 3.0 };
/// assert!((min_track_record(&record, 0.0, 0.95).unwrap() - 15.2508).abs() < 1e-3);
/// assert_eq!(min_track_record(&record, 0.5, 0.95), None);
/// ```
pub fn min_track_record(record: &ReturnMoments, benchmark: f64, level: f64) -> Option<f64> {
    if !(level > 0.5 && record.sharpe > benchmark) {
        return None;
    }
    let z = tails::normal_quantile(level)?;
    let n = 1.0 + record.variance()? * (z / (record.sharpe - benchmark)).powi(2);
    n.is_finite().then_some(n)
}

/// The Sharpe ratio of returns, annualised: mean over standard deviation, times the root of the periods in a year.
///
/// Pass 1 for the ratio per period. `None` below two returns, when all are equal, when a number is not finite, or unless
/// `periods` is above 0.
///
/// # Formula
/// ```text
/// SR = x̄/s · √periods,   s² = Σ (x − x̄)² / (n − 1)
/// ```
/// Sharpe (1994), Journal of Portfolio Management 21(1).
///
/// ```
/// use simbet::sharpe_ratio;
/// assert!((sharpe_ratio(&[0.10, -0.05, 0.20], 252.0).unwrap() - 10.513149660756934).abs() < 1e-12);
/// ```
pub fn sharpe_ratio(returns: &[f64], periods: f64) -> Option<f64> {
    let moments = Moments::of(returns)?;
    annualised(moments.mean / moments.variance().sqrt(), periods)
}

/// The Sortino ratio of returns, annualised: like [`sharpe_ratio`], but only losses count as risk.
///
/// `None` without returns, when none is a loss, when a number is not finite, or unless `periods` is above 0.
///
/// # Formula
/// ```text
/// x̄/d · √periods,   d² = Σ min(x, 0)² / n
/// ```
/// Sortino & Price (1994), Journal of Investing 3(3), with 0 as the target return.
///
/// ```
/// use simbet::internals::significance::sortino_ratio;
/// assert!((sortino_ratio(&[0.10, -0.05, 0.20], 252.0).unwrap() - 45.8257569495584).abs() < 1e-12);
/// ```
pub fn sortino_ratio(returns: &[f64], periods: f64) -> Option<f64> {
    let n = returns.len() as f64;
    let mean = returns.iter().sum::<f64>() / n;
    let squares: f64 = returns.iter().map(|loss| loss.min(0.0).powi(2)).sum();
    let downside = (squares / n).sqrt();
    if downside > 0.0 {
        annualised(mean / downside, periods)
    } else {
        None
    }
}

fn annualised(ratio: f64, periods: f64) -> Option<f64> {
    let annual = ratio * periods.sqrt();
    (periods > 0.0 && annual.is_finite()).then_some(annual)
}
