//! Orders, one after another: each is folded, what comes of it is written, and its reply waits for the commit.

use std::sync::Arc;
use std::time::Instant;

use super::answer::{self, EventPosition};
use super::config::EngineThreadConfig;
use super::error::EngineThreadError;
use super::fold::Fold;
use super::opinion;
use super::outbox::Outbox;
use super::recorder::{Effects, Recorder};
use super::shared::{Incoming, Shared};
use crate::checkpoint;
use crate::domain::{Bankroll, Entry, Match, Time};
use crate::error::Error;
use crate::schema::event::{Event, EventError, MatchEvent, MatchResult};
use crate::serve::clock;
use crate::serve::digest::Digest;
use crate::serve::engine_handle::{EngineStatus, Opinion};
use crate::serve::match_update::MatchUpdate;
use crate::serve::order::{Order, Reply};
use crate::serve::simulated_id;
use crate::serve::store::{Accepted, StoreError, Writer};
use crate::sink::events::Totals;
use crate::source::stream::EntryError;

/// What bytes of the service's state are.
const STATE: &str = "state of a service";

/// The engine, the store, and what waits to be durable.
pub(super) struct OrderProcessor {
    fold: Fold,
    recorder: Recorder,
    outbox: Outbox,
    shared: Arc<Shared>,
    /// The time that the events have reached.
    time: Option<Time>,
    is_real: bool,
    refused: u64,
    repeated: u64,
    /// A buffer.
    entries: Vec<Entry>,
}

impl OrderProcessor {
    /// One that has folded nothing of the store yet.
    pub fn new(
        store: Writer,
        shared: Arc<Shared>,
        config: &EngineThreadConfig,
    ) -> Result<Self, Error> {
        let fold = Fold::new(config)?;
        Ok(Self {
            recorder: Recorder::new(store, &config.engine, fold.bankroll()),
            fold,
            outbox: Outbox::default(),
            shared,
            time: None,
            is_real: false,
            refused: 0,
            repeated: 0,
            entries: Vec::new(),
        })
    }

    /// Goes on from a state. After an error nothing has changed.
    pub fn resume(&mut self, config: &EngineThreadConfig, state: &[u8]) -> Result<(), Error> {
        type State = (Vec<u8>, Totals, Bankroll, Option<Time>);
        let (fold, totals, bankroll, time): State = checkpoint::open(STATE, state)?;
        self.fold = Fold::resume(config, &fold)?;
        self.recorder.restore(totals, bankroll);
        self.time = time;
        Ok(())
    }

    /// The state after every event so far, to go on from.
    pub fn state(&self) -> Result<Vec<u8>, Error> {
        let (totals, bankroll) = self.recorder.tallies();
        let state = (self.fold.save()?, totals, bankroll, self.time);
        Ok(checkpoint::seal(STATE, &state)?)
    }

    /// Whether there is a state to go on from.
    pub const fn has_state(&self) -> bool {
        self.fold.can_be_saved()
    }

    pub const fn store(&self) -> &Writer {
        &self.recorder.store
    }

    /// How many replies wait for the commit.
    pub const fn waiting(&self) -> usize {
        self.outbox.replies()
    }

    /// Folds an event once more whose effects are in the store.
    pub fn recall(
        &mut self,
        number: u64,
        event: Result<Event<'_>, EventError>,
    ) -> Result<(), EngineThreadError> {
        self.time = self.time.max(event.as_ref().ok().and_then(time_of));
        // why it was put aside was said when it came
        let _ = self.assemble(number, event);
        if self.fold.is_full() {
            self.process_recalled()?;
        }
        Ok(())
    }

    /// Ends the round that is heard of among events whose effects are in the store.
    #[cfg(feature = "redis")]
    pub fn recall_boundary(&mut self) {
        self.fold.close();
    }

    fn process_recalled(&mut self) -> Result<(), EngineThreadError> {
        self.entries.clear();
        self.fold.process(&mut self.entries)?;
        for entry in &self.entries {
            self.recorder.count(entry);
        }
        Ok(())
    }

    /// Makes known what is known once everything in the store has been folded.
    pub fn ready(&mut self) -> Result<(), EngineThreadError> {
        self.process_recalled()?;
        self.is_real = self.store().has_real_events()?;
        self.store().ensure_balance(self.recorder.bankroll())?;
        self.shared.set_status(self.status());
        Ok(())
    }

