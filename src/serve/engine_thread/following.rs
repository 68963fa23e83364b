//! Orders that go through the streams of a Redis: they are posted there, and processed here after the traders have processed
//! them.
//!
//! The effects of an entry depend only on the entries before it and on the settings. So the engine of this process gets the
//! same results as that of the traders under two conditions. The settings are the same: this is checked. Rounds end at the
//! same entries: the traders publish where. An order is answered after the traders have processed it, so that its bets are
//! already in `bets`.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::Duration;

use tokio::sync::oneshot;

use super::config::EngineThreadConfig;
use super::error::{self, EngineThreadError};
use super::order_processor::OrderProcessor;
use super::posted::Posted;
use super::redis_bus::{Link, RedisBus};
use super::shared::{Incoming, Request, Shared};
use crate::checkpoint::{self, CheckpointError};
use crate::domain::Book;
use crate::error::Error;
use crate::redis::{EntryId, Follower, GroupProgress, RawEntry};
use crate::schema::event::{Event, EventError, MAX_ENTRY};
use crate::serve::clock;
use crate::serve::engine_handle::BusState;
use crate::serve::match_update::MatchUpdate;
use crate::serve::order::{Order, Reply};
use crate::serve::store::StoreError;
use crate::source::stream::redis::entry;

/// Entries after which the state is saved.
const KEEP_EVERY: u64 = 5_000;
/// The most orders that are posted at once.
const BATCH: usize = 256;
/// The pause between two looks at the streams while an order waits for its answer, and while none does.
const PAUSES: [Duration; 2] = [Duration::from_millis(1), Duration::from_millis(25)];
/// The trader is looked up at every one of so many looks at the streams.
const TRADER_CHECK_EVERY: u64 = 40;

/// Processes the entries that the traders have processed, including the orders of this service.
pub(super) struct Following<'a> {
    processor: OrderProcessor,
    requests: &'a Receiver<Request>,
    shared: &'a Shared,
    link: Link<'a>,
    book: Book,
    posted: Posted,
    buffer: VecDeque<RawEntry>,
    idle_timeouts: VecDeque<EntryId>,
    /// The last idle timeout that has ended a round here.
    announced: EntryId,
    /// The last entry that was processed, and how many there were.
    last: EntryId,
    number: u64,
    /// The effects of the entries up to this one are in the store.
    stored: EntryId,
    /// The number of entries in the state that was saved last.
    kept: u64,
    /// Whether the events of the store have been replayed.
    is_ready: bool,
    is_stopping: bool,
    looks: u64,
}

/// The last entry of a saved state, and the number of its entries.
#[derive(Default)]
struct SavedPosition {
    number: u64,
    last: EntryId,
}

impl<'a> Following<'a> {
    /// Continues after the events of the store.
    pub fn open(
        mut processor: OrderProcessor,
        config: &EngineThreadConfig,
        bus: &'a RedisBus,
        requests: &'a Receiver<Request>,
        shared: &'a Shared,
    ) -> Result<Self, EngineThreadError> {
        let kept = resume(&mut processor, config)?;
        let link = Link::open(bus, shared, kept.number == 0, kept.last)?;
        Ok(Self {
            stored: stored_position(&processor)?,
            processor,
            requests,
            shared,
            link,
            book: config.book,
            posted: Posted::default(),
            buffer: VecDeque::new(),
            idle_timeouts: VecDeque::new(),
            announced: kept.last,
            last: kept.last,
            number: kept.number,
            kept: kept.number,
            is_ready: false,
            is_stopping: false,
            looks: 0,
        })
    }

    /// Processes entries and handles requests until a request to stop. `folded` gets a message once the events of the store have
    /// been replayed.
    pub fn run(mut self, folded: &SyncSender<()>) -> Result<(), EngineThreadError> {
        while !self.is_stopping {
            self.end_rounds()?;
            if !self.is_ready && self.last >= self.stored {
                self.is_ready = true;
                self.processor.ready()?;
                // the thread that waits for it may be gone
                let _ = folded.send(());
            }
            self.keep_state(KEEP_EVERY)?;
            if self.buffer.is_empty() {
                self.refresh()?;
            }
            if let Some(entry) = self.buffer.pop_front() {
                self.take(&entry)?;
            }
        }
        self.keep_state(1)
    }

