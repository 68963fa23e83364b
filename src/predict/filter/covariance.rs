//! A covariance that grows and shrinks with the teams.

use serde::{Deserialize, Serialize};

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
        let [[first_own, _], [shared, second_own]] = own;
        *self.at_mut(first, first) = first_own;
        *self.at_mut(first + 1, first) = shared;
        *self.at_mut(first + 1, first + 1) = second_own;
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

    /// The covariance of everything with two sums of a few of its numbers.
    pub(super) fn with_sums(&self, sums: &[Terms; 2], shared: &mut Vec<[f64; 2]>) {
        shared.clear();
        shared.resize(self.order, [0.0; 2]);
        for (side, terms) in sums.iter().enumerate() {
            for &(place, factor) in terms.iter().filter(|(_, factor)| *factor != 0.0) {
                let own = &self.lower[row(place)..=row(place) + place];
                for (value, known) in shared.iter_mut().zip(own) {
                    value[side] += factor * known;
                }
                for (i, value) in shared.iter_mut().enumerate().skip(place + 1) {
                    value[side] += factor * self.lower[row(i) + place];
                }
            }
        }
    }

    /// Subtracts A·M·Aᵀ, A having two columns.
    pub(super) fn subtract(&mut self, a: &[[f64; 2]], m: Block) {
        let mut rows = self.lower.as_mut_slice();
        for (i, &[x, y]) in a.iter().enumerate() {
            let (own, rest) = rows.split_at_mut(i + 1);
            let left = [x * m[0][0] + y * m[1][0], x * m[0][1] + y * m[1][1]];
            for (value, other) in own.iter_mut().zip(a) {
                *value -= left[0] * other[0] + left[1] * other[1];
            }
            rows = rest;
        }
    }
}

/// A sum of a few numbers: where each stands, and its factor.
pub(super) type Terms = [(usize, f64); 4];

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

    fn three_pairs() -> Covariance {
        let mut matrix = Covariance::default();
        for k in [1.0, 2.0, 3.0] {
            matrix.push([[k, 0.5], [0.5, k]]);
        }
        let a: Vec<[f64; 2]> = (0..6).map(|i| [0.1 * f64::from(i), 0.2]).collect();
        matrix.subtract(&a, [[1.0, 0.5], [0.5, 1.0]]);
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
    fn sums_share_what_their_terms_share() {
        let matrix = three_pairs();
        let sums = [
            [(0, 1.0), (3, -1.0), (4, 0.5), (5, 0.0)],
            [(2, 1.0), (1, -1.0), (4, 1.0), (0, 0.0)],
        ];
        let mut shared = Vec::new();
        matrix.with_sums(&sums, &mut shared);
        for (i, found) in shared.iter().enumerate() {
            let expected = sums.map(|terms| -> f64 {
                let terms = terms.iter();
                terms
                    .map(|&(place, factor)| factor * matrix.at(i, place))
                    .sum()
            });
            for side in 0..2 {
                assert!((found[side] - expected[side]).abs() < 1e-15);
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
