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

impl SettledBet {
    fn is_valid(&self) -> bool {
        self.stake > 0.0 && self.stake.is_finite() && self.profit.is_finite()
    }
}

/// The number of resamples and the level of the interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resampling {
    /// Resamples drawn, from 2.
    pub resamples: usize,
    /// The share of resamples that the interval holds, between 0 and 1.
    pub level: f64,
}

impl Resampling {
    fn is_valid(&self) -> bool {
        self.resamples >= 2 && self.level > 0.0 && self.level < 1.0
    }
}

impl Default for Resampling {
    fn default() -> Self {
        Self {
            resamples: 2_000,
            level: 0.95,
        }
    }
}

/// A yield with its standard error and confidence interval.
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

impl YieldInterval {
    fn is_finite(&self) -> bool {
        [self.value, self.std_error, self.lower, self.upper]
            .iter()
            .all(|number| number.is_finite())
    }
}

/// The yield with standard error and confidence interval, by a block bootstrap over match days.
///
/// All bets of a day are drawn together, so bets on one match, or on matches of one day, may depend on each other. The
/// order of `bets` does not matter. With few days (below about 30) the interval is too narrow.
///
/// `None` with bets on fewer than two days, when a stake is not above 0 or a number is not finite, below two
/// resamples, or unless 0 < level < 1.
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
/// use simbet::internals::significance::yield_interval;
/// use simbet::internals::significance::{Resampling, SettledBet};
/// let bets = [(1, 1.0), (1, -1.0), (2, 1.0), (3, -1.0), (3, 0.5)].map(|(day, profit)| SettledBet { day, stake: 1.0, profit });
/// let mut random = chacha20::ChaCha8Rng::seed_from_u64(1);
/// let interval = yield_interval(&bets, Resampling::default(), &mut random).unwrap();
/// assert_eq!((interval.days, interval.value), (3, 0.1));
/// assert!((interval.lower, interval.upper) == (-0.25, 1.0));
/// ```
pub fn yield_interval(
    bets: &[SettledBet],
    resampling: Resampling,
    random: &mut impl Rng,
) -> Option<YieldInterval> {
    let days = by_day(bets);
    if !resampling.is_valid() || days.len() < 2 || !bets.iter().all(SettledBet::is_valid) {
        return None;
    }
    let mut yields: Vec<f64> = (0..resampling.resamples)
        .map(|_| resample(&days, random))
        .collect();
    yields.sort_unstable_by(f64::total_cmp);
    let interval = YieldInterval {
        days: days.len() as u64,
        value: ratio(days.iter()),
        std_error: deviation(&yields),
        lower: quantile::interpolated(&yields, (1.0 - resampling.level) / 2.0),
        upper: quantile::interpolated(&yields, (1.0 + resampling.level) / 2.0),
    };
    interval.is_finite().then_some(interval)
}

#[derive(Clone, Copy, Default)]
struct Totals {
    stake: f64,
    profit: f64,
}

impl Totals {
    fn of(bets: &[SettledBet]) -> Self {
        Self {
            stake: bets.iter().map(|bet| bet.stake).sum(),
            profit: bets.iter().map(|bet| bet.profit).sum(),
        }
    }
}

/// Stakes and profits of each day with bets, in the order of days.
fn by_day(bets: &[SettledBet]) -> Vec<Totals> {
    let mut bets = bets.to_vec();
    // a total order, since floating-point sums would otherwise depend on the order of the rows
    bets.sort_by(|a, b| {
        a.day
            .cmp(&b.day)
            .then(a.stake.total_cmp(&b.stake))
            .then(a.profit.total_cmp(&b.profit))
    });
    bets.chunk_by(|a, b| a.day == b.day)
        .map(Totals::of)
        .collect()
}

fn ratio<'a>(days: impl Iterator<Item = &'a Totals>) -> f64 {
    let total = days.fold(Totals::default(), |sum, day| Totals {
        stake: sum.stake + day.stake,
        profit: sum.profit + day.profit,
    });
    total.profit / total.stake
}

/// The yield of as many days as there are, drawn with replacement.
fn resample(days: &[Totals], random: &mut impl Rng) -> f64 {
    // the draws of 32 bits are those of a usize, without a test of its width at each
    let count = u32::try_from(days.len()).expect("fewer than 2^32 days");
    ratio((0..count).map(|_| &days[random.random_range(0..count) as usize]))
}

/// Standard deviation with divisor n − 1; 0 when all values are equal, as the yields of resamples may be.
fn deviation(values: &[f64]) -> f64 {
    super::moments::Moments::of(values).map_or(0.0, |moments| moments.variance().sqrt())
}