    /// Ends the round at the entry at which an idle timeout ended it for the traders.
    fn end_rounds(&mut self) -> Result<(), EngineThreadError> {
        let last = self.last;
        while let Some(id) = self.idle_timeouts.pop_front_if(|id| *id <= last) {
            self.announced = id;
            self.end_round()?;
        }
        Ok(())
    }

    fn end_round(&mut self) -> Result<(), EngineThreadError> {
        if self.is_ready {
            return self.processor.process_boundary();
        }
        self.processor.recall_boundary();
        Ok(())
    }

    fn take(&mut self, entry: &RawEntry) -> Result<(), EngineThreadError> {
        self.last = entry.id;
        self.number += 1;
        let event = entry::event(entry, self.book);
        if let Ok(Event::End(_)) = event {
            return self.end_round();
        }
        if !self.is_ready {
            return self.processor.recall(self.number, event);
        }
        let dequeued_at = clock::instant();
        let Some(incoming) = self.order_of(entry, &event)? else {
            return self.processor.process_unordered(self.number, event);
        };
        let refused = self
            .processor
            .process(self.number, event, incoming, dequeued_at)?;
        if let Some(digest) = refused {
            // a refused order may be posted again
            self.link
                .ask(|follower| follower.forget(&hex::encode(digest)))?;
        }
        Ok(())
    }

    /// The order that became this entry, or a new one when it came from elsewhere. `None` if it was answered before, or is no event.
    fn order_of(
        &mut self,
        entry: &RawEntry,
        event: &Result<Event<'_>, EventError>,
    ) -> Result<Option<Incoming>, StoreError> {
        let mut orders = self.posted.take(entry.id);
        let first = orders.pop().or_else(|| unordered(entry, event));
        self.posted.put_back(orders);
        match first {
            Some(incoming) => self.processor.answer_known(incoming),
            None => Ok(None),
        }
    }

    /// Commits what was processed, handles requests, and fetches the entries that the traders have processed since.
    fn refresh(&mut self) -> Result<(), EngineThreadError> {
        self.commit()?;
        let orders = self.requested()?;
        if self.is_stopping {
            return Ok(());
        }
        self.post(orders)?;
        let last = self.last;
        if let Some(seen) = self.link.look(last)? {
            self.enqueue(seen);
        }
        self.check_for_trader()?;
        self.posted.expire();
        Ok(())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        if self.is_ready && self.last > self.stored {
            self.processor.keep_position(&self.last.to_string())?;
            self.stored = self.last;
        }
        self.processor.commit()
    }

    /// New orders, without those that can be answered at once. Waits a moment for the first.
    fn requested(&mut self) -> Result<Vec<Incoming>, StoreError> {
        let mut pause = PAUSES[usize::from(self.posted.is_empty())];
        let mut orders = self.posted.take_unsent();
        while orders.len() < BATCH {
            match self.requests.recv_timeout(pause) {
                Ok(request) => {
                    self.shared.dequeued();
                    orders.extend(self.handle(request));
                }
                Err(RecvTimeoutError::Disconnected) => self.is_stopping = true,
                Err(RecvTimeoutError::Timeout) => break,
            }
            if self.is_stopping {
                return Ok(Vec::new());
            }
            pause = Duration::ZERO;
        }
        let unknown: Result<Vec<_>, StoreError> = orders
            .into_iter()
            .map(|incoming| self.processor.answer_known(incoming))
            .collect();
        Ok(unknown?.into_iter().flatten().collect())
    }

    /// Handles a request, and returns it if it is an order.
    fn handle(&mut self, request: Request) -> Option<Incoming> {
        match request {
            Request::Order(incoming) => return Some(incoming),
            // nobody waits for the answer to a question that was given up
            Request::Question(_, reply) if reply.is_closed() => {}
            Request::Question(prices, reply) => {
                // the client may be gone
                let _ = reply.send(self.processor.opinion(&prices));
            }
            Request::Stop => self.is_stopping = true,
        }
        None
    }

