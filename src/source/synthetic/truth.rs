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
    /// Whether a match is the same in every season of the run, and there are several.
    recurs: bool,
    /// Then, what was expected of each match of a season before kick-off, once it was asked for.
    expected: Vec<Option<ScoreGrid>>,
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
            recurs: noise == 0.0
                && config.league.drift == 0.0
                && config.matches > world.calendar.pairs().len() as u64,
            expected: Vec::new(),
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
        self.rates(fixture)
            .map(|rates| self.grid_of(fixture, rates, state))
    }

    /// The distribution of the final score of a match with these rates at this minute and score.
    fn grid_of(
        &mut self,
        fixture: &Fixture,
        rates: [f64; 2],
        state: MatchState,
    ) -> Result<ScoreGrid, GridError> {
        let is_before = state == MatchState::default();
        let place = self.world.calendar.place(fixture);
        let Some(place) = place.filter(|_| self.recurs && is_before) else {
            return self.new_grid(rates, state);
        };
        let place = (place % self.world.calendar.pairs().len() as u64) as usize;
        if self.expected.len() <= place {
            self.expected.resize(place + 1, None);
        }
        if let Some(known) = &self.expected[place] {
            return Ok(known.clone());
        }
        let grid = self.new_grid(rates, state)?;
        self.expected[place] = Some(grid.clone());
        Ok(grid)
    }

    fn new_grid(&self, rates: [f64; 2], state: MatchState) -> Result<ScoreGrid, GridError> {
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
        let grid = rates.and_then(|rates| self.grid_of(&offer.fixture, rates, offer.state).ok());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Round;
    use crate::source::synthetic::{Synthetic, SyntheticConfig, Teams};
    use crate::source::{NextRound, Source as _};

    #[test]
    fn a_match_that_recurs_is_expected_to_end_as_it_was_in_the_first_season() {
        let mut config = SyntheticConfig {
            matches: 30,
            ..SyntheticConfig::default()
        };
        config.league.teams = Teams::Drawn {
            count: 4,
            spread: 0.25,
        };
        for drift in [0.0, 0.02] {
            config.league.drift = drift;
            let mut source = Synthetic::new(&config).unwrap();
            let mut truth = TrueModel::new(source.world(), 0, 0.0);
            assert_eq!(truth.recurs, drift == 0.0);
            let mut round = Round::default();
            while source.next_round(&mut round).unwrap() == NextRound::Round {
                for offer in &round.offers {
                    let found = truth.grid(offer).unwrap().unwrap();
                    let rates = truth.rates(&offer.fixture).unwrap();
                    assert_eq!(found, truth.new_grid(rates, offer.state).unwrap());
                }
            }
            let kept = truth.expected.iter().flatten().count();
            assert_eq!(kept, if truth.recurs { 12 } else { 0 });
        }
    }
}
