//! Percentages as shares.

/// The share of so many percent: the decimal point is moved, which rounds nothing.
pub(crate) fn share_of_percent(percent: f64) -> f64 {
    format!("{percent}e-2").parse().unwrap_or(percent / 100.0)
}
