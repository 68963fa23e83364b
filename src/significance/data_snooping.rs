//! Tests for data snooping: whether the best of many settings is better than the best of many would be by chance.

use std::sync::atomic::{AtomicBool, Ordering};

use rand::{Rng, RngExt as _};
use rayon::prelude::*;
use serde::Serialize;

use super::moments::Moments;

/// Resamples drawn before any is evaluated. Drawing is sequential and evaluation parallel; the batch bounds the memory.
const RESAMPLES_PER_BATCH: usize = 256;
/// Resamples that one task evaluates: their weights stay in the processor's cache while it goes through the settings.
const RESAMPLES_PER_TASK: usize = 8;

/// The flag of a test that nobody stops.
static NEVER: AtomicBool = AtomicBool::new(false);

/// How the stationary bootstrap resamples days.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BlockBootstrap {
    /// Resamples drawn, from 1.
    pub resamples: usize,
    /// Mean length of a block, in days, from 1.
    pub mean_length: f64,
}

/// The longest mean length of blocks that is used unasked.
const LONGEST: f64 = 10.0;

impl Default for BlockBootstrap {
    fn default() -> Self {
        Self {
            resamples: 1_000,
            mean_length: LONGEST,
        }
    }
}

impl BlockBootstrap {
    /// The mean length of blocks for so many days: from 1, at most 10.
    ///
    /// The longer the blocks, the more dependence they keep; but of few days long blocks make few different resamples,
    /// which are too much like the original.
    ///
    /// # Formula
    /// ```text
    /// ∛n, between 1 and 10
    /// ```
    /// The rate is the best one for the stationary bootstrap: Politis & White (2004), Automatic block-length selection for
    /// the dependent bootstrap, Econometric Reviews 23(1).
    ///
    /// ```
    /// use simbet::internals::significance::BlockBootstrap;
    /// let lengths = [0, 27, 64, 1_000, 8_000].map(BlockBootstrap::usual_length);
    /// assert_eq!(lengths, [1.0, 3.0, 4.0, 10.0, 10.0]);
    /// ```
    pub fn usual_length(days: u64) -> f64 {
        (days as f64).cbrt().clamp(1.0, LONGEST)
    }

    fn is_valid(&self) -> bool {
        self.resamples > 0 && self.mean_length >= 1.0 && self.mean_length.is_finite()
    }
}

/// White's reality check: a test of the hypothesis that no setting is better than not betting.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RealityCheck {
    /// Settings tested: those that did anything.
    pub settings: u64,
    /// Returns of each.
    pub days: u64,
    /// √n times the largest mean return.
    pub statistic: f64,
    /// The probability of a largest mean at least as high if no setting is better than not betting.
    pub p: f64,
}

/// Hansen's test of the same hypothesis: each mean is divided by its own standard error, and settings that lost too
/// much to be the best are left out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SuperiorAbility {
    /// Settings tested: those that did anything.
    pub settings: u64,
    /// Returns of each.
    pub days: u64,
    /// The largest t of a mean return, at least 0.
    pub statistic: f64,
    /// The p to report: settings that lost by more than chance explains are left out.
    pub p: f64,
    /// A lower bound of p: every setting that lost is left out.
    pub p_lower: f64,
    /// An upper bound of p: no setting is left out.
    pub p_upper: f64,
}

impl SuperiorAbility {
    /// `shares` are those of resamples beyond the observed maxima: White's, then lower, consistent and upper.
    fn new(settings: u64, days: u64, statistic: f64, shares: [f64; 4]) -> Self {
        // a best setting that lost is never better than chance
        let [_, p_lower, p, p_upper] = if statistic > 0.0 { shares } else { [1.0; 4] };
        Self {
            settings,
            days,
            statistic,
            p,
            p_lower,
            p_upper,
        }
    }
}

/// White's reality check: the probability of a best setting as good as this one if no setting has any skill.
///
/// `returns` holds one row for each setting, with a return for each of the same days. Constant rows are left out. The
/// benchmark is not betting: a return of 0. `None` when no row is left, below two days, when rows differ in length or a
/// number is not finite, without a resample, or with blocks shorter than a day.
///
/// # Formula
/// ```text
/// V = max √n·d̄ₖ   V* = max √n·(d̄ₖ* − d̄ₖ)   p = share of V* > V
/// ```
/// over stationary bootstraps, d̄* being d̄ + √(n / (n − S)) times what a resample's mean is above d̄, S = Σᵢ κᵢ over
/// i = 0 … n − 1 with the κ of [`spa`]. Of n independent days resamples vary too little, by the share S / n: their own
/// mean has been taken from them, as it is where a variance has the divisor n − 1, to which the factor comes with blocks of
/// one day. White (2000), A reality check for data snooping, Econometrica 68(5).
///
/// ```
/// use rand::SeedableRng as _;
/// use simbet::internals::significance::{BlockBootstrap, reality_check};
/// let mut random = chacha20::ChaCha8Rng::seed_from_u64(1);
/// let worst = [-1.0, -2.0, -1.0, -3.0, -1.0].to_vec();
/// let check = reality_check(&[worst], BlockBootstrap { resamples: 200, mean_length: 1.0 }, &mut random).unwrap();
/// assert_eq!((check.settings, check.days, check.p), (1, 5, 1.0));
/// ```
pub fn reality_check(
    returns: &[Vec<f64>],
    bootstrap: BlockBootstrap,
    random: &mut impl Rng,
) -> Option<RealityCheck> {
    data_snooping_tests(returns, bootstrap, random, &NEVER).map(|tests| tests.0)
}

