//! The filter: strengths that drift from day to day, and are learned from one match after another.
//!
//! An extended Kalman filter for the divisions of a nation together. Its state is the attack and the defence of every team and
//! the level and home advantage of every division, with their covariance, so it knows how sure it is, and follows teams
//! across promotion. It never looks at an old match again: what a match costs does not depend on how many there were.
//!
//! # Formula
//! ```text
//! ln λ = μ + h + att_i − def_j      ln ν = μ + att_j − def_i      x the state, P its covariance, S that of ln λ and ln ν
//! a day:     P += Q                 a season:   x = m + φ·(x − m), m the mean of the division's last season
//! a price:   log rates observed with noise R                K = P·Hᵀ·(S + R)⁻¹
//! goals y:   η = S·w·(y − e^η) + H·x,  R = 1/(w·e^η)        shots: the same, with a loading and a level of their own
//! forecast:  Dixon and Coles's grid of e^(H·x + S/2)
//! ```

mod batch;
mod chances;
mod covariance;
mod division;
mod lesson;
mod nations;
mod observation;
mod record;
mod state;
mod table;
mod tuning;

use std::sync::atomic::AtomicBool;

use serde::{Deserialize, Serialize};

use self::covariance::Block;
use self::lesson::Lesson;
pub(crate) use self::nations::nations;
use self::record::{Levels, Record, SavedRecord};
use self::state::Meeting;
pub(crate) use self::table::{Estimate, FilterTable, LeagueLevel, SeasonBelief, Strength};
use self::tuning::{RHO, Tunings};
use super::kind::MOST_FILTERED;
use super::learn::Learn;
use super::{InPlay, ModelConfig, PredictError, Predictor, in_play};
use crate::checkpoint::{self, CheckpointError};
use crate::domain::grid::Along;
use crate::domain::{Fixture, LeagueId, Match, MatchState, Offer, Opinion, Rates, ScoreGrid, Time};

const STATE: &str = "state of the filter";

/// A filter for a pool of leagues.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    learn: Learn,
    tunings: Tunings,
    rho: f64,
    in_play: InPlay,
    /// The leagues of the pool, the highest first.
    leagues: Vec<String>,
    levels: Levels,
    record: Record,
}

/// What is saved of a filter.
#[derive(Serialize, Deserialize)]
struct Saved(Levels, SavedRecord);

impl Filter {
    /// A filter that has seen nothing, for the leagues of a pool, which are joined by `+`.
    pub(crate) fn new(pool: &str, config: &ModelConfig) -> Self {
        Self {
            learn: config.learn,
            tunings: Tunings::of(config.learn),
            rho: config.rho.unwrap_or(RHO),
            in_play: config.in_play(),
            leagues: pool.split('+').map(str::to_owned).collect(),
            levels: Levels::new(),
            record: Record::default(),
        }
    }

    /// ρ of its grids.
    pub(crate) const fn rho(&self) -> f64 {
        self.rho
    }

    fn catch_up(&mut self) {
        self.record.catch_up(&self.levels, &self.tunings);
    }

    fn level(&self, league: LeagueId) -> u32 {
        self.levels.get(&league).copied().unwrap_or(0)
    }

    fn meeting(&self, fixture: &Fixture) -> Meeting {
        Meeting {
            teams: [fixture.home, fixture.away],
            league: fixture.league,
            level: self.level(fixture.league),
            season: fixture.season,
            day: fixture.day.day(),
            neutral: fixture.neutral,
        }
    }

    /// Fails where there are more teams than it can follow.
    fn ensure_room(&self) -> Result<(), PredictError> {
        if self.record.now().is_full() {
            let (teams, most) = (self.record.now().teams().count(), MOST_FILTERED);
            return Err(PredictError::TooManyTeams { teams, most });
        }
        Ok(())
    }

