//! The sufficient statistics of a goal model: weighted sums for each ordered pair of teams.

use serde::{Deserialize, Serialize};

use crate::domain::Score;

/// The weight of the matches of one ordered pair that ended 0–0, 0–1 and 1–0.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct LowScores {
    pub(super) home: usize,
    pub(super) away: usize,
    pub(super) weights: [f64; 3],
}

/// Sums over weighted matches, enough for the likelihood and all its derivatives.
///
/// Matches of one ordered pair have the same rates, so the likelihood needs only the pair's weight and low scores, and the
/// goals of each team. Tables are row-major, with a row for each home team.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Counts {
    pub(super) teams: usize,
    /// Weight of the matches of each ordered pair.
    pub(super) weight: Vec<f64>,
    /// The pairs of which a match ended 0–0, 0–1 or 1–0.
    pub(super) low: Vec<LowScores>,
    /// The index in `low` of each ordered pair.
    indices: Vec<Option<u32>>,
    /// Weight of all matches that ended 1–1.
    pub(super) one_all: f64,
    /// Weighted goals scored by each team.
    pub(super) scored: Vec<f64>,
    /// Weighted goals conceded by each team.
    pub(super) conceded: Vec<f64>,
    /// Weighted goals of home and away sides.
    pub(super) goals: [f64; 2],
    /// Weighted sum of ln(x!) + ln(y!), the part of the likelihood that does not depend on the parameters.
    pub(super) factorials: f64,
}

impl Counts {
    /// Resets all sums to 0, for `teams` teams.
    pub(super) fn reset(&mut self, teams: usize) {
        for (table, size) in [
            (&mut self.weight, teams * teams),
            (&mut self.scored, teams),
            (&mut self.conceded, teams),
        ] {
            table.clear();
            table.resize(size, 0.0);
        }
        self.low.clear();
        self.indices.clear();
        self.indices.resize(teams * teams, None);
        self.teams = teams;
        self.one_all = 0.0;
        self.goals = [0.0; 2];
        self.factorials = 0.0;
    }

    /// Adds a match between two different teams, or subtracts it when `weight` is negative.
    pub(super) fn add(&mut self, home: usize, away: usize, score: Score, weight: f64) {
        let pair = home * self.teams + away;
        let (x, y) = (
            weight * f64::from(score.home),
            weight * f64::from(score.away),
        );
        self.weight[pair] += weight;
        self.scored[home] += x;
        self.conceded[away] += x;
        self.scored[away] += y;
        self.conceded[home] += y;
        self.goals[0] += x;
        self.goals[1] += y;
        self.factorials += weight * (ln_factorial(score.home) + ln_factorial(score.away));
        match (score.home, score.away) {
            (0, 0) => self.low_scores(home, away).weights[0] += weight,
            (0, 1) => self.low_scores(home, away).weights[1] += weight,
            (1, 0) => self.low_scores(home, away).weights[2] += weight,
            (1, 1) => self.one_all += weight,
            _ => {}
        }
    }

    /// Whether the tables have the size of the league and every index is in range. Restored states are checked by this.
    pub(super) fn is_sound(&self) -> bool {
        let (n, squared) = (self.teams, self.teams.checked_mul(self.teams));
        let tables = [(self.weight.len(), squared), (self.indices.len(), squared)];
        tables
            .iter()
            .all(|(size, expected)| Some(*size) == *expected)
            && [self.scored.len(), self.conceded.len()] == [n, n]
            && self
                .indices
                .iter()
                .flatten()
                .all(|index| (*index as usize) < self.low.len())
            && self.low.iter().all(|low| low.home < n && low.away < n)
    }

    /// Whether a team has not scored, or has not conceded.
    pub(super) fn has_goalless_team(&self) -> bool {
        // subtracting old matches may leave a rounding error instead of 0
        self.scored
            .iter()
            .chain(&self.conceded)
            .any(|&goals| goals < 1e-9)
    }

    fn low_scores(&mut self, home: usize, away: usize) -> &mut LowScores {
        let low = &mut self.low;
        let index = self.indices[home * self.teams + away].get_or_insert_with(|| {
            low.push(LowScores {
                home,
                away,
                weights: [0.0; 3],
            });
            low.len() as u32 - 1
        });
        &mut low[*index as usize]
    }

    /// Whether every low score has occurred. Without one of them the likelihood may be unbounded in ρ.
    pub(super) fn has_every_low_score(&self) -> bool {
        self.one_all > 0.0 && (0..3).all(|k| self.low.iter().any(|pair| pair.weights[k] > 0.0))
    }
}

fn ln_factorial(goals: u8) -> f64 {
    /// ln n! for the scores that football sees.
    const TABLE: [f64; 11] = [
        0.0,
        0.0,
        std::f64::consts::LN_2,
        1.791_759_469_228_055,
        3.178_053_830_347_945_8,
        4.787_491_742_782_046,
        6.579_251_212_010_101,
        8.525_161_361_065_415,
        10.604_602_902_745_25,
        12.801_827_480_081_469,
        15.104_412_573_075_516,
    ];
    TABLE
        .get(usize::from(goals))
        .copied()
        .unwrap_or_else(|| (2..=goals).map(|k| f64::from(k).ln()).sum())
}
