//! The probability of backtest overfitting: how often the best setting of one half of the days is below the median in the
//! other half.

use rayon::prelude::*;
use serde::Serialize;

/// The most blocks that the days are cut into: there are 184,756 ways to take half of them.
const MAX_BLOCKS: usize = 20;

/// How well the best setting of one half of the days does in the other half.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Overfitting {
    /// Settings among which the best was chosen.
    pub settings: u64,
    /// Returns of each.
    pub days: u64,
    /// Blocks that the days were cut into.
    pub blocks: u64,
    /// Ways to choose a setting by one half of the blocks and test it on the other.
    pub splits: u64,
    /// The share of splits in which the setting chosen by one half was no better than the median in the other.
    pub probability: f64,
    /// The share of splits in which the setting chosen by one half lost in the other.
    pub loss_probability: f64,
    /// Slope of a regression, over the splits, of the chosen setting's Sharpe ratio in the other half on that in the half
    /// it was chosen by. Negative when settings that looked better did worse. `None` when the latter ratio never varies.
    pub slope: Option<f64>,
}

/// The probability of backtest overfitting, by combinatorially symmetric cross-validation.
///
/// `returns` holds one row for each setting, with a return for each of the same days. The days are cut into `blocks`
/// blocks of nearly equal length. For every half of the blocks the setting with the best Sharpe ratio is chosen, and
/// ranked by its Sharpe ratio in the other half. A setting without bets in a half scores 0, and equal scores share their
/// rank. `None` below two settings, unless `blocks` is even and between 2 and 20, with fewer than
/// two days a block, or when rows are not of one length or a number is not finite.
///
/// Block i of S begins at day ⌊i · T / S⌋ of T, so no day is dropped and blocks differ by one day at most. With few days
/// in a block the probability depends on where the cuts fall, by as much as ten points at seven days a block.
///
/// # Formula
/// ```text
/// ω = rank / (N + 1)   λ = ln(ω / (1 − ω))   PBO = share of the C(S, S/2) splits with λ ≤ 0
/// ```
/// Bailey, Borwein, López de Prado & Zhu (2017), The probability of backtest overfitting, Journal of Computational
/// Finance 20(4).
///
/// ```
/// use simbet::internals::significance::probability_of_overfitting;
/// let good = [0.02, 0.01, 0.03, 0.01, 0.02, 0.01, 0.03, 0.02].to_vec();
/// let bad: Vec<f64> = good.iter().map(|gain| 0.015 - gain).collect();
/// let overfitting = probability_of_overfitting(&[good, bad], 4).unwrap();
/// assert_eq!((overfitting.splits, overfitting.probability, overfitting.loss_probability), (6, 0.0, 0.0));
/// ```
pub fn probability_of_overfitting(returns: &[Vec<f64>], blocks: usize) -> Option<Overfitting> {
    let days = returns.first()?.len();
    if !is_testable(returns, blocks) {
        return None;
    }
    let sums: Vec<Vec<Sums>> = returns
        .par_iter()
        .map(|row| by_block(row, blocks))
        .collect();
    let splits: Vec<u32> = (0..1_u32 << blocks)
        .filter(|half| half.count_ones() as usize == blocks / 2)
        .collect();
    let chosen: Vec<Chosen> = splits.par_iter().map(|&half| choose(&sums, half)).collect();
    let low_ranks = chosen.iter().filter(|chosen| chosen.rank <= 0.5).count();
    let losses = chosen.iter().filter(|chosen| chosen.outside < 0.0).count();
    Some(Overfitting {
        settings: returns.len() as u64,
        days: days as u64,
        blocks: blocks as u64,
        splits: chosen.len() as u64,
        probability: low_ranks as f64 / chosen.len() as f64,
        loss_probability: losses as f64 / chosen.len() as f64,
        slope: slope(&chosen),
    })
}

/// Whether the rows are finite and of one length, and can be cut into so many blocks.
fn is_testable(returns: &[Vec<f64>], blocks: usize) -> bool {
    let days = returns.first().map_or(0, Vec::len);
    returns.len() >= 2
        && blocks.is_multiple_of(2)
        && (2..=MAX_BLOCKS).contains(&blocks)
        && days >= 2 * blocks
        && returns
            .iter()
            .all(|row| row.len() == days && row.iter().all(|value| value.is_finite()))
}

/// Days, sum and sum of squares of returns.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    n: f64,
    sum: f64,
    squares: f64,
}

impl Sums {
    fn of(values: &[f64]) -> Self {
        let squares = values.iter().map(|value| value * value).sum();
        Self {
            n: values.len() as f64,
            sum: values.iter().sum(),
            squares,
        }
    }

    fn add(&mut self, other: &Self) {
        self.n += other.n;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    /// The Sharpe ratio: 0 when every return is 0, infinite when they are equal.
    fn sharpe(&self) -> f64 {
        let mean = self.sum / self.n;
        let variance = (self.squares - mean * self.sum) / (self.n - 1.0);
        if self.squares == 0.0 {
            0.0
        } else {
            mean / variance.max(0.0).sqrt()
        }
    }
}

fn by_block(row: &[f64], blocks: usize) -> Vec<Sums> {
    (0..blocks)
        .map(|block| Sums::of(&row[row.len() * block / blocks..row.len() * (block + 1) / blocks]))
        .collect()
}

/// The setting that one half of the blocks chose.
struct Chosen {
    /// Its Sharpe ratio in that half.
    inside: f64,
    /// Its Sharpe ratio in the other half.
    outside: f64,
    /// Its relative rank in the other half, between 0 and 1, from the worst.
    rank: f64,
}

fn choose(settings: &[Vec<Sums>], half: u32) -> Chosen {
    let scores: Vec<[f64; 2]> = settings.iter().map(|blocks| scores(blocks, half)).collect();
    // the first of equal scores
    let best = (1..scores.len()).fold(0, |best, setting| {
        if scores[setting][0] > scores[best][0] {
            setting
        } else {
            best
        }
    });
    let [inside, outside] = scores[best];
    let below = scores.iter().filter(|score| score[1] < outside).count() as f64;
    let equal = scores.iter().filter(|score| score[1] == outside).count() as f64;
    let rank = below + (equal + 1.0) / 2.0;
    Chosen {
        inside,
        outside,
        rank: rank / (scores.len() + 1) as f64,
    }
}

/// The Sharpe ratios in a half, given as a bit for each block, and in the other half.
fn scores(blocks: &[Sums], half: u32) -> [f64; 2] {
    let mut sums = [Sums::default(); 2];
    for (place, block) in blocks.iter().enumerate() {
        sums[usize::from(half >> place & 1 == 0)].add(block);
    }
    sums.map(|sums| sums.sharpe())
}

/// The least-squares slope of the ratios outside on those inside.
fn slope(chosen: &[Chosen]) -> Option<f64> {
    let n = chosen.len() as f64;
    let x = chosen.iter().map(|chosen| chosen.inside).sum::<f64>() / n;
    let y = chosen.iter().map(|chosen| chosen.outside).sum::<f64>() / n;
    let square: f64 = chosen
        .iter()
        .map(|chosen| (chosen.inside - x).powi(2))
        .sum();
    let product: f64 = chosen
        .iter()
        .map(|chosen| (chosen.inside - x) * (chosen.outside - y))
        .sum();
    Some(product / square).filter(|slope| slope.is_finite())
}
