//! The fold: rounds in, ledger entries out.
//!
//! For each round the engine settles the results and lets the models observe them, predicts every offered
//! match, sizes the whole slate together and places or refuses, then notes the closing prices. It opens no
//! file, reads no clock, draws no random number and prints nothing.
//!
//! Predictions do not depend on the bankroll, so [`Engine::process`] may be handed many rounds at once: the
//! pools of leagues predict all of them in parallel, then the money moves round by round. The entries are
//! the same, to the byte, however the rounds are cut into batches.

mod config;
mod error;
mod fair;
mod pools;

use std::sync::Arc;

use crate::checkpoint::{self, CheckpointError};
use crate::domain::{
    Bet, BetId, Edge, Entry, Forecast, Match, MatchState, Names, Offer, Refusal, Round, Time,
};
use crate::ledger::Ledger;
use crate::match_index::{MatchIndex, Slot};
use crate::predict::Predictor;
use crate::strategy::{Decision, Slate, Staking, Strategy};
pub use config::EngineConfig;
pub use error::EngineError;
use pools::Pools;
pub use pools::pool_name;

/// What would be thought of an offer, and made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Opinion {
    /// What the model thinks; `None` when it has no opinion, or there is none.
    pub forecast: Option<Forecast>,
    /// What the prices that may be bet at are worth, each with whether it passes the filters.
    pub edges: Vec<(Edge, bool)>,
}

/// Models, strategy and ledger, and what lies between them.
pub struct Engine {
    pools: Pools,
    strategy: Strategy,
    ledger: Ledger,
    index: MatchIndex,
    slate: Slate,
    /// Where in the round the match is, for each edge that passed the filters.
    candidates: Vec<usize>,
    decisions: Vec<Decision>,
    config: EngineConfig,
}

/// What bytes of an engine's state are.
const STATE: &str = "state of an engine";

impl Engine {
    /// An engine that has seen nothing yet.
    ///
    /// # Errors
    /// When a setting is out of range.
    pub fn new(config: &EngineConfig) -> Result<Self, EngineError> {
        Ok(Self {
            pools: Pools::new(config)?,
            strategy: Strategy::new(&config.strategy)?,
            ledger: Ledger::new(config.bankroll, config.strategy.commission)?,
            index: MatchIndex::default(),
            slate: Slate::default(),
            candidates: Vec::new(),
            decisions: Vec::new(),
            config: config.clone(),
        })
    }

    /// The same with models of your own: `make` is told the pool (its leagues, joined by `+`).
    #[must_use]
    pub fn with_models(
        mut self,
        make: impl Fn(&str) -> Box<dyn Predictor> + Send + 'static,
    ) -> Self {
        self.pools
            .set_models(Box::new(move |pool| Ok(Some(make(pool)))));
        self
    }

    /// The same with a staking rule of your own; filters and caps stay those of the config.
    #[must_use]
    pub fn with_staking(mut self, rule: Box<dyn Staking>) -> Self {
        self.strategy.set_rule(rule);
        self
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
        self.index.len().max(self.ledger.remembered())
    }

    /// Everything that later entries depend on, to the last bit, but for models and rules of your own, which have to be
    /// given again.
    ///
    /// # Errors
    /// When a model cannot be saved.
    pub fn save(&self) -> Result<Vec<u8>, CheckpointError> {
        checkpoint::encode(&(
            self.settings()?,
            self.pools.save()?,
            &self.index,
            self.ledger.save()?,
        ))
    }

