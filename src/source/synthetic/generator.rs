//! The generator of the matches of one run, round by round.

use std::sync::Arc;

use chacha20::ChaCha8Rng;
use rand::RngExt as _;

use super::bookmaker::{Bookmaker, PriceErrors, PricingInput};
use super::calendar::Calendar;
use super::config::{SyntheticConfig, Teams};
use super::league::League;
use super::scores::ScoreSampler;
use super::stream::{Purpose, stream};
use super::world::World;
use crate::domain::{Fixture, GridError, MarketKind, MatchState, Quote, Score, ScoreGrid, Time};

/// Draws the matches of a run.
#[derive(Debug)]
pub(super) struct Generator {
    world: Arc<World>,
    /// The markets that are priced: match odds, then the others of the settings.
    markets: Vec<MarketKind>,
    run: RunState,
    fixtures: Fixtures,
    /// The true rates of each match of the season, in its order.
    truths: Vec<FixtureTruth>,
}

/// The state of a run.
#[derive(Debug)]
struct RunState {
    league: League,
    bookmaker: Bookmaker,
    scores: ChaCha8Rng,
    minutes: ChaCha8Rng,
    /// Matches drawn so far.
    done: u64,
}

/// The fixtures of the first seasons, which are the same in every run, and of the current season.
#[derive(Debug, Clone, Default)]
struct Fixtures {
    early_seasons: Vec<Vec<Arc<Fixture>>>,
    current: Vec<Arc<Fixture>>,
    number: Option<u64>,
}

/// Seasons whose fixtures are kept from run to run.
const KEPT_SEASONS: u64 = 16;

/// What is true of a match before it is played.
#[derive(Debug, Clone)]
pub(super) struct FixtureTruth {
    rates: [f64; 2],
    pub scores: ScoreSampler,
    grid: ScoreGrid,
}

impl FixtureTruth {
    pub fn new(rates: [f64; 2], rho: f64) -> Result<Self, GridError> {
        let grid = ScoreGrid::dixon_coles(rates[0], rates[1], rho)?;
        Ok(Self {
            rates,
            scores: ScoreSampler::new(rates, rho)?,
            grid,
        })
    }
}

/// A match that was drawn, with its prices.
#[derive(Debug, Clone)]
pub(super) struct SimulatedMatch {
    pub fixture: Arc<Fixture>,
    pub score: Score,
    pub opening: Vec<Quote>,
    pub closing: Vec<Quote>,
    /// The completed minutes after which the home side scored, and the away side.
    goals: [Vec<u8>; 2],
    errors: PriceErrors,
    rates: [f64; 2],
}

impl Generator {
    pub fn new(world: Arc<World>) -> Self {
        let config = &world.config;
        let markets = MarketKind::ALL
            .into_iter()
            .filter(|kind| kind.is_reference() || config.markets.contains(kind));
        Self {
            markets: markets.collect(),
            run: RunState::new(config, 0),
            fixtures: Fixtures::default(),
            truths: Vec::new(),
            world,
        }
    }

    /// Goes to the start of a run.
    pub fn restart(&mut self, run: u64) {
        self.run = RunState::new(&self.world.config, run);
        if !self.is_settled() {
            self.truths.clear();
        }
    }

    /// Whether the true rates are the same in every run and every season.
    fn is_settled(&self) -> bool {
        matches!(self.world.config.league.teams, Teams::Given(_))
            && self.world.config.league.drift == 0.0
    }

    pub fn world(&self) -> &Arc<World> {
        &self.world
    }

    /// Replaces `drawn` by the matches of the next round; empty at the end of the run.
    ///
    /// # Errors
    /// When a rate is beyond [`ScoreGrid::MAX_RATE`].
    pub fn next_round(&mut self, drawn: &mut Vec<SimulatedMatch>) -> Result<(), GridError> {
        let size = self.world.calendar.round_size() as u64;
        let left = self.world.config.matches - self.run.done;
        let season_size = self.world.calendar.pairs().len() as u64;
        let (season, first) = (
            self.run.done / season_size,
            (self.run.done % season_size) as usize,
        );
        let count = left.min(size) as usize;
        self.compute_truths(first, count)?;
        drawn.truncate(count);
        for place in first..first + count {
            let fixture = self.fixtures.get(&self.world.calendar, season, place);
            match drawn.get_mut(place - first) {
                Some(one) => one.fixture = Arc::clone(fixture),
                None => drawn.push(SimulatedMatch::blank(Arc::clone(fixture))),
            }
            self.draw(place, &mut drawn[place - first]);
        }
        self.run.done += count as u64;
        self.run.league.next_round();
        Ok(())
    }