    fn assemble(
        &mut self,
        number: u64,
        event: Result<Event<'_>, EventError>,
    ) -> Result<(), EntryError> {
        match event {
            Ok(event) => self.fold.take(number, event),
            Err(error) => {
                self.fold.number(number);
                Err(error.into())
            }
        }
    }

    /// Processes an order, unless it can be answered at once.
    pub fn take(&mut self, incoming: Incoming) -> Result<(), EngineThreadError> {
        let dequeued_at = clock::instant();
        if let Some(incoming) = self.answer_known(incoming)? {
            // one that is refused leaves its number to the next
            let number = self.store().last_event() + 1;
            let event = incoming.order.update.clone().into();
            self.process(number, Ok(event), incoming, dequeued_at)?;
        }
        Ok(())
    }

    /// Answers an order that was accepted before, or whose key was used for another; the order, unless it was answered.
    pub fn answer_known(&mut self, incoming: Incoming) -> Result<Option<Incoming>, StoreError> {
        let Some(known) = self.known(&incoming.order)? else {
            return Ok(Some(incoming));
        };
        self.repeated += 1;
        self.outbox.reply(incoming.reply, known);
        Ok(None)
    }

    /// The reply to an order that was accepted before, or whose key was used for another.
    fn known(&mut self, order: &Order) -> Result<Option<Reply>, StoreError> {
        let store = &mut self.recorder.store;
        if let Some(key) = &order.key
            && let Some(digest) = store.digest_of_key(key)?
            && digest != order.digest
        {
            return Ok(Some(Reply::KeyUsed));
        }
        let Some(answer) = store.answer(&order.digest)? else {
            return Ok(None);
        };
        if let Some(key) = &order.key {
            store.begin()?;
            store.keep_key(key, &order.digest)?;
        }
        Ok(Some(Reply::Accepted(answer)))
    }

    /// Folds the event of an order, writes what comes of it, and leaves a reply; what tells the order apart, if it was
    /// refused.
    pub fn process(
        &mut self,
        number: u64,
        event: Result<Event<'_>, EventError>,
        incoming: Incoming,
        dequeued_at: Instant,
    ) -> Result<Option<Digest>, EngineThreadError> {
        let Incoming { order, reply, .. } = incoming;
        self.recorder.store.begin()?;
        let assembled = self.assemble(number, event);
        let effects = self.effects(Some(order.update.match_id()))?;
        self.outbox.measure(order.received, dequeued_at);
        match assembled {
            Ok(()) => {
                let answer = self.accept(&order, self.fold.is_over(number), effects)?;
                self.outbox.reply(reply, Reply::Accepted(answer));
                Ok(None)
            }
            Err(reason) => {
                self.refused += 1;
                self.outbox.publish(effects.events);
                self.outbox.reply(reply, Reply::Refused(reason));
                Ok(Some(order.digest))
            }
        }
    }

    /// Folds an event that nobody ordered, and writes what comes of it.
    #[cfg(feature = "redis")]
    pub fn process_unordered(
        &mut self,
        number: u64,
        event: Result<Event<'_>, EventError>,
    ) -> Result<(), EngineThreadError> {
        // traders have put it aside as well, and said why
        let _ = self.assemble(number, event);
        self.publish_effects()
    }

    /// Ends the round that is heard of, and writes what comes of it.
    #[cfg(feature = "redis")]
    pub fn process_boundary(&mut self) -> Result<(), EngineThreadError> {
        self.fold.close();
        self.publish_effects()
    }

    #[cfg(feature = "redis")]
    fn publish_effects(&mut self) -> Result<(), EngineThreadError> {
        let effects = self.effects(None)?;
        self.outbox.publish(effects.events);
        Ok(())
    }

    /// Processes the rounds that are over, and writes what comes of them; an answer about a match tells of its own effects.
    fn effects(&mut self, match_id: Option<&str>) -> Result<Effects, EngineThreadError> {
        let mut effects = Effects {
            match_id: match_id.map(str::to_owned),
            ..Effects::default()
        };
        self.entries.clear();
        self.fold.process(&mut self.entries)?;
        for entry in &self.entries {
            self.recorder.note(entry, self.fold.names(), &mut effects)?;
        }
        Ok(effects)
    }

