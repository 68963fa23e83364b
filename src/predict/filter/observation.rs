//! What a match shows of the log rates of both sides, one observation after another.
//!
//! Everything is worked out for the few sums that are observed; the state itself moves once, at the end, since each of its
//! pairs of numbers has to be visited for that.

use super::covariance::{Block, Covariance, Terms, inverse, plus};

/// The most sums: the log rates of goals of both sides, and those of what shots were worth.
const MOST: usize = 4;

type Square = [[f64; MOST]; MOST];

/// The sums that a match shows, which come in pairs of home and away.
pub(super) struct Observation {
    /// The covariance of everything with each sum, before the match.
    shared: Vec<Vec<f64>>,
    /// What is expected of each sum, and their covariance, after what has been learned so far.
    expected: [f64; MOST],
    spread: Square,
    /// The covariance of everything with each sum now: `shared` times this.
    turn: Square,
    /// What is to be taken from the covariance of everything: `shared`·`gain`·`shared`ᵀ.
    gain: Square,
    /// What is to be added to everything: `shared`·`shift`.
    shift: [f64; MOST],
}

impl Observation {
    /// Before anything is learned.
    pub(super) fn new(mean: &[f64], covariance: &Covariance, sums: &[Terms]) -> Self {
        let shared: Vec<Vec<f64>> = sums
            .iter()
            .map(|terms| covariance.with_sum(terms))
            .collect();
        let of = |terms: &Terms, values: &[f64]| -> f64 {
            terms.iter().map(|&(i, factor)| factor * values[i]).sum()
        };
        let mut observation = Self {
            shared,
            expected: [0.0; MOST],
            spread: [[0.0; MOST]; MOST],
            turn: [[0.0; MOST]; MOST],
            gain: [[0.0; MOST]; MOST],
            shift: [0.0; MOST],
        };
        for (i, terms) in sums.iter().enumerate() {
            observation.expected[i] = of(terms, mean);
            observation.turn[i][i] = 1.0;
            for (j, shared) in observation.shared.iter().enumerate() {
                observation.spread[i][j] = of(terms, shared);
            }
        }
        observation
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

    /// Moves everything by what has been learned.
    pub(super) fn move_all(&self, mean: &mut [f64], covariance: &mut Covariance) {
        for (shared, shift) in self.shared.iter().zip(self.shift) {
            for (mean, shared) in mean.iter_mut().zip(shared) {
                *mean += shift * shared;
            }
        }
        match self.shared.as_slice() {
            [a, b, c, d] => covariance.subtract([a, b, c, d], self.gain),
            [a, b] => {
                let gain = [0, 1].map(|i| [0, 1].map(|j| self.gain[i][j]));
                covariance.subtract([a, b], gain);
            }
            _ => {}
        }
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
