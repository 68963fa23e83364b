//! The true model: it knows the goal rates, exactly or with noise.

use std::sync::Arc;

use chacha20::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use super::league::League;
use super::stream::{Purpose, stream};
use super::world::World;
use crate::domain::{
    Fixture, GridError, Match, MatchState, Offer, Opinion, Rates, Score, ScoreGrid, Time,
};
use crate::predict::{PredictError, Predictor};

/// A model with the true goal rates of a run, optionally with noise.
///
/// It follows the league from round to round, so predictions must be made in order of time.
#[derive(Debug)]
pub struct TrueModel {
    world: Arc<World>,
    league: League,
    /// Standard deviation of the noise in log rates.
    noise: f64,
    random: ChaCha8Rng,
    /// The current round of `league`, from 0.
    round: u64,
    /// The factors of the rates of its matches; empty without noise.
    errors: Vec<[f64; 2]>,
}

impl TrueModel {
    /// The true model of a run. Each rate is multiplied by e^(noise·z) with z standard normal; without noise rates are
    /// exact.
    ///
    /// ```
    /// use simbet::Round;
    /// use simbet::Source as _;
    /// use simbet::{Synthetic, SyntheticConfig};
    /// use simbet::internals::source::synthetic::TrueModel;
    /// let mut source = Synthetic::new(&SyntheticConfig::default()).unwrap();
    /// source.restart(1);
    /// let mut truth = TrueModel::new(source.world(), 1, 0.0);
    /// let mut round = Round::default();
    /// source.next_round(&mut round).unwrap();
    /// let [home, draw, away] = truth.grid(&round.offers[0]).unwrap().unwrap().outcomes();
    /// assert!((home + draw + away - 1.0).abs() < 1e-12);
    /// ```
    pub fn new(world: &Arc<World>, run: u64, noise: f64) -> Self {
        let config = &world.config;
        let mut model = Self {
            world: Arc::clone(world),
            league: League::new(&config.league, config.seed, run),
            noise,
            random: stream(config.seed, run, Purpose::Model),
            round: 0,
            errors: Vec::new(),
        };
        model.draw_errors();
        model
    }

    /// Draws the relative errors of the rates of the league's current round.
    fn draw_errors(&mut self) {
        self.errors.clear();
        if self.noise > 0.0 {
            let (noise, random) = (self.noise, &mut self.random);
            self.errors
                .extend((0..self.world.calendar.round_size()).map(|_| {
                    [(); 2].map(|()| {
                        f64::exp(noise * Distribution::<f64>::sample(&StandardNormal, random))
                    })
                }));
        }
    }

    /// The rates of a match of this round or a later one.
    fn rates(&mut self, fixture: &Fixture) -> Option<[f64; 2]> {
        let (place, size) = (
            self.world.calendar.place(fixture)?,
            self.world.calendar.round_size() as u64,
        );
        let round = place / size;
        while self.round < round {
            self.round += 1;
            self.league.next_round();
            self.draw_errors();
        }
        let rates = self
            .league
            .rates([fixture.home.0 as usize, fixture.away.0 as usize]);
        let [home, away] = self
            .errors
            .get((place % size) as usize)
            .copied()
            .unwrap_or([1.0; 2]);
        let rates = [rates[0] * home, rates[1] * away].map(|rate| rate.min(ScoreGrid::MAX_RATE));
        (self.round == round).then_some(rates)
    }

    /// The distribution of the final score of an offered match; `None` for a match of an earlier round.
    ///
    /// # Errors
    /// When a rate is beyond [`ScoreGrid::MAX_RATE`].
    pub fn grid(&mut self, offer: &Offer) -> Option<Result<ScoreGrid, GridError>> {
        self.grid_at(&offer.fixture, offer.state)
    }

    /// The distribution of the final score of a match at this minute and score.
    ///
    /// # Errors
    /// When a rate is beyond [`ScoreGrid::MAX_RATE`].
    pub fn grid_at(
        &mut self,
        fixture: &Fixture,
        state: MatchState,
    ) -> Option<Result<ScoreGrid, GridError>> {
        self.rates(fixture).map(|rates| self.grid_of(rates, state))
    }

    /// The distribution of the final score of a match with these rates at this minute and score.
    fn grid_of(&self, rates: [f64; 2], state: MatchState) -> Result<ScoreGrid, GridError> {
        let score = Score {
            home: state.home_goals,
            away: state.away_goals,
        };
        let league = &self.world.config.league;
        let left = league.profile.left(state.minute);
        ScoreGrid::in_play(score, rates, league.rho, left)
    }
}

impl Predictor for TrueModel {
    fn observe(&mut self, _: &Match) {}

    fn predict(&mut self, offer: &Offer, _: Time) -> Result<Option<Opinion>, PredictError> {
        let rates = self.rates(&offer.fixture);
        let grid = rates.and_then(|rates| self.grid_of(rates, offer.state).ok());
        let rho = self.world.config.league.rho;
        Ok(rates.zip(grid).map(|([home, away], grid)| {
            if offer.state == MatchState::default() {
                let rho = ScoreGrid::possible_rho([home, away], rho);
                Opinion::of_rates(Rates { home, away, rho }, grid)
            } else {
                Opinion::from(grid)
            }
        }))
    }
}
