//! The derivatives of a Poisson part.

use super::strengths::Strengths;
use crate::predict::counts::{Counts, Pair};
use crate::predict::vector::{add_scaled, dot};

/// Writes the gradient of the Poisson part: observed less expected goals.
///
/// `home` and `away` are buffers.
pub(super) fn poisson_gradient(
    counts: &Counts,
    s: &Strengths,
    gradient: &mut [f64],
    [home, away]: [&mut Vec<f64>; 2],
) {
    let n = counts.teams;
    for column in [&mut *home, &mut *away] {
        column.clear();
        column.resize(n, 0.0);
    }
    let [mut home_sum, mut away_sum] = counts.goals;
    for (i, row) in counts.weight.chunks_exact(n.max(1)).enumerate() {
        let [to_home, to_away] = s.home_factors(i);
        let (home_rate, away_rate) = (
            to_home * dot(row, &s.defence),
            to_away * dot(row, &s.attack),
        );
        gradient[i] = counts.scored[i] - home_rate;
        gradient[n + i] = away_rate - counts.conceded[i];
        home_sum -= home_rate;
        away_sum -= away_rate;
        add_scaled(home, to_home, row);
        add_scaled(away, to_away, row);
    }
    for j in 0..n {
        gradient[j] -= s.attack[j] * away[j];
        gradient[n + j] += s.defence[j] * home[j];
    }
    if counts.is_large {
        gradient[..n].copy_from_slice(&counts.scored);
        for (slope, goals) in gradient[n..].iter_mut().zip(&counts.conceded) {
            *slope = -goals;
        }
    }
    for pair in &counts.at_home {
        let [home, away] = s.home_rates(pair).map(|rate| pair.weight * rate);
        subtract_goals(gradient, pair, n, [home, away]);
        home_sum -= home;
        away_sum -= away;
    }
    for pair in &counts.neutral {
        let [home, away] = s.neutral_rates(pair).map(|rate| pair.weight * rate);
        subtract_goals(gradient, pair, n, [home, away]);
        away_sum -= home + away;
    }
    gradient[2 * n] = home_sum + away_sum;
    gradient[2 * n + 1] = home_sum;
}

/// Sets the expected goals of every pair at home.
pub(super) fn tables(counts: &Counts, s: &Strengths, [home, away]: [&mut Vec<f64>; 2]) {
    home.clear();
    away.clear();
    for (i, row) in counts.weight.chunks_exact(counts.teams.max(1)).enumerate() {
        let [to_home, to_away] = s.home_factors(i);
        home.extend(
            row.iter()
                .zip(&s.defence)
                .map(|(weight, defence)| weight * to_home * defence),
        );
        away.extend(
            row.iter()
                .zip(&s.attack)
                .map(|(weight, attack)| weight * to_away * attack),
        );
    }
}

/// Subtracts the expected goals of a pair from the slopes of its strengths.
fn subtract_goals(gradient: &mut [f64], pair: &Pair, n: usize, [home, away]: [f64; 2]) {
    gradient[pair.home] -= home;
    gradient[n + pair.away] += home;
    gradient[pair.away] -= away;
    gradient[n + pair.home] += away;
}
