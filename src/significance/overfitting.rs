//! The probability of backtest overfitting: how often the best setting of one half of the days is below the median in the
//! other half.

use std::ops::Range;

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
    let blocks_of_days = BlockSums::new(returns, blocks);
    let splits: Vec<u32> = (0..1_u32 << blocks)
        .filter(|half| half.count_ones() as usize == blocks / 2)
        .collect();
    // the other half of a split is the split as far from the end, so that one pass over the settings does for both
    let (first, second): (Vec<Chosen>, Vec<Chosen>) = splits[..splits.len() / 2]
        .par_iter()
        .map_init(
            || [Ratios::default(), Ratios::default()],
            |ratios, &half| blocks_of_days.choose(half, ratios),
        )
        .unzip();
    let chosen: Vec<Chosen> = first.into_iter().chain(second.into_iter().rev()).collect();
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

/// The days of each block, and for each block the sums of returns and of their squares, setting by setting.
struct BlockSums {
    days: Vec<f64>,
    sums: Vec<Vec<f64>>,
    squares: Vec<Vec<f64>>,
}

/// The Sharpe ratio of each setting over some blocks, with the sums that it is made of.
#[derive(Default)]
struct Ratios {
    sums: Vec<f64>,
    squares: Vec<f64>,
    sharpe: Vec<f64>,
}

impl BlockSums {
    fn new(returns: &[Vec<f64>], blocks: usize) -> Self {
        let days = returns.first().map_or(0, Vec::len);
        let bounds = (0..blocks).map(|block| days * block / blocks..days * (block + 1) / blocks);
        let bounds: Vec<_> = bounds.collect();
        let each = |figure: fn(&[f64]) -> f64| -> Vec<Vec<f64>> {
            let of_block = |block: &Range<usize>| -> Vec<f64> {
                let rows = returns.iter();
                rows.map(|row| figure(&row[block.clone()])).collect()
            };
            bounds.par_iter().map(of_block).collect()
        };
        Self {
            days: bounds.iter().map(|block| block.len() as f64).collect(),
            sums: each(|values| values.iter().sum()),
            squares: each(|values| values.iter().map(|value| value * value).sum()),
        }
    }

    /// What a half of the blocks chooses, given as a bit for each, and what the other half does.
    fn choose(&self, half: u32, ratios: &mut [Ratios; 2]) -> (Chosen, Chosen) {
        let [inside, outside] = ratios;
        self.add_up(half, inside);
        self.add_up(!half, outside);
        (
            Chosen::new(&inside.sharpe, &outside.sharpe),
            Chosen::new(&outside.sharpe, &inside.sharpe),
        )
    }

    /// The ratios over the blocks whose bits are set: 0 when every return is 0, infinite when they are equal.
    fn add_up(&self, half: u32, ratios: &mut Ratios) {
        let settings = self.sums.first().map_or(0, Vec::len);
        for totals in [&mut ratios.sums, &mut ratios.squares] {
            totals.clear();
            totals.resize(settings, 0.0);
        }
        let mut n = 0.0;
        for block in (0..self.days.len()).filter(|block| half >> block & 1 == 1) {
            n += self.days[block];
            add(&mut ratios.sums, &self.sums[block]);
            add(&mut ratios.squares, &self.squares[block]);
        }
        let totals = ratios.sums.iter().zip(&ratios.squares);
        let sharpe = totals.map(|(sum, squares)| {
            let mean = sum / n;
            let variance = (squares - mean * sum) / (n - 1.0);
            let ratio = mean / variance.max(0.0).sqrt();
            if *squares == 0.0 { 0.0 } else { ratio }
        });
        ratios.sharpe.clear();
        ratios.sharpe.extend(sharpe);
    }
}

fn add(totals: &mut [f64], values: &[f64]) {
    for (total, value) in totals.iter_mut().zip(values) {
        *total += value;
    }
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

impl Chosen {
    /// The first of the best inside.
    fn new(inside: &[f64], outside: &[f64]) -> Self {
        let mut best = 0;
        for (setting, score) in inside.iter().enumerate() {
            if *score > inside[best] {
                best = setting;
            }
        }
        let (inside, score) = (inside[best], outside[best]);
        let below = outside.iter().filter(|other| **other < score).count() as f64;
        let equal = outside.iter().filter(|other| **other == score).count() as f64;
        let rank = below + (equal + 1.0) / 2.0;
        Self {
            inside,
            outside: score,
            rank: rank / (outside.len() + 1) as f64,
        }
    }
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
