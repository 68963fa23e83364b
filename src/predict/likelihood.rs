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

mod poisson;
mod shots;
mod strengths;

use super::counts::{Counts, LowScores, NOTHING, Pair};
use super::curvature::Curvature;
use super::gauge::{fix_mean, fix_means};
use super::prior::Prior;
use super::vector::dot;
use poisson::{poisson_gradient, tables};
pub(super) use shots::Shots;
use shots::{add_shots_curvature, add_shots_gradient, add_shots_information, shots_value};
use strengths::{LowTerms, Strengths};

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
    slopes: Vec<f64>,
    home: Vec<f64>,
    away: Vec<f64>,
    both: Vec<f64>,
    /// The curvature of each pair on neutral grounds, in log λ, in log ν, and in both.
    neutral: Vec<[f64; 3]>,
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
        let n = self.counts.teams;
        scratch.strengths.set(theta, n);
        let Scratch {
            strengths,
            home,
            away,
            ..
        } = &mut *scratch;
        poisson_gradient(self.counts, strengths, gradient, [home, away]);
        let lowest = if self.rho {
            self.low_gradient(gradient, scratch)
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

    /// Adds the gradient of Σ w·ln τ; returns the lowest τ of a score that occurred.
    fn low_gradient(&self, gradient: &mut [f64], scratch: &Scratch) -> f64 {
        let (n, s) = (self.counts.teams, &scratch.strengths);
        let one_all = 1.0 - s.rho;
        let mut lowest = if self.counts.one_all > 0.0 {
            one_all
        } else {
            1.0
        };
        let (mut home_sum, mut other_sum, mut rho_sum) = (0.0, 0.0, -self.counts.one_all / one_all);
        for low in self.low() {
            let terms = s.low_terms(low);
            lowest = lowest.min(terms.lowest());
            let inverses = terms.inverses();
            let [none, away_one, home_one] =
                [0, 1, 2].map(|k| low.weights[k] * terms.rates[k] * inverses[k]);
            let (home, away) = (s.rho * (none + away_one), s.rho * (none + home_one));
            gradient[low.home] += home;
            gradient[n + low.away] -= home;
            gradient[low.away] += away;
            gradient[n + low.home] -= away;
            match low.neutral {
                None => home_sum += home,
                Some(_) => other_sum += home,
            }
            other_sum += away;
            rho_sum += none + away_one + home_one;
        }
        gradient[2 * n] += home_sum + other_sum;
        gradient[2 * n + 1] += home_sum;
        gradient[2 * n + 2] = rho_sum;
        lowest
    }

    /// Writes the negated Hessian, row-major, lower triangle.
    pub(super) fn information(&self, theta: &[f64], matrix: &mut Vec<f64>, scratch: &mut Scratch) {
        let (n, order) = (self.counts.teams, self.order());
        scratch.strengths.set(theta, n);
        self.poisson_curvature(scratch);
        scratch.both.clear();
        scratch.both.resize(n * n, 0.0);
        matrix.clear();
        matrix.resize(order * order, 0.0);
        if self.rho {
            self.low_curvature(&mut matrix[order * (order - 1)..], scratch);
        }
        fill_teams(matrix, order, n, scratch);
        self.take_from_advantage(matrix, scratch);
        if let Some(shots) = &self.shots {
            scratch
                .of_shots
                .set_loaded(theta, n, shots.loading, shots.levels);
            add_shots_information(shots, matrix, order, scratch);
        }
        matrix.iter_mut().for_each(|entry| *entry *= self.scale);
        match self.prior {
            Some(prior) => prior.add_information(theta, self.newcomers, matrix, order),
            None if self.shots.is_some() => fix_mean(matrix, order, n),
            None => fix_means(matrix, order, n),
        }
    }

    /// Sets the curvature in log λ and log ν of every pair, from the Poisson part.
    fn poisson_curvature(&self, scratch: &mut Scratch) {
        let Scratch {
            strengths: s,
            home,
            away,
            neutral,
            ..
        } = scratch;
        tables(self.counts, s, [&mut *home, &mut *away]);
        let n = self.counts.teams;
        neutral.clear();
        for pair in &self.counts.neutral {
            let [of_home, of_away] = s.neutral_rates(pair).map(|rate| pair.weight * rate);
            home[pair.home * n + pair.away] += of_home;
            away[pair.home * n + pair.away] += of_away;
            neutral.push([of_home, of_away, 0.0]);
        }
    }

    /// Takes the matches on neutral grounds out of the row of h, which they do not depend on.
    fn take_from_advantage(&self, matrix: &mut [f64], scratch: &Scratch) {
        let (n, order) = (self.counts.teams, self.order());
        let advantage = (2 * n + 1) * order;
        for (pair, &[home, _, both]) in self.counts.neutral.iter().zip(&scratch.neutral) {
            matrix[advantage + pair.home] -= home;
            matrix[advantage + pair.away] -= both;
            matrix[advantage + n + pair.away] += home;
            matrix[advantage + n + pair.home] += both;
            matrix[advantage + 2 * n] -= home + both;
            matrix[advantage + 2 * n + 1] -= home;
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

    /// Adds the curvature of Σ w·ln τ to the tables of the pairs, and writes the row of ρ.
    fn low_curvature(&self, last: &mut [f64], scratch: &mut Scratch) {
        let n = self.counts.teams;
        let one_all = 1.0 - scratch.strengths.rho;
        last[2 * n + 2] = self.counts.one_all / (one_all * one_all);
        for low in self.low() {
            let (s, pair) = (&scratch.strengths, low.home * n + low.away);
            let terms = s.low_terms(low);
            let cross = low_cross(low, &terms);
            let (home, away) = (cross[0] + cross[1], cross[0] + cross[2]);
            scratch.home[pair] += s.rho * home;
            scratch.away[pair] += s.rho * away;
            scratch.both[pair] += s.rho * cross[0];
            if let Some(place) = low.neutral {
                let sums = &mut scratch.neutral[place as usize];
                sums[0] += s.rho * home;
                sums[1] += s.rho * away;
                sums[2] += s.rho * cross[0];
            } else {
                last[2 * n + 1] += home;
            }
            last[low.home] += home;
            last[n + low.away] -= home;
            last[low.away] += away;
            last[n + low.home] -= away;
            last[2 * n] += home + away;
            last[2 * n + 2] -= (0..3).map(|k| cross[k] * terms.rates[k]).sum::<f64>();
        }
    }
}

/// −∂²/∂ρ∂log of the rates of each low score: w·τ′/τ².
#[inline(always)]
fn low_cross(low: &LowScores, terms: &LowTerms) -> [f64; 3] {
    let inverses = terms.inverses();
    [0, 1, 2].map(|k| -low.weights[k] * terms.rates[k] * inverses[k] * inverses[k])
}

/// The attack and defence blocks, and the rows of μ and h, from the tables of the pairs.
fn fill_teams(matrix: &mut [f64], order: usize, n: usize, scratch: &Scratch) {
    let Scratch {
        home, away, both, ..
    } = scratch;
    for i in 0..n {
        let mut sums = [0.0; 6];
        for j in 0..n {
            let (ij, ji) = (i * n + j, j * n + i);
            let parts = [home[ij], away[ij], both[ij], home[ji], away[ji], both[ji]];
            for (sum, part) in sums.iter_mut().zip(parts) {
                *sum += part;
            }
            // the lower triangle holds attack by attack, and defence (rows) by attack (columns)
            let crossed = both[ij] + both[ji];
            if j < i {
                matrix[i * order + j] = crossed;
                matrix[(n + i) * order + n + j] = crossed;
            }
            matrix[(n + i) * order + j] = -(home[ji] + away[ij]);
        }
        // curvature of i's goals, of the opponents' goals, and of both at once, from i's home and from i's away matches
        let [
            scored_home,
            conceded_home,
            both_home,
            conceded_away,
            scored_away,
            both_away,
        ] = sums;
        matrix[i * order + i] = scored_home + scored_away;
        matrix[(n + i) * order + n + i] = conceded_home + conceded_away;
        matrix[(n + i) * order + i] = -(both_home + both_away);
        let (level, advantage) = (2 * n * order, (2 * n + 1) * order);
        matrix[level + i] = scored_home + both_home + scored_away + both_away;
        matrix[level + n + i] = -(conceded_away + both_away + conceded_home + both_home);
        matrix[advantage + i] = scored_home + both_away;
        matrix[advantage + n + i] = -(conceded_away + both_home);
        // every match has one home attack and one away attack, so their rows add up to those of the levels
        matrix[level + 2 * n] += scored_home + both_home + scored_away + both_away;
        matrix[advantage + 2 * n] += scored_home + both_away;
        matrix[advantage + 2 * n + 1] += scored_home;
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
