//! The fold: rounds in, ledger entries out.
//!
//! For each round the engine settles the results and lets the models observe them, predicts every offered
//! match, sizes the whole slate together and places or refuses, then notes the closing prices. It opens no
//! file, reads no clock, draws no random number and prints nothing.
//!
//! Predictions do not depend on the bankroll, so [`Engine::process`] may be handed many rounds at once: the
//! pools of leagues predict all of them in parallel, then the money moves round by round. The entries are
//! the same, to the byte, however the rounds are cut into batches.

mod bets;
mod closing;
mod config;
mod error;
mod fair;
mod knowledge;
mod pool;
mod pooled;
mod pools;
mod predictions;
mod price_pool;
mod pricer;

use std::cell::LazyCell;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::checkpoint::{self, CheckpointError};
use crate::domain::{BetIds, Entry, Match, MatchState, Names, Offer, Round, Time, Withheld};
use crate::ledger::Ledger;
use crate::match_index::{MatchIndex, Slot};
use crate::metrics::{PricePoolSummary, Summary};
use crate::predict::Predictor;
use crate::strategy::{BankrollHistory, Decision, Slate, Staking, Strategy};
use bets::RoundBets;
pub(crate) use closing::of_quote as closing_of_quote;
pub use config::{EngineConfig, PoolWith};
pub use error::EngineError;
pub(crate) use fair::probability as fair_probability;
pub use pools::pool_name;
use pools::{Batch, Pools};
pub(crate) use predictions::Predictions;
use predictions::{KnownMatch, PoolPredictions, PredictedOffer, ResultOf, RoundMatches};
use price_pool::PricePool;
pub(crate) use pricer::AssessedOffer;
pub use pricer::Assessment;
use pricer::Pricer;

/// Models, strategy and ledger, joined into the fold.
///
/// ```
/// use simbet::{Engine, Names, Round, RunConfig, Settings};
/// let config = RunConfig::resolve(&Settings::default()).unwrap();
/// let mut engine = Engine::new(&config.engine).unwrap();
/// let mut entries = Vec::new();
/// engine.process(&[Round::default()], &Names::default(), &mut entries).unwrap();
/// assert!(entries.is_empty()); // nothing happens in an empty round
/// assert_eq!(engine.ledger().bankroll().balance().units(), 10_000.0);
/// ```
pub struct Engine {
    pools: Pools,
    strategy: Strategy,
    ledger: Ledger,
    /// The remembered matches.
    matches: MatchIndex<KnownMatch>,
    /// A buffer for the edges of one round that pass the filters, a group for each offer.
    slate: Slate,
    /// A buffer for the strategy's decision on each of them.
    decisions: Vec<Decision>,
    /// Empty predictions, whose buffers serve the next batch.
    spare: Predictions,
    /// Whether forecasts have the prices that they were made for.
    keeps_prices: bool,
    /// Whether forecasts have more than a summary needs.
    keeps_details: bool,
    /// What the weights of a pool with the price are learned from; `None` where forecasts are the model's own.
    price_pool: Option<PricePool>,
    config: EngineConfig,
}

/// The kind of an engine's saved state.
const STATE: &str = "state of an engine";

impl Engine {
    /// An engine that has seen nothing yet.
    ///
    /// # Errors
    /// When a setting is out of range.
    pub fn new(config: &EngineConfig) -> Result<Self, EngineError> {
        let ledger = Ledger::new(config.bankroll, config.strategy.commission.clone())?;
        Ok(Self {
            pools: Pools::new(config)?,
            strategy: Strategy::new(&config.strategy)?,
            ledger: if config.strategy.credit {
                ledger.with_credit()
            } else {
                ledger
            },
            matches: MatchIndex::default(),
            slate: Slate::default(),
            decisions: Vec::new(),
            spare: Predictions::default(),
            keeps_prices: false,
            keeps_details: true,
            price_pool: (!config.pool_with.is_none()).then(PricePool::default),
            config: config.clone(),
        })
    }

