//! A division: who plays in it, and what its shots are worth.

use serde::{Deserialize, Serialize};

use super::super::prior::BASE_RATES;
use super::super::shot_goals::{ShotRecord, Shots};
use super::chances::Chances;
use crate::domain::{Score, TeamId};

/// The matches that the mean goals from shots are worth before the first one.
const BASE_MATCHES: f64 = 50.0;
/// What a match keeps of its weight in that mean with every later one.
const FADE: f64 = 0.998;

/// What is known of a division beside its level.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Division {
    /// Where its level and its home advantage stand.
    pub place: usize,
    season: i16,
    /// The teams of the season so far, in the order of their first match.
    teams: Vec<TeamId>,
    /// The teams of the season before.
    before: Vec<TeamId>,
    shots: ShotRecord,
    /// Sums of the goals that shots at home and away were worth.
    worth: [f64; 2],
    /// The matches in those sums.
    matches: f64,
}

impl Division {
    pub(super) fn new(place: usize, season: i16) -> Self {
        Self {
            place,
            season,
            teams: Vec::new(),
            before: Vec::new(),
            shots: ShotRecord::default(),
            worth: BASE_RATES.map(|rate| rate * BASE_MATCHES),
            matches: BASE_MATCHES,
        }
    }

    /// The teams that it had in the season before this one.
    pub(super) fn before(&self, season: i16) -> &[TeamId] {
        if season > self.season {
            &self.teams
        } else {
            &self.before
        }
    }

    /// Its teams: those of the season before until nearly as many have played in this one.
    pub(super) fn members(&self) -> &[TeamId] {
        if 5 * self.teams.len() >= 4 * self.before.len() {
            &self.teams
        } else {
            &self.before
        }
    }

    /// Notes who plays in a season.
    pub(super) fn enter(&mut self, sides: [TeamId; 2], season: i16) {
        if season > self.season {
            self.before = std::mem::take(&mut self.teams);
            self.season = season;
        }
        for team in sides {
            if !self.teams.contains(&team) {
                self.teams.push(team);
            }
        }
    }

    /// The goals that shots of a day were worth, and the logs of what they are worth on average.
    pub(super) fn worth(&self, chances: &Chances, day: i64, neutral: bool) -> [[f64; 2]; 2] {
        let [home, away] = self.worth.map(|sum| (sum / self.matches).ln());
        let both = 0.5 * (home + away);
        let usual = if neutral { [both; 2] } else { [home, away] };
        let worth = match chances {
            Chances::Counted(shots) => shots.goals(self.shots.worth(day)),
            Chances::Rated(goals) => *goals,
        };
        [worth, usual]
    }

    /// Learns how many shots it takes for a goal.
    pub(super) fn learn_shots(&mut self, shots: &Shots, score: Score, day: i64, times: f64) {
        self.shots.add(day, shots, score, times);
        self.shots.forget_before(day);
    }

    /// Learns what shots are worth on average.
    pub(super) fn learn_worth(&mut self, worth: [f64; 2], neutral: bool, times: f64) {
        // no side was at home
        if neutral {
            return;
        }
        for (sum, worth) in self.worth.iter_mut().zip(worth) {
            *sum = *sum * FADE + times * worth;
        }
        self.matches = self.matches * FADE + times;
    }

    /// Whether its numbers can be those of a division in a filter with so many.
    pub(super) fn is_sound(&self, order: usize) -> bool {
        let numbers = [self.worth[0], self.worth[1], self.matches];
        self.place + 2 <= order && numbers.iter().all(|x| *x > 0.0 && x.is_finite())
    }
}
