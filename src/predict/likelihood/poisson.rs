//! The derivatives of a Poisson part.

use super::expected::Expected;
use super::strengths::Strengths;
use crate::predict::counts::Counts;

/// Adds the slopes of attack and defence, observed less expected goals, with the loading of these strengths.
pub(super) fn add_slopes(counts: &Counts, expected: &Expected, loading: f64, gradient: &mut [f64]) {
    let n = counts.teams;
    let (attack, defence) = gradient.split_at_mut(n);
    let Expected { scored, conceded } = expected;
    for i in 0..n {
        attack[i] += loading * (counts.scored[i] - (scored[0][i] + scored[1][i]));
        defence[i] -= loading * (counts.conceded[i] - (conceded[0][i] + conceded[1][i]));
    }
}

/// Adds the slopes of the levels.
pub(super) fn add_level_slopes(counts: &Counts, expected: &Expected, gradient: &mut [f64]) {
    let n = counts.teams;
    let [home, others] =
        [0, 1].map(|grounds| counts.goals[grounds] - expected.scored[grounds].iter().sum::<f64>());
    gradient[2 * n] += home + others;
    gradient[2 * n + 1] += home;
}

/// Adds the rows of defences by attacks to a negated Hessian, the curvature of each in log goals times `factor`.
pub(super) fn add_crossed(
    counts: &Counts,
    s: &Strengths,
    factor: f64,
    matrix: &mut [f64],
    order: usize,
) {
    let n = counts.teams;
    for (home, row) in counts.weight.chunks_exact(n.max(1)).enumerate() {
        let [to_home, to_away] = s.home_factors(home).map(|to| factor * to);
        for (away, weight) in row.iter().enumerate() {
            matrix[(n + away) * order + home] -= weight * to_home * s.defence[away];
        }
        let own = &mut matrix[(n + home) * order..][..n];
        for ((entry, weight), attack) in own.iter_mut().zip(row).zip(&s.attack) {
            *entry -= weight * to_away * attack;
        }
    }
    for pair in &counts.neutral {
        let [home, away] = s
            .neutral_rates(pair)
            .map(|rate| factor * pair.weight * rate);
        matrix[(n + pair.away) * order + pair.home] -= home;
        matrix[(n + pair.home) * order + pair.away] -= away;
    }
}

/// Adds the curvature of each attack and each defence to the diagonal of a negated Hessian, times `factor`.
pub(super) fn add_diagonal(sums: &Expected, factor: f64, matrix: &mut [f64], order: usize) {
    let Expected { scored, conceded } = sums;
    let each = |sums: &[Vec<f64>; 2], i: usize| factor * (sums[0][i] + sums[1][i]);
    let n = scored[0].len();
    for i in 0..n {
        matrix[i * (order + 1)] += each(scored, i);
        matrix[(n + i) * (order + 1)] += each(conceded, i);
    }
}

/// Adds the rows of both levels to a negated Hessian.
pub(super) fn add_levels(sums: &Expected, matrix: &mut [f64], order: usize) {
    let Expected { scored, conceded } = sums;
    let n = scored[0].len();
    let (level, advantage) = matrix[2 * n * order..].split_at_mut(order);
    for i in 0..n {
        level[i] += scored[0][i] + scored[1][i];
        level[n + i] -= conceded[0][i] + conceded[1][i];
        advantage[i] += scored[0][i];
        advantage[n + i] -= conceded[0][i];
    }
    let [home, others] = [0, 1].map(|grounds| scored[grounds].iter().sum::<f64>());
    level[2 * n] += home + others;
    advantage[2 * n] += home;
    advantage[2 * n + 1] += home;
}