    fn opinion(&self, offer: &Offer) -> Option<Opinion> {
        let meeting = self.meeting(&offer.fixture);
        let now = self.record.now();
        let tuning = now.tuning(offer.fixture.league, &self.tunings);
        let (logs, spread) = now.forecast(&meeting, tuning);
        let rates = [0, 1].map(|side| (logs[side] + 0.5 * spread[side][side]).exp());
        let mut opinion = in_play::opinion(rates, self.rho, offer.state, self.in_play)?;
        if offer.state == MatchState::default() {
            let [home, away] = rates;
            let rates = Rates {
                home,
                away,
                rho: self.rho,
            };
            if let Some(errors) = opinion
                .grid()
                .map(|grid| standard_errors(grid, rates, spread))
            {
                opinion.set_standard_errors(errors);
            }
        }
        Some(opinion)
    }
}

impl Predictor for Filter {
    fn observe(&mut self, played: &Match) {
        if let Some(lesson) = Lesson::of(played, self.learn)
            && self.record.add(lesson)
        {
            self.catch_up();
            self.record.forget_old();
        }
    }

    fn retract(&mut self, played: &Match) {
        self.record.retract(played);
    }

    fn meet(&mut self, league: LeagueId, name: &str) {
        let level = self.leagues.iter().position(|known| known == name);
        self.levels.insert(league, level.unwrap_or(0) as u32);
    }

    fn predict(&mut self, offer: &Offer, now: Time) -> Result<Option<Opinion>, PredictError> {
        self.predict_until(offer, now, &AtomicBool::new(false))
    }

    fn predict_until(
        &mut self,
        offer: &Offer,
        _now: Time,
        _stop: &AtomicBool,
    ) -> Result<Option<Opinion>, PredictError> {
        self.catch_up();
        self.ensure_room()?;
        Ok(self.opinion(offer))
    }

    fn copy(&self) -> Option<Box<dyn Predictor>> {
        Some(Box::new(self.clone()))
    }

    fn matches_seen(&self, fixture: &Fixture) -> Option<[u32; 2]> {
        let (now, day) = (self.record.now(), fixture.day.day());
        Some([fixture.home, fixture.away].map(|team| now.matches(team, day)))
    }

    fn save(&self) -> Option<Vec<u8>> {
        checkpoint::encode(&Saved(self.levels.clone(), self.record.save())).ok()
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<(), CheckpointError> {
        let Saved(levels, record) = checkpoint::decode(STATE, bytes)?;
        let record = Record::restored(record)
            .ok_or_else(|| CheckpointError::damaged(STATE, "its parts do not match"))?;
        (self.levels, self.record) = (levels, record);
        self.catch_up();
        Ok(())
    }
}

/// The standard errors of the probabilities of home win, draw and away win, by the delta method.
///
/// # Formula
/// ```text
/// ∂H/∂ln λ = λ·D₀ + g·(1 − λ)      ∂H/∂ln ν = −ν·H₁ + g·(1 − ν)      g = ρ·λ·ν·e^(−λ−ν)
/// ∂A/∂ln ν = ν·D₀ + g·(1 − ν)      ∂A/∂ln λ = −λ·A₁ + g·(1 − λ)      ∂D = −∂H − ∂A
/// ```
/// with D₀, H₁ and A₁ the draw, home win by one and away win by one between independent sides.
fn standard_errors(grid: &ScoreGrid, Rates { home, away, rho }: Rates, spread: Block) -> [f64; 3] {
    let correction = rho * home * away * (-home - away).exp();
    let level = grid.exactly(Along::Margin, 0) + 2.0 * correction;
    let [home_by_one, away_by_one] =
        [1, -1].map(|margin| grid.exactly(Along::Margin, margin) - correction);
    let [of_home, of_away] = [home, away].map(|rate| correction * (1.0 - rate));
    let win = [home * level + of_home, of_away - away * home_by_one];
    let loss = [of_home - home * away_by_one, away * level + of_away];
    let draw = [0, 1].map(|k| -win[k] - loss[k]);
    [win, draw, loss].map(|[x, y]| {
        let variance =
            x * (spread[0][0] * x + spread[0][1] * y) + y * (spread[1][0] * x + spread[1][1] * y);
        variance.max(0.0).sqrt()
    })
}
