//! What a match shows of the log rates of both sides, one observation after another.
//!
//! Everything is worked out for the few sums that are observed; the rest moves once, at the end.

use super::batch::{SHOWN, Shown};
use super::covariance::{Block, inverse, plus};

/// The most that is observed: the log rates of goals of both sides, and those of what shots were worth.
const MOST: usize = 4;

type Square = [[f64; MOST]; MOST];

/// The factors of what a match shows in what is observed, which comes in pairs of home and away.
pub(super) type Factors = [[f64; SHOWN]; MOST];

/// What is known of the log rates of a match.
pub(super) struct Observation {
    factors: Factors,
    /// What is expected of each, and their covariance, after what has been learned so far.
    expected: [f64; MOST],
    spread: Square,
    /// The covariance of everything with each now: what it was before the match times this.
    turn: Square,
    /// What is to be taken from the covariance of everything: A·`gain`·Aᵀ, with A its covariance with each before the match.
    gain: Square,
    /// What is to be added to everything: A·`shift`.
    shift: [f64; MOST],
}

impl Observation {
    /// Before anything is learned.
    pub(super) fn new(shown: &Shown, factors: Factors) -> Self {
        let of = |factors: &[f64; SHOWN], values: &[f64; SHOWN]| -> f64 {
            (0..SHOWN).map(|k| factors[k] * values[k]).sum()
        };
        let mut spread = [[0.0; MOST]; MOST];
        for (i, row) in spread.iter_mut().enumerate() {
            let shared = shown.spread.each_ref().map(|row| of(&factors[i], row));
            *row = factors.each_ref().map(|factors| of(factors, &shared));
        }
        Self {
            factors,
            expected: factors
                .each_ref()
                .map(|factors| of(factors, &shown.expected)),
            spread,
            turn: std::array::from_fn(|i| std::array::from_fn(|k| f64::from(i == k))),
            gain: [[0.0; MOST]; MOST],
            shift: [0.0; MOST],
        }
    }

    /// What is expected of the pair of sums that begins here, and how they vary.
    pub(super) fn pair(&self, first: usize) -> ([f64; 2], Block) {
        let expected = [0, 1].map(|i| self.expected[first + i]);
        let spread = [0, 1].map(|i| [0, 1].map(|j| self.spread[first + i][first + j]));
        (expected, spread)
    }

    /// Learns that a pair of sums is as known as this noise says. Of what that says of everything `pull` gets the gain, and
    /// says by how much the pair is pulled, in units of its covariance.
    ///
    /// # Formula
    /// ```text
    /// x += P·Hᵀ·pull      P −= P·Hᵀ·G·H·P      G = (H·P·Hᵀ + R)⁻¹
    /// ```
    pub(super) fn learn(
        &mut self,
        first: usize,
        noise: Block,
        pull: impl FnOnce(Block) -> [f64; 2],
    ) {
        let (_, own) = self.pair(first);
        let Some(gain) = inverse(plus(own, noise)) else {
            return;
        };
        let pull = pull(gain);
        let rows = [self.spread[first], self.spread[first + 1]];
        // G·S, of the pair with every sum
        let weighed: [[f64; MOST]; 2] = [0, 1]
            .map(|i| std::array::from_fn(|k| gain[i][0] * rows[0][k] + gain[i][1] * rows[1][k]));
        self.add_gain(first, gain);
        for i in 0..MOST {
            let own = [self.turn[i][first], self.turn[i][first + 1]];
            let kept = [self.spread[i][first], self.spread[i][first + 1]];
            self.shift[i] += own[0] * pull[0] + own[1] * pull[1];
            self.expected[i] += kept[0] * pull[0] + kept[1] * pull[1];
            subtract(&mut self.turn[i], own, &weighed);
            subtract(&mut self.spread[i], kept, &weighed);
        }
    }

    fn add_gain(&mut self, first: usize, gain: Block) {
        let own = self.turn.map(|row| [row[first], row[first + 1]]);
        let weighed = own.map(|[x, y]| {
            [
                x * gain[0][0] + y * gain[1][0],
                x * gain[0][1] + y * gain[1][1],
            ]
        });
        for (row, left) in self.gain.iter_mut().zip(weighed) {
            for (value, right) in row.iter_mut().zip(own) {
                *value += left[0] * right[0] + left[1] * right[1];
            }
        }
    }

    /// What has been learned of the sums that the match shows: by how much each is pulled, in units of their covariance, and what
    /// is to be taken from that.
    pub(super) fn learned(&self) -> ([f64; SHOWN], [[f64; SHOWN]; SHOWN]) {
        let of = |k: usize, values: &[f64; MOST]| -> f64 {
            (0..MOST).map(|i| self.factors[i][k] * values[i]).sum()
        };
        let columns: [[f64; MOST]; SHOWN] =
            std::array::from_fn(|k| self.gain.each_ref().map(|row| of(k, row)));
        (
            std::array::from_fn(|k| of(k, &self.shift)),
            std::array::from_fn(|i| std::array::from_fn(|k| of(i, &columns[k]))),
        )
    }
}

/// Subtracts two rows, each times its factor.
fn subtract(row: &mut [f64; MOST], factors: [f64; 2], rows: &[[f64; MOST]; 2]) {
    for (factor, other) in factors.into_iter().zip(rows) {
        for (value, other) in row.iter_mut().zip(other) {
            *value -= factor * other;
        }
    }
}
