//! Running mean and standard error.

use serde::Serialize;

/// A running mean and its standard error (Welford 1962).
#[derive(Debug, Clone, Copy, Default)]
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
    /// Adds a finite value.
    ///
    /// ```
    /// use simbet::internals::simulate::Moments;
    /// let mut moments = Moments::default();
    /// [1.0, 2.0, 3.0, 4.0].into_iter().for_each(|value| moments.add(value));
    /// assert_eq!(moments.mean().mean, Some(2.5));
    /// assert!((moments.mean().standard_error.unwrap() - (5.0_f64 / 12.0).sqrt()).abs() < 1e-15);
    /// ```
    pub fn add(&mut self, value: f64) {
        self.count += 1;
        let step = value - self.mean;
        self.mean += step / self.count as f64;
        self.squares += step * (value - self.mean);
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
