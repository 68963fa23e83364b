//! The distribution of one figure over many runs.

use serde::{Deserialize, Serialize};

use super::bins::Bins;
use super::blocks::Blocks;
use super::moments::Mean;
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
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Distribution {
    /// The size of the unit in which binned values are counted.
    unit: f64,
    /// The number that is added to binned values so that none is negative.
    offset: f64,
    /// The values as long as they are stored exactly.
    exact: Vec<f64>,
    /// All values, once there are more than are stored exactly.
    binned: Option<Bins>,
    /// The most values that are stored exactly, and the decimal digits of the bins beyond that.
    exact_limit: usize,
    digits: u8,
    /// Also of the runs in which it is undefined.
    moments: Blocks,
    range: [f64; 2],
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
            exact: Vec::new(),
            binned: None,
            exact_limit: EXACT_LIMIT,
            digits: DIGITS,
            moments: Blocks::default(),
            range: [f64::INFINITY, f64::NEG_INFINITY],
        }
    }

    /// The same for runs from this place on, counted from 0.
    pub(super) fn from(self, place: u64) -> Self {
        Self {
            moments: Blocks::from(place),
            ..self
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

    /// Adds the figure of the next run, a finite one, if it is defined there.
    ///
    /// ```
    /// use simbet::internals::simulate::Distribution;
    /// let mut distribution = Distribution::new(0.01, 0.0);
    /// for value in 1..=100 {
    ///     distribution.add(Some(f64::from(value)));
    /// }
    /// distribution.add(None);
    /// assert_eq!(distribution.summary().mean.mean, Some(50.5));
    /// assert_eq!(distribution.summary().quantiles[1], Some(5.0));
    /// ```
    pub fn add(&mut self, value: Option<f64>) {
        self.moments.add(value);
        let Some(value) = value else {
            return;
        };
        self.range = [self.range[0].min(value), self.range[1].max(value)];
        if self.binned.is_none() && self.exact.len() < self.exact_limit {
            self.exact.push(value);
        } else {
            let (unit, offset) = (self.unit, self.offset);
            self.bins().record(unit, offset, value);
        }
    }

    /// Adds the runs that follow those that are here; `false` when these do not, or are of another figure.
    #[must_use]
    pub fn join(&mut self, later: &Self) -> bool {
        let figure = |one: &Self| {
            let [unit, offset] = [one.unit, one.offset].map(f64::to_bits);
            (unit, offset, one.exact_limit, one.digits)
        };
        if figure(self) != figure(later) || !self.moments.join(&later.moments) {
            return false;
        }
        self.range = [
            self.range[0].min(later.range[0]),
            self.range[1].max(later.range[1]),
        ];
        let exact = self.exact.len() + later.exact.len();
        if self.binned.is_none() && later.binned.is_none() && exact <= self.exact_limit {
            self.exact.extend(&later.exact);
            return true;
        }
        let (unit, offset) = (self.unit, self.offset);
        let bins = self.bins();
        for &value in &later.exact {
            bins.record(unit, offset, value);
        }
        if let Some(others) = &later.binned {
            bins.join(others);
        }
        true
    }

    /// The bins, into which all values go from now on.
    fn bins(&mut self) -> &mut Bins {
        let bins = self.binned.get_or_insert_with(|| Bins::new(self.digits));
        for value in std::mem::take(&mut self.exact) {
            bins.record(self.unit, self.offset, value);
        }
        bins
    }

    /// Every value that is still known, in the order of the runs; those of the first 100,000 runs or none.
    pub fn values(&self) -> &[f64] {
        &self.exact
    }

    /// Their mean and its standard error: unlike the quantiles, these cost nothing.
    pub fn mean(&self) -> Mean {
        self.moments.moments().mean()
    }

    /// Mean, standard error and quantiles. The quantile q is the value of rank ⌈q·n⌉.
    pub fn summary(&self) -> DistributionSummary {
        DistributionSummary {
            mean: self.mean(),
            quantiles: self.quantiles(),
        }
    }

    fn quantiles(&self) -> [Option<f64>; QUANTILES.len()] {
        if self.mean().n == 0 {
            return [None; QUANTILES.len()];
        }
        if let Some(bins) = &self.binned {
            return QUANTILES.map(|q| {
                let counted = quantile::of_rank_in_bins(bins.histogram(), q);
                let value = counted * self.unit - self.offset;
                Some(value.clamp(self.range[0], self.range[1]))
            });
        }
        let mut sorted = self.exact.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        QUANTILES.map(|q| Some(quantile::of_rank(&sorted, q)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(place: usize, values: &[Option<f64>], exact_limit: usize) -> Distribution {
        let empty = Distribution::new(0.01, 1000.0).coarse(exact_limit, 3);
        let mut distribution = empty.from(place as u64);
        values.iter().for_each(|value| distribution.add(*value));
        distribution
    }

    fn bits(distribution: &Distribution) -> Vec<Option<u64>> {
        let summary = distribution.summary();
        let mean = [summary.mean.mean, summary.mean.standard_error];
        let all = summary.quantiles.into_iter().chain(mean);
        all.map(|figure| figure.map(f64::to_bits)).collect()
    }

    proptest! {
        /// Few values are exact, more are binned, and some parts have few where others have more.
        #[test]
        fn any_split_gives_the_same_figures(
            values in prop::collection::vec(prop::option::weighted(0.9, -900.0..1e5_f64), 0..60),
            cuts in prop::collection::vec(0_usize..60, 0..5),
            exact_limit in 0_usize..60,
        ) {
            let whole = of(0, &values, exact_limit);
            let mut bounds: Vec<usize> = cuts.into_iter().map(|cut| cut.min(values.len())).collect();
            bounds.extend([0, values.len()]);
            bounds.sort_unstable();
            let mut merged = of(0, &[], exact_limit);
            for pair in bounds.windows(2) {
                let part = of(pair[0], &values[pair[0]..pair[1]], exact_limit);
                // as it is after it was written and read
                let bytes = crate::checkpoint::encode(&part).unwrap();
                let part: Distribution = crate::checkpoint::decode("part", &bytes).unwrap();
                prop_assert!(merged.join(&part));
            }
            prop_assert_eq!(bits(&merged), bits(&whole));
            prop_assert_eq!(merged.values(), whole.values());
        }
    }

    #[test]
    fn other_figures_are_not_joined() {
        let mut distribution = of(0, &[Some(1.0)], 5);
        assert!(!distribution.clone().join(&of(1, &[Some(1.0)], 6)));
        assert!(!distribution.clone().join(&of(2, &[Some(1.0)], 5)));
        assert!(
            !distribution
                .clone()
                .join(&Distribution::new(0.1, 0.0).from(1))
        );
        assert!(distribution.join(&of(1, &[Some(1.0)], 5)));
    }
}
