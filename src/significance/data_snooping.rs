//! Whether the best of many is better than chance lets the best of many be.

use rand::{Rng, RngExt as _};
use rayon::prelude::*;
use serde::Serialize;

use super::moments::Spread;

/// Resamples drawn before any is looked at: bounds what is held at once.
const DRAWN_AT_ONCE: usize = 256;
/// Resamples looked at together: their weights stay in the processor's cache while the settings pass by.
const TOGETHER: usize = 8;

/// How days are resampled.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Blocks {
    /// Resamples drawn, from 1.
    pub resamples: usize,
    /// Mean length of a block, in days, from 1.
    pub mean_length: f64,
}

impl Default for Blocks {
    fn default() -> Self {
        Self {
            resamples: 1_000,
            mean_length: 10.0,
        }
    }
}

/// White's test that no setting beats doing nothing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RealityCheck {
    /// Settings tested: those that did anything.
    pub settings: u64,
    /// Returns of each.
    pub days: u64,
    /// √n times the largest mean return.
    pub statistic: f64,
    /// The chance of such a largest mean, or a larger one, if no setting is better than doing nothing.
    pub p: f64,
}

/// Hansen's test of the same: each setting on its own scale, and the hopeless ones not counted as rivals.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SuperiorAbility {
    /// Settings tested: those that did anything.
    pub settings: u64,
    /// Returns of each.
    pub days: u64,
    /// The largest t of a mean return, at least 0.
    pub statistic: f64,
    /// The p to report: settings too bad for chance are set aside.
    pub p: f64,
    /// A lower bound of p: every setting that lost is set aside.
    pub p_lower: f64,
    /// An upper bound of p: none is.
    pub p_upper: f64,
}

/// White's reality check: the chance of so good a best setting if none has any skill.
///
/// `returns` holds one row for each setting, each with a return for each of the same days; those that are constant are
/// left out. The benchmark is doing nothing, a return of 0. `None` when none is left, below two days, when rows are not
/// of one length or a number is not finite, without a resample, or with blocks shorter than a day.
///
/// # Formula
/// ```text
/// V = max √n·d̄ₖ   V* = max √n·(d̄ₖ* − d̄ₖ)   p = share of V* > V
/// ```
/// over stationary bootstraps. White (2000), A reality check for data snooping, Econometrica 68(5).
///
/// ```
/// use rand::SeedableRng as _;
/// use simbet::significance::{Blocks, reality_check};
/// let mut random = chacha20::ChaCha8Rng::seed_from_u64(1);
/// let worst = [-1.0, -2.0, -1.0, -3.0, -1.0].to_vec();
/// let check = reality_check(&[worst], Blocks { resamples: 200, mean_length: 1.0 }, &mut random).unwrap();
/// assert_eq!((check.settings, check.days, check.p), (1, 5, 1.0));
/// ```
pub fn reality_check(
    returns: &[Vec<f64>],
    how: Blocks,
    random: &mut impl Rng,
) -> Option<RealityCheck> {
    data_snooping_tests(returns, how, random).map(|tests| tests.0)
}

/// Hansen's test for superior predictive ability: [`reality_check`] with every mean divided by its own standard error,
/// and with three answers to what is to be thought of settings that did badly.
///
/// `None` as there.
///
/// # Formula
/// ```text
/// T = max(0, max √n·d̄ₖ/ωₖ)   T* = max(0, max √n·(d̄ₖ* − g(d̄ₖ))/ωₖ)   p = share of T* > T (1 if T = 0)
/// g: lower max(d̄, 0); consistent d̄ if √n·d̄/ω ≥ −√(2 ln ln n), else 0; upper d̄
/// ω² = γ₀ + 2 Σᵢ κᵢ·γᵢ,   κᵢ = (1 − i/n)(1 − q)ⁱ + (i/n)(1 − q)ⁿ⁻ⁱ,   q = 1 / mean length of a block
/// ```
/// γᵢ being the autocovariances with divisor n. Hansen (2005), A test for superior predictive ability, Journal of
/// Business & Economic Statistics 23(4).
///
/// ```
/// use rand::SeedableRng as _;
/// use simbet::significance::{Blocks, spa};
/// let mut random = chacha20::ChaCha8Rng::seed_from_u64(1);
/// let sure = [1.0, 2.0, 1.0, 3.0, 1.0].to_vec();
/// let test = spa(&[sure], Blocks { resamples: 200, mean_length: 1.0 }, &mut random).unwrap();
/// assert_eq!((test.p_lower, test.p, test.p_upper), (0.0, 0.0, 0.0));
/// ```
pub fn spa(returns: &[Vec<f64>], how: Blocks, random: &mut impl Rng) -> Option<SuperiorAbility> {
    data_snooping_tests(returns, how, random).map(|tests| tests.1)
}

