//! Events in, entries out: rounds are assembled from events, and the engine is called with them.

use std::sync::Arc;

use super::config::EngineThreadConfig;
use super::history::{self, Rehearsal};
use crate::checkpoint::{self, CheckpointError};
use crate::domain::{Bankroll, Entry, Names, Offer, Round, Time};
use crate::engine::{Assessment, Engine, EngineConfig};
use crate::error::Error;
use crate::schema::event::Event;
use crate::source::stream::{AcceptedEntry, Assembly, EntryError, PoolTeams};
use crate::source::{Aliases, Replay, Source as _};

/// Results and offers handed to the engine at once, for each pool of leagues, while much is folded.
const BATCH: usize = 256;

/// The kind of a saved state, which is checked when it is restored.
const STATE: &str = "state of a service's engine";

/// The engine, and the rounds on their way to it.
pub(super) struct Fold {
    engine: Engine,
    assembly: Assembly,
    /// Matches played before the first event. The models learn from them once that event is known.
    history: Option<Replay>,
    /// Answers questions before the first event.
    rehearsal: Option<Rehearsal>,
    config: EngineConfig,
    /// Buffers, of which the first `filled` are rounds that are over and have not been processed.
    rounds: Vec<Round>,
    filled: usize,
    /// Results and offers in these rounds.
    events: usize,
}

impl Fold {
    /// A fold without events.
    pub fn new(config: &EngineThreadConfig) -> Result<Self, Error> {
        let history = config.history.as_ref();
        let history = history.map(|matches| {
            let lessons = config.engine.wants_lessons();
            Replay::of_history(Arc::clone(matches), lessons)
        });
        let names = history.as_ref().map(|replay| replay.names().clone());
        let mut assembly = names.map_or_else(Assembly::default, Assembly::with_names);
        assembly.set_aliases(Aliases::new(&config.aliases));
        let teams = PoolTeams::new(&config.engine, config.history.as_deref());
        assembly.set_teams(teams?);
        Ok(Self {
            engine: Engine::new(&config.engine)?,
            assembly,
            history,
            rehearsal: None,
            config: config.engine.clone(),
            rounds: Vec::new(),
            filled: 0,
            events: 0,
        })
    }

    /// A fold that continues from a saved state.
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

    /// Everything that later entries depend on. Call it only between events, when no round waits to be processed.
    pub fn save(&self) -> Result<Vec<u8>, CheckpointError> {
        checkpoint::encode(&(&self.assembly, self.engine.save()?))
    }

    /// Whether the state can be saved. It cannot while history has yet to be learned: the state does not contain the history.
    pub const fn can_be_saved(&self) -> bool {
        self.history.is_none()
    }

    /// The bankroll.
    pub fn bankroll(&self) -> Bankroll {
        *self.engine.ledger().bankroll()
    }

    /// Whether bets depend on the model.
    pub fn needs_model(&self) -> bool {
        self.config.strategy.needs_model()
    }

    /// The name of a team that is spelled so in a league.
    pub fn team_name<'a>(&'a self, league: &str, spelling: &'a str) -> &'a str {
        self.assembly.team_name(league, spelling)
    }

    /// The names of the teams and leagues met so far.
    pub const fn names(&self) -> &Names {
        self.assembly.names()
    }

    /// Takes an event under its number. Its effects are known once it is processed. Returns whether it only repeats another.
    pub fn take(&mut self, number: u64, event: Event<'_>) -> Result<bool, EntryError> {
        self.number(number);
        let accepted = self.assembly.take(event)?;
        self.collect();
        Ok(matches!(accepted, AcceptedEntry::Repeated))
    }

    /// Notes the number of an entry that is no event.
    pub const fn number(&mut self, number: u64) {
        self.assembly.number(number);
    }

    /// Ends the current round, even if entries of it are missing.
    #[cfg(feature = "redis")]
    pub fn close(&mut self) {
        self.assembly.close();
        self.collect();
    }

    /// Whether the round of the entry with this number is over, and those before it.
    pub fn is_over(&self, number: u64) -> bool {
        self.assembly.over() >= number
    }

    /// Whether the rounds that wait should be processed before more are taken.
    pub fn is_full(&self) -> bool {
        self.events >= self.batch_size()
    }

    /// Events to process at once: many, because pools predict in parallel.
    fn batch_size(&self) -> usize {
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

    /// Processes every round that is over, and appends its entries.
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

    /// Lets the models learn from the matches before the first event, once there is one. The entries of these are not used.
    fn learn(&mut self) -> Result<(), Error> {
        let Some(first) = self.assembly.now() else {
            return Ok(());
        };
        let Some(history) = self.history.take() else {
            return Ok(());
        };
        self.rehearsal = None;
        history::learn(&mut self.engine, history, self.assembly.names(), first)?;
        Ok(())
    }

    /// The present assessment of an offer, whose teams and league have these names. Before the first event it is that of
    /// models which have learned the history up to this time.
    pub fn consult(
        &mut self,
        offer: &Offer,
        names: &Names,
        time: Time,
    ) -> Result<Assessment, Error> {
        let Some(history) = &self.history else {
            return Ok(self.engine.assess(offer, names, time)?);
        };
        let rehearsal = match self.rehearsal.take().filter(|held| held.fits(time)) {
            Some(held) => held,
            None => {
                let names = self.assembly.names();
                Rehearsal::new(&self.config, history.clone(), names, time)?
            }
        };
        self.rehearsal.insert(rehearsal).assess(offer, names, time)
    }
}
