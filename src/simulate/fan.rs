//! How the bankroll spreads as matches are played.

use hdrhistogram::Histogram;

use super::distribution::{QUANTILES, quantile_of};
use crate::domain::Money;

/// Points of a fan, at most, besides the start.
const POINTS: u64 = 100;

/// After how many matches the fan of a run of so many has its points: from 0 to all of them.
///
/// ```
/// assert_eq!(simbet::simulate::fan_points(3), [0, 1, 2, 3]);
/// assert_eq!(simbet::simulate::fan_points(1000)[..3], [0, 10, 20]);
/// ```
pub fn points(matches: u64) -> Vec<u64> {
    let count = POINTS.min(matches);
    let mut points: Vec<u64> =
        (0..=count).map(|k| (u128::from(k) * u128::from(matches) / u128::from(count.max(1))) as u64).collect();
    points.dedup();
    points
}

/// Quantiles of the bankroll after so many matches, to three significant digits in memory of fixed size.
#[derive(Debug, Clone)]
pub struct Fan {
    points: Vec<u64>,
    balances: Vec<Histogram<u32>>,
    /// The least and the greatest balance at each point, in minor units: bins are rounded, the ends of a fan need not be.
    ranges: Vec<[i64; 2]>,
    sums: Vec<i128>,
    runs: u64,
}

/// A point of a fan.
#[derive(Debug, Clone, PartialEq)]
pub struct FanPoint {
    /// Matches played.
    pub matches: u64,
    /// Mean bankroll.
    pub mean: f64,
    /// The bankroll at each of [`QUANTILES`].
    pub quantiles: [f64; QUANTILES.len()],
}

impl Fan {
    pub(super) fn new(matches: u64) -> Self {
        let points = points(matches);
        let empty = Histogram::new(3).expect("three digits are within what a histogram can hold");
        let count = points.len();
        Self { balances: vec![empty; count], ranges: vec![[i64::MAX, 0]; count], sums: vec![0; count], points, runs: 0 }
    }

    pub(super) fn add(&mut self, path: &[Money]) {
        self.runs += 1;
        for (point, balance) in path.iter().take(self.points.len()).enumerate() {
            // a balance is not negative, and a histogram grows to hold whatever it is given
            let minor = balance.minor().max(0);
            let _ = self.balances[point].record(minor as u64);
            let [least, most] = self.ranges[point];
            self.ranges[point] = [least.min(minor), most.max(minor)];
            self.sums[point] += i128::from(minor);
        }
    }

    /// The points in order; none before the first run.
    pub fn points(&self) -> impl Iterator<Item = FanPoint> + '_ {
        let runs = self.runs as f64;
        let played = self.points.iter().enumerate().filter(|_| self.runs > 0);
        played.map(move |(point, &matches)| {
            let [least, most] = self.ranges[point].map(|minor| minor as f64);
            let quantile = |q| quantile_of(&self.balances[point], q).clamp(least, most) / Money::MINOR as f64;
            let mean = self.sums[point] as f64 / runs / Money::MINOR as f64;
            FanPoint { matches, mean, quantiles: QUANTILES.map(quantile) }
        })
    }
}