    /// Replaces the models by your own. `make` gets the name of the pool: its leagues, joined by `+`.
    #[must_use]
    pub fn with_models(
        mut self,
        make: impl Fn(&str) -> Box<dyn Predictor> + Send + 'static,
    ) -> Self {
        self.pools
            .set_models(Box::new(move |pool| Ok(Some(make(pool)))));
        self
    }

    /// Wraps each model, which is made as without this. `wrap` gets the name of the pool and the model.
    #[must_use]
    pub(crate) fn with_wrapped_models(
        mut self,
        wrap: impl Fn(&str, Box<dyn Predictor>) -> Box<dyn Predictor> + Send + 'static,
    ) -> Self {
        self.pools.wrap_models(wrap);
        self
    }

    /// Replaces the staking rule by your own; filters and caps stay those of the config.
    #[must_use]
    pub fn with_staking(mut self, rule: Box<dyn Staking>) -> Self {
        self.strategy.set_rule(rule);
        self
    }

    /// From now on forecasts have the prices that could be bet at, where that is asked for.
    pub(crate) const fn keep_prices(&mut self, keeps: bool) {
        self.keeps_prices = keeps;
    }

    /// From now on forecasts have what they say beside who wins, and what the market says in play, only where that is asked for.
    pub(crate) const fn keep_details(&mut self, keeps: bool) {
        self.keeps_details = keeps;
    }

    /// What the weights of forecasts that are pooled with the price rest on; `None` where none are.
    pub(crate) fn price_pool(&self) -> Option<PricePoolSummary> {
        self.price_pool.as_ref().map(PricePool::summary)
    }

    /// What the settings of the run say of the figures of its summary.
    pub(crate) fn complete(&self, summary: Summary) -> Summary {
        Summary {
            margin_method: Some(self.config.margin_method),
            pool_with: self.price_pool(),
            ..summary
        }
    }

    /// The bankroll and the open bets.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// How many pools of leagues have been met: what can be predicted in parallel.
    pub fn pools(&self) -> usize {
        self.pools.len()
    }

    /// How many matches are remembered: those that are not over, and those that have not been over for long
    /// ([`Match::REMEMBERED`]). Results and prices of others are of new matches, whatever their ids.
    pub fn remembered(&self) -> usize {
        self.matches.len()
    }

    /// The state on which later entries depend, to the last bit. Your own models and rules are not part of it and have to be
    /// given again.
    ///
    /// # Errors
    /// When a model cannot be saved.
    pub fn save(&self) -> Result<Vec<u8>, CheckpointError> {
        checkpoint::encode(&(
            self.settings()?,
            self.pools.save()?,
            &self.matches,
            self.ledger.save()?,
            &self.price_pool,
        ))
    }

