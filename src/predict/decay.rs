//! The exponential decay of weights with age.

/// The weight of a match that is `days` old; 1 without a half-life. Days may be negative.
///
/// # Formula
/// ```text
/// w = 2^(−days / half-life)
/// ```
pub(crate) fn weight(half_life: Option<f64>, days: i64) -> f64 {
    half_life.map_or(1.0, |half_life| (-days as f64 / half_life).exp2())
}
