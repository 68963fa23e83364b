//! The rule of ten decimals, which every figure that is written follows.

/// Ten decimals: enough for every figure here, and free of the noise of binary fractions.
///
/// ```
/// assert_eq!(simbet::internals::rounding::rounded(0.1 + 0.2), 0.3);
/// ```
pub fn rounded(number: f64) -> f64 {
    if number.abs() >= 1e5 {
        number
    } else {
        (number * 1e10).round() / 1e10 + 0.0
    }
}