    /// Computes the true rates of the matches of a round, unless they are known from an earlier season.
    fn compute_truths(&mut self, first: usize, count: usize) -> Result<(), GridError> {
        if self.world.config.league.drift > 0.0 {
            self.truths.truncate(first);
        }
        let rho = self.world.config.league.rho;
        while self.truths.len() < first + count {
            let rates = self
                .run
                .league
                .rates(self.world.calendar.pairs()[self.truths.len()]);
            self.truths.push(FixtureTruth::new(rates, rho)?);
        }
        Ok(())
    }

    fn draw(&mut self, place: usize, one: &mut SimulatedMatch) {
        let (truth, run) = (&self.truths[place], &mut self.run);
        one.rates = truth.rates;
        one.score = truth.scores.draw(&mut run.scores);
        one.price(truth, &self.markets, &mut run.bookmaker);
        if self.world.config.every.is_some() {
            self.draw_minutes(one);
        }
    }

    /// Draws the minutes of the goals, independently of each other, by the goal profile.
    fn draw_minutes(&mut self, one: &mut SimulatedMatch) {
        let profile = self.world.config.league.profile;
        for (minutes, goals) in one.goals.iter_mut().zip([one.score.home, one.score.away]) {
            minutes.clear();
            minutes.extend((0..goals).map(|_| profile.minute_of(self.run.minutes.random::<f64>())));
        }
    }

    /// Adds the prices of a match in play after `minute` minutes, and returns its state.
    ///
    /// # Errors
    /// When a rate is beyond [`ScoreGrid::MAX_RATE`].
    pub fn in_play(
        &self,
        one: &SimulatedMatch,
        minute: u8,
        time: Time,
        quotes: &mut Vec<Quote>,
    ) -> Result<MatchState, GridError> {
        let state = one.state(minute);
        let left = self.world.config.league.profile.left(minute);
        let score = Score {
            home: state.home_goals,
            away: state.away_goals,
        };
        let grid = ScoreGrid::in_play(score, one.rates, self.world.config.league.rho, left)?;
        let truth = PricingInput {
            grid: &grid,
            markets: &self.markets,
        };
        self.run.bookmaker.close(&truth, &one.errors, time, quotes);
        Ok(state)
    }
}

impl RunState {
    fn new(config: &SyntheticConfig, run: u64) -> Self {
        let seed = config.seed;
        Self {
            league: League::new(&config.league, seed, run),
            bookmaker: Bookmaker::new(&config.bookmaker, seed, run),
            scores: stream(seed, run, Purpose::Scores),
            minutes: stream(seed, run, Purpose::Minutes),
            done: 0,
        }
    }
}

impl Fixtures {
    fn get(&mut self, calendar: &Calendar, season: u64, place: usize) -> &Arc<Fixture> {
        if season < KEPT_SEASONS {
            while self.early_seasons.len() <= season as usize {
                self.early_seasons
                    .push(calendar.season(self.early_seasons.len() as u64));
            }
            return &self.early_seasons[season as usize][place];
        }
        if self.number != Some(season) {
            (self.number, self.current) = (Some(season), calendar.season(season));
        }
        &self.current[place]
    }
}

impl SimulatedMatch {
    /// Prices the match before it and at its close.
    pub(super) fn price(
        &mut self,
        truth: &FixtureTruth,
        markets: &[MarketKind],
        bookmaker: &mut Bookmaker,
    ) {
        self.errors = bookmaker.next_errors(markets);
        let (day, kickoff) = (
            self.fixture.day,
            self.fixture.kickoff.unwrap_or(self.fixture.day),
        );
        let truth = PricingInput {
            grid: &truth.grid,
            markets,
        };
        self.opening.clear();
        bookmaker.open(&truth, &self.errors, day, &mut self.opening);
        self.closing.clear();
        bookmaker.close(&truth, &self.errors, kickoff, &mut self.closing);
    }

    /// The state after `minute` minutes.
    fn state(&self, minute: u8) -> MatchState {
        let [home_goals, away_goals] = [0, 1].map(|side| {
            self.goals[side]
                .iter()
                .filter(|&&goal| goal < minute)
                .count() as u8
        });
        MatchState {
            minute,
            home_goals,
            away_goals,
        }
    }

    pub(super) fn blank(fixture: Arc<Fixture>) -> Self {
        Self {
            fixture,
            score: Score::default(),
            opening: Vec::new(),
            closing: Vec::new(),
            goals: [Vec::new(), Vec::new()],
            errors: PriceErrors::default(),
            rates: [0.0; 2],
        }
    }
}
