//! The part of the likelihood that the goals have that shots were worth.

use super::Scratch;
use super::poisson::{add_crossed, add_diagonal, add_slopes};
use super::strengths::Strengths;
use crate::predict::counts::{Counts, Pair};
use crate::predict::curvature::Curvature;
use crate::predict::vector::dot;

/// The goals that shots were worth.
#[derive(Clone, Copy)]
pub(in crate::predict) struct Shots<'a> {
    pub(in crate::predict) counts: &'a Counts,
    /// How far the strengths show in them.
    pub(in crate::predict) loading: f64,
    /// What an average side at home, and any other, has of them.
    pub(in crate::predict) levels: [f64; 2],
}

/// The Poisson part of shots.
pub(super) fn shots_value(shots: &Shots<'_>, theta: &[f64], s: &mut Strengths) -> f64 {
    let (counts, n) = (shots.counts, shots.counts.teams);
    s.set_loaded(theta, n, shots.loading, shots.levels);
    let levels = shots.levels.map(f64::ln);
    let strengths = dot(&counts.scored, &theta[..n]) - dot(&counts.conceded, &theta[n..2 * n]);
    let observed = dot(&counts.goals, &levels) + shots.loading * strengths;
    s.less_expected(observed - counts.factorials, counts)
}

/// Adds the slopes of attack and defence by shots; their levels are no parameters.
pub(super) fn add_shots_gradient(
    shots: &Shots<'_>,
    theta: &[f64],
    gradient: &mut [f64],
    scratch: &mut Scratch,
) {
    scratch.expect_shots(shots, theta);
    add_slopes(shots.counts, &scratch.expected, shots.loading, gradient);
}

/// Adds the attack and defence blocks of shots.
pub(super) fn add_shots_information(
    shots: &Shots<'_>,
    theta: &[f64],
    matrix: &mut [f64],
    order: usize,
    scratch: &mut Scratch,
) {
    scratch.expect_shots(shots, theta);
    let squared = shots.loading * shots.loading;
    add_crossed(shots.counts, &scratch.of_shots, squared, matrix, order);
    add_diagonal(&scratch.expected, squared, matrix, order);
}

impl Scratch {
    /// Sets the strengths as they show in shots, and what they expect.
    fn expect_shots(&mut self, shots: &Shots<'_>, theta: &[f64]) {
        let counts = shots.counts;
        self.of_shots
            .set_loaded(theta, counts.teams, shots.loading, shots.levels);
        self.expected.set(counts, &self.of_shots);
    }
}

/// Adds the curvature of shots in a large league, with the factor of their weights.
pub(super) fn add_shots_curvature(
    shots: &Shots<'_>,
    scale: f64,
    s: &Strengths,
    curvature: &mut Curvature,
) {
    let factor = scale * shots.loading * shots.loading;
    let mut add = |pair: &Pair, rates: [f64; 2]| {
        let entries = rates.map(|rate| factor * pair.weight * rate);
        curvature.add_shots([pair.home, pair.away], entries);
    };
    for pair in &shots.counts.at_home {
        add(pair, s.home_rates(pair));
    }
    for pair in &shots.counts.neutral {
        add(pair, s.neutral_rates(pair));
    }
}
