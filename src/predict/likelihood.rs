//! The penalised log-likelihood of the goal models, with its gradient and Hessian.
//!
//! # Formula
//! ```text
//! log λ = μ + h + att_i − def_j      log ν = μ + att_j − def_i      (i at home to j)
//! ℓ = Σ w·[ln τ(x, y) − λ + x·ln λ − ν + y·ln ν − ln x! − ln y!] + ln prior
//! ```
//! On neutral grounds h is 0. Where shots teach as well, the same goes for goals s that the shots of a match were worth, with a
//! loading l on the strengths and with levels b that are given:
//!
//! ```text
//! log ξ = b_h + l·(att_i − def_j)      log ζ = b_a + l·(att_j − def_i)
//! ℓ += Σ w·[−ξ + s·ln ξ − ζ + t·ln ζ − ln s! − ln t!]
//! ```
//! Where the weights are not those of matches and the goals not whole numbers, ℓ is a quasi-log-likelihood: its maximum is what
//! is wanted, its value compares only fits to the same matches.
//!
//! Parameters stand in one vector: attack of every team, defence of every team, μ, h and, in the
//! Dixon-Coles model, ρ.

mod expected;
mod low;
mod poisson;
mod shots;
mod strengths;

use super::counts::{Counts, LowScores, NOTHING, Pair};
use super::curvature::Curvature;
use super::gauge::{fix_mean, fix_means};
use super::prior::Prior;
use super::vector::dot;
use expected::Expected;
use low::{add_low_gradient, add_low_information, low_cross};
use poisson::{add_crossed, add_diagonal, add_level_slopes, add_levels, add_slopes};
pub(super) use shots::Shots;
use shots::{add_shots_curvature, add_shots_gradient, add_shots_information, shots_value};
use strengths::Strengths;

/// The data and the prior of one fit.
pub(super) struct Likelihood<'a> {
    pub(super) counts: &'a Counts,
    pub(super) shots: Option<Shots<'a>>,
    /// The factor of every weight in `counts`, of goals and of shots.
    pub(super) scale: f64,
    /// Whether ρ is a parameter; it is 0 otherwise.
    pub(super) rho: bool,
    pub(super) prior: Option<&'a Prior>,
    /// The teams that joined the league since its record began, for the prior.
    pub(super) newcomers: &'a [bool],
}

/// Buffers of the size of the league, reused from call to call.
#[derive(Debug, Clone, Default)]
pub(super) struct Scratch {
    strengths: Strengths,
    /// Those of shots.
    of_shots: Strengths,
    /// What either expect, and in a Hessian the curvature in log goals.
    expected: Expected,
}