    /// Posts orders. While Redis cannot be reached, they fail at once.
    fn post(&mut self, orders: Vec<Incoming>) -> Result<(), EngineThreadError> {
        let last = self.last;
        let posts: Vec<_> = orders
            .iter()
            .filter_map(|incoming| incoming.post.as_ref())
            .collect();
        let Some(ids) = self.link.post(&posts, last)? else {
            orders
                .into_iter()
                .for_each(|incoming| drop(incoming.reply.send(Reply::NoRedis)));
            return Ok(());
        };
        for (incoming, id) in orders.into_iter().zip(ids) {
            self.posted.add(id, incoming);
        }
        Ok(())
    }

    fn enqueue(&mut self, seen: GroupProgress) {
        let announced = self.announced;
        self.idle_timeouts = seen
            .idle_timeouts
            .into_iter()
            .filter(|id| *id > announced)
            .collect();
        self.buffer.extend(seen.entries);
    }

    /// Looks up now and then whether there is a trader.
    fn check_for_trader(&mut self) -> Result<(), EngineThreadError> {
        self.looks += 1;
        if self.looks % TRADER_CHECK_EVERY != 1 {
            return Ok(());
        }
        let trader = self.link.ask(Follower::trader)?;
        self.shared.set_bus(BusState {
            is_up: trader.is_some(),
            trader: trader.flatten(),
        });
        Ok(())
    }

    /// Saves the state if at least so many entries are not in it.
    fn keep_state(&mut self, least: u64) -> Result<(), EngineThreadError> {
        if !self.is_ready
            || self.number.saturating_sub(self.kept) < least
            || !self.processor.has_state()
        {
            return Ok(());
        }
        let state = self.processor.state()?;
        self.processor.keep_position(&self.last.to_string())?;
        let state = checkpoint::encode(&(self.number, self.last.0, self.last.1, state))
            .map_err(Error::from)?;
        self.processor.keep_state(&state)?;
        (self.kept, self.stored) = (self.number, self.last);
        Ok(())
    }
}

/// Continues from the state in the store, if there is one that can be used.
fn resume(
    processor: &mut OrderProcessor,
    config: &EngineThreadConfig,
) -> Result<SavedPosition, EngineThreadError> {
    let Some((_, bytes)) = processor.store().state()? else {
        return Ok(SavedPosition::default());
    };
    let resumed = decode_state(&bytes)
        .map_err(Error::from)
        .and_then(|(kept, state)| processor.resume(config, &state).map(|()| kept));
    Ok(error::if_usable(resumed)?.unwrap_or_default())
}

/// The last entry whose effects are in the store.
fn stored_position(processor: &OrderProcessor) -> Result<EntryId, EngineThreadError> {
    let Some(text) = processor.store().position()? else {
        return Ok(EntryId::default());
    };
    let problem = |_| {
        let problem =
            format!("its position in the streams is {text:?}, and not the id of an entry");
        Error::from(CheckpointError::damaged("store", problem))
    };
    Ok(text.parse().map_err(problem)?)
}

/// Decodes a saved state and the position of its last entry.
fn decode_state(bytes: &[u8]) -> Result<(SavedPosition, Vec<u8>), CheckpointError> {
    let (number, time, within, state) = checkpoint::decode("state of a follower", bytes)?;
    let last = EntryId(time, within);
    Ok((SavedPosition { number, last }, state))
}

/// An order for an entry that came from elsewhere. No client waits for its reply.
fn unordered(entry: &RawEntry, event: &Result<Event<'_>, EventError>) -> Option<Incoming> {
    let event = event.as_ref().ok()?.clone();
    let line = entry.line().filter(|line| line.len() <= MAX_ENTRY)?;
    let update = MatchUpdate::of(event.into_owned())?;
    Some(Incoming {
        order: Order::new(update, line),
        reply: oneshot::channel().0,
        post: None,
    })
}
