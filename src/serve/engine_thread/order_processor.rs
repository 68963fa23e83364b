//! Orders, one after another: each is processed, its effects are written, and its reply waits for the commit.

use std::sync::Arc;
use std::time::Instant;

use super::answer::{self, EventPosition};
use super::config::EngineThreadConfig;
use super::error::EngineThreadError;
use super::fold::Fold;
use super::known::{self, Known};
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

/// The kind of a saved state, which is checked when it is restored.
const STATE: &str = "state of a service";

/// The engine, the store, and the replies that wait for a commit.
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
    /// A processor that has not replayed the store yet.
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

    /// Continues from a saved state. After an error nothing has changed.
    pub fn resume(&mut self, config: &EngineThreadConfig, state: &[u8]) -> Result<(), Error> {
        type State = (Vec<u8>, Totals, Bankroll, Option<Time>);
        let (fold, totals, bankroll, time): State = checkpoint::open(STATE, state)?;
        self.fold = Fold::resume(config, &fold)?;
        self.recorder.restore(totals, bankroll);
        self.time = time;
        Ok(())
    }

    /// The state after every event so far.
    pub fn state(&self) -> Result<Vec<u8>, Error> {
        let (totals, bankroll) = self.recorder.tallies();
        let state = (self.fold.save()?, totals, bankroll, self.time);
        Ok(checkpoint::seal(STATE, &state)?)
    }

    /// Whether the state can be saved.
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

    /// Replays an event whose effects are in the store.
    pub fn recall(
        &mut self,
        number: u64,
        event: Result<Event<'_>, EventError>,
    ) -> Result<(), EngineThreadError> {
        self.time = self.time.max(event.as_ref().ok().and_then(time_of));
        // the reason of a refusal was logged when the event came first
        let _ = self.assemble(number, event);
        if self.fold.is_full() {
            self.process_recalled()?;
        }
        Ok(())
    }

    /// Ends the current round while events of the store are replayed.
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

    /// Publishes the status once the events of the store have been replayed.
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
    ) -> Result<bool, EntryError> {
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
            // a refused order does not use up its number
            let number = self.store().last_event() + 1;
            let event = incoming.order.update.clone().into();
            self.process(number, Ok(event), incoming, dequeued_at)?;
        }
        Ok(())
    }

    /// Answers an order that was accepted before, or whose key was used for another. Returns any other order.
    pub fn answer_known(&mut self, mut incoming: Incoming) -> Result<Option<Incoming>, StoreError> {
        match known::find(&mut self.recorder.store, &incoming.order)? {
            Known::New(digest) => {
                incoming.set_digest(digest);
                Ok(Some(incoming))
            }
            Known::Before(reply) => {
                self.repeated += 1;
                self.outbox.reply(incoming.reply, reply);
                Ok(None)
            }
        }
    }

    /// Processes the event of an order, writes its effects, and leaves a reply. Returns the digest of an order that was
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
            Ok(is_repeated) => {
                let is_over = self.fold.is_over(number);
                let answer = self.accept(&order, is_repeated, is_over, effects)?;
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

    /// Processes an event that was not ordered here, and writes its effects.
    #[cfg(feature = "redis")]
    pub fn process_unordered(
        &mut self,
        number: u64,
        event: Result<Event<'_>, EventError>,
    ) -> Result<(), EngineThreadError> {
        // the traders have refused it, too, and reported the reason
        let _ = self.assemble(number, event);
        self.publish_effects()
    }

    /// Ends the current round, and writes its effects.
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

    /// Processes the rounds that are over, and writes their effects. The forecast of this match is for the answer.
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

    /// Stores an accepted order, and returns its answer. A result that is known already gets the answer that it got first.
    fn accept(
        &mut self,
        order: &Order,
        is_repeated: bool,
        is_round_over: bool,
        effects: Effects,
    ) -> Result<String, StoreError> {
        let position = EventPosition {
            event_id: self.store().last_event() + 1,
            is_round_over,
        };
        match &order.update {
            MatchUpdate::Prices(prices) => self.accept_prices(order, prices, position, effects),
            MatchUpdate::Result(result) => match self.answer_to_result(result)? {
                Some(answer) if is_repeated && result.dropped.is_empty() => {
                    self.outbox.publish(effects.events);
                    Ok(answer)
                }
                Some(_) | None => self.accept_result(order, result, position, effects),
            },
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
        let time = self.time.map_or(result.time, |time| time.max(result.time));
        self.time = Some(time);
        self.recorder
            .store
            .end_match(result, position.event_id, time)?;
        let bankroll = self.recorder.bankroll();
        let answer = answer::to_result(result, position, &mut effects, bankroll)?;
        self.keep(order, position, answer, effects)
    }

    /// The answer to the last result of this match, if that is remembered.
    fn answer_to_result(&mut self, result: &MatchResult<'_>) -> Result<Option<String>, StoreError> {
        let forgotten = self.time.map(|time| time + -Match::REMEMBERED);
        self.recorder
            .store
            .answer_to_result(&result.about.match_id, forgotten)
    }

    /// Stores an event with its answer, and publishes it before its effects.
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

    /// Notes the position in the traders' stream up to which the effects are stored.
    #[cfg(feature = "redis")]
    pub fn keep_position(&mut self, position: &str) -> Result<(), StoreError> {
        self.recorder.store.begin()?;
        self.recorder.store.keep_position(position)
    }

    /// Saves a state after every event so far, for the next start.
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
        self.recorder.store.shorten_log();
        Ok(())
    }

    /// The assessment of prices as of their time, or of the time of the last event if that is later.
    pub fn opinion(&mut self, prices: &MatchEvent<'_>) -> Opinion {
        let time = self
            .time
            .map_or(prices.time, |reached| reached.max(prices.time));
        opinion::of(prices, time, &mut self.recorder.store, &mut self.fold)
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
