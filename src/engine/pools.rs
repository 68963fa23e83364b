//! Pools of leagues: each has a model of its own, and they predict in parallel.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::AtomicBool;

use rayon::prelude::*;

use super::config::EngineConfig;
use super::error::EngineError;
use super::knowledge::Knowledge;
use super::pool::Pool;
use super::predictions::{KnownMatch, Predictions, ResultOf, Step};
use super::price_pool::PricePool;
use super::pricer::{AssessedOffer, Assessment, Pricer};
use crate::checkpoint::CheckpointError;
use crate::domain::{LeagueId, Match, Names, Offer, Round, Time};
use crate::match_index::MatchIndex;
use crate::predict::{self, ModelConfigError, Predictor};

/// Makes the model of a pool, which is named by its leagues.
pub type MakeModel =
    Box<dyn Fn(&str) -> Result<Option<Box<dyn Predictor>>, ModelConfigError> + Send>;

/// The pools in the order in which they were met, each with what it has seen, and the state of its model, if it has one.
pub type Saved = Vec<(String, Knowledge, Option<Vec<u8>>)>;

/// Rounds that are processed together.
#[derive(Clone, Copy)]
pub struct Batch<'a> {
    pub rounds: &'a [Round],
    pub names: &'a Names,
    pub stop: &'a AtomicBool,
}

/// Every pool that has had a match so far.
pub struct Pools {
    make: MakeModel,
    /// The leagues of each pool that is named in the settings.
    shared: Vec<Vec<String>>,
    /// Whether there is a single pool, because the model is one for all leagues.
    is_one: bool,
    /// The pool of each league, by the league's number.
    of_league: Vec<Option<usize>>,
    pools: Vec<Pool>,
    /// The position of each pool, by name.
    by_name: HashMap<String, usize>,
}

impl Pools {
    pub fn new(config: &EngineConfig) -> Result<Self, ModelConfigError> {
        let model = config.model.clone();
        let make: MakeModel = Box::new(move |pool: &str| {
            model
                .as_ref()
                .map(|model| predict::build(pool, model))
                .transpose()
        });
        if let Some(model) = &config.model {
            model.validate()?;
        }
        let mut pools = Self {
            make,
            shared: config.shared_pools(),
            is_one: config.has_one_pool(),
            of_league: Vec::new(),
            pools: Vec::new(),
            by_name: HashMap::new(),
        };
        pools.begin();
        Ok(pools)
    }

    /// Makes the only pool before there is a match, so that questions have something to be asked of.
    fn begin(&mut self) {
        self.pools.clear();
        self.by_name.clear();
        if self.is_one {
            // an error comes again with the first match
            let _ = self.pool_named(EVERY_LEAGUE.to_owned());
        }
    }

    /// The number of pools so far.
    pub fn len(&self) -> usize {
        self.pools.len()
    }

    /// Sets the maker of the models of pools that follow.
    pub fn set_models(&mut self, make: MakeModel) {
        self.make = make;
        self.begin();
    }

    /// Wraps the models of pools that follow.
    pub fn wrap_models(
        &mut self,
        wrap: impl Fn(&str, Box<dyn Predictor>) -> Box<dyn Predictor> + Send + 'static,
    ) {
        let never: MakeModel = Box::new(|_| Ok(None));
        let make = std::mem::replace(&mut self.make, never);
        self.make = Box::new(move |pool| Ok(make(pool)?.map(|model| wrap(pool, model))));
        self.begin();
    }

    /// Fills empty predictions: the matches of the rounds, and the models' predictions.
    pub fn predict(
        &mut self,
        batch: Batch<'_>,
        pricer: &Pricer<'_>,
        matches: &mut MatchIndex<KnownMatch>,
        predictions: &mut Predictions,
    ) -> Result<(), EngineError> {
        for number in 0..batch.rounds.len() {
            self.plan(number, batch, matches, predictions)?;
        }
        self.run(batch, pricer, predictions)
    }

    /// The same where forecasts are pooled with prices: part by part, with other weights in each.
    pub fn predict_pooled(
        &mut self,
        batch: Batch<'_>,
        pricer: &Pricer<'_>,
        matches: &mut MatchIndex<KnownMatch>,
        predictions: &mut Predictions,
        price_pool: &mut PricePool,
    ) -> Result<(), EngineError> {
        let mut from = 0;
        while let Some(first) = batch.rounds.get(from) {
            let end = price_pool.end_of_segment(batch.rounds, from);
            for number in from..end {
                self.plan(number, batch, matches, predictions)?;
            }
            let earlier = &batch.rounds[..from];
            // what is known at the first instant counts for the weights of that instant
            price_pool.learn_results(first, predictions.after(earlier).split_off(first), matches);
            price_pool.advance(first);
            let pricer = pricer.pooling(price_pool.weights());
            self.run(batch, &pricer, predictions)?;
            let (rest, pools) = predictions.known(earlier);
            price_pool.learn(&batch.rounds[from..end], rest, pools, matches);
            from = end;
        }
        Ok(())
    }

