//! How the bankroll spreads as matches are played.

use serde::{Deserialize, Serialize};

use super::distribution::{Distribution, QUANTILES};
use crate::domain::Money;

/// Points of a fan, at most, besides the start.
const POINTS: u64 = 100;

/// The numbers of matches at which the fan of a run has its points: from 0 to all `matches`.
///
/// ```
/// assert_eq!(simbet::internals::simulate::fan_points(3), [0, 1, 2, 3]);
/// assert_eq!(simbet::internals::simulate::fan_points(1000)[..3], [0, 10, 20]);
/// ```
pub fn points(matches: u64) -> Vec<u64> {
    let count = POINTS.min(matches);
    let mut points: Vec<u64> = (0..=count)
        .map(|k| (u128::from(k) * u128::from(matches) / u128::from(count.max(1))) as u64)
        .collect();
    points.dedup();
    points
}

/// Quantiles of the bankroll along the matches.
///
/// Up to 10,000 runs they are exact; beyond they have three significant digits, in memory of fixed size.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Fan {
    points: Vec<u64>,
    balances: Vec<Distribution>,
}

/// The most exact balances at each point, and the significant digits beyond that.
const KEPT: usize = 10_000;
const DIGITS: u8 = 3;

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
    /// The fan of the runs from this place on, counted from 0.
    pub(super) fn new(matches: u64, place: u64) -> Self {
        let points = points(matches);
        let empty = Distribution::new(1.0 / Money::MINOR as f64, 0.0).coarse(KEPT, DIGITS);
        let empty = empty.from(place);
        Self {
            balances: vec![empty; points.len()],
            points,
        }
    }

    pub(super) fn add(&mut self, path: &[Money]) {
        self.balances
            .iter_mut()
            .zip(path)
            .for_each(|(balances, balance)| balances.add(Some(balance.units())));
    }

    /// Adds the runs that follow those that are here; `false` when these do not.
    #[must_use]
    pub(super) fn join(&mut self, later: &Self) -> bool {
        let mut points = self.balances.iter_mut().zip(&later.balances);
        self.points == later.points && points.all(|(balances, later)| balances.join(later))
    }

    /// The points in order; none before the first run.
    pub fn points(&self) -> impl Iterator<Item = FanPoint> + '_ {
        self.points
            .iter()
            .zip(&self.balances)
            .filter_map(|(&matches, balances)| {
                let summary = balances.summary();
                let mut quantiles = [0.0; QUANTILES.len()];
                for (to, quantile) in quantiles.iter_mut().zip(summary.quantiles) {
                    *to = quantile?;
                }
                Some(FanPoint {
                    matches,
                    mean: summary.mean.mean?,
                    quantiles,
                })
            })
    }
}
