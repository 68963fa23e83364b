//! What a match teaches the filter.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::chances::Chances;
use super::covariance::Block;
use super::observation::{Factors, Observation};
use super::state::{Meeting, State};
use super::tuning::{Tuning, Tunings};
use crate::domain::{Fixture, LeagueId, Match, Score, TeamId, Time};
use crate::predict::learn::Learn;
use crate::predict::market_rates::rates_of_last_prices;

/// Rates behind prices are taken to be at least this and at most its inverse times ten: beyond that no book means it.
const LEAST_RATE: f64 = 0.02;
const MOST_RATE: f64 = 10.0;

/// A match that is over, as far as it teaches.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Lesson {
    id: Arc<str>,
    league: LeagueId,
    teams: [TeamId; 2],
    season: i16,
    pub(super) day: i64,
    /// When its result is known at the earliest.
    known: i64,
    neutral: bool,
    score: Score,
    /// The logs of the rates behind its last prices.
    prices: Option<[f64; 2]>,
    shots: Option<Chances>,
    /// What is learned in place of its goals.
    taught: Option<[f64; 2]>,
    /// The weight of all that it teaches.
    weight: f64,
}

impl Lesson {
    /// What a match teaches of that which is learned; nothing where a team plays itself, or with a weight of 0.
    pub(super) fn of(played: &Match, learn: Learn) -> Option<Self> {
        let fixture: &Fixture = &played.fixture;
        let statistics = played.statistics.as_deref();
        let prices = statistics.filter(|_| learn.prices).and_then(|statistics| {
            let rates = rates_of_last_prices(statistics.last_prices.as_ref()?)?;
            Some([rates.home, rates.away].map(|rate| rate.clamp(LEAST_RATE, MOST_RATE).ln()))
        });
        let known_weight = statistics.and_then(|statistics| statistics.taught_weight);
        let weight = known_weight.unwrap_or(1.0);
        (fixture.home != fixture.away && weight > 0.0).then(|| Self {
            id: Arc::clone(&fixture.id),
            league: fixture.league,
            teams: [fixture.home, fixture.away],
            season: fixture.season,
            day: fixture.day.day(),
            known: fixture
                .kickoff
                .map_or(fixture.day + Time::DAY, |kickoff| kickoff)
                .seconds(),
            neutral: fixture.neutral,
            score: played.score,
            prices,
            shots: statistics.filter(|_| learn.shots).and_then(Chances::of),
            taught: statistics.and_then(|statistics| statistics.taught_goals),
            weight,
        })
    }

    /// The order in which lessons are learned: neither that of rows nor the numbers of teams matter.
    pub(super) fn order(&self) -> (i64, i64, &str) {
        (self.day, self.known, &self.id)
    }

    /// Whether it is that of this match, with this result.
    pub(super) fn is_of(&self, played: &Match) -> bool {
        self.id == played.fixture.id && self.score == played.score
    }

    pub(super) const fn league(&self) -> LeagueId {
        self.league
    }
}

impl State {
    /// Learns a match.
    pub(super) fn learn(&mut self, lesson: &Lesson, level: u32, tunings: &Tunings) {
        let meeting = Meeting {
            teams: lesson.teams,
            league: lesson.league,
            level,
            season: lesson.season,
            day: lesson.day,
            neutral: lesson.neutral,
        };
        if !self.has_room() {
            return;
        }
        self.advance(lesson.day, tunings);
        self.note_prices(lesson.league, lesson.day, lesson.prices.is_some());
        let tuning = self.tuning(lesson.league, tunings);
        let shown = self.show(&meeting, tuning);
        let worth = self.worth_of_shots(lesson, tuning);
        let loading = worth.map_or(0.0, |(_, [_, loading])| loading);
        let mut observation = Observation::new(&shown, meeting.factors(loading));
        let times = lesson.weight;
        if let (Some(rates), Some(noise)) = (lesson.prices, tuning.price_noise()) {
            let noise = noise.map(|row| row.map(|entry| entry / times));
            learn_prices(&mut observation, rates, noise);
        }
        let score = [lesson.score.home, lesson.score.away].map(f64::from);
        let goals = lesson.taught.unwrap_or(score);
        let weight = times * tuning.goals;
        learn_counts(&mut observation, RATES, [0.0; 2], goals, weight);
        if let Some(([worth, usual], [weight, _])) = worth {
            learn_counts(&mut observation, SHOTS, usual, worth, times * weight);
        }
        let (pull, gain) = observation.learned();
        self.batch.learn(&shown, pull, gain);
        self.count(lesson.teams);
    }

