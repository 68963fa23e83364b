//! Pools of leagues: each has a model of its own, and they predict in parallel.

use std::sync::Arc;

use rayon::prelude::*;

use super::Opinion;
use super::config::EngineConfig;
use super::error::EngineError;
use crate::checkpoint::CheckpointError;
use crate::domain::{
    Book, Edge, Forecast, LeagueId, Names, Offer, Quote, Round, ScoreGrid, Selection, Time,
};
use crate::match_index::{MatchIndex, Slot};
use crate::predict::{self, MarginMethod, ModelConfigError, PredictError, Predictor};
use crate::schema;
use crate::strategy::{Slate, Strategy};

/// Makes the model of a pool, which is named by its leagues.
pub type MakeModel =
    Box<dyn Fn(&str) -> Result<Option<Box<dyn Predictor>>, ModelConfigError> + Send>;

/// The pools in the order in which they were met, each with the state of its model, if it has one.
pub type Saved = Vec<(String, Option<Vec<u8>>)>;

/// Every pool met so far.
pub struct Pools {
    make: MakeModel,
    margin_method: MarginMethod,
    market_book: Option<Book>,
    shared: Vec<Vec<String>>,
    /// The pool of each league, by the league's number.
    of_league: Vec<Option<usize>>,
    pools: Vec<Pool>,
    /// Which pool predicts each offer of the batch that has not been asked for, and the place of its match; the next one
    /// last. `None` for a match that is over: a late price is nothing new.
    order: Vec<Option<(usize, Slot)>>,
    /// The place, if it has one, of the match of each such result of the batch; the next one last. `None` for a match
    /// that was over before: a second result is nothing new.
    ended: Vec<Option<Option<Slot>>>,
}

struct Pool {
    name: String,
    model: Option<Box<dyn Predictor>>,
    steps: Vec<Step>,
    thoughts: Thoughts,
}

/// What is thought of the offers of a batch, in order.
#[derive(Default)]
struct Thoughts {
    forecasts: Vec<Option<Forecast>>,
    /// What one wants to bet on, a group for each offer.
    wanted: Slate,
    /// How many have been asked for.
    asked: usize,
    /// The quotes of one offer.
    edges: Vec<Edge>,
}

/// What a pool has to do, in order; the numbers are places in the rounds of the batch.
#[derive(Clone, Copy)]
enum Step {
    Observe { round: usize, result: usize },
    Predict { round: usize, offer: usize },
}

/// How an offer is turned into edges and a forecast.
struct Pricer<'a> {
    strategy: &'a Strategy,
    margin_method: MarginMethod,
    market_book: Option<Book>,
}

impl Pools {
    pub fn new(config: &EngineConfig) -> Result<Self, ModelConfigError> {
        let model = config.model.clone();
        let make = move |_: &str| model.as_ref().map(predict::build).transpose();
        make("")?;
        Ok(Self {
            make: Box::new(make),
            margin_method: config.margin_method,
            market_book: config.market_book,
            shared: config.pools.clone(),
            of_league: Vec::new(),
            pools: Vec::new(),
            order: Vec::new(),
            ended: Vec::new(),
        })
    }

    /// How many pools have been met.
    pub fn len(&self) -> usize {
        self.pools.len()
    }

    /// Lets pools that are met from now on have other models.
    pub fn set_models(&mut self, make: MakeModel) {
        self.make = make;
    }

    /// Thinks about each offer of the rounds; what comes out is then asked for, in their order.
    pub fn predict(
        &mut self,
        rounds: &[Round],
        names: &Names,
        strategy: &Strategy,
        index: &mut MatchIndex,
    ) -> Result<(), EngineError> {
        self.plan(rounds, names, index)?;
        let pricer = Pricer {
            strategy,
            margin_method: self.margin_method,
            market_book: self.market_book,
        };
        // a single round, or a single pool, is not worth waking other threads for
        if rounds.len() == 1 || self.pools.len() == 1 {
            return self
                .pools
                .iter_mut()
                .try_for_each(|pool| pool.run(rounds, &pricer));
        }
        let outcomes: Vec<Result<(), EngineError>> = self
            .pools
            .par_iter_mut()
            .map(|pool| pool.run(rounds, &pricer))
            .collect();
        outcomes.into_iter().collect()
    }

    /// The place, if it has one, of the match of the next result; `None` when that match was over before.
    pub fn next_ended(&mut self) -> Option<Option<Slot>> {
        self.ended.pop().flatten()
    }

