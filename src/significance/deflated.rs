//! The Sharpe ratio of the best of many trials.

use super::{ReturnMoments, probabilistic_sharpe, tails};

/// Euler and Mascheroni's constant.
const EULER_MASCHERONI: f64 = 0.577_215_664_901_532_9;

/// The expected maximum of the Sharpe ratios of `trials` independent trials without skill.
///
/// `variance` is that of the trials' Sharpe ratios; both are per period of the returns. 0 for a single trial. `None` without a trial, or unless the variance is at least 0 and finite.
///
/// # Formula
/// ```text
/// SR₀ = √V · ( (1 − γ)·Φ⁻¹(1 − 1/N) + γ·Φ⁻¹(1 − 1/(N·e)) )   with γ = 0.5772... (Euler, Mascheroni)
/// ```
/// Bailey & López de Prado (2014), The deflated Sharpe ratio, Journal of Portfolio Management 40(5), equation 1.
///
/// ```
/// use simbet::internals::significance::expected_best_sharpe;
/// // the paper's example: 100 trials, a variance of 1/2 a year, returns of 250 days a year
/// assert!((expected_best_sharpe(100, 0.5 / 250.0).unwrap() - 0.1132).abs() < 5e-5);
/// assert_eq!(expected_best_sharpe(1, 0.1), Some(0.0));
/// ```
pub fn expected_best_sharpe(trials: u64, variance: f64) -> Option<f64> {
    if trials == 0 || !(variance >= 0.0 && variance.is_finite()) {
        return None;
    }
    if trials == 1 {
        return Some(0.0);
    }
    let n = trials as f64;
    let high = tails::normal_quantile(1.0 - 1.0 / n)?;
    let higher = tails::normal_quantile(1.0 - 1.0 / (n * std::f64::consts::E))?;
    Some(variance.sqrt() * ((1.0 - EULER_MASCHERONI) * high + EULER_MASCHERONI * higher))
}

/// The deflated Sharpe ratio: the probability that the true Sharpe ratio is above [`expected_best_sharpe`].
///
/// `n` is the number of returns and `variance` that of the Sharpe ratios of all trials. `trials` is the number of
/// independent trials; counting every setting that was run, however alike they are, makes the test stricter. `None` as for [`expected_best_sharpe`] and [`probabilistic_sharpe`].
///
/// # Formula
/// ```text
/// DSR = PSR(SR₀)
/// ```
/// Bailey & López de Prado (2014), The deflated Sharpe ratio, Journal of Portfolio Management 40(5), equation 2.
///
/// ```
/// use simbet::internals::significance::{ReturnMoments, deflated_sharpe};
/// let record = ReturnMoments { sharpe: 2.5 / 250_f64.sqrt(), skewness: -3.0, kurtosis: 10.0 };
/// assert!((deflated_sharpe(&record, 1250, 100, 0.5 / 250.0).unwrap() - 0.9004).abs() < 5e-5);
/// ```
pub fn deflated_sharpe(record: &ReturnMoments, n: u64, trials: u64, variance: f64) -> Option<f64> {
    probabilistic_sharpe(record, n, expected_best_sharpe(trials, variance)?)
}
