//! A covariance that grows and shrinks with the teams.

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, f64x8};
use serde::{Deserialize, Serialize};

/// The most columns that are subtracted together, those of the sums of a batch. With more of them each match costs more among the
/// sums, with fewer the matrix changes more often.
pub(super) const MOST: usize = 24;

/// Variances and covariances of attack and defence, or of level and advantage.
pub(super) type Block = [[f64; 2]; 2];

/// A symmetric matrix over pairs of numbers: the lower triangle, row after row.
///
/// Only one half is stored, so rounding cannot make it asymmetric, which would end in negative variances.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Covariance {
    order: usize,
    lower: Vec<f64>,
}

/// Where a row begins.
const fn row(i: usize) -> usize {
    i * (i + 1) / 2
}

impl Covariance {
    /// The number of rows.
    pub(super) const fn order(&self) -> usize {
        self.order
    }

    /// Whether it has as many numbers as it says, and every one is one.
    pub(super) fn is_sound(&self) -> bool {
        self.order < 1 << 20
            && self.lower.len() == row(self.order)
            && self.lower.iter().all(|value| value.is_finite())
    }

    pub(super) fn at(&self, i: usize, j: usize) -> f64 {
        let (high, low) = (i.max(j), i.min(j));
        self.lower[row(high) + low]
    }

    fn at_mut(&mut self, i: usize, j: usize) -> &mut f64 {
        let (high, low) = (i.max(j), i.min(j));
        &mut self.lower[row(high) + low]
    }

    /// The block of two pairs, which begin at these rows.
    pub(super) fn block(&self, first: usize, second: usize) -> Block {
        [0, 1].map(|i| [0, 1].map(|j| self.at(first + i, second + j)))
    }

    /// Adds a pair that has nothing to do with the others, and says where it begins.
    pub(super) fn push(&mut self, own: Block) -> usize {
        let first = self.order;
        for (i, values) in own.iter().enumerate() {
            self.lower.extend(std::iter::repeat_n(0.0, first));
            self.lower.extend_from_slice(&values[..=i]);
        }
        self.order += 2;
        first
    }

    /// Multiplies what a pair shares with others, and sets its own block.
    pub(super) fn rescale(&mut self, first: usize, factor: f64, own: Block) {
        for other in (0..self.order).filter(|other| !(first..first + 2).contains(other)) {
            *self.at_mut(first, other) *= factor;
            *self.at_mut(first + 1, other) *= factor;
        }
        self.set_block(first, own);
    }

    fn set_block(&mut self, first: usize, own: Block) {
        for (i, row) in own.into_iter().enumerate() {
            for (j, value) in row.into_iter().take(i + 1).enumerate() {
                *self.at_mut(first + i, first + j) = value;
            }
        }
    }

    /// Adds to the own block of a pair.
    pub(super) fn add(&mut self, first: usize, added: Block) {
        let known = self.block(first, first);
        self.set_block(first, plus(known, added));
    }

    /// Leaves out the rows that are not to be kept.
    pub(super) fn retain(&mut self, keeps: &[bool]) {
        let mut lower = Vec::with_capacity(self.lower.len());
        for i in (0..self.order).filter(|&i| keeps[i]) {
            let values = self.lower[row(i)..=row(i) + i].iter().zip(keeps);
            lower.extend(values.filter(|(_, keeps)| **keeps).map(|(value, _)| *value));
        }
        self.lower = lower;
        self.order = keeps[..self.order].iter().filter(|keeps| **keeps).count();
    }

    /// The covariance of two sums.
    pub(super) fn between(&self, one: &Terms, other: &Terms) -> f64 {
        let known = |terms: &&(usize, f64)| terms.1 != 0.0;
        let of = |&(i, factor): &(usize, f64)| -> f64 {
            let others = other.iter().filter(known);
            factor * others.map(|&(k, other)| other * self.at(i, k)).sum::<f64>()
        };
        one.iter().filter(known).map(of).sum()
    }

    /// Adds the covariance of everything with a number, times a factor.
    pub(super) fn add_column(&self, place: usize, factor: f64, column: &mut [f64]) {
        let own = &self.lower[row(place)..=row(place) + place];
        for (value, known) in column.iter_mut().zip(own) {
            *value += factor * known;
        }
        let mut at = row(place) + 2 * place + 1;
        for (i, value) in column.iter_mut().enumerate().skip(place + 1) {
            *value += factor * self.lower[at];
            at += i + 1;
        }
    }