impl Likelihood<'_> {
    /// The number of parameters.
    pub(super) fn order(&self) -> usize {
        2 * self.counts.teams + 2 + usize::from(self.rho)
    }

    /// The low scores on which ρ depends; empty when ρ is fixed at 0.
    fn low(&self) -> &[LowScores] {
        if self.rho { &self.counts.low } else { &[] }
    }

    /// Whether a team has nothing that it scored, or nothing that it conceded, in any part.
    pub(super) fn has_goalless_team(&self) -> bool {
        (0..self.counts.teams).any(|team| !self.has_scored(team) || !self.has_conceded(team))
    }

    /// Whether a team has scored, or had shots where they teach.
    pub(super) fn has_scored(&self, team: usize) -> bool {
        self.parts().any(|counts| counts.scored[team] >= NOTHING)
    }

    /// Whether a team has conceded goals, or shots where they teach.
    pub(super) fn has_conceded(&self, team: usize) -> bool {
        self.parts().any(|counts| counts.conceded[team] >= NOTHING)
    }

    fn parts(&self) -> impl Iterator<Item = &Counts> {
        let shots = self.shots.as_ref().map(|shots| shots.counts);
        std::iter::once(self.counts).chain(shots)
    }

    /// The penalised log-likelihood; `None` where a score that occurred would be impossible.
    pub(super) fn value(&self, theta: &[f64], scratch: &mut Scratch) -> Option<f64> {
        let data = self.data_value(theta, scratch)?;
        let value = data
            - self
                .prior
                .map_or(0.0, |prior| prior.penalty(theta, self.newcomers));
        value.is_finite().then_some(value)
    }

    /// The log-likelihood of the matches alone.
    pub(super) fn data_value(&self, theta: &[f64], scratch: &mut Scratch) -> Option<f64> {
        let (counts, n) = (self.counts, self.counts.teams);
        let s = &mut scratch.strengths;
        s.set(theta, n);
        let (level, advantage) = (theta[2 * n], theta[2 * n + 1]);
        let mut sum =
            counts.goals[0] * (level + advantage) + counts.goals[1] * level - counts.factorials;
        sum += dot(&counts.scored, &theta[..n]) - dot(&counts.conceded, &theta[n..2 * n]);
        sum = s.less_expected(sum, counts);
        for low in self.low() {
            let terms = s.low_terms(low);
            if terms.lowest() <= 0.0 {
                return None;
            }
            sum += (0..3)
                .map(|k| low.weights[k] * terms.tau[k].ln())
                .sum::<f64>();
        }
        if self.rho && counts.one_all > 0.0 {
            sum += counts.one_all * (1.0 - s.rho).ln();
        }
        if let Some(shots) = &self.shots {
            sum += shots_value(shots, theta, &mut scratch.of_shots);
        }
        Some(sum * self.scale)
    }

    /// Writes the gradient; `false` where a score that occurred would be impossible.
    pub(super) fn gradient(
        &self,
        theta: &[f64],
        gradient: &mut [f64],
        scratch: &mut Scratch,
    ) -> bool {
        let counts = self.counts;
        scratch.strengths.set(theta, counts.teams);
        scratch.expected.set(counts, &scratch.strengths);
        gradient.fill(0.0);
        add_slopes(counts, &scratch.expected, 1.0, gradient);
        add_level_slopes(counts, &scratch.expected, gradient);
        let lowest = if self.rho {
            add_low_gradient(self.counts, &scratch.strengths, gradient)
        } else {
            1.0
        };
        if let Some(shots) = &self.shots {
            add_shots_gradient(shots, theta, gradient, scratch);
        }
        gradient.iter_mut().for_each(|slope| *slope *= self.scale);
        if let Some(prior) = self.prior {
            prior.subtract_gradient(theta, self.newcomers, gradient);
        }
        lowest > 0.0 && gradient.iter().all(|slope| slope.is_finite())
    }

    /// Writes the negated Hessian, row-major, lower triangle.
    pub(super) fn information(&self, theta: &[f64], matrix: &mut Vec<f64>, scratch: &mut Scratch) {
        let (counts, order) = (self.counts, self.order());
        let n = counts.teams;
        matrix.clear();
        matrix.resize(order * order, 0.0);
        scratch.strengths.set(theta, n);
        scratch.expected.set(counts, &scratch.strengths);
        add_crossed(counts, &scratch.strengths, 1.0, matrix, order);
        if self.rho {
            add_low_information(counts, matrix, order, scratch);
        }
        add_diagonal(&scratch.expected, 1.0, matrix, order);
        add_levels(&scratch.expected, matrix, order);
        if let Some(shots) = &self.shots {
            add_shots_information(shots, theta, matrix, order, scratch);
        }
        matrix.iter_mut().for_each(|entry| *entry *= self.scale);
        match self.prior {
            Some(prior) => prior.add_information(theta, self.newcomers, matrix, order),
            None if self.shots.is_some() => fix_mean(matrix, order, n),
            None => fix_means(matrix, order, n),
        }
    }

    /// Sets the negated Hessian of a large league, with an entry for each pair that met.
    pub(super) fn curvature(
        &self,
        theta: &[f64],
        curvature: &mut Curvature,
        scratch: &mut Scratch,
    ) {
        let (counts, n) = (self.counts, self.counts.teams);
        let s = &mut scratch.strengths;
        s.set(theta, n);
        curvature.reset(n, self.rho, self.shots.is_some());
        if self.rho {
            let one_all = 1.0 - s.rho;
            curvature.add_to_rho(self.scale * counts.one_all / (one_all * one_all));
        }
        for pair in &counts.at_home {
            self.add_curvature(pair, s, s.home_rates(pair), false, curvature);
        }
        for pair in &counts.neutral {
            self.add_curvature(pair, s, s.neutral_rates(pair), true, curvature);
        }
        if let Some(shots) = &self.shots {
            scratch
                .of_shots
                .set_loaded(theta, n, shots.loading, shots.levels);
            add_shots_curvature(shots, self.scale, &scratch.of_shots, curvature);
        }
        curvature.set_prior(
            self.prior
                .map(|prior| prior.curvature(theta, self.newcomers)),
            self.newcomers,
        );
    }

    fn add_curvature(
        &self,
        pair: &Pair,
        s: &Strengths,
        rates: [f64; 2],
        neutral: bool,
        curvature: &mut Curvature,
    ) {
        let [home, away] = rates.map(|rate| pair.weight * rate);
        let (mut entries, mut of_rho) = ([home, away, 0.0, 0.0, 0.0], 0.0);
        if let Some(low) = pair.low.filter(|_| self.rho) {
            let low = &self.counts.low[low as usize];
            let terms = s.low_terms(low);
            let cross = low_cross(low, &terms);
            let (home, away) = (cross[0] + cross[1], cross[0] + cross[2]);
            entries[0] += s.rho * home;
            entries[1] += s.rho * away;
            entries[2] = s.rho * cross[0];
            [entries[3], entries[4]] = [home, away];
            of_rho = -(0..3).map(|k| cross[k] * terms.rates[k]).sum::<f64>();
        }
        let entries = entries.map(|entry| entry * self.scale);
        curvature.add_pair([pair.home, pair.away], neutral, entries);
        curvature.add_to_rho(self.scale * of_rho);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Score;

    /// Matches of three teams at home and on neutral grounds, every low score among both.
    fn counts() -> Counts {
        let mut counts = Counts::default();
        counts.reset(3);
        add_matches(&mut counts);
        counts
    }

    fn add_matches(counts: &mut Counts) {
        let scores = [(0, 0), (0, 1), (1, 0), (1, 1), (3, 2), (2, 0)];
        for (number, &(home, away)) in scores.iter().cycle().take(24).enumerate() {
            let teams = [number % 3, (number + 1 + number / 12) % 3];
            let weight = 1.0 - 0.02 * number as f64;
            counts.add(teams, Score { home, away }, weight, number % 5 < 2);
        }
    }

    const AT: [f64; 9] = [0.2, -0.1, 0.05, 0.1, 0.0, -0.2, 0.15, 0.3, -0.06];
    const STEP: f64 = 1e-5;

    fn moved(parameter: usize, step: f64) -> [f64; 9] {
        let mut theta = AT;
        theta[parameter] += step;
        theta
    }

    fn gradient(likelihood: &Likelihood<'_>, theta: &[f64]) -> Vec<f64> {
        let mut gradient = vec![0.0; theta.len()];
        assert!(likelihood.gradient(theta, &mut gradient, &mut Scratch::default()));
        gradient
    }

    /// What shots were worth in some of the same matches, and in one between teams that did not meet otherwise.
    fn shot_counts(is_large: bool) -> Counts {
        let mut counts = Counts::default();
        counts.reset_as(3, is_large);
        for number in 0..15 {
            let teams = [number % 3, (number + 1 + number / 8) % 3];
            let goals = [1.1 + 0.1 * number as f64, 0.9];
            counts.add_shares(teams, goals, 2.0 + 0.1 * number as f64, number % 4 < 2);
        }
        counts
    }

    fn shots(counts: &Counts) -> Option<Shots<'_>> {
        Some(Shots {
            counts,
            loading: 0.65,
            levels: counts.levels(0.9, [1.5, 1.2]),
        })
    }

    #[test]
    fn derivatives_are_those_of_the_value_on_neutral_grounds_too() {
        let (counts, shot_counts, prior) = (counts(), shot_counts(false), Prior::default());
        for shots in [None, shots(&shot_counts)] {
            assert_derivatives(&Likelihood {
                counts: &counts,
                shots,
                scale: 0.9,
                rho: true,
                prior: Some(&prior),
                newcomers: &[false, true, false],
            });
        }
    }

    fn assert_derivatives(likelihood: &Likelihood<'_>) {
        let value = |theta: &[f64]| likelihood.value(theta, &mut Scratch::default()).unwrap();
        let slopes = gradient(likelihood, &AT);
        let mut information = Vec::new();
        likelihood.information(&AT, &mut information, &mut Scratch::default());
        for i in 0..AT.len() {
            let [up, down] = [STEP, -STEP].map(|step| moved(i, step));
            let slope = (value(&up) - value(&down)) / (2.0 * STEP);
            assert!(
                (slopes[i] - slope).abs() < 1e-6,
                "{i}: {} {slope}",
                slopes[i]
            );
            let [up, down] = [up, down].map(|theta| gradient(likelihood, &theta));
            for j in 0..=i {
                let curvature = -(up[j] - down[j]) / (2.0 * STEP);
                let found = information[i * AT.len() + j];
                assert!(
                    (found - curvature).abs() < 1e-5,
                    "{i} {j}: {found} {curvature}"
                );
            }
        }
    }

    /// The same matches in lists of pairs.
    fn large_counts() -> Counts {
        let mut large = Counts::default();
        large.reset_as(3, true);
        add_matches(&mut large);
        large
    }

    #[test]
    fn lists_of_pairs_have_the_value_and_the_derivatives_of_tables() {
        let (tables, lists, prior) = (counts(), large_counts(), Prior::default());
        assert!(lists.is_large && lists.is_sound() && lists.weight.is_empty());
        let newcomers = [true, false, true];
        let [shot_tables, shot_lists] = [false, true].map(shot_counts);
        for (rho, prior) in [
            (true, Some(&prior)),
            (true, None),
            (false, Some(&prior)),
            (false, None),
        ] {
            let parts = [(&tables, &shot_tables), (&lists, &shot_lists)];
            let [small, large] = parts.map(|(counts, shot_counts)| Likelihood {
                counts,
                shots: shots(shot_counts),
                scale: 0.7,
                rho,
                prior,
                newcomers: &newcomers,
            });
            let at = &AT[..small.order()];
            let scratch = &mut Scratch::default();
            let [one, other] =
                [&small, &large].map(|likelihood| likelihood.value(at, scratch).unwrap());
            assert!((one - other).abs() < 1e-12, "{one} {other}");
            for (one, other) in gradient(&small, at).iter().zip(gradient(&large, at)) {
                assert!((one - other).abs() < 1e-12, "{one} {other}");
            }
            assert_same_curvature(&small, &large, at);
        }
    }

    fn assert_same_curvature(small: &Likelihood<'_>, large: &Likelihood<'_>, at: &[f64]) {
        let (order, scratch) = (at.len(), &mut Scratch::default());
        let (mut matrix, mut curvature) = (Vec::new(), Curvature::default());
        small.information(at, &mut matrix, scratch);
        large.curvature(at, &mut curvature, scratch);
        let mut column = vec![0.0; order];
        for j in 0..order {
            let mut unit = vec![0.0; order];
            unit[j] = 1.0;
            curvature.times(&unit, &mut column);
            for (i, &found) in column.iter().enumerate() {
                let expected = matrix[i.max(j) * order + i.min(j)];
                assert!(
                    (found - expected).abs() < 1e-12,
                    "{i} {j}: {found} {expected}"
                );
            }
            // the preconditioner is the inverse of what it leaves of the diagonal
            let mut conditioned = vec![0.0; order];
            curvature.precondition(&unit, &mut conditioned);
            assert!(conditioned[j] > 0.0 && conditioned[j] < 10.0 / matrix[j * order + j]);
        }
    }

    #[test]
    fn what_is_taken_back_leaves_nothing_on_neutral_grounds() {
        let mut counts = counts();
        let before = counts.goals;
        let score = Score { home: 0, away: 1 };
        counts.add([2, 0], score, 0.5, true);
        counts.add([2, 0], score, -0.5, true);
        assert!(counts.is_sound());
        assert_eq!(counts.goals, before);
    }
}
