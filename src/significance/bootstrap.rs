//! The yield with its error, bets of a day kept together.

use rand::{Rng, RngExt as _};
use serde::{Deserialize, Serialize};

use super::quantile;

/// A settled bet, as the bootstrap sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SettledBet {
    /// The match day, in days since any fixed day.
    pub day: i64,
    /// What was staked, above 0, in any one unit of money.
    pub stake: f64,
    /// What was won or lost, in the same unit.
    pub profit: f64,
}

/// How to resample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resampling {
    /// Resamples drawn, from 2.
    pub resamples: usize,
    /// The share of resamples that the interval holds, between 0 and 1.
    pub level: f64,
}

impl Default for Resampling {
    fn default() -> Self {
        Self {
            resamples: 2_000,
            level: 0.95,
        }
    }
}

/// A yield with its error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct YieldInterval {
    /// Match days with bets.
    pub days: u64,
    /// Profit / turnover, a fraction.
    #[serde(rename = "yield")]
    pub value: f64,
    /// Standard deviation of the resampled yields.
    pub std_error: f64,
    /// Lower end of the interval.
    pub lower: f64,
    /// Upper end of the interval.
    pub upper: f64,
}

/// The yield with standard error and confidence interval, by a block bootstrap over match days.
///
/// All bets of a day are drawn together, so that bets on one match, or on matches of one day, may depend on each
/// other. The order of `bets` means nothing. `None` with bets on fewer than two days, when a stake is not above 0 or
/// a number is not finite, below two resamples, or unless 0 < level < 1. With few days (below about 30) the interval
/// is too narrow.
///
/// # Formula
/// ```text
/// yield = Σ profit / Σ stake; per resample the same ratio over D days drawn with replacement out of D;
/// the interval lies between the (1 − level)/2 and (1 + level)/2 quantiles of the resampled yields
/// ```
/// Quantiles are interpolated between order statistics (type 7 of Hyndman & Fan 1996). Efron & Tibshirani (1993), An
/// introduction to the bootstrap, chapters 8 and 13.
///
/// ```
/// use rand::SeedableRng as _;
/// use simbet::significance::{Resampling, SettledBet, yield_interval};
/// let bets = [(1, 1.0), (1, -1.0), (2, 1.0), (3, -1.0), (3, 0.5)].map(|(day, profit)| SettledBet { day, stake: 1.0, profit });
/// let mut random = chacha20::ChaCha8Rng::seed_from_u64(1);
/// let interval = yield_interval(&bets, Resampling::default(), &mut random).unwrap();
/// assert_eq!((interval.days, interval.value), (3, 0.1));
/// assert!((interval.lower, interval.upper) == (-0.25, 1.0));
/// ```
pub fn yield_interval(
    bets: &[SettledBet],
    how: Resampling,
    random: &mut impl Rng,
) -> Option<YieldInterval> {
    let usable =
        |bet: &SettledBet| bet.stake > 0.0 && bet.stake.is_finite() && bet.profit.is_finite();
    let asked = how.resamples >= 2 && how.level > 0.0 && how.level < 1.0;
    let days = by_day(bets);
    if !asked || days.len() < 2 || !bets.iter().all(usable) {
        return None;
    }
    let value = ratio(days.iter());
    let mut yields: Vec<f64> = (0..how.resamples)
        .map(|_| resample(&days, random))
        .collect();
    yields.sort_unstable_by(f64::total_cmp);
    let (lower, upper) = (
        quantile::interpolated(&yields, (1.0 - how.level) / 2.0),
        quantile::interpolated(&yields, (1.0 + how.level) / 2.0),
    );
    let std_error = deviation(&yields);
    let finite = [value, std_error, lower, upper]
        .iter()
        .all(|number| number.is_finite());
    finite.then_some(YieldInterval {
        days: days.len() as u64,
        value,
        std_error,
        lower,
        upper,
    })
}

#[derive(Clone, Copy, Default)]
struct Totals {
    stake: f64,
    profit: f64,
}

/// What was staked and won on each day with bets, days in order.
fn by_day(bets: &[SettledBet]) -> Vec<Totals> {
    let mut bets = bets.to_vec();
    // a full order: sums must not depend on the order of the rows
    bets.sort_by(|a, b| {
        a.day
            .cmp(&b.day)
            .then(a.stake.total_cmp(&b.stake))
            .then(a.profit.total_cmp(&b.profit))
    });
    let totals = |bets: &[SettledBet]| Totals {
        stake: bets.iter().map(|bet| bet.stake).sum(),
        profit: bets.iter().map(|bet| bet.profit).sum(),
    };
    bets.chunk_by(|a, b| a.day == b.day).map(totals).collect()
}

fn ratio<'a>(days: impl Iterator<Item = &'a Totals>) -> f64 {
    let total = days.fold(Totals::default(), |sum, day| Totals {
        stake: sum.stake + day.stake,
        profit: sum.profit + day.profit,
    });
    total.profit / total.stake
}

fn resample(days: &[Totals], random: &mut impl Rng) -> f64 {
    let mut draw = || &days[random.random_range(0..days.len())];
    ratio((0..days.len()).map(|_| draw()))
}

/// Standard deviation with divisor n − 1; 0 when all are equal, which a bootstrap may well find.
fn deviation(values: &[f64]) -> f64 {
    super::moments::Spread::of(values).map_or(0.0, |spread| spread.variance().sqrt())
}