    /// Lets the models take the steps that were planned.
    fn run(
        &mut self,
        batch: Batch<'_>,
        pricer: &Pricer<'_>,
        predictions: &mut Predictions,
    ) -> Result<(), EngineError> {
        let Batch {
            rounds,
            names,
            stop,
        } = batch;
        // a single round, or a single pool, is not worth waking other threads for
        if rounds.len() == 1 || self.pools.len() == 1 {
            return self
                .pools
                .iter_mut()
                .zip(predictions.pools())
                .try_for_each(|(pool, batch)| pool.run(rounds, names, pricer, batch, stop));
        }
        let outcomes: Vec<Result<(), EngineError>> = self
            .pools
            .par_iter_mut()
            .zip(predictions.pools())
            .map(|(pool, batch)| pool.run(rounds, names, pricer, batch, stop))
            .collect();
        outcomes.into_iter().collect()
    }

    /// Looks up the matches of a round, and hands each pool its steps.
    fn plan(
        &mut self,
        number: usize,
        Batch { rounds, names, .. }: Batch<'_>,
        matches: &mut MatchIndex<KnownMatch>,
        predictions: &mut Predictions,
    ) -> Result<(), EngineError> {
        let round = &rounds[number];
        for (result, played) in round.results.iter().enumerate() {
            let new = end(matches, played, round.time);
            let step = new
                .as_ref()
                .and_then(|new| learning(number, result, played, new));
            if let Some(step) = step {
                let pool = self.pool_of(played.fixture.league, names)?;
                predictions.pool(pool).steps.push(step);
            }
            predictions.add_result(new);
        }
        for (lesson, Offer { fixture, .. }) in round.lessons.iter().enumerate() {
            let slot = matches.intern(&fixture.id);
            if matches.is_over(slot) {
                predictions.add_late_lesson();
                continue;
            }
            let pool = self.pool_of(fixture.league, names)?;
            predictions.add_lesson(slot, pool, number, lesson);
        }
        for (offer, Offer { fixture, .. }) in round.offers.iter().enumerate() {
            let slot = matches.intern(&fixture.id);
            if matches.is_over(slot) {
                predictions.add_late_offer();
                continue;
            }
            let pool = self.pool_of(fixture.league, names)?;
            predictions.add_offer(slot, pool, number, offer);
        }
        for close in &round.closes {
            predictions.add_close(matches.find(&close.fixture.id));
        }
        Ok(())
    }

    /// The state of every pool.
    pub fn save(&self) -> Result<Saved, CheckpointError> {
        self.pools
            .iter()
            .map(|pool| Ok((pool.name.clone(), pool.knowledge.clone(), pool.save()?)))
            .collect()
    }

    /// Makes the pools anew, with models restored from their saved states.
    pub fn restore(&mut self, pools: Saved) -> Result<(), EngineError> {
        self.of_league.clear();
        self.pools.clear();
        self.by_name.clear();
        for (name, knowledge, state) in pools {
            let mut pool = self.pool(name)?;
            pool.restore(knowledge, state)?;
            self.add(pool);
        }
        Ok(())
    }

    fn pool(&self, name: String) -> Result<Pool, ModelConfigError> {
        let model = (self.make)(&name)?;
        Ok(Pool::new(name, model))
    }

    /// Assesses an offer with a copy of the model, so that nothing changes.
    pub fn assess(
        &self,
        offer: &Offer,
        names: &Names,
        time: Time,
        pricer: &Pricer<'_>,
    ) -> Result<Assessment, EngineError> {
        let league = names.league(offer.fixture.league);
        let mut pool = self.copy(self.name_of(league))?;
        pool.meet(offer.fixture.league, league);
        let alone = Round::default();
        let (least, never) = (pricer.least_matches(), AtomicBool::new(false));
        pool.ask(&mut [offer].into_iter(), time, names, &never)?;
        let opinion = pool.predict(offer, time, &alone, names, least, &never)?;
        Ok(pricer.assess(offer, &opinion, time))
    }

