//! The goals that the strengths expect of each team.

use wide::f64x2;

use super::strengths::Strengths;
use crate::predict::counts::{Counts, Pair};
use crate::predict::vector::{add_scaled, dot};

/// Weighted sums for each team: of goals of sides at home, on which home advantage depends, and of all others.
#[derive(Debug, Clone, Default)]
pub(super) struct Expected {
    pub(super) scored: [Vec<f64>; 2],
    pub(super) conceded: [Vec<f64>; 2],
}

impl Expected {
    /// Sums what these strengths expect of the matches.
    pub(super) fn set(&mut self, counts: &Counts, s: &Strengths) {
        let n = counts.teams;
        for sums in self.scored.iter_mut().chain(&mut self.conceded) {
            sums.clear();
            sums.resize(n, 0.0);
        }
        if !counts.is_large {
            self.add_tables(counts, s);
        }
        for pair in &counts.at_home {
            self.add_pair(pair, 0, s.home_rates(pair).map(|rate| pair.weight * rate));
        }
        for pair in &counts.neutral {
            self.add_pair(
                pair,
                1,
                s.neutral_rates(pair).map(|rate| pair.weight * rate),
            );
        }
    }

    /// Adds the goals of a pair, on grounds where home advantage counts (0) or not (1).
    pub(super) fn add_pair(&mut self, pair: &Pair, grounds: usize, [home, away]: [f64; 2]) {
        self.scored[grounds][pair.home] += home;
        self.conceded[grounds][pair.away] += home;
        self.scored[1][pair.away] += away;
        self.conceded[1][pair.home] += away;
    }

    fn add_tables(&mut self, counts: &Counts, s: &Strengths) {
        let n = counts.teams;
        let twos = counts.weight.chunks_exact(2 * n.max(1));
        let last = twos.remainder();
        for (i, rows) in (0..).step_by(2).zip(twos) {
            let factors = [s.home_factors(i), s.home_factors(i + 1)];
            let away = [&mut self.conceded[0][..], &mut self.scored[1][..]];
            let sums = two_rows(rows.split_at(n), factors, s, away);
            for (i, (sums, factors)) in (i..).zip(sums.into_iter().zip(factors)) {
                self.scored[0][i] = factors[0] * sums[0];
                self.conceded[1][i] = factors[1] * sums[1];
            }
        }
        if !last.is_empty() {
            let factors = s.home_factors(n - 1);
            self.scored[0][n - 1] = factors[0] * dot(last, &s.defence);
            self.conceded[1][n - 1] = factors[1] * dot(last, &s.attack);
            add_scaled(&mut self.conceded[0], factors[0], last);
            add_scaled(&mut self.scored[1], factors[1], last);
        }
        multiply(&mut self.conceded[0], &s.defence);
        multiply(&mut self.scored[1], &s.attack);
    }
}

fn multiply(values: &mut [f64], factors: &[f64]) {
    for (value, factor) in values.iter_mut().zip(factors) {
        *value *= factor;
    }
}

/// The dot products of two rows of weights with defences and with attacks. On the way the rows are added, times their factors, to the
/// sums of the away sides: each weight is loaded once for all four.
fn two_rows(
    (one, other): (&[f64], &[f64]),
    factors: [[f64; 2]; 2],
    s: &Strengths,
    [home, away]: [&mut [f64]; 2],
) -> [[f64; 2]; 2] {
    let ((one, one_tail), (other, other_tail)) = (one.as_chunks(), other.as_chunks());
    let (defence, defence_tail) = s.defence.as_chunks();
    let (attack, attack_tail) = s.attack.as_chunks();
    let (home, home_tail) = home.as_chunks_mut();
    let (away, away_tail) = away.as_chunks_mut();
    let lanes = factors.map(|factors| factors.map(f64x2::splat));
    let mut sums = [[f64x2::ZERO; 2]; 2];
    let strengths = defence.iter().zip(attack);
    let sides = home.iter_mut().zip(away);
    for (((one, other), strengths), (home, away)) in one.iter().zip(other).zip(strengths).zip(sides)
    {
        let (one, other) = (f64x2::new(*one), f64x2::new(*other));
        let (defence, attack) = (f64x2::new(*strengths.0), f64x2::new(*strengths.1));
        sums[0][0] += one * defence;
        sums[0][1] += one * attack;
        sums[1][0] += other * defence;
        sums[1][1] += other * attack;
        *home = (f64x2::new(*home) + (lanes[0][0] * one + lanes[1][0] * other)).to_array();
        *away = (f64x2::new(*away) + (lanes[0][1] * one + lanes[1][1] * other)).to_array();
    }
    let mut sums = sums.map(|row| row.map(|two| two.reduce_add()));
    if let ([one], [other]) = (one_tail, other_tail) {
        sums[0][0] += one * defence_tail[0];
        sums[0][1] += one * attack_tail[0];
        sums[1][0] += other * defence_tail[0];
        sums[1][1] += other * attack_tail[0];
        home_tail[0] += factors[0][0] * one + factors[1][0] * other;
        away_tail[0] += factors[0][1] * one + factors[1][1] * other;
    }
    sums
}