/// [`reality_check`] and [`spa`] over the same resamples, in half the time.
///
/// ```
/// use rand::SeedableRng as _;
/// use simbet::significance::{Blocks, data_snooping_tests};
/// let mut random = chacha20::ChaCha8Rng::seed_from_u64(1);
/// let (check, test) = data_snooping_tests(&[vec![1.0, 2.0, 1.0, 3.0]], Blocks::default(), &mut random).unwrap();
/// assert_eq!((check.statistic, check.p, test.p), (3.5, 0.0, 0.0));
/// ```
pub fn data_snooping_tests(
    returns: &[Vec<f64>],
    how: Blocks,
    random: &mut impl Rng,
) -> Option<(RealityCheck, SuperiorAbility)> {
    let days = returns.first()?.len();
    let even = returns
        .iter()
        .all(|row| row.len() == days && row.iter().all(|value| value.is_finite()));
    if !even
        || days < 2
        || how.resamples == 0
        || !(how.mean_length >= 1.0 && how.mean_length.is_finite())
    {
        return None;
    }
    let rivals: Vec<Rival<'_>> = returns
        .par_iter()
        .filter_map(|row| Rival::new(row, how.mean_length))
        .collect();
    let root = (days as f64).sqrt();
    let largest = |value: &dyn Fn(&Rival<'_>) -> f64| {
        rivals.iter().map(value).fold(f64::NEG_INFINITY, f64::max)
    };
    let best = Extremes {
        mean: largest(&|rival| rival.mean),
        studentised: [largest(&|rival| rival.mean / rival.deviation).max(0.0); 3],
    };
    if rivals.is_empty() {
        return None;
    }
    let beaten = beaten(&rivals, &best, days, how, random);
    let share = |place: usize| beaten[place] as f64 / how.resamples as f64;
    // a best that lost is never better than chance
    let p = |place: usize| {
        if best.studentised[0] > 0.0 {
            share(place)
        } else {
            1.0
        }
    };
    let (settings, days) = (rivals.len() as u64, days as u64);
    let check = RealityCheck {
        settings,
        days,
        statistic: root * best.mean,
        p: share(0),
    };
    let statistic = root * best.studentised[0];
    Some((
        check,
        SuperiorAbility {
            settings,
            days,
            statistic,
            p_lower: p(1),
            p: p(2),
            p_upper: p(3),
        },
    ))
}

/// How many resamples beat the best, in each of the four tests.
fn beaten(
    rivals: &[Rival<'_>],
    best: &Extremes,
    days: usize,
    how: Blocks,
    random: &mut impl Rng,
) -> [usize; 4] {
    let mut beaten = [0; 4];
    let mut left = how.resamples;
    while left > 0 {
        let now = left.min(DRAWN_AT_ONCE);
        let weights: Vec<Vec<f64>> = (0..now)
            .map(|_| weights(days, how.mean_length, random))
            .collect();
        let extremes: Vec<Extremes> = weights
            .par_chunks(TOGETHER)
            .flat_map_iter(|weights| resampled(rivals, weights))
            .collect();
        for extreme in extremes {
            beaten[0] += usize::from(extreme.mean > best.mean);
            for (place, value) in extreme.studentised.iter().enumerate() {
                beaten[place + 1] += usize::from(*value > best.studentised[place]);
            }
        }
        left -= now;
    }
    beaten
}

/// The largest mean, and the largest of the means on their own scales, lower, consistent and upper; without √n.
#[derive(Debug, Clone, Copy)]
struct Extremes {
    mean: f64,
    studentised: [f64; 3],
}

/// A setting that is tested.
struct Rival<'a> {
    returns: &'a [f64],
    mean: f64,
    /// ω, the standard deviation of √n times the mean.
    deviation: f64,
    /// What the resampled mean is held against: lower, consistent, upper.
    centres: [f64; 3],
}