    /// What is thought of the next offer, with the place of its match, and what one wants to bet on in it.
    pub fn next_thought(&mut self) -> (Option<(Slot, Forecast)>, &[Edge]) {
        let Some((pool, place)) = self.order.pop().flatten() else {
            return (None, &[]);
        };
        let (forecast, wanted) = self.pools[pool].thoughts.next();
        (forecast.map(|forecast| (place, forecast)), wanted)
    }

    /// Hands each pool its steps, and notes which pool predicts each offer, if any, and which results are the first of
    /// their match.
    fn plan(
        &mut self,
        rounds: &[Round],
        names: &Names,
        index: &mut MatchIndex,
    ) -> Result<(), EngineError> {
        self.order.clear();
        self.ended.clear();
        for pool in &mut self.pools {
            // an error may have left some
            pool.steps.clear();
            pool.thoughts.clear();
        }
        for (round, content) in rounds.iter().enumerate() {
            self.plan_round(round, content, names, index)?;
        }
        self.order.reverse();
        self.ended.reverse();
        Ok(())
    }

    fn plan_round(
        &mut self,
        round: usize,
        content: &Round,
        names: &Names,
        index: &mut MatchIndex,
    ) -> Result<(), EngineError> {
        for (result, played) in content.results.iter().enumerate() {
            let ended = index.end(&played.fixture.id, content.time);
            self.ended.push(ended);
            if ended.is_some() {
                let pool = self.pool_of(played.fixture.league, names)?;
                self.pools[pool].steps.push(Step::Observe { round, result });
            }
        }
        for (offer, content) in content.offers.iter().enumerate() {
            let Some(place) = index.offer(&content.fixture.id) else {
                self.order.push(None);
                continue;
            };
            let pool = self.pool_of(content.fixture.league, names)?;
            self.pools[pool].steps.push(Step::Predict { round, offer });
            self.order.push(Some((pool, place)));
        }
        Ok(())
    }

    /// What the pools have learned.
    pub fn save(&self) -> Result<Saved, CheckpointError> {
        self.pools
            .iter()
            .map(|pool| Ok((pool.name.clone(), pool.save()?)))
            .collect()
    }

    /// Makes the pools anew, with models that go on from what was saved.
    pub fn restore(&mut self, pools: Saved) -> Result<(), EngineError> {
        self.of_league.clear();
        self.pools.clear();
        for (name, state) in pools {
            let mut pool = self.pool(name)?;
            match (&mut pool.model, state) {
                (Some(model), Some(state)) => model.restore(&state)?,
                (None, None) => {}
                _ => {
                    return Err(CheckpointError::damaged(
                        "state of an engine",
                        "only one of both has a model",
                    )
                    .into());
                }
            }
            self.pools.push(pool);
        }
        Ok(())
    }

    fn pool(&self, name: String) -> Result<Pool, ModelConfigError> {
        let model = (self.make)(&name)?;
        Ok(Pool {
            name,
            model,
            steps: Vec::new(),
            thoughts: Thoughts::default(),
        })
    }

    /// What would be thought of an offer in a league, without anything being changed: a copy of the model is asked.
    pub fn consult(
        &self,
        offer: &Offer,
        league: &str,
        time: Time,
        strategy: &Strategy,
    ) -> Result<Opinion, EngineError> {
        let name = pool_name(league, &self.shared);
        let mut model = (self.make)(&name)?;
        let known = self
            .pools
            .iter()
            .find(|pool| pool.name == name)
            .and_then(|pool| pool.model.as_ref());
        if let (Some(model), Some(known)) = (&mut model, known) {
            let state = known
                .save()
                .ok_or_else(|| CheckpointError::Unsaved("this model".to_owned()))?;
            model.restore(&state)?;
        }
        let failed = |source| EngineError::Predict {
            league: name.clone(),
            day: schema::format_date(time),
            source,
        };
        let grid = predicted(&mut model, offer, time).map_err(failed)?;
        let pricer = Pricer {
            strategy,
            margin_method: self.margin_method,
            market_book: self.market_book,
        };
        let mut thoughts = Thoughts::default();
        pricer.price(offer, grid.as_ref(), time, &mut thoughts);
        let wanted = thoughts.wanted.edges();
        let edges = thoughts
            .edges
            .iter()
            .map(|edge| (*edge, wanted.contains(edge)))
            .collect();
        Ok(Opinion {
            forecast: thoughts.forecasts.pop().flatten(),
            edges,
        })
    }

