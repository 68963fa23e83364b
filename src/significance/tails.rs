//! Tails of the normal and of Student's distribution.

use statrs::distribution::{ContinuousCDF, Normal};
use statrs::function::beta::checked_beta_reg;

/// The probabilities of a total at least, and at most, as high as the observed one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tails {
    pub at_least: f64,
    pub at_most: f64,
}

/// Beyond these degrees of freedom Student's distribution is taken as normal: the tails differ by less than 2e-7.
const NORMAL_FROM: f64 = 1e6;

/// P(Z > z).
pub(super) fn normal(z: f64) -> f64 {
    Normal::standard().sf(z)
}

/// The z below which a standard normal falls with this probability; `None` unless 0 < probability < 1.
pub(super) fn normal_quantile(probability: f64) -> Option<f64> {
    (probability > 0.0 && probability < 1.0).then(|| Normal::standard().inverse_cdf(probability))
}

/// P(T > t); `None` unless `t` is finite and the degrees of freedom are above 0.
pub(super) fn student(t: f64, freedom: f64) -> Option<f64> {
    if !t.is_finite() {
        return None;
    }
    if freedom > NORMAL_FROM {
        return Some(normal(t));
    }
    let upper = upper_student(t * t, freedom)?.clamp(0.0, 0.5);
    Some(if t < 0.0 { 1.0 - upper } else { upper })
}

/// P(T > |t|), from the incomplete beta function on the side where its argument keeps its digits: near t = 0 the
/// usual ν/(ν + t²) rounds to 1.
fn upper_student(square: f64, freedom: f64) -> Option<f64> {
    let half = freedom / 2.0;
    if square < 1.0 {
        let inside = checked_beta_reg(0.5, half, square / (freedom + square)).ok()?;
        return Some((1.0 - inside) / 2.0);
    }
    let outside = checked_beta_reg(half, 0.5, freedom / (freedom + square)).ok()?;
    Some(outside / 2.0)
}