    /// The offers of a round, priced with copies of the models, so that nothing changes.
    pub fn explain(
        &self,
        round: &Round,
        names: &Names,
        pricer: &Pricer<'_>,
    ) -> Result<Vec<AssessedOffer>, EngineError> {
        let mut copies: BTreeMap<String, Pool> = BTreeMap::new();
        let mut explained = Vec::with_capacity(round.offers.len());
        let (least, never) = (pricer.least_matches(), AtomicBool::new(false));
        let pool_of = |offer: &Offer| self.name_of(names.league(offer.fixture.league));
        for offer in &round.offers {
            let name = pool_of(offer);
            let pool = match copies.entry(name.clone()) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => {
                    let mut copy = self.copy(name.clone())?;
                    let mut of_pool = round.offers.iter().filter(|other| pool_of(other) == name);
                    copy.ask(&mut of_pool, round.time, names, &never)?;
                    new.insert(copy)
                }
            };
            let league = offer.fixture.league;
            pool.meet(league, names.league(league));
            let opinion = pool.predict(offer, round.time, round, names, least, &never)?;
            explained.push(pricer.explain(offer, opinion.opinion));
        }
        Ok(explained)
    }

    /// The name of the pool that a league belongs to.
    fn name_of(&self, league: &str) -> String {
        if self.is_one {
            EVERY_LEAGUE.to_owned()
        } else {
            pool_name(league, &self.shared)
        }
    }

    /// A copy of the pool of this name; a new one if it has not been met.
    fn copy(&self, name: String) -> Result<Pool, EngineError> {
        let known = self.by_name.get(&name).map(|&place| &self.pools[place]);
        if let Some(copy) = known.and_then(Pool::copy) {
            return Ok(copy);
        }
        let mut copy = self.pool(name)?;
        if let Some(known) = known {
            copy.restore(known.knowledge.clone(), known.save()?)?;
        }
        Ok(copy)
    }

    fn pool_of(&mut self, league: LeagueId, names: &Names) -> Result<usize, ModelConfigError> {
        let number = league.0 as usize;
        if let Some(&Some(pool)) = self.of_league.get(number) {
            return Ok(pool);
        }
        let name = names.league(league);
        let pool = self.pool_named(self.name_of(name))?;
        self.pools[pool].meet(league, name);
        if self.of_league.len() <= number {
            self.of_league.resize(number + 1, None);
        }
        self.of_league[number] = Some(pool);
        Ok(pool)
    }

    /// The position of the pool of this name, new or known.
    fn pool_named(&mut self, name: String) -> Result<usize, ModelConfigError> {
        if let Some(&known) = self.by_name.get(&name) {
            return Ok(known);
        }
        let pool = self.pool(name)?;
        self.add(pool);
        Ok(self.pools.len() - 1)
    }

    fn add(&mut self, pool: Pool) {
        // a saved state may name a pool twice: the first one counts
        let place = self.pools.len();
        self.by_name.entry(pool.name.clone()).or_insert(place);
        self.pools.push(pool);
    }
}

/// The pool of a model that is one for all leagues.
const EVERY_LEAGUE: &str = "any league";

impl EngineConfig {
    /// The name of the pool that a league belongs to.
    pub(crate) fn pool_of(&self, league: &str) -> String {
        if self.has_one_pool() {
            EVERY_LEAGUE.to_owned()
        } else {
            pool_name(league, &self.shared_pools())
        }
    }

    /// The leagues that share a model: those of the settings and, where the model follows teams from division to division, those
    /// of each nation.
    pub(crate) fn shared_pools(&self) -> Vec<Vec<String>> {
        let mut shared = self.pools.clone();
        if self.model.as_ref().is_some_and(|it| it.kind.is_filter()) {
            shared.extend(predict::nations(&self.pools));
        }
        shared
    }

    fn has_one_pool(&self) -> bool {
        let model = self.model.as_ref();
        model.is_some_and(|model| model.kind.is_one_for_all_leagues())
    }
}

/// Notes what became of a match; `None` when that is known already.
fn end(matches: &mut MatchIndex<KnownMatch>, played: &Match, time: Time) -> Option<ResultOf> {
    let slot = matches.intern(&played.fixture.id);
    matches.end(slot, time);
    let known = &mut matches.get_or_default(slot).result;
    if known
        .as_ref()
        .is_some_and(|known| says_nothing(known, played))
    {
        return None;
    }
    let before = known.replace(played.clone());
    Some(ResultOf { slot, before })
}

/// Whether what is known of a match says all that comes again: score and status, and what was counted, where that comes too.
fn says_nothing(known: &Match, again: &Match) -> bool {
    let is_counted = again.statistics.is_none() || again.statistics == known.statistics;
    known.is_same_result(again) && is_counted
}

/// What a model has to do about a result that is new; nothing where there was none before and is none now.
fn learning(round: usize, result: usize, played: &Match, new: &ResultOf) -> Option<Step> {
    match &new.before {
        Some(before) if before.status.has_result() => Some(Step::Revise {
            round,
            result,
            before: before.clone(),
        }),
        Some(_) | None => played
            .status
            .has_result()
            .then_some(Step::Observe { round, result }),
    }
}

/// The pool that a league belongs to: the leagues it shares a model with, joined by `+`, or itself.
///
/// ```
/// let shared = [vec!["E0".to_owned(), "E1".to_owned()]];
/// assert_eq!(simbet::internals::engine::pool_name("E1", &shared), "E0+E1");
/// assert_eq!(simbet::internals::engine::pool_name("SP1", &shared), "SP1");
/// ```
pub fn pool_name(league: &str, shared: &[Vec<String>]) -> String {
    let pool = shared
        .iter()
        .find(|leagues| leagues.iter().any(|other| other == league));
    pool.map_or_else(|| league.to_owned(), |leagues| leagues.join("+"))
}
