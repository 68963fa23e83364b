//! Matches played before the first event: what the models learn first.

use crate::domain::{Names, Offer, Round, Time};
use crate::engine::{Assessment, Engine, EngineConfig};
use crate::error::Error;
use crate::source::{NextRound, Replay, Source as _};

/// Results handed to the engine at once.
const BATCH: usize = 256;

/// The times between which a model that has learned of history knows the same.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Learned {
    last: Option<Time>,
    /// That of the first results that were not learned.
    next: Option<Time>,
}

/// Lets the models learn from the results up to a time. The entries of these are not used.
pub(super) fn learn(
    engine: &mut Engine,
    mut history: Replay,
    names: &Names,
    upto: Time,
) -> Result<Learned, Error> {
    let mut batch = vec![Round::default(); BATCH];
    let mut learned = Learned::default();
    loop {
        let mut filled = 0;
        while filled < batch.len() && learned.next.is_none() {
            let round = &mut batch[filled];
            if history.next_round(round)? != NextRound::Round {
                break;
            }
            if round.time > upto {
                learned.next = Some(round.time);
            } else {
                learned.last = Some(round.time);
                filled += 1;
            }
        }
        engine.process(&batch[..filled], names, &mut Vec::new())?;
        if filled < batch.len() {
            return Ok(learned);
        }
    }
}

/// An engine that is asked before the first event. What it learned has no effect on the engine that bets: the first event may
/// be of an earlier time.
pub(super) struct Rehearsal {
    engine: Engine,
    learned: Learned,
}

impl Rehearsal {
    /// An engine that has learned the history up to a time.
    pub fn new(
        config: &EngineConfig,
        history: Replay,
        names: &Names,
        time: Time,
    ) -> Result<Self, Error> {
        let mut engine = Engine::new(config)?;
        let learned = learn(&mut engine, history, names, time)?;
        Ok(Self { engine, learned })
    }

    /// Whether it knows what is known at a time, and no more.
    pub fn fits(&self, time: Time) -> bool {
        let Learned { last, next } = self.learned;
        last.is_none_or(|last| last <= time) && next.is_none_or(|next| time < next)
    }

    pub fn assess(&self, offer: &Offer, names: &Names, time: Time) -> Result<Assessment, Error> {
        Ok(self.engine.assess(offer, names, time)?)
    }
}