    /// Subtracts U·M·Uᵀ, of which the columns of U stand one after another. M is symmetric.
    pub(super) fn subtract(&mut self, columns: &[f64], gain: &[[f64; MOST]]) {
        let (order, lower) = (self.order, self.lower.as_mut_slice());
        // the same sums in the same order on every machine: they differ in how many of them are taken at once
        dispatch!(Level::new(), simd => subtract(simd, lower, order, columns, gain));
    }
}

/// Columns that are subtracted together: what is needed of U for them stays at hand from row to row.
const STRIP: usize = 32;
/// The numbers that are taken at once.
const LANES: usize = 8;

/// [`Covariance::subtract`], one strip of columns after another.
#[inline(always)]
fn subtract<S: Simd>(
    simd: S,
    lower: &mut [f64],
    order: usize,
    columns: &[f64],
    gain: &[[f64; MOST]],
) {
    let factors = product(simd, order, columns, gain);
    let mut strip = [[0.0; STRIP]; MOST];
    for first in (0..order).step_by(STRIP) {
        for (part, column) in strip.iter_mut().zip(columns.chunks_exact(order)) {
            match column[first..].first_chunk() {
                Some(whole) => *part = *whole,
                None => part[..order - first].copy_from_slice(&column[first..]),
            }
        }
        let strip = &strip[..gain.len()];
        for (i, factors) in factors.iter().enumerate().skip(first) {
            let begin = row(i) + first;
            let own = &mut lower[begin..begin + STRIP.min(i + 1 - first)];
            subtract_from(simd, own, strip, factors);
        }
    }
}

/// U·M, row after row.
#[inline(always)]
fn product<S: Simd>(
    simd: S,
    order: usize,
    columns: &[f64],
    gain: &[[f64; MOST]],
) -> Vec<[f64; MOST]> {
    let mut rows = vec![[0.0; MOST]; order];
    for (i, row) in rows.iter_mut().enumerate() {
        let own = columns.iter().skip(i).step_by(order);
        let sums: [f64x8<S>; MOST / LANES] = weighed(simd, own, gain);
        for (part, sum) in row.as_chunks_mut::<LANES>().0.iter_mut().zip(sums) {
            sum.store_slice(part);
        }
    }
    rows
}

/// Subtracts rows, each times its factor, from another, which may be shorter.
#[inline(always)]
fn subtract_from<S: Simd>(simd: S, own: &mut [f64], rows: &[[f64; STRIP]], factors: &[f64; MOST]) {
    let sums: [f64x8<S>; STRIP / LANES] = weighed(simd, factors.iter(), rows);
    let (parts, rest) = own.as_chunks_mut::<LANES>();
    let mut left = sums.iter();
    for (part, sum) in parts.iter_mut().zip(&mut left) {
        (f64x8::from_slice(simd, part) - *sum).store_slice(part);
    }
    if let Some(sum) = left.next() {
        for (value, taken) in rest.iter_mut().zip(sum.as_slice()) {
            *value -= taken;
        }
    }
}

/// The sum of rows, each times its factor.
#[inline(always)]
fn weighed<'a, S: Simd, const WIDTH: usize, const PARTS: usize>(
    simd: S,
    factors: impl Iterator<Item = &'a f64>,
    rows: &[[f64; WIDTH]],
) -> [f64x8<S>; PARTS] {
    let mut sums = [f64x8::splat(simd, 0.0); PARTS];
    for (row, factor) in rows.iter().zip(factors) {
        let factor = f64x8::splat(simd, *factor);
        for (sum, part) in sums.iter_mut().zip(row.as_chunks::<LANES>().0) {
            *sum += factor * f64x8::from_slice(simd, part);
        }
    }
    sums
}

/// A sum of a few numbers: where each stands, and its factor.
pub(super) type Terms = [(usize, f64); 6];

/// The sum of two blocks.
pub(super) fn plus(one: Block, other: Block) -> Block {
    [0, 1].map(|i| [0, 1].map(|j| one[i][j] + other[i][j]))
}

