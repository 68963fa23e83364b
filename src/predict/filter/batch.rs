//! What the last matches of a day have taught, before it has moved the state.
//!
//! With a match every number that the filter knows moves, and every pair of them: that is what a match costs. But what it shows
//! are sums of a few numbers, and the level and the advantage of a division are in the sums of all its matches. So the matches of
//! a day are learned among their sums, and then move the state together. The result is that of one match after another, but for
//! the last digits.
//!
//! # Formula
//! ```text
//! x + U·s      P − U·M·Uᵀ      U = P·D
//! ```
//! with D the sums, x and P the state before the first of these matches, and s and M what they have taught so far.

use super::covariance::{Block, Covariance, MOST, Terms};

/// The sums of a match: attack of the home side less defence of the other, the reverse, level, and advantage.
pub(super) const SHOWN: usize = 4;

/// A number for each sum.
type Along = [f64; MOST];

/// The state's covariance after a batch is what it was before less U·M·Uᵀ.
#[derive(Debug, Clone, Default)]
pub(super) struct Batch {
    sums: Vec<Sum>,
    /// U, the covariance of everything with each sum, one sum after another.
    shared: Vec<f64>,
    /// Dᵀ·P·D, the covariance of the sums.
    spread: Vec<Along>,
    /// M.
    gain: Vec<Along>,
    /// s.
    shift: Along,
}

/// A sum of two numbers: where each stands, and its factor.
type Sum = [(usize, f64); 2];

/// A match among the sums of a batch.
#[derive(Debug)]
pub(super) struct Shown {
    /// What is expected of its sums.
    pub expected: [f64; SHOWN],
    /// Their covariance.
    pub spread: [[f64; SHOWN]; SHOWN],
    /// The covariance of everything with each of them: U times these.
    along: [Along; SHOWN],
}

impl Batch {
    pub(super) const fn is_empty(&self) -> bool {
        self.sums.is_empty()
    }

    /// Whether there is room for another match.
    pub(super) const fn has_room(&self) -> bool {
        self.sums.len() + SHOWN <= MOST
    }

    pub(super) fn clear(&mut self) {
        self.sums.clear();
        self.shared.clear();
        self.spread.clear();
        self.gain.clear();
        self.shift = [0.0; MOST];
    }

    /// Shows a match between sides of a division that begin at these places.
    pub(super) fn show(
        &mut self,
        [home, away, level]: [usize; 3],
        mean: &[f64],
        covariance: &Covariance,
    ) -> Shown {
        let sides = [
            [(home, 1.0), (away + 1, -1.0)],
            [(away, 1.0), (home + 1, -1.0)],
        ];
        let levels = [
            [(level, 1.0), (level, 0.0)],
            [(level + 1, 1.0), (level + 1, 0.0)],
        ];
        let known = self.sums.iter().position(|sum| *sum == levels[0]);
        let levels = known.unwrap_or_else(|| self.add(levels, covariance));
        let sides = self.add(sides, covariance);
        self.shown([sides, sides + 1, levels, levels + 1], mean)
    }

    /// Adds two sums, and says which is the first.
    fn add(&mut self, sums: [Sum; 2], covariance: &Covariance) -> usize {
        let first = self.sums.len();
        for sum in sums {
            let begin = self.shared.len();
            self.shared.resize(begin + covariance.order(), 0.0);
            let column = &mut self.shared[begin..];
            for (place, factor) in sum.into_iter().filter(|(_, factor)| *factor != 0.0) {
                covariance.add_column(place, factor, column);
            }
            self.sums.push(sum);
            self.spread.push([0.0; MOST]);
            self.gain.push([0.0; MOST]);
            self.spread_last(covariance.order());
        }
        first
    }

    /// Notes the covariance of the last sum with each.
    fn spread_last(&mut self, order: usize) {
        let last = self.sums.len() - 1;
        let column = &self.shared[last * order..];
        for (k, [one, other]) in self.sums.iter().enumerate() {
            let shared = one.1 * column[one.0] + other.1 * column[other.0];
            self.spread[last][k] = shared;
            self.spread[k][last] = shared;
        }
    }

