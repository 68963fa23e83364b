//! Models of which ratings are all that they know: probabilities by an ordered logit on the difference of two ratings.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::logistic::{Link, Penalty, Rows, result};
use super::ratings::{Chronicle, Folded};
use super::refits::Refits;
use super::roster::Roster;
use super::{ModelConfig, PredictError, Predictor};
use crate::checkpoint::{self, CheckpointError};
use crate::domain::{Fixture, Match, MatchState, Offer, Opinion, TeamId, Time};

/// The precision of the prior on the parameters: that of some fifty matches.
const PRECISION: [f64; 3] = [10.0, 10.0, 10.0];

/// Ratings of which a model is made.
pub(super) trait Rating: Folded + Default + Serialize + DeserializeOwned + Send {
    /// The model, as an error names its saved state.
    const STATE: &str;

    /// The parameters h, τ and β that are expected before any result: see [`Rated`].
    const EXPECTED: [f64; 3];

    /// By how much the home side is better, the advantage of playing at home included if the ratings know one.
    fn difference(&self, fixture: &Fixture, newcomers: [bool; 2]) -> f64;

    /// Gives a team that joins a known league its first rating.
    fn enter_newcomer(&mut self, team: TeamId);
}

/// A model of ratings.
///
/// # Formula
/// ```text
/// η = h·[a side is at home] + β·d      P(home) = σ(η − τ)      P(away) = σ(−η − τ)
/// ```
/// with d the difference of the ratings before the match. The parameters are those of greatest posterior density given the
/// results so far, under a prior as strong as some fifty matches. They are fitted anew when the results have grown by one
/// hundredth.
#[derive(Debug, Clone)]
pub(super) struct Rated<R> {
    refit_every: u32,
    known: Chronicle<Known<R>>,
    theta: Vec<f64>,
    refits: Refits,
}

/// What results tell.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Known<R> {
    ratings: R,
    roster: Roster,
    #[serde(serialize_with = "checkpoint::in_order")]
    matches: HashMap<TeamId, u32>,
    /// In the order of days, and within a day in one that does not depend on that of the results.
    differences: Vec<Difference>,
}

/// A match as the regression sees it.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
struct Difference {
    day: i64,
    /// Before the match.
    value: f64,
    result: u8,
    at_home: bool,
}

impl<R: Rating> Folded for Known<R> {
    fn learn(&mut self, played: &Match) {
        let fixture = &played.fixture;
        let newcomers = self.newcomers(fixture);
        let difference = Difference {
            day: fixture.day.day(),
            value: self.ratings.difference(fixture, newcomers),
            result: result(played),
            at_home: !fixture.neutral,
        };
        let place = self.differences.len()
            - (self.differences.iter().rev())
                .take_while(|other| **other > difference)
                .count();
        self.differences.insert(place, difference);
        for (team, is_new) in [fixture.home, fixture.away].into_iter().zip(newcomers) {
            let matches = self.matches.entry(team).or_default();
            if *matches == 0 && is_new {
                self.ratings.enter_newcomer(team);
            }
            *matches += 1;
        }
        self.roster.enter(fixture);
        self.ratings.learn(played);
    }
}

impl<R: Rating> Known<R> {
    /// Whether each side has not played and joins a league that is known.
    fn newcomers(&self, fixture: &Fixture) -> [bool; 2] {
        [fixture.home, fixture.away].map(|team| {
            !self.matches.contains_key(&team) && self.roster.is_newcomer(team, fixture.season)
        })
    }

    fn rows(&self) -> Rows {
        let mut rows = Rows::of_width(1);
        for each in &self.differences {
            rows.push(&[each.value], each.result, each.at_home);
        }
        rows
    }
}

impl<R: Rating> Rated<R> {
    pub(super) fn new(config: &ModelConfig) -> Self {
        Self {
            refit_every: config.refit_every,
            known: Chronicle::new(Known::default()),
            theta: R::EXPECTED.to_vec(),
            refits: Refits::default(),
        }
    }

    fn refit(&mut self, stop: &AtomicBool) -> Result<(), PredictError> {
        let prior = Penalty::diagonal(&R::EXPECTED, &PRECISION);
        let rows = self.known.now().rows();
        Link::Ordered.fit(&rows, &prior, &mut self.theta, stop)?;
        Ok(())
    }
}

impl<R: Rating> Predictor for Rated<R> {
    fn observe(&mut self, played: &Match) {
        if played.fixture.home != played.fixture.away {
            self.known.learn(played);
            self.refits.observed += 1;
        }
    }

    fn retract(&mut self, played: &Match) {
        self.known.retract(played);
        self.refits.observed += 1;
    }

    fn predict(&mut self, offer: &Offer, now: Time) -> Result<Option<Opinion>, PredictError> {
        self.predict_until(offer, now, &AtomicBool::new(false))
    }

