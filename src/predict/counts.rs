//! The sufficient statistics of a goal model: weighted sums for each ordered pair of teams.

use serde::{Deserialize, Serialize};

use crate::domain::Score;

/// Subtracting old matches may leave a rounding error instead of 0.
pub(super) const NOTHING: f64 = 1e-9;

/// The weight of the matches of one ordered pair that ended 0–0, 0–1 and 1–0.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct LowScores {
    pub(super) home: usize,
    pub(super) away: usize,
    pub(super) weights: [f64; 3],
    /// The place of the pair in [`Counts::neutral`], where it met on neutral grounds.
    pub(super) neutral: Option<u32>,
}

/// The weight of the matches of one ordered pair on neutral grounds, where nobody has home advantage.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct NeutralPair {
    pub(super) home: usize,
    pub(super) away: usize,
    pub(super) weight: f64,
    /// The index of its low scores.
    low: Option<u32>,
}

/// Sums over weighted matches, enough for the likelihood and all its derivatives.
///
/// Matches of one ordered pair have the same rates, so the likelihood needs only the pair's weight and low scores, and the
/// goals of each team. Tables are row-major, with a row for each home team.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Counts {
    pub(super) teams: usize,
    /// Weight of the matches of each ordered pair, at home.
    pub(super) weight: Vec<f64>,
    /// The pairs that met on neutral grounds.
    pub(super) neutral: Vec<NeutralPair>,
    /// The index in `neutral` of each ordered pair; empty until two teams have met there.
    neutral_indices: Vec<Option<u32>>,
    /// The pairs of which a match ended 0–0, 0–1 or 1–0, at home and on neutral grounds apart.
    pub(super) low: Vec<LowScores>,
    /// The index in `low` of each ordered pair at home.
    indices: Vec<Option<u32>>,
    /// Weight of all matches that ended 1–1.
    pub(super) one_all: f64,
    /// Weighted goals scored by each team.
    pub(super) scored: Vec<f64>,
    /// Weighted goals conceded by each team.
    pub(super) conceded: Vec<f64>,
    /// Weighted goals of sides at home, and of all others.
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
        self.neutral.clear();
        self.neutral_indices.clear();
        self.low.clear();
        self.indices.clear();
        self.indices.resize(teams * teams, None);
        self.teams = teams;
        self.one_all = 0.0;
        self.goals = [0.0; 2];
        self.factorials = 0.0;
    }

    /// Adds a match between two different teams, or subtracts it when `weight` is negative.
    pub(super) fn add(
        &mut self,
        [home, away]: [usize; 2],
        score: Score,
        weight: f64,
        neutral: bool,
    ) {
        let (x, y) = (
            weight * f64::from(score.home),
            weight * f64::from(score.away),
        );
        self.scored[home] += x;
        self.conceded[away] += x;
        self.scored[away] += y;
        self.conceded[home] += y;
        self.goals[usize::from(neutral)] += x;
        self.goals[1] += y;
        self.factorials += weight * (ln_factorial(score.home) + ln_factorial(score.away));
        let place = neutral.then(|| self.neutral_pair(home, away));
        match place {
            Some(place) => self.neutral[place as usize].weight += weight,
            None => self.weight[home * self.teams + away] += weight,
        }
        match (score.home, score.away) {
            (0, 0) => self.low_scores(home, away, place).weights[0] += weight,
            (0, 1) => self.low_scores(home, away, place).weights[1] += weight,
            (1, 0) => self.low_scores(home, away, place).weights[2] += weight,
            (1, 1) => self.one_all += weight,
            _ => {}
        }
    }

    /// The place of a pair among those that met on neutral grounds, which is added if it is new.
    fn neutral_pair(&mut self, home: usize, away: usize) -> u32 {
        self.neutral_indices.resize(self.teams * self.teams, None);
        let neutral = &mut self.neutral;
        *self.neutral_indices[home * self.teams + away].get_or_insert_with(|| {
            neutral.push(NeutralPair {
                home,
                away,
                weight: 0.0,
                low: None,
            });
            neutral.len() as u32 - 1
        })
    }

    /// The weight of all matches, at home and on neutral grounds.
    pub(super) fn weights(&self) -> [f64; 2] {
        let neutral = self.neutral.iter().map(|pair| pair.weight).sum();
        [self.weight.iter().sum(), neutral]
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
            && self.low.iter().all(|low| {
                let place = low.neutral.map(|place| place as usize);
                let is_known = place.is_none_or(|place| place < self.neutral.len());
                low.home < n && low.away < n && is_known
            })
            && self.is_neutral_sound()
    }

    fn is_neutral_sound(&self) -> bool {
        let (n, lows) = (self.teams, self.low.len());
        let is_low = |index: Option<u32>| index.is_none_or(|index| (index as usize) < lows);
        let places = &self.neutral_indices;
        [0, n * n].contains(&places.len())
            && places
                .iter()
                .flatten()
                .all(|&place| (place as usize) < self.neutral.len())
            && self
                .neutral
                .iter()
                .all(|pair| pair.home < n && pair.away < n && is_low(pair.low))
    }

    /// Whether a team has not scored, or has not conceded.
    pub(super) fn has_goalless_team(&self) -> bool {
        self.scored
            .iter()
            .chain(&self.conceded)
            .any(|&goals| goals < NOTHING)
    }

    fn low_scores(&mut self, home: usize, away: usize, neutral: Option<u32>) -> &mut LowScores {
        let low = &mut self.low;
        let index = match neutral {
            Some(place) => &mut self.neutral[place as usize].low,
            None => &mut self.indices[home * self.teams + away],
        };
        let index = index.get_or_insert_with(|| {
            low.push(LowScores {
                home,
                away,
                weights: [0.0; 3],
                neutral,
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
