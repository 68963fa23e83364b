//! The distribution of one figure over many runs.

use hdrhistogram::Histogram;
use serde::Serialize;

use super::moments::{Mean, Moments};
use crate::significance::quantile;

/// The quantiles that are reported.
pub const QUANTILES: [f64; 7] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

/// Values that are stored exactly; once there are more, all go into bins.
const EXACT_LIMIT: usize = 100_000;
/// Significant digits of bins.
const DIGITS: u8 = 4;

/// Mean and quantiles of a figure.
///
/// Up to 100,000 values the quantiles are exact. Beyond, a value that is x above the least possible one is kept to x / 10,000,
/// and the memory that takes no longer grows.
#[derive(Debug, Clone)]
pub struct Distribution {
    /// The size of the unit in which binned values are counted.
    unit: f64,
    /// The number that is added to binned values so that none is negative.
    offset: f64,
    values: Values,
    /// The most values that are stored exactly, and the decimal digits of the bins beyond that.
    exact_limit: usize,
    digits: u8,
    moments: Moments,
    range: [f64; 2],
}

#[derive(Debug, Clone)]
enum Values {
    Exact(Vec<f64>),
    Binned(Histogram<u32>),
}

/// Mean, standard error and quantiles of a figure over runs; `None` where it is undefined.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DistributionSummary {
    /// Mean and standard error.
    #[serde(flatten)]
    pub mean: Mean,
    /// The figure that a share of 1, 5, 25, 50, 75, 95 and 99 % of the runs does not exceed.
    pub quantiles: [Option<f64>; QUANTILES.len()],
}

impl Distribution {
    /// An empty distribution of values of at least −`offset`, measured in multiples of `unit` once they are binned.
    pub fn new(unit: f64, offset: f64) -> Self {
        Self {
            unit,
            offset,
            values: Values::Exact(Vec::new()),
            exact_limit: EXACT_LIMIT,
            digits: DIGITS,
            moments: Moments::default(),
            range: [f64::INFINITY, f64::NEG_INFINITY],
        }
    }

    /// The same with fewer exact values and fewer digits (1 to 5) of the others: for one of many distributions.
    pub(super) fn coarse(self, exact_limit: usize, digits: u8) -> Self {
        Self {
            exact_limit,
            digits,
            ..self
        }
    }

    /// Adds a finite value; the order of values can only matter in the last digit of the mean.
    ///
    /// ```
    /// use simbet::internals::simulate::Distribution;
    /// let mut distribution = Distribution::new(0.01, 0.0);
    /// for value in 1..=100 {
    ///     distribution.add(f64::from(value));
    /// }
    /// assert_eq!(distribution.summary().mean.mean, Some(50.5));
    /// assert_eq!(distribution.summary().quantiles[1], Some(5.0));
    /// ```
    pub fn add(&mut self, value: f64) {
        self.moments.add(value);
        self.range = [self.range[0].min(value), self.range[1].max(value)];
        match &mut self.values {
            Values::Exact(values) if values.len() < self.exact_limit => values.push(value),
            Values::Exact(values) => {
                let mut binned = Histogram::new(self.digits)
                    .expect("so few digits are within what a histogram can hold");
                for &value in values.iter().chain([&value]) {
                    record(&mut binned, value, self.unit, self.offset);
                }
                self.values = Values::Binned(binned);
            }
            Values::Binned(binned) => record(binned, value, self.unit, self.offset),
        }
    }

    /// Every value that is still known, in the order of the runs; those of the first 100,000 runs or none.
    pub fn values(&self) -> &[f64] {
        match &self.values {
            Values::Exact(values) => values,
            Values::Binned(_) => &[],
        }
    }

    /// Their mean and its standard error: unlike the quantiles, these cost nothing.
    pub fn mean(&self) -> Mean {
        self.moments.mean()
    }

    /// Mean, standard error and quantiles. The quantile q is the value of rank ⌈q·n⌉.
    pub fn summary(&self) -> DistributionSummary {
        DistributionSummary {
            mean: self.mean(),
            quantiles: self.quantiles(),
        }
    }

    fn quantiles(&self) -> [Option<f64>; QUANTILES.len()] {
        if self.moments.count() == 0 {
            return [None; QUANTILES.len()];
        }
        match &self.values {
            Values::Exact(values) => {
                let mut sorted = values.clone();
                sorted.sort_unstable_by(f64::total_cmp);
                QUANTILES.map(|q| Some(quantile::of_rank(&sorted, q)))
            }
            Values::Binned(binned) => QUANTILES.map(|q| {
                let value = quantile::of_rank_in_bins(binned, q) * self.unit - self.offset;
                Some(value.clamp(self.range[0], self.range[1]))
            }),
        }
    }
}

fn record(histogram: &mut Histogram<u32>, value: f64, unit: f64, offset: f64) {
    // a float that is too large or too small becomes the nearest integer, and the histogram grows to hold it
    let _ = histogram.record(((value + offset) / unit).round() as u64);
}
