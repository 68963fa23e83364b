//! The sufficient statistics of a goal model: weighted sums for each ordered pair of teams.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use statrs::function::gamma::ln_gamma;

use crate::domain::Score;

/// Subtracting old matches may leave a rounding error instead of 0.
pub(super) const NOTHING: f64 = 1e-9;

/// The most teams whose sums stand in tables with an entry for each pair of teams. Larger leagues have lists of the pairs that
/// met, so that memory and time grow with the matches.
pub(super) const MOST_IN_TABLES: usize = 128;

/// The weight of the matches of one ordered pair that ended 0–0, 0–1 and 1–0.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct LowScores {
    pub(super) home: usize,
    pub(super) away: usize,
    pub(super) weights: [f64; 3],
    /// The place of the pair in [`Counts::neutral`], where it met on neutral grounds.
    pub(super) neutral: Option<u32>,
}

/// The weight of the matches of one ordered pair on grounds of one kind: at home, or neutral, where nobody has home advantage.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Pair {
    pub(super) home: usize,
    pub(super) away: usize,
    pub(super) weight: f64,
    /// The index of its low scores.
    pub(super) low: Option<u32>,
}

impl Pair {
    pub(super) const fn new(home: usize, away: usize) -> Self {
        Self {
            home,
            away,
            weight: 0.0,
            low: None,
        }
    }
}

/// Sums over weighted matches, enough for the likelihood and all its derivatives.
///
/// Matches of one ordered pair have the same rates, so the likelihood needs only the pair's weight and low scores, and the
/// goals of each team. Tables are row-major, with a row for each home team; those of pairs are empty in a large league.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Counts {
    pub(super) teams: usize,
    /// Weight of the matches of each ordered pair, at home.
    pub(super) weight: Vec<f64>,
    /// The pairs that met on neutral grounds.
    pub(super) neutral: Vec<Pair>,
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
    /// Whether pairs stand in lists rather than in tables.
    pub(super) is_large: bool,
    /// The pairs that met at home, in a large league.
    pub(super) at_home: Vec<Pair>,
    /// The place of each pair of a large league in `at_home`, or in `neutral` where the flag is set.
    places: BTreeMap<(usize, usize, bool), u32>,
}

impl Counts {
    /// Resets all sums to 0, for `teams` teams.
    pub(super) fn reset(&mut self, teams: usize) {
        self.reset_as(teams, teams > MOST_IN_TABLES);
    }