/// A block times a number.
pub(super) fn times(block: Block, factor: f64) -> Block {
    block.map(|values| values.map(|value| value * factor))
}

/// The inverse of a symmetric block; `None` where it has none.
pub(super) fn inverse([[a, b], [_, d]]: Block) -> Option<Block> {
    let determinant = a * d - b * b;
    (determinant > 0.0).then(|| {
        [
            [d / determinant, -b / determinant],
            [-b / determinant, a / determinant],
        ]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gains(first: [f64; 2]) -> [f64; MOST] {
        std::array::from_fn(|k| first.get(k).copied().unwrap_or(0.0))
    }

    fn three_pairs() -> Covariance {
        let mut matrix = Covariance::default();
        for k in [1.0, 2.0, 3.0] {
            matrix.push([[k, 0.5], [0.5, k]]);
        }
        let columns = (0..6).map(|i| 0.1 * f64::from(i)).chain([0.2; 6]);
        let columns: Vec<f64> = columns.collect();
        matrix.subtract(&columns, &[gains([1.0, 0.5]), gains([0.5, 1.0])]);
        matrix
    }

    /// 0.5 − (0, .2) M (.1, .2)ᵀ = .5 − .2·(.5·.1 + .2).
    #[test]
    fn what_is_subtracted_is_a_product_of_three() {
        let matrix = three_pairs();
        assert!((matrix.at(1, 0) - (0.5 - 0.2 * (0.5 * 0.1 + 0.2))).abs() < 1e-15);
        assert_eq!(matrix.at(5, 2), matrix.at(2, 5));
    }

    #[test]
    fn products_of_any_number_of_columns_are_subtracted() {
        for count in (2..=MOST).step_by(2) {
            let order = 2 * STRIP + 11;
            let number = |i: usize| ((7 * i + 3) % 13) as f64 - 6.0;
            let columns: Vec<f64> = (0..count * order).map(number).collect();
            let gain = |i: usize, k: usize| number(i + k) + number(i * k);
            let rows = (0..count)
                .map(|i| std::array::from_fn(|k| if k < count { gain(i, k) } else { 0.0 }));
            let rows: Vec<[f64; MOST]> = rows.collect();
            let mut matrix = Covariance {
                order,
                lower: vec![1.0; row(order)],
            };
            matrix.subtract(&columns, &rows);
            for (i, j) in (0..order).flat_map(|i| (0..=i).map(move |j| (i, j))) {
                let mut expected = 1.0;
                for (k, l) in (0..count).flat_map(|k| (0..count).map(move |l| (k, l))) {
                    expected -= columns[k * order + i] * gain(k, l) * columns[l * order + j];
                }
                // whole numbers have no rounding errors
                assert_eq!(matrix.at(i, j), expected, "{count}: {i}, {j}");
            }
        }
    }

    #[test]
    fn a_column_is_read_from_one_half() {
        let matrix = three_pairs();
        for place in 0..6 {
            let mut column = vec![1.0; 6];
            matrix.add_column(place, 2.0, &mut column);
            for (i, found) in column.into_iter().enumerate() {
                assert_eq!(found, 1.0 + 2.0 * matrix.at(i, place));
            }
        }
    }

    #[test]
    fn pairs_that_leave_take_their_rows_and_columns_along() {
        let whole = three_pairs();
        let mut part = whole.clone();
        part.retain(&[true, true, false, false, true, true]);
        assert_eq!((part.order(), part.is_sound()), (4, true));
        for (i, from) in [0, 1, 4, 5].into_iter().enumerate() {
            for (j, to) in [0, 1, 4, 5].into_iter().enumerate() {
                assert_eq!(part.at(i, j), whole.at(from, to));
            }
        }
    }

    #[test]
    fn a_pair_is_rescaled_without_touching_others() {
        let whole = three_pairs();
        let mut scaled = whole.clone();
        scaled.rescale(2, 0.5, [[9.0, 1.0], [1.0, 8.0]]);
        assert_eq!(scaled.block(2, 2), [[9.0, 1.0], [1.0, 8.0]]);
        assert_eq!(scaled.at(0, 3), 0.5 * whole.at(0, 3));
        assert_eq!(scaled.at(5, 2), 0.5 * whole.at(5, 2));
        assert_eq!(scaled.block(0, 4), whole.block(0, 4));
    }
}