/// Hansen's test for superior predictive ability: [`reality_check`] with every mean divided by its own standard error.
///
/// It has three p-values, which differ in how settings with a negative mean are treated. `None` as in [`reality_check`].
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
/// use simbet::internals::significance::{BlockBootstrap, spa};
/// let mut random = chacha20::ChaCha8Rng::seed_from_u64(1);
/// let sure = [1.0, 2.0, 1.0, 3.0, 1.0].to_vec();
/// let test = spa(&[sure], BlockBootstrap { resamples: 200, mean_length: 1.0 }, &mut random).unwrap();
/// assert_eq!((test.p_lower, test.p, test.p_upper), (0.0, 0.0, 0.0));
/// ```
pub fn spa(
    returns: &[Vec<f64>],
    bootstrap: BlockBootstrap,
    random: &mut impl Rng,
) -> Option<SuperiorAbility> {
    data_snooping_tests(returns, bootstrap, random, &NEVER).map(|tests| tests.1)
}

/// [`reality_check`] and [`spa`] over the same resamples, which takes half the time of both. `None` also once `stop` is raised.
///
/// ```
/// use std::sync::atomic::AtomicBool;
/// use rand::SeedableRng as _;
/// use simbet::internals::significance::{BlockBootstrap, data_snooping_tests};
/// let mut random = chacha20::ChaCha8Rng::seed_from_u64(1);
/// let how = BlockBootstrap { resamples: 100, mean_length: 1.0 };
/// let (check, test) = data_snooping_tests(&[vec![1.0, 2.0, 1.0, 3.0]], how, &mut random, &AtomicBool::new(false)).unwrap();
/// assert_eq!((check.statistic, check.p, test.p), (3.5, 0.0, 0.0));
/// ```
pub fn data_snooping_tests(
    returns: &[Vec<f64>],
    bootstrap: BlockBootstrap,
    random: &mut impl Rng,
    stop: &AtomicBool,
) -> Option<(RealityCheck, SuperiorAbility)> {
    let days = common_length(returns)?;
    if days < 2 || !bootstrap.is_valid() {
        return None;
    }
    let candidates: Vec<Candidate<'_>> = returns
        .par_iter()
        .filter_map(|row| Candidate::new(row, bootstrap.mean_length))
        .collect();
    if candidates.is_empty() {
        return None;
    }
    let observed = Maxima::observed(&candidates);
    let counts = exceedances(&candidates, &observed, (days, bootstrap), random, stop)?;
    let shares = counts.map(|count| count as f64 / bootstrap.resamples as f64);
    let (settings, root) = (candidates.len() as u64, (days as f64).sqrt());
    let check = RealityCheck {
        settings,
        days: days as u64,
        statistic: root * observed.mean,
        p: shares[0],
    };
    let statistic = root * observed.studentised[0];
    let days = days as u64;
    Some((
        check,
        SuperiorAbility::new(settings, days, statistic, shares),
    ))
}

/// The length of every row; `None` when rows differ in length or a number is not finite.
fn common_length(returns: &[Vec<f64>]) -> Option<usize> {
    let days = returns.first()?.len();
    returns
        .iter()
        .all(|row| row.len() == days && row.iter().all(|value| value.is_finite()))
        .then_some(days)
}

