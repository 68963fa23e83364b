//! Pools of leagues: each has a model of its own, and they predict in parallel.

use std::collections::HashSet;
use std::sync::Arc;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::{EngineConfig, EngineError};
use crate::domain::{Book, Edge, Forecast, LeagueId, Names, Offer, Quote, Round, ScoreGrid, Selection, Time};
use crate::predict::{self, MarginMethod, ModelConfigError, PredictError, Predictor};
use crate::strategy::Strategy;
use crate::wire;

/// What is thought of an offer.
#[derive(Debug, Default)]
pub struct Priced {
    /// The quotes one could bet at, with what the model makes of them.
    pub edges: Vec<Edge>,
    /// The model's opinion, if it has one.
    pub forecast: Option<Forecast>,
}

/// Makes the model of a pool, which is named by its leagues.
pub type MakeModel = Box<dyn Fn(&str) -> Result<Option<Box<dyn Predictor>>, ModelConfigError> + Send>;

/// What a batch of rounds amounts to.
pub struct Thoughts {
    /// What is thought of each offer, in order.
    pub priced: Vec<Priced>,
    /// Whether each result, in order, is the first of its match.
    pub fresh: Vec<bool>,
}

/// Every pool met so far.
pub struct Pools {
    make: MakeModel,
    margin_method: MarginMethod,
    market_book: Option<Book>,
    shared: Vec<Vec<String>>,
    /// The pool of each league, by the league's number.
    of_league: Vec<Option<usize>>,
    /// Matches whose result has been observed: a second result, or a late price, is nothing new.
    finished: HashSet<Arc<str>, FixedState>,
    pools: Vec<Pool>,
}

struct Pool {
    name: String,
    model: Option<Box<dyn Predictor>>,
    steps: Vec<Step>,
    priced: Vec<Priced>,
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
            finished: HashSet::default(),
            pools: Vec::new(),
        })
    }

    /// Lets pools that are met from now on have other models.
    pub fn set_models(&mut self, make: MakeModel) {
        self.make = make;
    }

    /// What is thought of each offer of the rounds, in their order.
    pub fn predict(&mut self, rounds: &[Round], names: &Names, strategy: &Strategy) -> Result<Thoughts, EngineError> {
        let (order, fresh) = self.plan(rounds, names)?;
        let pricer = Pricer { strategy, margin_method: self.margin_method, market_book: self.market_book };
        // a single round is not worth waking other threads for
        let minimum = if rounds.len() > 1 { 1 } else { usize::MAX };
        let outcomes: Vec<Result<(), EngineError>> =
            self.pools.par_iter_mut().with_min_len(minimum).map(|pool| pool.run(rounds, &pricer)).collect();
        outcomes.into_iter().collect::<Result<(), _>>()?;
        let mut parts: Vec<_> = self.pools.iter_mut().map(|pool| pool.priced.drain(..)).collect();
        let priced =
            order.into_iter().map(|pool| pool.and_then(|pool| parts[pool].next()).unwrap_or_default()).collect();
        Ok(Thoughts { priced, fresh })
    }

    /// Hands each pool its steps; answers which pool predicts each offer, if any, and which results are the first of
    /// their match.
    fn plan(&mut self, rounds: &[Round], names: &Names) -> Result<(Vec<Option<usize>>, Vec<bool>), EngineError> {
        let (mut order, mut fresh) = (Vec::new(), Vec::new());
        for pool in &mut self.pools {
            // what an error may have left
            pool.steps.clear();
            pool.priced.clear();
        }
        for (round, content) in rounds.iter().enumerate() {
            for (result, played) in content.results.iter().enumerate() {
                let is_fresh = self.finished.insert(Arc::clone(&played.fixture.id));
                fresh.push(is_fresh);
                if !is_fresh {
                    continue;
                }
                let pool = self.pool_of(played.fixture.league, names)?;
                self.pools[pool].steps.push(Step::Observe { round, result });
            }
            for (offer, content) in content.offers.iter().enumerate() {
                if self.finished.contains(&content.fixture.id) {
                    order.push(None);
                    continue;
                }
                let pool = self.pool_of(content.fixture.league, names)?;
                self.pools[pool].steps.push(Step::Predict { round, offer });
                order.push(Some(pool));
            }
        }
        Ok((order, fresh))
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
                let model = (self.make)(&name)?;
                self.pools.push(Pool { name, model, steps: Vec::new(), priced: Vec::new() });
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
    let pool = shared.iter().find(|leagues| leagues.iter().any(|other| other == league));
    pool.map_or_else(|| league.to_owned(), |leagues| leagues.join("+"))
}

impl Pool {
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
                    let grid = predicted(&mut self.model, offer, time).map_err(|source| EngineError::Predict {
                        league: self.name.clone(),
                        day: wire::format_date(time),
                        source,
                    })?;
                    self.priced.push(pricer.price(offer, grid.as_ref(), time));
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
    model.as_mut().map_or(Ok(None), |model| model.predict(offer, now))
}

impl Pricer<'_> {
    fn price(&self, offer: &Offer, grid: Option<&ScoreGrid>, time: Time) -> Priced {
        let mut edges = Vec::new();
        self.strategy.edges(offer, grid, &mut edges);
        let forecast = grid.map(|grid| Forecast {
            fixture: Arc::clone(&offer.fixture),
            time,
            state: offer.state,
            model: grid.outcomes(),
            expected_goals: grid.expected_goals(),
            market: self.market_view(offer, &edges),
        });
        Priced { edges, forecast }
    }

    /// What the market thinks: the 1X2 prices of the market book, or else those bets are struck at, freed of
    /// their margin.
    fn market_view(&self, offer: &Offer, edges: &[Edge]) -> Option<[f64; 3]> {
        let of_book = |selection| {
            let named = |quote: &&Quote| Some(quote.book) == self.market_book && quote.selection == selection;
            match self.market_book {
                Some(_) => offer.quotes.iter().find(named),
                None => edges.iter().map(|edge| &edge.quote).find(|quote| quote.selection == selection),
            }
        };
        let odds = [of_book(Selection::HOME)?, of_book(Selection::DRAW)?, of_book(Selection::AWAY)?]
            .map(|quote| quote.odds.decimal());
        predict::margin::fair(&odds, self.margin_method).ok()?.try_into().ok()
    }
}
