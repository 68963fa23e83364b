//! The part of the likelihood that low scores have.

use wide::f64x2;

use super::Scratch;
use super::strengths::{LowTerms, Strengths};
use crate::predict::counts::{Counts, LowScores, Pair};

/// Adds the gradient of Σ w·ln τ, the last entry that of ρ; returns the lowest τ of a score that occurred.
pub(super) fn add_low_gradient(counts: &Counts, s: &Strengths, gradient: &mut [f64]) -> f64 {
    let n = counts.teams;
    let one_all = 1.0 - s.rho;
    let mut sums = Sums {
        lowest: f64x2::splat(if counts.one_all > 0.0 { one_all } else { 1.0 }),
        ..Sums::default()
    };
    let (strengths, levels) = gradient.split_at_mut(2 * n);
    let (attack, defence) = strengths.split_at_mut(n);
    let (twos, last) = counts.low.as_chunks::<2>();
    for [one, other] in twos {
        let [home, away] = sums.add([one, other], f64x2::ONE, s);
        add_slopes(one, [home[0], away[0]], attack, defence);
        add_slopes(other, [home[1], away[1]], attack, defence);
    }
    if let [one] = last {
        // the other lane counts nothing
        let [home, away] = sums.add([one, one], f64x2::new([1.0, 0.0]), s);
        add_slopes(one, [home[0], away[0]], attack, defence);
    }
    let advantage = sums.advantage.reduce_add();
    levels[0] += sums.level.reduce_add();
    levels[1] += advantage;
    levels[2] = sums.rho.reduce_add() - counts.one_all / one_all;
    let [one, other] = sums.lowest.to_array();
    one.min(other)
}

/// Adds the slopes of a pair in log λ and log ν to those of its strengths.
fn add_slopes(low: &LowScores, [home, away]: [f64; 2], attack: &mut [f64], defence: &mut [f64]) {
    attack[low.home] += home;
    defence[low.away] -= home;
    attack[low.away] += away;
    defence[low.home] -= away;
}

/// Sums over pairs, those of even and those of odd number apart.
#[derive(Default)]
struct Sums {
    level: f64x2,
    advantage: f64x2,
    rho: f64x2,
    lowest: f64x2,
}

impl Sums {
    /// Adds two pairs, whose weights count so much; returns the slopes of both in log λ and in log ν.
    #[inline(always)]
    fn add(&mut self, lows: [&LowScores; 2], counted: f64x2, s: &Strengths) -> [[f64; 2]; 2] {
        let [one, other] = lows;
        let (of_one, of_other) = (s.products(one), s.products(other));
        let both = |one: f64, other: f64| f64x2::new([one, other]);
        let (lambda, nu) = (both(of_one[0], of_other[0]), both(of_one[1], of_other[1]));
        let at_home = both(is_at_home(one), is_at_home(other));
        let rho = f64x2::splat(s.rho);
        let none_rate = -lambda * nu;
        let weight = |k: usize| both(one.weights[k], other.weights[k]) * counted;
        let (none, away_one, home_one) = (weight(0), weight(1), weight(2));
        let a = tau(none, rho * none_rate);
        let b = tau(away_one, rho * lambda);
        let c = tau(home_one, rho * nu);
        self.lowest = self.lowest.fast_min(a).fast_min(b).fast_min(c);
        // one division for all three
        let bc = b * c;
        let inverse = f64x2::ONE / (a * bc);
        let none = none * none_rate * (bc * inverse);
        let away_one = away_one * lambda * (a * c * inverse);
        let home_one = home_one * nu * (a * b * inverse);
        let (home, away) = (rho * (none + away_one), rho * (none + home_one));
        self.level += home + away;
        self.advantage += at_home * home;
        self.rho += none + away_one + home_one;
        [home.to_array(), away.to_array()]
    }
}

/// τ of a score that occurred. That of one that did not is not part of the likelihood, and may be negative.
#[inline(always)]
fn tau(weight: f64x2, term: f64x2) -> f64x2 {
    f64x2::ONE + (weight.simd_gt(f64x2::ZERO) & term)
}

/// 1 where a side was at home, else 0.
fn is_at_home(low: &LowScores) -> f64 {
    f64::from(u8::from(low.neutral.is_none()))
}

/// −∂²/∂ρ∂log of the rates of each low score: w·τ′/τ².
#[inline(always)]
pub(super) fn low_cross(low: &LowScores, terms: &LowTerms) -> [f64; 3] {
    let inverses = terms.inverses();
    [0, 1, 2].map(|k| -low.weights[k] * terms.rates[k] * inverses[k] * inverses[k])
}

/// Adds the curvature of Σ w·ln τ to a negated Hessian, apart from that in log λ and in log ν alone, which is added to the sums
/// of the teams.
pub(super) fn add_low_information(
    counts: &Counts,
    matrix: &mut [f64],
    order: usize,
    scratch: &mut Scratch,
) {
    let (n, s) = (counts.teams, &scratch.strengths);
    let (one_all, last) = (1.0 - s.rho, 2 * n + 2);
    let mut of_rho = counts.one_all / (one_all * one_all);
    for low in &counts.low {
        let terms = s.low_terms(low);
        let cross = low_cross(low, &terms);
        let (home, away) = (cross[0] + cross[1], cross[0] + cross[2]);
        add_both(matrix, order, n, low, s.rho * cross[0]);
        let curvature = [s.rho * home, s.rho * away];
        matrix[(n + low.away) * order + low.home] -= curvature[0];
        matrix[(n + low.home) * order + low.away] -= curvature[1];
        let pair = Pair::new(low.home, low.away);
        let grounds = usize::from(low.neutral.is_some());
        scratch.expected.add_pair(&pair, grounds, curvature);
        let row = &mut matrix[last * order..];
        row[low.home] += home;
        row[n + low.away] -= home;
        row[low.away] += away;
        row[n + low.home] -= away;
        row[2 * n] += home + away;
        row[2 * n + 1] += if low.neutral.is_some() { 0.0 } else { home };
        of_rho -= (0..3).map(|k| cross[k] * terms.rates[k]).sum::<f64>();
    }
    matrix[last * order + last] += of_rho;
}

/// Adds the curvature in log λ and log ν together, which ties attack to attack and defence to defence.
fn add_both(matrix: &mut [f64], order: usize, n: usize, low: &LowScores, both: f64) {
    let (first, second) = (low.home.max(low.away), low.home.min(low.away));
    matrix[first * order + second] += both;
    matrix[(n + first) * order + n + second] += both;
    let (level, advantage) = (2 * n * order, (2 * n + 1) * order);
    for team in [low.home, low.away] {
        matrix[(n + team) * order + team] -= both;
        matrix[level + team] += both;
        matrix[level + n + team] -= both;
    }
    matrix[level + 2 * n] += 2.0 * both;
    if low.neutral.is_none() {
        matrix[advantage + low.away] += both;
        matrix[advantage + n + low.home] -= both;
        matrix[advantage + 2 * n] += both;
    }
}