    /// What the shots of a match were worth in goals, and the logs of what is usual in its division, which learns them; with
    /// their weight and loading.
    fn worth_of_shots(
        &mut self,
        lesson: &Lesson,
        tuning: &Tuning,
    ) -> Option<([[f64; 2]; 2], [f64; 2])> {
        let (chances, counts) = (lesson.shots.as_ref()?, tuning.shots?);
        let division = self.division_mut(lesson.league)?;
        let (day, neutral) = (lesson.day, lesson.neutral);
        let worth = division.worth(chances, day, neutral);
        if let Chances::Counted(shots) = chances {
            division.learn_shots(shots, lesson.score, day, lesson.weight);
        }
        division.learn_worth(worth[0], neutral, lesson.weight);
        Some((worth, counts))
    }
}

/// Where the log rates of goals stand among what is observed, and those of what shots are worth.
const RATES: usize = 0;
const SHOTS: usize = 2;

impl Meeting {
    /// The factors of what a match shows in the log rates of goals and in those of what shots are worth. Shots show strengths
    /// alone: their level is that of the division's shots.
    fn factors(&self, loading: f64) -> Factors {
        let advantage = if self.neutral { 0.0 } else { 1.0 };
        [
            [1.0, 0.0, 1.0, advantage],
            [0.0, 1.0, 1.0, 0.0],
            [loading, 0.0, 0.0, 0.0],
            [0.0, loading, 0.0, 0.0],
        ]
    }
}

/// Learns the logs of rates, which are known as surely as the noise says.
///
/// # Formula
/// ```text
/// K = P·Hᵀ·(H·P·Hᵀ + R)⁻¹      x += K·(z − H·x)      P −= K·H·P
/// ```
fn learn_prices(observation: &mut Observation, rates: [f64; 2], noise: Block) {
    let (expected, _) = observation.pair(RATES);
    let surprise = [0, 1].map(|side| rates[side] - expected[side]);
    observation.learn(RATES, noise, |gain| product(gain, surprise));
}

/// Learns counts, which are Poisson at rates of which the logs are sums of terms and of what is given.
///
/// # Formula
/// ```text
/// η = m + S·w·(y − e^η)      the mode of the posterior of the log rates
/// x += P·Hᵀ·w·(y − e^η)      P −= P·Hᵀ·(S + R)⁻¹·H·P      R = 1/(w·e^η)
/// ```
fn learn_counts(
    observation: &mut Observation,
    first: usize,
    given: [f64; 2],
    counts: [f64; 2],
    weight: f64,
) {
    let (sums, spread) = observation.pair(first);
    let expected = [0, 1].map(|side| sums[side] + given[side]);
    let mode = mode(expected, spread, counts, weight);
    let precision = mode.map(|log| weight * log.exp());
    let noise = [[1.0 / precision[0], 0.0], [0.0, 1.0 / precision[1]]];
    let pull = [0, 1].map(|side| weight * counts[side] - precision[side]);
    observation.learn(first, noise, |_| pull);
}

