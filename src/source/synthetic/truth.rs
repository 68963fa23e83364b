//! The truth as a model: what a strategy would do if it knew the goal rates, or knew them nearly.

use chacha20::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use super::calendar::{Calendar, FIRST_YEAR};
use super::config::{LeagueConfig, SyntheticConfig};
use super::generator::team_names;
use super::league::League;
use super::stream::{Purpose, stream};
use crate::domain::{Fixture, GridError, Match, Offer, Score, ScoreGrid, Time};
use crate::predict::{PredictError, Predictor};

/// Knows the true goal rates of a run, with as much noise as is wanted.
///
/// It follows the league from round to round, so it must be asked in order of time, and cannot go back.
#[derive(Debug)]
pub struct TrueModel {
    config: LeagueConfig,
    calendar: Calendar,
    league: League,
    /// Where in a season each ordered pair of teams meets, a row for each home side.
    places: Vec<usize>,
    /// Standard deviation of the noise in log rates.
    noise: f64,
    random: ChaCha8Rng,
    /// The round that `league` stands at, counted from the first, and the rates of its matches.
    round: u64,
    rates: Vec<[f64; 2]>,
}

impl TrueModel {
    /// The truth of a run, each rate multiplied by e^(noise·z), z being standard normal; 0 for the truth itself.
    ///
    /// # Errors
    /// Never for a config that [`SyntheticConfig::validate`] accepts.
    pub fn new(config: &SyntheticConfig, run: u64, noise: f64) -> Self {
        let league = &config.league;
        let calendar = Calendar::new(&league.name, &team_names(&league.teams));
        let count = league.size();
        let mut places = vec![0; count * count];
        for (place, [home, away]) in calendar.pairs().iter().enumerate() {
            places[home * count + away] = place;
        }
        let mut model = Self {
            places,
            league: League::new(league, config.seed, run),
            calendar,
            noise,
            random: stream(config.seed, run, Purpose::Model),
            config: league.clone(),
            round: 0,
            rates: Vec::new(),
        };
        model.learn();
        model
    }

    /// The rates of the round that the league stands at.
    fn learn(&mut self) {
        let size = self.calendar.round_size();
        let rounds = self.calendar.pairs().len() / size;
        let first = (self.round % rounds as u64) as usize * size;
        self.rates.clear();
        for pair in &self.calendar.pairs()[first..first + size] {
            let mut rates = self.league.rates(*pair);
            if self.noise > 0.0 {
                for rate in &mut rates {
                    let error: f64 = StandardNormal.sample(&mut self.random);
                    *rate = (*rate * (self.noise * error).exp()).min(ScoreGrid::MAX_RATE);
                }
            }
            self.rates.push(rates);
        }
    }

    /// The rates of a match of this round or a later one.
    fn rates(&mut self, fixture: &Fixture) -> Option<[f64; 2]> {
        let count = self.config.size();
        let size = self.calendar.round_size();
        let place = *self.places.get(fixture.home.0 as usize * count + fixture.away.0 as usize)?;
        let rounds = self.calendar.pairs().len() / size;
        let season = u64::try_from(fixture.season - FIRST_YEAR).ok()?;
        let round = season * rounds as u64 + (place / size) as u64;
        while self.round < round {
            self.round += 1;
            self.league.next_round();
            self.learn();
        }
        (self.round == round).then(|| self.rates[place % size])
    }

    /// The distribution of the final score of an offered match; `None` for a match of an earlier round.
    ///
    /// # Errors
    /// When a rate is beyond what a grid is made for.
    pub fn grid(&mut self, offer: &Offer) -> Option<Result<ScoreGrid, GridError>> {
        let rates = self.rates(&offer.fixture)?;
        let score = Score { home: offer.state.home_goals, away: offer.state.away_goals };
        let left = self.config.profile.left(offer.state.minute);
        Some(ScoreGrid::in_play(score, rates, self.config.rho, left))
    }
}

impl Predictor for TrueModel {
    fn observe(&mut self, _: &Match) {}

    fn predict(&mut self, offer: &Offer, _: Time) -> Result<Option<ScoreGrid>, PredictError> {
        Ok(self.grid(offer).and_then(Result::ok))
    }
}