    fn shown(&self, places: [usize; SHOWN], mean: &[f64]) -> Shown {
        let rows = places.map(|place| &self.spread[place]);
        let along: [Along; SHOWN] = std::array::from_fn(|k| {
            let mut along = self.turned(rows[k]);
            along[places[k]] += 1.0;
            along
        });
        let expected = std::array::from_fn(|k| {
            let [one, other] = self.sums[places[k]];
            let before = one.1 * mean[one.0] + other.1 * mean[other.0];
            before + self.product(rows[k], &self.shift)
        });
        let spread = std::array::from_fn(|i| {
            std::array::from_fn(|k| self.product(rows[i.min(k)], &along[i.max(k)]))
        });
        Shown {
            expected,
            spread,
            along,
        }
    }

    /// −M times a number for each sum.
    fn turned(&self, along: &Along) -> Along {
        let mut turned = [0.0; MOST];
        for (row, factor) in self.gain.iter().zip(along) {
            for (turned, gain) in turned.iter_mut().zip(row) {
                *turned -= factor * gain;
            }
        }
        turned
    }

    fn product(&self, one: &Along, other: &Along) -> f64 {
        let pairs = one.iter().zip(other).take(self.sums.len());
        pairs.map(|(one, other)| one * other).sum()
    }

    /// Moves what is known by what a match has taught of its sums: by how much each is pulled, in units of their covariance, and
    /// what is to be taken from that.
    pub(super) fn learn(&mut self, shown: &Shown, pull: [f64; SHOWN], gain: [[f64; SHOWN]; SHOWN]) {
        let along = &shown.along;
        for (k, pull) in pull.into_iter().enumerate() {
            for (shift, along) in self.shift.iter_mut().zip(&along[k]) {
                *shift += pull * along;
            }
        }
        for (i, row) in self.gain.iter_mut().enumerate() {
            let left: [f64; SHOWN] =
                std::array::from_fn(|k| (0..SHOWN).map(|j| along[j][i] * gain[j][k]).sum());
            for (j, value) in row.iter_mut().enumerate() {
                *value += (left[0] * along[0][j] + left[1] * along[1][j])
                    + (left[2] * along[2][j] + left[3] * along[3][j]);
            }
        }
    }

    /// Moves the state, after which there is nothing to be moved.
    pub(super) fn move_all(&mut self, mean: &mut [f64], covariance: &mut Covariance) {
        if self.is_empty() {
            return;
        }
        let columns = self.shared.chunks_exact(mean.len().max(1));
        for (column, shift) in columns.zip(self.shift) {
            for (mean, shared) in mean.iter_mut().zip(column) {
                *mean += shift * shared;
            }
        }
        covariance.subtract(&self.shared, &self.gain);
        self.clear();
    }

    /// By how much a number moves.
    pub(super) fn move_of(&self, place: usize) -> f64 {
        let columns = self.shared.chunks_exact(self.order()).zip(self.shift);
        columns.map(|(column, shift)| shift * column[place]).sum()
    }

    /// The covariance of two sums of numbers, of which this was the one before.
    pub(super) fn moved(&self, sums: &[Terms; 2], before: Block) -> Block {
        if self.is_empty() {
            return before;
        }
        let rows = sums.each_ref().map(|terms| self.along(terms));
        let turned = rows.each_ref().map(|row| self.turned(row));
        let added = |i: usize, k: usize| self.product(&rows[i.min(k)], &turned[i.max(k)]);
        [0, 1].map(|i| [0, 1].map(|k| before[i][k] + added(i, k)))
    }

    /// The covariance of a sum of numbers with each of the batch's sums, before the batch.
    fn along(&self, terms: &Terms) -> Along {
        let mut along = [0.0; MOST];
        let columns = self.shared.chunks_exact(self.order());
        for (along, column) in along.iter_mut().zip(columns) {
            let known = terms.iter().filter(|(_, factor)| *factor != 0.0);
            *along = known.map(|&(place, factor)| factor * column[place]).sum();
        }
        along
    }

    /// The numbers in each column of U.
    fn order(&self) -> usize {
        (self.shared.len() / self.sums.len().max(1)).max(1)
    }
}