    /// Goes on from what an engine with the same settings saved. After an error the engine is of no use.
    ///
    /// # Errors
    /// When the bytes are no such state, or of an engine with other settings.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<(), EngineError> {
        let (settings, pools, index, ledger): ([u8; 32], _, MatchIndex, Vec<u8>) =
            checkpoint::decode(STATE, bytes)?;
        if settings != self.settings()? {
            let (what, difference) = (
                STATE.to_owned(),
                "other settings of model, strategy or bankroll".to_owned(),
            );
            return Err(CheckpointError::OtherRun { what, difference }.into());
        }
        if !index.is_sound() {
            return Err(CheckpointError::damaged(STATE, "a forecast has no place").into());
        }
        self.ledger.restore(&ledger)?;
        self.index = index;
        self.pools.restore(pools)
    }

    /// Tells settings apart.
    fn settings(&self) -> Result<[u8; 32], CheckpointError> {
        checkpoint::digest(&self.config)
    }

    /// What would be thought now of an offer in the league of this name. Nothing is bet, and nothing that comes later depends on having asked.
    ///
    /// # Errors
    /// When a model fails, or is one of your own that cannot be saved.
    pub fn consult(&self, offer: &Offer, league: &str, time: Time) -> Result<Opinion, EngineError> {
        self.pools.consult(offer, league, time, &self.strategy)
    }

    /// Takes rounds in order of time and appends what they lead to.
    ///
    /// # Errors
    /// When a model fails; nothing of these rounds is then in the ledger.
    pub fn process(
        &mut self,
        rounds: &[Round],
        names: &Names,
        entries: &mut Vec<Entry>,
    ) -> Result<(), EngineError> {
        self.predict(rounds, names)?;
        self.decide(rounds, entries);
        Ok(())
    }

    /// The first half of processing: what models think of the rounds.
    pub(crate) fn predict(&mut self, rounds: &[Round], names: &Names) -> Result<(), EngineError> {
        self.pools
            .predict(rounds, names, &self.strategy, &mut self.index)
    }

    /// The second half, for the same rounds: what that leads to.
    pub(crate) fn decide(&mut self, rounds: &[Round], entries: &mut Vec<Entry>) {
        for round in rounds {
            self.process_round(round, entries);
        }
    }

    fn process_round(&mut self, round: &Round, entries: &mut Vec<Entry>) {
        for played in &round.results {
            if let Some(place) = self.pools.next_ended() {
                self.settle(played, place, round.time, entries);
            }
        }
        self.slate.clear();
        self.candidates.clear();
        for (place, offer) in round.offers.iter().enumerate() {
            self.consider(place, offer, entries);
        }
        self.stake(round, entries);
        for close in &round.closes {
            let fair =
                |quote: &_| fair::probability(quote, &close.quotes, self.config.margin_method);
            self.ledger.close(&close.fixture.id, &close.quotes, fair);
        }
        entries.extend(self.ledger.end_round(round.time));
    }

    fn settle(
        &mut self,
        played: &Match,
        place: Option<Slot>,
        time: Time,
        entries: &mut Vec<Entry>,
    ) {
        entries.push(Entry::Played(played.clone()));
        self.ledger.settle(played, time, entries);
        if let Some(forecast) = place.and_then(|place| self.index.take(place)) {
            entries.push(Entry::Scored {
                forecast,
                score: played.score,
            });
        }
    }

    fn consider(&mut self, number: usize, offer: &Offer, entries: &mut Vec<Entry>) {
        let (forecast, wanted) = self.pools.next_thought();
        self.slate.add_match(wanted);
        self.candidates.resize(self.slate.edges().len(), number);
        if let Some((place, forecast)) = forecast {
            if offer.state == MatchState::default() {
                self.index.keep(place, forecast.clone());
            }
            entries.push(Entry::Predicted(forecast));
        }
    }

    fn stake(&mut self, round: &Round, entries: &mut Vec<Entry>) {
        self.strategy.size(
            &self.slate,
            self.ledger.bankroll(),
            self.ledger.peak(),
            &mut self.decisions,
        );
        for ((offer, &edge), decision) in self
            .candidates
            .drain(..)
            .zip(self.slate.edges())
            .zip(&self.decisions)
        {
            let (stake, refusal) = match *decision {
                Decision::Pass => continue,
                Decision::Place(stake) => (stake, None),
                Decision::Refuse(reason, stake) => (stake, Some(reason)),
            };
            let Offer {
                fixture,
                state,
                quotes,
            } = &round.offers[offer];
            let bet = Bet {
                id: BetId::new(
                    fixture,
                    edge.quote.selection,
                    round.time,
                    self.strategy.name(),
                ),
                fixture: Arc::clone(fixture),
                state: *state,
                edge,
                stake,
                placed_at: round.time,
                price_probability: fair::probability(
                    &edge.quote,
                    quotes,
                    self.config.margin_method,
                ),
            };
            entries.push(place(&mut self.ledger, bet, refusal));
        }
    }
}

fn place(ledger: &mut Ledger, bet: Bet, refusal: Option<Refusal>) -> Entry {
    match refusal {
        Some(reason) => Entry::Refused { bet, reason },
        None => ledger.place(bet),
    }
}
