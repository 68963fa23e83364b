//! The part of the likelihood that the goals have that shots were worth.

use super::Scratch;
use super::poisson::{poisson_gradient, tables};
use super::strengths::Strengths;
use crate::predict::counts::{Counts, Pair};
use crate::predict::curvature::Curvature;
use crate::predict::vector::{add_scaled, dot};

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
    let n = shots.counts.teams;
    let Scratch {
        of_shots,
        slopes,
        home,
        away,
        ..
    } = scratch;
    of_shots.set_loaded(theta, n, shots.loading, shots.levels);
    slopes.clear();
    slopes.resize(2 * n + 2, 0.0);
    poisson_gradient(shots.counts, of_shots, slopes, [home, away]);
    add_scaled(&mut gradient[..2 * n], shots.loading, &slopes[..2 * n]);
}

/// Adds the attack and defence blocks of shots.
pub(super) fn add_shots_information(
    shots: &Shots<'_>,
    matrix: &mut [f64],
    order: usize,
    scratch: &mut Scratch,
) {
    let n = shots.counts.teams;
    let Scratch {
        of_shots: s,
        home,
        away,
        ..
    } = scratch;
    tables(shots.counts, s, [&mut *home, &mut *away]);
    for pair in &shots.counts.neutral {
        let [of_home, of_away] = s.neutral_rates(pair).map(|rate| pair.weight * rate);
        home[pair.home * n + pair.away] += of_home;
        away[pair.home * n + pair.away] += of_away;
    }
    let squared = shots.loading * shots.loading;
    for i in 0..n {
        let [mut scored, mut conceded] = [0.0; 2];
        for j in 0..n {
            let (ij, ji) = (i * n + j, j * n + i);
            scored += home[ij] + away[ji];
            conceded += away[ij] + home[ji];
            matrix[(n + i) * order + j] -= squared * (home[ji] + away[ij]);
        }
        matrix[i * order + i] += squared * scored;
        matrix[(n + i) * order + n + i] += squared * conceded;
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