    fn predict_until(
        &mut self,
        offer: &Offer,
        now: Time,
        stop: &AtomicBool,
    ) -> Result<Option<Opinion>, PredictError> {
        let rows = self.known.now().differences.len();
        if self.refits.is_due(now, self.refit_every, rows) {
            self.refit(stop)?;
            self.refits.done(rows);
        }
        if offer.state != MatchState::default() {
            return Ok(None);
        }
        let (known, fixture) = (self.known.now(), &offer.fixture);
        let value = known.ratings.difference(fixture, known.newcomers(fixture));
        let probabilities = Link::Ordered.probabilities(&self.theta, &[value], !fixture.neutral);
        Ok(Some(Opinion::of_outcomes(probabilities)))
    }

    fn matches_seen(&self, fixture: &Fixture) -> Option<[u32; 2]> {
        let matches = &self.known.now().matches;
        Some([fixture.home, fixture.away].map(|team| matches.get(&team).copied().unwrap_or(0)))
    }

    fn save(&self) -> Option<Vec<u8>> {
        checkpoint::encode(&(&self.known, &self.theta, &self.refits)).ok()
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<(), CheckpointError> {
        (self.known, self.theta, self.refits) = checkpoint::decode(R::STATE, bytes)?;
        if self.theta.len() == R::EXPECTED.len() && self.theta.iter().all(|x| x.is_finite()) {
            Ok(())
        } else {
            Err(CheckpointError::damaged(R::STATE, "its parts do not match"))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::{LeagueId, MatchStatus, Score};
    use crate::predict::ratings::EloRatings;

    fn fixture(home: u32, away: u32, day: i64, season: i16) -> Fixture {
        Fixture {
            id: format!("{day}:{home}:{away}").into(),
            league: LeagueId(0),
            home: TeamId(home),
            away: TeamId(away),
            season,
            day: Time::from_days(day),
            kickoff: None,
            neutral: false,
        }
    }

    fn played(fixture: Fixture, home: u8, away: u8) -> Match {
        Match {
            fixture: Arc::new(fixture),
            score: Score { home, away },
            status: MatchStatus::Played,
            statistics: None,
        }
    }

    fn outcomes(model: &mut Rated<EloRatings>, fixture: Fixture) -> [f64; 3] {
        let (now, state) = (fixture.day, MatchState::default());
        let offer = Offer {
            fixture: Arc::new(fixture),
            state,
            quotes: Vec::new(),
        };
        let opinion = model.predict(&offer, now).unwrap().unwrap();
        opinion.outcomes().unwrap()
    }

    fn elo() -> Rated<EloRatings> {
        Rated::new(&ModelConfig::default())
    }

    /// h −.16, τ .6, β .89 and a difference of 100 points: η = −.16 + .89·ln 10/4 = .352325.
    #[test]
    fn before_any_result_the_forecast_is_that_of_equals() {
        let [home, draw, away] = outcomes(&mut elo(), fixture(0, 1, 0, 2020));
        let sigma = |x: f64| 1.0 / (1.0 + (-x).exp());
        let eta = -0.16 + 0.89 * 10_f64.ln() / 4.0;
        assert!((home - sigma(eta - 0.6)).abs() < 1e-12);
        assert!((away - sigma(-eta - 0.6)).abs() < 1e-12);
        assert!((home + draw + away - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_winner_of_the_first_match_is_favoured_in_the_next() {
        let mut model = elo();
        model.observe(&played(fixture(0, 1, 0, 2020), 2, 0));
        model.observe(&played(fixture(2, 3, 0, 2020), 0, 0));
        let [winner, ..] = outcomes(&mut model, fixture(0, 3, 7, 2020));
        let [loser, ..] = outcomes(&mut model, fixture(1, 3, 7, 2020));
        assert!(winner > loser);
        assert_eq!(model.matches_seen(&fixture(0, 4, 7, 2020)), Some([1, 0]));
    }

    #[test]
    fn a_team_that_joins_a_known_league_starts_below_the_others() {
        let mut model = elo();
        model.observe(&played(fixture(0, 1, 0, 2019), 1, 1));
        model.observe(&played(fixture(0, 1, 400, 2020), 1, 1));
        let [known, ..] = outcomes(&mut model, fixture(0, 1, 407, 2020));
        let [against_newcomer, ..] = outcomes(&mut model, fixture(0, 2, 407, 2020));
        assert!(against_newcomer > known + 0.02);
        // and keeps the rating that it started with
        model.observe(&played(fixture(0, 2, 407, 2020), 1, 1));
        let rating = model.known.now().ratings.rating(TeamId(2));
        assert!((1460.0..1475.0).contains(&rating), "{rating}");
    }

    #[test]
    fn a_saved_model_goes_on_as_if_nothing_had_happened() {
        let (mut one, mut other) = (elo(), elo());
        for day in 0..200_u32 {
            let fixture = fixture(day % 5, 5 + day % 4, i64::from(day), 2020);
            one.observe(&played(fixture.clone(), (day % 4) as u8, (day % 3) as u8));
            outcomes(&mut one, fixture);
        }
        other.restore(&one.save().unwrap()).unwrap();
        let next = fixture(1, 7, 200, 2020);
        assert_eq!(outcomes(&mut one, next.clone()), outcomes(&mut other, next));
    }
}