/// The most likely logs of two Poisson rates after these counts, by Newton's method.
fn mode(expected: [f64; 2], spread: Block, counts: [f64; 2], weight: f64) -> [f64; 2] {
    let mut logs = expected;
    for _ in 0..MOST_STEPS {
        let rates = logs.map(f64::exp);
        let pull = product(
            spread,
            [0, 1].map(|side| weight * (counts[side] - rates[side])),
        );
        let miss = [0, 1].map(|side| logs[side] - expected[side] - pull[side]);
        // the derivative of `miss`
        let slope =
            [0, 1].map(|i| [0, 1].map(|j| f64::from(i == j) + spread[i][j] * weight * rates[j]));
        let determinant = slope[0][0] * slope[1][1] - slope[0][1] * slope[1][0];
        let step = [
            (slope[1][1] * miss[0] - slope[0][1] * miss[1]) / determinant,
            (slope[0][0] * miss[1] - slope[1][0] * miss[0]) / determinant,
        ];
        for side in 0..2 {
            logs[side] -= step[side].clamp(-LONGEST_STEP, LONGEST_STEP);
        }
        if step.iter().all(|step| step.abs() < 1e-12) {
            break;
        }
    }
    logs
}

const MOST_STEPS: usize = 60;
/// From far below its mode a Poisson rate would be thrown far beyond it.
const LONGEST_STEP: f64 = 1.0;

fn product(block: Block, vector: [f64; 2]) -> [f64; 2] {
    block.map(|row| row[0] * vector[0] + row[1] * vector[1])
}

#[cfg(test)]
mod tests {
    use super::super::covariance::Covariance;
    use super::*;
    use crate::predict::Cholesky;

    fn lesson(number: u32) -> Lesson {
        let round = number / 4;
        let home = number % 4;
        Lesson {
            id: number.to_string().into(),
            league: LeagueId(number % 4 / 2),
            teams: [TeamId(home), TeamId(4 + (home + round) % 4)],
            season: (2_000 + round / 40) as i16,
            day: i64::from(3 * round),
            known: 0,
            neutral: number.is_multiple_of(13),
            score: Score {
                home: (number % 5) as u8,
                away: (number % 3) as u8,
            },
            prices: (!number.is_multiple_of(7)).then_some([0.3, 0.02 * f64::from(number % 11)]),
            shots: None,
            taught: None,
            weight: 1.0,
        }
    }

    fn is_positive(covariance: &Covariance) -> bool {
        let order = covariance.order();
        let numbers = (0..order * order).map(|k| covariance.at(k / order, k % order));
        let matrix: Vec<f64> = numbers.collect();
        Cholesky::default().factor(&matrix, order, 0.0)
    }

    #[test]
    fn the_covariance_stays_positive_definite_through_thousands_of_matches() {
        for learn in [Learn::GOALS, Learn::PRICES] {
            let (mut state, tuning) = (State::default(), Tunings::of(learn));
            for number in 0..6_000 {
                state.learn(&lesson(number), number % 4 / 2, &tuning);
                if number % 500 == 499 {
                    state.settle();
                    assert!(is_positive(&state.covariance), "{number}");
                    assert!(state.is_sound());
                }
            }
        }
    }

    #[test]
    fn the_mode_solves_its_equation() {
        for (spread, weight, counts) in [
            ([[0.2, -0.09], [-0.09, 0.19]], 1.0, [3.0, 0.0]),
            ([[0.01, 0.002], [0.002, 0.02]], 128.0, [9.5, 0.3]),
            ([[1.0, 0.5], [0.5, 1.0]], 22.6, [255.0, 0.0]),
        ] {
            let expected = [0.4, 0.2];
            let logs = mode(expected, spread, counts, weight);
            let surprise = [0, 1].map(|k| weight * (counts[k] - f64::exp(logs[k])));
            let moved = product(spread, surprise);
            for side in 0..2 {
                let miss: f64 = logs[side] - expected[side] - moved[side];
                assert!(miss.abs() < 1e-9, "{spread:?}: {miss}");
            }
        }
    }
}