    /// Restores the state that an engine with the same settings saved. After an error the engine must not be used.
    ///
    /// # Errors
    /// When the bytes are no such state, or of an engine with other settings.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<(), EngineError> {
        type Saved = (
            [u8; 32],
            pools::Saved,
            MatchIndex<KnownMatch>,
            Vec<u8>,
            Option<PricePool>,
        );
        let (settings, pools, matches, ledger, price_pool): Saved =
            checkpoint::decode(STATE, bytes)?;
        if settings != self.settings()? {
            let (what, difference) = (
                STATE.to_owned(),
                "other settings of model, strategy or bankroll".to_owned(),
            );
            return Err(CheckpointError::OtherRun { what, difference }.into());
        }
        self.ledger.restore(&ledger, &matches)?;
        self.matches = matches;
        self.price_pool = price_pool;
        self.pools.restore(pools)
    }

    /// A digest of the settings, to tell them apart.
    fn settings(&self) -> Result<[u8; 32], CheckpointError> {
        checkpoint::digest(&self.config)
    }

    /// The forecast and edges of an offer, as of now. Nothing is bet, and later entries do not depend on this call.
    ///
    /// # Errors
    /// When a model fails, or is one of your own that cannot be saved.
    pub fn assess(
        &self,
        offer: &Offer,
        names: &Names,
        time: Time,
    ) -> Result<Assessment, EngineError> {
        let pricer = self.pricer(time);
        self.pools.assess(offer, names, time, &pricer)
    }

    /// The offers of a round that was processed last, in order, each with every edge. Nothing is bet, and later entries do not
    /// depend on this call.
    ///
    /// # Errors
    /// As [`Self::assess`].
    pub(crate) fn explain(
        &self,
        round: &Round,
        names: &Names,
    ) -> Result<Vec<AssessedOffer>, EngineError> {
        self.pools.explain(round, names, &self.pricer(round.time))
    }

    /// Prices offers as of a time.
    fn pricer(&self, time: Time) -> Pricer<'_> {
        let pricer = Pricer::new(&self.strategy, &self.config);
        match &self.price_pool {
            Some(price_pool) => pricer.pooling(price_pool.weights_at(time)),
            None => pricer,
        }
    }

    /// Processes rounds in order of time, and appends their entries.
    ///
    /// # Errors
    /// When a model fails; nothing of these rounds is then in the ledger.
    pub fn process(
        &mut self,
        rounds: &[Round],
        names: &Names,
        entries: &mut Vec<Entry>,
    ) -> Result<(), EngineError> {
        let predictions = self.predict(rounds, names, &AtomicBool::new(false))?;
        self.decide(rounds, predictions, entries);
        Ok(())
    }

    /// The first half of processing: the matches of the rounds, and the models' predictions, unless `stop` is raised.
    pub(crate) fn predict(
        &mut self,
        rounds: &[Round],
        names: &Names,
        stop: &AtomicBool,
    ) -> Result<Predictions, EngineError> {
        let mut predictions = std::mem::take(&mut self.spare);
        let pricer = Pricer::new(&self.strategy, &self.config)
            .keeping_prices(self.keeps_prices)
            .keeping_details(self.keeps_details);
        let batch = Batch {
            rounds,
            names,
            stop,
        };
        let (pools, slots) = (&mut self.pools, &mut self.matches);
        match &mut self.price_pool {
            Some(pool) => pools.predict_pooled(batch, &pricer, slots, &mut predictions, pool)?,
            None => pools.predict(batch, &pricer, slots, &mut predictions)?,
        }
        Ok(predictions)
    }

    /// The second half: decides with the predictions for the same rounds, and appends the entries.
    pub(crate) fn decide(
        &mut self,
        rounds: &[Round],
        mut predictions: Predictions,
        entries: &mut Vec<Entry>,
    ) {
        let (mut rest, pools) = predictions.parts();
        for round in rounds {
            let matches = rest.split_off(round);
            self.decide_round(round, matches, pools, entries);
        }
        // only now: earlier rounds of the batch may still refer to a match that is forgotten at its end
        self.matches
            .reuse_forgotten(|slot| self.ledger.forget(slot));
        self.spare = predictions.cleared();
    }

    fn decide_round(
        &mut self,
        round: &Round,
        matches: RoundMatches<'_>,
        pools: &mut [PoolPredictions],
        entries: &mut Vec<Entry>,
    ) {
        self.settle(round, matches.results, entries);
        self.collect(round, matches.offers, pools, entries);
        self.stake(round, matches.offers, pools, entries);
        self.close(round, matches.closes);
        entries.extend(self.ledger.end_round(round.time));
    }

    fn settle(&mut self, round: &Round, known: &[Option<ResultOf>], entries: &mut Vec<Entry>) {
        for (played, known) in round.results.iter().zip(known) {
            match known {
                Some(ResultOf { slot, before: None }) => {
                    self.settle_match(played, *slot, round.time, entries);
                }
                // only what else was counted is new, which is for models alone
                Some(ResultOf {
                    before: Some(before),
                    ..
                }) if before.is_same_result(played) => {}
                Some(ResultOf {
                    slot,
                    before: Some(before),
                }) => self.correct_match(before, played, *slot, round.time, entries),
                None => {}
            }
        }
    }

    fn settle_match(&mut self, played: &Match, slot: Slot, time: Time, entries: &mut Vec<Entry>) {
        let has_result = played.status.has_result();
        if has_result {
            entries.push(Entry::Played(played.clone()));
        }
        self.ledger.settle(slot, played, time, entries);
        let known = self.matches.get(slot).filter(|_| has_result);
        if let Some(forecast) = known.and_then(|known| known.forecast.as_ref()) {
            entries.push(Entry::Scored {
                forecast: forecast.clone(),
                score: played.score,
            });
        }
    }

    fn correct_match(
        &mut self,
        before: &Match,
        after: &Match,
        slot: Slot,
        time: Time,
        entries: &mut Vec<Entry>,
    ) {
        let known = self.matches.get(slot);
        entries.push(Entry::Revised {
            before: before.clone(),
            after: after.clone(),
            forecast: known.and_then(|known| known.forecast.clone()),
        });
        self.ledger.settle(slot, after, time, entries);
    }

    /// Collects the edges of the round that pass the filters, and stores its forecasts.
    fn collect(
        &mut self,
        round: &Round,
        predicted: &[Option<PredictedOffer>],
        pools: &mut [PoolPredictions],
        entries: &mut Vec<Entry>,
    ) {
        self.slate.clear();
        for (offer, predicted) in round.offers.iter().zip(predicted) {
            let Some(predicted) = predicted else {
                self.slate.next_match();
                continue;
            };
            let (priced, edges) = predicted.find(pools);
            self.slate.add_match(edges);
            entries.extend(priced.withheld.map(|withheld| entry_of(offer, withheld)));
            if let Some(forecast) = priced.forecast.take() {
                if offer.state == MatchState::default() {
                    let known = self.matches.get_or_default(predicted.slot);
                    known.forecast = Some(forecast.clone());
                }
                entries.push(Entry::Predicted(forecast));
            }
        }
    }

    /// Sizes the whole slate together, and places or refuses.
    fn stake(
        &mut self,
        round: &Round,
        predicted: &[Option<PredictedOffer>],
        pools: &[PoolPredictions],
        entries: &mut Vec<Entry>,
    ) {
        let Self {
            strategy,
            slate,
            ledger,
            decisions,
            config,
            ..
        } = self;
        let history = BankrollHistory {
            initial: ledger.initial(),
            peak: ledger.peak(),
        };
        strategy.size(slate, ledger.bankroll(), history, decisions);
        let mut decisions = decisions.iter();
        let mut bets = RoundBets::new(round.time, strategy, config);
        let offers = round.offers.iter().zip(predicted).zip(slate.matches());
        for ((offer, predicted), edges) in offers {
            let Some(predicted) = predicted.filter(|_| !edges.is_empty()) else {
                continue;
            };
            predicted
                .market(pools)
                .inspect(|known| bets.remember(*known));
            let ids = LazyCell::new(|| BetIds::of_match(&offer.fixture));
            for (edge, decision) in edges.iter().zip(decisions.by_ref()) {
                let (stake, refusal) = match *decision {
                    Decision::Pass => continue,
                    Decision::Place(stake) => (stake, None),
                    Decision::Refuse(reason, stake) => (stake, Some(reason)),
                };
                let bet = bets.bet(offer, &ids, edge, stake);
                entries.push(match refusal {
                    None => ledger.place(predicted.slot, bet),
                    Some(reason) => Entry::Refused { bet, reason },
                });
            }
        }
    }

    /// Notes on the open bets what the closing prices say of them.
    fn close(&mut self, round: &Round, slots: &[Option<Slot>]) {
        let method = self.config.margin_method;
        for (Offer { quotes, .. }, slot) in round.closes.iter().zip(slots) {
            if let Some(slot) = *slot {
                self.ledger
                    .close(slot, |bet| closing::closing(bet, quotes, method));
            }
        }
    }
}

/// The entry of a match on which no bet is considered.
fn entry_of(offer: &Offer, (reason, edges): (Withheld, u64)) -> Entry {
    Entry::Withheld {
        fixture: Arc::clone(&offer.fixture),
        state: offer.state,
        reason,
        edges,
    }
}
