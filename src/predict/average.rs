//! The league's running mean goals: the baseline that every other model has to beat.

use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::decay::weight;
use super::in_play;
use super::prior::BASE_RATES;
use super::{InPlay, ModelConfig, PredictError, Predictor};
use crate::checkpoint::{self, CheckpointError};
use crate::domain::{Fixture, LeagueId, Match, Offer, Opinion, Time};

/// Matches subtracted from the sums before they are summed afresh, so that rounding errors do not accumulate.
const REMOVALS: usize = 512;
/// Half-lives after which the sums are summed afresh. Until then weights grow to at most 2^32, far from overflow.
const HALF_LIVES: f64 = 32.0;

/// A model whose every match of a league has the league's mean goals, whichever teams play.
///
/// # Formula
/// ```text
/// λ = (b·1.5 + Σ w·x) / (b + Σ w)      ν = (b·1.2 + Σ w·y) / (b + Σ w)
/// ```
/// with x home goals, y away goals, w weights, and b the weight of the base rates 1.5 and 1.2. Without a prior b is 0, and
/// the base rates are only used until both home and away sides have scored. On neutral grounds both sides have the mean of
/// the two rates, and the goals of a match there count as if they had fallen in the ratio of the base rates.
#[derive(Debug, Clone)]
pub struct Average {
    half_life: Option<f64>,
    window: Option<i64>,
    base_matches: f64,
    in_play: InPlay,
    leagues: HashMap<LeagueId, Means>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Means {
    history: VecDeque<(i64, [f64; 2])>,
    /// The day on which a match weighs 1 in the sums.
    reference: i64,
    removals: usize,
    weight: f64,
    goals: [f64; 2],
}

impl Average {
    pub(super) fn new(config: &ModelConfig) -> Self {
        Self {
            half_life: config.half_life,
            window: config.window.map(|days| days as i64),
            base_matches: config.prior().map_or(0.0, |prior| prior.base_matches),
            in_play: config.in_play(),
            leagues: HashMap::new(),
        }
    }

    fn rates(&mut self, league: LeagueId, day: i64) -> [f64; 2] {
        let Some(means) = self.leagues.get_mut(&league) else {
            return BASE_RATES;
        };
        means.advance_to(day, self.half_life, self.window);
        let scale = weight(self.half_life, day - means.reference);
        let total = means.weight * scale + self.base_matches;
        let rates =
            [0, 1].map(|k| (means.goals[k] * scale + self.base_matches * BASE_RATES[k]) / total);
        if rates.iter().all(|rate| *rate > 0.0 && rate.is_finite()) {
            rates
        } else {
            BASE_RATES
        }
    }
}

impl Predictor for Average {
    fn observe(&mut self, played: &Match) {
        let day = played.fixture.day.day();
        let means = self
            .leagues
            .entry(played.fixture.league)
            .or_insert_with(|| Means::starting_on(day));
        let goals = goals(played);
        means.history.push_back((day, goals));
        means.add(goals, weight(self.half_life, means.reference - day));
    }

    fn retract(&mut self, played: &Match) {
        let learned = (played.fixture.day.day(), goals(played));
        let Some(means) = self.leagues.get_mut(&played.fixture.league) else {
            return;
        };
        if let Some(place) = means.history.iter().rposition(|known| *known == learned) {
            means.history.remove(place);
            let weight = weight(self.half_life, means.reference - learned.0);
            means.add(learned.1, -weight);
            means.removals += 1;
        }
    }

    fn predict(&mut self, offer: &Offer, now: Time) -> Result<Option<Opinion>, PredictError> {
        let [home, away] = self.rates(offer.fixture.league, now.day());
        let rates = if offer.fixture.neutral {
            [0.5 * (home + away); 2]
        } else {
            [home, away]
        };
        Ok(in_play::opinion(rates, 0.0, offer.state, self.in_play))
    }

    /// The matches of the league, because the teams do not matter.
    fn matches_seen(&self, fixture: &Fixture) -> Option<[u32; 2]> {
        let matches = self
            .leagues
            .get(&fixture.league)
            .map_or(0, |means| means.history.len() as u32);
        Some([matches; 2])
    }

    fn save(&self) -> Option<Vec<u8>> {
        #[derive(Serialize)]
        struct Leagues<'a>(
            #[serde(serialize_with = "checkpoint::in_order")] &'a HashMap<LeagueId, Means>,
        );
        checkpoint::encode(&Leagues(&self.leagues)).ok()
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<(), CheckpointError> {
        self.leagues = checkpoint::decode("state of the average model", bytes)?;
        Ok(())
    }
}

/// The goals of a match, as far as they say what sides at home and away score.
fn goals(played: &Match) -> [f64; 2] {
    let goals = [played.score.home, played.score.away].map(f64::from);
    if !played.fixture.neutral {
        return goals;
    }
    let share = (goals[0] + goals[1]) / (BASE_RATES[0] + BASE_RATES[1]);
    BASE_RATES.map(|rate| rate * share)
}

impl Means {
    fn starting_on(day: i64) -> Self {
        Self {
            reference: day,
            ..Self::default()
        }
    }

    fn add(&mut self, goals: [f64; 2], weight: f64) {
        self.weight += weight;
        self.goals[0] += weight * goals[0];
        self.goals[1] += weight * goals[1];
    }

    /// Drops matches that have left the window, and sums afresh when it is due.
    fn advance_to(&mut self, day: i64, half_life: Option<f64>, window: Option<i64>) {
        while let Some(&(played, goals)) = self.history.front()
            && window.is_some_and(|window| day - played > window)
        {
            self.history.pop_front();
            self.add(goals, -weight(half_life, self.reference - played));
            self.removals += 1;
        }
        let far = half_life
            .is_some_and(|half_life| (day - self.reference) as f64 > HALF_LIVES * half_life);
        if far || self.removals >= REMOVALS || self.history.is_empty() {
            self.sum_afresh(day, half_life);
        }
    }

    fn sum_afresh(&mut self, day: i64, half_life: Option<f64>) {
        let history = std::mem::take(&mut self.history);
        *self = Self {
            history,
            ..Self::starting_on(day)
        };
        for k in 0..self.history.len() {
            let (played, goals) = self.history[k];
            self.add(goals, weight(half_life, day - played));
        }
    }
}
