//! The matches in memory of a goal model, summed for the teams that are in its fit.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::counts::Counts;
use super::shot_goals::Shots;
use super::teaching::Teaching;
use crate::domain::{LeagueId, Score};

/// Matches subtracted from the sums before they are summed afresh, so that rounding errors do not accumulate.
const REMOVALS: usize = 512;
/// Half-lives after which the sums are summed afresh. Until then weights grow to at most 2^32, far from overflow.
const HALF_LIVES: f64 = 32.0;

/// What a match teaches, with teams by their number in the roster.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Played {
    pub(super) teams: [usize; 2],
    pub(super) score: Score,
    pub(super) day: i64,
    pub(super) neutral: bool,
    pub(super) league: LeagueId,
    /// Where shots teach: those that were counted, unless somebody has rated them, and the goals that they were worth to both sides.
    pub(super) shots: Option<(Option<Shots>, [f64; 2])>,
    /// The goals that its last prices expected of both sides, where they teach.
    pub(super) prices: Option<[f64; 2]>,
    /// What is learned in place of its goals.
    pub(super) taught: Option<[f64; 2]>,
    /// Its weight beside that of its age.
    pub(super) weight: f64,
}

/// The counts of the matches in memory, for the teams that are in the fit.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Sums {
    pub(super) counts: Counts,
    /// The goals that shots were worth; without teams where shots do not teach.
    pub(super) shots: Counts,
    /// The day on which a match weighs 1 in `counts`; `None` when they must be summed afresh.
    pub(super) reference: Option<i64>,
    /// The roster's number of each team of the counts.
    pub(super) teams: Vec<usize>,
    /// The index in `teams` of each team of the roster.
    pub(super) slots: Vec<Option<usize>>,
    /// The number of matches in memory of each team of the roster.
    pub(super) matches: Vec<u32>,
    removals: usize,
    pub(super) newcomers: Vec<bool>,
}

impl Sums {
    /// Whether the tables are consistent with each other and with a roster of this size.
    pub(super) fn is_sound(&self, roster: usize) -> bool {
        self.counts.is_sound()
            && self.shots.is_sound()
            && [0, self.counts.teams].contains(&self.shots.teams)
            && self.teams.len() == self.counts.teams
            && self.teams.iter().all(|&number| number < roster)
            && self.slots.len() == self.matches.len()
            && self.slots.len() <= roster
            && self
                .slots
                .iter()
                .flatten()
                .all(|&slot| slot < self.teams.len())
    }

    pub(super) fn is_stale(&self, day: i64, half_life: Option<f64>) -> bool {
        let Some(reference) = self.reference else {
            return true;
        };
        let far = half_life
            .is_some_and(|half_life| (day - reference).abs() as f64 > HALF_LIVES * half_life);
        far || self.removals >= REMOVALS
    }

    /// Adds a new match if both teams are in the fit; otherwise everything must be summed afresh.
    pub(super) fn learn(&mut self, played: &Played, weight: Option<f64>, teaching: &Teaching) {
        match (weight, self.slots_of(played)) {
            (Some(weight), [Some(_), Some(_)]) => self.add(played, weight, teaching),
            _ => self.reference = None,
        }
    }

    /// The indices in `teams` of both sides; `None` for a team that is not in the fit.
    pub(super) fn slots_of(&self, played: &Played) -> [Option<usize>; 2] {
        played
            .teams
            .map(|number| self.slots.get(number).copied().flatten())
    }

    pub(super) fn add(&mut self, played: &Played, weight: f64, teaching: &Teaching) {
        let [home, away] = played.teams.map(|number| self.slots[number]);
        if let (Some(home), Some(away)) = (home, away) {
            self.count([home, away], played, weight, teaching);
        }
        played
            .teams
            .iter()
            .for_each(|&number| self.matches[number] += 1);
    }

    /// Adds what a match teaches to the sums of its teams.
    fn count(&mut self, teams: [usize; 2], played: &Played, weight: f64, teaching: &Teaching) {
        let (score, neutral) = (played.score, played.neutral);
        let weight = weight * played.weight;
        let goals = played
            .taught
            .unwrap_or([score.home, score.away].map(f64::from));
        match (teaching.expected(goals, played.prices), played.taught) {
            (None, None) => self.counts.add(teams, score, weight, neutral),
            (None, Some(goals)) => self
                .counts
                .add_taught(teams, (score, goals), weight, neutral),
            (Some((goals, times)), _) => {
                self.counts
                    .add_shares(teams, goals, weight * times, neutral);
            }
        }
        if let (Some(teaching), Some((_, goals))) = (teaching.shots, played.shots) {
            self.shots
                .add_shares(teams, goals, weight * teaching.weight, neutral);
        }
    }

    pub(super) fn remove(&mut self, played: &Played, weight: Option<f64>, teaching: &Teaching) {
        let (Some(weight), [Some(home), Some(away)]) = (weight, self.slots_of(played)) else {
            return;
        };
        self.count([home, away], played, -weight, teaching);
        self.removals += 1;
        for &number in &played.teams {
            self.matches[number] -= 1;
            // a team without a match leaves the fit
            if self.matches[number] == 0 {
                self.reference = None;
            }
        }
    }

    /// Sets all sums to 0.
    pub(super) fn reset(&mut self, teaching: &Teaching) {
        let teams = self.teams.len();
        self.counts.reset(teams);
        self.shots
            .reset(if teaching.shots.is_some() { teams } else { 0 });
    }

    /// Sets the teams of the fit: those that are expected or have a match in memory, in the order of the roster.
    pub(super) fn enter(&mut self, history: &VecDeque<Played>, expected: &[usize]) {
        let size = numbers(history, expected)
            .max()
            .map_or(0, |number| number + 1);
        self.slots.clear();
        self.slots.resize(size, None);
        self.matches.clear();
        self.matches.resize(size, 0);
        for number in numbers(history, expected) {
            self.slots[number] = Some(0);
        }
        self.teams.clear();
        self.teams
            .extend((0..size).filter(|&number| self.slots[number].is_some()));
        for (place, &number) in self.teams.iter().enumerate() {
            self.slots[number] = Some(place);
        }
        self.removals = 0;
    }
}

/// How many of the teams of the roster are in the fit.
pub(super) fn count_teams(roster: usize, history: &VecDeque<Played>, expected: &[usize]) -> usize {
    let mut is_known = vec![false; roster];
    for number in numbers(history, expected) {
        is_known[number] = true;
    }
    is_known.iter().filter(|known| **known).count()
}

/// The numbers of all teams in the fit, with repetitions.
fn numbers(history: &VecDeque<Played>, expected: &[usize]) -> impl Iterator<Item = usize> {
    history
        .iter()
        .flat_map(|played| played.teams)
        .chain(expected.iter().copied())
}