    /// Resets all sums to 0, with lists of pairs where `is_large`, else with tables.
    pub(super) fn reset_as(&mut self, teams: usize, is_large: bool) {
        let pairs = if is_large { 0 } else { teams * teams };
        for (table, size) in [
            (&mut self.weight, pairs),
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
        self.indices.resize(pairs, None);
        self.is_large = is_large;
        self.at_home.clear();
        self.places.clear();
        self.teams = teams;
        self.one_all = 0.0;
        self.goals = [0.0; 2];
        self.factorials = 0.0;
    }

    /// Adds a match between two different teams, or subtracts it when `weight` is negative.
    pub(super) fn add(&mut self, teams: [usize; 2], score: Score, weight: f64, neutral: bool) {
        let goals = [score.home, score.away];
        self.factorials += weight * (ln_factorial(score.home) + ln_factorial(score.away));
        let place = self.add_goals(teams, goals.map(f64::from), weight, neutral);
        self.add_low(teams, score, weight, place);
    }

    /// As [`Self::add`], with other goals than those of the score, of which only the low ones count: what ρ says is of scores.
    pub(super) fn add_taught(
        &mut self,
        teams: [usize; 2],
        (score, goals): (Score, [f64; 2]),
        weight: f64,
        neutral: bool,
    ) {
        self.add_factorials(goals, weight);
        let place = self.add_goals(teams, goals, weight, neutral);
        self.add_low(teams, score, weight, place);
    }

    fn add_low(&mut self, teams: [usize; 2], score: Score, weight: f64, place: Option<u32>) {
        let [home, away] = teams;
        match (score.home, score.away) {
            (0, 0) => self.low_scores(home, away, place).weights[0] += weight,
            (0, 1) => self.low_scores(home, away, place).weights[1] += weight,
            (1, 0) => self.low_scores(home, away, place).weights[2] += weight,
            (1, 1) => self.one_all += weight,
            _ => {}
        }
    }

    /// As [`Self::add`], with goals that need not be whole numbers, and without their low scores.
    pub(super) fn add_shares(
        &mut self,
        teams: [usize; 2],
        goals: [f64; 2],
        weight: f64,
        neutral: bool,
    ) {
        self.add_factorials(goals, weight);
        self.add_goals(teams, goals, weight, neutral);
    }

    fn add_factorials(&mut self, goals: [f64; 2], weight: f64) {
        self.factorials += weight * goals.map(|goals| ln_gamma(goals + 1.0)).iter().sum::<f64>();
    }

    /// Adds the goals of a match to the sums of its teams and its pair, whose place among those on neutral grounds it returns.
    fn add_goals(
        &mut self,
        [home, away]: [usize; 2],
        goals: [f64; 2],
        weight: f64,
        neutral: bool,
    ) -> Option<u32> {
        let [x, y] = goals.map(|goals| weight * goals);
        self.scored[home] += x;
        self.conceded[away] += x;
        self.scored[away] += y;
        self.conceded[home] += y;
        self.goals[usize::from(neutral)] += x;
        self.goals[1] += y;
        let place = neutral.then(|| self.neutral_pair(home, away));
        match place {
            Some(place) => self.neutral[place as usize].weight += weight,
            None if self.is_large => self.home_pair(home, away).weight += weight,
            None => self.weight[home * self.teams + away] += weight,
        }
        place
    }

    /// The place of a pair among those that met on neutral grounds, which is added if it is new.
    fn neutral_pair(&mut self, home: usize, away: usize) -> u32 {
        let neutral = &mut self.neutral;
        let new = || {
            neutral.push(Pair::new(home, away));
            neutral.len() as u32 - 1
        };
        if self.is_large {
            return *self.places.entry((home, away, true)).or_insert_with(new);
        }
        self.neutral_indices.resize(self.teams * self.teams, None);
        *self.neutral_indices[home * self.teams + away].get_or_insert_with(new)
    }

    /// The pair of a large league that meets at home, which is added if it is new.
    fn home_pair(&mut self, home: usize, away: usize) -> &mut Pair {
        let pairs = &mut self.at_home;
        let place = *self.places.entry((home, away, false)).or_insert_with(|| {
            pairs.push(Pair::new(home, away));
            pairs.len() as u32 - 1
        });
        &mut pairs[place as usize]
    }

    /// The pairs of teams that have met, wherever.
    pub(super) fn met(&self) -> impl Iterator<Item = (usize, usize)> {
        let n = self.teams.max(1);
        let tables = self.weight.iter().enumerate();
        let in_tables = tables
            .filter(|(_, weight)| **weight > NOTHING)
            .map(move |(pair, _)| (pair / n, pair % n));
        let listed = self.at_home.iter().chain(&self.neutral);
        let in_lists = listed
            .filter(|pair| pair.weight > NOTHING)
            .map(|pair| (pair.home, pair.away));
        in_tables.chain(in_lists)
    }

    /// Whether any match had a side at home.
    pub(super) fn has_home_sides(&self) -> bool {
        let listed = self.at_home.iter().map(|pair| &pair.weight);
        self.weight
            .iter()
            .chain(listed)
            .any(|&weight| weight > NOTHING)
    }

    /// The weight of all matches, at home and on neutral grounds.
    pub(super) fn weights(&self) -> [f64; 2] {
        let neutral = self.neutral.iter().map(|pair| pair.weight).sum();
        let listed = self.at_home.iter().map(|pair| &pair.weight);
        [self.weight.iter().chain(listed).sum(), neutral]
    }

    /// Whether the tables have the size of the league and every index is in range. Restored states are checked by this.
    pub(super) fn is_sound(&self) -> bool {
        let n = self.teams;
        let squared = if self.is_large {
            Some(0)
        } else {
            n.checked_mul(n)
        };
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
            && self.are_lists_sound()
    }

    fn is_neutral_sound(&self) -> bool {
        let places = &self.neutral_indices;
        [0, self.weight.len()].contains(&places.len())
            && places
                .iter()
                .flatten()
                .all(|&place| (place as usize) < self.neutral.len())
    }

    fn are_lists_sound(&self) -> bool {
        let (n, lows) = (self.teams, self.low.len());
        let is_low = |index: Option<u32>| index.is_none_or(|index| (index as usize) < lows);
        let is_sound = |pair: &Pair| pair.home < n && pair.away < n && is_low(pair.low);
        let is_placed = |(&(_, _, neutral), &place): (&(usize, usize, bool), &u32)| {
            let list = if neutral {
                &self.neutral
            } else {
                &self.at_home
            };
            (place as usize) < list.len()
        };
        (self.is_large || self.at_home.is_empty() && self.places.is_empty())
            && self.at_home.iter().chain(&self.neutral).all(is_sound)
            && self.places.iter().all(is_placed)
    }

    /// Expected goals of an average side at home and of any other, from the goals so far and one match at these rates.
    pub(super) fn levels(&self, scale: f64, base: [f64; 2]) -> [f64; 2] {
        let [at_home, neutral] = self.weights().map(|weight| weight * scale);
        [
            (self.goals[0] * scale + base[0]) / (at_home + 1.0),
            (self.goals[1] * scale + base[1]) / (at_home + 2.0 * neutral + 1.0),
        ]
    }

    fn low_scores(&mut self, home: usize, away: usize, neutral: Option<u32>) -> &mut LowScores {
        let new = self.low.len();
        let index = match neutral {
            Some(place) => &mut self.neutral[place as usize].low,
            None if self.is_large => &mut self.home_pair(home, away).low,
            None => &mut self.indices[home * self.teams + away],
        };
        let place = *index.get_or_insert(new as u32) as usize;
        if place == new {
            self.low.push(LowScores {
                home,
                away,
                weights: [0.0; 3],
                neutral,
            });
        }
        &mut self.low[place]
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
