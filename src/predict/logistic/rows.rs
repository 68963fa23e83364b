//! The rows that a regression is fitted to.

use std::cmp::Ordering;

use super::maximise::Slopes;
use crate::domain::Match;

/// 0 for a home win, 1 for a draw, 2 for an away win.
pub(crate) fn result(played: &Match) -> u8 {
    match played.score.home.cmp(&played.score.away) {
        Ordering::Greater => 0,
        Ordering::Equal => 1,
        Ordering::Less => 2,
    }
}

/// What happened in a match, and what was known before it: a row of numbers for each match.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    /// Numbers a row.
    pub(super) width: usize,
    pub(super) numbers: Vec<f64>,
    /// 0: home win, 1: draw, 2: away win.
    pub(super) results: Vec<u8>,
    /// Whether a side was at home, which has an intercept of its own.
    pub(super) at_home: Vec<bool>,
}

impl Rows {
    /// No rows, of so many numbers each.
    pub(crate) fn of_width(width: usize) -> Self {
        Self {
            width,
            ..Self::default()
        }
    }

    /// Adds a row; what is beyond the width is ignored.
    pub(crate) fn push(&mut self, numbers: &[f64], result: u8, at_home: bool) {
        self.numbers.extend(&numbers[..self.width]);
        self.results.push(result);
        self.at_home.push(at_home);
    }

    /// How many rows.
    pub(crate) fn len(&self) -> usize {
        self.results.len()
    }

    /// Each row with its result, and whether a side was at home.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[f64], u8, bool)> {
        (0..self.len()).map(|row| {
            let numbers = &self.numbers[row * self.width..][..self.width];
            (numbers, self.results[row], self.at_home[row])
        })
    }

    /// How often each result occurred.
    pub(crate) fn counts(&self) -> [usize; 3] {
        [0, 1, 2].map(|result| self.results.iter().filter(|&&r| r == result).count())
    }
}

/// A Gaussian prior on the parameters: −½·(θ − m)ᵀ·P·(θ − m).
#[derive(Debug, Clone)]
pub(crate) struct Penalty {
    pub(super) mean: Vec<f64>,
    /// P, row-major.
    pub(super) precision: Vec<f64>,
}

impl Penalty {
    /// A prior with this mean, and this precision of each parameter.
    pub(crate) fn diagonal(mean: &[f64], precision: &[f64]) -> Self {
        let order = mean.len();
        let mut matrix = vec![0.0; order * order];
        for (i, value) in precision.iter().enumerate() {
            matrix[i * order + i] = *value;
        }
        Self {
            mean: mean.to_vec(),
            precision: matrix,
        }
    }

    /// P·(θ − m).
    fn pull(&self, theta: &[f64]) -> Vec<f64> {
        let off: Vec<f64> = theta.iter().zip(&self.mean).map(|(x, m)| x - m).collect();
        let rows = self.precision.chunks_exact(off.len().max(1));
        rows.map(|row| row.iter().zip(&off).map(|(p, x)| p * x).sum())
            .collect()
    }

    pub(super) fn value(&self, theta: &[f64]) -> f64 {
        let pull = self.pull(theta);
        let off = theta.iter().zip(&self.mean).map(|(x, m)| x - m);
        -0.5 * off.zip(pull).map(|(x, p)| x * p).sum::<f64>()
    }

    /// Adds its derivatives, and returns its value.
    pub(super) fn add_to(&self, theta: &[f64], slopes: &mut Slopes) -> f64 {
        for (sum, pull) in slopes.gradient.iter_mut().zip(self.pull(theta)) {
            *sum -= pull;
        }
        for (sum, p) in slopes.information.iter_mut().zip(&self.precision) {
            *sum += p;
        }
        self.value(theta)
    }
}