/// How many resamples exceed the observed maxima, in each of the four tests; `None` once `stop` is raised.
fn exceedances(
    candidates: &[Candidate<'_>],
    observed: &Maxima,
    (days, bootstrap): (usize, BlockBootstrap),
    random: &mut impl Rng,
    stop: &AtomicBool,
) -> Option<[usize; 4]> {
    let mut counts = [0; 4];
    let mut left = bootstrap.resamples;
    let stretch = stretch(days, bootstrap.mean_length);
    while left > 0 {
        if stop.load(Ordering::Relaxed) {
            return None;
        }
        let batch = left.min(RESAMPLES_PER_BATCH);
        let weights: Vec<Vec<f64>> = (0..batch)
            .map(|_| weights(days, bootstrap.mean_length, stretch, random))
            .collect();
        let maxima: Vec<Maxima> = weights
            .par_chunks(RESAMPLES_PER_TASK)
            .flat_map_iter(|weights| resampled_maxima(candidates, weights))
            .collect();
        for resample in &maxima {
            resample.count_exceedances(observed, &mut counts);
        }
        left -= batch;
    }
    Some(counts)
}

/// The largest mean, and the largest studentised mean with the lower, consistent and upper centre; all without √n.
#[derive(Debug, Clone, Copy)]
struct Maxima {
    mean: f64,
    studentised: [f64; 3],
}

impl Maxima {
    fn observed(candidates: &[Candidate<'_>]) -> Self {
        let means = candidates.iter().map(|candidate| candidate.mean);
        let scaled = candidates
            .iter()
            .map(|candidate| candidate.mean / candidate.deviation);
        Self {
            mean: means.fold(f64::NEG_INFINITY, f64::max),
            studentised: [scaled.fold(f64::NEG_INFINITY, f64::max).max(0.0); 3],
        }
    }

    fn count_exceedances(&self, observed: &Self, counts: &mut [usize; 4]) {
        counts[0] += usize::from(self.mean > observed.mean);
        for (test, value) in self.studentised.iter().enumerate() {
            counts[test + 1] += usize::from(*value > observed.studentised[test]);
        }
    }
}

/// A setting that is tested.
struct Candidate<'a> {
    returns: &'a [f64],
    mean: f64,
    /// ω, the standard deviation of √n times the mean.
    deviation: f64,
    /// What is subtracted from the resampled mean: g of Hansen's paper, lower, consistent and upper.
    centres: [f64; 3],
}

impl<'a> Candidate<'a> {
    /// `None` without variance.
    fn new(returns: &'a [f64], mean_length: f64) -> Option<Self> {
        let (mean, n) = (Moments::of(returns)?.mean, returns.len() as f64);
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
        let kernel = kernel(lag, n, keep);
        // a smaller kernel weight cannot change the last digit of the sum
        if kernel > 1e-18 {
            variance += 2.0 * kernel * dot(&deviations[..n - lag], &deviations[lag..]);
        }
    }
    variance / n as f64
}

/// κ: how much of the covariance of days so far apart the resamples have, of `n` days, `keep` being the probability that a
/// block goes on.
fn kernel(lag: usize, n: usize, keep: f64) -> f64 {
    let share = lag as f64 / n as f64;
    (1.0 - share) * keep.powi(lag as i32) + share * keep.powi((n - lag) as i32)
}

/// √(n / (n − S)), by which the means of resamples have to differ more from the mean to vary as those of independent days.
fn stretch(days: usize, mean_length: f64) -> f64 {
    let (n, keep) = (days as f64, 1.0 - 1.0 / mean_length);
    let lost: f64 = (0..days).map(|lag| kernel(lag, days, keep)).sum();
    // blocks as long as the time itself lose all
    (n / (n - lost).max(1.0)).sqrt()
}

/// The maxima of each resample.
fn resampled_maxima(candidates: &[Candidate<'_>], weights: &[Vec<f64>]) -> Vec<Maxima> {
    let lowest = Maxima {
        mean: f64::NEG_INFINITY,
        studentised: [0.0; 3],
    };
    let mut maxima = vec![lowest; weights.len()];
    for candidate in candidates {
        for (maximum, weights) in maxima.iter_mut().zip(weights) {
            let mean = dot(candidate.returns, weights);
            maximum.mean = maximum.mean.max(mean - candidate.mean);
            for (largest, centre) in maximum.studentised.iter_mut().zip(candidate.centres) {
                *largest = largest.max((mean - centre) / candidate.deviation);
            }
        }
    }
    maxima
}

/// The share of each day in a resample, so far from that in the original as the variance needs.
fn weights(days: usize, mean_length: f64, stretch: f64, random: &mut impl Rng) -> Vec<f64> {
    let mut counts = vec![0.0; days];
    stationary_bootstrap(days, mean_length, random).for_each(|day| counts[day] += 1.0);
    let usual = 1.0 / days as f64;
    let weight = |count: f64| usual + stretch * (count - 1.0) * usual;
    counts.iter_mut().for_each(|count| *count = weight(*count));
    counts
}

/// The indices of a stationary bootstrap resample of `n` ordered values.
///
/// BlockBootstrap begin anywhere and wrap around from the last value to the first. Their lengths are geometrically distributed,
/// from 1, with mean `mean_length`.
///
/// # Formula
/// ```text
/// I₁ uniform; Iₜ₊₁ uniform with probability 1 / mean length, else Iₜ + 1 (after the last comes the first)
/// ```
/// Politis & Romano (1994), The stationary bootstrap, Journal of the American Statistical Association 89(428).
///
/// ```
/// use rand::SeedableRng as _;
/// use simbet::internals::significance::stationary_bootstrap;
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

/// Σ a·b in eight running sums, which the compiler vectorises. The order of additions is fixed, so every machine gets
/// the same result.
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
