//! How far the profit fell from a peak, and how far it falls by luck alone.

use chacha20::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};
use rayon::prelude::*;
use serde::Serialize;

use super::AssessConfig;
use super::entries::{day_of, is_end_of_period};
use super::event::{FairBet, Joint, Together};
use crate::calendar;
use crate::domain::Time;
use crate::significance::{ProfitDistribution, quantile};
use crate::source::TrackedBet;

/// The running total of the profit at the end of a period.
pub(super) struct Period {
    day: Option<Time>,
    total: f64,
    bets: u64,
}

/// The deepest fall of the running profit from a peak, measured at the end of each day, or of each time where bets have one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drawdown {
    /// In units of money.
    pub amount: f64,
    /// The day of the peak; `None` at the start, and without dates.
    pub peak: Option<String>,
    /// The day of the lowest point.
    pub lowest: Option<String>,
    /// The day on which the peak was reached again; `None` where it was not.
    pub recovered: Option<String>,
    /// Bets from the peak until it was reached again, or the end.
    pub bets: u64,
    /// Bets from the peak to the lowest point.
    #[serde(skip)]
    pub bets_to_lowest: u64,
}

/// The drawdown that these bets have at odds that are fair.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ExpectedDrawdown {
    /// Bets.
    pub n: u64,
    /// The drawdown of these bets, which leave out those without odds and those cashed out.
    pub happened: f64,
    /// The mean over the runs.
    pub mean: f64,
    /// The median.
    pub median: f64,
    /// Exceeded in one of 20 runs.
    pub p95: f64,
    /// The share of the runs with one at least as deep.
    pub p: f64,
    /// Runs.
    pub runs: u64,
}

/// The running profit at the end of each period.
pub(super) fn by_period(bets: &[&TrackedBet]) -> Vec<Period> {
    let mut total = 0.0;
    let mut periods = Vec::new();
    for (place, bet) in bets.iter().enumerate() {
        total += bet.profit;
        if is_end_of_period(bets, place) {
            periods.push(Period {
                day: bet.day,
                total,
                bets: place as u64 + 1,
            });
        }
    }
    periods
}

/// The running profit at the end of each day; empty without dates.
pub(super) fn by_day(bets: &[&TrackedBet]) -> Vec<(Time, f64)> {
    let mut total = 0.0;
    let mut days: Vec<(Time, f64)> = Vec::new();
    for (place, bet) in bets.iter().enumerate() {
        total += bet.profit;
        let day = day_of(bets, place);
        match days.last_mut() {
            Some(last) if last.0 == day => last.1 = total,
            _ => days.push((day, total)),
        }
    }
    days
}

impl Drawdown {
    /// The deepest; `None` where the profit never fell.
    pub(super) fn of(periods: &[Period]) -> Option<Self> {
        let (mut peak, mut peak_at) = (0.0, None);
        let mut deepest: Option<(f64, Option<usize>, usize)> = None;
        for (place, period) in periods.iter().enumerate() {
            if period.total > peak {
                (peak, peak_at) = (period.total, Some(place));
            }
            let depth = peak - period.total;
            if depth > NOISE && deepest.is_none_or(|known| depth > known.0 + NOISE) {
                deepest = Some((depth, peak_at, place));
            }
        }
        let (amount, from, lowest) = deepest?;
        let level = from.map_or(0.0, |from| periods[from].total);
        let again = (lowest..periods.len()).find(|place| periods[*place].total >= level - NOISE);
        let day = |place: usize| periods[place].day.map(calendar::format_date);
        let until = again.unwrap_or(periods.len() - 1);
        let bets_to =
            |place: usize| periods[place].bets - from.map_or(0, |from| periods[from].bets);
        Some(Self {
            amount,
            peak: from.and_then(day),
            lowest: day(lowest),
            recovered: again.and_then(day),
            bets: bets_to(until),
            bets_to_lowest: bets_to(lowest),
        })
    }
}

/// Sums of amounts that differ by less are the same.
const NOISE: f64 = 1e-9;

/// Draws in all, so that a long record takes no longer than seconds.
const MOST_DRAWS: u64 = 200_000_000;
/// The most runs.
const MOST_RUNS: u64 = 5_000;
/// The fewest runs from which a share is given.
const FEWEST_RUNS: u64 = 200;

/// The drawdowns of the bets as if their odds were fair, in their order and with their stakes; `None` where more than
/// one in twenty stand on an event with others and it is not known how they end together.
pub(super) fn expected(bets: &[FairBet], config: &AssessConfig) -> Option<ExpectedDrawdown> {
    let joint = Joint::of(bets);
    if bets.is_empty() || joint.is_unknown() {
        return None;
    }
    let parts = &joint.parts[..];
    let runs = (MOST_DRAWS / bets.len() as u64).clamp(FEWEST_RUNS, MOST_RUNS);
    let mut depths: Vec<f64> = (0..runs)
        .into_par_iter()
        .map(|run| simulated(parts, config.seed, run))
        .collect();
    depths.sort_unstable_by(f64::total_cmp);
    let happened = depth(parts, |part| part.profit);
    let as_deep = depths.len() - depths.partition_point(|depth| *depth < happened - NOISE);
    Some(ExpectedDrawdown {
        n: bets.len() as u64,
        happened,
        mean: depths.iter().sum::<f64>() / runs as f64,
        median: quantile::of_rank(&depths, 0.5),
        p95: quantile::of_rank(&depths, 0.95),
        p: as_deep as f64 / runs as f64,
        runs,
    })
}

fn simulated(parts: &[Together], seed: u64, run: u64) -> f64 {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(run);
    depth(parts, |part| drawn(&part.distribution, random.random()))
}

/// The profit at a place of the unit interval, which the chances divide.
pub(super) fn drawn(bet: &ProfitDistribution, mut place: f64) -> f64 {
    let mut last = bet.profits[4];
    for (chance, profit) in bet.pairs().filter(|(chance, _)| *chance > 0.0) {
        if place < chance {
            return profit;
        }
        place -= chance;
        last = profit;
    }
    last
}

/// The deepest fall from a peak at the ends of periods.
fn depth(parts: &[Together], mut profit: impl FnMut(&Together) -> f64) -> f64 {
    let (mut total, mut peak, mut deepest) = (0.0_f64, 0.0_f64, 0.0_f64);
    for (place, part) in parts.iter().enumerate() {
        total += profit(part);
        let next = parts.get(place + 1);
        if next.is_none_or(|next| next.period != part.period) {
            peak = peak.max(total);
            deepest = deepest.max(peak - total);
        }
    }
    deepest
}
