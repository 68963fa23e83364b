//! Mean and standard error of a sample that may be put together from parts.

use serde::{Deserialize, Serialize};

/// A running mean and its standard error (Welford 1962).
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Moments {
    count: u64,
    mean: f64,
    squares: f64,
}

/// A mean over runs; `None` where it is undefined.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Mean {
    /// Runs in which the figure is defined.
    pub n: u64,
    /// Their mean.
    pub mean: Option<f64>,
    /// Standard error of the mean; `None` below two runs.
    pub standard_error: Option<f64>,
}

impl Moments {
    /// Those of a single finite value, or of none.
    pub fn of(value: Option<f64>) -> Self {
        value.map_or_else(Self::default, |value| Self {
            count: 1,
            mean: value,
            squares: 0.0,
        })
    }

    /// Those of both samples (Chan, Golub and LeVeque 1979).
    ///
    /// # Formula
    /// ```text
    /// mean = m₁ + δ·n₂/n,   squares = s₁ + s₂ + δ²·n₁·n₂/n,   δ = m₂ − m₁
    /// ```
    ///
    /// ```
    /// use simbet::internals::simulate::Moments;
    /// let moments = [1.0, 2.0, 3.0, 4.0].map(|value| Moments::of(Some(value)));
    /// let all = moments.into_iter().reduce(Moments::and).unwrap();
    /// assert_eq!(all.mean().mean, Some(2.5));
    /// assert!((all.mean().standard_error.unwrap() - (5.0_f64 / 12.0).sqrt()).abs() < 1e-15);
    /// ```
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        if other.count == 0 {
            return self;
        }
        if self.count == 0 {
            return other;
        }
        let count = self.count + other.count;
        let share = other.count as f64 / count as f64;
        let step = other.mean - self.mean;
        Self {
            count,
            mean: self.mean + step * share,
            squares: self.squares + other.squares + step * step * (self.count as f64 * share),
        }
    }

    /// The number of values.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The mean and its standard error.
    ///
    /// # Formula
    /// ```text
    /// standard error = √(Σ (x − mean)² / (n − 1) / n)
    /// ```
    pub fn mean(&self) -> Mean {
        let n = self.count as f64;
        Mean {
            n: self.count,
            mean: (self.count > 0).then_some(self.mean),
            standard_error: (self.count > 1).then(|| (self.squares / (n - 1.0) / n).sqrt()),
        }
    }
}
