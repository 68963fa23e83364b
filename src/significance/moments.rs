//! Moments of a sample.

/// Mean and sum of squared deviations.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moments {
    pub n: f64,
    pub mean: f64,
    pub squares: f64,
}

impl Moments {
    /// `None` below two values, when all are equal, or when one is not finite.
    pub(super) fn of(values: &[f64]) -> Option<Self> {
        // comparison, because rounding of the mean would give equal values a little variance
        let first = values.first()?;
        if values.iter().all(|value| value == first) {
            return None;
        }
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares = values
            .iter()
            .map(|value| (value - mean).powi(2))
            .sum::<f64>();
        (squares.is_finite() && squares > 0.0).then_some(Self { n, mean, squares })
    }

    /// Variance with divisor n − 1.
    pub(super) fn variance(&self) -> f64 {
        self.squares / (self.n - 1.0)
    }
}

/// The mean of ((x − mean) / standard deviation) to a power. The standard deviation has divisor n.
fn standardised(values: &[f64], power: i32) -> Option<f64> {
    let moments = Moments::of(values)?;
    let deviation = (moments.squares / moments.n).sqrt();
    let sum: f64 = values
        .iter()
        .map(|value| ((value - moments.mean) / deviation).powi(power))
        .sum();
    Some(sum / moments.n)
}

/// Sample skewness: 0 when symmetric, negative with a long tail of losses; no unit.
///
/// `None` below two values, when all are equal, or when one is not finite.
///
/// # Formula
/// ```text
/// g₁ = m₃ / m₂^(3/2)   with mₖ = Σ (x − x̄)ᵏ / n
/// ```
/// Not corrected for bias: Joanes & Gill (1998), The Statistician 47(1), equation for g₁.
///
/// ```
/// use simbet::internals::significance::skewness;
/// assert!((skewness(&[1.0, 2.0, 6.0]).unwrap() - 0.5951700641394974).abs() < 1e-12);
/// assert_eq!(skewness(&[2.0, 2.0]), None);
/// ```
pub fn skewness(values: &[f64]) -> Option<f64> {
    standardised(values, 3)
}

/// Sample kurtosis: 3 for a normal distribution (not the excess over it), at least 1; no unit.
///
/// `None` below two values, when all are equal, or when one is not finite.
///
/// # Formula
/// ```text
/// b = m₄ / m₂²   with mₖ = Σ (x − x̄)ᵏ / n
/// ```
/// Not corrected for bias: Joanes & Gill (1998), The Statistician 47(1), g₂ + 3.
///
/// ```
/// use simbet::internals::significance::kurtosis;
/// assert!((kurtosis(&[1.0, 2.0, 3.0, 4.0]).unwrap() - 1.64).abs() < 1e-12);
/// ```
pub fn kurtosis(values: &[f64]) -> Option<f64> {
    standardised(values, 4)
}