    fn pool_of(&mut self, league: LeagueId, names: &Names) -> Result<usize, ModelConfigError> {
        let number = league.0 as usize;
        if let Some(&Some(pool)) = self.of_league.get(number) {
            return Ok(pool);
        }
        let name = pool_name(names.league(league), &self.shared);
        let pool = match self.pools.iter().position(|pool| pool.name == name) {
            Some(pool) => pool,
            None => {
                let pool = self.pool(name)?;
                self.pools.push(pool);
                self.pools.len() - 1
            }
        };
        if self.of_league.len() <= number {
            self.of_league.resize(number + 1, None);
        }
        self.of_league[number] = Some(pool);
        Ok(pool)
    }
}

/// The pool that a league belongs to: the leagues it shares a model with, joined by `+`, or itself.
///
/// ```
/// let shared = [vec!["E0".to_owned(), "E1".to_owned()]];
/// assert_eq!(simbet::engine::pool_name("E1", &shared), "E0+E1");
/// assert_eq!(simbet::engine::pool_name("SP1", &shared), "SP1");
/// ```
pub fn pool_name(league: &str, shared: &[Vec<String>]) -> String {
    let pool = shared
        .iter()
        .find(|leagues| leagues.iter().any(|other| other == league));
    pool.map_or_else(|| league.to_owned(), |leagues| leagues.join("+"))
}

impl Pool {
    fn save(&self) -> Result<Option<Vec<u8>>, CheckpointError> {
        let Some(model) = &self.model else {
            return Ok(None);
        };
        model
            .save()
            .map(Some)
            .ok_or_else(|| CheckpointError::Unsaved(format!("the model of {}", self.name)))
    }

    fn run(&mut self, rounds: &[Round], pricer: &Pricer<'_>) -> Result<(), EngineError> {
        for step in self.steps.drain(..) {
            match step {
                Step::Observe { round, result } => {
                    if let Some(model) = &mut self.model {
                        model.observe(&rounds[round].results[result]);
                    }
                }
                Step::Predict { round, offer } => {
                    let (time, offer) = (rounds[round].time, &rounds[round].offers[offer]);
                    let grid = predicted(&mut self.model, offer, time).map_err(|source| {
                        EngineError::Predict {
                            league: self.name.clone(),
                            day: schema::format_date(time),
                            source,
                        }
                    })?;
                    pricer.price(offer, grid.as_ref(), time, &mut self.thoughts);
                }
            }
        }
        Ok(())
    }
}

fn predicted(
    model: &mut Option<Box<dyn Predictor>>,
    offer: &Offer,
    now: Time,
) -> Result<Option<ScoreGrid>, PredictError> {
    model
        .as_mut()
        .map_or(Ok(None), |model| model.predict(offer, now))
}

impl Thoughts {
    fn clear(&mut self) {
        self.forecasts.clear();
        self.wanted.clear();
        self.asked = 0;
    }

    fn next(&mut self) -> (Option<Forecast>, &[Edge]) {
        let number = self.asked;
        self.asked += 1;
        (
            self.forecasts.get_mut(number).and_then(Option::take),
            self.wanted.of_match(number),
        )
    }
}

impl Pricer<'_> {
    fn price(&self, offer: &Offer, grid: Option<&ScoreGrid>, time: Time, thoughts: &mut Thoughts) {
        let Thoughts {
            forecasts,
            wanted,
            edges,
            ..
        } = thoughts;
        edges.clear();
        self.strategy.edges(offer, grid, edges);
        self.strategy.select(edges, wanted);
        forecasts.push(grid.map(|grid| Forecast {
            fixture: Arc::clone(&offer.fixture),
            time,
            state: offer.state,
            model: grid.outcomes(),
            expected_goals: grid.expected_goals(),
            market: self.market_view(offer, edges),
        }));
    }

    /// What the market thinks: the 1X2 prices of the market book, or else those bets are struck at, freed of
    /// their margin.
    fn market_view(&self, offer: &Offer, edges: &[Edge]) -> Option<[f64; 3]> {
        let of_book = |selection| {
            let named = |quote: &&Quote| {
                Some(quote.book) == self.market_book && quote.selection == selection
            };
            match self.market_book {
                Some(_) => offer.quotes.iter().find(named),
                None => edges
                    .iter()
                    .map(|edge| &edge.quote)
                    .find(|quote| quote.selection == selection),
            }
        };
        let odds = [
            of_book(Selection::HOME)?,
            of_book(Selection::DRAW)?,
            of_book(Selection::AWAY)?,
        ]
        .map(|quote| quote.odds.decimal());
        predict::margin::fair_of(odds, self.margin_method).ok()
    }
}
