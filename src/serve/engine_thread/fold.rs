//! Events in, entries out: what puts rounds together, and the engine that is called with them.

use std::sync::Arc;

use super::config::EngineThreadConfig;
use crate::checkpoint::{self, CheckpointError};
use crate::domain::{Bankroll, Entry, Names, Offer, Round, Time};
use crate::engine::{Assessment, Engine, EngineError};
use crate::error::Error;
use crate::schema::event::Event;
use crate::source::stream::{Assembly, EntryError};
use crate::source::{NextRound, Replay, Source as _};

/// Results and offers handed to the engine at once, for each pool of leagues, while much is folded.
const BATCH: usize = 256;

/// What bytes of a fold's state are.
const STATE: &str = "state of a service's engine";

/// The engine, and the rounds on their way to it.
pub(super) struct Fold {
    engine: Engine,
    assembly: Assembly,
    /// What was played before the first event; the models learn it once that event is known.
    history: Option<Replay>,
    /// Buffers, of which the first `filled` are rounds that are over and have not been processed.
    rounds: Vec<Round>,
    filled: usize,
    /// Results and offers in these rounds.
    events: usize,
}

impl Fold {
    /// One that has seen nothing yet.
    pub fn new(config: &EngineThreadConfig) -> Result<Self, Error> {
        let history = config.history.as_ref();
        let history = history.map(|matches| Replay::of_results(Arc::clone(matches)));
        let names = history.as_ref().map(|replay| replay.names().clone());
        Ok(Self {
            engine: Engine::new(&config.engine)?,
            assembly: names.map_or_else(Assembly::default, Assembly::with_names),
            history,
            rounds: Vec::new(),
            filled: 0,
            events: 0,
        })
    }

    /// One that goes on from a state.
    pub fn resume(config: &EngineThreadConfig, state: &[u8]) -> Result<Self, Error> {
        let (assembly, engine): (Assembly, Vec<u8>) = checkpoint::decode(STATE, state)?;
        let mut fold = Self {
            assembly,
            history: None,
            ..Self::new(config)?
        };
        fold.engine.restore(&engine)?;
        Ok(fold)
    }

    /// Everything that later entries depend on; only between events, of which nothing waits to be processed.
    pub fn save(&self) -> Result<Vec<u8>, CheckpointError> {
        checkpoint::encode(&(&self.assembly, self.engine.save()?))
    }

    /// Whether there is a state to be kept: history that has yet to be learned would have to be read again.
    pub const fn can_be_saved(&self) -> bool {
        self.history.is_none()
    }

    /// The bankroll: balance, reserved and free.
    pub fn bankroll(&self) -> Bankroll {
        *self.engine.ledger().bankroll()
    }

    /// The names of the teams and leagues met so far.
    pub const fn names(&self) -> &Names {
        self.assembly.names()
    }

    /// Takes an event under its number. What comes of it is known once it is processed.
    pub fn take(&mut self, number: u64, event: Event<'_>) -> Result<(), EntryError> {
        self.number(number);
        self.assembly.take(event)?;
        self.collect();
        Ok(())
    }

    /// Notes the number of an entry that is no event.
    pub const fn number(&mut self, number: u64) {
        self.assembly.number(number);
    }

    /// Ends the round that is heard of, whatever else was to come of it.
    #[cfg(feature = "redis")]
    pub fn close(&mut self) {
        self.assembly.close();
        self.collect();
    }

    /// Whether the round of the entry with this number is over, and those before it.
    pub fn is_over(&self, number: u64) -> bool {
        self.assembly.over() >= number
    }

    /// Whether there are so many rounds that they should be processed before there are more.
    pub fn is_full(&self) -> bool {
        self.events >= self.enough()
    }

    /// More than one at once, so that pools predict in parallel.
    fn enough(&self) -> usize {
        BATCH * self.engine.pools().max(1)
    }

    fn collect(&mut self) {
        loop {
            if self.filled == self.rounds.len() {
                self.rounds.push(Round::default());
            }
            let round = &mut self.rounds[self.filled];
            if !self.assembly.hand_out(round) {
                return;
            }
            self.events += round.results.len() + round.offers.len();
            self.filled += 1;
        }
    }

    /// Processes every round that is over, and appends what it leads to.
    pub fn process(&mut self, entries: &mut Vec<Entry>) -> Result<(), Error> {
        self.learn()?;
        if self.filled == 0 {
            return Ok(());
        }
        let rounds = &self.rounds[..self.filled];
        self.engine
            .process(rounds, self.assembly.names(), entries)?;
        (self.filled, self.events) = (0, 0);
        Ok(())
    }

    /// Has the models learn what was played before the first event, once there is one. No entry of that is of use.
    fn learn(&mut self) -> Result<(), Error> {
        let Some(first) = self.assembly.now() else {
            return Ok(());
        };
        let Some(mut history) = self.history.take() else {
            return Ok(());
        };
        let mut batch = vec![Round::default(); BATCH];
        loop {
            let filled = fill(&mut history, &mut batch, first)?;
            let rounds = &batch[..filled];
            self.engine
                .process(rounds, self.assembly.names(), &mut Vec::new())?;
            if filled < batch.len() {
                return Ok(());
            }
        }
    }

    /// What the engine thinks now of an offer in the league of this name.
    pub fn consult(
        &self,
        offer: &Offer,
        league: &str,
        time: Time,
    ) -> Result<Assessment, EngineError> {
        self.engine.assess(offer, league, time)
    }
}

/// Fills buffers with the rounds up to a time; how many there are.
fn fill(history: &mut Replay, batch: &mut [Round], upto: Time) -> Result<usize, Error> {
    for (filled, round) in batch.iter_mut().enumerate() {
        if history.next_round(round)? != NextRound::Round || round.time > upto {
            return Ok(filled);
        }
    }
    Ok(batch.len())
}