impl<'a> Rival<'a> {
    /// `None` without variance.
    fn new(returns: &'a [f64], mean_length: f64) -> Option<Self> {
        let (mean, n) = (Spread::of(returns)?.mean, returns.len() as f64);
        let deviation = long_run_variance(returns, mean, mean_length).sqrt();
        let floor = -(2.0 * n.ln().ln()).max(0.0).sqrt() * deviation / n.sqrt();
        let centres = [mean.max(0.0), if mean >= floor { mean } else { 0.0 }, mean];
        (deviation > 0.0).then_some(Self {
            returns,
            mean,
            deviation,
            centres,
        })
    }
}

/// The variance that the stationary bootstrap gives √n times the mean, in closed form.
fn long_run_variance(returns: &[f64], mean: f64, mean_length: f64) -> f64 {
    let deviations: Vec<f64> = returns.iter().map(|value| value - mean).collect();
    let (n, keep) = (returns.len(), 1.0 - 1.0 / mean_length);
    let mut variance = dot(&deviations, &deviations);
    for lag in 1..n {
        let share = lag as f64 / n as f64;
        let kernel = (1.0 - share) * keep.powi(lag as i32) + share * keep.powi((n - lag) as i32);
        // below this it cannot change the last digit
        if kernel > 1e-18 {
            variance += 2.0 * kernel * dot(&deviations[..n - lag], &deviations[lag..]);
        }
    }
    variance / n as f64
}

/// The extremes of each resample.
fn resampled(rivals: &[Rival<'_>], weights: &[Vec<f64>]) -> Vec<Extremes> {
    let lowest = Extremes {
        mean: f64::NEG_INFINITY,
        studentised: [0.0; 3],
    };
    let mut extremes = vec![lowest; weights.len()];
    for rival in rivals {
        for (extreme, weights) in extremes.iter_mut().zip(weights) {
            let mean = dot(rival.returns, weights);
            extreme.mean = extreme.mean.max(mean - rival.mean);
            for (largest, centre) in extreme.studentised.iter_mut().zip(rival.centres) {
                *largest = largest.max((mean - centre) / rival.deviation);
            }
        }
    }
    extremes
}

/// The share of each day in a resample.
fn weights(days: usize, mean_length: f64, random: &mut impl Rng) -> Vec<f64> {
    let mut counts = vec![0.0; days];
    stationary_bootstrap(days, mean_length, random).for_each(|day| counts[day] += 1.0);
    counts.iter_mut().for_each(|count| *count /= days as f64);
    counts
}

/// A resample of `n` things in order: blocks that begin anywhere, the first following the last, with lengths that are
/// geometrically distributed with this mean, from 1.
///
/// # Formula
/// ```text
/// I₁ uniform; Iₜ₊₁ uniform with probability 1 / mean length, else Iₜ + 1 (after the last comes the first)
/// ```
/// Politis & Romano (1994), The stationary bootstrap, Journal of the American Statistical Association 89(428).
///
/// ```
/// use rand::SeedableRng as _;
/// use simbet::significance::stationary_bootstrap;
/// let mut random = chacha20::ChaCha8Rng::seed_from_u64(1);
/// let days: Vec<usize> = stationary_bootstrap(5, 1e12, &mut random).collect();
/// assert!(days.windows(2).all(|pair| pair[1] == (pair[0] + 1) % 5));
/// ```
pub fn stationary_bootstrap(
    n: usize,
    mean_length: f64,
    random: &mut impl Rng,
) -> impl Iterator<Item = usize> {
    let mut last = None;
    (0..n).map(move |_| {
        let next = match last {
            Some(last) if random.random_range(0.0..1.0) >= 1.0 / mean_length => (last + 1) % n,
            _ => random.random_range(0..n),
        };
        last = Some(next);
        next
    })
}

/// Eight sums side by side, which processors add up at once, and always in the same order.
fn dot(one: &[f64], other: &[f64]) -> f64 {
    let ((parts, rest), (other_parts, other_rest)) = (one.as_chunks::<8>(), other.as_chunks::<8>());
    let mut sums = [0.0; 8];
    for (part, other) in parts.iter().zip(other_parts) {
        for ((sum, one), other) in sums.iter_mut().zip(part).zip(other) {
            *sum += one * other;
        }
    }
    let rest: f64 = rest
        .iter()
        .zip(other_rest)
        .map(|(one, other)| one * other)
        .sum();
    sums.iter().sum::<f64>() + rest
}