    /// Keeps an order that was accepted; its answer.
    fn accept(
        &mut self,
        order: &Order,
        is_round_over: bool,
        effects: Effects,
    ) -> Result<String, StoreError> {
        let position = EventPosition {
            event_id: self.store().last_event() + 1,
            is_round_over,
        };
        match &order.update {
            MatchUpdate::Prices(prices) => self.accept_prices(order, prices, position, effects),
            MatchUpdate::Result(result) => self.accept_result(order, result, position, effects),
        }
    }

    fn accept_prices(
        &mut self,
        order: &Order,
        prices: &MatchEvent<'_>,
        position: EventPosition,
        mut effects: Effects,
    ) -> Result<String, StoreError> {
        self.time = self.time.max(Some(prices.time));
        let forecast = effects.forecast.as_ref();
        self.recorder.store.keep_match(prices, forecast)?;
        let answer = answer::to_prices(&prices.about.match_id, position, &mut effects)?;
        self.keep(order, position, answer, effects)
    }

    fn accept_result(
        &mut self,
        order: &Order,
        result: &MatchResult<'_>,
        position: EventPosition,
        mut effects: Effects,
    ) -> Result<String, StoreError> {
        let match_id = &*result.about.match_id;
        let forgotten = self.time.map(|time| time + -Match::REMEMBERED);
        if let Some(answer) = self.store().answer_to_result(match_id, forgotten)? {
            self.outbox.publish(effects.events);
            return Ok(answer);
        }
        let time = self.time.map_or(result.time, |time| time.max(result.time));
        self.time = Some(time);
        let goals = [result.score.home, result.score.away];
        self.recorder
            .store
            .end_match(match_id, goals, position.event_id, time)?;
        let bankroll = self.recorder.bankroll();
        let answer = answer::to_result(match_id, position, &mut effects, bankroll)?;
        self.keep(order, position, answer, effects)
    }

    /// Keeps an event with its answer, and publishes it before what came of it.
    fn keep(
        &mut self,
        order: &Order,
        position: EventPosition,
        answer: String,
        effects: Effects,
    ) -> Result<String, StoreError> {
        let match_id = order.update.match_id();
        self.recorder.store.accept(&Accepted {
            event_id: position.event_id,
            match_id,
            line: &order.line,
            digest: &order.digest,
            key: order.key.as_deref(),
            answer: &answer,
        })?;
        self.is_real |= !simulated_id::is_simulated(match_id);
        let event = (order.update.event_type(), data_of(&order.line));
        self.outbox
            .publish(std::iter::once(event).chain(effects.events));
        Ok(answer)
    }

    /// Notes how far another's stream has been folded, with all that came of it.
    #[cfg(feature = "redis")]
    pub fn keep_position(&mut self, position: &str) -> Result<(), StoreError> {
        self.recorder.store.begin()?;
        self.recorder.store.keep_position(position)
    }

    /// Keeps a state after every event so far, to begin from there.
    pub fn keep_state(&mut self, state: &[u8]) -> Result<(), StoreError> {
        self.recorder.store.begin()?;
        self.recorder.store.keep_state(state)?;
        self.commit()
    }

    /// Makes everything durable, then answers and publishes.
    pub fn commit(&mut self) -> Result<(), StoreError> {
        let was_written = self.recorder.store.commit()?;
        if self.outbox.replies() > 0 || was_written {
            self.shared.set_status(self.status());
            self.outbox.send(&self.shared);
        }
        Ok(())
    }

    /// What the model thinks of prices: as of their time, or of that which the events have reached.
    pub fn opinion(&self, prices: &MatchEvent<'_>) -> Opinion {
        let time = self
            .time
            .map_or(prices.time, |reached| reached.max(prices.time));
        opinion::of(prices, time, self.store(), &self.fold)
    }

    fn status(&self) -> EngineStatus {
        EngineStatus {
            time: self.time,
            is_real: self.is_real,
            bankroll: *self.recorder.bankroll(),
            metrics: self.recorder.metrics(self.time.unwrap_or_default()),
            events: self.store().last_event(),
            refused: self.refused,
            repeated: self.repeated,
        }
    }
}

fn time_of(event: &Event<'_>) -> Option<Time> {
    match event {
        Event::Prices(prices) => Some(prices.time),
        Event::Result(result) => Some(result.time),
        Event::End(_) => None,
    }
}

/// The data of a line: what stands between its type and its end.
fn data_of(line: &str) -> String {
    let data = line
        .split_once("\"data\":")
        .and_then(|(_, rest)| rest.strip_suffix('}'));
    data.unwrap_or("{}").to_owned()
}
